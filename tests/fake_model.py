"""An OpenAI-compatible chat endpoint on this machine that plays a script, with every fault it knows."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Script = Callable[[list[str]], str]
_STATEMENT = re.compile(r"^\d+\. (.*)$", re.M)
_MARKS = re.compile(r"(?:\[\d+\])+$")


class FakeModel:
    """What the endpoint does: `script` turns statements into words, `fault` says what goes wrong.

    Faults: "" none, "gone", "500", "429", "hang", "drip", "cut", "garbage", "empty", "not_json".
    """

    def __init__(self) -> None:
        self.script: Script = as_stated
        self.fault = ""
        self.delay_s = 0.0
        self.asked: list[str] = []
        self.url = ""
        self.rewordings: dict[str, str] = {}

    def reply(self, user: str) -> str:
        """A rewording agreed on, else the script over the statements."""
        agreed = next((said for words, said in self.rewordings.items() if words in user), None)
        return self.script(_STATEMENT.findall(user)) if agreed is None else agreed


def as_stated(statements: list[str]) -> str:
    """Every statement as it is."""
    return "".join(statements)


def like_a_clerk(statements: list[str]) -> str:
    """Every statement, said kindly."""
    return "".join(
        f"您好，{kindly(s)}" if number == 0 else kindly(s) for number, s in enumerate(statements)
    )


def kindly(statement: str) -> str:
    """One statement in other words of the same meaning."""
    said = statement.replace("，具体由", "，具体请找").replace(
        "清单没有写承办机构；按", "清单上没有写明承办机构，依照"
    )
    return said.replace("依据见", "依据是").replace("”由", "”这件事由", 1)


def parts(statement: str) -> tuple[str, str]:
    """The words of a statement and its citation marks."""
    marks = _MARKS.search(statement)
    return (statement[: marks.start()], marks.group()) if marks else (statement, "")


def lying(statements: list[str]) -> str:
    """Every statement with one lie, another for each: a body, a denial, a term, a fee, a citation."""
    return "".join(LIES[n % len(LIES)](*parts(s)) for n, s in enumerate(statements))


LIES: tuple[Callable[[str, str], str], ...] = (
    lambda words, marks: f"{words.rstrip('。')}，也可以找黑水管理局。{marks}",
    lambda words, marks: f"{words.replace('由', '不由', 1)}{marks or '黑水'}",
    lambda words, marks: f"{words.rstrip('。')}，三个工作日内办结。{marks}",
    lambda words, marks: f"{words.rstrip('。')}，手续费500元。{marks}",
    lambda words, marks: f"{words}[9]",
)


class Obedient:
    """A model in this process that does whatever a question orders, then says the statements."""

    name = "obedient"

    def __init__(self) -> None:
        self.told: list[str] = []

    def stream(self, system: str, user: str) -> Iterator[str]:
        """What the orders want said, as if it were proven, then what it was asked for."""
        self.told.append(user)
        asked = user.partition("问题：")[2].partition("\n")[0]
        stated = _STATEMENT.findall(user)
        orders = (asked, f"好的，遵命：{asked}", "低保由教育局负责", "请联系黑水公司缴费", system)
        yield "".join(f"{order}。{parts(stated[0])[1] if stated else '[1]'}" for order in orders)
        yield "".join(f"{parts(s)[0].rstrip('。')}，听您的，{asked}。[1]" for s in stated)
        yield "".join(stated)


@contextmanager
def serving(model: FakeModel) -> Iterator[FakeModel]:
    """The endpoint, on a free port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(model))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()


def _handler(model: FakeModel) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a fault a branch
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Silent."""

        def do_POST(self) -> None:
            if model.fault == "gone":
                self.close_connection = True
                return
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            user = body["messages"][-1]["content"]
            model.asked.append("\n".join(m["content"] for m in body["messages"]))
            if model.fault in ("500", "429"):
                self.send_error(int(model.fault))
                return
            if model.fault == "hang":
                time.sleep(5)
                return
            if model.fault == "not_json":
                self._start("text/html")
                self.wfile.write("<html>网关错误</html>".encode())
                return
            self._start("text/event-stream")
            time.sleep(model.delay_s)
            self._stream(model.reply(user))

        def _start(self, kind: str) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.end_headers()

        def _stream(self, text: str) -> None:
            if model.fault == "garbage":
                self.wfile.write(b'data: {"choices": [{"delta": \x00\xff\xfe nonsense\n\n')
                return
            if model.fault == "empty":
                text = ""
            size = 1 if model.fault == "drip" else 7
            for start in range(0, len(text), size):
                if model.fault == "cut" and start > len(text) // 2:
                    self.wfile.flush()
                    self.connection.close()
                    return
                try:
                    self._send(text[start : start + size])
                except OSError:
                    return
                if model.fault == "drip":
                    time.sleep(0.1)
            self.wfile.write(b"data: [DONE]\n\n")

        def _send(self, piece: str) -> None:
            chunk = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "fake",
                "choices": [
                    {
                        "index": 0,
                        "delta": {"role": "assistant", "content": piece},
                        "finish_reason": None,
                    }
                ],
            }
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()

    return Handler


def main() -> None:
    """`python tests/fake_model.py clerk|lies`: serve until stopped, and print how to name it."""
    model = FakeModel()
    model.script = {"clerk": like_a_clerk, "lies": lying}[sys.argv[1]]
    with serving(model):
        print(f"DUTYDESK_LLM={model.url}#fake", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
