"""Citations: numbered as they are first used, each with the words as they stand in the paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant.model import Citation
from index.extract.recognise import is_profile
from index.model import Clause, DutyItem, Locator, SourceDocument

# Quotes long enough to prove, short enough to read.
QUOTE_CHARACTERS = 200
BASIS_CHARACTERS = 300


class Proofs:
    """The citations of one answer; the same record and words keep their number."""

    def __init__(self, sources: Mapping[str, SourceDocument]) -> None:
        self._sources = sources
        self._citations: dict[tuple[str, str], Citation] = {}

    def cite(self, record: DutyItem | Clause, field: str = "name", *, words: str = "") -> int:
        """The label of a record's proof: a field of a row, or the given words of it."""
        key = (record.id, words or field)
        if key not in self._citations:
            locator, quote = _quote(record, field)
            self._citations[key] = Citation(
                label=len(self._citations) + 1,
                item_id=record.id,
                source=self._sources[record.source_id],
                locator=locator,
                quote=words or quote,
            )
        return self._citations[key].label

    def cite_also(self, record: DutyItem | Clause, words: str) -> int:
        """The label of a record's proof, more of its words quoted on a line of their own."""
        label = self.cite(record)
        cited = self._citations[record.id, "name"]
        if words not in cited.quote:
            more = replace(cited, quote=f"{cited.quote}\n{words}")
            self._citations[record.id, "name"] = more
        return label

    def source(self, record: DutyItem | Clause) -> SourceDocument:
        """The paper in which a record stands."""
        return self._sources[record.source_id]

    def provision(self, clause: DutyItem | Clause) -> str:
        """The paper that gives a body its duties, as answers call it after the body's name."""
        is_own_page = is_profile(self.source(clause).title)
        return "公布的机构职能" if is_own_page else "的“三定”规定"

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations in order."""
        return tuple(self._citations.values())


def flat(text: str) -> str:
    """Text without spaces and line breaks, as it reads in a sentence."""
    return "".join(text.split())


def _quote(record: DutyItem | Clause, field: str) -> tuple[Locator, str]:
    """Where the words stand and the words as they stand."""
    if isinstance(record, Clause):
        return record.locator, record.text[:QUOTE_CHARACTERS]
    wanted = (field, "sub_item") if field == "name" and record.sub_item else (field,)
    cells = [cell for cell in record.cells if cell.field in wanted]
    texts = [cell.text for cell in cells] or [cell.text for cell in record.cells][:1]
    limit = QUOTE_CHARACTERS if field == "name" else BASIS_CHARACTERS
    return record.locator, "\n".join(texts)[:limit]
