"""What is kept out, with no model: of questions (`screen`), and of published papers (`papers`).

`rules.yaml` holds families, patterns and replies · `reading` undoes disguises · `screen` judges a
question · `papers` takes instructions and invisible characters out of what papers say.
"""
