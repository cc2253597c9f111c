"""`calibrate`: where the line between answering and refusing lies, from questions with known answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from assistant.commands.terminal import JsonOption, err, out, print_json, settings_of

if TYPE_CHECKING:
    from assistant.evaluation.calibrate import Sample
    from assistant.retrieve.confidence import Model


def calibrate(
    fit: Annotated[list[str], typer.Argument(help="拟合用的题目，写成 语料库=题目.jsonl")],
    held: Annotated[list[str] | None, typer.Option(help="留出检验的题目，写法相同")] = None,
    write: Annotated[Path | None, typer.Option(help="把拟合结果写到这个文件")] = None,
    words: Annotated[bool, typer.Option("--words", help="拟合没有编码器时的模型")] = False,
    as_json: JsonOption = False,
) -> None:
    """用有标准答案的题目拟合“清单里有没有这件事”的概率，打印交叉检验、留出检验和校准曲线。"""
    from dataclasses import replace

    from assistant.evaluation import calibrate as by
    from assistant.retrieve.confidence import FITTED, load_models, write_models

    fitted_on = _samples(fit, words=words)
    checked_on = _samples(held or [], words=words)
    name, features = ("words", by.WORDS) if words else ("meaning", by.MEANING)
    chances = by.crossed(fitted_on, features)
    fitted = by.fit(fitted_on, features, {})
    model = by.with_thresholds(fitted, fitted_on, chances, answered_share=by.ANSWERED_SHARE)
    run: dict[str, object] = {
        "fit": fit,
        "held": held or [],
        "fit_figures": by.figures(model, fitted_on),
        "crossed_figures": by.figures(model, fitted_on, chances),
        "reliability": by.reliability(model, fitted_on, chances),
    }
    if checked_on:
        run["held_figures"] = by.figures(model, checked_on)
    if write:
        known = load_models(write if write.is_file() else FITTED)
        write_models(write, {**known, name: replace(model, run=run)})
    if as_json:
        print_json(run)
    else:
        _show(replace(model, run=run))


def _samples(named: list[str], *, words: bool) -> list[Sample]:
    """Questions of several corpora, asked. Each is written corpus=file."""
    from assistant.app import build_assistant
    from assistant.evaluation.calibrate import Asker
    from assistant.evaluation.cases import read_cases

    samples: list[Sample] = []
    for part in named:
        corpus, _, file = part.rpartition("=")
        settings = settings_of(corpus)
        if words:
            settings = settings.model_copy(update={"encoder": "none"})
        asker = Asker(build_assistant(settings))
        samples += asker.samples(read_cases(Path(file)))
    return samples


def _show(model: Model) -> None:
    labels = {
        "out_of_scope_refused": "清单之外的问题被拒",
        "left_out_refused": "抽掉负责部门后被拒",
        "answerable_refused": "答得了的被拒",
        "answerable_found_refused": "其中首条就对的被拒",
    }
    title = f"回答 ≥ {model.answer}，提示相近事项 ≥ {model.refuse}"
    table = Table("", "拟合", "交叉", "留出", title=title)
    sets = [model.run.get(f"{kind}_figures", {}) for kind in ("fit", "crossed", "held")]
    for key, label in labels.items():
        table.add_row(label, *(str(of.get(key, "—")) for of in sets))
    err.print(table)
    for predicted, covered, n in model.run["reliability"]:
        bar = "█" * round(covered * 40)
        out.print(f"{predicted:4.2f} → {covered:4.2f} {bar:<40} {n}")
