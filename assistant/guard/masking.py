"""Personal data in free text is masked before it is kept: numbers, names beside them, doors, mail."""

from __future__ import annotations

import re

_DIGIT = r"\d"  # full-width ones as well
_SPOKEN = "[〇零一二三四五六七八九幺]"
# 身份证, 手机, 固定电话, 银行卡 and whatever else is as long, however it is broken up.
_LONG = rf"(?:\+?{_DIGIT}(?:[\s\-－—_.·]?{_DIGIT}){{6,}}[Xx\uff38]?|{_SPOKEN}{{7,}})"
_DAY = rf"(?<!{_DIGIT})(?:19|20){_DIGIT}{{2}}[\-./](?:0?[1-9]|1[0-2])[\-./](?:0?[1-9]|[12]\d|3[01])(?!{_DIGIT}|[\-.]{_DIGIT})"
_NUMBER = re.compile(rf"(?P<day>{_DAY})|{_LONG}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·• ]?[A-Z0-9]{5,6}"
)
# 3号楼2单元501室; not 临政发〔2024〕9号 nor 第9号令.
_DOOR = re.compile(
    r"(?<![〕\]第\d])(?:[\dA-Za-z]+|[一二三四五六七八九十百]+)(?:号楼|号院|号(?!令|文|公告|线)|栋|幢|单元|室|弄|组(?!织|成))"
)
_SURNAME = (
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕"
    "丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严"
    "武莫孔汤常温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷申欧耿关焦左柳甘祝包宁尚符舒阮柯纪梅童凌毕]"
)
_NAMED = re.compile(
    r"(?P<cue>我叫|名叫|本人叫|姓名(?:是|为)?[:： ]?|联系人(?:是|为)?[:： ]?)[\u4e00-\u9fff·]{2,4}"
)
_NAME_BY_NUMBER = re.compile(
    rf"{_SURNAME}[\u4e00-\u9fff]{{1,2}}(?=[\s,，:：、]*(?:的?(?:电话|手机|身份证|联系方式|卡)号?码?)?[是为\s:：]*〔号码〕)"
)


def mask(text: str) -> str:
    """The text with personal data replaced by what kind it was; days and 文号 stay."""
    text = _MAIL.sub("〔邮箱〕", text)
    text = _NUMBER.sub(lambda found: found["day"] or "〔号码〕", text)
    text = _PLATE.sub("〔车牌〕", text)
    text = _NAMED.sub(lambda found: f"{found['cue']}〔姓名〕", text)
    text = _NAME_BY_NUMBER.sub("〔姓名〕", text)
    return _DOOR.sub("〔门牌〕", text)


_MASKED = re.compile(r"〔(?:邮箱|号码|车牌|姓名|门牌)〕")


def without_personal(text: str) -> str:
    """The text without personal data: what a question asks does not hang on it."""
    masked = mask(text)
    return text if masked == text else _MASKED.sub(" ", masked)
