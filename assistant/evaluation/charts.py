"""Charts as inline SVG that stretches with the page while its text keeps its size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from assistant.evaluation.figures import Figure

_N_BINS = 24
_ROW_HEIGHT = 22
_ENDS_Y = 166
_SIDE = 240


def bar(figure: Figure) -> str:
    """A share from 0 to 1 as a bar, its interval as a whisker."""
    if figure.estimate is None:
        return ""
    value, low, high = (
        max(0.0, min(1.0, x)) * 100
        for x in (figure.estimate.value, figure.estimate.low, figure.estimate.high)
    )
    tone = "good" if figure.higher_is_better else "bad"
    return (
        f'<svg class="bar" width="100%" height="{_ROW_HEIGHT}" role="img" '
        f'aria-label="{escape(figure.label)} {figure.shown}，区间 {figure.interval}">'
        f'<rect class="track" width="100%" height="12" y="5" rx="6"/>'
        f'<rect class="{tone}" width="{value:.2f}%" height="12" y="5" rx="6"/>'
        f'<line class="whisker" x1="{low:.2f}%" x2="{high:.2f}%" y1="11" y2="11"/>'
        f'<line class="whisker" x1="{low:.2f}%" x2="{low:.2f}%" y1="7" y2="15"/>'
        f'<line class="whisker" x1="{high:.2f}%" x2="{high:.2f}%" y1="7" y2="15"/></svg>'
    )


def bars(rows: Iterable[tuple[str, Figure]]) -> str:
    """Labelled bars, one a row; rows without an estimate are left out."""
    shown = (
        f'<div class="row"><span class="label">{escape(label)}</span>{bar(figure)}'
        f'<span class="value">{figure.shown}</span></div>'
        for label, figure in rows
        if figure.estimate
    )
    return "".join(shown)


def histogram(times_ms: Sequence[float], marks: Sequence[Figure]) -> str:
    """How long answers took, on a scale where each step to the right is a like factor."""
    if not times_ms:
        return ""
    low, high = math.log(max(min(times_ms), 0.1)), math.log(max(*times_ms, 0.2))
    width = (high - low) / _N_BINS or 1.0
    counts = [0] * _N_BINS
    for ms in times_ms:
        counts[min(_N_BINS - 1, int((math.log(max(ms, 0.1)) - low) / width))] += 1
    columns = "".join(
        f'<rect class="good" x="{i / _N_BINS * 100:.2f}%" width="{94 / _N_BINS:.2f}%" '
        f'y="{110 - n / max(counts) * 100:.1f}" height="{n / max(counts) * 100:.1f}"/>'
        for i, n in enumerate(counts)
    )
    lines = "".join(
        _mark(
            figure, n, (math.log(max(figure.estimate.value, 0.1)) - low) / (width * _N_BINS) * 100
        )
        for n, figure in enumerate(marks)
        if figure.estimate
    )
    ends = (
        f'<text x="0" y="{_ENDS_Y}">{math.exp(low):.1f} ms</text>'
        f'<text x="100%" y="{_ENDS_Y}" text-anchor="end">{math.exp(high):.1f} ms</text>'
    )
    return f'<svg class="histogram" width="100%" height="172" role="img" aria-label="用时分布">{columns}{lines}{ends}</svg>'


def reliability(points: Sequence[tuple[float, float, int]]) -> str:
    """Predicted probability to the right, share that was so upwards; the larger a dot, the more.

    On the diagonal a probability means what it says.
    """
    if not points:
        return ""
    most = math.sqrt(max(n for _, _, n in points))
    dots = "".join(
        f'<circle class="good" cx="{_SIDE * x:.1f}" cy="{_SIDE * (1 - y):.1f}" '
        f'r="{3 + 9 * math.sqrt(n) / most:.1f}"><title>{x:.2f} → {y:.2f}（{n} 题）</title></circle>'
        for x, y, n in points
    )
    path = " ".join(f"{_SIDE * x:.1f},{_SIDE * (1 - y):.1f}" for x, y, _ in points)
    return (
        f'<svg class="curve" width="{_SIDE + 40}" height="{_SIDE + 24}" role="img" '
        f'aria-label="预测概率与实际比例">'
        f'<line class="whisker faint" x1="0" y1="{_SIDE}" x2="{_SIDE}" y2="0"/>'
        f'<polyline points="{path}"/>{dots}'
        f'<text x="0" y="{_SIDE + 18}">预测 0</text>'
        f'<text x="{_SIDE}" y="{_SIDE + 18}" text-anchor="end">1</text>'
        f'<text x="{_SIDE + 4}" y="12">实际 1</text></svg>'
    )


def _mark(figure: Figure, n: int, x: float) -> str:
    """A line with its label under it, each lower than the one before, so that none overlap."""
    anchor = "end" if x > 60 else "start"
    return (
        f'<line class="whisker" x1="{x:.2f}%" x2="{x:.2f}%" y1="4" y2="116"/>'
        f'<text x="{x:.2f}%" y="{132 + n * 16}" text-anchor="{anchor}">{escape(figure.label)} {figure.shown}</text>'
    )
