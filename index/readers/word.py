"""`.docx`: paragraphs and tables in reading order, as a reader of the printed page sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lxml import etree

from index.documents import Block, Document, Grid
from index.errors import ReadingError
from index.readers.cells import clean_text
from index.readers.word_numbering import MAX_LEVELS, Numbering, W
from index.readers.word_package import WordPackage
from index.readers.word_styles import Styles, is_on
from index.readers.word_tables import TableCell, grid_of

_MAX_PARAGRAPHS = 200_000
_MAX_SPAN = 512
_MAX_DEPTH = 40
_MARKS = {
    W + "tab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-", W + "ptab": "\t",
}  # fmt: skip
_SYMBOLS = {"00FE": "☑", "F0FE": "☑", "0052": "☑", "F052": "☑", "00A8": "□", "F0A8": "□",
            "00FC": "√", "F0FC": "√", "00A3": "□", "F0A3": "□"}  # fmt: skip
# Tracked deletions, field codes, phonetic guides and the older copy of a drawing.
_UNSEEN = {W + name for name in ("del", "moveFrom", "instrText", "rt", "pPr", "rPr", "sdtPr")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}


def read_docx(path: Path) -> Document:
    """Read a `.docx`; pages are not known before it is laid out.

    Raises:
        ReadingError: damaged, protected, too large, or without any text.
    """
    package = WordPackage(path)
    reader = _Reader(package, path.name)
    parts = tuple(reader.read())
    if not parts:
        what = "只有图片、没有文字，请先做文字识别（OCR）" if reader.n_pictures else "里面没有文字"
        raise ReadingError(f"{path.name}：{what}，无法读取。")
    return Document("docx", parts, tuple(reader.warnings()))


class _Reader:
    """One pass over one document; counts what it leaves out."""

    def __init__(self, package: WordPackage, file: str) -> None:
        self._package = package
        self._file = file
        self._styles = Styles(package.styles)
        self._numbering = Numbering(package.numbering)
        self._carried = ""
        self._n_paragraphs = self._n_tables = self._depth = 0
        self._n_hidden = self._n_embedded = self._n_foreign = 0
        self._notes: list[str] = []
        self.n_pictures = 0

    def read(self) -> Iterator[Grid | Block]:
        """Every part in reading order, paragraphs numbered from 1."""
        number = 0
        for part in self._all_parts():
            if isinstance(part, Block):
                number += 1
                yield replace(part, number=number)
            else:
                yield part

    def warnings(self) -> Iterator[str]:
        """What was left out, as Chinese sentences."""
        yield from self._package.remarks
        if self._n_hidden:
            yield f"有 {self._n_hidden} 处隐藏文字未读取"
        if self._n_embedded:
            yield f"有 {self._n_embedded} 个嵌入对象（如 Excel 表）未读取，请另存为单独文件"
        if self._n_foreign:
            yield f"有 {self._n_foreign} 段嵌入的外部内容未读取，请用 Word 打开后另存"
        if self.n_pictures:
            yield f"有 {self.n_pictures} 幅图片未读取，图中如有文字请另行放入"

    def _all_parts(self) -> Iterator[Grid | Block]:
        body = self._package.main.find(W + "body")
        if body is not None:
            yield from self._parts(body)
        notes = self._package.footnotes
        for note in notes if notes is not None and self._notes else ():
            if note.get(W + "id") in self._notes:
                yield from self._parts(note)

    def _parts(self, container: etree._Element) -> Iterator[Grid | Block]:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ReadingError(f"{self._file}：表格或文本框嵌套超过 {_MAX_DEPTH} 层，无法读取。")
        for node in _content(container):
            if node.tag == W + "p":
                yield from self._paragraph(node)
            elif node.tag == W + "tbl":
                yield from self._table(node)
            elif node.tag == W + "altChunk":
                self._n_foreign += 1
        self._depth -= 1

    def _paragraph(self, node: etree._Element) -> Iterator[Grid | Block]:
        boxes: list[etree._Element] = []
        text, label = self._text(node, boxes)
        if text:
            yield Block(clean_text(label + text), 0, level=self._styles.level_of(node))
        for box in boxes:
            yield from self._parts(box)

    def _text(self, node: etree._Element, boxes: list[etree._Element]) -> tuple[str, str]:
        """(text, list number) of one paragraph; text boxes in it are appended to `boxes`."""
        self._n_paragraphs += 1
        if self._n_paragraphs > _MAX_PARAGRAPHS:
            raise ReadingError(f"{self._file}：超过 {_MAX_PARAGRAPHS} 段，请拆分后再放入。")
        hidden = self._styles.is_hidden(self._styles.style_of(node))
        text = "".join(self._inline(node, boxes, is_hidden=hidden))
        if node.find(f"{W}pPr/{W}rPr/{W}del") is not None:
            # The paragraph's end was deleted: what stands here opens the next paragraph.
            self._carried += text
            return "", ""
        text = clean_text(self._carried + text)
        self._carried = ""
        return text, self._label(node)

    def _label(self, node: etree._Element) -> str:
        num_id, level, style = self._styles.list_of(node)
        if not num_id:
            return ""
        if level is None:
            level = self._numbering.level_of_style(num_id, style) if style else 0
        return self._numbering.next_label(num_id, min(level, MAX_LEVELS - 1))

    def _inline(
        self, node: etree._Element, boxes: list[etree._Element], *, is_hidden: bool
    ) -> Iterator[str]:
        for child in node:
            tag = child.tag
            if tag in _UNSEEN or not isinstance(tag, str):
                continue
            if tag == W + "r" and self._run_is_hidden(child, inherited=is_hidden):
                self._n_hidden += any(text.text for text in child.iter(W + "t"))
            elif tag == W + "t":
                yield child.text or ""
            elif tag in _MARKS:
                yield _MARKS[tag]
            elif tag == W + "sym":
                yield _SYMBOLS.get(child.get(W + "char", "").upper(), "")
            elif tag == W + "txbxContent":
                boxes.append(child)
            else:
                self._count(child)
                yield from self._inline(child, boxes, is_hidden=is_hidden)

    def _count(self, node: etree._Element) -> None:
        """Note what a reader would see and we cannot read."""
        name = etree.QName(node).localname
        self.n_pictures += name in {"pic", "imagedata"}
        self._n_embedded += name == "object"
        if name == "footnoteReference":
            self._notes.append(node.get(W + "id", ""))

    def _run_is_hidden(self, run: etree._Element, *, inherited: bool) -> bool:
        own = run.find(f"{W}rPr/{W}vanish")
        if own is not None:
            return is_on(own)
        style = run.find(f"{W}rPr/{W}rStyle")
        return inherited or (style is not None and self._styles.is_hidden(style.get(W + "val", "")))

    def _table(self, node: etree._Element) -> Iterator[Grid | Block]:
        self._n_tables += 1
        name = f"表{self._n_tables}"
        inner: list[Grid | Block] = []
        rows = [self._row(row, inner) for row in _content(node) if self._is_shown(row)]
        widths = [
            _int(column.get(W + "w", "")) for column in node.findall(f"{W}tblGrid/{W}gridCol")
        ]
        grid = grid_of(name, rows, widths)
        if grid.texts:
            yield grid
        yield from inner

    def _is_shown(self, row: etree._Element) -> bool:
        if row.tag != W + "tr" or row.find(f"{W}trPr/{W}del") is not None:
            return False
        is_hidden = is_on(row.find(f"{W}trPr/{W}hidden"))
        self._n_hidden += is_hidden
        return not is_hidden

    def _row(self, row: etree._Element, inner: list[Grid | Block]) -> list[TableCell]:
        left = _property(row, "trPr", "gridBefore")
        cells: list[TableCell] = []
        for node in _content(row):
            if node.tag != W + "tc" or node.find(f"{W}tcPr/{W}cellDel") is not None:
                continue
            right = left + max(1, min(_property(node, "tcPr", "gridSpan"), _MAX_SPAN))
            above, before = (_continues(node, kind) for kind in ("vMerge", "hMerge"))
            text = "" if above or before else self._cell_text(node, inner)
            cells.append(TableCell(left, right, text, above, before))
            left = right
        return cells

    def _cell_text(self, cell: etree._Element, inner: list[Grid | Block]) -> str:
        """The paragraphs of a cell as lines; tables and text boxes in it go to `inner`."""
        lines: list[str] = []
        for node in _content(cell):
            boxes: list[etree._Element] = [node] if node.tag == W + "tbl" else []
            if node.tag == W + "p":
                text, label = self._text(node, boxes)
                lines.append(clean_text(label + text))
            for box in boxes:
                inner.extend(self._table(box) if box.tag == W + "tbl" else self._parts(box))
        return "\n".join(line for line in lines if line)


def _content(container: etree._Element) -> Iterator[etree._Element]:
    """Children of a container, seen through content controls and tracked insertions."""
    for node in container:
        if not isinstance(node.tag, str) or node.tag in _UNSEEN:
            continue
        name = etree.QName(node).localname
        if name in {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag",
                    "AlternateContent", "Choice"}:  # fmt: skip
            yield from _content(node)
        else:
            yield node


def _continues(cell: etree._Element, kind: str) -> bool:
    """True where a cell is the continued part of a merge (`w:val` absent means continue)."""
    node = cell.find(f"{W}tcPr/{W}{kind}")
    return node is not None and node.get(W + "val", "continue") != "restart"


def _property(node: etree._Element, group: str, name: str) -> int:
    found = node.find(f"{W}{group}/{W}{name}")
    return _int(found.get(W + "val", "")) if found is not None else 0


def _int(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
