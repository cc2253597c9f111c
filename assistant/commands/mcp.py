"""`mcp`: the tools for agents over standard input and output."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from assistant.commands.terminal import CorpusOption, err, settings_of


def mcp(corpus: CorpusOption = "") -> None:
    """供 Claude、Cherry Studio 等智能体调用的 MCP 服务，走标准输入输出；走网络的在 serve 的 /mcp。"""
    if find_spec("mcp") is None:
        err.print('[red]还没有安装 MCP。请运行：pip install "dutydesk[mcp]"[/red]', highlight=False)
        sys.exit(1)
    from assistant.app import build_assistant
    from assistant.caller import Caller, calling
    from assistant.programs.mcp_tools import mcp_server

    settings = settings_of(corpus)
    server = mcp_server(build_assistant(settings), settings.public_url)
    with calling(Caller("mcp")):
        server.run("stdio")
