"""Optional second reading of the first candidates by a cross-encoder: a local one or a server's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from index.encoder import load_cross_encoder
from index.errors import EncoderError


class Reranker(Protocol):
    """Whatever reads a question and a text together."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question: 0–1, higher is better."""
        ...


def load_reranker(spec: str, *, api_key: str | None = None, threads: int = 1) -> Reranker | None:
    """Open the reranker that a setting names.

    Args:
        spec: ``none``; ``st:PATH_OR_NAME``; or ``https://host/v1#MODEL``.
        api_key: Bearer token for an endpoint.
        threads: Processor threads for a local model.

    Raises:
        EncoderError: It cannot be opened, or ``spec`` names none.
    """
    if spec == "none":
        return None
    if spec.startswith("st:"):
        return CrossEncoderReranker(spec.removeprefix("st:"), threads=threads)
    if spec.startswith(("http://", "https://")):
        return EndpointReranker(spec, api_key=api_key)
    raise EncoderError(
        f"DUTYDESK_RERANKER={spec} 无法识别；可用：none、st:模型路径或名称、https://主机/v1#模型名。"
    )


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder such as bge-reranker-base, by path or name."""

    def __init__(self, name: str, *, threads: int = 1) -> None:
        self._predict = load_cross_encoder(name, threads=threads)

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """See `Reranker`."""
        return self._predict([(question, text) for text in texts])


class EndpointReranker:
    """A server that speaks ``/v1/rerank`` (Jina, Cohere, vLLM, TEI, Xinference)."""

    _TIMEOUT_S = 5.0

    def __init__(self, spec: str, *, api_key: str | None = None) -> None:
        import httpx

        base, _, self._model = spec.partition("#")
        if not self._model:
            raise EncoderError(f"{spec} 没有写模型名；请写成 {base}#模型名。")
        self._url = base.rstrip("/").removesuffix("/rerank") + "/rerank"
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(headers=headers, timeout=self._TIMEOUT_S)

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """See `Reranker`."""
        import httpx

        body = {"model": self._model, "query": question, "documents": list(texts)}
        try:
            response = self._client.post(self._url, json=body).raise_for_status()
            scored = {r["index"]: float(r["relevance_score"]) for r in response.json()["results"]}
            raw = [scored[number] for number in range(len(texts))]
            if not all(map(math.isfinite, raw)):
                raise ValueError("not a number")
        except httpx.HTTPError as exc:
            raise EncoderError(f"重排服务 {self._url} 没有答复：{exc}。请检查地址和网络。") from exc
        except (KeyError, TypeError, ValueError) as exc:
            raise EncoderError(f"重排服务 {self._url} 的回答不是 /v1/rerank 的格式。") from exc
        return raw if all(0 <= s <= 1 for s in raw) else [_logistic(s) for s in raw]


def _logistic(score: float) -> float:
    """A model's bare score as 0–1; tanh does not overflow."""
    return (1 + math.tanh(score / 2)) / 2
