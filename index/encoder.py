"""Texts → vectors: the model that finds passages by meaning.

Three sources behind one protocol: the embedded default, a sentence-transformers model, an
OpenAI-compatible endpoint. Convert traditional characters to simplified before you come here.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.errors import EncoderError

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]

_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_TASK = "Given a question, retrieve the official duty that answers it"
# Model name → what it was trained to see before a query and before a passage; first match wins.
_PREFIXES = (
    (r"e5-.*instruct|e5-mistral|qwen3-embedding", f"Instruct: {_TASK}\nQuery: ", ""),
    (r"\be5-", "query: ", "passage: "),
    (r"bge-.*-zh", "为这个句子生成表示以用于检索相关文章：", ""),
)


class Encoder(Protocol):
    """Whatever turns texts into vectors whose dot product is their nearness in meaning."""

    id: str
    """Stable name of model and weights; an index built with another one must be refused."""
    dimensions: int

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions: float32, (n_texts, dimensions), rows L2-normalised."""
        ...

    def encode_passages(
        self, texts: Sequence[str], *, on_progress: Progress | None = None
    ) -> Vectors:
        """Vectors of passages: float32, (n_texts, dimensions), rows L2-normalised.

        Args:
            texts: Passages, any number; under 650 characters nothing is cut off.
            on_progress: Called now and then with the number of texts done so far.
        """
        ...


def load_encoder(
    spec: str,
    *,
    cache_dir: Path,
    threads: int = 1,
    api_key: str | None = None,
    timeout_s: float = 30.0,
) -> Encoder | None:
    """Open the encoder that a setting names.

    Args:
        spec: ``embedded``; ``none``; ``st:PATH_OR_NAME``; or ``https://host/v1#MODEL``.
        cache_dir: Where the embedded model is converted to, once.
        threads: Processor threads for local models.
        api_key: Bearer token for an endpoint.
        timeout_s: How long an endpoint may take for one request.

    Returns:
        The encoder, or None for ``none``: search by words alone.

    Raises:
        EncoderError: The encoder cannot be opened, or ``spec`` names none.
    """
    if spec == "none":
        return None
    if spec == "embedded":
        return EmbeddedEncoder(cache_dir, threads=threads)
    if spec.startswith("st:"):
        return SentenceTransformerEncoder(spec.removeprefix("st:"), threads=threads)
    if spec.startswith(("http://", "https://")):
        return EndpointEncoder(spec, api_key=api_key, timeout_s=timeout_s)
    raise EncoderError(
        f"DUTYDESK_ENCODER={spec} 无法识别；可用：embedded、none、st:模型路径或名称、"
        "https://主机/v1#模型名。"
    )


def clean(text: str) -> str:
    """The text without what tokenizers and JSON choke on: NUL and lone surrogates."""
    return _NOT_TEXT.sub(" ", text).strip()


class EmbeddedEncoder:
    """The default: multilingual-e5-small in int8, on onnxruntime."""

    _AT_ONCE = 64  # texts between two reports of progress

    def __init__(self, cache_dir: Path, *, threads: int = 1) -> None:
        from index.embedded import FINGERPRINT, EmbeddedModel, ensure_model

        self._model = EmbeddedModel(ensure_model(cache_dir))
        self._threads = max(1, threads)
        self.id = f"multilingual-e5-small-int8-{FINGERPRINT}"
        self.dimensions = self._model.dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        return self._rows([self._model.embed(f"query: {clean(text)}") for text in texts])

    def encode_passages(
        self, texts: Sequence[str], *, on_progress: Progress | None = None
    ) -> Vectors:
        """See `Encoder`; each thread takes one text at a time."""
        rows: list[Vectors] = []
        with ThreadPoolExecutor(self._threads) as pool:
            for part in _slices(texts, self._AT_ONCE):
                rows += pool.map(self._model.embed, [f"passage: {clean(text)}" for text in part])
                if on_progress:
                    on_progress(len(rows))
        return self._rows(rows)

    def _rows(self, rows: list[Vectors]) -> Vectors:
        return np.stack(rows) if rows else np.empty((0, self.dimensions), np.float32)


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by path or by a name the hub or its local copy knows."""

    _AT_ONCE = 256  # texts between two reports of progress

    def __init__(self, name: str, *, threads: int = 1) -> None:
        try:
            import torch
            from sentence_transformers import SentenceTransformer

            torch.set_num_threads(max(1, threads))
            self._model = SentenceTransformer(name)
        except Exception as exc:  # hub, files, torch and missing packages each raise their own
            raise EncoderError(f"无法载入编码模型 {name}：{exc}") from exc
        self._query, self._passage = self._prefixes(name)
        probe = self._encode(["探测"], self._query)
        self.dimensions = int(probe.shape[1])
        self.id = f"st:{Path(name).name}-{self._fingerprint()}"

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        return self._encode(texts, self._query)

    def encode_passages(
        self, texts: Sequence[str], *, on_progress: Progress | None = None
    ) -> Vectors:
        """See `Encoder`."""
        parts = [np.empty((0, self.dimensions), np.float32)]
        for part in _slices(texts, self._AT_ONCE):
            parts.append(self._encode(part, self._passage))
            if on_progress:
                on_progress(sum(map(len, parts)))
        return np.concatenate(parts)

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        cleaned = [clean(text) for text in texts]
        vectors = self._model.encode(cleaned, prompt=prefix, show_progress_bar=False)
        return _normalised(np.asarray(vectors, dtype=np.float32))

    def _prefixes(self, name: str) -> tuple[str, str]:
        """The model's own prompts, else those its family was trained with."""
        own: dict[str, str] = {key: text for key, text in self._model.prompts.items() if text}
        query, passage = own.get("query", ""), own.get("passage") or own.get("document", "")
        return (query, passage) if query or passage else prefixes_for(name)

    def _fingerprint(self) -> str:
        """Eight hex digits over a sample of every tensor, the prefixes and the length limit."""
        digest = hashlib.sha256(
            json.dumps([self._query, self._passage, self._model.max_seq_length]).encode()
        )
        for name, tensor in sorted(self._model.state_dict().items()):
            flat = tensor.detach().flatten()
            sample = flat[:: max(1, len(flat) // 1024)].float().cpu().numpy()
            digest.update(f"{name}{tuple(tensor.shape)}".encode() + sample.tobytes())
        return digest.hexdigest()[:8]


class EndpointEncoder:
    """A server that speaks OpenAI's ``/v1/embeddings``."""

    _AT_ONCE = 10  # the smallest limit among the hosted services
    _PAUSES_S = (0.5, 2.0)  # before a failed batch of a long build is tried again

    def __init__(self, spec: str, *, api_key: str | None = None, timeout_s: float = 30.0) -> None:
        import httpx

        base, _, self._name = spec.partition("#")
        if not self._name:
            raise EncoderError(f"{spec} 没有写模型名；请写成 {base}#模型名。")
        self._url = base.rstrip("/").removesuffix("/embeddings") + "/embeddings"
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(headers=headers, timeout=timeout_s)
        self._query, self._passage = prefixes_for(self._name)
        self.dimensions = len(self._ask(["探测"])[0])
        self.id = f"endpoint:{self._name}-{self.dimensions}"

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder`; a question waits for one attempt, no more."""
        parts = [self._encode(part, self._query) for part in _slices(texts, self._AT_ONCE)]
        return np.concatenate([self._nothing(), *parts])

    def encode_passages(
        self, texts: Sequence[str], *, on_progress: Progress | None = None
    ) -> Vectors:
        """See `Encoder`; a batch that fails is tried three times."""
        parts = [self._nothing()]
        for part in _slices(texts, self._AT_ONCE):
            parts.append(self._patiently(part))
            if on_progress:
                on_progress(sum(map(len, parts)))
        return np.concatenate(parts)

    def _nothing(self) -> Vectors:
        return np.empty((0, self.dimensions), np.float32)

    def _patiently(self, texts: Sequence[str]) -> Vectors:
        for pause_s in self._PAUSES_S:
            try:
                return self._encode(texts, self._passage)
            except EncoderError:
                time.sleep(pause_s)
        return self._encode(texts, self._passage)

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        vectors = self._ask([prefix + clean(text) for text in texts])
        expected = (len(texts), self.dimensions)
        if vectors.shape != expected:
            raise EncoderError(f"{self._url} 应返回 {expected} 的向量，实际是 {vectors.shape}。")
        return _normalised(vectors)

    def _ask(self, inputs: list[str]) -> Vectors:
        """What the server says, in the order of ``inputs``."""
        import httpx

        body = {"model": self._name, "input": inputs, "encoding_format": "float"}
        try:
            response = self._client.post(self._url, json=body).raise_for_status()
            rows = sorted(response.json()["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except httpx.TimeoutException as exc:
            raise EncoderError(f"编码服务 {self._url} 超时未答。请检查服务是否过载。") from exc
        except httpx.HTTPStatusError as exc:
            said = f"{exc.response.status_code} {exc.response.text[:200]}"
            raise EncoderError(f"编码服务 {self._url} 拒绝了请求：{said}") from exc
        except httpx.HTTPError as exc:
            raise EncoderError(f"连不上编码服务 {self._url}：{exc}。请检查地址和网络。") from exc
        except (KeyError, TypeError, ValueError) as exc:
            raise EncoderError(f"编码服务 {self._url} 的回答不是 OpenAI 的格式。") from exc
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise EncoderError(f"编码服务 {self._url} 返回的不是一行一个向量。")
        return vectors


def prefixes_for(name: str) -> tuple[str, str]:
    """What a model expects before queries and before passages, judged by its name."""
    for pattern, query, passage in _PREFIXES:
        if re.search(pattern, name.lower()):
            return query, passage
    return "", ""


def _slices(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (texts[begin : begin + size] for begin in range(0, len(texts), size))


def _normalised(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not lengths.all():
        raise EncoderError("编码模型给出了零向量，无法比较。")
    return np.asarray(vectors / lengths, dtype=np.float32)


def load_cross_encoder(
    name: str, *, threads: int = 1
) -> Callable[[Sequence[tuple[str, str]]], list[float]]:
    """A function that reads pairs of question and text and gives each a score of 0–1.

    Raises:
        EncoderError: The model cannot be opened.
    """
    try:
        import torch
        from sentence_transformers import CrossEncoder

        torch.set_num_threads(max(1, threads))
        model = CrossEncoder(name, activation_fn=torch.nn.Sigmoid())
    except Exception as exc:  # hub, files, torch and missing packages each raise their own
        raise EncoderError(f"无法载入重排模型 {name}：{exc}") from exc

    def scores(pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [float(score) for score in model.predict(list(pairs), show_progress_bar=False)]

    return scores
