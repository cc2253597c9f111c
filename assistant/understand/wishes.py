"""What a question wants: who handles it, on which basis, A or B, what a body does, what changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.model import Intent
from assistant.understand.wording import blank
from index.model import Level, PaperKind, Place, PowerKind

# What part a township may have in a matter: 是委托还是下放.
_PART = r"(?:[受被]?(?:委托|赋权|下放|交办)|主责|配合|牵头)"
# In order; the first that matches wins. Words of the wish are no words of the matter.
_WISHES: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    (
        Intent.CONTACT,
        re.compile(
            r"(?:监督|联系|咨询|举报|投诉|办公|服务|值班)?电话(?:号码)?(?:是?多少|是?什么|有没有|有吗|几号|呢|$)|什么电话|哪个电话|联系方式|怎么联系|电话号码|打什么电话|有(?:没有)?(?:联系)?电话(?:吗|没有?|么|$)"
        ),
    ),
    (
        Intent.LEGAL_BASIS,
        re.compile(
            r"(?:法律|政策|文件|设定|实施|有什么|有没有|的)?(?:依据|根据)(?:是|在|有|呢)?(?:什么|哪里|哪(?:[些部个一]|条(?!例))*|吗|呢|$)?(?:法律|法规|条例|文件|条款|法(?!院|官))?(?:的?第几[条款])?"
            r"|(?:依据|根据|按照?|依照|凭|依)(?:的是)?(?:什么|哪[一条部个]?)(?:法律|法规|法|文件|规定|条例|条)?"
            r"|哪[部个条一](?:部|个|条(?!例))?(?:法律|法规|法|条例|文件|规定)(?:的?第几[条款])?|什么法律?(?!定|院|人)|哪一?条(?:规定|依据)?|第几条|凭什么|法律规定|有(?:没有|什么)?文件(?:规定)?|哪[个份]?文件"
        ),
    ),
    (
        Intent.STAFF_AND_OFFICES,
        re.compile(
            r"(?:人员|行政|事业|机关|核定|多少|几个|有)编制|编制(?:是|有)?(?:数|多少|几个?|名额|情况)|领导职数|(?:几|多少)(?:个|名)?(?:人员|领导|副?[局主镇乡]长)|有多少人"
            r"|(?:几个|多少个?|有?哪些|什么|有?几个)(?:科室|股室|[科股处](?!长)|内设机构|内设|办公室|(?:下属|所属|直属)(?:事业)?(?:单位|机构)|事业单位|二级(?:机构|单位))(?!管|负责|办|批|受理|审)|内设机构|内设(?:了|有)?(?:哪些|几个)"
        ),
    ),
    (
        Intent.DELEGATION,
        re.compile(
            r"(?:(?:有没有|是不是|是否|有无|已经|哪些|能不能|会不会).{0,4}?)?(?:下放|赋权|放权|下沉|交办|(?<!受)委托)(?:给|到|了|至)*(?:我们|你们|咱)?(?:(?:乡镇|街道|[镇乡]|村)(?:里|上|政府)?)?(?:办|实施)?(?:了|的)?(?:吗|没有|没|哪些|权力|事项)*(?<=[给到了们镇乡道里吗没有些村项力])"
            r"|(?:能不能|能|可以|可不可以)(?:自己|直接)(?=[批办审确处受给罚拆查收])|(?:自己|直接)(?:就)?能(?=[批办审确处受给罚拆查收])"
            rf"|(?:乡镇|[镇乡]里|街道|我们)?是?{_PART}还是{_PART}的?|(?:受|被)委托(?:办理|行使|实施)?的(?:事项|事情|事|权力)(?:都?有)?(?:哪些|几[项件个]|多少[项件]?)?"
        ),
    ),
    (
        Intent.COOPERATION,
        re.compile(
            r"(?:需要|要|应该|应当)?(?:配合|协助|参与)(?:的?(?:部门|单位|事项))?.{0,6}?(?:什么|哪些|谁|做)|(?:谁|哪些?部门|哪些?单位|哪个部门|什么部门)(?:来|去|要|需要|负责)?(?:牵头)?(?:配合|协助|参与)|(?:牵头|主办).{0,6}(?:配合|协助)"
        ),
    ),
    (
        Intent.CHANGES,
        re.compile(
            r"(?:有|有没有|发生|什么|哪些)+(?:新?变化|变动|调整)|变了|变化|调整(?:到|成)(?:了)?(?:什么|哪|谁)|调整了(?:吗|没)|改(?:成|叫|名叫)了?(?:什么|哪|谁)|改(?:叫|名叫)|(?:合并|划|并|归)到(?:了)?哪(?:里|个部门|个单位|去)?|现在(?:叫|改叫)(?:什么)?|还(?:存在|保留|有)吗"
            r"|(?:原来|以前|当时|那时|当年)?叫做?什么(?:名字|名)?$|现在(?:是|变成)(?:哪个?|什么)(?:单位|部门|局|机关)(?:了|呢)?$"
        ),
    ),
    (
        Intent.TERM,
        re.compile(
            r"(?:有效|管用|算数|办)?到(?:什么时候|何时|哪[天年])(?:为止|到期|结束|失效|截止)"
            r"|(?:委托|赋权|放权|清单|目录|规定)的?(?:期限|有效期)(?:是|有)?(?:多久|多长|几年|到(?:哪[天年]|什么时候|何时))?"
            r"|(?:委托|赋权|放权|清单|目录|规定)是?(?:从|自)?(?:什么时候|何时|哪[天年])(?:开始|起)?(?:到期|失效|生效|施行|实施|开始|截止)的?"
        ),
    ),
    (
        Intent.WHO_ELSE,
        re.compile(
            r"还(?:有|归|由|要找|得找|找)(?:没有)?(?:谁|哪[些个]?(?:部门|单位|机关|机构)|什么(?:部门|单位)|(?:别的?|其他|其它|另外的?)(?:的)?(?:部门|单位|机关|机构|人))"
            r"(?:也|在|来|会|要|能|可以|一起|共同)*(?:管|负责|办|处理|参与)?"
            r"|(?:谁|哪[些个]?(?:部门|单位)|什么部门)还(?:要|会|能|在)?(?:管|负责|参与)"
            r"|(?:别的?|其他|其它)(?:的)?(?:部门|单位|机关)(?:还|也)?(?:管|负责|参与)(?:吗|不)"
        ),
    ),
)
_DUTIES = re.compile(
    r"(?:都|具体|主要|一般|到底)*(?:是|能|要|该|可以)?(?:干|做|管|负责|办|处理|承担|还管|行使)(?:些|着|的是|得了)?(?:什么|哪些|哪块)(?!证|执?照|牌|手续|材料|资料|许可|审批|登记|备案|条件|流程|文件)(?:事项?|事情|业务|工作|职责|职权|职能|权力|内容|活|方面|东西|的)?"
    r"|(?:都)?有(?:些)?(?:哪些|什么)(?:主要)?(?:权责(?:事项)?|职责|职能|权力|职权|权限|事项|业务|工作|行政权力)|(?:主要)?(?:职责|职能)(?:是|有)(?:什么|哪些)|(?:主要)?(?:职责|职能)$|干(?:什么|嘛)的"
)
_LIST = re.compile(
    r"(?:一共|总共|共)?有?多少个(?=$|行政|许可|处罚|事项|权力)|有哪些(?!材料|条件|手续|证|资料|要求|流程|部门|科室|单位|股室|内设|办公室|人|变化)|哪些(?:事项?|权力|职权|业务|工作|项目|许可|处罚|职责)|哪几[项类]|(?:一共|总共|共)(?:有)?(?:多少|几)项?|多少项|几项|列(?:一下|出|举)|清单(?:里|上|中)?都?有|(?:所有|全部)(?:的)?(?:事项|许可|处罚|权力|职责)"
    r"|管(?:理)?(?:些)?(?:什么|哪些)|负责(?:些)?(?:什么|哪些)"
)
# Whoever is in need of an office asks who or where, or says what is to be done; idle talk seldom does.
_ASKS = re.compile(
    r"谁|哪|找|归|反映|求助|手续|部门|单位|公家|政府|举报|投诉|罚|查[处封]|取缔|违[法规]|没人管|"
    r"申请|审批|批准|许可|备案|登记|发证|补[助贴]|津贴|救助|报销|认定|鉴定|领|办(?:理|个|张|证)|"
    r"(?:管|批|办|查|收|审|负责|受理)(?:吗|不|么|呢|$)|"
    r"(?:想|要|打算|准备)(?:办|开|建|搞|修|盖|买|卖|拉|砍|占|挖|养|成立|设)"
)
# Which of the townships: an answer for each, not a question back.
_EACH = re.compile(r"哪(?:些|几个|个|一个)?(?:乡镇|镇街|街镇|街道|乡|镇)(?:\(街道\)|和街道)?")
_MORE = re.compile(r"^(?:那|那么)?(?:还有|其他的?|别的|另外)(?:什么|哪些|别的)?(?:呢|吗|没有|没)?$")
_KIND = "许可|处罚|强制|征收|给付|检查|确认|奖励|裁决"
_POWER = re.compile(
    rf"行政(?P<full>{_KIND})(?!法|决定|机关|程序|相对人)(?:类|权力|权(?![益利威限属]))?(?:的?事项)?里?|(?P<class>{_KIND})(?:类|权力?(?![威益利])|事项)(?:的?事项)?里?|谁(?:来|去|能|有权)?(?P<who>处罚|检查|奖励|征收|裁决)|(?P<other>其他(?:行政权力|职权))"
)
_POWERS = {power.value.removeprefix("行政"): power for power in PowerKind} | {
    "其他职权": PowerKind.OTHER,
    "其他行政权力": PowerKind.OTHER,
}
_PAPERS: tuple[tuple[PaperKind, re.Pattern[str]], ...] = (
    (
        PaperKind.DELEGATION_CATALOG,
        re.compile(r"(?:赋权|放权|下放|委托|交办)(?:事项|权力)*(?:目录|清单)"),
    ),
    (PaperKind.COOPERATION_DUTIES, re.compile(r"配合(?:履职)?(?:事项)?清单|配合履职(?:事项)?")),
    (
        PaperKind.WITHDRAWN_DUTIES,
        re.compile(
            r"(?:上级(?:部门)?)?收回(?:的)?(?:事项)?(?:清单|事项)|上级(?:部门)?收回|(?:被|已经|都)?收(?:回|上)(?:去|来)了?(?:的|$)|(?<=事)(?:被|已经|都)?收回了?$"
        ),
    ),
    (PaperKind.BASIC_DUTIES, re.compile(r"(?:基本)?履职(?:事项)?清单|基本履职(?:事项)?")),
    (PaperKind.TOWNSHIP_CATALOG, re.compile(r"基本(?:事项)?目录")),
    (PaperKind.ADMISSION, re.compile(r"职责准入|准入(?:登记|制度|清单)")),
    (PaperKind.REFORM_NOTICE, re.compile(r"机构改革(?:文件|方案|通知)")),
    (PaperKind.DEPARTMENT_LIST, re.compile(r"(?:权责|权力|责任|职权)(?:事项)?(?:清单|目录)")),
    (PaperKind.DEPARTMENT_PROVISION, re.compile(r"三定(?:规定|方案)?")),
)
_OF_TOWNSHIP = {
    PaperKind.DEPARTMENT_LIST: PaperKind.TOWNSHIP_LIST,
    PaperKind.DEPARTMENT_PROVISION: PaperKind.TOWNSHIP_PROVISION,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted, and where the text says so."""

    intent: Intent
    spans: tuple[tuple[int, int], ...] = ()
    wants_list: bool = False


def asks_office(text: str) -> bool:
    """True if words ask who or where, or say what an office is to do."""
    return bool(_ASKS.search(text))


def read_wish(text: str, *, names_actor: bool) -> Wish:
    """What a question wants. `names_actor`: it names a body, an office or a government."""
    lists = _LIST.search(text)
    if more := _MORE.search(text):
        return Wish(Intent.WHO_HANDLES, (more.span(),), wants_list=True)
    for intent, pattern in _WISHES:
        if match := pattern.search(text):
            return Wish(intent, (match.span(),), wants_list=bool(lists))
    duties = _DUTIES.search(text)
    if duties and names_actor:
        return Wish(Intent.DUTIES_OF_BODY, (duties.span(),), wants_list=bool(lists))
    spans = tuple(match.span() for match in (lists, duties) if match)
    return Wish(Intent.WHO_HANDLES, spans, wants_list=bool(lists))


def read_each(text: str) -> tuple[bool, str]:
    """Whether it is asked of every township which of them does it, and the text without that."""
    match = _EACH.search(text)
    return (True, blank(text, *match.span())) if match else (False, text)


def read_power(text: str) -> tuple[PowerKind | None, str]:
    """The kind of power asked for, and the text without it: 许可类事项, 行政处罚; 谁处罚 stays."""
    match = _POWER.search(text)
    if match is None:
        return None, text
    said = next(group for group in match.groups() if group)
    return _POWERS[said], text if match["who"] else blank(text, *match.span())


def read_paper(text: str, places: tuple[Place, ...]) -> tuple[PaperKind | None, str]:
    """The kind of list asked of, and the text without it; 权责清单 is a township's where one is meant."""
    is_town = bool(places) and all(place.level is Level.TOWNSHIP for place in places)
    for kind, pattern in _PAPERS:
        if match := pattern.search(text):
            asked = _OF_TOWNSHIP.get(kind, kind) if is_town else kind
            return asked, blank(text, *match.span())
    return None, text
