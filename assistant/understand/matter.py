"""What is left of a question when place, body, date, law, politeness and asking are taken out."""

from __future__ import annotations

import re

_POLITE = re.compile(
    r"请问(?:一下|下)?|你好|您好|大家好|早上好|下午好|晚上好|打扰(?:一下|了)?|麻烦(?:问|帮|您|你|一下|给)*(?:看看|查(?:一下|下)?)?|劳驾|拜托|谢谢(?:您|你|啦|了|哈)?|多谢|感谢|辛苦(?:了|您)?"
    r"|(?:我|我们)?(?:就)?(?:想|要|来)?(?:问问|问一下|问下|咨询(?:一下|下)?|了解(?:一下|下)?|打听(?:一下|下)?|请教(?:一下|下)?)|想问|想知道|(?:你|您)?(?:知道|知不知道)(?:不知道)?|告诉(?:我)?(?:一下)?|帮(?:我|忙)(?:看看|查查|查一下|查下|问问)"
)
_WHICH_BODY = r"(?:政府)?(?:部门|单位|科室|股室|地方|机关|机构|局|科|股|处室|办公室|窗口|衙门|领导|人|口子|家)?"
# What to bring or to get for it; asked of every matter.
_PAPERS = (
    r"(?:需要|应该|要|得|该)?(?:办理?|带|准备|提交|交|填)?(?:些)?(?:哪些|什么)"
    r"(?:证件|许可证|执照|证|照|手续|材料|资料|许可|表格?)(?:才行|才能办?)?"
)
_GENERIC = r"(?:来|去|在|给|要|该|才|能)?(?:具体)?(?:管理?|负责|办理?|处理|说了算|管事|经办|承办|搞|弄|解决|做)?(?:这个?事|这件事|这事|的事)?"
# Where to turn with it; said of every matter, so no words of this one. What is done there (申请, 登记) is.
_TURNING = re.compile(
    r"(?:(?:应该|应当|该|得|要|可以|能|需要)?(?:去|到|向|跟|找|在|上|从|给|往)*"
    r"(?:哪里|哪个?(?:政府)?(?:部门|单位|地方|机关|局|科室|窗口)?|什么(?:部门|单位|地方)|谁))(?:去|来)?(?:提交?)?"
    r"(?:反映|举报|投诉|告状?|说理|评理|问)(?![^\s的]{0,2}(?:书|表|人|费))"
)
_ASKING = re.compile(
    rf"{_PAPERS}|"
    r"(?:现在|到底|究竟|一般|具体|应该|应当|该|得|要|可以|能|需要)*(?:是|归|由|找|去|到|向|跟|上|属于|属|让|往|在)*(?:哪一?[个家些]|什么|哪里|哪)"
    rf"{_WHICH_BODY}{_GENERIC}"
    r"|(?:现在|到底|究竟|应该|应当|该|得|要|可以|能|最后|最终)*(?:是|归|由|找|去找|向|跟|让|属)*谁"
    + _GENERIC
    + r"|哪里|怎么(?!样)(?:办理?|弄|搞|整|走|才能|处理|回事)?|(?:在|去|到|上)?哪里"
    r"|(?<![可不能流])(?:可以|能行|行|成)(?=吗|么|不$)|职责(?:到底|究竟)?(?:是|归)谁的?"
    r"|(?:还|也|都)?(?:能不能|可不可以|可以不可以|行不行|有没有|是不是|是否|要不要|用不用|需不需要|会不会|管不管|归不归|给不给)"
    r"|(?:这个?|那个?|这种|那种|这件|那件)(?:事情?|情况|问题|业务|的话)?"
    r"|(?:我们|你们)?[这那](?:里|边)|[镇乡县](?:里|上)|村(?:里|上)(?![^\s谁哪怎什能可有要管办])|(?:我们|你们|他们|本|这个|那个|该)(?:自治)?(?:[县镇乡市区旗]|街道)(?:里|上|政府)?|(?:[镇乡]里|镇上|街道|我们)?(?:能不能|能|可以)?(?:自己|直接)(?:就)?(?:能|可以)?(?:办理?|批)?的?(?:事项?)?有?(?=\s|$|哪|什)"
    r"|除(?:了|开|去)?(?:\s+(?:之外|以外|外)?|$)|还是(?:找|归|由|去|在)|^(?:那么?)?(?:关于|对于)|(?<!采)(?<!砍)(?<!盗)(?<!滥)(?<!间)伐$|(?:嘞|哩|噻|咧|呗|嘛|噶|嗦|撒|哈|哇|呐)$"
    r"|吗(?!啡)|呢(?!子|绒|料)|[呀哦喔噢唉哎嗯]|啊|吧(?!台)|(?:的|了)?(?:话)?$|啦"
)
# Left over when everything is taken out; no matter is made of these alone.
_EMPTY = frozenset(
    "的了吗呢是在有和跟与或我你他她它们这那个要想能可以不会就还都也去到找归由给把被让说问管办谁些上下里边方面事情一又再那么这些"
    "负责处理以及如果但是所以因为什么怎样地方家人话对项类条边除"
)
_TRIM = "的和跟与呢"
# 不 is left of 不归…, 在 of 在…办; neither is a matter's last word.
_TAIL = re.compile(r"(?:[的了是归由找属不]|(?<![存现实内潜])在)+$")
_SPACES = re.compile(r"\s+")


def read_matter(text: str) -> str:
    """The words that matter, or "" if nothing but asking is left. Stretches read before are blank."""
    bare = _ASKING.sub(" ", _TURNING.sub(" ", _POLITE.sub(" ", text)))
    parts = (_TAIL.sub("", part.strip(_TRIM)) for part in _SPACES.split(bare))
    return " ".join(part for part in parts if _says_something(part))


def _says_something(part: str) -> bool:
    """False for numbers alone and words without a meaning of their own."""
    return any(character.isalpha() and character not in _EMPTY for character in part)
