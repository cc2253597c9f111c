"""Lines of a paper that are not its text: page headers, page numbers, signatures, site buttons."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from index.documents import Block
from index.extract.columns import squeeze
from index.extract.numbering import leading_mark

_LONGEST_PAGE_HEADER = 45
_HAN_DIGIT = r"[\u3007○零一二三四五六七八九]"
_DAY = (
    r"(?:\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|\d{4}[-./]\d{1,2}[-./]\d{1,2}"
    rf"|{_HAN_DIGIT}{{4}}年[一二三四五六七八九十]{{1,3}}月[一二三四五六七八九十]{{1,3}}日)"
)
_PAGE_NUMBER = re.compile(
    r"^[-—–－―_·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?[-—–－―_·\s]*(?:[/\uff0f共，,\s]*\d{1,4}\s*页?)?[-—–－―_·\s]*$"
)
_SITE = re.compile(
    r"^(?:【|\[)?(?:打印(?:本页)?|关闭(?:窗口)?|返回(?:顶部|列表|上页)?|上一篇|下一篇|分享(?:到)?|字体|字号|扫一扫|责任编辑|浏览次数|点击数|当前位置|您(?:现在)?的位置|网站地图|版权所有|主办单位|ICP备|无障碍)"
    r"|ICP备\d+号|公网安备"
)
_ORGAN = r"[\u4e00-\u9fff]{2,30}(?:委员会|办公室|人民政府|办事处|[局委厅院府])"
_YEAR_IN_BRACKETS = r"[〔\[\uff3b（(【]\s*\d{4}\s*[〕\]\uff3d）)】]"
_DOCUMENT_NUMBER = rf"[\u4e00-\u9fff]{{1,12}}\s*{_YEAR_IN_BRACKETS}\s*(?:第\s*)?\d{{1,4}}\s*号"
_FRONT = re.compile(
    rf"^[（(]?\s*(?:{_DOCUMENT_NUMBER}|{_DAY}[^。]{{0,60}}(?:印发|通过|批准|公布|发布|施行)?)\s*[）)]?$"
    rf"|^(?:发布|印发|公布|成文|发文)(?:日期|时间|机关|字号|单位|文号)[：:]"
    rf"|^(?:来源|信息来源|索引号|文号|主题分类)[：:]"
)
_CLOSING = re.compile(
    rf"^(?:{_ORGAN}[\s　]*)*[（(]?{_DAY}(?:印发)?[）)]?$"
    r"|^(?:抄送|主送|抄报|附件|附|联系人|联系电话|政策解读)\s*\d*\s*[：:]|^[（(]此件[^）)]*[）)]$"
    r"|^(?:来源|信息来源|发布日期|发布时间)[：:]"
)
_SIGNATURE = re.compile(rf"^{_ORGAN}(?:[\s　、]+{_ORGAN})*$")


def is_page_furniture(text: str) -> bool:
    """A page number or a button of the web page around a paper."""
    line = text.strip()
    return bool(line) and bool(_PAGE_NUMBER.match(line) or _SITE.search(line[:20]))


def is_front_note(text: str) -> bool:
    """A line between title and text: document number, date of issue, source."""
    return bool(_FRONT.match(text.strip()))


def is_closing(text: str) -> bool:
    """A line after the text: its date, copies to whom, what is attached."""
    return bool(_CLOSING.match(text.strip()))


def is_signature(text: str) -> bool:
    """A line of nothing but bodies, as above the date at the end of a paper."""
    return bool(_SIGNATURE.match(text.strip()))


def begins_with_date(text: str) -> bool:
    """True for a line that opens with a date, as below a signature."""
    return bool(re.match(_DAY, text.strip()))


def repeated_on_pages(blocks: Iterable[Block], title: str) -> frozenset[int]:
    """Numbers of short unnumbered paragraphs that stand on several pages, and of running titles."""
    found: dict[str, list[Block]] = defaultdict(list)
    for block in blocks:
        line = re.sub(r"\d+", "", squeeze(block.text))
        if block.page and 1 < len(line) <= _LONGEST_PAGE_HEADER and not leading_mark(block.text):
            found[line].append(block)
    running_title = re.sub(r"\d+", "", squeeze(title))
    running = {line for line, same in found.items() if len({block.page for block in same}) > 1}
    running |= {running_title} & set(found)
    # A sentence that two offices share is text, whatever page it stands on.
    return frozenset(
        block.number
        for line in running
        if line == running_title or not re.search(r"[。；;]$", line)
        for block in found[line]
    )
