"""Query → the records nearest to its matter, and whether they cover it.

`wording` turns plain words into official terms · `meaning` and `likeness` measure nearness · `priors`
say which kind of record is meant · `retriever` fuses, groups and ranks · `rerank` reads the first ones
a second time · `confidence` (fitted: `confidence.json`) says whether the matter is covered at all.
"""
