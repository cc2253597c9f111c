"""Wiring: the settings of the channels → their routes, and the desk that all of them share."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from fastapi import APIRouter

from assistant.channels.clerk import House
from assistant.channels.desk import Desk
from assistant.channels.memory import Memory
from assistant.channels.settings import ChannelSettings
from assistant.contract import Assistant
from assistant.settings import Settings
from assistant.state.database import StateError
from assistant.state.notes import Notes
from assistant.state.rates import Limits, Rate

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Channels:
    """What the channels need besides an assistant; opens desks and closes them."""

    settings: ChannelSettings
    notes: Notes
    memory: Memory
    house: House
    _desks: list[Desk] = field(default_factory=list)

    def desk(self, assistant: Assistant) -> Desk:
        """The flow over one assistant."""
        desk = Desk(assistant, self.memory, self.house)
        self._desks.append(desk)
        return desk

    def close(self) -> None:
        """Let go of what still waits."""
        for desk in self._desks:
            desk.close()

    def routes(self, assistant: Assistant) -> APIRouter:
        """The callback addresses of the channels that are set, and no others.

        Raises:
            ChannelError: a setting of one of them is missing or wrong.
        """
        routes, settings, notes = (
            APIRouter(prefix="/channels", include_in_schema=False),
            self.settings,
            self.notes,
        )
        desk = self.desk(assistant)
        if settings.wechat_app_id:
            from assistant.channels import wechat

            account = wechat.callback(settings, desk, notes)
            routes.add_api_route("/wechat", account.verify, methods=["GET"])
            routes.add_api_route("/wechat", account.receive, methods=["POST"])
        if settings.wecom_corp_id:
            from assistant.channels import wecom

            app = wecom.callback(settings, desk, notes)
            routes.add_api_route("/wecom", app.verify, methods=["GET"])
            routes.add_api_route("/wecom", app.receive, methods=["POST"])
        if settings.dingtalk_http:
            from assistant.channels import dingtalk

            robot = dingtalk.Callback(settings, dingtalk.Robot(settings, desk), notes)
            routes.add_api_route("/dingtalk", robot.receive, methods=["POST"])
        if settings.feishu_encrypt_key.get_secret_value():
            from assistant.channels import feishu

            events = feishu.Callback(settings, feishu.Robot(settings, desk), notes)
            routes.add_api_route("/feishu", events.receive, methods=["POST"])
        return routes


def build_channels(
    settings: Settings, notes: Notes, key: str, limits: Limits | None = None
) -> Channels:
    """The channels that the environment sets.

    Args:
        settings: The service's.
        notes: Where people, tickets and deliveries are remembered.
        key: The service's secret; people are hashed with it.
        limits: Counts what people ask; None to let everybody ask as fast as they like.
    """
    own = ChannelSettings()
    memory = Memory(notes, key.encode(), talk_s=settings.conversation_minutes * 60)
    rate = Rate(max(1, settings.rate), max(1, settings.rate // 2))
    limits = limits if settings.rate else None

    def too_fast(who: str) -> bool:
        try:
            return limits is not None and limits.wait_s(f"ask:{who}", rate) > 0
        except StateError as exc:
            log.error("askers cannot be counted: %s", exc)
            return False

    house = House(settings.public_url, own.hotline, too_fast=too_fast)
    return Channels(own, notes, memory, house)
