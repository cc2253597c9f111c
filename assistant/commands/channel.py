"""`channel`: the long connection of one messaging platform."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.commands.terminal import CorpusOption, err, settings_of


def channel(
    platform: Annotated[str, typer.Argument(help="企业微信、钉钉或飞书")],
    corpus: CorpusOption = "",
) -> None:
    """用长连接接入一个平台，不需要公网地址；一直运行，断了自己重连，Ctrl-C 或 SIGTERM 结束。"""
    import signal

    from assistant.channels.listening import listener
    from assistant.service.logs import configure_logs
    from assistant.service.observed import observed
    from assistant.service.operations import build_operations
    from assistant.service.reloading import as_assistant
    from assistant.service.worker import in_service

    settings, listen = settings_of(corpus), listener(platform)
    configure_logs(settings.log, settings.log_level)
    operations = build_operations(settings)
    channels = operations.channels
    if channels is None:
        return
    reloading = in_service(settings, operations.meter)
    assistant = observed(
        as_assistant(reloading), operations.journal, operations.meter, operations.traces
    )
    err.print(f"职责台：{platform}长连接　语料库 {settings.corpus}（{assistant.corpus_version}）")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        listen(channels.settings, channels.desk(assistant))
    except KeyboardInterrupt:
        err.print("结束。")
    finally:
        channels.close()
        operations.journal.close()
