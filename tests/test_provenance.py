"""`show`: a record with all that proves it; a law: its words stand where it says."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from index.catalog import Catalog
from index.documents import Block, Document, Grid, address, paragraph
from index.errors import CorpusError
from index.model import Clause, DutyItem
from index.provenance import find_records, provenance, where
from index.readers import read


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _stands(record: DutyItem | Clause, document: Document) -> bool:
    """Whether every quoted word stands where the record says, in the file read again."""
    if isinstance(record, DutyItem) or record.locator.cells:
        named = [grid for grid in document.grids if grid.name == record.locator.sheet]
        return any(_cells_stand(record, grid, document.blocks) for grid in named)
    start = record.locator.paragraph or 0
    after = "".join(_bare(b.text) for b in document.blocks if b.number >= start)
    first = next((b for b in document.blocks if b.number == start), None)
    lines = [_bare(line) for line in record.text.split("\n")]
    return (
        first is not None
        and first.page == record.locator.page
        and _bare(first.text).startswith(lines[0][:10])
        and all(line in after for line in lines)
    )


def _cells_stand(record: DutyItem | Clause, grid: Grid, blocks: Iterable[Block]) -> bool:
    texts = {paragraph(block.number): block.text for block in blocks}
    texts |= {address(row, column): text for (row, column), text in grid.texts.items()}
    if isinstance(record, Clause):
        whole = _bare("".join(texts.values()))
        return all(_bare(part) in whole for part in re.split(r"[：\n]", record.text))
    return all(texts.get(cell.address) == cell.text for cell in record.cells)


def _misquoted(version: Path) -> tuple[list[str], int]:
    by_source = defaultdict(list)
    for record in Catalog.of_version(version).all_records():
        by_source[record.source_id].append(record)
    wrong = []
    for source_id, records in by_source.items():
        document = read(version / "originals" / source_id)
        wrong += [record.id for record in records if not _stands(record, document)]
    return wrong, sum(map(len, by_source.values()))


def test_every_quoted_word_of_the_sample_stands_where_its_record_says(sample_version: Path) -> None:
    wrong, n_records = _misquoted(sample_version)
    assert wrong == []
    assert n_records > 1_900


@pytest.mark.real
def test_every_quoted_word_of_the_real_lists_stands_where_its_record_says(
    real_version: Path,
) -> None:
    wrong, n_records = _misquoted(real_version)
    assert wrong == []
    assert n_records > 1_000


def test_a_record_is_found_by_id_by_its_name_and_by_words_of_it(sample_version: Path) -> None:
    catalog = Catalog.of_version(sample_version)
    by_name = find_records(catalog, "城市建筑垃圾 处置核准")
    assert len(by_name) >= 2
    assert find_records(catalog, by_name[0].id) == by_name[:1]
    assert len(find_records(catalog, "垃圾处置核准")) >= 3
    with pytest.raises(CorpusError, match="dutydesk items"):
        find_records(catalog, "彩票兑奖")


def test_provenance_tells_fields_paper_places_and_span(sample_version: Path) -> None:
    catalog = Catalog.of_version(sample_version)
    sources = {source.id: source for source in catalog.sources()}
    item = next(
        record
        for record in find_records(catalog, "最低生活保障审核确认")
        if sources[record.source_id].document_number == "临政发〔2024〕9号"
    )
    shown = provenance(item, sources[item.source_id], catalog.gazetteer())
    assert shown["source"]["publisher"] == "临溪县人民政府"
    assert str(shown["valid_from"]) == "2024-07-01"
    assert shown["places"] == ["云岫市临溪县城关镇", "云岫市临溪县东坝街道"]
    named = {field["label"]: (field["address"], field["text"]) for field in shown["fields"]}
    assert named["事项名称"] == ("B5", "最低生活保障审核确认")
    assert where(item) == "赋权事项目录 A5:I5"
    json.dumps(shown, default=str)


def test_a_clause_tells_article_and_page(sample_version: Path) -> None:
    catalog = Catalog.of_version(sample_version)
    clause = next(r for r in find_records(catalog, "古堰、古渠、古井") if isinstance(r, Clause))
    source = catalog.source(clause.source_id)
    assert source is not None
    shown = provenance(clause, source, catalog.gazetteer())
    assert shown["kind"] == "主要职责"
    assert where(clause) == "第1页 第三条（十）"
