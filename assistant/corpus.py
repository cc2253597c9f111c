"""One published corpus version, opened for reading: records, texts, vectors, originals."""

from __future__ import annotations

import gzip
import json
import pickle
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.by_place import ByPlace
from index.catalog import Catalog
from index.documents import Document
from index.editions import counts_on, term_of
from index.encoder import Encoder
from index.errors import CorpusError, EncoderError
from index.facets import Facets
from index.lexical import LexicalIndex
from index.lexicon import Nearness, entries_with
from index.passages import NO_PASSAGE
from index.records import Record
from index.vectors import PassageVectors, open_vectors
from index.versions import FORMAT, lexicon_of

Numbers = npt.NDArray[np.int32]

# Of some 5 KB each; as many again are kept of those read before them. A question at a county reads
# the same county rows for each of its townships.
_RECENT = 8_192
# Sets of places asked about; a city's has some 240 KB of ordinals, a township's 4 KB.
_PLACES = 512


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Records to search and the distinct texts they have: neighbours repeat rows, so texts are few.

    `ordinals` and `of` are int32, (n_records,): a record and the number of its text here; `texts`,
    `titles` and `duties` int32, (n_texts,): a text's number in the corpus and its passages, a row's
    title with its duty.
    """

    ordinals: Numbers
    of: Numbers
    texts: Numbers
    titles: Numbers
    duties: Numbers


class Corpus:
    """Everything of one version.

    `titles` and `duties` map record ordinals to passages; `texts`, int32 (2, n_texts), maps the
    distinct pairs of them.
    """

    def __init__(self, folder: Path, encoder: Encoder | None) -> None:
        self.version = folder.name
        self._folder = folder
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
        _check_format(meta.get("format"), folder)
        self.encoder = _matching(encoder, meta["encoder"], folder)
        self.n_records: int = meta["n_records"]
        self.catalog = Catalog.of_version(folder)
        self.gazetteer = self.catalog.gazetteer()
        self.institutions = self.catalog.institutions()
        self.sources = {source.id: source for source in self.catalog.sources()}
        self.lexical = LexicalIndex(folder / "lexical")
        with np.load(folder / "links.npz") as links:
            self.titles: Numbers = links["titles"]
            self.duties: Numbers = np.where(
                links["duties"] == NO_PASSAGE, links["titles"], links["duties"]
            )
        self.vectors: PassageVectors | None = open_vectors(folder) if self.encoder else None
        self.facets = Facets(folder / "facets")
        self._by_place = ByPlace(folder / "places.npz")
        self._scopes = lru_cache(maxsize=_PLACES)(self._scope_at)
        self.texts, self._text_of = _distinct_texts(self.titles, self.duties)
        self.entries = entries_with(lexicon_of(folder))
        self.nearness = Nearness.from_folder(folder, self.entries) if self.encoder else None
        self._recent: dict[int, Record] = {}
        self._older: dict[int, Record] = {}

    def ordinals_at(self, places: tuple[str, ...]) -> Numbers:
        """Ordinals of the records that speak for any of the places; all records without places."""
        return self.scope_at(places).ordinals

    def scope_at(self, places: tuple[str, ...]) -> Scope:
        """What is published for any of the places; everything without places."""
        return self._scopes(places)

    def scope_of(self, ordinals: Numbers) -> Scope:
        """The scope of some records, ascending."""
        texts, of = np.unique(self._text_of[ordinals], return_inverse=True)
        return Scope(ordinals, of.astype(np.int32), texts, *self.texts[:, texts])

    def _scope_at(self, places: tuple[str, ...]) -> Scope:
        if not places:
            return self.scope_of(np.arange(self.n_records, dtype=np.int32))
        return self.scope_of(self._by_place.ordinals(places))

    def records(self, ordinals: list[int]) -> list[Record]:
        """Records in the order asked for; those read lately need no reading again."""
        recent, older = self._recent, self._older
        found = {n: r for n in ordinals if (r := recent.get(n) or older.get(n))}
        if missing := [n for n in ordinals if n not in found]:
            found |= self.catalog.records(missing)
        recent.update(found)
        if len(recent) > _RECENT:
            self._recent, self._older = {}, recent
        return [found[ordinal] for ordinal in ordinals]

    def counts(self, record: Record, on: date) -> bool:
        """True if a record's paper is in force on a day; an unknown start counts as always."""
        return counts_on(term_of(self.sources[record.source_id], record), on)

    def document(self, source_id: str) -> Document:
        """What the reader read of a paper.

        Raises:
            CorpusError: no such source.
        """
        if source_id not in self.sources:
            raise CorpusError(f"没有来源文件 {source_id}")
        with gzip.open(self._folder / "documents" / f"{source_id}.pickle.gz") as file:
            document: Document = pickle.load(file)
        return document

    def original(self, source_id: str) -> Path | None:
        """The published file itself."""
        return self._folder / "originals" / source_id if source_id in self.sources else None


def _distinct_texts(titles: Numbers, duties: Numbers) -> tuple[Numbers, Numbers]:
    """The distinct pairs of title and duty, int32 (2, n_texts), and each record's number of them."""
    keys = titles.astype(np.int64) << 32 | duties
    distinct, of = np.unique(keys, return_inverse=True)
    texts = np.stack([distinct >> 32, distinct & 0xFFFFFFFF]).astype(np.int32)
    return texts, of.astype(np.int32)


def _check_format(built_as: int | None, folder: Path) -> None:
    """Refuse a version that another release of this program has built.

    Raises:
        CorpusError: it cannot be read; names the command that mends it.
    """
    if built_as != FORMAT:
        name = folder.parent.parent.name
        raise CorpusError(
            f"语料库“{name}”的版本 {folder.name} 是另一版程序建的，读不了。"
            f"请重新运行：dutydesk build 路径 --corpus {name}"
        )


def _matching(encoder: Encoder | None, built_with: str, folder: Path) -> Encoder | None:
    """The encoder, if it is the one that the version was built with; None for words alone.

    Raises:
        EncoderError: another encoder than the index's.
    """
    if encoder is None or built_with == "none":
        return None
    if encoder.id != built_with:
        name = folder.parent.parent.name
        raise EncoderError(
            f"语料库“{name}”是用编码器 {built_with} 建的，现在设置的是 {encoder.id}。"
            f"请重新运行 dutydesk build 路径 --corpus {name}，或改回 DUTYDESK_ENCODER。"
        )
    return encoder
