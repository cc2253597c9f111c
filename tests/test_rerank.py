"""Reranking by a server that speaks /v1/rerank, a real one on loopback, and by a fake cross-encoder."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler

import pytest
from conftest import TODAY
from fake_embeddings import QuietServer

from assistant.model import Question
from assistant.pipeline import Assistant
from assistant.retrieve.rerank import EndpointReranker
from index.errors import EncoderError

ASKED = Question("低保最后由谁审核确认", "临溪县城关镇", explain=True)


class Server:
    """Scores each text by how many characters it shares with the question, unless told otherwise."""

    def __init__(self) -> None:
        self.status, self.reply = 200, ""
        self.requests: list[dict] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(
                    {**body, "path": self.path, "key": self.headers["Authorization"]}
                )
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write((outer.reply or outer.scored(body)).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.spec = f"http://127.0.0.1:{self.server.server_port}/v1#bge-reranker"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def scored(self, body: dict) -> str:
        shared = [len(set(body["query"]) & set(text)) for text in body["documents"]]
        results = [{"index": n, "relevance_score": float(s)} for n, s in enumerate(shared)]
        return json.dumps({"results": results[::-1]})


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.server.shutdown()


def _with(sample: Assistant, reranker: object) -> Assistant:
    return Assistant(sample.corpus, today=lambda: TODAY, reranker=reranker)


def test_a_server_scores_in_any_order_as_numbers_from_0_to_1(server: Server) -> None:
    reranker = EndpointReranker(server.spec, api_key="k")
    near, far = reranker.scores("低保审核", ["低保审核确认", "取水许可"])
    assert 1 >= near > far >= 0
    request = server.requests[0]
    assert (request["path"], request["model"], request["key"]) == (
        "/v1/rerank",
        "bge-reranker",
        "Bearer k",
    )


def test_scores_of_any_size_stay_between_0_and_1(server: Server) -> None:
    server.reply = json.dumps(
        {"results": [{"index": n, "relevance_score": s} for n, s in enumerate((-1e6, 0, 1e6))]}
    )
    assert EndpointReranker(server.spec).scores("问", ["甲", "乙", "丙"]) == [0.0, 0.5, 1.0]


class Backwards:
    """A cross-encoder that likes best what came last."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        return [number / len(texts) for number in range(len(texts))]


def test_a_rerankers_scores_are_added_and_shown(sample: Assistant) -> None:
    plain = sample.answer(ASKED).working["candidates"]
    ranked = _with(sample, Backwards()).answer(ASKED).working["candidates"]
    assert all("rerank" not in candidate for candidate in plain)
    assert any(candidate.get("rerank", 0) > 0 for candidate in ranked)
    assert [c["id"] for c in ranked] != [c["id"] for c in plain]


@pytest.mark.parametrize(
    ("status", "reply"),
    [
        (500, "{}"),
        (429, "{}"),
        (200, "<html>"),
        (200, "{}"),
        (200, '{"results": [{"index": 0, "relevance_score": NaN}]}'),
        (200, '{"results": []}'),
    ],
)
def test_a_server_that_fails_is_named_and_answers_go_on_without_it(
    server: Server, sample: Assistant, status: int, reply: str
) -> None:
    server.status, server.reply = status, reply
    reranker = EndpointReranker(server.spec)
    with pytest.raises(EncoderError, match="重排服务"):
        reranker.scores("问", ["甲"])
    answer = _with(sample, reranker).answer(ASKED)
    assert answer.text == sample.answer(ASKED).text
    assert all("rerank" not in candidate for candidate in answer.working["candidates"])


def test_a_server_that_is_not_there_costs_no_answer(sample: Assistant) -> None:
    reranker = EndpointReranker("http://127.0.0.1:9/v1#none")
    assert _with(sample, reranker).answer(ASKED).text == sample.answer(ASKED).text
