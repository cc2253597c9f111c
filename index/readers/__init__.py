"""One reader a file format; `read` picks it by content, never by name."""

from index.readers.dispatch import read

__all__ = ["read"]
