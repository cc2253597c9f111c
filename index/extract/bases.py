"""Basis cells → the laws and articles that a list row rests on, with the words quoted from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from index.extract.citations import Provision, read_provisions
from index.extract.dates import day_words
from index.laws import law_key, law_name, repeal_of
from index.model import Cell, DutyItem, LegalBasis
from index.words import to_simplified

_TRADITIONAL = re.compile(r"[條項規辦關於實則]")
_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}
_END = (
    r"(?:法|法典|条例|办法|规定|细则|规则|决定|通知|意见|公告|通告|批复|答复|复函|函|解释|目录|清单|方案|规范|标准|规程"
    r"|准则|制度|措施|章程|纲要|规划|公约|协定|指南|指引|大纲|名录|令|要点|计划|纪要|请示|说明)"
)
_IN_BRACKETS = r"(?:\s*[（(〔\[][^）)〕\]]{1,40}[）)〕\]])*"
_LAW_LIKE = re.compile(rf"{_END}{_IN_BRACKETS}(?:\d{{4}}年?\S{{0,6}})?$")
_STATUTORY = re.compile(r"(?:法|条例|规定|细则|规则)$")
_N = r"(?:[〇○零一二三四五六七八九十百千两]{1,9}|\d{1,4})"
_ARTICLE = rf"第\s*{_N}\s*(?:条|[、和至]\s*第?\s*{_N}\s*条)"
_NAME = re.compile(
    r"[《]+\s*(?P<titled>(?:[^《》]|《[^《》]{1,80}》){2,150}?)\s*》+"
    r"|<{1,2}(?P<angled>[^<>《》\n]{3,60}?)>{1,2}"
    rf"|《(?P<unclosed>[^《》\n（(，。：；]{{3,60}}?)(?=\s*(?:[（(]|{_ARTICLE}))"
    r"|(?<=[】\]〕])\s*[（(〈<](?P<unopened>[\u4e00-\u9fff]{3,60}?)》"
    r"|(?<![^\s。；;】\]〕.．、：:）)])(?P<bare>(?!违反|[本该前对按依]|根据|有关|其他|法律)"
    rf"(?:(?!第|违反|规定的)[\u4e00-\u9fff]){{2,40}}?{_END}(?:[（(](?:试行|暂行)[）)])?)"
    rf"(?=\s*(?:[（(][^）)\n]{{2,80}}[）)])?\s*(?:{_ARTICLE}|\n|$))"
)
# 【法律】, 【 行政法规】, and broken ones; never a year as in 新政发【2020】53号.
_TAG = (
    r"(?:[【\[〔\uff3b][^】\]〕\uff3d《\d]{0,8}?(?:法|规|章|文件|依据|决定|政策|解释)[^】\]〕\uff3d《\d]{0,6}\d?[】\]〕\uff3d]?"
    r"|(?:法律|(?:行政|地方性)?法规|(?:部门|政府)?规章|规范性文件|(?:设定|实施|法律)?依据)[：:])"
)
_NUMBERING = (
    r"(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)]?\s*[.．、:：]|[（(]\d{1,2}[）)]|[①-⑳])"
)
_LEAD = re.compile(
    rf"(?<![依按]照)(?<!根据)(?P<edge>^|\n|[。；;！”\"…）)]|[^\S\n]|(?=[【\[〔\uff3b]))\s*"
    rf"(?P<lead>(?:(?P<tag>{_TAG})\s*|{_NUMBERING}\s*)*(?P<by>(?:根据|依据|按照|依照)\s*)?)$"
)
_SEPARATORS = re.compile(rf"(?:[\s、，,；;。.和及与]|以及|{_TAG}|{_NUMBERING})*$")
_LOOK_BACK = 60
_FILLER = re.compile(
    r"(?:[\s:：,，。;；、]|文件?(?=\s*第)|(?:中|的)?(?:有关|相关)?规定(?=\s*[:：,，第])"
    rf"|第\s*{_N}\s*[章编节]|附件\d*(?=[第：:]))*"
)
# Where a further article of the same law may begin: a line, after a sentence, or set off by blanks.
_NEXT = re.compile(
    rf"(?:(?<=\n)|(?<=[。；;！”\"…])|(?<=\s)(?=第[^\n：]{{2,14}}[：:\s]))[^\S\n]*"
    rf"(?P<lead>(?:{_NUMBERING}[^\S\n]*)?(?:第\s*{_N}\s*[章编节]\s*\S{{0,12}}?\s*)?)(?={_ARTICLE})"
)
# "第七条规定的情形" speaks of an article; "第七条规定：" cites it.
_SPEAKS_OF = re.compile(
    r"\s*(?:(?:所|之|中)?(?:规定|所列|所称|列举|确定|情形|行为)?的|规定(?![：:，,。;；“\"\s]|$)|所列|情形|之规定)"
)
_AFTER = re.compile(r"(?:\s|(?:的|之)?(?:有关|相关)?规定(?=[：:，,。；;\s]|$)|[:：，,。.;；、])*")
_LISTS_ITEMS = re.compile(r"(?:决定|通知|目录|清单|公告|意见)(?:[（(].*)?$")
# 《甲办法》（…令第7号）已被…令第8号废止: what stands before 已, 自, 被 or 由 is what no longer holds.
_REPEAL_SAID = re.compile(
    r"(?P<what>[^，。；;]*?)(?:已经?|现已?|均已?|[自于](?=\d{4}年)|被|由(?=《)|予以|同时)[^。；;]*?(?:废止|失效|取代|替代)"
)
_ORDER = re.compile(r"[\u4e00-\u9fff]+令(?:\d{4}年)?第\d+号|[\u4e00-\u9fff]+[〔\[]\d{4}[〕\]]\d+号")


@dataclass(frozen=True, slots=True)
class _Law:
    """A law as cited: `start` of what leads to it, `name_end` of its name, `end` of its edition."""

    start: int
    name_end: int
    end: int
    name: str


def bases_of(item: DutyItem) -> tuple[LegalBasis, ...]:
    """The legal bases of a list row, in order; a cell cut in pieces for printing is read as one."""
    found = [
        replace(basis, cell=_address_at(column, at))
        for column in _columns(item)
        for at, basis in split_bases("".join(cell.text for cell in column))
    ]
    remark, n_laws = item.field("remark"), len({basis.law for basis in found})
    return tuple(replace(b, repealed=_repealed(b, remark, n_laws=n_laws)) for b in found)


@lru_cache(maxsize=4096)
def split_bases(text: str) -> tuple[tuple[int, LegalBasis], ...]:
    """The bases in a text, each with the position where its law is cited.

    Where no law opens a citation, every law counts that is named with its article.
    """
    plain = _plain(text)
    laws = tuple(_laws(plain)) or tuple(_laws(plain, anywhere=True))
    edges = (*(law.start for law in laws), len(text))
    return tuple(
        (law.start, basis)
        for law, end in zip(laws, edges[1:], strict=True)
        for basis in _of_law(law, plain[:end], text)
    )


def _columns(item: DutyItem) -> Iterator[tuple[Cell, ...]]:
    """The basis cells of a row, column by column."""
    columns: dict[str, list[Cell]] = {}
    for cell in item.cells:
        if cell.field == "basis":
            columns.setdefault(re.sub(r"\d+$", "", cell.address), []).append(cell)
    yield from map(tuple, columns.values())


def _address_at(cells: tuple[Cell, ...], at: int) -> str:
    for cell in cells:
        if at < len(cell.text):
            return cell.address
        at -= len(cell.text)
    return cells[-1].address


def _plain(text: str) -> str:
    """The text in simplified characters and plain digits, letter for letter."""
    simplified = to_simplified(text) if _TRADITIONAL.search(text) else text
    return (simplified if len(simplified) == len(text) else text).translate(_FULL_WIDTH)


def _laws(plain: str, *, anywhere: bool = False) -> Iterator[_Law]:
    """The laws that a text cites as bases, not those that a quoted sentence speaks of."""
    at = cited_to = 0
    while match := _NAME.search(plain, at):
        name = match[match.lastgroup or 0]
        end = _edition_end(plain, match.end())
        start = _opening(plain, match, end, cited_to)
        is_cited = end > match.end() or _cites(plain, end)
        if start is None and anywhere and is_cited and _LAW_LIKE.search(name):
            start = match.start()
        if start is None:
            at = match.start() + 1
            continue
        yield _Law(start, match.end(), end, name)
        at, cited_to = end, read_provisions(plain, _filled(plain, end))[1]


def _opening(plain: str, match: re.Match[str], end: int, cited_to: int) -> int | None:
    """Where the citation begins that this law opens; None for a law that a sentence speaks of."""
    at = match.start()
    before = plain[max(0, at - _LOOK_BACK) : at]
    lead = _LEAD.search(before)
    start = at - len(before) + lead.start("lead") if lead else at
    if cited_to and cited_to <= at and _SEPARATORS.match(plain, cited_to, at):
        return start
    if lead is None or (lead["by"] and lead["edge"] and lead["by"] == lead["lead"]):
        return None
    if lead["tag"]:
        return start
    ending = _LAW_LIKE if match.lastgroup != "bare" else _STATUTORY
    is_law_like = bool(ending.search(match[match.lastgroup or 0]))
    is_cited = _cites(plain, end) or end > match.end()
    if lead["edge"] in ("", "\n") and not lead["lead"].startswith(("（", "(")):
        goes_on = re.match(r"\s*(?!第)[\u4e00-\u9fff]", plain[end : end + 3])
        return start if is_cited or (is_law_like and not goes_on) else None
    return start if is_law_like and is_cited else None


def _cites(plain: str, end: int) -> bool:
    return bool(read_provisions(plain, _filled(plain, end))[0])


def _filled(plain: str, at: int) -> int:
    """Past what may stand between a law's edition and its article."""
    filler = _FILLER.match(plain, at)
    return filler.end() if filler else at


def _edition_end(plain: str, at: int) -> int:
    """The end of the brackets after a law's name that say of which year and number it is."""
    while bracket := re.compile(r"\s*(?P<open>[（(〔\[])(?!\s*第\s*[^\s）)]{1,9}条)").match(
        plain, at
    ):
        end = _closing(plain, bracket.end())
        if end is None:
            return at
        at = end
    bare = re.compile(r"\s*\d{4}年?(?:第[一二三四五]次)?(?:修[正订改]|版)").match(plain, at)
    return bare.end() if bare else at


def _closing(plain: str, at: int) -> int | None:
    """Past the bracket that closes the one opened before `at`, over brackets inside."""
    depth = 1
    for match in re.compile(r"[（(〔\[]|[）)〕\]]|\n\s*第").finditer(plain, at):
        if match.group().startswith("\n"):
            return None
        depth += 1 if match.group() in "（(〔[" else -1
        if depth == 0:
            extra = re.compile(r"[）)]*").match(plain, match.end())
            return extra.end() if extra else match.end()
    return None


def _of_law(law: _Law, plain: str, text: str) -> Iterator[LegalBasis]:
    """One basis for each provision cited of a law; `plain` ends where the next law begins."""
    edition = text[law.name_end : law.end].strip().strip("（()）〔〕[]")
    basis = LegalBasis(law_name(law.name), edition=edition)
    cited = list(_cited(law, plain))
    if not cited:
        yield replace(basis, quote=text[_filled(plain, law.end) : len(plain)].strip())
        return
    starts = [start for start, _, _ in cited]
    for (_, provisions, at), end in zip(cited, [*starts[1:], len(plain)], strict=True):
        after = _AFTER.match(plain, at)
        quote = text[after.end() if after else at : end].strip()
        for provision in provisions:
            yield replace(
                basis,
                article=provision.article,
                paragraph=provision.paragraph,
                item=provision.item,
                quote=quote,
            )


def _cited(law: _Law, plain: str) -> Iterator[tuple[int, tuple[Provision, ...], int]]:
    """(start, provisions, end) of every citation of a law's provisions."""
    at = _filled(plain, law.end)
    provisions, end = read_provisions(plain, at)
    lists_items = bool(_LISTS_ITEMS.search(law.name))
    if provisions and (provisions[0].article or lists_items):
        yield law.end, provisions, end
    at = max(end, law.end)
    for match in _NEXT.finditer(plain, law.end):
        provisions, end = read_provisions(plain, match.end())
        if match.end() < at or not provisions or _SPEAKS_OF.match(plain, end):
            continue
        yield match.start("lead"), provisions, end
        at = end


def _repealed(basis: LegalBasis, remark: str, *, n_laws: int) -> str:
    """Why a law no longer counts: by the row's own words, else by the reviewed facts."""
    if re.search(r"废止|失效", basis.edition) and not re.search(r"《", basis.edition):
        return f"依据一栏注明：{basis.edition}"
    said = _REPEAL_SAID.search(remark)
    if said and _is_meant(basis, said["what"], n_laws=n_laws):
        return f"备注一栏注明：{remark.strip()}"
    if known := repeal_of(basis.law):
        instead = f"，由《{known.successor}》代替" if known.successor else ""
        return f"{day_words(known.since)}起废止{instead}"
    return ""


def _is_meant(basis: LegalBasis, what: str, *, n_laws: int) -> bool:
    """Whether a remark names this basis, by title or number; without either it means the only one."""
    names, orders = re.findall(r"《([^》]+)》", what), _ORDER.findall(what)
    if names or orders:
        by_name = law_key(basis.law) in map(law_key, names)
        return by_name or any(_ORDER.findall(basis.edition)[:1] == [_bare_order(o)] for o in orders)
    return n_laws == 1


def _bare_order(order: str) -> str:
    """依据中建设部令第71号 → 建设部令第71号."""
    return re.sub(r"^(?:依据中?的?|其中的?|原)+", "", order)
