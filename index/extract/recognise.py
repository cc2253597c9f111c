"""What kind of paper a table or a text is, told from title, headers and content."""

from __future__ import annotations

import re

from index.documents import Document
from index.extract.columns import Field, squeeze
from index.extract.tables import Table
from index.model import PaperKind
from index.words import to_simplified

_TOWNSHIP = re.compile(r"乡镇|街道|镇街|[镇乡](?:人民政府|政府|权责|权力|责任|20\d\d)")
_DEPARTMENT = re.compile(
    r"(?:局|委员会|委|厅|办公室|院)(?:[（(][^）)]*[）)])?(?:\d{4}年)?(?:权责|权力|责任|行政|职权)"
)
_TOWN = r"(?:乡镇|乡（镇）|乡\(镇\)|镇街|街道|镇\(街道?\)|各镇|乡\(镇、街道\))"
_LISTING = r"(?:目录|清单|事项|权限|权力)"
_TITLES: tuple[tuple[PaperKind, re.Pattern[str]], ...] = (
    (PaperKind.ADMISSION, re.compile(r"职责准入|准入(?:制度|登记|审核|办法)")),
    (
        PaperKind.WITHDRAWN_DUTIES,
        re.compile(
            r"收回(?:履职|的|部门)?(?:事项|清单)|收回的|不再(?:承担|由乡镇)|^(?:上级)?收回$"
        ),
    ),
    (
        PaperKind.COOPERATION_DUTIES,
        re.compile(r"(?:配合|协助|协作)(?:上级部门|部门)?(?:履职|履行|事项|清单|职责)|^配合$"),
    ),
    (PaperKind.BASIC_DUTIES, re.compile(r"基本(?:履职|职责)|主责(?:事项|清单)|^基本$")),
    (
        PaperKind.DELEGATION_CATALOG,
        re.compile(
            rf"(?:赋予|赋权|下放|放权|委托|承接|授权).{{0,30}}{_TOWN}.{{0,30}}{_LISTING}"
            rf"|{_TOWN}.{{0,8}}(?:承接|赋权|受委托|受托).{{0,30}}{_LISTING}"
            r"|(?:赋权|放权|下放|委托)(?:权力|事项|职权|县级|行政|执法|清单|目录|行使|实施|指导).{0,20}(?:目录|清单)"
            r"|(?:赋权|放权|下放|委托|赋权承接)(?:事项|目录|清单)+$"
        ),
    ),
    (
        PaperKind.TOWNSHIP_CATALOG,
        re.compile(
            r"(?:乡镇|街道|镇街).{0,20}(?:基本|通用|统一|指导)(?:事项)?(?:权责)?(?:目录|清单)"
            r"|通用目录|(?:基本|指导)目录.{0,6}(?:乡镇|街道)"
        ),
    ),
)
_PROVISION = re.compile(
    r"职能配置|机构设置.{0,4}人员编制|[镇乡街道](?:党政)?机构改革(?:实施)?方案|主要职责.{0,4}内设机构|内设机构.{0,4}人员编制|[“\"'‘]?三定[”\"'’]?(?:规定|方案)|机构(?:设置|编制)方案"
)
# What a body's own site says of itself: 清源县民政局机构职能, 内设机构-清源县民政局.
_PROFILE = re.compile(
    r"(?:机构(?:职能|概况|简介|设置)|(?:主要|部门|工作|单位|职能)职[责能]|内设(?:机构|科室|股室|处室)|(?:科室|股室)(?:职[责能]|设置))"
    r"(?:及其?(?:主要)?职[责能]|简介|介绍)?(?:[-_—|].{2,30})?$"
)
_REFORM = re.compile(
    r"(?:机构改革|更名|划转|撤销|设立|组建|并入|调整|回归|改设|撤[镇乡]设|合并|托管).{0,40}(?:通知|决定|批复|方案|意见|公告|函)?|(?:关于).{0,60}(?:更名|撤销|组建|划转|并入|调整|托管).{0,20}的(?:通知|批复|决定)"
)
_FIELDS = (
    (PaperKind.DELEGATION_CATALOG, {Field.MARK}),
    (PaperKind.DELEGATION_CATALOG, {Field.RECEIVER, Field.MODE}),
    (PaperKind.WITHDRAWN_DUTIES, {Field.RECEIVER}),
    (PaperKind.COOPERATION_DUTIES, {Field.LEAD_BODY}),
    (PaperKind.COOPERATION_DUTIES, {Field.LEAD_DUTY}),
    (PaperKind.DELEGATION_CATALOG, {Field.RECIPIENTS}),
    (PaperKind.DELEGATION_CATALOG, {Field.PRINCIPAL, Field.MODE}),
)


def kind_of_table(table: Table, title: str, *, is_townships: bool = False) -> PaperKind:
    """Kind of the list in one table: its own titles and sheet name, its columns, the file's title.

    `is_townships` tells that the file lies in a township's folder.
    """
    own = tuple(reversed(table.title_texts))
    for text in (*own, table.grid.name):
        if kind := _kind_in_title(squeeze(text)):
            return kind
    for kind, needed in _FIELDS:
        if needed <= table.fields:
            return kind
    if kind := _kind_in_title(squeeze(title)):
        return kind
    namings = [squeeze(text) for text in (*own, title)]
    if any(map(_DEPARTMENT.search, namings)):
        return PaperKind.DEPARTMENT_LIST
    is_townships = is_townships or any(map(_TOWNSHIP.search, namings))
    return PaperKind.TOWNSHIP_LIST if is_townships else PaperKind.DEPARTMENT_LIST


def is_profile(title: str) -> bool:
    """True for a page on which a body says what it is for, which is no 三定 in form."""
    return bool(_PROFILE.search(squeeze(title))) and not _PROVISION.search(squeeze(title))


def kind_of_text(document: Document, title: str) -> PaperKind:
    """Kind of a paper in running text: from its title, then from how it opens."""
    opening = "".join(block.text for block in document.blocks[:6])
    for text, is_title in ((squeeze(title), True), (squeeze(opening)[:300], False)):
        if _PROVISION.search(text) or (is_title and _PROFILE.search(text)):
            is_township = re.search(r"[镇乡](?:人民政府)?|街道|办事处", text[:40])
            return PaperKind.TOWNSHIP_PROVISION if is_township else PaperKind.DEPARTMENT_PROVISION
        if PaperKind.ADMISSION is _kind_in_title(text[:60]):
            return PaperKind.ADMISSION
        if _REFORM.search(text[:80]):
            return PaperKind.REFORM_NOTICE
    return PaperKind.OTHER


def _kind_in_title(text: str) -> PaperKind | None:
    simplified = to_simplified(text)
    return next((kind for kind, pattern in _TITLES if pattern.search(simplified)), None)
