"""Render the lists of an invented city's departments: `python -m tests.neighbour_city.make FOLDER`.

Each CSV beside this file (name,sub_item,kind,office,basis) is one department's list; consecutive
rows of one name are sub-items of one power and share its number, as in published lists.
"""

from __future__ import annotations

import csv
import sys
from itertools import groupby
from pathlib import Path

import openpyxl
import yaml
from openpyxl.worksheet.worksheet import Worksheet

HERE = Path(__file__).parent
CITY, CODE = "梧川市", "990300"
DEPARTMENTS = {
    "housing": "住房和城乡建设局",
    "urban_management": "城市管理局",
    "natural_resources": "自然资源局",
    "water": "水务局",
    "forestry": "林业和草原局",
    "emergency": "应急管理局",
    "public_security": "公安局",
    "civil_affairs": "民政局",
    "education": "教育局",
    "health": "卫生健康委员会",
    "market": "市场监督管理局",
    "culture": "文化广电和旅游局",
}
HEADER = ["序号", "职权名称", "子项", "职权类型", "设定依据", "行使主体", "承办机构", "实施层级"]
FIRST_ROW = 3


def rows_of(department: str) -> list[dict[str, str]]:
    """The rows of one department's CSV, in order; the first stands in row `FIRST_ROW`."""
    with (HERE / f"{department}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def title_of(department: str) -> str:
    """The title of a department's list; its workbook bears the same name."""
    return f"{CITY}{DEPARTMENTS[department]}权责清单（2025年版）"


def _fill(sheet: Worksheet, department: str) -> None:
    sheet.title = "权责清单"
    sheet.append((title_of(department),))
    sheet.merge_cells("A1:H1")
    sheet.append(HEADER)
    powers = groupby(rows_of(department), key=lambda row: (row["name"], row["kind"]))
    for number, (_, power) in enumerate(powers, 1):
        top = sheet.max_row + 1
        for row in power:
            named = (number, row["name"]) if sheet.max_row < top else (None, None)
            stated = (row["sub_item"] or None, row["kind"], row["basis"])
            holder = (CITY + DEPARTMENTS[department], row["office"], "市级")
            sheet.append((*named, *stated, *holder))
        for column in "AB" if sheet.max_row > top else "":
            sheet.merge_cells(f"{column}{top}:{column}{sheet.max_row}")


def make(folder: Path) -> None:
    """Write every department's workbook and a manifest into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for department in sorted(path.stem for path in HERE.glob("*.csv")):
        book, name = openpyxl.Workbook(), f"{title_of(department)}.xlsx"
        _fill(book.worksheets[0], department)
        book.save(folder / name)
        files.append({"file": name, "place": CODE, "published_on": "2025-06-30"})
    manifest = {"places": [{"code": CODE, "name": CITY, "level": "city"}], "files": files}
    text = yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False)
    (folder / "manifest.yaml").write_text(text, "utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
