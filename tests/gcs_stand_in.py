"""Google Cloud Storage on loopback, as far as a block of results asks:
tokens for a key, a bucket's objects.

The real client talks to it, and is refused what Google would refuse: a token for a key that is not
the account's, a call without a token or without a role for it. What is asked of other addresses by
https comes here too, is put on record and goes no further. Listing, deleting and uploads in pieces
are not in here.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import google_crc32c
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt

# Whom the client means its signed claim for, wherever the key's file sends it.
AUDIENCE = "https://oauth2.googleapis.com/token"
ACCOUNT = "runs@example-project.iam.gserviceaccount.com"
USER, READER = "roles/storage.objectUser", "roles/storage.legacyBucketReader"
# What Google's lists of roles say, of the permissions that are asked for here.
PERMISSIONS = {
    USER: {"storage.objects.create", "storage.objects.delete", "storage.objects.get"},
    READER: {"storage.buckets.get"},
}
ROUTES = (
    ("storage.buckets.get", "GET", r"/storage/v1/b/([^/]+)()"),
    ("storage.objects.create", "POST", r"/upload/storage/v1/b/([^/]+)/o()"),
    ("storage.objects.get", "GET", r"/download/storage/v1/b/([^/]+)/o/([^/]+)"),
)


class Refused(Exception):
    """An answer that is none: its HTTP status and what it says."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message

    def body(self, path: str) -> dict[str, Any]:
        """In the form of what was asked: tokens have one of their own."""
        error = (
            self.message
            if path == "/token"
            else {"code": self.status, "message": self.message}
        )
        return {"error": error}


@dataclass
class StandIn:
    """One bucket, one account with `roles` on it;
    `with StandIn(...) as there` serves until the block ends.

    `objects` by name; `calls`: the permission that each call needed, with the object's name;
    `tokens`: those given out; `elsewhere`: the hosts that were asked for by https, in vain.
    """

    bucket: str
    roles: tuple[str, ...] = (USER, READER)
    objects: dict[str, bytes] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = new_key()
        handler = type("BoundHandler", (_Handler,), {"stand_in": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandIn:
        threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def environ(self, key_file: Path) -> dict[str, str]:
        """What a process finds that is to talk to this and to nothing
        of Google's; writes the key's file."""
        account = {
            "type": "service_account",
            "project_id": "example-project",
            "private_key_id": "planted",
            "private_key": pem(self.key),
            "client_email": ACCOUNT,
            "token_uri": f"{self.url}/token",
        }
        key_file.write_text(json.dumps(account))
        return {
            "GOOGLE_APPLICATION_CREDENTIALS": str(key_file),
            "STORAGE_EMULATOR_HOST": self.url,
            "https_proxy": self.url,
            "no_proxy": "127.0.0.1",
        }

    def token(self, asked: bytes) -> dict[str, Any]:
        """A token for whoever signed with the account's key."""
        (assertion,) = parse_qs(asked.decode())["assertion"]
        coding = (
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )
        known = self.key.public_key().public_bytes(*coding)
        try:
            claims = jwt.decode(assertion, known, audience=AUDIENCE)  # type: ignore[no-untyped-call]
        except ValueError as error:
            raise Refused(400, f"invalid_grant: {error}") from None
        if claims["iss"] != ACCOUNT:
            raise Refused(400, f"invalid_grant: the key is not of {claims['iss']}")
        self.tokens.append(f"planted-{uuid.uuid4().hex}")
        return {
            "access_token": self.tokens[-1],
            "expires_in": 3600,
            "token_type": "Bearer",
        }

    def allow(self, permission: str) -> None:
        """Nothing, or a refusal in Google's words."""
        if not any(permission in PERMISSIONS[role] for role in self.roles):
            raise Refused(
                403, f"{ACCOUNT} does not have {permission} access to the bucket."
            )

    def keep(self, name: str, content: bytes) -> dict[str, Any]:
        """Keep an object; one that is there is replaced, which is a deletion too."""
        if name in self.objects:
            self.allow("storage.objects.delete")
        self.objects[name] = content
        return {
            "bucket": self.bucket,
            "name": name,
            "size": str(len(content)),
            "crc32c": crc32c(content),
        }


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    stand_in: StandIn

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the calls on record are what counts."""

    def do_CONNECT(self) -> None:
        """Let nothing out."""
        self.stand_in.elsewhere.append(self.path.partition(":")[0])
        self.send_error(502)

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer()

    def _answer(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            status, done = 200, self._done(urlsplit(self.path).path, asked)
        except Refused as refusal:
            status, done = refusal.status, refusal.body(self.path)
        body = done if isinstance(done, bytes) else json.dumps(done).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Goog-Hash", f"crc32c={crc32c(body)}")
        self.end_headers()
        self.wfile.write(body)

    def _done(self, path: str, asked: bytes) -> dict[str, Any] | bytes:
        there = self.stand_in
        if (self.command, path) == ("POST", "/token"):
            return there.token(asked)
        found = (
            (call, re.fullmatch(form, path))
            for call, verb, form in ROUTES
            if verb == self.command
        )
        call, match = next(
            ((call, match) for call, match in found if match), ("", None)
        )
        if not match:
            raise Refused(501, f"the stand-in has no {self.command} {path}")
        if (
            self.headers.get("Authorization", "").removeprefix("Bearer ")
            not in there.tokens
        ):
            raise Refused(401, "Anonymous caller does not have access to the bucket.")
        name = unquote(match[2])
        told, content = (
            taken_apart(self.headers["Content-Type"], asked) if asked else ({}, b"")
        )
        there.calls.append((call, name or told.get("name", "")))
        there.allow(call)
        if unquote(match[1]) != there.bucket or (name and name not in there.objects):
            raise Refused(404, f"not found: {path}")
        if asked:
            return there.keep(told["name"], content)
        return (
            there.objects[name]
            if name
            else {"kind": "storage#bucket", "name": there.bucket}
        )


def taken_apart(content_type: str, body: bytes) -> tuple[dict[str, Any], bytes]:
    """What a client tells of an object, and the object, whose checksum is what was told."""
    mark = re.search(r'boundary="?([^";]+)"?', content_type)
    assert mark, content_type
    parts = body.split(b"--" + mark[1].encode())[1:3]
    told, content = (
        part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts
    )
    description: dict[str, Any] = json.loads(told)
    if description.get("crc32c") != crc32c(content):
        raise Refused(
            400, f"the checksum {description.get('crc32c')} is not {crc32c(content)}"
        )
    return description, content


def crc32c(content: bytes) -> str:
    """The checksum as Google writes it."""
    return base64.b64encode(google_crc32c.value(content).to_bytes(4, "big")).decode()


def new_key() -> rsa.RSAPrivateKey:
    """A key of nobody's."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    """A private key as a key's file has it."""
    coding = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return key.private_bytes(*coding).decode()
