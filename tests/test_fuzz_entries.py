"""Whatever comes in from outside is answered or refused by name: no 5xx, no crash.

Files are fuzzed in test_fuzz_readers, questions in test_understand_laws, tokens in test_access, the
documented operations and plain pages in test_schema; here is every other entry, all of them with the
right signature where there is one. `FUZZ_EXAMPLES=2000 pytest tests/test_fuzz_entries.py` looks longer.
"""

from __future__ import annotations

import json
import os
import string
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import TODAY, put_in_service
from fake_assistant import FakeAssistant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platforms import (
    AES_KEY,
    OWNER,
    TOKEN,
    Delivery,
    DingTalk,
    Feishu,
    WeChat,
    open_channels,
    open_notes,
    open_site,
    secret,
)
from standardwebhooks import Webhook
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from assistant.corpus import Corpus
from assistant.http.app import create_app
from assistant.http.look import Look
from assistant.http.signin import local_path
from assistant.pipeline import Assistant
from assistant.service.access import Role, Tokens
from assistant.service.operations import build_operations
from assistant.settings import Settings
from assistant.state.rates import address_key
from index.errors import DutyDeskError
from index.lexicon import check_entries
from index.manifest import MANIFEST_NAME, load_manifest

FUZZ = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "10")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
HOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)
NUMBERS = st.sampled_from([0, -1, 2**31, 2**63, -(2**63), 10**30, 1.5, 1e308, True])


def _any_of(words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(words.split())


# What the entries look for, so that random values get past the first look.
KEYS = _any_of(
    """question place as_of conversation_id explain answer_id verdict reason model messages role
    content stream metadata type text tools max_tokens jsonrpc method params id name arguments k
    protocolVersion item_id url msgtype msgId senderStaffId createAt sessionWebhook conversationType
    header event schema token create_time event_id event_type message sender message_id message_type
    challenge encrypt action value operator files places file kind code level parent aliases title
    published_on replaces say terms wish body not"""
)
TOOLS = "who_is_responsible duties_of search_items show_source"
WORDS = _any_of(
    f"""user assistant system text 2.0 tools/call tools/list initialize p2p dutydesk {TOOLS}
    dutydesk@石门乡 低保找谁 临溪县城关镇 2024-06-01 2024-13-45 im.message.receive_v1 up"""
)
LEAVES = st.one_of(ANY_TEXT, WORDS, NUMBERS, st.none(), st.booleans())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)
OBJECTS = st.dictionaries(KEYS | ANY_TEXT, VALUES, max_size=8)
HEADER = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=80)
ADDRESS = HEADER | st.text(alphabet="0123456789abcdef.:, []%/unknown", max_size=60)


@pytest.fixture(scope="module")
def site(sample_version: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole site over the sample, asked by an administrator's program."""
    home = tmp_path_factory.mktemp("fuzz")
    put_in_service(sample_version, home)
    token = Tokens(home / "tokens.json").add("程序", Role.ADMIN)
    settings = Settings(home=home, encoder="none", rate=0, hook_secret=secret(HOOK_SECRET))
    assistant = Assistant(Corpus(sample_version, None), today=lambda: TODAY)
    app = create_app(assistant, build_operations(settings))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        client.headers["authorization"] = f"Bearer {token}"
        yield client


def _sent(value: object) -> bytes:
    """JSON as a careless program writes it: with NaN, and halves of characters escaped."""
    return json.dumps(value).encode()


JSON_DOORS = ["/api/ask", "/api/ask/stream", "/api/feedback", "/v1/chat/completions", "/mcp"]


@pytest.mark.parametrize("path", JSON_DOORS)
@FUZZ
@given(OBJECTS | VALUES)
def test_no_json_breaks_a_door(site: TestClient, path: str, value: object) -> None:
    accept = "application/json, text/event-stream"
    headers = {"content-type": "application/json", "accept": accept}
    reply = site.post(path, content=_sent(value), headers=headers)
    assert reply.status_code < 500, reply.text


@FUZZ
@given(
    _any_of(f"{TOOLS} x"),
    st.dictionaries(_any_of("question place as_of body text item_id k"), LEAVES),
)
def test_no_arguments_break_a_tool(site: TestClient, tool: str, arguments: dict) -> None:
    call = {"name": tool, "arguments": arguments}
    said = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    accept = "application/json, text/event-stream"
    headers = {"content-type": "application/json", "accept": accept}
    reply = site.post("/mcp", content=_sent(said), headers=headers)
    assert reply.status_code < 500, reply.text


@FUZZ
@given(st.lists(st.fixed_dictionaries({"role": WORDS, "content": VALUES}), max_size=4), OBJECTS)
def test_no_conversation_breaks_the_openai_door(
    site: TestClient, messages: list, more: dict
) -> None:
    body = {**more, "model": "dutydesk", "messages": messages}
    reply = site.post("/v1/chat/completions", content=_sent(body))
    assert reply.status_code < 500, reply.text


@FUZZ
@given(OBJECTS | VALUES, HEADER)
def test_a_signed_call_of_whatever_content_is_answered_or_refused(site, value, number: str) -> None:
    body = json.dumps(value)
    now = datetime.now(UTC)
    headers = {
        "webhook-id": number,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(HOOK_SECRET).sign(number, now, body),
    }
    assert site.post("/hooks/ask", content=body.encode(), headers=headers).status_code < 500


@FUZZ
@given(
    st.dictionaries(st.sampled_from(["id", "timestamp", "signature"]), HEADER),
    st.binary(max_size=99),
)
def test_no_forged_call_breaks_the_webhook(site: TestClient, headers: dict, body: bytes) -> None:
    named = {f"webhook-{name}": value for name, value in headers.items()}
    reply = site.post("/hooks/ask", content=body, headers=named)
    assert 400 <= reply.status_code < 500


HEADERS = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "host", "origin", "referer"]
HEADERS += ["cookie", "accept", "accept-language", "accept-encoding", "authorization", "range"]
HEADERS += ["sec-fetch-site", "content-type", "if-none-match", "if-modified-since", "x-csrf-token"]


@pytest.mark.parametrize(
    "path", ["/", "/ask?question=低保找谁", "/static/style.css", "/signin", "/desk"]
)
@FUZZ
@given(st.dictionaries(st.sampled_from(HEADERS), HEADER | ADDRESS, max_size=6))
def test_no_header_breaks_a_page(site: TestClient, path: str, headers: dict[str, str]) -> None:
    proxied = ProxyHeadersMiddleware(site.app, trusted_hosts="*")  # type: ignore[arg-type]
    client = TestClient(proxied, raise_server_exceptions=False, follow_redirects=False)
    assert client.get(path, headers=headers).status_code < 500


@FUZZ
@given(ADDRESS | ANY_TEXT)
def test_whoever_asks_counts_as_somebody(address: str) -> None:
    assert isinstance(address_key(address), str)


@FUZZ
@given(ANY_TEXT)
def test_no_cookie_of_looks_and_no_way_back_breaks_a_page(text: str) -> None:
    assert Look.parse(text) == Look.parse(str(Look.parse(text)))
    assert local_path(text).startswith("/")
    assert not local_path(text).startswith(("//", "/\\"))


PAGES = [
    "/desk",
    "/desk/rows.xlsx",
    "/desk/township",
    "/desk/compare",
    "/desk/editions",
    "/desk/matrix",
]
PAGES += [
    "/desk/boundary",
    "/desk/charts",
    "/editors/preview",
    "/editors/preview/page",
    "/editors/audit",
]
PAGES += ["/editors/preview/picture", "/ask", "/api/places", "/docs", "/signin", "/"]
FIELDS = (
    "q place body office paper power role law article on edition upper after part year source a b "
)
FIELDS += "old new kind view rule name number question as_of conversation_id next size theme script"


@pytest.mark.parametrize("path", PAGES)
@FUZZ
@given(st.dictionaries(_any_of(FIELDS), ANY_TEXT | WORDS | NUMBERS.map(str), max_size=6))
def test_no_query_breaks_a_page(site: TestClient, path: str, query: dict[str, str]) -> None:
    sent = {name: text.encode("utf-8", "replace") for name, text in query.items()}
    reply = site.get(path, params=sent, headers={"accept": "text/html"})
    assert reply.status_code < 500, reply.text


FORMS = [
    "/editors/files",
    "/editors/remove",
    "/editors/leave",
    "/editors/rollback",
    "/editors/lexicon",
]
FORMS += ["/admin/tokens", "/admin/tokens/revoke", "/admin/journal", "/admin/journal/delete"]
FORMS += ["/signin", "/signout", "/feedback", "/look"]
FORM_FIELDS = (
    "name version source stay say terms wish body role days since until before token next answer_id"
)
FORM_FIELDS += (
    " verdict reason title kind place document_number published_on effective_on files csrf"
)


@pytest.mark.parametrize("path", FORMS)
@FUZZ
@given(
    st.dictionaries(_any_of(FORM_FIELDS), ANY_TEXT | NUMBERS.map(str), max_size=5),
    st.lists(st.tuples(ANY_TEXT, st.binary(max_size=50)), max_size=2),
)
def test_no_form_breaks_what_takes_it(site: TestClient, path: str, form: dict, files: list) -> None:
    sent = {name: text.encode("utf-8", "replace") for name, text in form.items()}
    parts = [("files", (name.encode("utf-8", "replace").decode(), data)) for name, data in files]
    reply = site.post(path, data=sent, files=parts or None)
    assert reply.status_code < 500, reply.text


def _wechat(kind: str, sealed: bool) -> WeChat:
    return WeChat(f"/channels/{kind}", is_corp=kind == "wecom", is_sealed=sealed)


SEALED = {"token": secret(TOKEN), "aes_key": secret(AES_KEY)}
CHANNELS = {
    "wechat_app_id": OWNER,
    **{f"wechat_{name}": value for name, value in SEALED.items()},
    "wecom_corp_id": OWNER,
    **{f"wecom_{name}": value for name, value in SEALED.items()},
    "dingtalk_client_id": "dingOfTests",
    "dingtalk_client_secret": secret(DingTalk.secret),
    "dingtalk_http": True,
    "dingtalk_api": "http://127.0.0.1:9",
    "feishu_app_id": "cli_tests",
    "feishu_app_secret": secret("secretOfTheApp"),
    "feishu_encrypt_key": secret(Feishu.key),
    "feishu_verification_token": secret(Feishu.token),
    "feishu_api": "http://127.0.0.1:9",
}


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Every platform that calls us."""
    folder = tmp_path_factory.mktemp("channels")
    app = open_site(FakeAssistant(folder), open_channels(open_notes(folder), **CHANNELS))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def _deliver(client: TestClient, path: str, sent: Delivery) -> None:
    reply = client.post(path, params=sent.query, content=sent.body, headers=sent.headers)
    assert reply.status_code < 500, reply.text


XML_TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=60)
XML_FIELDS = "MsgType Content Event EventKey Recognition FromUserName ToUserName MsgId CreateTime"
XML_VALUES = st.sampled_from(
    ["text", "voice", "event", "image", "subscribe", "CLICK", "unsubscribe"]
)


@pytest.mark.parametrize("kind", ["wechat", "wecom"])
@FUZZ
@given(st.dictionaries(_any_of(XML_FIELDS), XML_VALUES | XML_TEXT, max_size=8))
def test_no_sealed_message_breaks_wechat(talking: TestClient, kind: str, message: dict) -> None:
    platform = _wechat(kind, sealed=True)
    _deliver(talking, platform.path, platform.delivery(message))


@FUZZ
@given(OBJECTS)
def test_no_signed_message_breaks_dingtalk(talking: TestClient, message: dict) -> None:
    platform = DingTalk("https://oapi.dingtalk.com/robot/sendBySession?session=s1")
    whole = platform.message("低保找谁") | message
    for sent in (message, whole):
        _deliver(talking, "/channels/dingtalk", platform.delivery(sent))


@FUZZ
@given(OBJECTS, st.sampled_from(["im.message.receive_v1", "card.action.trigger", "x"]))
def test_no_sealed_event_breaks_feishu(talking: TestClient, event: dict, kind: str) -> None:
    platform = Feishu()
    for sent in (event, platform.event(kind, event)):
        _deliver(talking, "/channels/feishu", platform.delivery(sent))


@pytest.mark.parametrize("kind", ["wechat", "wecom", "dingtalk", "feishu"])
@FUZZ
@given(st.binary(max_size=300) | OBJECTS.map(_sent), st.dictionaries(HEADER, HEADER, max_size=4))
def test_no_forged_delivery_breaks_a_channel(talking, kind: str, body: bytes, query: dict) -> None:
    for method in ("GET", "POST"):
        reply = talking.request(method, f"/channels/{kind}", params=query, content=body)
        assert reply.status_code < 500, reply.text


def _takes_or_refuses(read: Callable[[], object]) -> None:
    with suppress(DutyDeskError):
        read()


YAML = (
    st.binary(max_size=200)
    | st.text(alphabet=string.printable + "：，地方", max_size=120).map(str.encode)
    | OBJECTS.map(lambda value: json.dumps(value).encode())
    | st.sampled_from(
        (
            b"files: [{published_on: 2024-13-45}]",
            "places: 临溪县".encode("gbk"),
            b"[" * 3000,
            b"a: &a [*a]",
            b"a: !!python/object:os.system x",
            b"files: [[]]",
        )
    )
)


@FUZZ
@given(YAML)
def test_any_manifest_is_read_or_refused_by_name(tmp_path_factory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("manifest")
    (folder / MANIFEST_NAME).write_bytes(data)
    _takes_or_refuses(lambda: load_manifest(folder).place_values())


@FUZZ
@given(YAML)
def test_any_lexicon_is_read_or_its_problems_told(tmp_path_factory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("lexicon") / "own.yaml"
    file.write_bytes(data)
    _takes_or_refuses(lambda: check_entries([file]))
