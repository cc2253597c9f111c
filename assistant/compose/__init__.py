"""Resolution → the deterministic answer; one file a kind of sentence, each with its citations.

`proofs` numbers the citations · `holders` who is responsible · `stated` what papers say of bodies,
boundaries and lists · `notes` dates, old names, contradictions · `absence` what is not there ·
`answer` puts them together.
"""
