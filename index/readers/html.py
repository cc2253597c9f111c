"""Web pages: title, paragraphs and tables of the article, without the site around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lxml import etree

from index.documents import Block, Document, Grid
from index.errors import ReadingError
from index.readers.cells import clean_text
from index.readers.encoding import decode
from index.readers.html_content import main_content, remove_frame, remove_hidden, text_of
from index.readers.html_tables import grid_of, is_data

_MAX_BYTES = 64 * 1024 * 1024
_MAX_PARAGRAPHS = 200_000
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)|encoding\s*=\s*[\"']([\w.:-]+)", re.I)
_TITLE_SUFFIX = re.compile(
    r"\s*[-_|—–－]+\s*[^-_|—–－]*(?:政府|政务|门户|网站|网|信息公开|委员会|局|中心)\s*$"
)
_TITLE_NAMES = ("ArticleTitle", "articletitle", "og:title")
_NUMBER_MARK = re.compile(
    r"[\s　]*(?:[（(]?[一二三四五六七八九十百零〇\d]+[）)、.\uff0e]|第.{1,6}[章节条]|[①-⑳])"
)
_INLINE = {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em",
           "font", "i", "ins", "kbd", "label", "mark", "q", "ruby", "rb", "s", "samp", "small",
           "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr", "img", "o:p",
           "time", "data"}  # fmt: skip
_PARAGRAPH_END = "\u2029"
_SPACE = re.compile(r"[ \t\n\r\f]+")
# A line wrapped in the source between two Han characters is no space to a reader.
_WRAPPED = re.compile(r"(?<=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])[ \t]*[\r\n]\s*"
                      r"(?=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])")  # fmt: skip


def read_html(path: Path) -> Document:
    """Read one saved page; its title is the first Block, at level 1.

    Raises:
        ReadingError: too large, wrongly decoded, or without text.
    """
    if path.stat().st_size > _MAX_BYTES:
        raise ReadingError(
            f"{path.name}：网页超过 {_MAX_BYTES // 2**20} MB，请只保留正文后再放入。"
        )
    data = path.read_bytes()
    match = _DECLARED.search(data[:4096])
    declared = (match[1] or match[2]).decode("ascii", "ignore") if match else ""
    source = decode(data, file=path.name, declared=declared)
    root = _parsed(source, path.name)
    title = _page_title(root)
    n_hidden = remove_hidden(root)
    warnings = [f"网页中有 {n_hidden} 处隐藏内容未读取"] if n_hidden else []
    if not text_of(root):
        raise ReadingError(
            f"{path.name}：网页里没有文字（可能由脚本载入），请在浏览器中另存为完整网页。"
        )
    whole = text_of(root)
    remove_frame(root)
    if not text_of(root):
        root = _parsed(source, path.name)
        remove_hidden(root)
        warnings.append("网页几乎全是链接，未能分出正文，已全部读取")
    elif (n_left := len(whole) - len(text_of(root))) > len(whole) / 2:
        warnings.append(f"网页的导航、页脚等 {n_left} 字未读取")
    walk = _Walk(path.name)
    parts = tuple(walk.document(root, title))
    return Document("html", parts, tuple(warnings))


def _parsed(source: str, file: str) -> etree._Element:
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True
    )
    # NUL would end the text; XML declarations inside are nothing to the HTML parser.
    root = etree.fromstring(source.replace("\x00", "").encode("utf-8", "replace") or b" ", parser)
    if root is None:
        raise ReadingError(f"{file}：网页是空的，请重新保存。")
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise ReadingError(f"{file}：网页嵌套过深，无法完整读取，请只保留正文后再放入。")
    return root


def _page_title(root: etree._Element) -> str:
    """Title of the article: as its metadata says, else the heading that <title> repeats."""
    for meta in root.iter("meta"):
        named = meta.get("name") or meta.get("property") or ""
        if named in _TITLE_NAMES and meta.get("content", "").strip():
            return clean_text(meta.get("content", ""))
    whole = next((_flat(node) for node in root.iter("title")), "")
    short = _TITLE_SUFFIX.sub("", whole)
    headings = [text for node in root.iter("h1", "h2", "h3") if (text := _flat(node))]
    repeated = [text for text in headings if len(text) > 5 and text in short]
    if repeated:
        return min(repeated, key=short.index)
    main = next((text for node in root.iter("h1") if (text := _flat(node))), "")
    return main or short


def _flat(node: etree._Element) -> str:
    return clean_text(_SPACE.sub(" ", "".join(str(text) for text in node.itertext())))


class _Walk:
    """One walk through the article; numbers paragraphs and tables."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._n_tables = 0

    def document(self, root: etree._Element, title: str) -> Iterator[Grid | Block]:
        """The title, then every part of the article but the title said again."""
        number = 0
        if title:
            number = 1
            yield Block(title, 1, level=1)
        for part in self._parts(main_content(root)):
            if isinstance(part, Block):
                if title and number <= 3 and part.text.replace("\n", "") == title:
                    continue
                number += 1
                if number > _MAX_PARAGRAPHS:
                    raise ReadingError(f"{self._file}：超过 {_MAX_PARAGRAPHS} 段，请拆分后再放入。")
                yield replace(part, number=number)
            elif part.texts:
                yield part

    def _parts(self, node: etree._Element, level: int = 0) -> Iterator[Grid | Block]:
        """Text between blocks becomes paragraphs, one a line; blocks are walked into."""
        pending: list[str] = [node.text or ""]
        for child in node:
            if _is_inline(child):
                pending.append(_inline(child))
            elif child.tag == "br":
                pending.append(_PARAGRAPH_END)
            else:
                yield from _paragraphs(pending, level)
                pending = []
                yield from self._block(child, level)
            pending.append(child.tail or "")
        yield from _paragraphs(pending, level)

    def _block(self, node: etree._Element, level: int) -> Iterator[Grid | Block]:
        tag = str(node.tag)
        if tag == "table" and is_data(node):
            yield from self._table(node)
        elif tag == "pre":
            lines = "".join(str(text) for text in node.itertext()).split("\n")
            yield from (Block(text, 0) for line in lines if (text := clean_text(line)))
        elif tag in {"ul", "ol"}:
            yield from self._list(node, level)
        else:
            is_heading = len(tag) == 2 and tag[0] == "h" and tag[1].isdecimal()
            yield from self._parts(node, int(tag[1]) if is_heading else level)

    def _list(self, node: etree._Element, level: int) -> Iterator[Grid | Block]:
        count = _int(node.get("start", "")) or 1
        for item in node:
            label = ""
            if item.tag == "li" and _shows_numbers(node, item):
                count = _int(item.get("value", "")) or count
                label, count = f"{count}.", count + 1
            for part in self._parts(item, level) if item.tag == "li" else self._block(item, level):
                if isinstance(part, Block):
                    yield replace(part, text=label + part.text)
                    label = ""
                else:
                    yield part

    def _table(self, node: etree._Element) -> Iterator[Grid | Block]:
        self._n_tables += 1
        inner: list[Grid | Block] = []
        caption = node.find("caption")
        if caption is not None:
            yield from self._parts(caption)
        name = f"表{self._n_tables}"
        yield grid_of(node, name, lambda cell: self._cell_text(cell, inner))
        yield from inner

    def _cell_text(self, cell: etree._Element, inner: list[Grid | Block]) -> str:
        """A cell's paragraphs as lines; a table inside it goes to `inner`."""
        lines: list[str] = []
        for part in self._parts(cell):
            if isinstance(part, Block):
                lines.append(part.text)
            else:
                inner.append(part)
        return "\n".join(lines)


def _is_inline(node: etree._Element) -> bool:
    """True for running text: an inline element with no block anywhere in it."""
    return node.tag in _INLINE and all(
        child.tag in _INLINE or child.tag == "br" for child in node.iterdescendants()
    )


def _inline(node: etree._Element) -> str:
    pieces = [node.text or ""]
    for child in node:
        pieces.append(_PARAGRAPH_END if child.tag == "br" else _inline(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _paragraphs(pieces: list[str], level: int) -> Iterator[Block]:
    for line in "".join(pieces).split(_PARAGRAPH_END):
        if text := clean_text(_SPACE.sub(" ", _WRAPPED.sub("", line))):
            yield Block(text, 0, level=level)


def _shows_numbers(list_node: etree._Element, item: etree._Element) -> bool:
    """A browser numbers an <ol>; pages that number by hand have switched that off."""
    style = list_node.get("style", "") + item.get("style", "")
    if list_node.tag != "ol" or re.search(r"list-style[^;]*none", style):
        return False
    return not _NUMBER_MARK.match("".join(str(text) for text in item.itertext()))


def _int(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text) < 7 else 0
