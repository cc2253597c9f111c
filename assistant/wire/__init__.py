"""The wire form (contract v1): what is taken in (`typed_text`) and what goes out (`schemas`, `card_schemas`)."""
