"""The flow that all channels share: the clock, tickets, places, commands, handing over."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import TODAY
from fake_assistant import FakeAssistant
from fake_model import FakeModel, like_a_clerk, serving
from platforms import PUBLIC, number, open_notes

from assistant.channels.clerk import House
from assistant.channels.desk import Desk
from assistant.channels.layout import markdown_link, markdown_signs, plain_link, plain_signs
from assistant.channels.memory import Memory
from assistant.channels.message import Incoming, Kind, Reply, Way
from assistant.model import Answer, Question, Segment
from assistant.phrase.llm import load_chat
from assistant.phrase.phraser import Phraser
from assistant.pipeline import Assistant

PASSIVE = Way("passive", "被动回复", 2048, True, False, 300, plain_signs, plain_link)
PUSHING = Way("pushing", "推送", 20_000, False, True, 300, markdown_signs, markdown_link)
HOUSE = House(PUBLIC)


@pytest.fixture
def fake(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(open_notes(tmp_path), b"secret of tests", talk_s=1800)


@pytest.fixture
def say(fake: FakeAssistant, memory: Memory) -> Iterator[Callable[..., str]]:
    """Says something as a person and returns what all messages of the reply say."""
    desk = Desk(fake, memory, HOUSE)
    yield lambda text, **more: _say(desk, text, **more)
    desk.close()


@pytest.fixture
def talk(sample: Assistant, memory: Memory) -> Iterator[Callable[..., str]]:
    """The same over the sample city."""
    desk = Desk(sample, memory, HOUSE)
    yield lambda text, **more: _say(desk, text, **more)
    desk.close()


def _say(desk: Desk, text: str, *, user: str = "u", way: Way = PASSIVE, kind=Kind.TEXT) -> str:
    reply = asyncio.run(desk.reply(Incoming(user, number(), kind, text), way))
    return "\n".join(reply.messages) if reply else ""


# Places


def test_a_place_is_remembered_until_another_is_wanted(say, fake: FakeAssistant) -> None:
    assert "记住了：您在青禾市望溪县北岸街道" in say("我在北岸街道")
    say("宅基地盖房找谁批")
    assert fake.asked[-1].place == "990101001"
    say("宅基地盖房找谁批", user="另一个人")
    assert fake.asked[-1].place == ""
    assert "比如：我在柳桥镇" in say("换地方")
    assert "记住了：您在青禾市望溪县北岸街道" in say("北岸街道")
    assert "记住了：您在青禾市望溪县" in say("换地方到望溪县")
    say("宅基地盖房找谁批")
    assert fake.asked[-1].place == "990101"
    assert "没有找到“火星镇”" in say("换地方 火星镇")


def test_a_place_and_a_question_in_one_message_are_both_heard(say, fake: FakeAssistant) -> None:
    text = say("我家住北岸街道，宅基地盖房找谁批")
    assert text.startswith("记住了：您在青禾市望溪县北岸街道。")
    assert "由望溪县柳桥镇人民政府负责" in text
    assert (fake.asked[-1].text, fake.asked[-1].place) == ("宅基地盖房找谁批", "990101001")


def test_a_place_said_within_the_known_one_is_the_one_there(say) -> None:
    say("我在石川县")
    assert "记住了：您在青禾市石川县柳桥镇" in say("我在柳桥镇")


def test_places_of_one_name_are_asked_about_and_never_guessed(say, fake: FakeAssistant) -> None:
    assert "叫“柳桥镇”的地方有 2 个" in say("我在柳桥镇")
    assert "记住了：您在青禾市石川县柳桥镇" in say("第二个")
    say("换地方")
    assert "叫“柳桥镇”的地方有 2 个" in say("我在柳桥镇")
    assert "记住了：您在青禾市望溪县柳桥镇" in say("1")
    assert fake.asked == []


@pytest.mark.parametrize(
    "text",
    ["我在自家宅基地盖房找谁批", "我是残疾人，找谁办证", "我们家漏水归谁管", "人工降雨归谁管", "客服态度差归谁管",
     "换地方停车被罚找谁", "我要换街道办的章找谁", "12345的投诉归谁办"],
)  # fmt: skip
def test_questions_that_look_like_commands_are_questions(
    say, fake: FakeAssistant, text: str
) -> None:
    say(text)
    assert [asked.text for asked in fake.asked] == [text]


def test_on_the_sample_a_choice_answers_the_question_and_becomes_the_place(talk) -> None:
    back = talk("城关镇低保最后由谁审核确认？")
    assert "1. 云岫市临溪县城关镇\n2. 云岫市望川县城关镇" in back
    text = talk("1")
    assert "由临溪县城关镇人民政府办理" in text
    assert "记住了：您在云岫市临溪县城关镇。" in text
    assert len(text.encode()) <= PASSIVE.limit_bytes
    assert "临溪县城关镇人民政府" in talk("宅基地盖房找谁批？")
    assert "青石镇" in talk("那青石镇呢？")
    assert "临溪县城关镇人民政府" in talk("低保最后由谁审核确认？")


def test_on_the_sample_a_narrower_choice_narrows_the_place(talk) -> None:
    talk("我在临溪县")
    talk("城关镇低保最后由谁审核确认？")
    assert "记住了" not in talk("望川县低保最后由谁审核确认？")
    assert "临溪县" in talk("户外广告谁批？")


def test_on_the_sample_a_place_said_when_asked_answers_the_waiting_question(talk) -> None:
    talk("低保最后由谁审核确认？")
    text = talk("我在青石镇")
    assert text.startswith("记住了：您在云岫市临溪县青石镇。")
    assert "临溪县民政局" in text


def test_on_the_sample_the_place_that_had_to_be_asked_for_answers_the_waiting_question(
    talk,
) -> None:
    talk("低保最后由谁审核确认？")
    assert "叫“城关镇”的地方有 2 个" in talk("我在城关镇")
    text = talk("1")
    assert text.startswith("记住了：您在云岫市临溪县城关镇。")
    assert "由临溪县城关镇人民政府办理" in text


# Commands and handing over


@pytest.mark.parametrize("text", ["帮助", " 帮助。", "help", "？", "您好", ""])
def test_help_says_how_to_ask_with_examples_of_the_corpus(say, text: str) -> None:
    said = say(text)
    assert "· 我想在自家宅基地盖房，找谁批？" in said
    assert all(command in said for command in ("换地方：", "转人工：", "帮助："))


def test_handing_over_writes_a_work_order_with_masked_question_place_finding_and_sources(
    say,
) -> None:
    say("我在北岸街道")
    say("我是张伟，电话13812345678，宅基地盖房找谁批")
    order = say("转人工")
    assert "拨打 12345 时" in order
    assert "13812345678" not in order
    assert "诉求：" in order
    assert "宅基地盖房找谁批" in order
    assert "地点：青禾市望溪县北岸街道" in order
    assert "已查到：在柳桥镇，“农村村民宅基地审批”由望溪县柳桥镇人民政府负责。[1]" in order
    assert "出处[1]《望溪县柳桥镇权责清单（2025年版）》柳政〔2025〕3号" in order
    assert "来源：被动回复" in order


def test_handing_over_takes_the_matter_along_or_asks_for_it(say) -> None:
    assert "请先说您要问的事" in say("转人工")
    assert "诉求：秸秆没人收" in say("转人工 秸秆没人收")


def test_who_leaves_is_forgotten(say, fake: FakeAssistant) -> None:
    say("我在北岸街道")
    assert say("", kind=Kind.FAREWELL) == ""
    say("宅基地盖房找谁批")
    assert fake.asked[-1].place == ""


def test_nothing_kept_tells_who_asked_or_what_number_was_typed(
    say, fake: FakeAssistant, tmp_path: Path
) -> None:
    say("我叫李雷，手机13812345678，宅基地找谁批", user="oUser_of_WeChat")
    kept = (tmp_path / "state.sqlite").read_bytes() + (tmp_path / "state.sqlite-wal").read_bytes()
    assert b"oUser_of_WeChat" not in kept
    assert b"13812345678" not in kept
    assert "李雷".encode() not in kept


def test_who_asks_too_fast_is_told_so(fake: FakeAssistant, memory: Memory) -> None:
    desk = Desk(fake, memory, replace(HOUSE, too_fast=lambda who: True))
    assert _say(desk, "宅基地") == "您问得太快了，请稍等片刻再问。"
    assert fake.asked == []
    desk.close()


# Long answers


class Wordy(FakeAssistant):
    """Answers in many sentences."""

    def answer(self, question: Question) -> Answer:
        answer = super().answer(question)
        more = tuple(Segment(f"第{n}条说明：{'办' * 40}。", (1,)) for n in range(40))
        return replace(answer, segments=(*answer.segments, *more))


def test_a_long_answer_is_fetched_piece_by_piece_and_whole(tmp_path: Path, memory: Memory) -> None:
    desk = Desk(Wordy(tmp_path), memory, HOUSE)
    pieces = [_say(desk, "宅基地")]
    while found := re.search(r"（还没完，回复 (\d{4}) 看后面）$", pieces[-1]):
        pieces.append(_say(desk, found[1]))
    assert len(pieces) > 2
    assert all(len(piece.encode()) <= PASSIVE.limit_bytes for piece in pieces)
    whole = "".join(pieces)
    assert [int(n) for n in re.findall(r"第(\d+)条说明", whole)] == list(range(40))
    assert whole.count("。[1]") >= 40
    assert "《柳桥镇职能配置、内设机构和人员编制规定》第三条（二）" in whole
    assert _say(desk, "1234", user="另一个人").startswith("没有 1234 这个号")
    desk.close()


# The clock


def phrasing(fake: FakeAssistant, phrase: Callable[..., Answer]) -> FakeAssistant:
    """The assistant with a model."""
    fake.phrase = phrase
    return fake


class SlowModel:
    """Takes its time over the words of each answer."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.free = threading.Event()

    def __call__(self, question: Question, answer: Answer) -> Answer:
        self.free.wait(self.seconds)
        return replace(answer, segments=(Segment("更好的说明：找镇政府。", (1,)),))


def test_better_words_that_come_in_time_are_said_at_once(
    fake: FakeAssistant, memory: Memory
) -> None:
    desk = Desk(phrasing(fake, SlowModel(0.05)), memory, HOUSE)
    assert _say(desk, "宅基地找谁批").startswith("更好的说明：找镇政府。[1]")
    desk.close()


def test_better_words_that_come_late_wait_under_a_number(
    fake: FakeAssistant, memory: Memory
) -> None:
    model = SlowModel(30)
    desk = Desk(phrasing(fake, model), memory, HOUSE, patience=0.05)

    async def person() -> tuple[str, str, str]:
        async def say(text: str) -> str:
            reply = await desk.reply(Incoming("u", number(), text=text), PASSIVE)
            assert reply is not None
            return reply.messages[0]

        first = await say("宅基地找谁批")
        found = re.search(r"过一会儿回复 (\d{4}) 查看）$", first)
        assert found, first
        early = await say(found[1])
        model.free.set()
        await asyncio.sleep(0.5)
        return first, early, await say(found[1])

    first, early, late = asyncio.run(person())
    desk.close()
    assert first.startswith("在柳桥镇")
    assert early.startswith("还没好")
    assert late.startswith("更好的说明：找镇政府。[1]")


def test_better_words_that_come_late_are_pushed_where_that_is_possible(
    fake: FakeAssistant, memory: Memory
) -> None:
    desk = Desk(phrasing(fake, SlowModel(0.5)), memory, HOUSE, patience=0.05)

    async def person() -> tuple[Reply, tuple[str, ...]]:
        reply = await desk.reply(Incoming("u", number(), text="宅基地找谁批"), PUSHING)
        assert reply is not None
        assert reply.better is not None
        return reply, await reply.better

    reply, better = asyncio.run(person())
    desk.close()
    assert reply.messages[0].startswith("在柳桥镇")
    assert better[0].startswith("更好的说明")


def test_a_model_that_finds_something_else_is_not_heard(
    fake: FakeAssistant, memory: Memory
) -> None:
    def invents(question: Question, answer: Answer) -> Answer:
        return replace(answer, holders=(), segments=(Segment("找县长。"),))

    def breaks(question: Question, answer: Answer) -> Answer:
        raise RuntimeError("model is gone")

    for phrase in (invents, breaks):
        desk = Desk(phrasing(fake, phrase), memory, HOUSE)
        assert _say(desk, "宅基地找谁批").startswith("在柳桥镇")
        desk.close()


def test_on_the_sample_a_real_model_s_words_follow_the_answer_of_the_lists(
    sample: Assistant, memory: Memory
) -> None:
    with serving(FakeModel()) as model:
        model.delay_s, model.script = 1.5, like_a_clerk
        chat = load_chat(f"{model.url}#fake", api_key="", seconds=20, retries=0)
        assert chat is not None
        with_model = Assistant(
            sample.corpus, today=lambda: TODAY, phraser=Phraser(chat, seconds=20)
        )
        desk = Desk(with_model, memory, HOUSE, patience=0.2)

        async def person() -> tuple[Reply, tuple[str, ...]]:
            asked = Incoming("u", number(), text="临溪县城关镇低保最后由谁审核确认？")
            reply = await desk.reply(asked, PUSHING)
            assert reply is not None
            assert reply.better is not None
            return reply, await reply.better

        reply, better = asyncio.run(person())
        desk.close()
    assert reply.messages[0].startswith("“最低生活保障审核确认”由临溪县城关镇人民政府办理")
    assert better[0].startswith("您好，“最低生活保障审核确认”这件事由临溪县城关镇人民政府办理")
    assert "[1][《" in better[0]


class Held(FakeAssistant):
    """Answers nobody before it is let go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.free = threading.Event()

    def answer(self, question: Question) -> Answer:
        assert self.free.wait(30)
        return super().answer(question)


def test_when_even_the_resolver_is_late_a_number_is_given_in_time(
    tmp_path: Path, memory: Memory
) -> None:
    held = Held(tmp_path)
    desk = Desk(held, memory, HOUSE, patience=0.1)

    async def person() -> str:
        reply = await desk.reply(Incoming("u", number(), text="宅基地找谁批"), PASSIVE)
        assert reply is not None
        found = re.search(r"过一会儿回复 (\d{4}) 看结果", reply.messages[0])
        assert found
        held.free.set()
        await asyncio.sleep(0.5)
        later = await desk.reply(Incoming("u", number(), text=found[1]), PASSIVE)
        assert later is not None
        return later.messages[0]

    assert asyncio.run(person()).startswith("在柳桥镇")
    desk.close()


def test_a_message_that_comes_again_while_it_is_answered_is_computed_once(
    tmp_path: Path, memory: Memory
) -> None:
    held = Held(tmp_path)
    desks = [Desk(held, memory, HOUSE), Desk(held, memory, HOUSE)]  # two workers
    same = Incoming("u", number(), text="宅基地找谁批")

    async def deliveries() -> list[Reply | None]:
        waiting = [asyncio.create_task(desk.reply(same, PASSIVE)) for desk in (*desks, desks[0])]
        await asyncio.sleep(0.3)
        held.free.set()
        return await asyncio.gather(*waiting)

    replies = asyncio.run(deliveries())
    for desk in desks:
        desk.close()
    assert len({reply.messages for reply in replies if reply}) == 1
    assert None not in replies
    assert len(held.asked) == 1


def test_broken_machinery_says_sorry_and_names_the_hotline(say) -> None:
    assert say("损坏") == "暂时答不了，请稍后再问；着急的话请拨打 12345。"
    assert "请拨打 12345" in say("出错")


def test_without_a_database_people_are_still_answered(fake: FakeAssistant, tmp_path: Path) -> None:
    notes = open_notes(tmp_path)
    memory = Memory(notes, b"secret", talk_s=60)
    for file in tmp_path.glob("state.sqlite*"):
        file.unlink()
    (tmp_path / "state.sqlite").mkdir()
    notes._engine.dispose()
    desk = Desk(fake, memory, HOUSE)
    assert _say(desk, "宅基地找谁批").startswith("在柳桥镇")
    desk.close()
