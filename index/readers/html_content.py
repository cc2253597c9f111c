"""What of a web page a visitor reads: hidden elements and the site's frame are taken out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

_NEVER_SHOWN = {"script", "style", "noscript", "template", "iframe", "object", "embed", "svg",
                "canvas", "audio", "video", "map", "head", "select", "option", "button", "input",
                "textarea", "datalist", "link", "meta"}  # fmt: skip
_FRAME_TAGS = {"nav", "footer", "aside", "menu", "dialog"}
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)"
    r"|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
_ZERO = r"\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|$|!)"
_ZERO_HEIGHT = re.compile(rf"(?:^|[;\s])(?:max-)?(?:height|width){_ZERO}", re.IGNORECASE)
_CLIPS = re.compile(r"overflow(?:-[xy])?\s*:\s*hidden", re.IGNORECASE)
_OFF_PAGE = re.compile(r"(?:left|top|text-indent)\s*:\s*-\d{4,}", re.IGNORECASE)
_CSS_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CSS_NAME = re.compile(r"(?:^|,)\s*(?:[a-z]+)?([.#][\w-]+)\s*(?=,|$)", re.IGNORECASE)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FRAME_NAME = re.compile(
    r"(?:^|[-_ ])(?:nav|navbar|navigation|menu|footer?|bottom|breadcrumbs?|crumbs?|position|location"
    r"|sidebar|sider|share|bdshare|copyright|toolbar|topbar|header|banner|search|login|links?"
    r"|related|recommend|pager|pagination|prevnext|qrcode|comment|advert|ad|ads|float)"
    r"(?:$|[-_ \d])",
    re.IGNORECASE,
)
_FRAME_TEXT = re.compile(
    r"^(?:您?(?:当前|现在|所在)(?:的)?位置|首页\s*[>\u203a»]|.{0,8}(?:上一篇|下一篇|上一条|下一条)"
    r"|【?(?:打印|关闭|字体|字号)|分享到|扫一扫|版权所有|主办单位|承办单位：?.{2,20}网站|技术支持"
    r"|网站标识码|.{0,4}ICP备|.{0,6}公网安备|浏览次数|点击数|阅读次数"
    r"|无障碍|适老|繁體|网站地图|责任编辑)",
)
# Bodies of articles as the common site builders of governments call them.
_BODY_NAMES = re.compile(
    r"^(?:zoom|ucap-?content|trs_editor|trs_uedit|article-?(?:content|body|con)"
    r"|content-?(?:text|body)|vsb_content.*|news_?content|xxgk_content|main-?text|detail-?content|xl_content)$",
    re.IGNORECASE,
)
_PAPER_DATA = re.compile(
    "索引号|发文字号|文号|成文日期|发文日期|发布日期|发布时间|发文机关|发布机构"
)
_MAYBE_FRAME = {"div", "section", "form", "center", "ul", "ol", "dl", "p", "table", "span", "header",
                "li"}  # fmt: skip
_MAX_FRAME_CHARS = 400
_LINK_DENSITY = 0.6
# An element named as an article's body is taken alone only if it holds this share of the text.
_BODY_SHARE = 0.6


def remove_hidden(root: etree._Element) -> int:
    """Take out what a browser does not show; the number of hidden elements that held text."""
    hiding = set(_hiding_names(root))
    n_hidden = 0
    for node in list(root.iter()):
        if not isinstance(node.tag, str):
            continue
        if node.tag in _NEVER_SHOWN and node.getparent() is not None:
            detach(node)
        elif _is_hidden(node, hiding) and _is_within(node, root):
            n_hidden += bool(text_of(node))
            detach(node)
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    return n_hidden


def remove_frame(root: etree._Element) -> None:
    """Take out menus, crumbs, footers and link lists: by tag, name, words and link density."""
    _remove_frame_below(root, set(_data_cells(root)))


def _remove_frame_below(node: etree._Element, data: set[etree._Element]) -> None:
    for child in list(node):
        if not isinstance(child.tag, str) or child in data:
            continue
        if child.tag != "body" and _is_frame(child):
            detach(child)
        else:
            _remove_frame_below(child, data)


def main_content(root: etree._Element) -> etree._Element:
    """The element that holds the article: one that is named so, or the whole of what is left."""
    whole = len(text_of(root))
    best = root
    for node in root.iter("article", "main", "div", "td", "section", "ucapcontent"):
        names = [node.get("id", ""), *node.get("class", "").split()]
        is_named = node.tag in {"article", "main", "ucapcontent"} or any(
            _BODY_NAMES.match(name) for name in names
        )
        if is_named and len(text_of(node)) >= whole * _BODY_SHARE:
            best = node
    # The paper's own data (number, date, publisher) often stand beside the body: widen to them.
    parent = best.getparent()
    wanted = set(_PAPER_DATA.findall(text_of(root)))
    while parent is not None and wanted - set(_PAPER_DATA.findall(text_of(best))):
        best, parent = parent, parent.getparent()
    return best


def detach(node: etree._Element) -> None:
    """Remove an element, keeping the text that follows it."""
    parent = node.getparent()
    if parent is None:
        return
    previous = node.getprevious()
    if node.tail and previous is not None:
        previous.tail = (previous.tail or "") + node.tail
    elif node.tail:
        parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def text_of(node: etree._Element) -> str:
    """All text under an element, without white space."""
    return "".join("".join(_strings(node)).split())


def _strings(node: etree._Element) -> Iterator[str]:
    for text in node.itertext(etree.Element):
        yield text if isinstance(text, str) else text.decode()


def _is_within(node: etree._Element, root: etree._Element) -> bool:
    """False for elements that went with one of their ancestors."""
    return node is root or any(ancestor is root for ancestor in node.iterancestors())


def _hiding_names(root: etree._Element) -> Iterator[str]:
    """Names (".class", "#id") that the page's own style sheets hide outright."""
    for sheet in root.iter("style"):
        css = _CSS_COMMENT.sub("", "".join(_strings(sheet)))[:500_000]
        # Rules for printing or narrow screens say nothing about what a visitor sees.
        css = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", css)
        for selectors, declarations in _CSS_RULE.findall(css):
            if _HIDING.search(declarations):
                yield from _CSS_NAME.findall(selectors.strip())


def _is_hidden(node: etree._Element, hiding: set[str]) -> bool:
    style = node.get("style", "")
    if node.get("hidden") is not None or node.get("aria-hidden", "").lower() == "true":
        return True
    if style and (_HIDING.search(style) or _OFF_PAGE.search(style)):
        return True
    if style and _ZERO_HEIGHT.search(style) and _CLIPS.search(style):
        return True
    if node.get("width") == "0" and node.get("height") == "0":
        return True
    names = {f".{name}" for name in node.get("class", "").split()} | {f"#{node.get('id', '')}"}
    return bool(names & hiding)


def _is_frame(node: etree._Element) -> bool:
    if node.tag in _FRAME_TAGS or node.get("role", "") in {"navigation", "contentinfo", "search"}:
        return True
    if node.tag not in _MAYBE_FRAME:
        return False
    text = text_of(node)
    if not text or any(True for _ in node.iter("h1", "h2", "h3", "h4")):
        return False
    is_short = len(text) <= _MAX_FRAME_CHARS
    if is_short and _FRAME_TEXT.match(text):
        return True
    if node.tag in {"p", "span", "li", "table"}:
        return False
    links = [len(text_of(link)) for link in node.iter("a")]
    is_linked = sum(links) > len(text) * _LINK_DENSITY
    names = f"{node.get('id', '')} {node.get('class', '')}"
    if node.tag == "header" or _FRAME_NAME.search(names):
        return is_short or is_linked
    return is_linked and len(links) >= 3


def _data_cells(root: etree._Element) -> Iterator[etree._Element]:
    """Cells of tables with several rows and columns: data, whatever they look like."""
    rows: defaultdict[etree._Element, list[list[etree._Element]]] = defaultdict(list)
    for row in root.iter("tr"):
        table = next(row.iterancestors("table"), root)
        rows[table].append([cell for cell in row.iterchildren("td", "th") if text_of(cell)])
    for table_rows in rows.values():
        full = [cells for cells in table_rows if len(cells) >= 2]
        if len(table_rows) >= 3 and len(full) >= 2:
            yield from (cell for cells in full for cell in cells)
