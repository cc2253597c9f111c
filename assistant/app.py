"""Wiring: settings → encoder, corpus, assistant. The only place where parts are put together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.conversation.store import Conversations, InMemoryConversations
from assistant.corpus import Corpus
from assistant.phrase.llm import load_chat
from assistant.phrase.phraser import Phraser
from assistant.pipeline import Assistant
from assistant.retrieve.rerank import Reranker, load_reranker
from assistant.settings import Settings
from assistant.state.conversations import SqlConversations
from assistant.state.database import open_state, state_url
from index.encoder import Encoder, load_encoder
from index.errors import CorpusError, DutyDeskError
from index.versions import CorpusFolder


def build_encoder(settings: Settings) -> Encoder | None:
    """The encoder that the settings name; None for words alone."""
    return load_encoder(
        settings.encoder,
        cache_dir=settings.home / "models",
        threads=settings.threads,
        api_key=settings.encoder_key.get_secret_value() or None,
    )


def build_reranker(settings: Settings) -> Reranker | None:
    """The reranker that the settings name; None for none."""
    return load_reranker(
        settings.reranker,
        api_key=settings.reranker_key.get_secret_value() or None,
        threads=settings.threads,
    )


def build_phraser(settings: Settings) -> Phraser | None:
    """Who puts answers in a model's words; None without a model."""
    chat = load_chat(
        settings.llm,
        api_key=settings.llm_key.get_secret_value(),
        seconds=settings.llm_seconds,
        retries=settings.llm_retries,
    )
    return Phraser(chat, seconds=settings.llm_seconds) if chat else None


def build_conversations(settings: Settings) -> Conversations:
    """Where turns wait: in memory, or in the state's database where several workers need them."""
    ttl_s = settings.conversation_minutes * 60
    if not settings.is_shared:
        return InMemoryConversations(limit=settings.conversations, ttl_s=ttl_s)
    engine = open_state(state_url(settings.home, settings.state.get_secret_value()))
    return SqlConversations(engine, limit=settings.conversations, ttl_s=ttl_s)


def build_opener(settings: Settings) -> Callable[[Path], Assistant]:
    """What opens a version by its folder; encoder, reranker and conversations are shared by all.

    Raises:
        EncoderError: the encoder is missing.
    """
    _limit_products(settings.threads)
    encoder, reranker = build_encoder(settings), build_reranker(settings)
    conversations, phraser = build_conversations(settings), build_phraser(settings)

    def opened(folder: Path) -> Assistant:
        corpus = _opened(folder, encoder)
        return Assistant(corpus, conversations=conversations, reranker=reranker, phraser=phraser)

    return opened


def _limit_products(n_threads: int) -> None:
    """Threads of numpy's products: those that wait keep spinning and slow every answer beside them."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(n_threads, user_api="blas")


def build_assistant(settings: Settings) -> Assistant:
    """An assistant over the corpus version in service.

    Raises:
        CorpusError: nothing was published yet, or its files are damaged.
        EncoderError: the encoder is missing or not the one the index was built with.
    """
    folder = CorpusFolder(settings.home, settings.corpus).current()
    return build_opener(settings)(folder)


def _opened(folder: Path, encoder: Encoder | None) -> Corpus:
    """A version's files, opened.

    Raises:
        CorpusError: they are damaged, whichever library finds it out.
    """
    try:
        return Corpus(folder, encoder)
    except DutyDeskError:
        raise
    except Exception as exc:
        name = folder.parent.parent.name
        raise CorpusError(
            f"语料库“{name}”的版本 {folder.name} 的文件不全或已损坏（{exc}）。请用 dutydesk versions "
            f"--corpus {name} --use 以前的版本 改回去，或重新 dutydesk build 路径 --corpus {name}。"
        ) from exc
