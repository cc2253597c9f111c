"""`serve`: the web page and the HTTP interface."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.commands.terminal import CorpusOption, err, print_json, settings_of


def serve(
    corpus: CorpusOption = "",
    host: Annotated[str, typer.Option(help="监听地址")] = "",
    port: Annotated[int, typer.Option(help="端口")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 报告启动信息")] = False,
) -> None:
    """启动网页和接口。"""
    import uvicorn

    from assistant.app import build_assistant
    from assistant.http.app import create_app

    settings = settings_of(corpus)
    assistant = build_assistant(settings)
    address, number = host or settings.host, port or settings.port
    if as_json:
        print_json(
            {"url": f"http://{address}:{number}", "corpus_version": assistant.corpus_version}
        )
    err.print(
        f"职责台：http://{address}:{number}　语料库 {settings.corpus}（{assistant.corpus_version}）"
    )
    uvicorn.run(create_app(assistant), host=address, port=number, log_level="warning")
