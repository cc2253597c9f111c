"""The offline flow: published files → read → extract → catalog → passages → embed → publish."""

from __future__ import annotations

import gzip
import hashlib
import json
import pickle
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Protocol, TypeVar

import numpy as np

from index.by_place import write_by_place
from index.catalog import Catalog, Contents, write_catalog
from index.collect import Collected, InputFile, collect
from index.document_cache import DocumentCache
from index.documents import Document
from index.editions import close_editions, close_rows
from index.encoder import Encoder
from index.engines import IN_FOLDER, Engines
from index.errors import BuildError, ReadingError
from index.facets import write_facets
from index.gazetteer import Gazetteer, GazetteerBuilder
from index.inputs import keep_inputs
from index.institutions.collect import collect_bodies
from index.lexical import write_lexical
from index.lexicon import entries_with, lexicon_texts, write_nearness
from index.model import Finding, PaperKind, Reform, SourceDocument
from index.papers import Paper, Records, extract, read_paper, settle_places, source_of
from index.passages import Passages, make_passages
from index.readers.process import ReaderProcess
from index.vector_cache import embed_cached
from index.vectors import write_vectors
from index.versions import FORMAT, CorpusFolder, lexicon_of

T = TypeVar("T")


class Progress(Protocol):
    """Shows how far a stage is."""

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        """Start a stage; the returned function is told how many are done."""
        ...


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, in how many seconds.

    Of `n_files` read, `n_reused` were taken from the cache as their content had not changed, and
    `n_damaged` entries of it were mended; `n_embedded` passages were new to the encoder's cache.
    """

    version: str
    contents: Contents = field(repr=False)
    n_passages: int
    n_embedded: int
    n_files: int
    n_reused: int
    n_damaged: int
    seconds: float

    @property
    def unread(self) -> tuple[Finding, ...]:
        """Files that were not read at all, or whose records can answer nothing."""
        return tuple(f for f in self.contents.findings if f.severity == "error")


def build(
    paths: Sequence[Path],
    folder: CorpusFolder,
    encoder: Encoder | None,
    cache: Path,
    progress: Progress,
    *,
    strict: bool = False,
    engines: Engines = IN_FOLDER,
) -> BuildReport:
    """Read everything below the paths and put it in service as a new version.

    Raises:
        BuildError: nothing to publish, or `strict` and some file was not read. What was in
            service stays.
    """
    started = monotonic()
    with TemporaryDirectory() as unpacked, folder.staging() as staged:
        collected = collect(paths, Path(unpacked))
        with ReaderProcess() as process:
            documents = DocumentCache(cache, process.read)
            papers, unread = _read(collected, documents.read, progress, strict=strict)
        contents = _extract(papers, collected, unread, progress)
        if not contents.records:
            raise BuildError("没有读出任何记录，没有发布。" + _first_messages(contents.findings))
        _keep_originals(papers, staged, progress)
        keep_inputs(staged, collected.manifests, ((p.file, p.id) for p in papers))
        engines.note_in(staged)
        n_passages, n_embedded = index_contents(contents, staged, encoder, cache, progress)
        version = folder.publish(staged, _fingerprint(contents, encoder))
    return BuildReport(
        version=version,
        contents=contents,
        n_passages=n_passages,
        n_embedded=n_embedded,
        n_files=len(collected.files),
        n_reused=documents.n_reused,
        n_damaged=documents.n_damaged,
        seconds=monotonic() - started,
    )


def read_contents(paths: Sequence[Path], unpacked: Path) -> Contents:
    """Read and extract everything below the paths without publishing; unread files raise.

    Raises:
        BuildError: some file was not read, or no record was found.
    """
    collected = collect(paths, unpacked)
    with ReaderProcess() as process:
        papers, unread = _read(collected, process.read, _Silent(), strict=True)
    contents = _extract(papers, collected, unread, _Silent())
    if not contents.records:
        raise BuildError("没有读出任何记录。" + _first_messages(contents.findings))
    return contents


class _Silent:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int) -> Callable[[int], None]:
        return lambda n_done: None


def index_contents(
    contents: Contents, staged: Path, encoder: Encoder | None, cache: Path, progress: Progress
) -> tuple[int, int]:
    """Write catalog and search of a version; returns how many passages, and how many were new."""
    write_catalog(staged, contents)
    write_by_place(staged / "places.npz", contents.records)
    _write_facets(staged, contents)
    passages = make_passages(contents.records)
    n_embedded = _write_search(passages, encoder, cache, staged, progress)
    _write_meta(staged, encoder, len(contents.records), len(passages.texts))
    return len(passages.texts), n_embedded


def _write_facets(staged: Path, contents: Contents) -> None:
    """What staff filter and count by."""
    cited = Catalog.of_version(staged).cited()
    gazetteer = Gazetteer(contents.places)
    write_facets(staged / "facets", contents.records, contents.sources, gazetteer, cited)


def _read(
    collected: Collected, read: Callable[[Path], Document], progress: Progress, *, strict: bool
) -> tuple[list[Paper], list[Finding]]:
    papers: dict[str, Paper] = {}
    findings = list(collected.findings)
    for file in _shown(progress, "读取文件", collected.files):
        try:
            paper = read_paper(file, read)
        except ReadingError as exc:
            message = _one_name(exc, file)
            findings.append(Finding("error", "unreadable", str(file.name), message))
            continue
        if paper.id in papers:
            message = f"与 {papers[paper.id].file.name} 内容相同，只读一次"
            findings.append(Finding("info", "same-content", str(file.name), message))
            continue
        papers[paper.id] = paper
    if strict and any(f.severity == "error" for f in findings):
        raise BuildError("有文件没有读出（--strict），没有发布。" + _first_messages(findings))
    return list(papers.values()), findings


def _extract(
    papers: list[Paper], collected: Collected, findings: list[Finding], progress: Progress
) -> Contents:
    builder = GazetteerBuilder()
    for manifest in collected.manifests:
        for place in manifest.place_values():
            builder.add(place)
    places, place_findings = settle_places(papers, builder)
    gazetteer = builder.build()
    open_sources = [source_of(p, places[p.id], gazetteer) for p in papers]
    sources = close_editions(open_sources, _reforms(papers, open_sources, gazetteer))
    by_paper = zip(papers, sources, strict=True)
    records = [extract(p, s, gazetteer) for p, s in _shown(progress, "提取记录", list(by_paper))]
    contents = Contents(
        sources=sources,
        items=close_rows([item for r in records for item in r.items], sources),
        clauses=tuple(clause for r in records for clause in r.clauses),
        reforms=tuple(reform for r in records for reform in r.reforms),
        places=tuple(gazetteer),
        findings=(*findings, *place_findings, *_findings(records)),
    )
    plates = tuple(plate for r in records for plate in r.plates)
    return replace(contents, bodies=collect_bodies(contents, plates, gazetteer))


def _reforms(
    papers: Sequence[Paper], sources: Sequence[SourceDocument], gazetteer: Gazetteer
) -> tuple[Reform, ...]:
    """Changes of bodies, which editions hang on: a body's list ends with its heir's."""
    notices = [
        (p, s) for p, s in zip(papers, sources, strict=True) if s.kind is PaperKind.REFORM_NOTICE
    ]
    return tuple(r for p, s in notices for r in extract(p, s, gazetteer).reforms)


def _findings(records: Iterable[Records]) -> Iterator[Finding]:
    for record in records:
        yield from record.findings


def _keep_originals(papers: list[Paper], staged: Path, progress: Progress) -> None:
    """Each published file, and what was read of it, for showing sources as they look."""
    for name in ("originals", "documents"):
        (staged / name).mkdir()
    for paper in _shown(progress, "保存原件", papers):
        shutil.copyfile(paper.file.path, staged / "originals" / paper.id)
        with gzip.open(staged / "documents" / f"{paper.id}.pickle.gz", "wb", 3) as file:
            pickle.dump(paper.document, file)


def _write_search(
    passages: Passages, encoder: Encoder | None, cache: Path, staged: Path, progress: Progress
) -> int:
    """Links, words and vectors; without an encoder, words alone. Returns how many were embedded."""
    np.savez(staged / "links.npz", titles=passages.titles, duties=passages.duties)
    write_lexical(staged / "lexical", passages.texts)
    if encoder is None:
        return 0
    show = progress.stage("向量编码", len(passages.texts))
    vectors, n_embedded = embed_cached(passages.texts, encoder, cache, show)
    write_vectors(staged, passages.texts, vectors, encoder.id)
    _write_lexicon(encoder, cache, staged, progress)
    return n_embedded


def _write_lexicon(encoder: Encoder, cache: Path, staged: Path, progress: Progress) -> None:
    """Vectors of the plain words and official terms, for nearness to a question."""
    texts = lexicon_texts(entries_with(lexicon_of(staged)))
    vectors, _ = embed_cached(texts, encoder, cache, progress.stage("白话词表", len(texts)))
    write_nearness(staged, texts, vectors)


def _write_meta(staged: Path, encoder: Encoder | None, n_records: int, n_passages: int) -> None:
    meta = {
        "format": FORMAT,
        "encoder": encoder.id if encoder else "none",
        "n_records": n_records,
        "n_passages": n_passages,
    }
    (staged / "meta.json").write_text(json.dumps(meta), "utf-8")


def _fingerprint(contents: Contents, encoder: Encoder | None) -> str:
    parts = [encoder.id if encoder else "none", *(s.sha256 for s in contents.sources)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _shown(progress: Progress, name: str, values: Sequence[T]) -> Iterator[T]:
    tell = progress.stage(name, len(values))
    for n_done, value in enumerate(values, start=1):
        yield value
        tell(n_done)


def _one_name(exc: ReadingError, file: InputFile) -> str:
    """The message without the file name that opens it: the finding has it already."""
    return str(exc).removeprefix(f"{file.path.name}：").removeprefix(f"{file.name}：")


def _first_messages(findings: Iterable[Finding]) -> str:
    errors = [f"\n  {f.file}：{f.message}" for f in findings if f.severity == "error"]
    return "".join(errors[:5])
