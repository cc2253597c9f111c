"""A small OpenAI-compatible embeddings server on loopback, for tests."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from index.encoder import Encoder, load_encoder


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that gave up waiting is no news."""


class Endpoint:
    """The server; `answer` turns the request's texts into a reply."""

    def __init__(self) -> None:
        self.answer: Callable[[list[str]], object] = lambda texts: []
        self.statuses: list[int] = []  # of the next replies; 200 when used up
        self.delay_s = 0.0
        self.requests: list[dict] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.requests.append(
                    {**body, "path": self.path, "key": self.headers["Authorization"]}
                )
                time.sleep(endpoint.delay_s)
                self.send_response(endpoint.statuses.pop(0) if endpoint.statuses else 200)
                self.end_headers()
                self.wfile.write(json.dumps(endpoint.answer(body["input"])).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.spec = f"http://127.0.0.1:{self.server.server_port}/v1#multilingual-e5-small"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def open(self, **settings: object) -> Encoder:
        return load_encoder(self.spec, cache_dir=Path(), **settings)

    def answer_with(self, embed: Callable[[str], np.ndarray]) -> None:
        """Reply in OpenAI's form, last text first, as a server may."""

        def answer(texts: list[str]) -> object:
            rows = [{"index": n, "embedding": embed(t).tolist()} for n, t in enumerate(texts)]
            return {"data": rows[::-1]}

        self.answer = answer

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def running_endpoint() -> Iterator[Endpoint]:
    """A server whose vectors are three numbers wide, until told otherwise."""
    endpoint = Endpoint()
    endpoint.answer_with(lambda text: np.array([1.0, len(text), 2.0]))
    try:
        yield endpoint
    finally:
        endpoint.close()
