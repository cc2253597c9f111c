"""An invented province as workbooks with a manifest, as departments publish them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import yaml
from bench.city import List, Province, values_of

from index.model import PaperKind, SourceDocument

_HEADERS = {
    "number": "序号",
    "power": "职权类型",
    "name": "事项名称",
    "basis": "实施依据",
    "office": "承办机构",
    "duty": "责任事项",
    "counterpart": "对应上级部门",
    "lead_duty": "上级部门职责",
    "own_duty": "乡镇（街道）配合职责",
    "way": "承接部门及工作方式",
}


def write_files(province: Province, folder: Path) -> int:
    """One workbook a paper; returns how many."""
    for paper in province.lists:
        path = folder / paper.source.file
        path.parent.mkdir(parents=True, exist_ok=True)
        _workbook(paper).save(path)
    manifest = {
        "places": [
            {"code": p.code, "name": p.name, "level": p.level.name.lower(), "parent": p.parent}
            for p in province.places
        ],
        "files": [_entry(paper.source) for paper in province.lists],
    }
    (folder / "manifest.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True), "utf-8")
    return len(province.lists)


def _workbook(paper: List) -> openpyxl.Workbook:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("清单")
    sheet.append([paper.source.title])
    rows = [
        {k: v for k, v in values_of(m, paper.source.kind, n).items() if k != "counterpart" or v}
        for n, m in enumerate(paper.matters, start=1)
    ]
    if paper.source.kind is PaperKind.WITHDRAWN_DUTIES:
        rows = [
            {"number": r["number"], "name": r["name"], "way": f"{r['counterpart']}。{r['way']}"}
            for r in rows
        ]
    sheet.append([_HEADERS[field] for field in rows[0]] if rows else [])
    for row in rows:
        sheet.append(list(row.values()))
    return book


def _entry(source: SourceDocument) -> dict[str, str]:
    return {
        "file": source.file,
        "title": source.title,
        "kind": source.kind.value,
        "body": source.body,
        "place": source.place,
        "published_on": str(source.published_on),
        "effective_on": str(source.effective_on),
    }
