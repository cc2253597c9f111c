"""Other ways to find a row, each as its own documentation sets it up, all with our encoder.

`words` and `meaning` are BM25 and dense search alone; the others are textbook pipelines. Each gets the same
texts, or reads the files itself with its own loader.
"""
