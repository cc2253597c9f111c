"""From a path to a Document: sniff the content, then the reader of that format."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from index.documents import Document
from index.errors import ReadingError
from index.readers.sniff import Format, sniff

# Loaded on use: each reader brings a library of its own.
_READERS: dict[Format, tuple[str, str]] = {
    Format.XLSX: ("excel_zip", "read_xlsx"),
    Format.XLS: ("excel_ole", "read_xls"),
    Format.DOCX: ("word", "read_docx"),
    Format.DOC: ("word_ole", "read_doc"),
    Format.PDF: ("pdf", "read_pdf"),
    Format.HTML: ("html", "read_html"),
    Format.CSV: ("text", "read_csv"),
    Format.TEXT: ("text", "read_text"),
    Format.IMAGE: ("image", "read_image"),
}


def read(path: Path) -> Document:
    """Read one file of any format but an archive.

    Raises:
        ReadingError: with the file's name, what is wrong and what to do.
    """
    found = sniff(path)
    if found not in _READERS:
        raise ReadingError(f"{path.name}：压缩包要先展开再读。")
    module, function = _READERS[found]
    try:
        reader: Callable[[Path], Document] = getattr(
            import_module(f"index.readers.{module}"), function
        )
        return reader(path)
    except ReadingError:
        raise
    except MemoryError as exc:
        raise ReadingError(f"{path.name}：文件过大，读取时内存不足，请拆分后再放入。") from exc
    except Exception as exc:
        raise ReadingError(
            f"{path.name}：按 {found} 读取失败，文件可能已损坏。（{type(exc).__name__}: {exc}）"
        ) from exc
