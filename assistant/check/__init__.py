"""A model's sentence → is it what the papers say? No model here; what is in doubt is rejected.

`sentences` cuts a stream · `facts` what a sentence of the finding claims · `claims` what it claims
without a name · `roles` who does what in a sentence · `check` compares · `clerk_words.txt` the only
words that no paper has to vouch for.
"""
