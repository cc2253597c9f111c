"""What kind of paper a table or a text is, told from title, headers and content."""

from __future__ import annotations

import re

from index.documents import Document
from index.extract.columns import Field, squeeze
from index.extract.tables import Table
from index.model import PaperKind

_TOWNSHIP = re.compile(r"乡镇|街道|镇街|[镇乡](?:人民政府|政府|权责|权力|责任|20\d\d)")
_TITLES: tuple[tuple[PaperKind, re.Pattern[str]], ...] = (
    (PaperKind.ADMISSION, re.compile(r"职责准入|准入(?:制度|登记|审核|办法)")),
    (PaperKind.WITHDRAWN_DUTIES, re.compile(r"收回(?:事项|清单|的)|不再(?:承担|由乡镇)")),
    (PaperKind.COOPERATION_DUTIES, re.compile(r"配合(?:履职|事项|清单)|协助(?:履职|事项)")),
    (PaperKind.BASIC_DUTIES, re.compile(r"基本履职|主责(?:事项|清单)")),
    (
        PaperKind.DELEGATION_CATALOG,
        re.compile(r"(?:赋予|赋权|下放|放权|委托|承接).{0,30}(?:目录|清单|事项|权限|权力)"),
    ),
    (
        PaperKind.TOWNSHIP_CATALOG,
        re.compile(r"(?:乡镇|街道).{0,20}基本(?:事项)?目录|通用目录|指导目录.{0,6}乡镇"),
    ),
)
_PROVISION = re.compile(
    r"职能配置|[镇乡街道](?:党政)?机构改革(?:实施)?方案|主要职责.{0,4}内设机构|内设机构.{0,4}人员编制|[“\"'‘]?三定[”\"'’]?(?:规定|方案)|机构(?:设置|编制)方案"
)
_REFORM = re.compile(
    r"(?:机构改革|更名|划转|撤销|设立|组建|并入|调整|回归|改设|撤[镇乡]设|合并).{0,40}(?:通知|决定|批复|方案|意见|公告|函)?|(?:关于).{0,60}(?:更名|撤销|组建|划转|并入|调整).{0,20}的(?:通知|批复|决定)"
)
_FIELDS = (
    (PaperKind.WITHDRAWN_DUTIES, {Field.RECEIVER}),
    (PaperKind.COOPERATION_DUTIES, {Field.LEAD_BODY}),
    (PaperKind.COOPERATION_DUTIES, {Field.LEAD_DUTY}),
    (PaperKind.DELEGATION_CATALOG, {Field.RECIPIENTS}),
    (PaperKind.DELEGATION_CATALOG, {Field.PRINCIPAL, Field.MODE}),
)


def kind_of_table(table: Table, title: str) -> PaperKind:
    """Kind of the list in one table: its own titles and sheet name, its columns, the file's title."""
    own = [
        table.grid.text(row, column)
        for row in table.titles
        for column, _ in table.grid.row_cells(row)
    ]
    for text in (*own, table.grid.name):
        if kind := _kind_in_title(squeeze(text)):
            return kind
    fields = set(table.columns.values())
    for kind, needed in _FIELDS:
        if needed <= fields:
            return kind
    if kind := _kind_in_title(squeeze(title)):
        return kind
    is_township = any(_TOWNSHIP.search(squeeze(text)) for text in (*own, title))
    return PaperKind.TOWNSHIP_LIST if is_township else PaperKind.DEPARTMENT_LIST


def kind_of_text(document: Document, title: str) -> PaperKind:
    """Kind of a paper in running text: from its title, then from how it opens."""
    opening = "".join(block.text for block in document.blocks[:6])
    for text in (squeeze(title), squeeze(opening)[:300]):
        if _PROVISION.search(text):
            is_township = re.search(r"[镇乡](?:人民政府)?|街道|办事处", text[:40])
            return PaperKind.TOWNSHIP_PROVISION if is_township else PaperKind.DEPARTMENT_PROVISION
        if PaperKind.ADMISSION is _kind_in_title(text[:60]):
            return PaperKind.ADMISSION
        if _REFORM.search(text[:80]):
            return PaperKind.REFORM_NOTICE
    return PaperKind.OTHER


def _kind_in_title(text: str) -> PaperKind | None:
    return next((kind for kind, pattern in _TITLES if pattern.search(text)), None)
