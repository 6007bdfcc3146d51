"""A small provider of OpenID Connect on a port of this machine: it lets in whoever a test says, and lies when told."""

from __future__ import annotations

import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server


class Provider:
    """`claims` is who comes next; `lie` changes what the id_token says or who signs it."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.lie = ""
        self.issuer = ""
        self.asked: dict[str, dict[str, str]] = {}
        self.used: set[str] = set()
        self.key = RSAKey.generate_key(2048, {"kid": "1"})
        self.false_key = RSAKey.generate_key(2048, {"kid": "1"})
        self.app = Flask("provider")
        self.app.add_url_rule("/.well-known/openid-configuration", view_func=self.metadata)
        self.app.add_url_rule("/jwks", view_func=self.jwks)
        self.app.add_url_rule("/authorize", view_func=self.authorize)
        self.app.add_url_rule("/token", view_func=self.token, methods=["POST"])

    def metadata(self) -> Response:
        return jsonify(
            issuer=self.issuer,
            authorization_endpoint=f"{self.issuer}/authorize",
            token_endpoint=f"{self.issuer}/token",
            jwks_uri=f"{self.issuer}/jwks",
            id_token_signing_alg_values_supported=["RS256"],
        )

    def jwks(self) -> Response:
        return jsonify(keys=[self.key.as_dict(private=False)])

    def authorize(self) -> Any:
        code = f"code-{len(self.asked)}"
        self.asked[code] = request.args.to_dict()
        return redirect(f"{request.args['redirect_uri']}?code={code}&state={request.args['state']}")

    def token(self) -> Any:
        code = request.form["code"]
        asked = self.asked[code]
        proof = urlsafe_b64encode(sha256(request.form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if (
            code in self.used
            or proof != asked["code_challenge"]
            or request.form["redirect_uri"] != asked["redirect_uri"]
        ):
            return jsonify(error="invalid_grant"), 400
        self.used.add(code)
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": "oerbron",
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
        } | self.claims
        match self.lie:
            case "issuer":
                said["iss"] = "https://evil.example"
            case "audience":
                said["aud"] = "somebody else"
            case "nonce":
                said["nonce"] = "another"
            case "expired":
                said["exp"] = now - 3_600
        key = self.false_key if self.lie == "signature" else self.key
        token = jwt.encode({"alg": "RS256", "kid": "1"}, said, key)
        return jsonify(access_token="x", token_type="Bearer", id_token=token)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    found = Provider()
    server = make_server("127.0.0.1", 0, found.app, threaded=True)
    found.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
