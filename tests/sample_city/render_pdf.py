"""Papers → .pdf through Chromium, with text that can be copied and the header on every page."""

from __future__ import annotations

import html
import re
import subprocess
import tempfile
from pathlib import Path

from tests.sample_city.papers import Paper, chinese_date
from tests.sample_city.render_html import table_html

_CHROMIUM = "/usr/bin/chromium"
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-pdf-header-footer",
)
_DATE = re.compile(rb"\(D:\d{14}[^)]*\)")
_STYLE = """
@page {{ size: A4 {orientation}; margin: 18mm 15mm 18mm;
  @bottom-center {{ content: "— " counter(page) " —"; font: 10pt "WenQuanYi Zen Hei"; }} }}
body {{ font: {size}pt/1.6 "WenQuanYi Zen Hei"; margin: 0; color: #000; }}
h1 {{ font-size: 18pt; text-align: center; font-weight: normal; margin: 4mm 0; }}
p {{ margin: 0 0 1.5mm; text-indent: 2em; }}
p.line, p.note {{ text-indent: 0; }}
p.line {{ text-align: center; }}
p.right {{ text-align: right; text-indent: 0; }}
table {{ border-collapse: collapse; width: 99.8%; table-layout: fixed; }}
thead {{ display: table-header-group; }}
td, th {{ border: 0.6pt solid #000; padding: 1mm 1.2mm; font-weight: normal;
  vertical-align: middle; overflow-wrap: anywhere; line-height: 1.35; }}
th {{ text-align: center; }}
tr {{ break-inside: avoid; }}
"""


def to_pdf(paper: Paper, notice: str) -> bytes:
    """The printed paper; creation dates are fixed so that two runs on one machine agree."""
    style = _STYLE.format(
        orientation="landscape" if paper.tables else "portrait",
        size=8.5 if paper.tables else 12,
    )
    body = "\n".join(table_html(table, with_title=True) for table in paper.tables)
    body += _text(paper, notice)
    title = html.escape(paper.title)
    page = (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{style}</style></head><body>{body}</body></html>"
    )
    return _DATE.sub(_fixed_date, _print(page))


def _text(paper: Paper, notice: str) -> str:
    if not paper.paragraphs:
        return ""
    lines = [f'<p class="line">{html.escape(paper.document_number)}</p>']
    lines.append(f"<h1>{html.escape(paper.title)}</h1>")
    lines += [
        f"<p>{html.escape(text)}</p>" for text in paper.paragraphs if text.strip() != paper.title
    ]
    for text in (paper.publisher, chinese_date(paper.published_on)):
        lines.append(f'<p class="right">{html.escape(text)}</p>')
    return "\n".join([*lines, f'<p class="note">{html.escape(notice)}</p>'])


def _print(page: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(page, encoding="utf-8")
        command = (_CHROMIUM, *_FLAGS, f"--user-data-dir={folder}/profile")
        subprocess.run(
            [*command, f"--print-to-pdf={target}", source.as_uri()],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return target.read_bytes()


def _fixed_date(found: re.Match[bytes]) -> bytes:
    """A date of the same length, so that the file's table of offsets stays true."""
    return b"(D:20241231090000" + found[0][17:]
