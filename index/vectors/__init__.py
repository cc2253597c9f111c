"""Vectors of the distinct passages: in the version's folder, or in an engine that its URL names.

`engine` chooses by URL · `folder` a matrix and Chroma's graph on disk · `chroma`, `pgvector` and
`milvus` one server each.
"""

from index.vectors.engine import PassageVectors, drop_vectors, open_vectors, write_vectors
from index.vectors.folder import SCANNED
from index.vectors.ranking import highest

__all__ = ["SCANNED", "PassageVectors", "drop_vectors", "highest", "open_vectors", "write_vectors"]
