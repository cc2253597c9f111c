"""An evaluation as one HTML file that needs nothing else: no script, no request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from string import Template

from assistant.evaluation.charts import bars, histogram, reliability
from assistant.evaluation.figures import Figure, figures
from assistant.evaluation.judge import Outcome
from assistant.evaluation.report import Group, Report, groups_or_none, is_wrong

_TEMPLATE = Path(__file__).with_name("page.html")
_HEADLINES = ("status", "body", "row_3", "ms_p50")
_ANSWERS = (
    "status",
    "body",
    "office",
    "row_first",
    "row_3",
    "citation_precision",
    "citation_recall",
)
_REFUSALS = ("refusal_precision", "refusal_recall", "false_refusal", "wrong_place", "wrong_edition")
_RETRIEVAL = ("recall@1", "recall@3", "recall@5", "recall@10", "mrr", "ndcg@10")
_COMPARED = ("status", "body", "row_3")
_ABLATED = ("recall@1", "recall@10", "ndcg@10", "body")
_RELIABILITY = "拟合拒答模型时的交叉检验：横轴是预测清单里有这件事的概率，纵轴是真有的比例，点越大题越多；落在斜线上最好。"
_METHODS = {"wilson": "Wilson", "bootstrap": "自助法（2000 次）"}

Figures = dict[str, Figure]


def write_page(report: Report, path: Path) -> None:
    """Render a report into a file."""
    path.write_text(page(report), "utf-8")


def page(report: Report) -> str:
    """The whole page."""
    found = {figure.key: figure for figure in figures(report.outcomes)}
    marks = (found["ms_p50"], found["ms_p95"])
    sections = (
        _section("回答", "横线是 95% 置信区间。", _own_bars(found, _ANSWERS)),
        _section("拒答与差错", "红色越短越好。", _own_bars(found, _REFUSALS)),
        _section("拒答的概率准不准", _RELIABILITY, reliability(report.reliability)),
        _section("检索", "正确的行排在第几。", _own_bars(found, _RETRIEVAL)),
        _compared("各语料库", groups_or_none(report.corpora), _COMPARED),
        _compared("各类问题", groups_or_none(report.kinds), _COMPARED),
        _compared("拆开检索的各部分", report.ablation, _ABLATED),
        _section("用时", "横轴是对数刻度。", histogram([o.ms for o in report.outcomes], marks)),
        _section("全部数字", "", _table(found.values())),
        _section("答错的题", "", _wrong(report.outcomes)),
    )
    return Template(_TEMPLATE.read_text("utf-8")).substitute(
        n=len(report.outcomes),
        cards="".join(_card(found[key]) for key in _HEADLINES),
        sections="".join(sections),
        notes="".join(f"<li>{escape(note)}</li>" for note in report.notes),
    )


def _card(figure: Figure) -> str:
    return (
        f'<div class="card"><b>{figure.shown}</b><span>{escape(figure.label)}</span>'
        f"<small>{figure.interval}</small></div>"
    )


def _section(title: str, said: str, body: str) -> str:
    about = f"<p>{escape(said)}</p>" if said else ""
    return f"<section><h2>{escape(title)}</h2>{about}{body}</section>" if body else ""


def _own_bars(found: Figures, keys: Iterable[str]) -> str:
    return bars((found[key].label, found[key]) for key in keys)


def _compared(title: str, groups: Sequence[Group], keys: Iterable[str]) -> str:
    """A block a figure, in it a bar a group."""
    by_group = [(g, {f.key: f for f in figures(g.outcomes)}) for g in groups]
    blocks = []
    for key in keys:
        rows = [(f"{g.label}（{len(g.outcomes)}）", found[key]) for g, found in by_group]
        if drawn := bars(rows):
            blocks.append(f"<h3>{escape(rows[0][1].label)}</h3>{drawn}")
    return _section(title, "括号里是题数。", "".join(blocks)) if blocks else ""


def _table(found: Iterable[Figure]) -> str:
    rows = "".join(
        f"<tr><th>{escape(f.label)}</th><td>{f.shown}</td><td>{f.interval}</td>"
        f"<td>{f.estimate.n}</td><td>{_METHODS[f.estimate.method]}</td></tr>"
        for f in found
        if f.estimate
    )
    head = "<tr><th>指标</th><th>值</th><th>95% 区间</th><th>题数</th><th>区间算法</th></tr>"
    return f'<div class="scroll"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'


def _wrong(outcomes: Iterable[Outcome]) -> str:
    wrong = [o for o in outcomes if is_wrong(o)]
    shown = "".join(
        f"<details><summary>{escape(o.case.id)}　{escape(o.case.question)}</summary>"
        f"<p>应为：{escape(_expected(o))}</p><p>回答（{o.answer.status.value}）：{escape(o.answer.text)}</p></details>"
        for o in wrong
    )
    return shown or "<p>没有。</p>"


def _expected(outcome: Outcome) -> str:
    case = outcome.case
    return "、".join((*case.bodies, *case.offices, *case.evidence)) or "/".join(
        sorted(case.statuses)
    )
