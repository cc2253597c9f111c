"""Papers → a page of a government site, with the site's header and footer around them."""

from __future__ import annotations

import html

from tests.sample_city.papers import Paper, Row, Table, chinese_date

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="{charset}">
<title>{title}-{site}</title>
<meta name="SiteName" content="{site}">
<meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{day}">
<style>
body {{ margin: 0; font: 15px/1.8 "Microsoft YaHei", SimSun, sans-serif; color: #222; }}
.top, .foot {{ background: #1b5faa; color: #fff; padding: 14px 40px; }}
.nav a {{ color: #fff; margin-right: 24px; text-decoration: none; }}
.path, .meta {{ color: #777; font-size: 13px; padding: 8px 40px; }}
.article {{ max-width: 1180px; margin: 0 auto; padding: 10px 30px 40px; background: #fff; }}
h1 {{ font-size: 24px; text-align: center; }}
.article p {{ text-indent: 2em; margin: 6px 0; }}
.article p.line {{ text-indent: 0; text-align: center; }}
.article p.right {{ text-align: right; }}
table {{ border-collapse: collapse; width: 100%; font-size: 13px; }}
td, th {{ border: 1px solid #666; padding: 4px 6px; }}
</style>
</head>
<body>
<div class="top"><h2>{site}</h2>
<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a><a href="/zwfw/">政务服务</a>\
<a href="/hdjl/">互动交流</a></div></div>
<div class="path">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; \
<a href="/zwgk/{folder}/">{channel}</a></div>
<div class="article">
<h1>{title}</h1>
<div class="meta">发布时间：{day}　来源：{publisher}　浏览次数：<span id="hits"></span>　\
字号：[大 中 小]</div>
<div id="zoom" class="TRS_Editor">
{content}
</div>
<div class="share">分享到： <a href="#">打印</a> <a href="#">关闭</a></div>
</div>
<div class="foot">主办：{publisher}　网站标识码：9901000001（虚构）<br>{notice}</div>
</body>
</html>
"""
# Where the site keeps the page: (folder, name of the channel) by kind of paper.
_CHANNELS = {
    "部门权责清单": ("qzqd", "权责清单"),
    "乡镇（街道）权责清单": ("qzqd", "权责清单"),
    "部门“三定”规定": ("jgzn", "机构职能"),
    "乡镇（街道）“三定”规定": ("jgzn", "机构职能"),
}


def to_html(paper: Paper, site: str, notice: str) -> bytes:
    """The page, in the paper's encoding."""
    folder, channel = _CHANNELS.get(paper.kind, ("tzgg", "通知公告"))
    content = "\n".join([*_text(paper), *(table_html(table) for table in paper.tables)])
    charset = {"gb18030": "gb2312"}.get(paper.encoding, paper.encoding)
    page = _PAGE.format(
        charset=charset,
        site=html.escape(site),
        title=html.escape(paper.title),
        publisher=html.escape(paper.publisher),
        day=paper.published_on,
        folder=folder,
        channel=channel,
        content=content,
        notice=html.escape(notice),
    )
    return page.encode(paper.encoding)


def table_html(table: Table, *, with_title: bool = False) -> str:
    """A ruled table with its header rows in <thead>, spans as rowspan and colspan."""
    title = [f"<h1>{html.escape(table.title)}</h1>"] if with_title else []
    above = [f'<p class="line">{html.escape(line)}</p>' for line in table.above]
    below = [f'<p class="note">{html.escape(line)}</p>' for line in table.below]
    total = sum(table.widths)
    columns = "".join(f'<col style="width:{100 * w / total:.1f}%">' for w in table.widths)
    head = "\n".join(_row(row, "th") for row in table.header)
    body = "\n".join(_row(row, "td") for row in table.body)
    grid = f"<table>\n<colgroup>{columns}</colgroup>\n<thead>\n{head}\n</thead>\n"
    grid += f"<tbody>\n{body}\n</tbody>\n</table>"
    return "\n".join([*title, *above, grid, *below])


def _row(cells: Row, tag: str) -> str:
    parts = []
    for cell in cells:
        if cell is None:
            continue
        spans = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
        spans += f' colspan="{cell.cols}"' if cell.cols > 1 else ""
        text = html.escape(cell.text.strip()).replace("\n", "<br>")
        parts.append(f"<{tag}{spans}>{text}</{tag}>")
    return f"<tr>{''.join(parts)}</tr>"


def _text(paper: Paper) -> list[str]:
    if not paper.paragraphs:
        return []
    lines = [f'<p class="line">{html.escape(paper.document_number)}</p>']
    # A heading that repeats the page's own title is left to the page.
    lines += [
        f"<p>{html.escape(text)}</p>" for text in paper.paragraphs if text.strip() != paper.title
    ]
    signature = (paper.publisher, chinese_date(paper.published_on))
    return lines + [f'<p class="right">{html.escape(text)}</p>' for text in signature]
