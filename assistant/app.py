"""Wiring: settings → encoder, corpus, assistant. The only place where parts are put together."""

from __future__ import annotations

from assistant.conversation_store import InMemoryConversations
from assistant.corpus import Corpus
from assistant.pipeline import Assistant
from assistant.rerank import Reranker, load_reranker
from assistant.settings import Settings
from index.encoder import Encoder, load_encoder
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


def build_assistant(settings: Settings) -> Assistant:
    """An assistant over the corpus version in service.

    Raises:
        CorpusError: nothing was published yet.
        EncoderError: the encoder is missing or not the one the index was built with.
    """
    folder = CorpusFolder(settings.home, settings.corpus).current()
    conversations = InMemoryConversations(
        limit=settings.conversations, ttl_s=settings.conversation_minutes * 60
    )
    return Assistant(
        Corpus(folder, build_encoder(settings)),
        conversations=conversations,
        reranker=build_reranker(settings),
    )
