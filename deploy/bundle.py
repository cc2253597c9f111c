"""One archive that installs with no network: every wheel, the model, the sample corpus.

    make bundle                       without torch: the embedded encoder or an endpoint
    make bundle BUNDLE=--with-torch   also sentence-transformers' models by path

The versions are those of the environment that runs this, which is the one the tests ran in. Machine
and Python of the target must be like this one; `install.sh` checks before it changes anything.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "dutydesk"
DOCUMENTS = ("README.md", "UPGRADE.md", "THREATS.md", "SCALE.md", "dutydesk.service", "nginx.conf")
# Only `DUTYDESK_ENCODER=st:…` needs them, and they weigh ten times as much as all others.
HEAVY = frozenset({"sentence-transformers", "torch"})


def main() -> None:
    """Make the archive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--home", type=Path, required=True, help="holds the sample corpus and the model"
    )
    parser.add_argument("--out", type=Path, default=ROOT)
    parser.add_argument("--extra", action="append", default=["oidc", "postgresql"])
    parser.add_argument("--with-torch", action="store_true")
    options = parser.parse_args()
    name = f"{PROJECT}-bundle-{version(PROJECT)}-{_tag()}"
    folder = options.out / name
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    left_out = frozenset() if options.with_torch else HEAVY
    pinned = closure(PROJECT, options.extra, left_out)
    _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    _pip("download", "--no-deps", "--dest", str(wheels), *pinned)
    _build_sources(wheels)
    furnish(folder, options.home, with_torch=options.with_torch)
    archive = options.out / f"{name}.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
        tar.add(folder, name)
    shutil.rmtree(folder)
    size = archive.stat().st_size / 1e6
    sys.stderr.write(f"{archive}：{len(pinned) + 1} 个安装包，{size:.0f} MB\n")


def furnish(folder: Path, home: Path, *, with_torch: bool) -> None:
    """Put in, beside the wheels that are there, all else that `install.sh` needs, and itself."""
    _copy_home(home, folder / "home", with_torch=with_torch)
    shutil.copy(ROOT / "deploy" / "install.sh", folder)
    for document in DOCUMENTS:
        shutil.copy(ROOT / "deploy" / document, folder)
    (folder / "PLATFORM").write_text(f"{_tag()}\n")
    _write_sums(folder)


def closure(project: str, extras: list[str], left_out: frozenset[str]) -> list[str]:
    """Every package that the project needs, as installed here: name==version, sorted."""
    found: dict[str, str] = {}
    waiting = [(project, tuple(extras))]
    while waiting:
        name, wanted = waiting.pop()
        for line in _requires(name):
            requirement = Requirement(line)
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": extra}) for extra in ("", *wanted)):
                continue
            key = _canonical(requirement.name)
            if key in found or key in left_out:
                continue
            try:
                found[key] = version(requirement.name)
            except PackageNotFoundError:
                continue  # an optional part that is not installed here either
            waiting.append((requirement.name, tuple(requirement.extras)))
    return sorted(f"{name}=={number}" for name, number in found.items())


def _requires(name: str) -> list[str]:
    """What a package needs; of the project as it is now, not as it was when it was installed."""
    if name != PROJECT:
        return distribution(name).requires or []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"].items()
    extras = [f'{line}; extra == "{extra}"' for extra, lines in optional for line in lines]
    return [*project["dependencies"], *extras]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _tag() -> str:
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return (
        f"{python}-{sysconfig.get_platform().replace('-', '_')}-{platform.libc_ver()[0] or 'libc'}"
    )


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*command, *arguments], check=True)


def _build_sources(wheels: Path) -> None:
    """What the registry has as source only is built here, not on the target."""
    for source in [*wheels.glob("*.tar.gz"), *wheels.glob("*.zip")]:
        _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(source))
        source.unlink()


def _copy_home(home: Path, target: Path, *, with_torch: bool) -> None:
    """The sample's version in service and the converted model, nothing else."""
    sample = home / "corpora" / "sample"
    current = (sample / "current").read_text("utf-8").strip()
    own = target / "corpora" / "sample"
    shutil.copytree(sample / "versions" / current, own / "versions" / current)
    (own / "current").write_text(current, "utf-8")
    unused = () if with_torch else ("*.safetensors",)  # the weights again, for torch
    shutil.copytree(home / "models", target / "models", ignore=shutil.ignore_patterns(*unused))


def _write_sums(folder: Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
