"""The domain: places, bodies, papers and the records read from them. Plain values, no I/O.

Terms and rules come from the published papers; each class names its Chinese term.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PaperKind(StrEnum):
    """Kind of a published paper; the value is its Chinese name."""

    DEPARTMENT_LIST = "部门权责清单"
    TOWNSHIP_CATALOG = "乡镇（街道）权责清单基本事项目录"
    TOWNSHIP_LIST = "乡镇（街道）权责清单"
    DELEGATION_CATALOG = "放权赋权事项目录"
    BASIC_DUTIES = "基本履职事项清单"
    COOPERATION_DUTIES = "配合履职事项清单"
    WITHDRAWN_DUTIES = "上级部门收回事项清单"
    ADMISSION = "职责准入"
    DEPARTMENT_PROVISION = "部门“三定”规定"
    TOWNSHIP_PROVISION = "乡镇（街道）“三定”规定"
    REFORM_NOTICE = "机构改革文件"
    OTHER = "其他文件"


class PowerKind(StrEnum):
    """Kind of administrative power (职权类型), after the 2015 guidance and practice."""

    LICENCE = "行政许可"
    PENALTY = "行政处罚"
    COERCION = "行政强制"
    LEVY = "行政征收"
    PAYMENT = "行政给付"
    INSPECTION = "行政检查"
    CONFIRMATION = "行政确认"
    REWARD = "行政奖励"
    ADJUDICATION = "行政裁决"
    OTHER = "其他行政权力"


class Role(StrEnum):
    """How a body holds a matter."""

    LEAD = "主责"
    DELEGATED = "赋权"
    ENTRUSTED = "委托"
    COOPERATING = "配合"
    WITHDRAWN = "收回"


# A county power that a township exercises, in its own name or in the principal's.
HANDED_DOWN = frozenset({Role.DELEGATED, Role.ENTRUSTED})


class Level(StrEnum):
    """Level of a place (行政层级)."""

    PROVINCE = "省"
    CITY = "市"
    COUNTY = "县"
    TOWNSHIP = "乡镇"


class ClauseKind(StrEnum):
    """What a clause of a 三定 provision or reform notice is about."""

    DUTY = "主要职责"
    CHANGE = "职能转变"
    BOUNDARY = "职责分工"
    OFFICE = "内设机构"
    STAFF = "人员编制"
    SUBORDINATE = "所属事业单位"
    INTERPRETATION = "解释机关"
    REFORM = "机构改革"
    ADMISSION = "职责准入"
    OTHER = "其他"


class BodyKind(StrEnum):
    """What kind of body one is; only papers and unmistakable names tell."""

    ORGAN = "行政机关"
    PARTY = "党委机构"
    BRANCH = "派出机构"
    INSTITUTION = "事业单位"
    ASSOCIATION = "群团组织"
    ENTERPRISE = "企业"
    UNKNOWN = "未知"


@dataclass(frozen=True, slots=True)
class Place:
    """An administrative division (行政区划).

    `code` is its GB/T 2260 code (township: nine digits, GB/T 10114) or, where no code is
    known, its full name. `full_name` runs from the highest known level: "云岫市临溪县城关镇".
    """

    code: str
    name: str
    full_name: str
    level: Level
    parent: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Locator:
    """Where in a source something stands, as a reader would look it up.

    `cells` is a spreadsheet range ("A15:N16") with `row` its first physical row, 1-based;
    `page` is 1-based; `article` is the number as printed ("第三条（二）"); `paragraph` is the
    1-based position of the paragraph in the text.
    """

    sheet: str | None = None
    row: int | None = None
    cells: str | None = None
    page: int | None = None
    article: str | None = None
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A published paper as one file (来源文件).

    `place` is the code of the place it speaks for, "" if unknown. `year` is the edition's year as
    its title names it ("2024年版"). `replaces` are files of earlier editions, as a manifest states.
    """

    id: str
    file: str
    sha256: str
    title: str
    kind: PaperKind
    place: str
    publisher: str = ""
    body: str = ""
    document_number: str = ""
    published_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    year: int | None = None
    replaces: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A quoted cell: the field it fills, its address, its text exactly as it stands."""

    field: str
    address: str
    text: str


# Flags of rows that are kept for the record only.
_KEPT_ONLY = frozenset({"hidden", "note"})


@dataclass(frozen=True, slots=True)
class DutyItem:
    """One record of a list (清单事项): a power, a duty, a delegation, a withdrawal.

    Identity: `<source id>#<sheet>!<first cell>`. `body` is the resolved full name,
    `body_as_written` what the paper says. `counterpart` is the county or city body on the other
    side: who delegates or entrusts (赋权, 委托), leads (配合) or receives (收回). `places` are the
    codes of the places the record speaks for; a delegation names several townships.
    `flags` keep a record out of answers: "hidden" (hidden row), "note" (a footnote that looks
    like a row), or mark it: "template-body", "body-from-title",
    "power-from-heading" and "power-from-sheet" (its kind of power is its category row's or sheet's).
    """

    id: str
    source_id: str
    locator: Locator
    paper: PaperKind
    name: str
    body: str
    role: Role
    places: tuple[str, ...]
    cells: tuple[Cell, ...]
    sub_item: str = ""
    power: PowerKind | None = None
    body_as_written: str = ""
    office: str = ""
    counterpart: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    flags: tuple[str, ...] = ()

    def field(self, name: str) -> str:
        """Text of one field, its physical rows joined; "" if the paper does not have it."""
        return "".join(cell.text for cell in self.cells if cell.field == name)

    @property
    def is_answerable(self) -> bool:
        """False for rows that are kept for the record only."""
        return _KEPT_ONLY.isdisjoint(self.flags)


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One provision that a list row rests on (设定依据), split out of its basis cell.

    `law` is its full name; `article`, `paragraph` and `item` are printed as laws do ("第六十二条",
    "第一款", "第三项"), "" where the cell cites none. `edition` ("2019年修正") and `quote` are
    words of the cell as they stand; `cell` is its address. `repealed` says why the law no longer
    counts, "" if nothing is known against it.
    """

    law: str
    article: str = ""
    paragraph: str = ""
    item: str = ""
    quote: str = ""
    edition: str = ""
    cell: str = ""
    repealed: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause of a 三定 provision, reform notice or admission rule (条款).

    `office` is the internal office an OFFICE clause defines; `bodies` are the bodies it
    names as parties (BOUNDARY: both sides; REFORM: old and new).
    """

    id: str
    source_id: str
    locator: Locator
    kind: ClauseKind
    body: str
    place: str
    text: str
    office: str = ""
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Office:
    """An internal office of a body (内设机构) with the clauses of its 三定 that give it duties."""

    body: str
    name: str
    plates: tuple[str, ...]
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Reform:
    """A change of institutions (机构改革): `old` became, or gave its duties to, `new`."""

    old: str
    new: str
    how: str
    on: date | None
    clause_id: str


@dataclass(frozen=True, slots=True)
class Body:
    """A body of state, party or public service (机构) with all its names.

    `name` is its full name without a plate in brackets, `own` that name without its place
    ("民政局"), `place` the code of its place or "". `names` are all full names that papers use for
    it, those on its plates (加挂牌子) with them.
    """

    name: str
    place: str
    own: str
    kind: BodyKind
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the build could not read or is unsure of (读取发现).

    `severity`: "error" (a file or sheet was not read), "warning" (a row is kept but flagged or
    unsure), "info" (a decision worth knowing).
    """

    severity: str
    code: str
    file: str
    message: str
    locator: Locator = Locator()
