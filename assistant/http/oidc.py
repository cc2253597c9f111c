"""Signing in with the organisation's own accounts: OpenID Connect, code flow with PKCE.

The provider says who somebody is and, in one claim, which groups he is in; `dutydesk-staff`,
`dutydesk-editor` and `dutydesk-admin` give the role of that name.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer

from assistant.http.access import Gate
from assistant.http.problems import Problem, ProblemError
from assistant.http.session import Sessions, new_session
from assistant.http.signin import local_path, signed_in
from assistant.service.access import Principal, Role

log = logging.getLogger(__name__)

_COOKIE = "dutydesk_oidc"
_MAX_AGE_S = 600  # somebody who has to find his second factor
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_GROUP = "dutydesk-"
_TIMEOUT_S = 10
_LEEWAY_S = 60  # clocks of two machines
_RANDOM_BYTES = 32

PROVIDER_AWAY = Problem(
    503,
    "oidc_unavailable",
    "单位账号暂不可用",
    "单位的登录系统没有回应，请稍后再试，或用令牌登录。",
)
NOT_PROVEN = Problem(
    403, "oidc_refused", "登录没有成功", "单位的登录系统没有证明您的身份，请从登录页重新开始。"
)
NO_ROLE = Problem(
    403, "oidc_no_role", "没有权限", "您的单位账号还没有职责台的权限，请联系管理员加入用户组。"
)


@dataclass(frozen=True, slots=True)
class Provider:
    """What the settings say of the provider; `public_url` is this site as browsers reach it."""

    issuer: str
    client_id: str
    client_secret: str
    role_claim: str
    public_url: str

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends people back to."""
        return f"{self.public_url}/signin/oidc/callback"


class SingleSignOn:
    """The two steps of signing in at the provider."""

    def __init__(self, provider: Provider, gate: Gate, sessions: Sessions, key: str) -> None:
        self._provider = provider
        self._gate = gate
        self._sessions = sessions
        self._signer = URLSafeTimedSerializer(key, salt="oidc")

    def routes(self) -> APIRouter:
        """The routes that a browser is led through."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/signin/oidc", self.begin)
        routes.add_api_route("/signin/oidc/callback", self.finish)
        return routes

    async def begin(self, request: Request, next: str = "/") -> Response:
        """Lead the browser to the provider; what must come back waits in a signed cookie."""
        pending = {
            name: secrets.token_urlsafe(_RANDOM_BYTES) for name in ("state", "nonce", "verifier")
        }
        endpoint = (await self._metadata())["authorization_endpoint"]
        query = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": self._provider.redirect_uri,
            "scope": "openid profile",
            "state": pending["state"],
            "nonce": pending["nonce"],
            "code_challenge": _challenge(pending["verifier"]),
            "code_challenge_method": "S256",
        }
        url = f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"
        response = RedirectResponse(url, status_code=303)
        response.set_cookie(
            _COOKIE,
            self._signer.dumps(pending | {"next": local_path(next)}),
            max_age=_MAX_AGE_S,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return response

    async def finish(self, request: Request, code: str = "", state: str = "") -> Response:
        """Check what came back and open a session."""
        pending = self._pending(request)
        if not code or not secrets.compare_digest(pending["state"].encode(), state.encode()):
            raise ProblemError(NOT_PROVEN)
        claims = await self._claims(code, pending)
        role = role_of(claims.get(self._provider.role_claim))
        name = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])
        if role is Role.PUBLIC:
            log.warning("an account without a role signed in at the provider")
            raise ProblemError(NO_ROLE)
        await self._gate.write_down(signed_in(Principal(name, role, f"oidc:{claims['sub']}")))
        response = RedirectResponse(local_path(pending["next"]), status_code=303)
        self._sessions.write(request, response, new_session(name=name, role=role.name.lower()))
        response.delete_cookie(_COOKIE)
        return response

    def _pending(self, request: Request) -> dict[str, str]:
        try:
            pending: dict[str, str] = self._signer.loads(
                request.cookies.get(_COOKIE, ""), max_age=_MAX_AGE_S
            )
        except BadData as exc:
            raise ProblemError(NOT_PROVEN) from exc
        return pending

    async def _claims(self, code: str, pending: Mapping[str, str]) -> dict[str, Any]:
        """The proven claims of the ID token.

        Raises:
            ProblemError: the provider is away, or proves nothing.
        """
        from joserfc.errors import JoseError

        metadata = await self._metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._provider.redirect_uri,
            "code_verifier": pending["verifier"],
        }
        basic = httpx.BasicAuth(self._provider.client_id, self._provider.client_secret)
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_S) as client:
                reply = await client.post(metadata["token_endpoint"], data=form, auth=basic)
                keys = await client.get(metadata["jwks_uri"])
            token = reply.raise_for_status().json()["id_token"]
            return self._proven(token, keys.raise_for_status().json(), pending["nonce"])
        except (httpx.HTTPStatusError, JoseError, KeyError, ValueError) as exc:
            log.warning("the provider proved nothing: %s", exc)
            raise ProblemError(NOT_PROVEN) from exc
        except httpx.HTTPError as exc:
            raise ProblemError(PROVIDER_AWAY) from exc

    def _proven(self, id_token: str, keys: Any, nonce: str) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """OpenID Connect Core 1.0, section 3.1.3.7."""
        from joserfc import jwt
        from joserfc.jwk import KeySet

        token = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
        jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self._provider.issuer},
            aud={"essential": True, "value": self._provider.client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(token.claims)
        return dict(token.claims)

    async def _metadata(self) -> dict[str, str]:
        """OpenID Connect Discovery 1.0; only the issuer that was set may speak."""
        address = f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_S) as client:
                reply = await client.get(address)
            metadata: dict[str, str] = reply.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as exc:
            log.warning("the provider does not answer: %s", exc)
            raise ProblemError(PROVIDER_AWAY) from exc
        if metadata.get("issuer") != self._provider.issuer:
            raise ProblemError(NOT_PROVEN)
        return metadata


def _challenge(verifier: str) -> str:
    """RFC 7636, section 4.2, S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def role_of(groups: object) -> Role:
    """The highest role that any of the groups gives."""
    names = groups if isinstance(groups, list) else str(groups or "").replace(",", " ").split()
    roles = (role for role in Role if f"{_GROUP}{role.name.lower()}" in names)
    return max(roles, default=Role.PUBLIC)
