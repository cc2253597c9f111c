"""Resolution → the deterministic answer; one file a kind of sentence, each with its citations.

`proofs` numbers the citations · `holders` who is responsible · `apart` each of several places ·
`stated` what papers say of bodies, boundaries and lists · `compared` two editions · `notes` dates,
old names, contradictions · `absence` what is not there · `cards`, `chain` the holders for a page ·
`answer` puts the sentences together.
"""
