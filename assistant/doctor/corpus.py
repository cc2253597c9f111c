"""Checks of the corpus in service: can it be opened, does it answer, how old are its papers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from assistant.doctor.result import Result, Site, failed, passed, warned
from assistant.model import Question, Status
from index.errors import CorpusError, DutyDeskError, EncoderError
from index.model import SourceDocument

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

# Lists are to be revised each year or two.
_OLD_DAYS = 2 * 365
_SLOW_MS = 1000
_SOON = timedelta(days=60)
_NAMED = 3
_SHOWN = 40


def encoder(site: Site) -> Iterator[Result]:
    """The encoder opens and encodes; an endpoint answers."""
    from assistant.app import build_encoder

    topic = "编码器"
    try:
        opened = build_encoder(site.settings)
        if opened is None:
            yield warned(
                topic, "没有编码器，只按词找。", "要按意思找，设 DUTYDESK_ENCODER=embedded。"
            )
            return
        start = time.perf_counter()
        opened.encode_queries(["宅基地由谁审批"])
        took = (time.perf_counter() - start) * 1000
    except EncoderError as exc:
        yield failed(topic, str(exc), "改正 DUTYDESK_ENCODER，或设为 embedded。")
        return
    found = f"{opened.id}，一个问题 {took:.0f} 毫秒。"
    if took > _SLOW_MS:
        yield warned(topic, found, "太慢，问答会拖过平台的时限；换近处的服务或用 embedded。")
    else:
        yield passed(topic, found)


def reranker(site: Site) -> Iterator[Result]:
    """The reranker, if there is one, answers."""
    from assistant.app import build_reranker

    topic = "重排模型"
    try:
        opened = build_reranker(site.settings)
        if opened is None:
            yield passed(topic, "没有设，不用。")
            return
        opened.scores("宅基地由谁审批", ["农村村民宅基地审批"])
    except EncoderError as exc:
        yield failed(topic, str(exc), "改正 DUTYDESK_RERANKER，或设为 none。")
        return
    yield passed(topic, site.settings.reranker)


def chat_model(site: Site) -> Iterator[Result]:
    """The chat model, if there is one, says something in the time that answers give it."""
    from assistant.phrase.llm import ModelError, load_chat, within

    topic, settings = "大模型", site.settings
    key, seconds = settings.llm_key.get_secret_value(), settings.llm_seconds
    try:
        chat = load_chat(settings.llm, api_key=key, seconds=seconds, retries=0)
    except DutyDeskError as exc:
        yield failed(topic, str(exc), "改正 DUTYDESK_LLM，或设为 none。")
        return
    if chat is None:
        yield passed(topic, "没有设，不用；答复由固定的句式写成。")
        return
    chat.warm()
    start = time.monotonic()
    try:
        words = "".join(within(chat, "只回一个字。", "好吗？", until=start + seconds))
    except ModelError as exc:
        advice = "请检查地址、模型名、密钥；够不着时答复照样给出，只是不经它润色。"
        yield failed(topic, f"{settings.llm}：{exc}。", advice)
        return
    took = time.monotonic() - start
    if words.strip():
        yield passed(topic, f"{chat.name}，答一个字 {took:.1f} 秒。")
    else:
        yield warned(topic, f"{chat.name} 什么也没说。", "请换一个模型，或关掉它的思考模式。")


def published(site: Site) -> Iterator[Result]:
    """A version is in service, of this program's format and with the encoder set; and it answers."""
    from assistant.app import build_assistant

    topic = "语料库"
    try:
        opened = build_assistant(site.settings)
    except EncoderError as exc:
        yield failed(topic, str(exc), f"dutydesk build 路径 --corpus {site.settings.corpus}")
    except CorpusError as exc:
        yield failed(topic, str(exc), "dutydesk versions 可以看有哪些版本。")
    else:
        name, n_records = site.settings.corpus, opened.corpus.n_records
        yield passed(topic, f"{name} 的版本 {opened.corpus_version}，{n_records} 条记录。")
        yield _trial(opened)


def _trial(opened: Assistant) -> Result:
    """One question of the corpus's own examples, answered from end to end."""
    topic = "试问一次"
    if not (examples := opened.examples()):
        return warned(topic, "语料库里没有可以试问的事项。", "请用 dutydesk items 看看读到了什么。")
    answer = opened.answer(Question(examples[0]))
    took = answer.timings_ms.get("total", 0.0)
    found = f"“{examples[0]}”→ {answer.text[:_SHOWN]}…（{took:.0f} 毫秒）"
    if answer.status in (Status.ANSWERED, Status.CLARIFY):
        return passed(topic, found)
    return warned(topic, found, "自己的例题没答上，请用 dutydesk ask --explain 看原因。")


def papers(site: Site, today: date | None = None) -> Iterator[Result]:
    """How current the papers are, and which are about to end."""
    topic, today = "文件新旧", today or date.today()
    sources = sources_of(site)
    if not sources:
        return  # said by the check of the corpus
    if ending := [s for s in sources if s.expires_on and today <= s.expires_on <= today + _SOON]:
        titles = "、".join(f"《{s.title}》" for s in ending[:_NAMED])
        yield warned(topic, f"{len(ending)} 份文件两个月内到期：{titles}。", "请收录新的一版。")
    newest = max((s.published_on for s in sources if s.published_on), default=None)
    if newest is None:
        found = f"{len(sources)} 份文件都没有日期。"
        yield warned(topic, found, "可在 manifest.yaml 里写明 published_on。")
    elif (today - newest).days > _OLD_DAYS:
        yield warned(topic, f"最新的一份是 {newest} 的。", "清单一两年调整一次，请核对有没有新版。")
    else:
        yield passed(topic, f"{len(sources)} 份，最新的是 {newest}。")


def sources_of(site: Site) -> tuple[SourceDocument, ...]:
    """The papers in service; none if there is no corpus."""
    from index.catalog import Catalog
    from index.versions import CorpusFolder

    try:
        folder = CorpusFolder(site.settings.home, site.settings.corpus).current()
        return Catalog.of_version(folder).sources()
    except DutyDeskError:
        return ()
