"""Archives made here, each test named after its trouble."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest
from docx import Document as WordDocument

from index.collect import collect
from index.errors import ReadingError
from index.readers import archive as archive_reader
from index.readers import read
from index.readers.archive import unpack

CSV = "序号,事项名称\n1,取水许可\n".encode()


def _zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    path.write_bytes(_zipped(members))
    return path


def _names(files: tuple[Path, ...], into: Path) -> list[str]:
    return [file.relative_to(into).as_posix() for file in files]


def _docx() -> bytes:
    buffer = io.BytesIO()
    word = WordDocument()
    word.add_paragraph("第一条　制定本规定。")
    word.save(buffer)
    return buffer.getvalue()


def test_zip_members_come_in_order_with_their_folders(tmp_path: Path) -> None:
    path = _zip(tmp_path / "包.zip", {"乙/b.csv": CSV, "甲/": b"", "a.csv": CSV})
    into = tmp_path / "out"
    assert _names(unpack(path, into), into) == ["乙/b.csv", "a.csv"]
    assert (into / "a.csv").read_bytes() == CSV


def test_zip_in_zip(tmp_path: Path) -> None:
    path = _zip(tmp_path / "包.zip", {"a.csv": CSV, "内.zip": _zipped({"里层/b.csv": CSV})})
    into = tmp_path / "out"
    assert _names(unpack(path, into), into) == ["a.csv", "内.zip.d/里层/b.csv"]


def test_zip_in_zip_in_zip_is_refused(tmp_path: Path) -> None:
    deepest = _zipped({"c.csv": CSV})
    path = _zip(tmp_path / "包.zip", {"中.zip": _zipped({"内.zip": deepest})})
    with pytest.raises(ReadingError, match=r"包\.zip 里的 中\.zip：压缩包套了"):
        unpack(path, tmp_path / "out")


def test_zip_office_files_are_not_archives(tmp_path: Path) -> None:
    path = _zip(tmp_path / "包.zip", {"规定.docx": _docx()})
    (file,) = unpack(path, tmp_path / "out")
    assert [block.text for block in read(file).blocks] == ["第一条　制定本规定。"]


def test_zip_files_are_collected_under_the_name_of_the_archive(tmp_path: Path) -> None:
    inner = _zipped({"里层/b.csv": CSV})
    path = _zip(tmp_path / "包.zip", {"a.csv": CSV, "内.zip": inner, "__MACOSX/._a.csv": b"x"})
    into = tmp_path / "out"
    into.mkdir()
    names = [str(file.name) for file in collect([path], into).files]
    assert names == ["包.zip/a.csv", "包.zip/内.zip.d/里层/b.csv"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_zip_gbk_names_and_utf8_names_without_the_flag(tmp_path: Path, encoding: str) -> None:
    name = "权责清单\\事项（许可）.csv".encode(encoding)
    path = _zip(tmp_path / "包.zip", {"x" * len(name): CSV})
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    into = tmp_path / "out"
    assert _names(unpack(path, into), into) == ["权责清单/事项（许可）.csv"]


@pytest.mark.parametrize("name", ["../../出去.csv", "/绝对.csv", "..\\出去.csv", "C:\\盘符.csv"])
def test_zip_traversal(tmp_path: Path, name: str) -> None:
    path = _zip(tmp_path / "坏.zip", {"a.csv": CSV, name: CSV})
    into = tmp_path / "out"
    with pytest.raises(ReadingError, match=r"坏\.zip：包内文件名.*指向包外"):
        unpack(path, into)
    assert not list(into.iterdir())
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out", "坏.zip"]


def test_zip_symlink(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("链接.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "坏.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/hostname")
    with pytest.raises(ReadingError, match=r"坏\.zip：包内“链接\.csv”是链接"):
        unpack(path, tmp_path / "out")


def test_zip_bomb(tmp_path: Path) -> None:
    path = _zip(tmp_path / "弹.zip", {"a.txt": b"\x00" * 11_000_000})
    into = tmp_path / "out"
    with pytest.raises(ReadingError, match=r"弹\.zip：展开后是原来的 \d+ 倍，超过 200 倍的上限"):
        unpack(path, into)
    assert not list(into.iterdir())


def test_zip_small_files_may_pack_well(tmp_path: Path) -> None:
    path = _zip(tmp_path / "包.zip", {"a.txt": b" " * 9_000_000})
    assert len(unpack(path, tmp_path / "out")) == 1


def test_zip_total_counts_inner_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_reader, "_MAX_BYTES", 2_500)
    inner = _zipped({"b.txt": b"b" * 1_500})
    path = _zip(tmp_path / "包.zip", {"a.txt": b"a" * 1_500, "内.zip": inner})
    with pytest.raises(ReadingError, match=r"包\.zip 里的 内\.zip：展开后超过"):
        unpack(path, tmp_path / "out")


def test_zip_too_many_files_counts_inner_archives(tmp_path: Path) -> None:
    inner = _zipped({f"{n}.txt": b"" for n in range(1_000)})
    names = {f"{n}.txt": b"" for n in range(999)}
    (tmp_path / "正好").mkdir()
    just = _zip(tmp_path / "正好.zip", {**names, "内.zip": inner})
    assert len(unpack(just, tmp_path / "正好")) == 1_999
    path = _zip(tmp_path / "多.zip", {**names, "又一个.txt": b"", "内.zip": inner})
    with pytest.raises(ReadingError, match=r"多\.zip 里的 内\.zip：文件超过 2000 个"):
        unpack(path, tmp_path / "多")


def test_zip_encrypted(tmp_path: Path) -> None:
    path = _zip(tmp_path / "密.zip", {"a.csv": CSV})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # Flag of the member's own header, then of the directory at the end.
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(ReadingError, match=r"密\.zip：压缩包设有密码"):
        unpack(path, tmp_path / "out")


def test_zip_damaged_member(tmp_path: Path) -> None:
    path = _zip(tmp_path / "损.zip", {"a.csv": CSV * 50})
    data = bytearray(path.read_bytes())
    data[40:48] = b"\xff" * 8
    path.write_bytes(data)
    with pytest.raises(ReadingError, match=r"损\.zip：压缩包已损坏"):
        unpack(path, tmp_path / "out")


def test_zip_same_name_twice(tmp_path: Path) -> None:
    path = tmp_path / "重.zip"
    _zip(path, {"a.csv": CSV, "b.csv": b"x"})
    path.write_bytes(path.read_bytes().replace(b"b.csv", b"a.csv"))
    with pytest.raises(ReadingError, match=r"重\.zip：包内有两个“a\.csv”"):
        unpack(path, tmp_path / "out")


def test_zip_without_files(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"空\.zip：压缩包里没有文件"):
        unpack(_zip(tmp_path / "空.zip", {}), tmp_path / "out")


def test_zip_name_too_long_for_the_disk(tmp_path: Path) -> None:
    path = _zip(tmp_path / "长.zip", {"权" * 100 + ".csv": CSV})
    with pytest.raises(ReadingError, match=r"长\.zip：无法展开"):
        unpack(path, tmp_path / "out")


def test_zip_name_that_is_not_the_utf8_it_claims(tmp_path: Path) -> None:
    path = tmp_path / "包.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("清单.txt", "x")
    path.write_bytes(path.read_bytes().replace("清".encode(), b"\xf6\xff\xff"))
    with pytest.raises(ReadingError, match=r"包\.zip：压缩包已损坏"):
        unpack(path, tmp_path / "out")
