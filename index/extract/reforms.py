"""Notices of institutional reform → clauses, and who became or gave its duties to whom, when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise

from index.documents import Document
from index.extract.changes import (
    ABOLISHED,
    FOUNDED,
    JOINED,
    RENAMED,
    SET_UP,
    SPLIT,
    TRANSFERRED,
    Change,
)
from index.extract.dates import first_date, plain
from index.extract.outline import (
    CLOSING,
    FRONT_NOTE,
    Statement,
    document_text,
    is_heading,
    locator_of,
    read_outline,
    with_ids,
)
from index.extract.parties import PaperNames
from index.extract.provision_tables import row_clauses
from index.extract.town_changes import township_changes
from index.model import Clause, ClauseKind, Finding, PaperKind, Reform, SourceDocument

# When a paper says several things of one pair, the first of these is what happened to it; a
# change of township (撤镇设街道) comes before all.
_STRENGTH = (RENAMED, FOUNDED, JOINED, SPLIT, ABOLISHED, TRANSFERRED, SET_UP)

_DUTIES = r"(?:职责|职能|职权|行政权力|权力事项|行政执法权|处罚权)"
_DAY = r"\d{4}年\d{1,2}月\d{1,2}日"
_RENAME = re.compile(
    r"(?:更名|改名|改称|变更名称|改组|重组|改设|上收|调整设置|(?<!应)(?<!应当)(?<!一律)改)为(?!“)"
)
_JOIN = re.compile(r"(?:整体|成建制|整建制)?(?:并入|合并到|合并至|划并)")
_FOUND = re.compile(
    r"(?:合并|整合|重新)?(?:组建|组成)(?:新的)?(?:为|成)?|合并，?(?:设立|成立|组建|组成|为)|整合(?:设立|成立|为)"
)
_SPLIT = re.compile(r"(?:分设|拆分|分立)(?:为|成)")
_TRANSFER = re.compile(
    r"(?:划入|划归|划转(?:至|到|给|由)?|移交(?:至|到|给)?|回归(?:至|到)?|交由|调整(?:至|到|由)|转由|统一由|由)"
)
_TAKES_ON = re.compile(r"承担|行使|负责|管理|承接|履行|办理")
_ABOLISH = re.compile(r"(?:撤销|不再保留|不再设立)")
_SET_UP = re.compile(r"(?:新)?(?:设立|成立|组建|设置)")
# No sentence of a notice is longer; what is longer is no sentence.
_LONGEST_SENTENCE = 2000
_NEAR = 12
# 撤销甲局，其职责划入乙局; 该局承担的…职责.
_ITS = re.compile(r"该[局委办站所中心单位]|其[^，。其]{0,16}?职[责能权]")
_BARE_LIST = re.compile(
    r"(?:、[\u4e00-\u9fff]{2,16}?(?:局|委员会|办公室|站|所|中心)(?![\u4e00-\u9fff]{0,3}[局会]))+"
)
# 不再保留甲办公室设在乙局的体制: what ends is an arrangement, not the body.
_NOT_ALONE = re.compile(r"的|设在|挂靠|由|与|承担")
_BETWEEN_LISTED = re.compile(r"[“”]?(?:(?:、|和|及|以及)?(?:原|单设的)?)[“”]?")
_NOT_A_CHANGE = re.compile(r"牌子|名义|印章|派出机构|的通知》|字样|事业单位整建制|所属事业单位")
_ANNOUNCEMENT = re.compile(r"(?:，|^)现(?:就|将|对).*$|有关事项(?:的)?通知如下.*$")
# 改为甲局所属事业单位: the body named is not what became of it.
_ONLY_ITS_HOLDER = re.compile(r"所属|下属|直属|管理|代管|领导|的")
# 将甲局的…职责、乙局的…职责整合，作为政府工作部门: into the body that the sentence before founds.
_POOLED = re.compile(r"职[责能]等?(?:进行)?整合")
# Columns of a table of changes; what only says 调整后 tells no way of becoming it.
_OLD_COLUMN = re.compile(r"(?:原|更名前|改革前)(?:的)?(?:机构|单位|事业单位)?名称|原(?:机构|单位)")
_NEW_COLUMN = re.compile(
    r"(?:更名后|现|新|并入|合并后|整合后)(?:的)?(?:机构|单位|事业单位)?(?:名称|单位|机构)"
)
_EFFECTIVE = re.compile(rf"自\s*(?P<day>{_DAY})\s*起?(?:正式)?(?:施行|实施|执行|生效)")
_SINCE = re.compile(rf"(?:自|从|于)\s*(?P<day>{_DAY})\s*起?")


def read_clauses(
    document: Document, source: SourceDocument
) -> tuple[tuple[Clause, ...], tuple[Finding, ...]]:
    """The clauses of a reform notice in order, and what was left out or looks wrong."""
    statements, findings = read_outline(document, source)
    names = PaperNames.from_paper(source, document_text(document))
    clauses: list[Clause] = []
    for statement in statements:
        if statement.grid:
            rows = row_clauses(statement, source, ClauseKind.OTHER)
            clauses += (replace(row, kind=ClauseKind.REFORM, office="") for row in rows)
        else:
            clauses.append(_clause(statement, source, names))
    return with_ids(clauses, source.id), findings


def _clause(statement: Statement, source: SourceDocument, names: PaperNames) -> Clause:
    text = statement.rest
    changes = list(_changes(text, names))
    parties = [body for change in changes for body in (change.old, change.new) if body]
    mentioned = [body for _, _, body in _bodies(text, names)]
    kind, bodies = ClauseKind.REFORM, tuple(dict.fromkeys((*parties, *mentioned)))
    if statement.path in {FRONT_NOTE, CLOSING} or is_heading(statement):
        kind = ClauseKind.OTHER
    elif not changes and (interpreter := names.interpreter(text)):
        kind, bodies = ClauseKind.INTERPRETATION, (interpreter,)
    return Clause(
        id=statement.path,
        source_id=source.id,
        locator=locator_of(statement),
        kind=kind,
        body=source.body or source.publisher,
        place=source.place,
        text=statement.text,
        bodies=bodies,
    )


def read_reforms(
    clauses: Iterable[Clause],
    *,
    effective_on: date | None = None,
    source: SourceDocument | None = None,
) -> tuple[Reform, ...]:
    """The changes that clauses of one paper state, one for each pair of old and new body.

    A change is dated by its own sentence, else by its clause, else by the day on which the paper
    says it takes effect, else by `effective_on`; leave that out for 三定 provisions, which recall
    old changes. `source` tells whose letters 县 and 市 are. `new` is "" for a body abolished
    without successor, `old` for one newly set up.
    """
    of_paper = [c for c in clauses if c.kind in (ClauseKind.REFORM, ClauseKind.INTERPRETATION)]
    whole_text = plain("\n".join(clause.text for clause in of_paper))
    stated = _EFFECTIVE.search(whole_text)
    in_force = first_date(stated["day"]) if stated else effective_on
    found = [
        Reform(change.old, change.new, change.how, change.on or in_force, clause.id)
        for clause in of_paper
        for change in _changes(clause.text, _names_of(clause, whole_text, source))
    ]
    return tuple(_settled(found))


def _names_of(clause: Clause, text: str, source: SourceDocument | None) -> PaperNames:
    """Names as the paper or the clause itself knows them: its body, the full names it was given."""
    known = [clause.body, *clause.bodies]
    if source:
        return PaperNames.from_paper(source, "\n".join((text, *known)))
    unknown = SourceDocument(
        "", "", "", "", PaperKind.REFORM_NOTICE, clause.place, body=next(filter(None, known), "")
    )
    return PaperNames.from_paper(unknown, "\n".join((text, *known)))


def _settled(reforms: list[Reform]) -> Iterator[Reform]:
    """One reform a pair; abolition and founding that a pair already tells are left out."""
    strongest: dict[tuple[str, str], Reform] = {}
    for reform in reforms:
        pair = (reform.old, reform.new)
        if pair not in strongest or _strength(reform) < _strength(strongest[pair]):
            strongest[pair] = reform
    succeeded = {old for old, new in strongest if new}
    founded = {r.new for r in strongest.values() if r.old and r.how != TRANSFERRED}
    abolished = {old for old, new in strongest if not new}
    for (old, new), reform in strongest.items():
        if (not new and old in succeeded) or (not old and new in founded):
            continue
        is_end = old in abolished and reform.how == TRANSFERRED and _n_heirs(old, strongest) == 1
        yield replace(reform, how=ABOLISHED) if is_end else reform


def _n_heirs(old: str, pairs: Iterable[tuple[str, str]]) -> int:
    return sum(1 for before, after in pairs if before == old and after)


def _strength(reform: Reform) -> int:
    return _STRENGTH.index(reform.how) if reform.how in _STRENGTH else -1


def _changes(text: str, names: PaperNames) -> Iterator[Change]:
    """Every change a clause states, in order."""
    if pair := _row_change(text, names):
        yield pair
        return
    flat = _full_width(text)
    clause_day = _first_since(flat)
    subject: tuple[str, ...] = ()
    for sentence in re.split(r"[。；;\n]", flat):
        if len(sentence) > _LONGEST_SENTENCE:
            continue
        stated = _ANNOUNCEMENT.sub("", sentence)
        for change in _in_sentence(stated, names, subject):
            yield replace(change, on=change.on or _first_since(stated) or clause_day)
        subject = names.mentions(stated)[:1] or subject


def _row_change(text: str, names: PaperNames) -> Change | None:
    """The change that a row of a table tells: 原机构名称 and 更名后机构名称, a line each."""
    lines = text.split("\n")
    cells = dict(pairwise(lines))
    old = next((value for title, value in cells.items() if _OLD_COLUMN.fullmatch(title)), "")
    title = next((title for title in cells if _NEW_COLUMN.fullmatch(title)), "")
    if not old or not title:
        return None
    how = JOINED if re.search(r"并入|合并|整合", title) else RENAMED
    return Change(names.resolve(old), names.resolve(cells[title]), how, None)


def _full_width(text: str) -> str:
    """Half-width punctuation made full-width, so that one pattern serves papers of all decades."""
    return text.translate(str.maketrans(",:()", "，：（）"))


def _in_sentence(sentence: str, names: PaperNames, subject: tuple[str, ...]) -> Iterator[Change]:
    if towns := list(township_changes(sentence, names)):
        yield from towns
        return
    for pattern, how in ((_RENAME, RENAMED), (_JOIN, JOINED), (_SPLIT, SPLIT), (_FOUND, FOUNDED)):
        if (match := pattern.search(sentence)) and (
            pairs := list(_across(sentence, match, names, how))
        ):
            yield from pairs
            break
    else:
        yield from _pooled(sentence, names, subject)
        yield from _transfers(sentence, names, subject)
    yield from _ends_and_beginnings(sentence, names)


def _across(sentence: str, match: re.Match[str], names: PaperNames, how: str) -> Iterator[Change]:
    """Old bodies before the verb, new ones right after it."""
    before, after = sentence[: match.start()], sentence[match.end() :]
    news = [
        body
        for start, end, body in _bodies(after, names)
        if (start <= 2 or how == SPLIT) and not _ONLY_ITS_HOLDER.match(after[end:])
    ]
    olds = list(_bodies(before, names))
    for start, end, old in olds if how != RENAMED else olds[-1:]:
        is_partial = re.match(rf"(?:承担)?的[^、，]{{2,40}}{_DUTIES}", before[end:]) is not None
        for new in news if how == SPLIT else news[:1]:
            part = TRANSFERRED if is_partial and how == FOUNDED else how
            if old != new:
                yield Change(old, new, part, _since_near(before, start))


def _pooled(sentence: str, names: PaperNames, subject: tuple[str, ...]) -> Iterator[Change]:
    """Duties put together for the body that the sentence before has founded."""
    if _POOLED.search(sentence):
        givers = (body for _, body in _givers(sentence, _bodies(sentence, names)))
        pairs = ((old, new) for old in givers for new in subject if old != new)
        yield from (Change(old, new, TRANSFERRED, None) for old, new in pairs)


def _transfers(sentence: str, names: PaperNames, subject: tuple[str, ...]) -> Iterator[Change]:
    """Duties that go from bodies to another: 原甲局承担的…职责，自…起由乙局承担."""
    bodies = _bodies(sentence, names)
    receivers = {start: (end, body) for start, end, body in bodies}
    for match in _TRANSFER.finditer(sentence):
        before = sentence[: match.start()]
        if match.end() not in receivers:
            continue
        end, new = receivers[match.end()]
        if match.group() == "划入" and re.match(rf"的[^，。]{{2,60}}{_DUTIES}", sentence[end:]):
            yield from (Change(new, body, TRANSFERRED, None) for body in subject if body != new)
            continue
        if not re.search(_DUTIES, before):
            continue
        is_bare = match.group() in {"由", "统一由"}
        takes_on = _TAKES_ON.search(sentence[end : end + _NEAR])
        if _NOT_A_CHANGE.search(before) or (is_bare and not takes_on):
            continue
        olds = list(_givers(before, bodies))
        if not olds and (pronoun := _ITS.search(before)):
            named = [body for _, end, body in bodies if end <= pronoun.start()]
            olds = [(0, old) for old in (named[-1:] or subject)]
        news = _listed_from(sentence, match.end(), bodies) if "分别" in before[-2:] else (new,)
        for start, old in olds:
            for heir in news:
                if old != heir:
                    yield Change(old, heir, TRANSFERRED, _since_near(before, start))


def _listed_from(sentence: str, at: int, bodies: list[tuple[int, int, str]]) -> tuple[str, ...]:
    """The bodies listed one after another from a position on: 分别划入甲局、乙局和丙局."""
    listed: list[str] = []
    for start, end, body in bodies:
        if start >= at and _BETWEEN_LISTED.fullmatch(sentence[at:start]):
            listed.append(body)
            at = end
    return tuple(listed)


def _givers(before: str, bodies: list[tuple[int, int, str]]) -> Iterator[tuple[int, str]]:
    """Bodies whose duties a sentence moves: with 原 before them or with their duties after."""
    for start, end, body in bodies:
        if end > len(before):
            return
        is_former = before[:start].endswith(("原", "将", "、", "和", "及"))
        if is_former or re.match(rf"[^，]{{0,60}}{_DUTIES}|、", before[end:]):
            yield start, body


def _ends_and_beginnings(sentence: str, names: PaperNames) -> Iterator[Change]:
    """Bodies abolished, and bodies set up, by themselves."""
    for pattern in (_ABOLISH, _SET_UP):
        for match in pattern.finditer(sentence):
            listed = re.split(r"[，。；]", sentence[match.end() :])[0]
            if _NOT_A_CHANGE.search(listed):
                continue
            at = 0
            for start, end, body in _bodies(listed, names):
                is_next = _BETWEEN_LISTED.fullmatch(listed[at:start])
                if not is_next or _NOT_ALONE.match(listed[end:]):
                    break
                at = end
                if pattern is _ABOLISH:
                    yield Change(body, "", ABOLISHED, None)
                else:
                    yield Change("", body, SET_UP, None)


def _bodies(text: str, names: PaperNames) -> list[tuple[int, int, str]]:
    """Bodies in a text, with those that a list names without their place: 甲县工商局、质监局."""
    found = list(names.spans(text))
    starts = {start for start, _, _ in found}
    for _, end, _ in tuple(found):
        tail = None if starts & {end + 1, end + 2} else _BARE_LIST.match(text, end)
        at = end + 1
        for name in tail.group()[1:].split("、") if tail else ():
            if at not in starts:
                found.append((at, at + len(name), names.resolve(name)))
            at += len(name) + 1
    return [
        span
        for span in sorted(found)
        if not span[2].endswith(("委机构编制委员会", names.home + "人民政府"))
    ]


def _first_since(text: str) -> date | None:
    match = _SINCE.search(plain(text))
    return first_date(match["day"]) if match else None


def _since_near(text: str, start: int) -> date | None:
    """The date between a body and the next one, in sentences that date each body's change."""
    return _first_since(re.split(r"、原", text[start:])[0])
