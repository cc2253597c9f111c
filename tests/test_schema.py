"""schemathesis over the OpenAPI document: whatever is sent, the answer is one that the document names.

`FUZZ_EXAMPLES=200 pytest tests/test_schema.py --hypothesis-seed=7` looks for longer, and elsewhere.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import pytest
import schemathesis
from fake_assistant import FakeAssistant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from assistant.guard.masking import mask
from assistant.http.access import Gate
from assistant.http.app import create_app
from assistant.http.session import Sessions
from assistant.service.access import Tokens
from assistant.service.journal import Journal
from assistant.service.metrics import Metrics
from assistant.service.operations import Operations
from assistant.state.database import open_state
from assistant.state.deeds import Deeds
from assistant.state.journal import JournalStore

FOLDER = Path(mkdtemp(prefix="dutydesk-schema-"))
# Always the same few, unless longer is asked for.
N_EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "15"))
IS_USUAL = "FUZZ_EXAMPLES" not in os.environ


def _app():
    engine = open_state(f"sqlite:///{FOLDER / 'state.sqlite'}")
    metrics = Metrics()
    operations = Operations(
        journal=Journal(JournalStore(engine), mask, days=30),
        gate=Gate(Tokens(FOLDER / "tokens.json"), Sessions("a key of the test"), Deeds(engine)),
        meter=metrics,
        metrics=metrics,
        origins=("https://www.county.example",),
    )
    return create_app(FakeAssistant(FOLDER), operations)


APP = _app()
schema = schemathesis.openapi.from_asgi("/openapi.json", APP)


@schema.parametrize()
@settings(
    max_examples=N_EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=IS_USUAL,
)
def test_every_operation_keeps_to_the_document(case) -> None:
    # A message without words fits the document and is still no question.
    # A busy machine may be slow; what is tested is what comes.
    case.call_and_validate(excluded_checks=[positive_data_acceptance], timeout=60)


client = TestClient(APP, raise_server_exceptions=False)
PATHS = ["/", "/ask", "/signin", "/signout", "/source/x", "/source/x/file", "/static/x"]
PATHS += ["/api/ask", "/api/feedback", "/api/records/x", "/api/places", "/api/answers/x"]
TEXT = st.text(max_size=60)


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=N_EXAMPLES, deadline=None, derandomize=IS_USUAL)
@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT", "HEAD", "OPTIONS"]),
    query=st.dictionaries(
        st.sampled_from(
            [
                "question",
                "place",
                "as_of",
                "conversation_id",
                "record",
                "quote",
                "sheet",
                "start",
                "embed",
                "next",
                "code",
                "state",
            ]
        ),
        TEXT,
        max_size=4,
    ),
    body=st.one_of(st.binary(max_size=200), TEXT.map(lambda text: text.encode("utf-8", "replace"))),
    kind=st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", "", "x"]
    ),
    cookie=st.from_regex(r"[ -:<-~]{0,60}", fullmatch=True),
    token=st.from_regex(r"[ -~]{0,60}", fullmatch=True),
)
def test_nothing_that_is_sent_breaks_a_page(path, method, query, body, kind, cookie, token) -> None:
    reply = client.request(
        method,
        path,
        params={name: text.encode("utf-8", "replace") for name, text in query.items()},
        content=body,
        headers={
            "content-type": kind,
            "cookie": f"dutydesk_session={cookie}",
            "authorization": f"Bearer {token}",
            "accept": "text/html",
        },
    )
    assert reply.status_code < 500, reply.text
    assert reply.headers["content-security-policy"]


@settings(max_examples=200, deadline=None, derandomize=IS_USUAL)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=80))
def test_no_path_breaks_the_site_or_leads_out_of_it(path: str) -> None:
    for prefix in ("/", "/source/", "/static/", "/api/records/", "/api/answers/"):
        reply = client.get(prefix + quote(path, safe="/.%", errors="replace"))
        assert reply.status_code < 500
        assert "root:x:" not in reply.text
