"""A holder as a card: the role in plain words, who is named first, where its office was read."""

from __future__ import annotations

import re

from assistant.model import Holder
from index.model import Role

# 0990-6251234, (0990)6251234, 13800000000, 12345: an area code, then five to eleven digits.
_NUMBER = re.compile(r"(?<!\d)(?:[（(]?0\d{2,3}[）)]?[-－— ]?)?\d{5,11}(?!\d)")


def role_words(holder: Holder) -> str:
    """The role in one plain sentence."""
    other = holder.principal if holder.principal != holder.body else ""
    match holder.role:
        case Role.LEAD:
            return "由它负责"
        case Role.DELEGATED:
            return (
                f"原由{other}行使，已赋权给它，由它负责"
                if other
                else "县级权力已赋权给它，由它负责"
            )
        case Role.ENTRUSTED:
            return (
                f"受{other}委托办理，仍由{other}负责" if other else "受委托办理，仍由委托机关负责"
            )
        case Role.COOPERATING:
            return f"配合，牵头的是{other}" if other else "配合，牵头的是上级部门"
        case Role.WITHDRAWN:
            return f"乡镇（街道）不再办理，由{other or holder.body}承接"


def parties(holder: Holder) -> list[tuple[str, str]]:
    """(body, what it does), the one that the card is about first; a lead has a card of its own."""
    other = holder.principal if holder.principal != holder.body else ""
    match holder.role:
        case Role.LEAD:
            found = [(holder.body, "负责")]
        case Role.DELEGATED:
            found = [(holder.body, "负责办理"), (other, "原行使机关")]
        case Role.ENTRUSTED:
            found = [(holder.body, "受托办理"), (other, "委托机关，仍由它负责")]
        case Role.COOPERATING:
            found = [(holder.body, "配合"), (other, "牵头负责")]
        case Role.WITHDRAWN:
            found = [(other, "承接办理"), (holder.body, "不再办理" if other else "承接办理")]
    return [(name, part) for name, part in found if name]


def phone_href(phone: str) -> str:
    """A link that dials the first number of a published phone; "" where none can be told."""
    number = _NUMBER.search(phone)
    return f"tel:{re.sub(r'[^0-9]', '', number.group())}" if number else ""


def office_name(holder: Holder) -> str:
    """The office, with its body where the card is headed by another body."""
    headed_by_other = holder.body != parties(holder)[0][0]
    return f"{holder.body}{holder.office}" if holder.office and headed_by_other else holder.office


def office_words(holder: Holder) -> str:
    """Where the name of the office was read."""
    if not holder.office:
        return ""
    return "据机构职能文件，清单未写明" if holder.office_from == "provision" else "清单写明"
