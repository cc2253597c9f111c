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
    """用有标准答案的题目拟合“清单里有没有这件事”的概率，打印留出检验和校准曲线。"""
    from assistant.evaluation.calibrate import MEANING, WORDS, figures, reliability
    from assistant.evaluation.calibrate import fit as fit_model
    from assistant.retrieve.confidence import FITTED, load_models, write_models

    fitted_on = _samples(fit, words=words)
    checked_on = _samples(held or [], words=words)
    name, features = ("words", WORDS) if words else ("meaning", MEANING)
    model = fit_model(fitted_on, features, {"fit": fit, "held": held or []})
    run = {**model.run, "fit_figures": figures(model, fitted_on)}
    if checked_on:
        run["held_figures"] = figures(model, checked_on)
        run["reliability"] = reliability(model, checked_on)
    if write:
        known = load_models(FITTED) if FITTED.is_file() else {}
        write_models(write, {**known, name: _with_run(model, run)})
    if as_json:
        print_json(run)
        return
    _show(model, fitted_on, checked_on)


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


def _with_run(model: Model, run: dict[str, object]) -> Model:
    from dataclasses import replace

    return replace(model, run=run)


def _show(model: Model, fitted_on: list[Sample], checked_on: list[Sample]) -> None:
    from assistant.evaluation.calibrate import figures, reliability

    labels = {
        "out_of_scope_refused": "清单之外的问题被拒",
        "left_out_refused": "抽掉负责部门后被拒",
        "answerable_refused": "答得了的被拒",
        "answerable_found_refused": "其中首条就对的被拒",
    }
    table = Table("", "拟合", "留出", title=f"回答 ≥ {model.answer}，提示相近事项 ≥ {model.refuse}")
    fitted, checked = figures(model, fitted_on), figures(model, checked_on)
    for key, label in labels.items():
        table.add_row(label, str(fitted[key]), str(checked[key]) if checked_on else "—")
    err.print(table)
    for predicted, covered, n in reliability(model, checked_on or fitted_on):
        bar = "█" * round(covered * 40)
        out.print(f"{predicted:4.2f} → {covered:4.2f} {bar:<40} {n}")
