"""Building: bad files are named and passed over, and what is in service survives whatever fails."""

from __future__ import annotations

import io
import os
import signal
import struct
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xlwt
from conftest import Silent
from hypothesis import given
from hypothesis import strategies as st
from xlwt.CompoundDoc import XlsDoc

from assistant.corpus import Corpus
from index.build import BuildReport, build
from index.catalog import Catalog
from index.encoder import Encoder
from index.errors import BuildError, CorpusError
from index.passages import make_passages
from index.vectors import open_vectors
from index.vectors.chroma import ChromaFolder
from index.vectors.ranking import highest
from index.versions import CorpusFolder

HEADER = ("序号", "事项名称", "权力类型", "实施依据", "行使主体", "承办机构")
ROWS = (
    (1, "取水许可", "行政许可", "《水法》第四十八条", "县水利局", "水政股"),
    (2, "河道采砂许可", "行政许可", "《水法》第三十九条", "县水利局", "河湖股"),
)
TITLE = "清源县水利局权责清单（2024年版）"


class FakeEncoder:
    """Eight numbers drawn from the text's bytes."""

    id = "fake-8"
    dimensions = 8

    def __init__(self, *, fails: bool = False) -> None:
        self._fails = fails

    def encode_queries(self, texts):
        return np.stack([self._vector(text) for text in texts])

    def encode_passages(self, texts, *, on_progress=None):
        if self._fails:
            raise RuntimeError("the encoder broke")
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text):
        rng = np.random.default_rng(sum(text.encode()))
        vector = rng.random(8, np.float32)
        return vector / np.linalg.norm(vector)


def save_list(path: Path, title: str = TITLE, rows=ROWS) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([title])
    sheet.merge_cells("A1:F1")
    sheet.append(HEADER)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def save_old_list(path: Path) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("清单")
    for r, row in enumerate(((TITLE,), HEADER, *ROWS)):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    with path.open("wb") as file:
        book.save(file)
    return path


def run(tmp_path: Path, encoder=None, **options) -> tuple[BuildReport, CorpusFolder]:
    folder = CorpusFolder(tmp_path / "home", "test")
    report = build(
        [tmp_path / "in"], folder, encoder, tmp_path / "home" / "cache", Silent(), **options
    )
    return report, folder


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    save_list(tmp_path / "in" / "清源县水利局.xlsx")
    return tmp_path / "in"


def _bad(inbox: Path) -> dict[str, str]:
    (inbox / "空.xlsx").write_bytes(b"")
    (inbox / "断.xlsx").write_bytes((inbox / "清源县水利局.xlsx").read_bytes()[:900])
    (inbox / "坏.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    (inbox / "怪.pdf").write_bytes(b"%PDF-1.7\nnothing here")
    (inbox / "二进制.txt").write_bytes(bytes(range(256)) * 20)
    return {
        "空.xlsx": "空",
        "断.xlsx": "不完整",
        "坏.xls": "损坏",
        "怪.pdf": "损坏",
        "二进制.txt": "",
    }


def test_each_bad_file_gives_one_finding_and_the_build_goes_on(inbox: Path, tmp_path: Path) -> None:
    expected = _bad(inbox)
    report, _ = run(tmp_path)
    found = {finding.file: finding.message for finding in report.unread}
    assert set(found) == set(expected)
    assert len(report.unread) == len(expected)
    assert all(words in found[file] for file, words in expected.items())
    assert [item.name for item in report.contents.items] == ["取水许可", "河道采砂许可"]


def _protected_xlsx() -> bytes:
    """Excel stores a protected .xlsx as OLE with a stream named EncryptedPackage."""
    file = io.BytesIO()
    XlsDoc().save(file, bytes(5000))
    content = bytearray(file.getvalue())
    at = content.index("Workbook".encode("utf-16-le"))
    name = "EncryptedPackage".encode("utf-16-le")
    content[at : at + 66] = name.ljust(64, b"\0") + struct.pack("<H", len(name) + 2)
    return bytes(content)


def _protected_xls() -> bytes:
    """A protected .xls holds a FILEPASS record right behind its first."""
    book = xlwt.Workbook()
    book.add_sheet("清单").write(0, 0, "取水许可")
    stream = book.get_biff_data()
    (length,) = struct.unpack("<H", stream[2:4])
    file_pass = struct.pack("<HHHHH", 0x2F, 6, 0, 1, 1)
    file = io.BytesIO()
    XlsDoc().save(file, stream[: 4 + length] + file_pass + stream[4 + length :])
    return file.getvalue()


def test_protected_workbooks_say_so_and_the_build_goes_on(inbox: Path, tmp_path: Path) -> None:
    (inbox / "密.xlsx").write_bytes(_protected_xlsx())
    (inbox / "锁.xls").write_bytes(_protected_xls())
    report, _ = run(tmp_path)
    assert sorted(finding.file for finding in report.unread) == ["密.xlsx", "锁.xls"]
    assert all("密码" in finding.message for finding in report.unread)
    assert len(report.contents.items) == 2


def test_files_are_read_by_content_not_by_name(inbox: Path, tmp_path: Path) -> None:
    (inbox / "清源县水利局.xlsx").rename(inbox / "甲.xls")
    save_old_list(inbox / "乙.xlsx")
    rows = "".join(f"<tr>{''.join(f'<td>{v}</td>' for v in row)}</tr>" for row in (HEADER, *ROWS))
    page = f"<html><meta charset='utf-8'><h1>{TITLE}</h1><table>{rows}</table></html>"
    (inbox / "丙.xls").write_text(page, "utf-8")
    lines = (",".join(f'"{value}"' for value in row) for row in ((TITLE,), HEADER, *ROWS))
    (inbox / "丁.csv").write_text("\n".join(lines), "gb18030")
    report, _ = run(tmp_path)
    assert not report.unread
    files = {source.id: source.file for source in report.contents.sources}
    read = Counter(files[item.source_id] for item in report.contents.items)
    assert read == {"甲.xls": 2, "乙.xlsx": 2, "丙.xls": 2, "丁.csv": 2}


def test_strict_stops_and_publishes_nothing(inbox: Path, tmp_path: Path) -> None:
    _, folder = run(tmp_path)
    before = folder.current()
    _bad(inbox)
    with pytest.raises(BuildError, match="空"):
        run(tmp_path, strict=True)
    assert folder.current() == before


def test_a_build_that_fails_leaves_the_version_in_service(inbox: Path, tmp_path: Path) -> None:
    _, folder = run(tmp_path, FakeEncoder())
    before = folder.current()
    save_list(
        inbox / "新.xlsx",
        "清源县民政局权责清单",
        ((1, "桥头渡口修缮查验", "行政检查", "", "", ""),),
    )
    with pytest.raises(RuntimeError):
        run(tmp_path, FakeEncoder(fails=True))
    assert folder.current() == before
    assert [path.name for path in before.parent.iterdir()] == [before.name]


KILLED = """
import sys, time
sys.path.insert(0, {tests!r})
from test_build import FakeEncoder, run
from pathlib import Path
class Slow(FakeEncoder):
    def encode_passages(self, texts, *, on_progress=None):
        print("encoding", flush=True)
        time.sleep(60)
run(Path({tmp!r}), Slow())
"""


def test_a_killed_build_leaves_the_version_in_service(inbox: Path, tmp_path: Path) -> None:
    _, folder = run(tmp_path, FakeEncoder())
    before = folder.current()
    save_list(
        inbox / "新.xlsx",
        "清源县民政局权责清单",
        ((1, "桥头渡口修缮查验", "行政检查", "", "", ""),),
    )
    code = KILLED.format(tests=str(Path(__file__).parent), tmp=str(tmp_path))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "encoding"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert folder.current() == before
    assert list(before.parent.glob(".building-*"))
    run(tmp_path, FakeEncoder())
    assert folder.current() != before
    assert not list(before.parent.glob(".building-*"))


def test_what_was_embedded_once_is_not_embedded_again(inbox: Path, tmp_path: Path) -> None:
    first, _ = run(tmp_path, FakeEncoder())
    again, _ = run(tmp_path, FakeEncoder())
    assert (first.n_embedded, again.n_embedded) == (2, 0)


def test_equal_content_is_read_once(inbox: Path, tmp_path: Path) -> None:
    (inbox / "副本.xlsx").write_bytes((inbox / "清源县水利局.xlsx").read_bytes())
    report, _ = run(tmp_path)
    assert len(report.contents.sources) == 1
    assert [finding.code for finding in report.contents.findings] == ["same-content"]


def test_a_newer_edition_ends_the_older(inbox: Path, tmp_path: Path) -> None:
    save_list(inbox / "旧.xlsx", "清源县水利局权责清单（2021年版）")
    report, _ = run(tmp_path)
    ends = {source.year: source.expires_on for source in report.contents.sources}
    assert str(ends[2021]) == "2023-12-31"
    assert ends[2024] is None


def test_records_come_back_as_they_were_stored(inbox: Path, tmp_path: Path) -> None:
    report, folder = run(tmp_path)
    catalog = Catalog.of_version(folder.current())
    assert tuple(catalog.all_records()) == report.contents.records
    assert catalog.sources() == report.contents.sources
    assert catalog.findings() == report.contents.findings


def test_every_kind_of_record_comes_back_from_the_catalog(tmp_path: Path) -> None:
    folder = CorpusFolder(tmp_path, "sample")
    sample = Path(__file__).parent.parent / "index" / "sample"
    contents = build([sample], folder, None, tmp_path / "cache", Silent()).contents
    catalog = Catalog.of_version(folder.current())
    assert all((contents.items, contents.clauses, contents.reforms, contents.places))
    assert tuple(catalog.all_records()) == contents.records
    assert set(catalog.sources()) == set(contents.sources)
    assert catalog.findings() == contents.findings
    assert set(catalog.gazetteer()) == set(contents.places)


def test_rolling_back_is_a_swap(inbox: Path, tmp_path: Path) -> None:
    first, folder = run(tmp_path)
    time.sleep(0.01)
    second, _ = run(tmp_path)
    assert folder.versions() == (first.version, second.version)
    folder.point_to(first.version)
    assert folder.current().name == first.version
    with pytest.raises(CorpusError):
        folder.point_to("none")


def test_nothing_read_is_an_error_and_names_the_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "空.xlsx").write_bytes(b"")
    with pytest.raises(BuildError, match=r"空\.xlsx"):
        run(tmp_path)


def test_every_passage_is_its_own_nearest(inbox: Path, tmp_path: Path) -> None:
    _, folder = run(tmp_path, FakeEncoder())
    stored = open_vectors(folder.current())
    vectors = np.load(folder.current() / "vectors.npy")
    own = [[i] for i in range(len(vectors))]
    for search in (ChromaFolder(folder.current() / "chroma"), stored):
        assert [search.nearest(vector, 1) for vector in vectors] == own
        assert len(search.nearest(vectors[0], 10_000)) == len(vectors)


@given(n=st.integers(1, 60), k=st.integers(1, 80), seed=st.integers(0, 999))
def test_scanning_finds_exactly_the_nearest_best_first(n: int, k: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, 8)).astype(np.float32)
    cosines = vectors @ vectors[0]
    found = highest(cosines, k)
    assert [cosines[i] for i in found] == sorted(cosines, reverse=True)[:k]


def test_a_version_of_another_release_is_refused_with_what_to_do(
    inbox: Path, tmp_path: Path
) -> None:
    _, folder = run(tmp_path, FakeEncoder())
    meta = folder.current() / "meta.json"
    meta.write_text(meta.read_text("utf-8").replace('"format": ', '"format": 9'), "utf-8")
    with pytest.raises(CorpusError, match="dutydesk build 路径 --corpus"):
        Corpus(folder.current(), FakeEncoder())


def test_the_embedded_encoder_finds_the_matter_it_was_given(
    inbox: Path, tmp_path: Path, encoder: Encoder
) -> None:
    report, folder = run(tmp_path, encoder)
    assert report.n_embedded == report.n_passages
    search = ChromaFolder(folder.current() / "chroma")
    records = report.contents.records
    nearest = [search.nearest(encoder.encode_queries([r.name])[0], 1)[0] for r in records]
    texts = make_passages(records).texts
    assert [r.name in texts[i] for r, i in zip(records, nearest, strict=True)] == [True, True]
