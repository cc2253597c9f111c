"""What each physical row of a list is: the start of an item, more of it, a heading, a note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from index.extract.columns import Field, squeeze
from index.extract.furniture import is_closing, is_page_furniture
from index.extract.notes import is_total, says_note
from index.extract.powers import power_kind
from index.extract.tables import Table

KEYS = (Field.NUMBER, Field.CODE, Field.NAME, Field.SUB_ITEM)
HOLDERS = (Field.BODY, Field.OFFICE)
# Short cells that an item states once: a row that leaves all of them empty begins no item.
_STATED_ONCE = frozenset(
    {
        *(Field.BODY, Field.OFFICE, Field.POWER, Field.LEVEL, Field.CODE),
        *(
            Field.PHONE,
            Field.COMPLAINT_PHONE,
            Field.PRINCIPAL,
            Field.RECIPIENTS,
            Field.MODE,
            Field.TERM,
            Field.LEAD_BODY,
        ),
        *(Field.RECEIVER, Field.MARK),
    }
)
_LONGEST_HEADING = 40
_NOTHING = re.compile(r"[无／/—\-－–、.。]*|暂无|不涉及|无此类(?:事项|权力)")
_COUNT = re.compile(r"(?:共|合计|小计)?(?:计)?\d+(?:大?项|条|个)?")
_COUNTED = re.compile(
    r"[（(【]\s*(?:共|合计)?\s*[\d一二三四五六七八九十百]+\s*(?:大?项|条|个|类)[^）)】]*[）)】]$"
)
_HAN_NUMBER = r"[一二三四五六七八九十]{1,3}"
_MARKS = (
    re.compile(rf"^(?:第{_HAN_NUMBER}(?:部分|类|章|篇)|{_HAN_NUMBER}[、.．]|{_HAN_NUMBER}$)"),
    re.compile(rf"^[（(]{_HAN_NUMBER}[）)]"),
    re.compile(r"^\d{1,3}[、.．](?!\d)"),
)
_CHILD_MARK = re.compile(r"^(?:[（(]\d{1,2}[）)]|[①-⑳]|\d{1,2}[)）])")
AGAIN = re.compile(r"[（(【]?续[）)】]?$")
_SENTENCE_END = re.compile(r"[。；;！!：:]$|[）)】]$")


class RowKind(Enum):
    """What a physical row is."""

    EMPTY = auto()
    SKIP = auto()
    HEADING = auto()
    NOTE = auto()
    START = auto()
    MORE = auto()


@dataclass(frozen=True)
class RowReader:
    """Reads the rows of one list, knowing how the whole list is numbered."""

    table: Table

    def kinds(self) -> Iterator[tuple[int, RowKind]]:
        """(row, kind) of each row of the list's body, in order."""
        first = 0
        in_notes = False
        for row in self.table.body:
            kind = self._kind(row, first)
            if self.is_below(row) and kind is RowKind.NOTE:
                in_notes = True
            elif in_notes and kind in {RowKind.HEADING, RowKind.START, RowKind.MORE}:
                kind = RowKind.NOTE
            first = row if kind is RowKind.START else first
            first = 0 if kind in {RowKind.HEADING, RowKind.NOTE} else first
            yield row, kind

    def own(self, row: int) -> dict[Field, str]:
        """Field → text that starts in a row; of a field with several columns, the first."""
        found: dict[Field, str] = {}
        for column, text in self.table.row_cells(row):
            if field := self.table.columns.get(column):
                found.setdefault(field, text)
        return found

    def heading(self, row: int) -> str:
        """The words of a heading row, without its number and its count."""
        texts = [text for _, text in self.table.row_cells(row)]
        return next((t for t in texts if not _is_mark_or_count(t)), texts[0])

    def heading_level(self, row: int) -> int:
        """Depth of a heading by its mark, kinds of power outermost (0); "一、" is 1."""
        text = "".join(text for _, text in self.table.row_cells(row))
        levels = (n for n, mark in enumerate(_MARKS, 1) if mark.match(squeeze(text)))
        return 0 if power_kind(self.heading(row)) else next(levels, len(_MARKS) + 1)

    def is_child(self, row: int) -> bool:
        """True for a row whose number or name marks it as part of the item above: （1）, ①."""
        own = self.own(row)
        number, name = squeeze(own.get(Field.NUMBER, "")), squeeze(own.get(Field.NAME, ""))
        if number:
            return bool(_CHILD_MARK.fullmatch(number)) and self._has_plain_numbers
        return bool(_CHILD_MARK.match(name))

    def is_lone(self, row: int) -> bool:
        """True for one text over the list's width or at its left edge."""
        return self._lone(row) is not None

    def texts_below(self) -> list[str]:
        """What stands below the last item: notes, who signed, the date."""
        rows = (row for row in self.table.body if self.is_below(row))
        return [text for row in rows for _, text in self.table.row_cells(row)]

    def is_below(self, row: int) -> bool:
        """True for a row below the last item."""
        return row > self._last_item_row

    @cached_property
    def _last_item_row(self) -> int:
        table = self.table
        names = table.columns_of(Field.NAME, Field.SUB_ITEM)
        items = (
            row
            for row in reversed(table.body)
            if any(table.grid.own_text(row, c) for c in names) and not self.is_lone(row)
        )
        return next(items, 0)

    @cached_property
    def _has_plain_numbers(self) -> bool:
        numbers = self.table.columns_of(Field.NUMBER)
        texts = (self.table.grid.own_text(r, c) for r in self.table.body for c in numbers)
        return any(squeeze(text).isdecimal() for text in texts)

    def _keeps_count(self, row: int, first: int) -> bool:
        """True if the numbers above and below a row leave none out: it has none to have."""
        columns = self.table.columns_of(Field.NUMBER)
        above = next((n for c in columns if (n := self._number(first, c))), 0)
        below = (
            n for r in self.table.body if r > row for c in columns if (n := self._number(r, c))
        )
        return above > 0 and next(below, 1) in {above + 1, 1}

    def _number(self, row: int, column: int) -> int:
        text = squeeze(self.table.grid.text(row, column))
        return int(text) if text.isdecimal() else 0

    @cached_property
    def _title_words(self) -> frozenset[str]:
        return frozenset(AGAIN.sub("", squeeze(text)) for text in self.table.title_texts)

    def _kind(self, row: int, first: int) -> RowKind:
        cells = self.table.row_cells(row)
        if not cells:
            return RowKind.EMPTY
        if (lone := self._lone(row)) is not None:
            return self._lone_kind(row, lone)
        texts = [squeeze(text) for _, text in cells]
        if self._says_nothing(row, texts):
            return RowKind.SKIP
        if is_total(texts[0]) or (is_total(texts[-1]) and len(texts) <= 2):
            return RowKind.NOTE
        if self._is_category(row):
            return RowKind.HEADING
        if len(texts) == 1 and self.is_below(row) and is_closing(texts[0]):
            return RowKind.NOTE
        return RowKind.MORE if first and self._continues(row, first) else RowKind.START

    def _lone(self, row: int) -> str | None:
        """The text of a row that holds one only, at the left, over half the width, or a category."""
        table = self.table
        cells = table.row_cells(row)
        if len(cells) != 1 or len(table.columns) < 2:
            return None
        column, text = cells[0]
        merge = table.grid.merge_at(row, column)
        if merge and (merge.right - merge.left + 1) * 2 >= len(table.columns):
            return text if merge.right > merge.left else None
        if any(table.grid.text(row, other) for other in table.columns if other != column):
            return None
        leads = column <= min(table.columns)
        may_head = table.columns.get(column) in {Field.NAME, Field.POWER, Field.GROUP}
        return text if leads or (may_head and _reads_as_heading(text)) else None

    def _lone_kind(self, row: int, lone: str) -> RowKind:
        text = squeeze(lone)
        if _NOTHING.fullmatch(text) or is_page_furniture(text) or text.isdecimal():
            return RowKind.SKIP
        if AGAIN.sub("", text) in self._title_words:
            return RowKind.SKIP
        if says_note(lone):
            return RowKind.NOTE
        if _reads_as_heading(text):
            return RowKind.HEADING
        if self.is_below(row) or text.endswith("。") or len(text) > _LONGEST_HEADING:
            return RowKind.NOTE
        return RowKind.HEADING

    def _says_nothing(self, row: int, texts: list[str]) -> bool:
        """True for "无" in every cell, and for a number without a matter."""
        name = squeeze(self.own(row).get(Field.NAME, ""))
        rest = [text for text in texts if not _NOTHING.fullmatch(text)]
        is_empty = all(text.isdecimal() or _is_mark_or_count(text) for text in rest)
        return is_empty and bool(name) and bool(_NOTHING.fullmatch(name))

    def _is_category(self, row: int) -> bool:
        """A heading spread over cells: "一 | 行政许可", "行政许可 | 共12项"."""
        own = self.own(row)
        name = own.get(Field.NAME) or own.get(Field.POWER) or own.get(Field.GROUP) or ""
        others = [text for text in own.values() if text is not name]
        if not name or not all(_is_mark_or_count(text) for text in others):
            return False
        if len(self.table.columns) > 2 and power_kind(name):
            return True
        is_marked = bool(_MARKS[0].match(squeeze(own.get(Field.NUMBER, ""))))
        return is_marked and set(own) <= {Field.NUMBER, Field.NAME} and self._has_plain_numbers

    def _continues(self, row: int, first: int) -> bool:
        """True if a row goes on with the item above: none of its key cells starts an item.

        A row whose body and office both start anew beside merged keys is an item of its own (one
        matter, another level of government).
        """
        own, grid = self.own(row), self.table.grid
        if not own.keys() & set(KEYS):
            holders = self.table.columns_of(*HOLDERS)
            return len(holders) < 2 or not all(grid.own_text(row, c) for c in holders)
        if Field.NUMBER in own or Field.CODE in own:
            return self._is_printed_again(row, first)
        is_held = any(grid.text(row, c) for c in self.table.columns_of(Field.NUMBER))
        if is_held or Field.NAME not in own or self.is_child(row):
            return False
        if not self._keeps_count(row, first) or self._heads_children(row):
            return False
        return self._is_cut(row, first)

    def _is_cut(self, row: int, first: int) -> bool:
        """A name without a number: the rest of the name above, if nothing else begins here."""
        once = _STATED_ONCE & self._seen(first).keys()
        own = self.own(row)
        if once:
            return not once & own.keys()
        above = self._seen(row - 1) or self._seen(first)
        goes_on = (field for field in own if not _SENTENCE_END.search(above.get(field, "。")))
        return len(own) == 1 or any(field is not Field.NAME for field in goes_on)

    def _is_printed_again(self, row: int, first: int) -> bool:
        """A print page repeats number and name before the item goes on: "1", "取水许可（续）"."""
        own, above = self.own(row), self._seen(first)
        stated = [f for f in own if f in KEYS or f in _STATED_ONCE]
        same = all(_same(own[field], above.get(field, "")) for field in stated)
        rest = [field for field in own if field not in stated]
        if not same or not rest:
            return False
        is_said = any(AGAIN.search(squeeze(own[field])) for field in stated)
        return is_said or (
            Field.NAME in own
            and any(not _SENTENCE_END.search(self._seen(row - 1).get(f, "。")) for f in rest)
        )

    def _seen(self, row: int) -> dict[Field, str]:
        """Field → text seen in a row, merges resolved."""
        seen: dict[Field, str] = {}
        for column, field in self.table.columns.items():
            if text := self.table.grid.text(row, column):
                seen.setdefault(field, text)
        return seen

    def _heads_children(self, row: int) -> bool:
        """True if the next row with text is a sub-item that leaves its name to this one."""
        body = self.table.body
        below = (r for r in body if r > row and self.table.row_cells(r))
        following = next(below, 0)
        own = self.own(following) if following else {}
        return bool(own) and (
            (Field.SUB_ITEM in own and Field.NAME not in own) or self.is_child(following)
        )


def _same(text: str, above: str) -> bool:
    return AGAIN.sub("", squeeze(text)) == AGAIN.sub("", squeeze(above))


def _is_mark_or_count(text: str) -> bool:
    flat = squeeze(text)
    is_mark = any(mark.fullmatch(flat) for mark in _MARKS)
    return is_mark or bool(_COUNT.fullmatch(flat) or re.fullmatch(_HAN_NUMBER, flat))


def _reads_as_heading(text: str) -> bool:
    """True for "一、…", "行政许可", "…（12项）"; sentences are none."""
    flat = squeeze(text)
    if len(flat) > _LONGEST_HEADING or flat.endswith("。"):
        return False
    is_marked = any(mark.match(flat) for mark in _MARKS)
    return is_marked or power_kind(flat) is not None or bool(_COUNTED.search(flat))
