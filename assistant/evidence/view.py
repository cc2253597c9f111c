"""A published paper as it looks: which part is shown, what is cited in it, where else to turn."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.evidence.marking import Run, mark
from assistant.evidence.sheet import SheetView, cited_cells, view_sheet
from assistant.evidence.text import TextView, cited_paragraphs, view_text
from assistant.wire.schemas import source_href
from index.documents import Document, Grid, paragraph
from index.model import Clause, DutyItem, SourceDocument

TEXT = "正文"  # name of the tab with the paragraphs


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked to be seen; `part` is a sheet's name, `TEXT`, or "" for where the record is."""

    record: DutyItem | Clause | None = None
    quoted: str = ""
    part: str = ""
    start: int | None = None
    embed: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A sheet, table or text to turn to."""

    label: str
    href: str
    current: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class SourceView:
    """All that the page of a source shows; `below` are lines after a table that its row cites."""

    tabs: tuple[Tab, ...]
    sheet: SheetView | None
    below: tuple[tuple[Run, ...], ...]
    text: TextView | None
    previous: str
    following: str
    back: str
    cites: bool


def view_source(source: SourceDocument, document: Document, asked: Request) -> SourceView:
    """Lay out the part asked for; the record is cited only in the part where it stands."""
    home = _home(document, asked.record)
    part = asked.part or home
    grid = _grid(document, part)
    record = asked.record if part == home else None
    sheet = _sheet(grid, record, asked) if grid else None
    text = None if grid else _text(document, record, asked)
    shown = sheet or text
    links = _Links(source, asked)
    return SourceView(
        tabs=links.tabs(document, part),
        sheet=sheet,
        below=_below(document, record, asked.quoted) if grid else (),
        text=text,
        previous=links.page(part, shown.previous if shown else None),
        following=links.page(part, shown.following if shown else None),
        back=links.back() if asked.record and (part != home or asked.start) else "",
        cites=record is not None,
    )


def _home(document: Document, record: DutyItem | Clause | None) -> str:
    """The part where the record stands; without one, the text, else the first sheet in sight."""
    sheet = record.locator.sheet if record else None
    if sheet and _grid(document, sheet):
        return sheet
    if document.blocks:
        return TEXT
    visible = [grid.name for grid in document.grids if not grid.hidden]
    return next(iter(visible), TEXT)


def _grid(document: Document, name: str) -> Grid | None:
    return next((grid for grid in document.grids if grid.name == name), None)


def _sheet(grid: Grid, record: DutyItem | Clause | None, asked: Request) -> SheetView:
    cited = cited_cells(grid, record) if isinstance(record, DutyItem) else frozenset()
    start = asked.start if cited else asked.start or 1
    return view_sheet(grid, cited, asked.quoted, start=start)


def _below(
    document: Document, record: DutyItem | Clause | None, quoted: str
) -> tuple[tuple[Run, ...], ...]:
    cells = record.cells if isinstance(record, DutyItem) else ()
    cited = {cell.address for cell in cells}
    lines = [block.text for block in document.blocks if paragraph(block.number) in cited]
    return tuple(mark(line, quoted) for line in lines)


def _text(document: Document, record: DutyItem | Clause | None, asked: Request) -> TextView:
    return view_text(document, cited_paragraphs(document, record), asked.quoted, start=asked.start)


class _Links:
    """Links to the same source that keep what is cited."""

    def __init__(self, source: SourceDocument, asked: Request) -> None:
        self._source = source
        self._asked = asked

    def _href(self, part: str, start: int | str) -> str:
        asked = self._asked
        return source_href(
            self._source.id,
            record=asked.record.id if asked.record else "",
            quoted=asked.quoted,
            sheet=part,
            start=start,
            embed="1" if asked.embed else "",
        )

    def page(self, part: str, start: int | None) -> str:
        return self._href(part, start) if start else ""

    def back(self) -> str:
        return f"{self._href('', '')}#cited"

    def tabs(self, document: Document, part: str) -> tuple[Tab, ...]:
        names = [(TEXT, False)] if document.blocks else []
        names += [(grid.name, grid.hidden) for grid in document.grids]
        return tuple(
            Tab(name, self._href(name, ""), current=name == part, hidden=hidden)
            for name, hidden in names
        )
