"""The platforms' own servers on loopback: HTTP that takes what is pushed, WebSockets that deliver."""

from __future__ import annotations

import asyncio
import json
import queue
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

Answer = Callable[[str, Any], Any]


class HttpServer:
    """Takes requests, keeps what they said, and answers by path."""

    def __init__(self, answer: Answer) -> None:
        self.taken: queue.Queue[tuple[str, Any]] = queue.Queue()
        taken = self.taken

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                said = json.loads(body) if body else {}
                reply = answer(self.path, said)
                if reply is None:
                    taken.put((self.path, said))
                    reply = {"errcode": 0, "code": 0, "data": {}}
                data = json.dumps(reply).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST  # noqa: N815 - the library's name

            def log_message(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 200

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self, wait_s: float = 10.0) -> tuple[str, Any]:
        """The next thing that was pushed."""
        return self.taken.get(timeout=wait_s)

    def nothing_comes(self, wait_s: float = 0.4) -> bool:
        try:
            self.taken.get(timeout=wait_s)
        except queue.Empty:
            return True
        return False

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class SocketServer:
    """Takes one connection at a time; what it sends is kept, and can be delivered to it."""

    def __init__(self, *, certificate: ssl.SSLContext | None = None) -> None:
        self.taken: queue.Queue[Any] = queue.Queue()
        self.on_frame: Callable[[Any], Any] = lambda frame: None
        self.connected = queue.Queue()
        self._connection: ServerConnection | None = None
        self._loop = asyncio.new_event_loop()
        self._certificate = certificate
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(10)

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        started.set()
        self._loop.run_forever()
        self._loop.close()

    async def _start(self) -> None:
        self._server = await serve(
            self._serve, "127.0.0.1", 0, ssl=self._certificate, close_timeout=0.2
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, connection: ServerConnection) -> None:
        self._connection = connection
        self.connected.put(connection.request.path)
        async for frame in connection:
            reply = self.on_frame(frame)
            self.taken.put(frame)
            if reply is not None:
                await connection.send(reply)

    def deliver(self, frame: str | bytes) -> None:
        assert self._connection is not None
        asyncio.run_coroutine_threadsafe(self._connection.send(frame), self._loop).result(10)

    def hang_up(self, code: int = 1000) -> None:
        assert self._connection is not None
        asyncio.run_coroutine_threadsafe(self._connection.close(code), self._loop).result(10)

    def next(self, wait_s: float = 10.0) -> Any:
        return self.taken.get(timeout=wait_s)

    def close(self) -> None:
        async def end() -> None:
            self._server.close()
            await self._server.wait_closed()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
