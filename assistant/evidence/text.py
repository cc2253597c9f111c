"""A text paper as it looks: paragraphs and small tables in order, the cited clause marked."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.evidence.marking import Run, mark, squash
from assistant.evidence.sheet import SheetView, view_sheet
from index.documents import Block, Document, Grid
from index.model import Clause, DutyItem

WINDOW_PARTS = 150  # a 三定 provision has 60–120 paragraphs: most papers are one page
MAX_INLINE_ROWS = 30  # a longer table gets a view of its own


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """A paragraph. `page` is set where a new page of the paper begins."""

    number: int
    runs: tuple[Run, ...]
    level: int
    cited: bool
    first: bool
    page: int | None


@dataclass(frozen=True, slots=True)
class TablePointer:
    """Stands for a long table that is shown by itself."""

    name: str
    n_rows: int


@dataclass(frozen=True, slots=True)
class TextView:
    """A window of a text paper; `first` and `last` count parts from 1, as `n_parts` does."""

    parts: tuple[ParagraphView | SheetView | TablePointer, ...]
    first: int
    last: int
    n_parts: int

    @property
    def previous(self) -> int | None:
        """First part of the window before this one."""
        return max(1, self.first - WINDOW_PARTS) if self.first > 1 else None

    @property
    def following(self) -> int | None:
        """First part of the window after this one."""
        return self.last + 1 if self.last < self.n_parts else None


def cited_paragraphs(document: Document, record: DutyItem | Clause | None) -> frozenset[int]:
    """Numbers of the paragraphs that hold a record: where its locator points, and what follows.

    Without a paragraph in the locator: the first paragraph that says the record's words.
    """
    if record is None:
        return frozenset()
    words = squash(record.text if isinstance(record, Clause) else record.name)
    at = record.locator.paragraph or _first_saying(document, words)
    if at is None:
        return frozenset()
    found = {at}
    for block in document.blocks:
        follows = block.number == max(found) + 1
        if follows and squash(block.text) and squash(block.text) in words:
            found.add(block.number)
    return frozenset(found)


def _first_saying(document: Document, words: str) -> int | None:
    """The paragraph with the words, or the first one of them."""
    for block in document.blocks:
        own = squash(block.text)
        if own and words and (words in own or (len(own) > 8 and words.startswith(own))):
            return block.number
    return None


def view_text(
    document: Document, cited: frozenset[int], quoted: str, *, start: int | None = None
) -> TextView:
    """The window that begins at part `start`, or that holds the cited paragraph."""
    n_parts = max(1, len(document.parts))
    first = min(start or _window_with(document, cited), n_parts)
    last = min(n_parts, first + WINDOW_PARTS - 1)
    shown = document.parts[first - 1 : last]
    parts: list[ParagraphView | SheetView | TablePointer] = []
    page: int | None = None
    for part in shown:
        if isinstance(part, Grid):
            parts.append(_table(part))
            continue
        parts.append(_paragraph(part, cited, quoted, page))
        page = part.page or page
    return TextView(tuple(parts), first=first, last=last, n_parts=n_parts)


def _window_with(document: Document, cited: frozenset[int]) -> int:
    target = min(cited, default=0)
    for index, part in enumerate(document.parts):
        if isinstance(part, Block) and part.number == target:
            return index // WINDOW_PARTS * WINDOW_PARTS + 1
    return 1


def _table(grid: Grid) -> SheetView | TablePointer:
    if grid.n_rows > MAX_INLINE_ROWS:
        return TablePointer(grid.name, grid.n_rows)
    return view_sheet(grid, frozenset(), "", start=1)


def _paragraph(block: Block, cited: frozenset[int], quoted: str, page: int | None) -> ParagraphView:
    is_cited = block.number in cited
    return ParagraphView(
        number=block.number,
        runs=mark(block.text, quoted) if is_cited else (Run(block.text),),
        level=block.level,
        cited=is_cited,
        first=is_cited and block.number == min(cited),
        page=block.page if block.page != page else None,
    )
