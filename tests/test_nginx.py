"""deploy/nginx.conf in a real nginx in front of the real site: what passes, and how."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import httpx
import pytest
import uvicorn
from fake_assistant import FakeAssistant
from loopback import free_port

from assistant.editing.shelf import MAX_UPLOAD_BYTES
from assistant.http.access import Gate
from assistant.http.app import create_app
from assistant.http.session import Sessions
from assistant.service.access import Tokens
from assistant.service.operations import Operations

CONF = Path(__file__).parent.parent / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
pytestmark = pytest.mark.skipif(
    NGINX is None or shutil.which("openssl") is None, reason="nginx or openssl is not installed"
)


class Slow(FakeAssistant):
    """Says its first sentence and waits for leave to go on; remembers who asked."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.may_go_on = Event()
        self.callers: list[str] = []

    def answer(self, question):
        from assistant.caller import current_caller

        self.callers.append(current_caller().address)
        return super().answer(question)

    def stream(self, question):
        first, *others = super().stream(question)
        yield first
        assert self.may_go_on.wait(20)
        yield from others


@dataclass
class Site:
    assistant: Slow
    client: httpx.Client
    plain: str


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    assistant, port = Slow(folder), free_port()
    gate = Gate(Tokens(folder / "tokens.json"), Sessions("a key of the test"))
    app = create_app(assistant, Operations(gate=gate))
    with _uvicorn(app, port), _nginx(folder, port) as (secure, plain):
        client = httpx.Client(
            base_url=f"https://127.0.0.1:{secure}", verify=False, timeout=20, trust_env=False
        )
        with client:
            yield Site(assistant, client, f"http://127.0.0.1:{plain}")


@contextmanager
def _uvicorn(app, port: int) -> Iterator[None]:
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="error", forwarded_allow_ips="127.0.0.1")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield
    server.should_exit = True
    thread.join()


@contextmanager
def _nginx(folder: Path, upstream: int) -> Iterator[tuple[int, int]]:
    """Our file as it is, but for ports, names of keys, and the frame that a system has."""
    secure, plain = free_port(), free_port()
    _certificate(folder)
    ours = CONF.read_text("utf-8")
    for ports, there in (("443 ssl", f"127.0.0.1:{secure} ssl"), ("80;", f"127.0.0.1:{plain};")):
        assert f"listen {ports}" in ours
        ours = ours.replace(f"listen {ports}", f"listen {there}")
    ours = ours.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    ours = ours.replace("/etc/ssl/", f"{folder}/")
    (folder / "site.conf").write_text(ours, "utf-8")
    scratch = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # another could not write into our folder
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/log;"
        f"events {{}} http {{ access_log off; {scratch} include {folder}/site.conf; }}"
    )
    command = [str(NGINX), "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr, checked.stderr
    process = subprocess.Popen(command)
    try:
        _until_open(plain)
        yield secure, plain
    finally:
        process.terminate()
        process.wait(20)


def _certificate(folder: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "1", "-subj", "/CN=localhost"]
    command += ["-keyout", f"{folder}/duty.key", "-out", f"{folder}/duty.pem"]
    subprocess.run(command, check=True, capture_output=True)


def _until_open(port: int) -> None:
    for _ in range(200):
        try:
            httpx.get(f"http://127.0.0.1:{port}", trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(port)


def test_a_stream_passes_sentence_by_sentence(site: Site) -> None:
    site.assistant.may_go_on.clear()
    asked = {"question": "宅基地盖房找谁", "place": "990101101"}
    with site.client.stream("POST", "/api/ask/stream", json=asked) as reply:
        lines = reply.iter_lines()
        first = next(line for line in lines if line.startswith("data:"))
        assert json.loads(first.removeprefix("data:"))["text"]
        site.assistant.may_go_on.set()  # only now is the rest said
        assert any(line == "event: answer" for line in lines)


def test_the_address_is_that_of_the_connection_whatever_is_claimed(site: Site) -> None:
    claimed = {"x-forwarded-for": "203.0.113.9, 10.1.2.3", "x-forwarded-proto": "http"}
    site.client.post("/api/ask", json={"question": "宅基地"}, headers=claimed)
    assert site.assistant.callers[-1] == "127.0.0.1"


def test_each_header_is_there_once_and_cookies_are_held_to_https(site: Site) -> None:
    page = site.client.get("/signin")
    for name in ("strict-transport-security", "content-security-policy", "x-request-id"):
        assert len(page.headers.get_list(name)) == 1, name
    assert page.headers["set-cookie"].startswith("__Host-")
    assert "Secure" in page.headers["set-cookie"]
    assert not re.search(r"\d", page.headers["server"])


def test_plain_http_leads_to_https(site: Site) -> None:
    sent = httpx.get(f"{site.plain}/ask?question=x", trust_env=False)
    assert sent.status_code == 301
    assert sent.headers["location"].startswith("https://")
    assert sent.headers["location"].endswith("/ask?question=x")


def test_the_largest_upload_passes_nginx_and_a_larger_one_is_refused(site: Site) -> None:
    largest = site.client.post("/editors/files", content=b"x" * MAX_UPLOAD_BYTES)
    assert largest.status_code != 413
    assert site.client.post("/api/ask", content=b"x" * 70_000).json()["code"] == "request_too_large"
    refused = site.client.post("/editors/files", content=b"x" * (MAX_UPLOAD_BYTES + 3 * 1024**2))
    assert refused.status_code == 413
