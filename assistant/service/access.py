"""Who may do what: four roles, and tokens of which only hashes are kept.

A token reads `dd_<id>_<secret>`; the secret has 256 random bits, so one SHA-256 is enough.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import IntEnum
from pathlib import Path

from index.errors import DutyDeskError

_PREFIX = "dd"
_ID_BYTES = 4
_SECRET_BYTES = 32
_LONGEST = 200
_LONGEST_NAME = 40


class AccessError(DutyDeskError):
    """A token cannot be added, found or read; the text says what to do."""


class Role(IntEnum):
    """Each may do what those before it may: 公众, 窗口人员, 编辑, 管理员."""

    PUBLIC = 0
    STAFF = 1
    EDITOR = 2
    ADMIN = 3

    @classmethod
    def named(cls, name: str) -> Role:
        """The role of a name such as "editor".

        Raises:
            AccessError: there is none.
        """
        try:
            return cls[name.strip().upper()]
        except KeyError:
            raise AccessError(
                f"没有“{name}”这个角色；可用 public、staff、editor、admin。"
            ) from None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is at the other end; `id` names the token or the account, "" for anybody."""

    name: str
    role: Role
    id: str = ""


PUBLIC = Principal("公众", Role.PUBLIC)


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token: `digest` is the SHA-256 of its secret; dates as YYYY-MM-DD."""

    id: str
    name: str
    role: str
    digest: str
    added_on: str
    expires_on: str = ""

    @property
    def principal(self) -> Principal:
        """Whom the token stands for."""
        return Principal(self.name, Role.named(self.role), self.id)

    def is_valid(self, today: date) -> bool:
        """False once its last day is over."""
        return not self.expires_on or today.isoformat() <= self.expires_on


class Tokens:
    """The file of tokens, read again whenever it changes. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._tokens: dict[str, Token] = {}

    def principal(self, written: str) -> Principal | None:
        """Whom a token as it was handed out stands for; None for a wrong or expired one."""
        parts = written.strip().split("_", 2) if len(written) <= _LONGEST else []
        if len(parts) != 3 or parts[0] != _PREFIX:
            return None
        token = self._current().get(parts[1])
        expected = token.digest if token else _digest("")
        is_right = hmac.compare_digest(_digest(parts[2]), expected)
        return token.principal if token and is_right and token.is_valid(date.today()) else None

    def principal_of(self, token_id: str) -> Principal | None:
        """Whom a token that was shown earlier stands for; None once revoked or expired."""
        token = self._current().get(token_id)
        return token.principal if token and token.is_valid(date.today()) else None

    def all(self) -> tuple[Token, ...]:
        """Every token, oldest first."""
        return tuple(self._current().values())

    def add(self, name: str, role: Role, *, days: int = 0) -> str:
        """Make a token and return it; it can never be shown again. `days` 0 for no end.

        Raises:
            AccessError: the name is empty, too long or taken.
        """
        if not name.strip() or len(name) > _LONGEST_NAME:
            raise AccessError(f"令牌要有名称，最长 {_LONGEST_NAME} 个字。")
        today = date.today()
        end = (today + timedelta(days=days)).isoformat() if days else ""
        token_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
        with self._changing() as tokens:
            if any(token.name == name for token in tokens.values()):
                raise AccessError(f"已有名为“{name}”的令牌；先停用它，或换个名称。")
            role_name, added = role.name.lower(), today.isoformat()
            tokens[token_id] = Token(token_id, name, role_name, _digest(secret), added, end)
        return f"{_PREFIX}_{token_id}_{secret}"

    def revoke(self, name: str) -> Token:
        """Take a token out of use, at once and in every worker.

        Raises:
            AccessError: there is none of this name.
        """
        with self._changing() as tokens:
            found = next((token for token in tokens.values() if token.name == name), None)
            if found is None:
                raise AccessError(f"没有名为“{name}”的令牌；现有的用 dutydesk token list 查看。")
            del tokens[found.id]
        return found

    def _current(self) -> dict[str, Token]:
        with self._lock:
            try:
                stat = self._path.stat()
            except FileNotFoundError:
                self._seen, self._tokens = None, {}
                return self._tokens
            if (seen := (stat.st_mtime_ns, stat.st_ino)) != self._seen:
                self._tokens = _read(self._path)
                self._seen = seen
            return self._tokens

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Token]]:
        """The tokens, to be changed by one at a time among all processes, then written."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            tokens = dict(self._current())
            yield tokens
            self._write(tokens)

    def _write(self, tokens: dict[str, Token]) -> None:
        text = json.dumps([asdict(t) for t in tokens.values()], ensure_ascii=False, indent=1)
        write_private(self._path, text.encode())


def write_private(path: Path, content: bytes) -> None:
    """Replace a file as a whole, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Token]:
    try:
        tokens = [Token(**values) for values in json.loads(path.read_text("utf-8"))]
        return {token.id: token for token in tokens if Role.named(token.role) in Role}
    except (OSError, ValueError, TypeError) as exc:
        raise AccessError(
            f"令牌文件 {path} 读不出（{exc}）。请从备份恢复，或删除后重新添加令牌。"
        ) from exc


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
