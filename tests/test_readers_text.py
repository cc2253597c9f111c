"""Text, CSV and archives made here, each test named after its trouble."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from index.collect import collect
from index.errors import ReadingError
from index.extract.rows import read_rows
from index.extract.tables import find_tables
from index.readers import read
from index.readers.archive import unpack

CSV = "序号,事项名称,权力类型,行使主体\n1,取水许可,行政许可,县水利局\n2,“河道”采砂,行政许可,县水利局\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "清单.csv").write_bytes(CSV.encode(encoding))
    (grid,) = read(tmp_path / "清单.csv").grids
    rows = [row for table in find_tables(grid) for row in read_rows(table)]
    assert [row.text("name") for row in rows] == ["取水许可", "“河道”采砂"]


def test_csv_with_other_separators(tmp_path: Path) -> None:
    for separator in (";", "\t", "|"):
        (tmp_path / "清单.csv").write_text(CSV.replace(",", separator), "utf-8")
        (grid,) = read(tmp_path / "清单.csv").grids
        assert grid.text(2, 2) == "取水许可"


def test_text_lines_are_paragraphs(tmp_path: Path) -> None:
    (tmp_path / "通知.txt").write_bytes("标题\r\n\r\n　　一、内容。\r\n".encode("gb18030"))
    assert [block.text for block in read(tmp_path / "通知.txt").blocks] == ["标题", "一、内容。"]


def test_text_once_decoded_wrongly_is_refused(tmp_path: Path) -> None:
    broken = "权责清单由县水利局负责办理，依据水法第四十八条。".encode().decode("gbk", "replace")
    (tmp_path / "乱.txt").write_text(broken * 3, "utf-8")
    with pytest.raises(ReadingError, match=r"乱\.txt"):
        read(tmp_path / "乱.txt")


def test_an_image_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "图.pdf").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 40)
    with pytest.raises(ReadingError, match="图片"):
        read(tmp_path / "图.pdf")


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_archive_members_are_files_of_the_corpus(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("里层/b.csv", CSV.encode())
    path = _zip(tmp_path / "包.zip", {"a.csv": CSV.encode(), "内.zip": inner.getvalue()})
    into = tmp_path / "out"
    into.mkdir()
    collected = collect([path], into)
    names = [str(file.name) for file in collected.files]
    assert names == ["包.zip/a.csv", "包.zip/内.zip.d/里层/b.csv"]


def test_archive_names_cannot_lead_out(tmp_path: Path) -> None:
    path = _zip(tmp_path / "坏.zip", {"../../出去.csv": CSV.encode(), "/绝对.csv": CSV.encode()})
    into = tmp_path / "out"
    into.mkdir()
    assert all(into in file.resolve().parents for file in unpack(path, into))


def test_archive_bomb_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "弹.zip", {"a.txt": b"\x00" * 30_000_000})
    into = tmp_path / "out"
    into.mkdir()
    with pytest.raises(ReadingError, match="上限"):
        unpack(path, into)
    assert not list(into.iterdir())


def test_archive_names_in_gbk(tmp_path: Path) -> None:
    path = _zip(tmp_path / "包.zip", {"aaaaaaaa.csv": CSV.encode()})
    data = path.read_bytes().replace(b"aaaaaaaa", "权责清单".encode("gbk"))
    path.write_bytes(data)
    into = tmp_path / "out"
    into.mkdir()
    assert [file.name for file in unpack(path, into)] == ["权责清单.csv"]
