"""The encoder behind an OpenAI-compatible endpoint, and all that a server may do wrong."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_embeddings import Endpoint, running_endpoint

from index.encoder import load_encoder
from index.errors import EncoderError


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running_endpoint() as endpoint:
        yield endpoint


def test_the_endpoint_is_asked_in_small_batches_with_key_and_model(endpoint: Endpoint) -> None:
    encoder = endpoint.open(api_key="k-123")
    encoder.encode_passages([f"第{n}项" for n in range(23)])
    probe, *batches = endpoint.requests
    assert [len(batch["input"]) for batch in batches] == [10, 10, 3]
    assert batches[2]["input"][2] == "passage: 第22项"
    assert {batch["key"] for batch in endpoint.requests} == {"Bearer k-123"}
    assert probe["model"] == "multilingual-e5-small"
    assert probe["path"] == "/v1/embeddings"


def test_a_failing_endpoint_is_reported_with_its_status(endpoint: Endpoint) -> None:
    encoder = endpoint.open()
    endpoint.statuses = [500]
    with pytest.raises(EncoderError, match="500"):
        encoder.encode_queries(["谁管"])


def test_a_build_survives_one_failed_batch(endpoint: Endpoint) -> None:
    encoder = endpoint.open()
    endpoint.statuses = [503]
    assert encoder.encode_passages(["谁管"]).shape == (1, 3)


def test_another_width_than_at_the_start_is_refused(endpoint: Endpoint) -> None:
    encoder = endpoint.open()
    endpoint.answer_with(lambda text: np.ones(4))
    with pytest.raises(EncoderError, match=r"\(1, 3\).*\(1, 4\)"):
        encoder.encode_queries(["谁管"])


def test_a_missing_row_is_refused(endpoint: Endpoint) -> None:
    encoder = endpoint.open()
    endpoint.answer = lambda texts: {"data": [{"index": 0, "embedding": [1, 2, 3]}]}
    with pytest.raises(EncoderError, match=r"\(2, 3\).*\(1, 3\)"):
        encoder.encode_queries(["甲", "乙"])


@pytest.mark.parametrize("reply", [{"error": "x"}, [], {"data": [{"index": 0}]}, {"data": []}])
def test_a_reply_in_another_form_is_refused(endpoint: Endpoint, reply: object) -> None:
    endpoint.answer = lambda texts: reply
    with pytest.raises(EncoderError, match="编码服务"):
        endpoint.open()


def test_a_hanging_endpoint_times_out(endpoint: Endpoint) -> None:
    encoder = endpoint.open(timeout_s=0.2)
    endpoint.delay_s = 1.5
    begin = time.monotonic()
    with pytest.raises(EncoderError, match="超时"):
        encoder.encode_queries(["谁管"])
    assert time.monotonic() - begin < 1


def test_an_endpoint_that_is_down_is_named(endpoint: Endpoint) -> None:
    endpoint.server.shutdown()
    endpoint.server.server_close()
    with pytest.raises(EncoderError, match="连不上编码服务 http://127"):
        endpoint.open()


def test_an_endpoint_without_a_model_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="#模型名"):
        load_encoder("http://127.0.0.1:9/v1", cache_dir=tmp_path)
