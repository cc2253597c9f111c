"""The fixed texts of the channels."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.channels.message import Kind

BUSY = "问的人多，还在查。过一会儿回复 {ticket} 看结果。"
BUSY_PUSHED = "问的人多，还在查，查到了马上发给您。"
BETTER = "（更完整的说明正在写，过一会儿回复 {ticket} 查看）"
MORE = "（还没完，回复 {ticket} 看后面）"
NOT_READY = "还没好，请过一会儿再回复 {ticket}。"
NO_TICKET = "没有 {ticket} 这个号，可能已经过期。请再问一次。"
FAILED = "暂时答不了，请稍后再问；着急的话请拨打 {hotline}。"
TOO_FAST = "您问得太快了，请稍等片刻再问。"
TOO_LONG = "您写得太长了（最多 {most} 个字）。请用一两句话说要办什么事、在哪个乡镇（街道）。"
HEARD = "（听到的是：“{text}”）"
NO_MATTER = "请先说您要问的事，再回复“转人工”。比如：转人工 小区电梯老是坏。"
WHERE = (
    "好的，原来的地方不再用了。请告诉我您在哪个县（区）、哪个乡镇（街道），比如：我在{example}。"
)
HERE = "记住了：您在{place}。以后按这里回答，回复“换地方”可以改。"
ASK_NOW = "请问您要办什么事？"
WHICH = "叫“{name}”的地方有 {n} 个，您在哪一个？"
UNKNOWN_PLACE = "已收录的清单里没有找到“{name}”。请写全名称，比如：我在{example}。"
WORK_ORDER = "拨打 {hotline} 时把下面这段话念给话务员，或者复制到 {hotline} 的网上表单里：\n\n"
CHOSEN = "已选"

_KINDS = {
    Kind.VOICE: "这里听不了语音。请打字告诉我要办什么事，比如：{example}",
    Kind.IMAGE: "这里看不了图片。请用文字说要办什么事，比如：{example}",
    Kind.LOCATION: "这里读不了定位。请直接写乡镇（街道）的名字，比如：我在{place}。",
    Kind.OTHER: "这里只看得懂文字。请打字告诉我要办什么事，比如：{example}",
}
_NO_EXAMPLE = "低保找谁办？"


def welcome(examples: Sequence[str], place: str, hotline: str) -> str:
    """What this is, how to ask, and the commands."""
    asked = "\n".join(f"· {example}" for example in examples[:3]) or f"· {_NO_EXAMPLE}"
    return (
        "您好，我按政府公开的清单回答“这件事归谁管”，每句话都注明写在哪份文件里。"
        f"直接打字问就行，比如：\n{asked}\n\n"
        f"先说一声在哪儿，答得更准：我在{place}\n"
        f"换地方：忘掉原来的地方\n转人工：写好一段可以交给 {hotline} 的话\n帮助：再看一遍这段说明"
    )


def of_kind(kind: Kind, examples: Sequence[str], place: str) -> str:
    """A kind word to what cannot be read."""
    example = examples[0] if examples else _NO_EXAMPLE
    return _KINDS.get(kind, _KINDS[Kind.OTHER]).format(example=example, place=place)
