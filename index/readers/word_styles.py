"""Styles of Word documents: what a paragraph or run inherits that changes what is printed."""

from __future__ import annotations

import re
from functools import cache

from lxml import etree

from index.readers.word_numbering import W

_OFF = {"0", "false", "off", "none"}
_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_TITLE_NAMES = {"title", "标题", "文档标题"}
_MAX_CHAIN = 32
_BODY_TEXT = 9


class Styles:
    """The styles of one document, each property looked up along `basedOn`."""

    def __init__(self, root: etree._Element | None) -> None:
        styles = root.findall(W + "style") if root is not None else []
        self._styles = {style.get(W + "styleId", ""): style for style in styles}
        self._default = next(
            (
                style.get(W + "styleId", "")
                for style in styles
                if style.get(W + "type") == "paragraph"
                and style.get(W + "default") in {"1", "true"}
            ),
            "",
        )
        self.heading_level = cache(self._heading_level)
        self.is_hidden = cache(self._is_hidden)

    def list_of(self, paragraph: etree._Element) -> tuple[str, int | None, str]:
        """(list id, level if stated, style that states it); ("", None, "") if there is none."""
        level = None
        for style, node in (("", paragraph), *self._chain(self.style_of(paragraph))):
            found = node.find(f"{W}pPr/{W}numPr")
            if found is None:
                continue
            level = _stated_level(found) if level is None else level
            num_id = found.find(W + "numId")
            if num_id is not None:
                value = num_id.get(W + "val", "0")
                return ("", None, "") if value == "0" else (value, level, style)
        return "", None, ""

    def style_of(self, paragraph: etree._Element) -> str:
        """Id of a paragraph's style, the document's default if it names none."""
        node = paragraph.find(f"{W}pPr/{W}pStyle")
        return node.get(W + "val", "") if node is not None else self._default

    def level_of(self, paragraph: etree._Element) -> int:
        """Heading level of a paragraph, 0 for body text."""
        own = paragraph.find(f"{W}pPr/{W}outlineLvl")
        if own is not None:
            return _outline_level(own)
        return self.heading_level(self.style_of(paragraph))

    def _heading_level(self, style: str) -> int:
        for _, node in self._chain(style):
            outline = node.find(f"{W}pPr/{W}outlineLvl")
            if outline is not None:
                return _outline_level(outline)
            name_node = node.find(W + "name")
            name = name_node.get(W + "val", "") if name_node is not None else ""
            if match := _HEADING_NAME.match(name):
                return int(match[1])
            if name.lower() in _TITLE_NAMES:
                return 1
        return 0

    def _is_hidden(self, style: str) -> bool:
        """True where a style, or one that it is based on, hides its text."""
        for _, node in self._chain(style):
            vanish = node.find(f"{W}rPr/{W}vanish")
            if vanish is not None:
                return is_on(vanish)
        return False

    def _chain(self, style: str) -> list[tuple[str, etree._Element]]:
        chain: list[tuple[str, etree._Element]] = []
        while style in self._styles and len(chain) < _MAX_CHAIN:
            node = self._styles[style]
            chain.append((style, node))
            based_on = node.find(W + "basedOn")
            style = based_on.get(W + "val", "") if based_on is not None else ""
        return chain


def is_on(node: etree._Element | None) -> bool:
    """Value of an on/off property: present without `w:val` means on."""
    return node is not None and node.get(W + "val", "1").lower() not in _OFF


def _stated_level(properties: etree._Element) -> int | None:
    node = properties.find(W + "ilvl")
    value = node.get(W + "val", "") if node is not None else ""
    return int(value) if value.isdecimal() else None


def _outline_level(node: etree._Element) -> int:
    value = node.get(W + "val", "")
    level = int(value) if value.isdecimal() else _BODY_TEXT
    return level + 1 if level < _BODY_TEXT else 0
