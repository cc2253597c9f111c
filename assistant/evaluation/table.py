"""An evaluation on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from assistant.evaluation.figures import figures
from assistant.evaluation.judge import Outcome
from assistant.evaluation.report import Group, Report, groups_or_none, is_wrong

_METHODS = {"wilson": "Wilson", "bootstrap": "自助法"}
# Figures that tell groups apart; the rest is in the table over all.
_COMPARED = ("status", "body", "office", "row_3", "recall@10", "ndcg@10", "wrong_place", "ms_p50")


def tables(report: Report) -> Iterator[Table]:
    """Every table of a report: what went wrong, all figures, then the comparisons."""
    yield _wrong(report.outcomes)
    yield _total(report.outcomes)
    for title, groups in (
        ("按语料库", groups_or_none(report.corpora)),
        ("按问题类型", groups_or_none(report.kinds)),
        ("拆开检索的各部分", report.ablation),
    ):
        if groups:
            yield _comparison(title, groups)


def _wrong(outcomes: Sequence[Outcome]) -> Table:
    wrong = [o for o in outcomes if is_wrong(o)]
    table = Table("编号", "问题", "状态", "回答的部门", "应为", title=f"答错 {len(wrong)} 题")
    for o in wrong:
        holders = "、".join(holder.body for holder in o.answer.holders)
        expected = "、".join(o.case.bodies) or "/".join(sorted(o.case.statuses))
        table.add_row(o.case.id, o.case.question, o.answer.status.value, holders, expected)
    return table


def _total(outcomes: Sequence[Outcome]) -> Table:
    table = Table("指标", "值", "95% 区间", "题数", "区间算法", title=f"共 {len(outcomes)} 题")
    for figure in figures(outcomes):
        if estimate := figure.estimate:
            method = _METHODS[estimate.method]
            table.add_row(figure.label, figure.shown, figure.interval, str(estimate.n), method)
    return table


def _comparison(title: str, groups: Sequence[Group]) -> Table:
    by_group = [{f.key: f for f in figures(group.outcomes)} for group in groups]
    keys = [key for key in _COMPARED if any(found[key].estimate for found in by_group)]
    table = Table("", "题数", *(by_group[0][key].label for key in keys), title=title)
    for group, found in zip(groups, by_group, strict=True):
        cells = (f"{found[key].shown}\n[dim]{found[key].interval}[/dim]" for key in keys)
        table.add_row(group.label, str(len(group.outcomes)), *cells)
    return table
