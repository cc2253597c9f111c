"""The whole service in one process: the version in service, what surrounds it, and the site over both."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI

from assistant.app import build_opener
from assistant.http.app import create_app
from assistant.pipeline import Assistant
from assistant.service.logs import configure_logs
from assistant.service.metrics import Meter
from assistant.service.operations import Operations, build_operations
from assistant.service.reloading import Reloading, as_assistant
from assistant.settings import Settings
from index.versions import CorpusFolder

# The loop that takes requests in must not wait 5 ms, Python's default, for whoever computes.
_SWITCH_S = 0.0005
# The records kept are a million objects that hold no cycles: looking through them for garbage after
# every 700 new ones, Python's default, took 200 ms every 200 questions.
_NEW_OBJECTS = 50_000
# Threads compute one at a time under Python's lock, yet glibc gives each of them a heap of its own,
# none of which it gives back: of 40 threads, a tenth of all memory.
_M_ARENA_MAX, _ARENAS = -8, 2


def build_service(settings: Settings, operations: Operations | None = None) -> FastAPI:
    """The site that `dutydesk serve` runs; new versions go into service while it does.

    Raises:
        CorpusError: nothing was published yet, or its files are damaged.
        EncoderError: the encoder is missing or not the one the index was built with.
    """
    sys.setswitchinterval(_SWITCH_S)
    gc.set_threshold(_NEW_OBJECTS)
    _share_heaps()
    operations = operations or build_operations(settings)
    reloading = in_service(settings, operations.meter)
    return create_app(as_assistant(reloading), replace(operations, pinned=reloading.pinned))


def _share_heaps() -> None:
    """To be done before there are threads; nothing but glibc has to be told."""
    if sys.platform != "linux":
        return
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_ARENA_MAX, _ARENAS)


def in_service(settings: Settings, meter: Meter) -> Reloading:
    """The assistant over the version in service, and over each one published from now on.

    Raises:
        CorpusError: nothing was published yet, or its files are damaged.
        EncoderError: the encoder is missing or not the one the index was built with.
    """
    reloading = Reloading(
        CorpusFolder(settings.home, settings.corpus).current,
        _warm(build_opener(settings)),
        lambda version, is_ok: meter.reloaded(version, is_ok=is_ok),
    )
    reloading.watch()
    return reloading


def _warm(open_version: Callable[[Path], Assistant]) -> Callable[[Path], Assistant]:
    """Opens versions that are ready for questions: nobody waits for what is read once."""

    def opened(folder: Path) -> Assistant:
        assistant = open_version(folder)
        assistant.warm_up()
        return assistant

    return opened


def worker() -> FastAPI:
    """One of several: called by name in a process of its own, with settings from the environment."""
    settings = Settings()
    configure_logs(settings.log, settings.log_level)
    return build_service(settings)
