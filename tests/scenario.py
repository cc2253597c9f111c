"""Scenarios as data: what the sample's papers decide, and where an answer departs from it.

After `dutydesk build index/sample`, `python -m tests.scenario [rule …]` asks them all and prints
what is wrong, rule by rule. Keys of `expect`: `status` (answered unless said), of the first holder `body`, `role`, `office`,
`office_from`, `principal` (one or several right values), `bodies` (all must be among the holders),
`bodies_any`, `not_bodies`, `no_holders`, `helps`/`not_helps` (who only cooperates), `cites` and
`not_cites` (paper or paper@sheet: words of the row, clause or quote), `says`, `says_any`,
`never_says`, and of a question back `ask`, `options`, `options_include`.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from assistant.app import build_encoder
from assistant.corpus import Corpus
from assistant.model import Answer, Citation, Question, Status
from assistant.pipeline import Assistant
from assistant.settings import Settings
from index.model import Clause, DutyItem, Role
from index.versions import CorpusFolder

FOLDER = Path(__file__).parent / "scenarios"
TODAY = date(2026, 1, 15)  # a day after all the sample's papers
_STORIES = Path(__file__).parent / "sample_city" / "stories.yaml"
_KEYS = frozenset(
    {"status", "body", "role", "office", "office_from", "principal", "bodies", "bodies_any"}
    | {"not_bodies", "no_holders", "helps", "not_helps", "cites", "not_cites", "says", "says_any"}
    | {"never_says", "ask", "options", "options_include"}
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a scenario and what its answer must hold."""

    question: str
    place: str
    as_of: date | None
    expect: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A conversation of one or more turns; `separate` turns share no conversation."""

    id: str
    rule: str
    turns: tuple[Turn, ...]
    separate: bool = False


def scenarios() -> tuple[Scenario, ...]:
    """All scenarios, in the order of their files."""
    return tuple(s for path in sorted(FOLDER.glob("*.yaml")) for s in _read(path))


def papers() -> dict[str, str]:
    """Short name → file."""
    named = yaml.safe_load(_STORIES.read_text("utf-8"))["papers"]
    return {**named, **yaml.safe_load((FOLDER / "papers.yaml").read_text("utf-8"))}


def _read(path: Path) -> Iterator[Scenario]:
    data = yaml.safe_load(path.read_text("utf-8"))
    for entry in data.get("scenarios", ()):
        turns = tuple(map(_turn, entry.get("turns", [entry])))
        name = f"{data['rule']}:{entry['id']}"
        yield Scenario(name, data["rule"], turns, entry.get("separate", False))


def _turn(entry: dict[str, Any]) -> Turn:
    unknown = set(entry["expect"]) - _KEYS
    if unknown:
        raise ValueError(f"{entry['ask']}: {sorted(unknown)}")
    return Turn(entry["ask"], entry.get("place", ""), entry.get("as_of"), entry["expect"])


def faults(assistant: Assistant, scenario: Scenario) -> list[str]:
    """Where the answers depart from the papers; empty if nowhere."""
    conversation, found = "", []
    for number, turn in enumerate(scenario.turns, start=1):
        answer = assistant.answer(Question(turn.question, turn.place, turn.as_of, conversation))
        conversation = "" if scenario.separate else answer.conversation_id
        for fault in _departures(assistant, answer, turn.expect):
            found.append(f"{number}. {turn.question}：{fault}")
        if found:
            return [*found, f"   answered: {answer.status.value} {answer.text[:600]}"]
    return []


def _departures(assistant: Assistant, answer: Answer, expect: dict[str, Any]) -> Iterator[str]:
    right = _several(expect.get("status", "answered"))
    if answer.status.value not in right:
        yield f"status {answer.status.value}, not {right}"
    yield from _of_first(answer, expect)
    yield from _of_holders(answer, expect)
    yield from _of_proof(assistant, answer, expect)
    yield from _of_words(answer.text, expect)
    if answer.status is Status.CLARIFY:
        yield from _of_choices(answer, expect)


def _of_first(answer: Answer, expect: dict[str, Any]) -> Iterator[str]:
    first = answer.holders[0] if answer.holders else None
    for name in ("body", "role", "office", "office_from", "principal"):
        if name in expect:
            given = str(getattr(first, name, ""))
            if given not in _several(expect[name]):
                yield f"{name} {given!r}, not {expect[name]}"


def _of_holders(answer: Answer, expect: dict[str, Any]) -> Iterator[str]:
    given = [holder.body for holder in answer.holders]
    helping = [holder.body for holder in answer.holders if holder.role is Role.COOPERATING]
    if missing := set(expect.get("bodies", ())) - set(given):
        yield f"holders lack {sorted(missing)}"
    if "bodies_any" in expect and not set(expect["bodies_any"]) & set(given):
        yield f"no holder of {expect['bodies_any']}"
    if wrong := set(expect.get("not_bodies", ())) & set(given):
        yield f"wrong holder {sorted(wrong)}"
    if expect.get("no_holders") and given:
        yield f"holders {given}, not none"
    if "helps" in expect and expect["helps"] not in helping:
        yield f"who helps: {helping}, not {expect['helps']}"
    if expect.get("not_helps", "-") in helping:
        yield f"{expect['not_helps']} is said to help"


def _of_proof(assistant: Assistant, answer: Answer, expect: dict[str, Any]) -> Iterator[str]:
    for cite in expect.get("cites", ()):
        if not any(_proves(assistant, c, cite) for c in answer.citations):
            yield f"does not cite {cite}"
    for cite in expect.get("not_cites", ()):
        if any(_proves(assistant, c, cite) for c in answer.citations):
            yield f"cites {cite}"


def _proves(assistant: Assistant, citation: Citation, cite: dict[str, str]) -> bool:
    ((paper, words),) = cite.items()
    name, _, sheet = paper.partition("@")
    if citation.source.file != papers()[name]:
        return False
    if sheet and citation.locator.sheet != sheet:
        return False
    record = assistant.record(citation.item_id)
    texts = [citation.quote]
    texts += [record.name, record.sub_item] if isinstance(record, DutyItem) else []
    texts += [record.text] if isinstance(record, Clause) else []
    return any(squeezed(words) in squeezed(text) for text in texts)


def _of_words(text: str, expect: dict[str, Any]) -> Iterator[str]:
    for words in expect.get("says", ()):
        if squeezed(words) not in squeezed(text):
            yield f"does not say {words!r}"
    if "says_any" in expect and not any(words in text for words in expect["says_any"]):
        yield f"says none of {expect['says_any']}"
    for words in expect.get("never_says", ()):
        if words in text:
            yield f"says {words!r}"


def _of_choices(answer: Answer, expect: dict[str, Any]) -> Iterator[str]:
    clarify = answer.clarify
    options = {option.value for option in clarify.options} if clarify else set()
    if "ask" in expect and (clarify is None or clarify.ask != expect["ask"]):
        yield f"asks for {clarify and clarify.ask}, not {expect['ask']}"
    if "options" in expect and options != set(expect["options"]):
        yield f"offers {sorted(options)}, not {expect['options']}"
    if not options >= set(expect.get("options_include", ())):
        yield f"offers {sorted(options)}, which lack some of {expect['options_include']}"


def _several(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def squeezed(text: str) -> str:
    """NFKC without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def main(rules: list[str]) -> None:
    """Ask all scenarios (of some rules) of the corpus in service and print what is wrong."""
    settings = Settings()
    folder = CorpusFolder(settings.home, "sample").current()
    assistant = Assistant(Corpus(folder, build_encoder(settings)), today=lambda: TODAY)
    asked: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for scenario in scenarios():
        if rules and scenario.rule not in rules:
            continue
        asked[scenario.rule] += 1
        if found := faults(assistant, scenario):
            wrong[scenario.rule] += 1
            print(scenario.id, *found, sep="\n  ")
    for rule, n in asked.items():
        print(f"{rule:14} {n - wrong[rule]:3} of {n}")


if __name__ == "__main__":
    main(sys.argv[1:])
