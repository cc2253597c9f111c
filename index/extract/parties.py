"""Bodies named in running text: found, and their short names made full from the paper itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.gazetteer import parse_path
from index.institutions.names import is_short_for
from index.institutions.naming import from_own_place, tidy_name
from index.model import Level, SourceDocument

_WORD = r"[\u4e00-\u9fff]"
# Inside a body's name no word stands that only a sentence has.
_INNER = r"[\u4e00-\u9fff](?<![的由为将以于是在至县])"
_END = (
    r"(?:办公室|委员会(?:办公室)?|人民政府(?:(?:(?![和及与县市区设由在])[\u4e00-\u9fff]){0,4}办公室)?|办事处|领导小组(?:办公室)?|指挥部(?:办公室)?|管委会"
    r"|局(?![长面部限势址级])|厅(?![长级])|大队|支队|总队|中心(?![城镇])"
    r"|(?<=[展革健建生资信农工民])委(?![托派员会任])"
    r"|(?<=委组织)部|(?<=委宣传)部|(?<=委统战)部|(?<=会工作)部|(?<=线工作)部|(?<![网车])站(?![点长位])"
    r"|(?<=[理记务收])处(?![罚理置分于长])"
    r"|(?<![场住居厕诊])所(?![属有在以需辖长])|院(?![长系前])|馆(?![长员内])|(?<=[理护务])段|(?<=[法护察])队(?![长员伍])|校(?![长园]))"
)
_BRANCH = r"(?:(?:[\u4e00-\u9fff](?<![及其和与各])){2,5}分局)?"
# 全县, 县级, 城市, 市场: the letter is part of another word.
_NOT_BEFORE = r"(?<![全各本该外跨辖城超农门夜早街都社小园校景片库林两我发新税验范能])"
_NOT_AFTER = {
    "省": r"(?!级|直|内)",
    "市": r"(?!场|容|民(?!政)|政(?!府|务|法)|区|级|辖|价|直|域|县)",
    "县": r"(?!级|城(?![市管乡建])|域|直|内|里|乡(?!村)|区|级)",
    "区": r"(?!域|划|内|间|直|级|县)",
    "旗": r"(?!级|直|内)",
    "州": r"(?!级|直|内)",
}
_OTHER_LEVEL = re.compile("|".join(f"{letter}{after}" for letter, after in _NOT_AFTER.items()))
_NAMELESS = re.compile(r"(?:部门|机关|单位|组织)$|^(?:乡镇|街道|镇街|各)")
# A character of a place's name.
_STEM = r"(?:(?![由为与的于在将以简称及其])[\u4e00-\u9fff])"
# A zone with an authority of its own: 由枫溪高新技术产业开发区管理委员会负责.
_ZONE_BEFORE_BODY = re.compile(
    rf"(?P<place>{_STEM}{{2,12}}(?:开发区|高新区|经开区|新区|保税区))(?=管理委员会|管委会)"
)
_PLACE_BEFORE_BODY = re.compile(
    rf"(?<![\u4e00-\u9fff])(?:与|由|为|和|原|将|以|在|对|给|向)?(?P<place>(?!与|由|为|和|原|将|以|在|对|给|向)"
    rf"{_STEM}{{2,3}}(?:市(?!场|容|政|民)|县|区|旗|州))(?={_WORD}{{2,20}}?{_END})"
)
# Two characters before 县 or 市 that are a verb's, not a place's: 承担县…, 按照市…
_VERB = re.compile(
    r"(?:回归|调整|更名|变更|合并|整合|挂靠|代管|托管|主管|分管|协同|联合|报经|通过|划出|划转|收归|上收|下放|取消|加强|强化|理顺|明确|规范|归属|归入|转交|移送|抄送|上报|派驻|协调|督促|承担|承办|指导|按照|依照|会同|协助|配合|负责|征求|涉及|作为|关于|根据|报请|报送|接受|设立|撤销|成立|组建|移交|划入|划归"
    r"|并入|加挂|保留|完成|贯彻|组织|有关|所属|原属|其他|各级|设在|隶属|委托|授权|经由|提请|联系|配齐)[省市县区旗州]$"
    r"|[全各本该外跨辖城超社小园校景片库林级及和与或][市县区旗州]$"
)
_SHORT_FOR = re.compile(
    r"[（(]以下(?:统|均|分别)?简?称(?:为)?\s*[“\"「]?(?P<short>[^）)”\"」、，]{2,20})[”\"」]?[）)]"
)
# What follows a township's name and not 住房和城乡 in 住房和城乡建设局.
_OF_TOWN = r"(?:人民政府|政府|街道办事处|办事处|党|人大|工作委员会|机关|职能|主要|机构|$)"
_BRACKETED = re.compile(r"（[^（）]*）")
_QUOTES = str.maketrans("", "", "“”\"「」'‘’")
_AND_OTHERS = re.compile(r"等(?:有关|相关|其他)?(?:部门|单位|机关|机构)?$")
_JOINTS = re.compile(r"、|(?<=[局委门关府会室院处厅心])(?:以及|[及和与])|以及")
_INTERPRETS = re.compile(
    r"(?:本(?:规定|方案|通知|办法|制度|意见|细则|目录|清单)[^。]{0,40}?|具体(?:工作)?|，)由(?P<body>[^，。；由]{4,40}?)(?:会同[^，。；]{2,40}?)?(?:具体)?(?:负责|承担)?(?:具体)?解释"
    r"|解释(?:工作)?由(?P<doer>[^，。；由]{4,40}?)(?:负责|承担)"
)
_LONGEST_LAST_CLAUSE = 150
_BODY_LIKE = re.compile(rf"{_END}$|(?:部门|机关|单位|组织)$")


@dataclass(frozen=True, slots=True)
class PaperNames:
    """How one paper calls bodies.

    `home` is the county or city it speaks for ("临溪县"), `town` the township below it or "";
    `places` are the counties and cities in the names of bodies;
    `aliases` are the short names that the paper defines; `known` are the full names it uses.
    """

    own: str
    home: str
    town: str = ""
    places: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    known: tuple[str, ...] = ()

    @classmethod
    def from_paper(cls, source: SourceDocument, text: str) -> PaperNames:
        """Names of a paper: its place from body, publisher or title, the rest from its text."""
        home, town = _home(source)
        names = cls(tidy_name(source.body), home, town, _places(home, text))
        known = tuple(dict.fromkeys(filter(None, (names.own, *names._full_names(text)))))
        return replace(names, aliases=tuple(_defined(text, names)), known=known)

    def resolve(self, written: str) -> str:
        """The full name of a body as this paper writes it; "" for an empty name.

        县水利局 in a paper of 临溪县 → 临溪县水利局; 县市场监管局 → 临溪县市场监督管理局 if the
        paper uses that name; bodies named by what they do (公安机关, 水利部门) stay as written.
        """
        name = tidy_name(written.translate(_QUOTES)).removeprefix("原").removeprefix("单设的")
        name = from_own_place(name)
        for short, full in self.aliases:
            if name == short:
                return full
        if not name or name.startswith(("中共", "中国")) or self._is_full(name):
            return self._canonical(name)
        return self._canonical(self._completed(name))

    def mentions(self, text: str) -> tuple[str, ...]:
        """Full names of the bodies that a text names, in order, each once."""
        return tuple(dict.fromkeys(name for _, _, name in self.spans(text)))

    def spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, full name) of every body named in a text."""
        for match in self._pattern().finditer(text):
            yield match.start(), match.end(), self.resolve(match.group())

    def listed(self, text: str) -> tuple[str, ...]:
        """Full names of the bodies in a list: "县发展改革委、公安局等部门", "农业、水利部门"."""
        items = [item for item in _JOINTS.split(_AND_OTHERS.sub("", tidy_name(text))) if item]
        kind = re.search(r"(?:行政主管|行政管理|主管)?部门$", items[-1]) if items else None
        complete = (
            f"{item}{kind.group()}" if kind and not _BODY_LIKE.search(item) else item
            for item in items
        )
        return tuple(dict.fromkeys(self.resolve(item) for item in complete))

    def interpreter(self, text: str) -> str:
        """The body that explains the paper ("本规定由…负责解释"); "" if the text names none."""
        match = _INTERPRETS.search(text)
        if not match or len(text) > _LONGEST_LAST_CLAUSE:
            return ""
        return self.resolve(match["body"] or match["doer"])

    def _is_full(self, name: str) -> bool:
        """True for a name that begins with a place of county level or above."""
        path = parse_path(name)
        return bool(path) and path[0][1] is not Level.TOWNSHIP and len(path[0][0]) > 1

    def _completed(self, name: str) -> str:
        if _NAMELESS.search(name):
            return name
        if self.town and re.match(rf"{self.town[-1]}(?:人民政府|政府|党委|党工委)", name):
            return f"{self.home}{self.town}{name[1:]}"
        if self.home and re.match(f"{self.home[-1]}{_NOT_AFTER.get(self.home[-1], '')}", name):
            return f"{self.home}{name[1:]}"
        if _OTHER_LEVEL.match(name) or name.endswith("分局"):
            ending = [full for full in self.known if full.endswith(name) and full != name]
            return ending[0] if len(ending) == 1 else name
        return f"{self.home}{name}" if _BODY_LIKE.search(name) else name

    def _canonical(self, name: str) -> str:
        """The one longer name known to the paper that a shortened name is short for."""
        if name == _BRACKETED.sub("", self.own):
            return self.own
        if name in self.known or not self.home or not name.startswith(self.home):
            return name
        tail = name.removeprefix(self.home)
        longer = [
            full
            for full in self.known
            if full.startswith(self.home) and is_short_for(tail, full.removeprefix(self.home))
        ]
        return longer[0] if len(longer) == 1 else name

    def _full_names(self, text: str) -> Iterator[str]:
        for match in self._pattern().finditer(text):
            if self._is_full(match.group()):
                yield tidy_name(match.group())

    def _pattern(self) -> re.Pattern[str]:
        """Bodies written in full or with the letter of this paper's own level."""
        starts = [rf"(?:中共)?(?:{'|'.join(map(re.escape, self.places))})+"] if self.places else []
        if letter := self.home[-1:]:
            starts.append(rf"{_NOT_BEFORE}{letter}{_NOT_AFTER.get(letter, '')}")
        return re.compile(rf"(?:{'|'.join(starts) or '(?!)'})(?:{_INNER}){{0,22}}?{_END}{_BRANCH}")


def _places(home: str, text: str) -> tuple[str, ...]:
    """The paper's own place and those of other bodies it names, longest first.

    A place is told by what stands before it: 与云岫市生态环境局, 为望川县城市管理局.
    """
    found = {m["place"] for m in _PLACE_BEFORE_BODY.finditer(text) if not _VERB.search(m["place"])}
    zones = {m["place"] for m in _ZONE_BEFORE_BODY.finditer(text)}
    return tuple(sorted({home, *found, *zones} - {""}, key=len, reverse=True))


def _home(source: SourceDocument) -> tuple[str, str]:
    """(county or city, township or "") that a paper speaks for."""
    about = re.search(r"关于(?:同意|对)?(?=[^《]{1,8}县|[^《]{1,8}区)", source.title)
    of_title = source.title[about.end() :] if about else source.title
    for text in (source.body, of_title if about else "", source.publisher, source.title):
        path = parse_path(text.removeprefix("中共"))
        uppers = [name for name, level in path if level is not Level.TOWNSHIP]
        if uppers:
            town = next((name for name, level in path if level is Level.TOWNSHIP), "")
            return uppers[-1], town if re.search(f"{town}{_OF_TOWN}", text) else ""
    return "", ""


def _defined(text: str, names: PaperNames) -> Iterator[tuple[str, str]]:
    """(short, full) of every "…局（以下简称…）"; the full name ends right before the bracket."""
    for match in _SHORT_FOR.finditer(text):
        before = re.split(r"[，。；：、\s]", text[: match.start()])[-1]
        ends = [name for _, end, name in names.spans(before) if end == len(before)]
        if ends:
            yield tidy_name(match["short"].translate(_QUOTES)), ends[-1]
