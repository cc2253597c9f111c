"""`/mcp`: the tools over streamable HTTP, without sessions, so that any worker may answer.

The package is imported when the first agent comes.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from assistant.contract import Assistant
from assistant.programs.doors import Doors

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


class McpDoor:
    """An ASGI application for one path; `close` it with the site."""

    PATH = "/mcp"

    def __init__(self, assistant: Assistant, doors: Doors) -> None:
        self._assistant = assistant
        self._doors = doors
        self._opening = asyncio.Lock()
        self._manager: StreamableHTTPSessionManager | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        request = Request(scope)
        if request.method != "POST":
            # Without sessions there is nothing to listen to: a GET would hold a connection for ever.
            raise HTTPException(405, headers={"allow": "POST"})
        self._doors.admit(request)
        manager = await self._opened(self._doors.base_url(request))
        await manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End what still runs."""
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _opened(self, base_url: str) -> StreamableHTTPSessionManager:
        async with self._opening:
            if self._manager is None:
                ready: asyncio.Future[StreamableHTTPSessionManager]
                ready = asyncio.get_running_loop().create_future()
                self._running = asyncio.create_task(self._run(base_url, ready))
                self._manager = await ready
        return self._manager

    async def _run(
        self, base_url: str, ready: asyncio.Future[StreamableHTTPSessionManager]
    ) -> None:
        """The manager must be left by the task that entered it, so it has one of its own."""
        try:
            manager = await asyncio.to_thread(self._build, base_url)
            async with manager.run():
                ready.set_result(manager)
                await asyncio.Event().wait()
        except Exception as error:
            if ready.done():
                raise
            ready.set_exception(error)

    def _build(self, base_url: str) -> StreamableHTTPSessionManager:
        from mcp.server.transport_security import TransportSecuritySettings

        from assistant.programs.mcp_tools import mcp_server

        server = mcp_server(self._assistant, base_url)
        # Published papers, read only, and no cookie opens more: another site's page gains nothing.
        anybody = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        server.streamable_http_app(
            json_response=True, stateless_http=True, transport_security=anybody
        )
        return server.session_manager
