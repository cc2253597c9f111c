"""Published telephone numbers: whom to ask and where to complain, in cells and below a list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.documents import Block, paragraph
from index.extract.columns import Field, field_of
from index.extract.rows import Row
from index.model import Cell

PHONES = (Field.PHONE, Field.COMPLAINT_PHONE)
# "监督电话：0990-5550302", several of them in one text: "咨询电话：… 投诉电话：…".
_NUMBER = r"[（(]?\d[\d\s（）()\-—－转、,，/]{2,}"
_LABELLED = re.compile(
    rf"\s*(?P<label>[\u4e00-\u9fff]{{0,10}}(?:电话|热线))\s*[:：]\s*(?P<number>{_NUMBER})[；;。\s]*"
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number, whom it is for (one of PHONES), and the cell that it stands in."""

    purpose: Field
    number: str
    cell: Cell


def phones_of(cells: Sequence[Cell]) -> Iterator[Phone]:
    """The published numbers of a row; what a cell itself says of a number goes before its column."""
    for cell in cells:
        if cell.field in PHONES and any(map(str.isdigit, cell.text)):  # not 无, 见附件
            yield from _labelled(cell) or [Phone(Field(cell.field), cell.text.strip(), cell)]


def with_numbers_below(rows: tuple[Row, ...], lines: Iterable[Block] = ()) -> tuple[Row, ...]:
    """The rows of a list, each with the numbers that a line below the list gives for all of it.

    Such a line is a row of the table, or in a text document a paragraph after it (`lines`).
    """
    below = [cell for row in rows if row.is_note for cell in row.cells]
    below += (Cell(Field.REMARK, paragraph(line.number), line.text) for line in lines)
    shared = [phone for cell in below for phone in _labelled(cell)]
    return tuple(row if row.is_note else _with(row, shared) for row in rows)


def _with(row: Row, shared: Sequence[Phone]) -> Row:
    """A number in the row's own column goes before the one below the list."""
    own = {phone.purpose for phone in phones_of(row.cells)}
    added = {
        p.cell.address: replace(p.cell, field=p.purpose) for p in shared if p.purpose not in own
    }
    return replace(row, cells=(*row.cells, *added.values())) if added else row


def _labelled(cell: Cell) -> list[Phone]:
    """Each number with its own label, where a text is nothing but such pairs."""
    pairs = list(_LABELLED.finditer(cell.text))
    if "".join(match.group() for match in pairs) != cell.text:
        return []
    named = ((field_of(match["label"]), match["number"]) for match in pairs)
    return [Phone(f, number.strip(" \u3000、,，/"), cell) for f, number in named if f in PHONES]
