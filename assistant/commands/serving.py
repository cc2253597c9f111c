"""`serve`: the web page and the HTTP interface."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.commands.terminal import CorpusOption, err, print_json, settings_of
from assistant.settings import Settings

# Longer than any answer takes; whoever is being answered is not cut off.
_DRAIN_S = 30
# Proxies keep idle connections for up to a minute; closing first would cost them a request.
_KEEP_ALIVE_S = 75


def serve(
    corpus: CorpusOption = "",
    host: Annotated[str, typer.Option(help="监听地址")] = "",
    port: Annotated[int, typer.Option(help="端口")] = 0,
    workers: Annotated[int, typer.Option(min=0, help="几个工作进程；0 按设置")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 报告启动信息")] = False,
) -> None:
    """启动网页和接口。重新 build 后自动换用新版本；SIGHUP 逐个重启工作进程，SIGTERM 答完再停。"""
    from index.versions import CorpusFolder

    given = {"host": host, "port": port, "workers": workers}
    settings = settings_of(corpus).model_copy(update={k: v for k, v in given.items() if v})
    version = CorpusFolder(settings.home, settings.corpus).current().name
    address = f"http://{settings.host}:{settings.port}"
    if as_json:
        print_json({"url": address, "corpus_version": version})
    err.print(f"职责台：{address}　语料库 {settings.corpus}（{version}）")
    if settings.workers > 1:
        _run_several(settings)
    else:
        _run_alone(settings)


def _run_alone(settings: Settings) -> None:
    from assistant.service.logs import configure_logs
    from assistant.service.worker import build_service
    from assistant.service.workers import run_alone

    configure_logs(settings.log, settings.log_level)
    run_alone(build_service(settings), **_options(settings))


def _run_several(settings: Settings) -> None:
    """Workers start as processes of their own and read the settings from the environment."""
    from assistant.http.session import session_key
    from assistant.service.workers import run_workers
    from assistant.state.database import opened_state, state_url

    # Once, before they all want it; workers that cannot start are started again without end.
    session_key(settings.home, settings.secret.get_secret_value())
    with opened_state(state_url(settings.home, settings.state.get_secret_value())):
        pass
    os.environ["DUTYDESK_CORPUS"] = settings.corpus
    os.environ["DUTYDESK_WORKERS"] = str(settings.workers)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_empty(settings.home / "run" / "metrics"))
    run_workers(
        "assistant.service.worker:worker",
        workers=settings.workers,
        timeout_worker_healthcheck=_DRAIN_S,
        **_options(settings),
    )


def _options(settings: Settings) -> dict[str, Any]:
    """The log is ours: uvicorn's own would hold addresses and questions."""
    return {
        "host": settings.host,
        "port": settings.port,
        "forwarded_allow_ips": settings.trusted_proxies,
        "timeout_graceful_shutdown": _DRAIN_S,
        "timeout_keep_alive": _KEEP_ALIVE_S,
        "log_config": None,
        "access_log": False,
    }


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder.resolve()
