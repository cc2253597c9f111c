"""An OpenID provider on loopback: discovery, authorisation, token and keys, with faults to order."""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "duty-desk", "a secret of the test"


@dataclass
class FakeProvider:
    """`changes` alters the claims of the next token; `forge` signs it with another key."""

    port: int
    groups: object = field(default_factory=lambda: ["dutydesk-editor", "others"])
    changes: dict = field(default_factory=dict)
    forge: bool = False
    claimed_issuer: str = ""
    asked: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.key, self.other_key = (RSAKey.generate_key(2048, {"kid": "k1"}) for _ in range(2))

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def configuration():
            paths = {"authorization_endpoint": "/authorize", "token_endpoint": "/token"}
            paths["jwks_uri"] = "/keys"
            found = {name: self.issuer + path for name, path in paths.items()}
            return {"issuer": self.claimed_issuer or self.issuer, **found}

        @app.get("/keys")
        def keys():
            return {"keys": [self.key.as_dict(private=False)]}

        @app.post("/token")
        async def token(request: Request):
            form = await request.form()
            digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            is_right = (
                form["code"] == "the-code"
                and challenge == self.asked["code_challenge"]
                and form["redirect_uri"] == self.asked["redirect_uri"]
                and request.headers["authorization"] == f"Basic {basic}"
            )
            if not is_right:
                return JSONResponse({"error": "invalid_grant"}, 400)
            claims = {
                "iss": self.issuer,
                "aud": CLIENT,
                "sub": "u-1",
                "name": "王编辑",
                "groups": self.groups,
                "exp": int(time.time()) + 300,
                "nonce": self.asked["nonce"],
            } | self.changes
            key = self.other_key if self.forge else self.key
            id_token = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)
            return {"access_token": "x", "token_type": "Bearer", "id_token": id_token}

        return app

    def server(self) -> uvicorn.Server:
        return uvicorn.Server(uvicorn.Config(self.app(), port=self.port, log_level="critical"))
