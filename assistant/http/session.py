"""The signed cookie of a signed-in person, and the CSRF token that goes with it.

Nothing is kept on the server: every worker that has the key can read it. A revoked token ends the
session at once, for the cookie names the token and not what it may do. What an account of the
organisation may do stands in the cookie, so such a session ends sooner: whoever lost his group has
to ask the provider again.
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from assistant.service.access import write_private

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HOURS = 10  # a day's work
_MAX_AGE_S = _HOURS * 3600
_ACCOUNT_MAX_AGE_S = 4 * 3600  # half a day's work: the longest that a lost group still counts
_NAME = "dutydesk_session"
_KEY_BYTES = 32
_NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Session:
    """Who signed in: by token (`token_id`), or by the organisation's account (`name`, `role`).

    With none of them it only carries the form of somebody who is about to sign in.
    """

    nonce: str
    token_id: str = ""
    name: str = ""
    role: str = ""


def new_session(token_id: str = "", name: str = "", role: str = "") -> Session:
    """A session that nobody can guess."""
    return Session(secrets.token_urlsafe(_NONCE_BYTES), token_id, name, role)


class Sessions:
    """Reads and writes session cookies."""

    def __init__(self, key: str) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="session")
        self._key = key.encode()

    def read(self, request: Request) -> Session | None:
        """The session of a request; None if absent, forged, too old, or sent by another site."""
        written = request.cookies.get(_cookie_name(request), "")
        try:
            said, signed_at = self._signer.loads(written, max_age=_MAX_AGE_S, return_timestamp=True)
            session = Session(**said)
        except (BadData, TypeError):
            return None
        age_s = time.time() - signed_at.timestamp()
        is_over = session.role and age_s > _ACCOUNT_MAX_AGE_S
        return None if is_over or _is_from_elsewhere(request) else session

    def write(self, request: Request, response: Response, session: Session) -> None:
        """Hand the session to the browser."""
        response.set_cookie(
            _cookie_name(request),
            self._signer.dumps(asdict(session)),
            max_age=_ACCOUNT_MAX_AGE_S if session.role else _MAX_AGE_S,
            secure=_is_secure(request),
            httponly=True,
            samesite="lax",
        )

    def end(self, request: Request, response: Response) -> None:
        """Make the browser forget it."""
        response.delete_cookie(
            _cookie_name(request), secure=_is_secure(request), httponly=True, samesite="lax"
        )

    def csrf(self, session: Session) -> str:
        """What a form or script of this session has to send along."""
        return hmac.digest(self._key, f"csrf:{session.nonce}".encode(), "sha256").hex()

    def is_csrf(self, session: Session, sent: str) -> bool:
        """True if it came from a page of this session."""
        return hmac.compare_digest(self.csrf(session).encode(), sent.encode("utf-8", "replace"))


def session_key(home: Path, secret: str) -> str:
    """The key that was set, else one made once and kept in a private file under home."""
    if secret:
        return secret
    path = home / "session.key"
    if not path.exists():
        write_private(path, secrets.token_hex(_KEY_BYTES).encode())
    return path.read_text("ascii").strip()


def _is_from_elsewhere(request: Request) -> bool:
    """True if a page of another site sent what may change something.

    The CSRF token would stop it as well; this also holds for endpoints that forget to ask for it.
    Over plain HTTP browsers send only Origin. Names are compared without ports, which some proxies
    drop; others put the name asked for into X-Forwarded-Host, which no foreign page can set.
    """
    if request.method in SAFE_METHODS:
        return False
    if site := request.headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return False
    hosts = (request.headers.get(name, "") for name in ("host", "x-forwarded-host"))
    return _hostname(origin) not in {_hostname(f"//{host}") for host in hosts if host}


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _cookie_name(request: Request) -> str:
    """Over HTTPS the browser itself holds a `__Host-` cookie to this host and to all its paths."""
    return f"__Host-{_NAME}" if _is_secure(request) else _NAME
