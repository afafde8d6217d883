"""An identity provider whose ID tokens say whatever a test wants, over a real socket."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey


@dataclass
class RogueProvider:
    """What it answers."""

    issuer: str = ""
    client: str = "haikei"
    nonce: str = ""
    """Of the sign-in under way; a test reads it from the address it is sent to."""
    claims: dict[str, Any] = field(default_factory=dict)
    """In place of the right ones."""
    told_issuer: str = ""
    """What its configuration calls it; empty: its address."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signing_key: RSAKey | OctKey | None = None
    """Another key than the published one."""
    algorithm: str = "RS256"

    def answer(self, path: str) -> dict[str, Any]:
        """The JSON at `path`."""
        if path.endswith("openid-configuration"):
            places = {name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return {"issuer": self.told_issuer or self.issuer, **places}
        if path == "/jwks_uri":
            return {"keys": [self.key.as_dict(private=False)]}
        now = int(time.time())
        right = {"iss": self.issuer, "aud": self.client, "sub": "1", "iat": now, "exp": now + 60, "nonce": self.nonce}
        said = {**right, "email": "sakura@example.com", "email_verified": True, **self.claims}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        token = jwt.encode(header, said, self.signing_key or self.key, algorithms=[self.algorithm])
        return {"access_token": "x", "token_type": "Bearer", "id_token": token}


@contextmanager
def rogue_provider() -> Iterator[RogueProvider]:
    """Serve one while the block runs."""
    rogue = RogueProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            data = json.dumps(rogue.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET  # noqa: N815 - the name http.server looks for

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    rogue.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield rogue
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
