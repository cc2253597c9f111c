"""The README's commands, settings and terms are true."""

from __future__ import annotations

import re
from pathlib import Path

import index.model
from assistant.cli import cli
from assistant.model import Question
from assistant.pipeline import Assistant
from assistant.settings import Settings
from index.manifest import Entry

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^make (\w+)", README, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert targets == {"run", "test"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_every_command_exists() -> None:
    named = set(re.findall(r"`dutydesk (\w+)", README))
    commands = {command.name or command.callback.__name__ for command in cli.registered_commands}
    commands |= {group.name for group in cli.registered_groups}
    assert named == commands


def test_settings_table_is_whole() -> None:
    rows = dict(re.findall(r"^\| `DUTYDESK_(\w+)` \| `?([^`|]*?)`? \|", README, re.MULTILINE))
    fields = Settings.model_fields
    assert {name.lower() for name in rows} == set(fields)
    for name, stated in rows.items():
        default = fields[name.lower()].default
        expected = "空" if hasattr(default, "get_secret_value") else str(default) or "空"
        assert stated == expected, name


def test_terms_name_what_the_code_has() -> None:
    section = README.split("## 术语 / Terms")[1].split("##")[0]
    names = re.findall(r"\| `(\w+)` \|", section)
    assert len(names) == 11
    assert all(hasattr(index.model, name) for name in names)


def test_the_example_is_what_the_sample_answers(sample: Assistant) -> None:
    shown = re.search(
        r'dutydesk ask "(.+?)" --place (\S+) --corpus sample\n(.+?)^```', README, re.M | re.S
    )
    assert shown is not None
    question, place, printed = shown.groups()
    text, *cited = re.split(r"^\[\d+\] ", printed, flags=re.M)
    answer = sample.answer(Question(question, place))
    assert answer.text.startswith(re.sub(r"\s", "", text)), answer.text
    assert len(cited) >= 2
    for lines, citation in zip(cited, answer.citations, strict=False):
        head, quote = lines.strip().split("\n", 1)
        assert head.startswith(f"《{citation.source.title}》{citation.source.document_number}")
        assert head.endswith(citation.locator.cells or citation.locator.article or "?")
        pieces = [piece for piece in re.split(r"…+", quote.strip().strip("“”")) if piece]
        assert pieces
        assert all(piece in citation.quote for piece in pieces)


def test_manifest_example_names_every_key_of_a_file() -> None:
    example = re.search(r"^```yaml\n(.+?)^```", README, re.M | re.S)
    assert example is not None
    files = example[1].split("files:")[1]
    assert set(re.findall(r"^ {2}[ -] (\w+):", files, re.M)) == set(Entry.model_fields)
