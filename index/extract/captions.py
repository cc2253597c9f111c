"""The lists of a whole document: tables with the paragraphs above them, and tables that go on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.documents import Block, Document, Grid
from index.extract.tables import Table, continued, find_tables

# A caption is short and stands right above its table.
_LONGEST_CAPTION = 60
_N_CAPTIONS = 3
# What is said of a whole list (notes, telephone numbers) stands in the first lines below it.
_N_BELOW = 5


def tables_of(document: Document) -> tuple[Table, ...]:
    """Every list of a document in reading order.

    A table of a text document is named by the paragraphs above it; a table without a header that
    takes up the numbers of the one before it is the rest of that list.
    """
    return _with_lines_below(_captioned(document), document)


def _captioned(document: Document) -> list[Table]:
    tables: list[Table] = []
    above: list[Block] = []
    for part in document.parts:
        if isinstance(part, Block):
            above.append(part)
            continue
        found = find_tables(part)
        captions = _captions(above)
        if not found and tables and not captions and (rest := continued(part, tables[-1])):
            found = (replace(rest, captions=tables[-1].title_texts),)
        tables += (replace(t, captions=t.captions or captions) for t in found[:1])
        tables += found[1:]
        above = []
    return tables


def _with_lines_below(tables: list[Table], document: Document) -> tuple[Table, ...]:
    """Each list with the lines below its table, or below the last of its tables."""
    at = {id(part): index for index, part in enumerate(document.parts)}
    shown: list[Table] = []
    below: tuple[Block, ...] = ()
    for table in reversed(tables):
        below = (*_blocks(document.parts[at[id(table.grid)] + 1 :][:_N_BELOW]), *below)
        shown.append(replace(table, below=below))
        if table.header:
            below = ()
    return tuple(reversed(shown))


def _blocks(parts: Iterable[Grid | Block]) -> Iterator[Block]:
    """The paragraphs up to the next table."""
    for part in parts:
        if not isinstance(part, Block):
            return
        yield part


def _captions(above: list[Block]) -> tuple[str, ...]:
    """The short paragraphs right above a table, up to a sentence or a page number."""
    captions: list[str] = []
    for block in reversed(above[-_N_CAPTIONS:]):
        text = block.text.strip()
        if len(text) > _LONGEST_CAPTION or text.endswith(("。", "；")):
            break
        if not re.fullmatch(r"[-—–\s\d第页共/]*", text):
            captions.insert(0, text)
    return tuple(captions)
