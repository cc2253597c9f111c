"""Is the matter covered at all? Features of what retrieval found → a fitted probability → a decision."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from assistant.corpus import Corpus
from assistant.model import Candidate, Query
from assistant.retrieve.loaded import Loaded
from assistant.retrieve.retriever import Retrieved
from index.errors import CorpusError
from index.matters import is_called, without_area
from index.model import Clause, DutyItem
from index.passages import duty_text, title_text

FITTED = Path(__file__).parent / "confidence.json"
# An entry of the lexicon that has less than this share of the reading is one guess among several.
_CLEAR = 0.4
# Most of what is like the question is with the body found: then it is no other's.
_MOSTLY = 0.5
# So many phrases tell whose field a question is of; 3 or fewer hang on single wordings.
_FIELD = 8
# Rarity (idf) of the words that a record shares with a question: some five rare ones say all.
_MUCH = 40.0
# Of the words of a name, by rarity: a particle or an act may be read away from a long one.
_ALL_WORDS = 0.9
_SENTENCE_END = re.compile(r"[。；;！]")
# 农业收获季节、重大节假日等期间的消防安全检查 is that of 重大节假日 as well.
_ENUMERATED = re.compile(r"^[^、]+、(?=[^、]+等)|(?<=[^、])等(?:期间|情形|情况|方面|行为)?的?")
_GOVERNMENTS = ("人民政府", "办事处")


class Decision(StrEnum):
    """What to do with what was found."""

    ANSWER = "answer"
    OFFER = "offer"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The fitted probability that the matter is covered, and what follows from it."""

    probability: float
    decision: Decision


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted logistic regression over standardised features.

    `answer` and `refuse` are thresholds: from `answer` on the question is answered, below
    `refuse` not even near matters are offered. `run` says what it was fitted on and how it did.
    """

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    answer: float
    refuse: float
    run: Mapping[str, Any]

    def probability(self, features: Mapping[str, float]) -> float:
        """Probability that the matter is covered: 0–1."""
        columns = zip(self.names, self.means, self.scales, self.weights, strict=True)
        total = sum(w * (features[name] - mean) / scale for name, mean, scale, w in columns)
        return 1 / (1 + math.exp(-(self.intercept + total)))

    def decide(self, probability: float) -> Decision:
        """By the two thresholds."""
        if probability >= self.answer:
            return Decision.ANSWER
        return Decision.OFFER if probability >= self.refuse else Decision.REFUSE


class Confidence:
    """Judges what was found in one corpus."""

    def __init__(self, corpus: Corpus, models: Mapping[str, Model] | None = None) -> None:
        models = models or load_models(FITTED)
        self._features = Features(corpus)
        self._covered = corpus.lexical.covered
        self._model = models["meaning" if corpus.vectors is not None else "words"]

    def judge(self, query: Query, found: Retrieved) -> Verdict:
        """The verdict on one question's candidates; without any it is refused."""
        if not found.candidates:
            return Verdict(0.0, Decision.REFUSE)
        probability = self._model.probability(self._features.of(query, found))
        if self.is_named(query.matter, found.candidates[0].record):
            probability = max(probability, self._model.answer)
        return Verdict(probability, self._model.decide(probability))

    def is_named(self, matter: str, record: DutyItem | Clause) -> bool:
        """True if a row is asked for by its very name, or by all of its words and no others.

        What a list names is covered, however far the rest of its texts and the lexicon are from it.
        """
        if not isinstance(record, DutyItem) or not matter:
            return False
        title = title_text(record)
        parts = (
            *_SENTENCE_END.split(record.name),
            _ENUMERATED.sub("", record.name),
            without_area(record.name),
        )
        names = (title, record.name, record.sub_item, *parts)
        if any(name and is_called(matter, name) for name in names):
            return True
        return all(
            self._covered(said, text) >= _ALL_WORDS
            for said, text in ((matter, title), (title, matter))
        )


class Features:
    """What tells a matter that is covered from one that only sounds alike."""

    def __init__(self, corpus: Corpus, hidden: frozenset[str] = frozenset()) -> None:
        self._corpus = corpus
        self._loaded = Loaded(corpus, hidden)

    def of(self, query: Query, found: Retrieved) -> dict[str, float]:
        """All features by name, those of either model. Nearness bunches, so it is told relative too."""
        best, rivals = found.candidates[0], found.candidates
        readings = found.wording.readings
        record = best.record
        words = f"{title_text(record)} {duty_text(record)}"
        clear = [reading for reading in readings if reading.weight >= _CLEAR]
        near = readings[0].nearness if readings else 0.0
        terms = max(_stage(c, "dense_terms") for c in rivals)
        return {
            # The question's own words and meaning against the best record, and the best of any.
            "dense": _stage(best, "dense"),
            "dense_best": max(_stage(c, "dense") for c in rivals),
            "covered": (covered := self._corpus.lexical.covered(query.matter, words)),
            "shared": min(covered * self._corpus.lexical.rarity(query.matter), _MUCH),
            "lexical_best": max(_stage(c, "lexical") for c in rivals),
            # What the lexicon takes the question for, against what was found.
            "reading": near,
            "terms_best": terms,
            # A clear reading whose official terms nothing here has is of a matter not listed.
            "terms_lead": terms - near,
            "term_words": _stage(best, "lexical_terms"),
            "term_words_best": max(_stage(c, "lexical_terms") for c in rivals),
            "said_plainly": float(any(reading.is_exact for reading in clear)),
            "asks": float(query.asks),
            # The best against the next: a sure match stands alone.
            "margin": best.score - rivals[1].score if len(rivals) > 1 else 0.0,
            **(around := self._around(found, best)),
            **self._usual_body(found, best, around["theirs"]),
            **self._phrases(found),
        }

    def _phrases(self, found: Retrieved) -> dict[str, float]:
        """The best record, and plain phrases of matters of loaded bodies, against those of others.

        Where every body is loaded there are no others: then all phrases are compared with.
        """
        says = found.wording.says
        if says is None or not len(says):
            return dict.fromkeys(("dense_lead", "phrase_lead", "field_lead"), 0.0)
        loaded = self._loaded.entries(found.places)
        mixed = loaded.any() and not loaded.all()
        home, others = (
            np.sort(of)[-_FIELD:]
            for of in ((says[loaded], says[~loaded]) if mixed else (says, says))
        )
        return {
            "dense_lead": max(_stage(c, "dense") for c in found.candidates) - float(others[-1]),
            "phrase_lead": float(home[-1] - others[-1]),
            "field_lead": float(home.mean() - others.mean()),
        }

    def _around(self, found: Retrieved, best: Candidate) -> dict[str, float]:
        """Shares of the lexicon entries around: `theirs` usually with the body found, `away` not loaded."""
        record = best.record
        names = record.body + ("" if isinstance(record, Clause) else record.counterpart)
        theirs = away = 0.0
        for bodies, share in found.wording.around:
            theirs += share * any(part in names for part in bodies)
            away += share * (bool(bodies) and not self._loaded.has(bodies, found.places))
        return {"theirs": theirs, "away": min(away, 1 - theirs)}

    def _usual_body(self, found: Retrieved, best: Candidate, theirs: float) -> dict[str, float]:
        """Whether the body usually responsible is the one found, another, or not loaded at all."""
        usual = found.wording.bodies
        record = best.record
        counterpart = "" if isinstance(record, Clause) else record.counterpart
        same = any(part in record.body or part in counterpart for part in usual)
        is_township = record.body.endswith(_GOVERNMENTS)  # may hold any matter
        loaded = theirs > _MOSTLY or self._loaded.has(usual, found.places)
        return {
            "usual_body": float(same),
            "other_body": float(bool(usual) and not same and not is_township),
            "body_not_loaded": float(bool(usual) and not loaded),
        }


def _stage(candidate: Candidate, name: str) -> float:
    return candidate.stages.get(name, 0.0)


def load_models(path: Path) -> dict[str, Model]:
    """The fitted models of a file: "meaning" with an encoder, "words" without.

    Raises:
        CorpusError: The file is missing or was not written by `dutydesk calibrate`.
    """
    try:
        stored = json.loads(path.read_text("utf-8"))
        return {name: _model(value) for name, value in stored.items()}
    except (OSError, ValueError, TypeError, KeyError) as exc:
        raise CorpusError(
            f"{path}：读不出拒答模型（{exc}）。请重新运行 dutydesk calibrate。"
        ) from exc


def write_models(path: Path, models: Mapping[str, Model]) -> None:
    """Store fitted models."""
    values = {name: asdict(model) for name, model in models.items()}
    path.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _model(value: dict[str, Any]) -> Model:
    tuples = {name: tuple(value[name]) for name in ("names", "means", "scales", "weights")}
    return Model(**(value | tuples))
