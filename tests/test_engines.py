"""One contract for every engine that may keep a version's catalog and vectors."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import engines
import numpy as np
import pytest
import sqlalchemy as sa
from conftest import ROOT, TODAY, Silent

from assistant.corpus import Corpus
from assistant.evaluation.cases import read_cases
from assistant.model import Answer, Question
from assistant.pipeline import Assistant
from index.build import build
from index.catalog import Catalog
from index.encoder import Encoder
from index.engines import IN_FOLDER, Engines, Kept
from index.errors import BuildError, CorpusError
from index.vectors import PassageVectors, drop_vectors, open_vectors, write_vectors
from index.versions import CorpusFolder

N, DIMENSIONS = 500, 32


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[engines.Postgresql]:
    with engines.postgresql(tmp_path_factory.mktemp("pg")) as server:
        yield server


@pytest.fixture(scope="module")
def postgresql(server: engines.Postgresql) -> str:
    return server.url


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with engines.chroma(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.fixture(scope="module", params=["folder", "postgresql", "chroma", "milvus"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    match request.param:
        case "folder":
            return ""
        case "milvus":
            return f"milvus://{tmp_path_factory.mktemp('milvus') / 'lite.db'}"
        case name:
            return request.getfixturevalue(name)


@pytest.fixture(scope="module")
def matrix() -> np.ndarray:
    values = np.random.default_rng(7).normal(size=(N, DIMENSIONS)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def stored(url: str, matrix: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("version")
    Engines.for_new_version("", url).note_in(folder)
    write_vectors(folder, [f"文本{i}" for i in range(N)], matrix, "encoder'x")
    return folder


@pytest.fixture(scope="module")
def vectors(stored: Path) -> Iterator[PassageVectors]:
    opened = open_vectors(stored)
    yield opened
    opened.close()


def test_every_passage_is_stored_and_its_own_nearest(
    vectors: PassageVectors, matrix: np.ndarray
) -> None:
    assert len(vectors) == N
    assert [vectors.nearest(matrix[i], 1) for i in range(0, N, 50)] == [
        [i] for i in range(0, N, 50)
    ]
    assert len(vectors.nearest(matrix[0], 10 * N)) == N


def test_cosines_are_exact_and_in_the_order_asked_for(
    vectors: PassageVectors, matrix: np.ndarray
) -> None:
    passages = np.array([400, 3, 77, 3, 0], np.int32)
    cosines = vectors.cosines(passages, matrix[[5, 400, 9]])
    assert cosines.dtype == np.float32
    np.testing.assert_allclose(cosines, matrix[passages] @ matrix[[5, 400, 9]].T, atol=1e-5)


def test_ten_nearest_are_those_of_a_scan(vectors: PassageVectors, matrix: np.ndarray) -> None:
    queries = matrix[:20] + 0.05
    found = [set(vectors.nearest(query, 10)) for query in queries]
    exact = [set(np.argsort(-(matrix @ query))[:10]) for query in queries]
    assert np.mean([len(a & b) / 10 for a, b in zip(found, exact, strict=True)]) >= 0.95


def test_what_was_dropped_is_gone_and_dropping_it_again_is_no_error(
    url: str, matrix: np.ndarray, tmp_path: Path
) -> None:
    if not url:
        pytest.skip("a folder is removed as a folder")
    Engines.for_new_version("", url).note_in(tmp_path)
    write_vectors(tmp_path, ["甲", "乙"], matrix[:2], "x")
    kept = Engines.of_version(tmp_path).vectors
    drop_vectors(kept)
    drop_vectors(kept)
    with pytest.raises(CorpusError):
        open_vectors(tmp_path)


def test_a_password_in_a_url_is_refused_before_anything_is_written() -> None:
    with pytest.raises(BuildError, match="PGPASSWORD"):
        Engines.for_new_version("postgresql+psycopg://desk:secret@127.0.0.1/desk", "")


@pytest.mark.parametrize(
    "address", ["postgresql+psycopg://127.0.0.1:9/none", "chroma://127.0.0.1:9"]
)
def test_an_engine_that_does_not_answer_is_named(address: str, tmp_path: Path) -> None:
    Engines(vectors=Kept(address, "dutydesk_x")).note_in(tmp_path)
    with pytest.raises(CorpusError, match="127"):
        open_vectors(tmp_path)


def test_an_unknown_engine_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    Engines(vectors=Kept("redis://127.0.0.1", "x")).note_in(tmp_path)
    with pytest.raises(BuildError, match="postgresql"):
        open_vectors(tmp_path)


# A whole corpus in PostgreSQL.


@pytest.fixture(scope="module")
def in_postgresql(
    postgresql: str, home: Path, sample: Assistant, encoder: Encoder
) -> tuple[CorpusFolder, Assistant]:
    folder = CorpusFolder(home, "sample-postgresql")
    kept = Engines.for_new_version(postgresql, postgresql)
    build([ROOT / "index" / "sample"], folder, encoder, home / "cache", Silent(), engines=kept)
    return folder, Assistant(Corpus(folder.current(), encoder), today=lambda: TODAY)


def test_postgresql_holds_the_same_records_in_the_same_order(
    in_postgresql: tuple[CorpusFolder, Assistant], sample: Assistant
) -> None:
    there = in_postgresql[1].corpus.catalog
    here = sample.corpus.catalog
    assert list(there.all_records()) == list(here.all_records())
    assert there.sources() == here.sources()
    assert there.bodies() == here.bodies()
    assert there.offices() == here.offices()
    assert there.reforms() == here.reforms()
    assert there.findings() == here.findings()


def test_postgresql_gives_the_same_answers(
    in_postgresql: tuple[CorpusFolder, Assistant], sample: Assistant
) -> None:
    """Cosines are of float32 there, of int8 here: who is responsible must not change.

    Of two other matters that are as near, either may be named as near.
    """
    other = in_postgresql[1]
    questions = [
        Question(case.question, case.place or "", case.as_of)
        for case in read_cases(ROOT / "tests" / "questions" / "sample.held.jsonl")
    ]
    assert len(questions) > 50
    for question in questions:
        one, two = sample.answer(question), other.answer(question)
        assert (two.status, two.holders) == (one.status, one.holders)
        assert _without_nearby(two) == _without_nearby(one)


def _without_nearby(answer: Answer) -> tuple[str, list[str]]:
    """The answer without the other matters that it names as near, and what it cites."""
    told = answer.text.split("相近的事项")[0]
    return told, [c.item_id for c in answer.citations if f"[{c.label}]" in told]


# By then whoever waits twice as long after each try to connect waits longer than a question may.
AWAY_S = 8.0


def test_a_database_that_was_away_answers_again_as_soon_as_it_is_back(
    in_postgresql: tuple[CorpusFolder, Assistant], server: engines.Postgresql, encoder: Encoder
) -> None:
    opened = Assistant(Corpus(in_postgresql[0].current(), encoder), today=lambda: TODAY)
    question = Question("最低生活保障审核确认由谁负责", "临溪县城关镇")
    expected = opened.answer(question).text
    server.stop()
    try:
        with pytest.raises(CorpusError, match=r"目录库|向量库"):
            opened.answer(Question("临溪县水利局有哪些内设机构", "临溪县"))
        time.sleep(AWAY_S)
    finally:
        server.start()
    assert opened.answer(question).text == expected


def test_a_failed_build_leaves_no_schema_behind(
    postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _schemas(postgresql)
    (tmp_path / "in").mkdir()
    shutil.copytree(ROOT / "index" / "sample" / "望川县", tmp_path / "in" / "望川县")

    class Broken:
        id, dimensions = "broken", 8

        def encode_passages(self, texts: list[str]) -> np.ndarray:
            raise CorpusError("half way")

    folder = CorpusFolder(tmp_path, "x")
    kept = Engines.for_new_version(postgresql, "")
    with pytest.raises(CorpusError, match="half way"):
        build([tmp_path / "in"], folder, Broken(), tmp_path / "cache", Silent(), engines=kept)
    assert _schemas(postgresql) == before


def test_versions_that_are_pruned_take_their_schemas_along(postgresql: str, tmp_path: Path) -> None:
    before = _schemas(postgresql)
    (tmp_path / "in").mkdir()
    shutil.copytree(ROOT / "index" / "sample" / "望川县", tmp_path / "in" / "望川县")
    folder = CorpusFolder(tmp_path, "x")
    for _ in range(7):
        kept = Engines.for_new_version(postgresql, "")
        build([tmp_path / "in"], folder, None, tmp_path / "cache", Silent(), engines=kept)
    assert len(folder.versions()) == 5
    assert len(_schemas(postgresql) - before) == 5
    assert len(list(Catalog.of_version(folder.current()).all_records())) > 100


def _schemas(url: str) -> set[str]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        names = set(sa.inspect(connection).get_schema_names())
    engine.dispose()
    return {name for name in names if name.startswith("dutydesk_")}


def test_a_version_in_its_folder_notes_nothing(tmp_path: Path) -> None:
    IN_FOLDER.note_in(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert Engines.of_version(tmp_path) == IN_FOLDER
