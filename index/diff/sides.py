"""One side of a comparison: the records of a version on a day, of a file, or of one edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from index.catalog import Catalog
from index.editions import counts_on, term_of
from index.errors import CorpusError
from index.gazetteer import Gazetteer
from index.model import DutyItem, SourceDocument
from index.records import Record


@dataclass(frozen=True, slots=True)
class DiffSide:
    """What is compared. `is_one_list` is true for a single paper, compared whatever it is called."""

    name: str
    records: tuple[Record, ...]
    sources: Mapping[str, SourceDocument]
    places: Gazetteer
    is_one_list: bool


def version(folder: Path, on: date) -> DiffSide:
    """The records of a published version that count on a day."""
    catalog = Catalog.of_version(folder)
    sources = {source.id: source for source in catalog.sources()}
    records = (r for r in catalog.all_records() if _counts(r, sources[r.source_id], on))
    return DiffSide(folder.name, tuple(records), sources, catalog.gazetteer(), is_one_list=False)


def edition(folder: Path, wanted: str) -> DiffSide:
    """One paper of a published version, named by id, file, 文号 or title, in force or not.

    Raises:
        CorpusError: no paper, or several, fit.
    """
    catalog = Catalog.of_version(folder)
    found = _fitting(catalog.sources(), wanted)
    if len(found) != 1:
        names = "".join(f"\n  {s.id} 《{s.title}》 {s.file}" for s in found[:10])
        problem = "有几份文件都符合，请用编号" if found else "没有这个文件、版本或语料库里的来源"
        raise CorpusError(f"{wanted}：{problem}。{names}")
    records = tuple(r for r in catalog.all_records() if r.source_id == found[0].id)
    name = f"《{found[0].title}》{found[0].document_number}"
    return DiffSide(
        name, _answerable(records), {found[0].id: found[0]}, catalog.gazetteer(), is_one_list=True
    )


def files(path: Path) -> DiffSide:
    """A file or folder read now, nothing published.

    Raises:
        BuildError: the path holds nothing that can be read.
    """
    from index.build import read_contents

    with TemporaryDirectory() as unpacked:
        contents = read_contents([path], Path(unpacked))
    sources = {source.id: source for source in contents.sources}
    places = Gazetteer(contents.places)
    records = _answerable(contents.records)
    return DiffSide(str(path), records, sources, places, is_one_list=len(sources) == 1)


def _fitting(sources: Sequence[SourceDocument], wanted: str) -> list[SourceDocument]:
    """Exactly named papers, else those whose file or title holds the words."""
    exact = [
        s
        for s in sources
        if wanted in (s.id, s.file, s.file.rsplit("/", 1)[-1], s.document_number, s.title)
    ]
    return exact or [s for s in sources if wanted in s.file or wanted in s.title]


def _answerable(records: Sequence[Record]) -> tuple[Record, ...]:
    return tuple(r for r in records if not isinstance(r, DutyItem) or r.is_answerable)


def _counts(record: Record, source: SourceDocument, on: date) -> bool:
    if isinstance(record, DutyItem):
        since, until = record.valid_from, record.valid_to
        if not record.is_answerable:
            return False
    else:
        since, until = term_of(source)
    return counts_on((since, until), on)
