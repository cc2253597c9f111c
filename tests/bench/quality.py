"""How well rows are found: Duty Desk beside BM25, dense search, LangChain, LlamaIndex and Haystack.

All in one run, on the same texts, with the same encoder. Rivals that are not installed are named and
left out. `make bench-quality`; figures as a Markdown table on stdout.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib import import_module
from pathlib import Path

from bench.question_sets import (
    ROOT,
    SHARED,
    Row,
    as_text,
    is_answerable,
    real_cases,
    row_of,
    sample_cases,
    stard,
)
from bench.rivals.model import FileRival, Found, Rival, SharedEncoder, Text
from rich.console import Console

from assistant.app import build_encoder
from assistant.corpus import Corpus
from assistant.evaluation.cases import Case
from assistant.evaluation.intervals import Estimate, mean
from assistant.evaluation.judge import evaluate
from assistant.evaluation.measures import ndcg_at, recall_at, reciprocal_rank
from assistant.evaluation.names import is_one_of
from assistant.model import Intent, Query
from assistant.pipeline import Assistant
from assistant.retrieve.retriever import Retriever
from assistant.settings import Settings
from index.build import build, index_contents
from index.encoder import Encoder
from index.versions import CorpusFolder

RIVALS = (
    ("只按词（bm25s）", "bench.rivals.words", "Words"),
    ("只按语义", "bench.rivals.meaning", "Meaning"),
    ("LangChain", "bench.rivals.langchain_rag", "LangChain"),
    ("LlamaIndex", "bench.rivals.llamaindex_rag", "LlamaIndex"),
    ("Haystack", "bench.rivals.haystack_rag", "Haystack"),
)
_DEPTH = 10
_TODAY = date(2026, 1, 15)  # after every paper of the corpora
_NOTE = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one system found for one question: ids, best first, and whether the first body is right."""

    ranking: tuple[str, ...]
    body_right: bool | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One system on one corpus."""

    corpus: str
    system: str
    texts: str
    figures: Mapping[str, Estimate | None]
    note: str = ""


class Silent:
    """Progress that shows nothing."""

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        return lambda n_done: None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", nargs="*", default=["real", "sample", "stard", "files"])
    options = parser.parse_args()
    settings = Settings()
    encoder = build_encoder(settings)
    assert encoder is not None
    shared = SharedEncoder(encoder, settings.home / "cache")
    results: list[Result] = []
    runs = {"real": _real, "sample": _sample, "stard": _stard, "files": _files}
    for name in options.only:
        results += runs[name](settings, encoder, shared)
    sys.stdout.write(_markdown(results))
    if options.json:
        lines = [_line(result) for result in results]
        options.json.write_text(json.dumps(lines, ensure_ascii=False, indent=1), "utf-8")


def _real(settings: Settings, encoder: Encoder, shared: SharedEncoder) -> Iterator[Result]:
    """The published lists: rivals get our clean rows."""
    folder = SHARED / "real-lists"
    if not folder.is_dir():
        _NOTE.print("没有 ../shared/data/real-lists，略过。")
        return
    assistant, corpus = _built(folder, "bench-real", settings, encoder)
    cases = real_cases()
    yield _ours("real-lists", assistant, cases)
    yield from _on_rows("real-lists", corpus, cases, shared)


def _files(settings: Settings, encoder: Encoder, shared: SharedEncoder) -> Iterator[Result]:
    """The published lists once more, as the rivals' own loaders read the workbooks."""
    folder = SHARED / "real-lists"
    if folder.is_dir():
        _, corpus = _built(folder, "bench-real", settings, encoder)
        paths = sorted(folder.glob("*.xls*"))
        yield from _on_files("real-lists", paths, corpus, real_cases(), shared)


def _sample(settings: Settings, encoder: Encoder, shared: SharedEncoder) -> Iterator[Result]:
    """The invented city: many papers of many places, editions and roles."""
    assistant, corpus = _built(ROOT / "index" / "sample", "bench-sample", settings, encoder)
    cases = sample_cases(corpus.catalog.all_records(), corpus.sources)
    yield _ours("样例", assistant, cases)
    yield from _on_rows("样例", corpus, cases, shared)


def _stard(settings: Settings, encoder: Encoder, shared: SharedEncoder) -> Iterator[Result]:
    """Law articles: retrieval only, over the pooled articles of all questions."""
    if not (SHARED / "stard").is_dir():
        _NOTE.print("没有 ../shared/data/stard，略过。")
        return
    contents, cases = stard()
    folder = CorpusFolder(settings.home, "bench-stard")
    with folder.staging() as staged:
        index_contents(contents, staged, encoder, settings.home / "cache", Silent())
        folder.publish(staged, "bench")
    retriever = Retriever(Corpus(folder.current(), encoder))

    def found(case: Case) -> Answered:
        query = Query(case.question, Intent.LEGAL_BASIS, _TODAY)
        candidates = retriever.retrieve(query, (), k=_DEPTH).candidates
        return Answered(tuple(c.record.id for c in candidates))

    yield _result("STARD", "职责台（只用检索）", "法条", cases, found)
    texts = [Text(clause.id, clause.text) for clause in contents.clauses]
    for label, rival in _rivals(shared):
        rival.index(texts)
        yield _result("STARD", label, "法条", cases, lambda case, r=rival: _keys(r, case))


def _built(path: Path, name: str, settings: Settings, encoder: Encoder) -> tuple[Assistant, Corpus]:
    folder = CorpusFolder(settings.home, name)
    build([path], folder, encoder, settings.home / "cache", Silent())
    corpus = Corpus(folder.current(), encoder)
    return Assistant(corpus, today=lambda: _TODAY), corpus


def _ours(corpus: str, assistant: Assistant, cases: Sequence[Case]) -> Result:
    outcomes = {o.case.id: o for o in evaluate(assistant, cases)}

    def found(case: Case) -> Answered:
        outcome = outcomes[case.id]
        return Answered(outcome.ranking, bool(outcome.body_right))

    return _result(corpus, "职责台", "文件", cases, found)


def _on_rows(
    name: str, corpus: Corpus, cases: Sequence[Case], shared: SharedEncoder
) -> Iterator[Result]:
    records = [r for r in corpus.catalog.all_records() if is_answerable(r)]
    texts, rows = [], {}
    for record in records:
        source = corpus.sources[record.source_id]
        place = corpus.gazetteer.get(source.place)
        text = as_text(record, source, place.full_name if place else "")
        texts.append(text)
        rows[text.key] = row_of(record, source)
    for label, rival in _rivals(shared):
        rival.index(texts)
        yield _result(name, label, "我们的行", cases, lambda c, r=rival: _rows_found(r, c, rows))


def _on_files(
    name: str, paths: Sequence[Path], corpus: Corpus, cases: Sequence[Case], shared: SharedEncoder
) -> Iterator[Result]:
    """Their own loaders; a chunk is right if it comes from the file and holds the row's name."""
    rows = {
        as_text(r, corpus.sources[r.source_id], "").key: row_of(r, corpus.sources[r.source_id])
        for r in corpus.catalog.all_records()
    }
    bodies = {row.file: row.body for row in rows.values()}
    for label, rival in _rivals(shared):
        if not hasattr(rival, "index_files"):
            continue
        failed = rival.index_files(paths)
        note = f"{len(failed)} 个文件它读不出" if failed else ""
        yield _result(
            name,
            label,
            "自己读文件",
            cases,
            lambda c, r=rival: _chunks_found(r, c, rows, bodies),
            note,
        )


def _rivals(shared: SharedEncoder) -> Iterator[tuple[str, FileRival]]:
    for label, module, name in RIVALS:
        try:
            kind = getattr(import_module(module), name)
        except ImportError as exc:
            _NOTE.print(f"没有装 {label}（{exc.name}），略过；make bench-quality 会装。")
            continue
        _NOTE.print(label)
        yield label, kind() if name == "Words" else kind(shared)


def _asked(case: Case) -> str:
    return f"{case.place}{case.question}" if case.place not in case.question else case.question


def _keys(rival: Rival, case: Case) -> Answered:
    return Answered(tuple(dict.fromkeys(f.key for f in _search(rival, case))))


def _rows_found(rival: Rival, case: Case, rows: Mapping[str, Row]) -> Answered:
    keys = tuple(dict.fromkeys(f.key for f in _search(rival, case)))
    names = {key: _as_evidence(key, case) for key in keys}
    right = bool(keys) and is_one_of(case.bodies, rows[keys[0]].body)
    return Answered(tuple(names[key] for key in keys), right)


def _chunks_found(
    rival: FileRival, case: Case, rows: Mapping[str, Row], bodies: Mapping[str, str]
) -> Answered:
    """A chunk counts as the row that was looked for if it holds that row's name."""
    found = _search(rival, case)
    wanted = {key: rows[key] for key in case.evidence if key in rows}
    ranking = [
        next((k for k, row in wanted.items() if row.file == f.key and _holds(f, row)), f"#{n}")
        for n, f in enumerate(found)
    ]
    right = bool(found) and is_one_of(case.bodies, bodies.get(found[0].key, ""))
    return Answered(tuple(dict.fromkeys(ranking)), right)


def _search(rival: Rival, case: Case) -> list[Found]:
    """More chunks than rows are wanted, for a long row is cut into several."""
    return rival.search(_asked(case), 3 * _DEPTH)


def _holds(found: Found, row: Row) -> bool:
    return _bare(row.name) in _bare(found.text)


def _bare(text: str) -> str:
    return re.sub(r"\s|<[^>]+>", "", text)


def _as_evidence(key: str, case: Case) -> str:
    bare = re.sub(r"^[^#]*/", "", key)
    return bare if bare in case.evidence else key


def _result(
    corpus: str,
    system: str,
    texts: str,
    cases: Sequence[Case],
    found: Callable[[Case], Answered],
    note: str = "",
) -> Result:
    answered = [(dict.fromkeys(case.evidence, 1), found(case)) for case in cases]
    judged = [float(a.body_right) for _, a in answered if a.body_right is not None]
    figures = {
        "部门": mean(judged),
        "首行": mean([recall_at(a.ranking, g, 1) > 0 for g, a in answered]),
        "前三行": mean([reciprocal_rank(a.ranking[:3], g) > 0 for g, a in answered]),
        "Recall@10": mean([recall_at(a.ranking, g, _DEPTH) for g, a in answered]),
        "MRR": mean([reciprocal_rank(a.ranking[:_DEPTH], g) for g, a in answered]),
        "nDCG@10": mean([ndcg_at(a.ranking, g, _DEPTH) for g, a in answered]),
    }
    _NOTE.print(f"  {corpus} {system}（{texts}）nDCG@10 {_shown(figures['nDCG@10'])}")
    return Result(corpus, system, texts, figures, note)


def _markdown(results: Sequence[Result]) -> str:
    """A table a corpus; in brackets the 95 % bootstrap interval."""
    written = ""
    for corpus in dict.fromkeys(r.corpus for r in results):
        own = [r for r in results if r.corpus == corpus]
        n = next((e.n for e in own[0].figures.values() if e), 0)
        heads = [h for h in own[0].figures if any(r.figures[h] for r in own)]
        written += f"\n{corpus}（{n} 题）\n\n| 方法 | 读什么 | {' | '.join(heads)} |\n"
        written += "|---" * (len(heads) + 2) + "|\n"
        for r in own:
            cells = " | ".join(_shown(r.figures[h]) for h in heads)
            texts = f"{r.texts}（{r.note}）" if r.note else r.texts
            written += f"| {r.system} | {texts} | {cells} |\n"
    return written


def _shown(estimate: Estimate | None) -> str:
    if estimate is None:
        return "—"
    return f"{estimate.value * 100:.1f}（{estimate.low * 100:.0f}–{estimate.high * 100:.0f}）"


def _line(result: Result) -> dict[str, object]:
    figures = {name: asdict(e) if e else None for name, e in result.figures.items()}
    return {**asdict(result), "figures": figures}


if __name__ == "__main__":
    main()
