"""One file → one paper: read it, describe it, then, once places are known, take its records out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.collect import InputFile
from index.documents import Document, Grid
from index.errors import ReadingError
from index.extract import admissions, admitted, provisions, reforms
from index.extract.abolitions import abolished_papers
from index.extract.captions import tables_of
from index.extract.describe import Description, describe
from index.extract.doubts import gathered, no_list, row_doubt, table_doubts
from index.extract.lists import ListContext, read_items
from index.extract.recipients import stated_townships
from index.extract.recognise import kind_of_table, kind_of_text
from index.extract.tables import Table
from index.gazetteer import Gazetteer, GazetteerBuilder
from index.institutions.collect import place_served
from index.institutions.naming import Publisher, government_at, resolve_body
from index.model import (
    Clause,
    DutyItem,
    Finding,
    Level,
    PaperKind,
    Place,
    Reform,
    SourceDocument,
)

_CLAUSE_READERS = {
    PaperKind.DEPARTMENT_PROVISION: provisions.read_clauses,
    PaperKind.TOWNSHIP_PROVISION: provisions.read_clauses,
    PaperKind.REFORM_NOTICE: reforms.read_clauses,
    PaperKind.ADMISSION: admissions.read_clauses,
}
_TOWNSHIP_KINDS = frozenset(
    {
        PaperKind.TOWNSHIP_LIST,
        PaperKind.TOWNSHIP_PROVISION,
        PaperKind.BASIC_DUTIES,
        PaperKind.COOPERATION_DUTIES,
        PaperKind.WITHDRAWN_DUTIES,
    }
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as read, before its place is settled."""

    file: InputFile
    sha256: str
    document: Document
    tables: tuple[Table, ...]
    described: Description
    kind: PaperKind

    @property
    def id(self) -> str:
        """Stable id: the first twelve hex digits of the content's SHA-256."""
        return self.sha256[:12]


@dataclass(frozen=True, slots=True)
class Records:
    """What one paper yields."""

    items: tuple[DutyItem, ...] = ()
    clauses: tuple[Clause, ...] = ()
    reforms: tuple[Reform, ...] = ()
    plates: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()


def read_paper(file: InputFile, read: Callable[[Path], Document]) -> Paper:
    """Read (in this process or in one of its own) and describe one file.

    Raises:
        ReadingError: it cannot be read, or holds nothing.
    """
    document = read(file.path)
    if not document.parts:
        raise ReadingError(f"{file.name}：文件里没有内容，请检查是否放错了文件。")
    tables = tables_of(document)
    described = describe(document, tables, file.name, file.stated)
    return Paper(
        file=file,
        sha256=hashlib.sha256(file.path.read_bytes()).hexdigest(),
        document=document,
        tables=tables,
        described=described,
        kind=file.stated.kind or _kind(document, tables, described),
    )


def _kind(document: Document, tables: tuple[Table, ...], described: Description) -> PaperKind:
    text_kind = kind_of_text(document, described.title) if document.blocks else PaperKind.OTHER
    if text_kind in _CLAUSE_READERS or not tables:
        return text_kind
    kinds = Counter(_recognised(table, described) for table in tables)
    return kinds.most_common(1)[0][0]


def _recognised(table: Table, described: Description) -> PaperKind:
    path = described.place_path
    is_townships = bool(path) and path[-1][1] is Level.TOWNSHIP
    return kind_of_table(table, described.title, is_townships=is_townships)


def settle_places(
    papers: Sequence[Paper], builder: GazetteerBuilder
) -> tuple[dict[str, Place | None], tuple[Finding, ...]]:
    """The place of every paper; one that names none takes its neighbours', if they agree."""
    places: dict[str, Place | None] = {}
    findings: list[Finding] = []
    for paper in sorted(papers, key=_names_only_a_township):
        path, stated = paper.described.place_path, builder.get(paper.file.stated.place)
        county = None
        if stated is None and _names_only_a_township(paper):
            county = _neighbours_county(paper, papers, places, builder)
        below = county.code if county else ""
        places[paper.id] = stated or builder.add_path(path, below=below)
        if county:
            findings.append(_place_finding(paper, places[paper.id]))
    for paper in papers:
        if places[paper.id] is None:
            places[paper.id] = neighbour = _neighbours_place(paper, papers, places)
            findings.append(_place_finding(paper, neighbour))
    for paper in papers:
        _add_recipients(paper, places[paper.id], builder)
    return places, tuple(findings)


def _names_only_a_township(paper: Paper) -> bool:
    """True for a paper of 石桥镇 that does not say of which county."""
    path = paper.described.place_path
    return bool(path) and path[0][1] is Level.TOWNSHIP


def _neighbours_county(
    paper: Paper,
    papers: Sequence[Paper],
    places: dict[str, Place | None],
    builder: GazetteerBuilder,
) -> Place | None:
    """The one county that the papers of the same folder speak for; None if they name several."""
    folder = paper.file.name.parent
    named = (places.get(q.id) for q in papers if q.file.name.parent == folder)
    chains = (builder.chain(place) for place in named if place)
    counties = {p.code: p for chain in chains for p in chain if p.level is Level.COUNTY}
    return next(iter(counties.values())) if len(counties) == 1 else None


def _add_recipients(paper: Paper, place: Place | None, builder: GazetteerBuilder) -> None:
    """Townships that a delegation names in full are places, whether or not they publish papers."""
    if place is None or place.level is Level.PROVINCE:
        return
    for names in stated_townships(paper.tables):
        if len(names) > 1 or place.level is Level.COUNTY:
            levels = (Level.COUNTY, Level.TOWNSHIP)[-len(names) :]
            builder.add_path(tuple(zip(names[-2:], levels, strict=True)), below=place.code)


def _neighbours_place(
    paper: Paper, papers: Sequence[Paper], places: dict[str, Place | None]
) -> Place | None:
    folder = paper.file.name.parent
    found = {p.code: p for q in papers if q.file.name.parent == folder and (p := places[q.id])}
    return next(iter(found.values())) if len(found) == 1 else None


def _place_finding(paper: Paper, place: Place | None) -> Finding:
    name = str(paper.file.name)
    if place is None:
        message = (
            "文件里没有写明地区，请在 manifest.yaml 里写上 place；现在它不能回答任何地方的问题"
        )
        return Finding("error", "no-place", name, message)
    lacks = "属于哪个县（市、区）" if _names_only_a_township(paper) else "地区"
    message = f"文件里没有写明{lacks}，按同一文件夹的其他文件记为{place.full_name}；不对请在 manifest.yaml 里写明 place"
    return Finding("warning", "place-from-neighbours", name, message)


def source_of(paper: Paper, place: Place | None, gazetteer: Gazetteer) -> SourceDocument:
    """The paper as a source of the catalog, its body's name completed."""
    said, stated = paper.described, paper.file.stated
    if not stated.place and (own := gazetteer.split_body(said.body)[1]):
        place = place_served(own, place, gazetteer)
    chain = gazetteer.chain(place.code) if place else ()
    body = resolve_body(said.body, Publisher(said.body, chain))[0] if said.body else ""
    if paper.kind in _TOWNSHIP_KINDS and place and place.level is Level.TOWNSHIP:
        body = government_at(place, gazetteer)
    return SourceDocument(
        id=paper.id,
        file=str(paper.file.name),
        sha256=paper.sha256,
        title=said.title,
        kind=paper.kind,
        place=place.code if place else "",
        publisher=stated.publisher or _publisher(said, chain, body),
        body=body,
        document_number=said.document_number,
        published_on=said.published_on,
        effective_on=said.effective_on,
        expires_on=said.expires_on,
        year=said.year,
        replaces=(*stated.replaces, *abolished_papers(paper.document)),
        url=stated.url,
    )


def _publisher(said: Description, chain: tuple[Place, ...], body: str) -> str:
    """The issuer's full name; the body's own where the paper names no other."""
    if said.publisher == said.body:
        return body
    return resolve_body(said.publisher, Publisher(said.body, chain))[0]


def extract(paper: Paper, source: SourceDocument, gazetteer: Gazetteer) -> Records:
    """All records of a paper."""
    warnings = tuple(
        Finding("info", "reading", source.file, text) for text in paper.document.warnings
    )
    if source.kind in _CLAUSE_READERS:
        return _text_records(paper, source, gazetteer, warnings)
    return _list_records(paper, source, gazetteer, warnings)


def _text_records(
    paper: Paper, source: SourceDocument, gazetteer: Gazetteer, warnings: tuple[Finding, ...]
) -> Records:
    clauses, findings = _CLAUSE_READERS[source.kind](paper.document, source)
    is_reform = source.kind is PaperKind.REFORM_NOTICE
    is_provision = _CLAUSE_READERS[source.kind] is provisions.read_clauses
    on = source.effective_on or source.published_on
    return Records(
        items=_admitted(paper, source, gazetteer) if source.kind is PaperKind.ADMISSION else (),
        clauses=clauses,
        reforms=reforms.read_reforms(clauses, effective_on=on, source=source) if is_reform else (),
        plates=provisions.plates(paper.document, source) if is_provision else (),
        findings=(*warnings, *findings),
    )


def _admitted(paper: Paper, source: SourceDocument, gazetteer: Gazetteer) -> tuple[DutyItem, ...]:
    """What an admission form charges townships with."""
    chain = gazetteer.chain(source.place) if source.place else ()
    publisher = Publisher(source.body or source.publisher, chain)
    context = ListContext(source, source.kind, publisher, gazetteer)
    return _unique_ids(list(admitted.read_items(paper.document, context)))


def _list_records(
    paper: Paper, source: SourceDocument, gazetteer: Gazetteer, warnings: tuple[Finding, ...]
) -> Records:
    chain = gazetteer.chain(source.place) if source.place else ()
    publisher = Publisher(source.body or source.publisher, chain)
    items: list[DutyItem] = []
    findings = list(warnings)
    for table in paper.tables:
        kind = _table_kind(table, paper)
        doubts: list[Finding | None] = []
        for item, row in read_items(table, ListContext(source, kind, publisher, gazetteer)):
            items.append(item)
            doubts.append(row_doubt(item, row, table, source.file))
        findings += [*table_doubts(table, source.file), *gathered(filter(None, doubts))]
    findings += _body_doubts(paper, source, items)
    if items:
        findings += no_list(_unread_grids(paper), source.file)
    else:
        findings.append(_no_list_at_all(source))
    return Records(items=_unique_ids(items), findings=tuple(findings))


def _body_doubts(
    paper: Paper, source: SourceDocument, items: Sequence[DutyItem]
) -> Iterator[Finding]:
    """Whose list it is, where only a folder says so or nothing does."""
    todo = "请在 manifest.yaml 里写明 body"
    own = (item for item in items if item.is_answerable and item.places)
    if any(not item.body for item in own):
        yield Finding("warning", "no-body", source.file, f"没有写明是哪个部门的清单；{todo}")
    elif paper.described.body_from == "folder" and paper.kind is PaperKind.DEPARTMENT_LIST:
        message = f"文件里没有写明是哪个部门的清单，按文件夹名记为{source.body}；不对{todo}"
        yield Finding("warning", "body-from-folder", source.file, message)


def _no_list_at_all(source: SourceDocument) -> Finding:
    message = "没有找到清单表头，也不是认得的文件；可在 manifest.yaml 里写明 kind"
    return Finding("error", "no-list", source.file, message)


def _unread_grids(paper: Paper) -> list[Grid]:
    """Visible sheets of a workbook in which no list was found."""
    read_grids = {id(table.grid) for table in paper.tables}
    is_workbook = not paper.document.blocks
    return [
        g for g in paper.document.grids if is_workbook and id(g) not in read_grids and not g.hidden
    ]


def _table_kind(table: Table, paper: Paper) -> PaperKind:
    """As recognised, unless the manifest states the kinds and this is none of them."""
    recognised = _recognised(table, paper.described)
    stated = paper.file.stated.kinds
    return (
        recognised if not stated or recognised in stated else (paper.file.stated.kind or recognised)
    )


def _unique_ids(items: list[DutyItem]) -> tuple[DutyItem, ...]:
    """Two tables of a text document may share a name and an address: number the later ones."""
    seen: Counter[str] = Counter()
    unique = []
    for item in items:
        seen[item.id] += 1
        n = seen[item.id]
        unique.append(item if n == 1 else replace(item, id=f"{item.id}·{n}"))
    return tuple(unique)
