"""A page in traditional characters: our own words are converted, what papers say is not.

Quotes, titles and names of papers stand in elements with `translate="no"`: a proof has to agree
with its paper character by character. Values of forms stay too: the server looks them up.
"""

from __future__ import annotations

import re

from index.words import to_traditional

_PIECES = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
_SHOWN = re.compile(r'(?<=\s)(placeholder|aria-label|title|alt)="([^"]*)"')
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_RAW = frozenset({"script", "style", "textarea"})
_KEPT = 'translate="no"'


def traditional_page(html: str) -> str:
    """The same page; markup outside text and spoken attributes is untouched."""
    open_tags: list[tuple[str, bool]] = []  # (name, whether its words stay as they are)
    return "".join(_piece(found.group(), open_tags) for found in _PIECES.finditer(html))


def _piece(piece: str, open_tags: list[tuple[str, bool]]) -> str:
    is_kept = bool(open_tags) and open_tags[-1][1]
    if not piece.startswith("<"):
        return piece if is_kept else to_traditional(piece)
    tag = _TAG.match(piece)
    if tag is None:
        return piece
    name = tag[2].lower()
    if tag[1]:
        while open_tags and open_tags.pop()[0] != name:
            pass
        return piece
    stays = is_kept or _KEPT in piece
    if name not in _VOID and not piece.endswith("/>"):
        open_tags.append((name, stays or name in _RAW))
    return piece if stays else _SHOWN.sub(_converted, piece)


def _converted(found: re.Match[str]) -> str:
    return f'{found[1]}="{to_traditional(found[2])}"'
