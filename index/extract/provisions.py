"""三定 provisions of departments and townships → clauses: duties, boundaries, offices, staff."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.documents import Document
from index.extract.numbering import Mark, Rank
from index.extract.offices import Unit, plates_in, read_unit
from index.extract.outline import (
    CLOSING,
    FRONT_NOTE,
    LONGEST_HEADING,
    Statement,
    document_text,
    is_heading,
    locator_of,
    read_outline,
    with_ids,
)
from index.extract.parties import PaperNames
from index.extract.provision_tables import row_clauses
from index.model import Clause, ClauseKind, Finding, SourceDocument

_UNIT_KINDS = (ClauseKind.OFFICE, ClauseKind.SUBORDINATE)
# "有关职责分工。" is a heading with a stop; longer ones are sentences.
_LONGEST_HEADING_WITH_STOP = 12
# What a heading or the announcing half-sentence of an article is about; the first that fits counts.
_HEADINGS: tuple[tuple[ClauseKind, re.Pattern[str]], ...] = (
    (ClauseKind.BOUNDARY, re.compile(r"职[责能权](?:边界|划分|关系|分工)|^(?:有关)?分工$")),
    (
        ClauseKind.CHANGE,
        re.compile(
            r"职[责能](?:转变|调整|整合|划转)|转变职[责能]"
            r"|(?:取消|划入|划出|下放|加强|增加|整合|承接|弱化|移交|新增|转变)的?(?:[^。]{0,6})职[责能]"
        ),
    ),
    (
        ClauseKind.OFFICE,
        re.compile(
            r"内设(?:机构|科室|股室|处室|部门)|(?:办事|工作|职能|党政|行政|派出|议事协调)机构|机构设置|(?:股|科|处)室(?:设置)?$"
            r"|设.{0,8}(?:股室|科室|处室|办公室|[股科处]（室）)|职能[股科处]|机关党(?:委|总支|支部)$"
        ),
    ),
    (ClauseKind.SUBORDINATE, re.compile(r"(?:事业|直属|所属|下属)(?:单位|机构|站所)")),
    (ClauseKind.STAFF, re.compile(r"(?:人员|行政|机关|事业)编制|^编制|职数")),
    (ClauseKind.DUTY, re.compile(r"职[责能]|工作任务")),
    (ClauseKind.OTHER, re.compile(r"^(?:附则|总则|其他(?:事项|规定)?|附件)$")),
)
_BARE_TITLE = re.compile(
    r"^[【\[]?(?:(?:主要|工作|部门|基本)?职[责能](?:配置)?|职[责能](?:转变|调整)|(?:有关)?职责分工|内设(?:机构|科室|股室)(?:及其?(?:主要)?职[责能])?"
    r"|(?:人员)?编制(?:和|及|与)?(?:领导)?(?:职数)?|领导职数|(?:所属|直属|下属)?事业单位|其他事项|附则)[】\]]?[：:]?$"
)
_BOUNDARY = re.compile(
    r"^(?:关于)?(?:与|同|和)(?P<parties>.{2,80}?)(?:(?:关于|在|有关)[^。]{1,60}?)?的?(?:有关)?(?:工作)?职[责能](?:边界|划分|关系|分工)"
)
_ABOUT = re.compile(r"关于.{2,60}?(?:的)?(?:有关)?职[责能](?:边界|划分|关系|分工)")
_STAFF = re.compile(
    r"(?:编制(?:总数|总额|员额)?(?:为|共)?|职数(?:为|共)?)\s*[\d\u3007零一二三四五六七八九十百]+\s*[名个人]|(?<!不另)(?<!不再)核定[^。]{0,12}(?:编制|职数)"
    r"|[设配][^。，]{0,14}(?:书记|主任|局长|镇长|乡长|区长)\s*[\d一二三四五六七八九十]+\s*名"
)
_SUBORDINATE = re.compile(
    r"(?:所属|下属|直属)(?:的)?(?:公益)?事业单位"
    r"|^[^，。]{1,16}(?<!内)(?:下设|设置|设立|设有?)(?:下列|以下|[\d一二三四五六七八九十]+个)?[^。，]{0,6}事业单位"
)
# An article that sets up one team outside the list of offices: 东湖街道设综合行政执法队，以….
_SETS_UP = re.compile(
    r"^(?:[^，。；、]{0,14}?(?:镇|乡|街道|政府|办事处|局|委))?(?:设|设立|设置|组建)(?P<name>[^，。；、设下]{3,14}?(?:队|中心|所|站))(?=[，。（(]|$)(?!.*(?:派出|事业单位))"
)
_NOT_A_DUTY_HEAD = re.compile(
    r"^(?:负责|承担|指导|组织|拟[订定]|贯彻|监督|编制|统筹|推进|推动|制定)"
)
# An office of another body that only sits here is none of the offices above it.
_SEATED = re.compile(
    r"(?P<name>[^，。；：]{2,30}(?:办公室|领导小组|委员会|指挥部))(?:的?日常工作)?(?:，)?(?:设在|挂靠)"
    r"|(?P<group>[^，。；：、]{2,12})(?:、[^，。；：、]{2,12})*按(?:照)?(?:有关|章程|法律|现行)[^。]{0,10}(?:设置|设立|配备|执行|管理)"
)
_COUNTED_INSTITUTIONS = re.compile(r"事业单位共?\s*[\d一二三四五六七八九十]+\s*个$")
_GENERIC_PARTY = re.compile(r"(?:部门|机关|单位)$")


@dataclass(frozen=True, slots=True)
class _Paper:
    """What every clause of one paper shares."""

    source: SourceDocument
    names: PaperNames


def read_clauses(
    document: Document, source: SourceDocument
) -> tuple[tuple[Clause, ...], tuple[Finding, ...]]:
    """The clauses of a 三定 provision in order, and what was left out or looks wrong.

    A clause is a numbered paragraph with its unnumbered followers; its lines are joined by line
    breaks. Headings without a statement of their own are kept as OTHER, so that a child's context
    is found by the path it begins with.
    """
    statements, findings = read_outline(document, source, _opens)
    paper = _Paper(source, PaperNames.from_paper(source, document_text(document)))
    clauses: list[Clause] = []
    for statement in statements:
        if statement.grid:
            clauses += row_clauses(statement, source, section_kind(statement.heads))
        else:
            clauses.append(_clause(statement, paper))
    if not any(statement.mark for statement in statements):
        missing = Finding("warning", "no-numbering", source.file, "没有找到条款编号，全文作为一条")
        findings = (*findings, missing)
    return with_ids(clauses, source.id), findings


def plates(document: Document, source: SourceDocument) -> tuple[tuple[str, str], ...]:
    """(body, plate) for every plate that the body itself carries, full names on both sides.

    Plates of offices are with their OFFICE clauses.
    """
    statements, _ = read_outline(document, source, _opens)
    names = PaperNames.from_paper(source, document_text(document))
    found = (
        (_plated_body(sentence, names), names.resolve(plate))
        for statement in statements
        if section_kind(statement.lineage) not in (*_UNIT_KINDS, ClauseKind.DUTY)
        for sentence in re.split(r"[。；;]", statement.text)
        for plate in plates_in(sentence)
    )
    return tuple(dict.fromkeys((body, plate) for body, plate in found if body and body != plate))


def section_kind(heads: tuple[Mark, ...]) -> ClauseKind:
    """What the section is about in which a paragraph stands; OTHER if no heading says."""
    for head in reversed(heads):
        for heading in _headings(head.rest):
            if kind := heading_kind(heading):
                return kind
    return ClauseKind.OTHER


def heading_kind(heading: str) -> ClauseKind | None:
    """What a heading is about: 二、内设机构, 主要职责是, 有关职责分工; None if it does not say."""
    if not heading or _NOT_A_DUTY_HEAD.match(heading):
        return None
    return next((kind for kind, pattern in _HEADINGS if pattern.search(heading)), None)


def _headings(text: str) -> tuple[str, ...]:
    """The parts of a paragraph that may head a section: last words before a colon, its label."""
    whole = text.strip().replace("\n", "")
    line = text.strip().split("\n")[0]
    found: list[str] = []
    if whole.endswith(("：", ":")):
        pieces = re.split(r"[。，；,;]", whole.rstrip("：:"))
        found += [pieces[-1], *(p for p in pieces if _COUNTED_INSTITUTIONS.search(p))]
    label = re.split(r"[。：:　]", line)[0].strip()
    if _BARE_TITLE.match(line):
        return (label, *found)
    is_sentence = line.endswith("。") and len(label) + 1 == len(line)
    longest = _LONGEST_HEADING_WITH_STOP if is_sentence else LONGEST_HEADING
    if len(label) <= longest and "，" not in label:
        found.append(label)
    return tuple(found)


def _opens(text: str, heads: tuple[Mark, ...]) -> Mark | None:
    """A heading without a number, or an office named without one, as a mark of its own."""
    line = text.strip()
    if _BARE_TITLE.match(line):
        return Mark(Rank.HAN, line.strip("【】[]：:"), 0, line)
    if section_kind(heads) not in _UNIT_KINDS:
        return None
    unit, seated = read_unit(line, own_line=True), _SEATED.match(line)
    siblings = [head.rank for head in heads if read_unit(head.rest)]
    name = unit.name if unit else (seated["name"] or seated["group"]) if seated else ""
    return Mark(siblings[0] if siblings else Rank.PAREN_HAN, name, 0, line) if name else None


def _clause(statement: Statement, paper: _Paper) -> Clause:
    kind = _kind(statement, paper.names)
    unit = _unit(statement) if kind in _UNIT_KINDS else None
    team = _SETS_UP.match(statement.rest) if kind is ClauseKind.OTHER else None
    if team and not is_heading(statement):
        kind, unit = ClauseKind.OFFICE, Unit(team["name"])
    bodies = _bodies(statement, kind, paper.names)
    if kind is ClauseKind.SUBORDINATE and unit is None and len(bodies) == 1:
        unit = Unit(bodies[0])
    return Clause(
        id=statement.path,
        source_id=paper.source.id,
        locator=locator_of(statement),
        kind=kind,
        body=paper.source.body,
        place=paper.source.place,
        text=statement.text,
        office=unit.name if unit else "",
        bodies=bodies,
    )


def _kind(statement: Statement, names: PaperNames) -> ClauseKind:
    text = statement.rest
    if statement.path in {FRONT_NOTE, CLOSING} or is_heading(statement):
        if _BOUNDARY.match(text):
            return ClauseKind.BOUNDARY
        return section_kind(statement.heads) if _own_unit(statement) else ClauseKind.OTHER
    if names.interpreter(text):
        return ClauseKind.INTERPRETATION
    if _BOUNDARY.match(text) or (_ABOUT.match(text) and "职" in text[:40]):
        return ClauseKind.BOUNDARY
    kind = _own_heading(statement) or section_kind(statement.heads)
    if kind in _UNIT_KINDS and not _unit(statement):
        if statement.has_children or _SEATED.match(text):
            return ClauseKind.OTHER
        return _kind_by_content(text, names, default=kind)
    return kind if kind is not ClauseKind.OTHER else _kind_by_content(text, names)


def _own_heading(statement: Statement) -> ClauseKind | None:
    """What a paragraph's own label says it is about, as in （十四）职能转变.

    A paragraph in a known section is what the section is about, unless it opens a part of its own
    or is a 职能转变 or 职责分工 among the duties.
    """
    labels = _headings(statement.rest)
    goes_on = any(len(label) + 1 < len(statement.rest) for label in labels)
    kind = next((kind for label in labels if (kind := heading_kind(label))), None)
    if section_kind(statement.heads) is ClauseKind.OTHER or statement.has_children:
        return kind
    is_set_apart = kind in (ClauseKind.CHANGE, ClauseKind.BOUNDARY) and len(labels[-1]) <= 8
    return kind if goes_on and is_set_apart else None


def _kind_by_content(
    text: str, names: PaperNames, default: ClauseKind = ClauseKind.OTHER
) -> ClauseKind:
    """For articles that no heading explains."""
    if _SUBORDINATE.search(text) or default is ClauseKind.SUBORDINATE:
        return ClauseKind.SUBORDINATE
    if _STAFF.search(text):
        return ClauseKind.STAFF
    if any(text[:start].endswith("原") for start, _, _ in names.spans(text)):
        return ClauseKind.REFORM
    return ClauseKind.OTHER


def _unit(statement: Statement) -> Unit | None:
    """The office a clause speaks of: named by itself, else by the paragraph it stands under."""
    if own := _own_unit(statement):
        return own
    heads = statement.heads
    above = (
        read_unit(heads[i].rest)
        for i in reversed(range(len(heads)))
        if section_kind(heads[:i]) in _UNIT_KINDS
    )
    return next((Unit(unit.name) for unit in above if unit), None)


def _own_unit(statement: Statement) -> Unit | None:
    """The office a paragraph opens with; outside a list of offices only 机关党委 stands alone."""
    unit = read_unit(statement.rest)
    is_listed = section_kind(statement.heads) in _UNIT_KINDS
    return unit if unit and (is_listed or unit.name.startswith("机关党")) else None


def _bodies(statement: Statement, kind: ClauseKind, names: PaperNames) -> tuple[str, ...]:
    """The bodies a clause names as parties: of a boundary, a reform, plates, institutions."""
    text = statement.rest
    if kind is ClauseKind.BOUNDARY:
        above = (head.rest for head in reversed(statement.heads) if _BOUNDARY.match(head.rest))
        return _boundary_parties(text if _BOUNDARY.match(text) else next(above, text), names)
    if kind is ClauseKind.INTERPRETATION:
        return (names.interpreter(text),)
    if kind in _UNIT_KINDS and (unit := _own_unit(statement)):
        return unit.plates
    if kind in (ClauseKind.SUBORDINATE, ClauseKind.REFORM) or "派出机构" in text:
        mentioned = names.mentions(text)
        keep_own = kind is ClauseKind.REFORM
        return tuple(b for b in mentioned if keep_own or (b != names.own and "政府" not in b))
    return ()


def _boundary_parties(text: str, names: PaperNames) -> tuple[str, ...]:
    """The paper's own body and all on the other side.

    A party named by what it does stands as written, unless the clause names the body it means.
    """
    match = _BOUNDARY.match(text)
    mentioned = [body for body in names.mentions(text) if not body.endswith("人民政府")]
    if not match:
        return tuple(dict.fromkeys((names.own, *mentioned)))
    parties: list[str] = [names.own]
    for party in names.listed(match["parties"]):
        stems = _stems(party) if _GENERIC_PARTY.search(party) else []
        meant = [b for b in mentioned if b != names.own and any(stem in b for stem in stems)]
        parties += meant or [party]
    return tuple(dict.fromkeys(parties))


def _stems(party: str) -> list[str]:
    """What a party does: 城市管理（综合行政执法）部门 → 城市管理, 综合行政执法."""
    bare = re.sub(r"(?:行政)?(?:主管)?(?:部门|机关|单位)$", "", party)
    return [
        stem for part in re.split(r"[（()）]", bare) if len(stem := part.lstrip("省市县区")) > 1
    ]


def _plated_body(sentence: str, names: PaperNames) -> str:
    """Whose plate a sentence speaks of: the last body named before it, else the paper's own."""
    before = re.split(r"(?:加|增)?挂", sentence)[0]
    named = names.mentions(before)
    return named[-1] if named and not named[-1].endswith("人民政府") else names.own
