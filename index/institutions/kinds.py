"""What kind of body one is: as a paper states it, else as its name tells beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from index.model import BodyKind, Clause, ClauseKind

# 中心, 站, 馆: no organ is called so. A 大队, 所 or 社 may be either, and stays unknown.
_INSTITUTION = re.compile(
    r"(?<!指挥)(?<!调度)中心$|(?<!检查)(?<!救援)(?<!消防)站$|(?:医|卫生|研究|科学|敬老|养老|福利|设计|勘察|干休)院$"
    r"|(?:图书|文化|博物|纪念|美术|档案|科技|体育|展览)馆$|(?:小学|中学|学校|党校|大学|学院)$|(?:幼儿|动物|植物)园$|研究所$"
)
_DEPARTMENT = (
    r"发展(?:和)?改革|教育|体育|科学技术|科技|工业(?:和)?信息化|工业|信息化|民族|宗教|公安|民政|司法|财政|人力资源|社会保障|自然资源|规划"
    r"|生态环境|环境保护|住房|城乡建设|建设|交通运输|交通|水利|水务|农业农村|农业|畜牧|渔业|商务|文化|广电|广播电视|旅游|卫生健康|卫生|退役军人事务"
    r"|应急管理|审计|市场监督|统计|医疗保障|信访|城市管理|综合(?:行政)?执法|行政执法|行政审批|审批服务|林业|草原|乡村振兴|粮食|物资储备|人民防空"
    r"|国防动员|数据|大数据|政务服务|金融|国有资产监督|外事|国土资源|安全生产监督|计划生育|城乡规划|投资促进|食品药品|营商环境|工商行政|质量技术监督"
)
_BY_NAME: tuple[tuple[BodyKind, re.Pattern[str]], ...] = (
    (BodyKind.ENTERPRISE, re.compile(r"公司$|集团$|银行$|(?:电|水|工)厂$")),
    (
        BodyKind.PARTY,
        re.compile(
            r"^(?:中共|[省市县区旗镇乡]委)|党(?:委|工委|组)(?:办公室)?$|(?:纪委|纪律检查委员会|组织部|宣传部|统战部|统一战线工作部"
            r"|社会工作部|政法委|政法委员会|机构编制委员会(?:办公室)?|编办|巡察(?:工作领导小组)?办公室?)$"
        ),
    ),
    (
        BodyKind.ASSOCIATION,
        re.compile(
            r"(?:总工会|共青团.*委员会|妇女联合会|残疾人联合会|工商业联合会|科学技术协会|文学艺术界联合会|归国华侨联合会"
            r"|红十字会|妇联|残联|工商联|科协|文联|侨联)$"
        ),
    ),
    (
        BodyKind.BRANCH,
        re.compile(
            r"分局$|派出所$|司法所$|(?:市场监管|市场监督管理|自然资源|国土资源|税务)所$|(?:区|园区)管(?:理委员|委)会$"
        ),
    ),
    (BodyKind.INSTITUTION, _INSTITUTION),
    (BodyKind.ORGAN, re.compile(r"人民政府(?:办公室)?$|^办事处$|街道办事处$")),
    (
        BodyKind.ORGAN,
        re.compile(
            rf"^(?:(?:{_DEPARTMENT})(?:、|和|与)?)+(?:服务|事务|管理|监督|资源|事业|委员会)*(?:局|委员会|厅|办公室)?$"
        ),
    ),
)
_STATED: tuple[tuple[BodyKind, re.Pattern[str]], ...] = (
    (BodyKind.INSTITUTION, re.compile(r"事业单位$")),
    (BodyKind.BRANCH, re.compile(r"派出(?:机构|机关)$")),
    (BodyKind.PARTY, re.compile(r"委(?:员会)?的?(?:工作(?:部门|机关)|办事机构)$")),
    (BodyKind.ORGAN, re.compile(r"政府的?(?:工作部门|组成部门|直属机构|工作机构)$")),
)
_IS = re.compile(
    r"(?:（[^）]*）)?，?(?<!不再)(?:是|为)(?P<what>[^，。；：]{0,40}?"
    r"(?:事业单位|工作部门|组成部门|直属机构|工作机关|工作机构|办事机构|派出机构|派出机关))(?=[，。；：、（\s]|$)"
)
_INSTITUTION_WORDS = re.compile(r"事业单位|公益[一二]类")
_LEVEL_LETTERS = "省市县区旗州镇乡"
_BODY_OF_STATE = re.compile(r"(?:局|委员会|政府|办公室)$")


def kind_by_name(own: str) -> BodyKind:
    """The kind that a name without its place tells; UNKNOWN where it may be several."""
    bare = re.sub(r"（.*?）", "", own)
    return next((kind for kind, pattern in _BY_NAME if pattern.search(bare)), BodyKind.UNKNOWN)


def stated_kinds(clauses: Iterable[Clause]) -> Iterator[tuple[str, BodyKind]]:
    """(name, kind) wherever a paper says what a body is: 县粮食局是县人民政府工作部门.

    Names are the clause's bodies, full; an institution that a list of 所属事业单位 only names
    counts if nothing in its name speaks against it.
    """
    for clause in clauses:
        bodies = tuple(dict.fromkeys(filter(None, (clause.body, *clause.bodies))))
        for match in _IS.finditer(clause.text):
            before = clause.text[: match.start()]
            kind = next((k for k, pattern in _STATED if pattern.search(match["what"])), None)
            if kind and (subject := _subject(before, bodies)):
                yield subject, kind
        if clause.kind is ClauseKind.SUBORDINATE and _INSTITUTION_WORDS.search(clause.text):
            listed = (body for body in clause.bodies if not _BODY_OF_STATE.search(body))
            yield from ((body, BodyKind.INSTITUTION) for body in listed)


def is_listed_institution(clause: Clause) -> bool:
    """True for a unit that its 三定 lists and calls 事业单位 or 公益一类, no organ by its name."""
    return (
        clause.kind is ClauseKind.SUBORDINATE
        and bool(clause.office)
        and bool(_INSTITUTION_WORDS.search(clause.text))
        and not _BODY_OF_STATE.search(clause.office)
    )


def _subject(before: str, bodies: tuple[str, ...]) -> str:
    """The body named last: in full, or cut before its place's letter (县粮食局 for 桐山县粮食局)."""
    for body in bodies:
        for at in range(len(body) - 2):
            if (at == 0 or body[at] in _LEVEL_LETTERS) and before.endswith(body[at:]):
                return body
    return ""
