"""Which checks there are, in the order of the report."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from assistant.channels import checks
from assistant.doctor import corpus, machine, network, variables
from assistant.doctor.result import Check, Result, Site, failed
from assistant.settings import Settings

T = TypeVar("T", bound=BaseSettings)

CHECKS: list[Check] = [
    variables.unreadable,
    variables.unknown,
    variables.contradictory,
    variables.exposed,
    machine.home,
    machine.secret_files,
    machine.disk,
    machine.extras,
    machine.office,
    machine.recognition,
    machine.port,
    corpus.encoder,
    corpus.reranker,
    corpus.chat_model,
    corpus.published,
    corpus.papers,
    network.clock,
    network.public_url,
    network.webhook,
    checks.channels,
]


def examine(site: Site) -> Iterator[Result]:
    """All results; a check that breaks is itself one."""
    for check in CHECKS:
        try:
            yield from check(site)
        except Exception as error:
            name = f"{check.__module__.rpartition('.')[2]}.{check.__name__}"
            yield failed(name, f"检查本身出了错：{error}", "请把这一行报给维护人员。")


def site_of(environ: Mapping[str, str] = os.environ, *, corpus_name: str = "") -> Site:
    """The site that the environment describes, with defaults in place of what cannot be read."""
    settings, problems = readable(Settings)
    if corpus_name:
        settings = settings.model_copy(update={"corpus": corpus_name})
    return Site(environ, settings, problems)


def readable(kind: type[T]) -> tuple[T, dict[str, str]]:
    """Settings with defaults for what is not valid, and the reason of each variable left out."""
    try:
        return kind(), {}
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        wrong = {str(e["loc"][0]).lower(): str(e["msg"]) for e in error.errors() if e["loc"]}
        names = [name for name in kind.model_fields if name in wrong]
        defaults = {name: kind.model_fields[name].get_default() for name in names}
        return kind(**defaults), {f"{prefix}{name.upper()}": wrong[name] for name in names}
