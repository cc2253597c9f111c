"""Chat models behind one small interface; the only file that knows LangChain's.

A model may hang, drip, break off or talk nonsense. Its words come through `within`, which gives up
at a set moment whatever the model does, and a breaker leaves it alone for a while after failures.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from index.errors import DutyDeskError

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

# A model that failed this often in a row is left alone for a while, then tried once.
_FAILURES = 3
_REST_S = 30.0
# No answer of ours needs more; a model that babbles is cut off.
_MOST_CHARACTERS = 4000
_MOST_TOKENS = 800


class ModelError(DutyDeskError):
    """The model gave no words, or broke off. The message is a short reason in Chinese."""


class Chat(Protocol):
    """A chat model."""

    @property
    def name(self) -> str:
        """What it is called at its endpoint."""

    def stream(self, system: str, user: str) -> Iterator[str]:
        """Its words as they come; raises ModelError."""


class EndpointChat:
    """A model at an OpenAI-compatible endpoint: vLLM, Ollama, llama.cpp, Qwen, DeepSeek."""

    def __init__(self, url: str, model: str, *, api_key: str, seconds: float, retries: int) -> None:
        self._url, self._name = url, model
        self._key = api_key or "none"  # local servers want none, the client wants one
        self._seconds, self._retries = seconds, retries

    @property
    def name(self) -> str:
        """What it is called at its endpoint."""
        return self._name

    @cached_property
    def _model(self) -> ChatOpenAI:
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        return ChatOpenAI(
            model=self._name,
            base_url=self._url,
            api_key=SecretStr(self._key),
            timeout=self._seconds,
            max_retries=self._retries,
            temperature=0,
            max_completion_tokens=_MOST_TOKENS,
        )

    def warm(self) -> None:
        """Load the client, which takes seconds, before the first question."""
        _ = self._model

    def stream(self, system: str, user: str) -> Iterator[str]:
        """Its words as they come; raises ModelError."""
        try:
            for chunk in self._model.stream([("system", system), ("human", user)]):
                if isinstance(chunk.content, str):
                    yield chunk.content
        except Exception as error:
            # Whatever the client or the endpoint throws, the deterministic words go out instead.
            raise ModelError(_reason(error)) from error


def load_chat(spec: str, *, api_key: str, seconds: float, retries: int) -> EndpointChat | None:
    """The model that a setting names: "none", or "https://host/v1#model".

    Raises:
        DutyDeskError: the setting is neither.
    """
    if spec in ("", "none"):
        return None
    url, _, model = spec.partition("#")
    if urlsplit(url).scheme not in ("http", "https") or not model:
        raise DutyDeskError(
            f"DUTYDESK_LLM={spec}：应写 none，或 https://主机/v1#模型名（OpenAI 兼容接口）"
        )
    chat = EndpointChat(url, model, api_key=api_key, seconds=seconds, retries=retries)
    threading.Thread(target=chat.warm, name="model", daemon=True).start()
    return chat


def within(chat: Chat, system: str, user: str, *, until: float) -> Iterator[str]:
    """The model's words until a moment of `time.monotonic`; raises ModelError when it has passed."""
    words: queue.Queue[str | ModelError | None] = queue.Queue()
    is_over = threading.Event()

    def read() -> None:
        try:
            for piece in chat.stream(system, user):
                if is_over.is_set():
                    return
                words.put(piece)
            words.put(None)
        except ModelError as error:
            words.put(error)

    threading.Thread(target=read, name="model", daemon=True).start()
    try:
        yield from _until(words, until)
    finally:
        is_over.set()


def _until(words: queue.Queue[str | ModelError | None], until: float) -> Iterator[str]:
    n_characters = 0
    while n_characters < _MOST_CHARACTERS:
        try:
            piece = words.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            raise ModelError("超时") from None
        if piece is None:
            return
        if isinstance(piece, ModelError):
            raise piece
        n_characters += len(piece)
        yield piece


class Breaker:
    """Leaves a failing model alone. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._n_failed = 0
        self._rests_until = 0.0

    def lets_through(self) -> bool:
        """True if the model may be asked; while it rests one trial follows each pause."""
        with self._lock:
            if self._n_failed < _FAILURES:
                return True
            if self._clock() < self._rests_until:
                return False
            self._rests_until = self._clock() + _REST_S
            return True

    def note(self, *, is_ok: bool) -> None:
        """The model answered, or failed."""
        with self._lock:
            self._n_failed = 0 if is_ok else self._n_failed + 1
            if self._n_failed >= _FAILURES:
                self._rests_until = self._clock() + _REST_S


class Counts:
    """How often what happened since the start (计数). Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def add(self, name: str, n: int = 1) -> None:
        """Count something."""
        with self._lock:
            self._counts[name] += n

    def snapshot(self) -> Mapping[str, int]:
        """`asked`, `phrased`, `kept`, `dropped`, `fallback:…` by reason; `reworded`, `not reworded:…`."""
        with self._lock:
            return dict(self._counts)


def _reason(error: Exception) -> str:
    """A short reason without anything of the request, its key or its words."""
    status = getattr(error, "status_code", None)
    if status == 429:
        return "模型繁忙（429）"
    if status:
        return f"模型出错（{status}）"
    kind = type(error).__name__
    if "Timeout" in kind:
        return "超时"
    return "连不上模型" if "Connect" in kind else "模型中断"
