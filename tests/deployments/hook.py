"""Where notifications go in the tests: an HTTP server on the loopback
that remembers what it was told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.deployments.site import Site

BLOCK = "custom-webhook/ops"


@contextmanager
def hook() -> Iterator[tuple[str, list[str]]]:
    """Its address, and the texts as they come."""
    told: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the standard library's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.append(str(json.loads(body)["text"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Nothing on the terminal."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", told
    finally:
        server.shutdown()
        server.server_close()


def make_block(here: Site, address: str) -> None:
    """The notification block, as somebody makes it on the dashboard."""
    kind, _, name = BLOCK.partition("/")
    of_kind = here.asked(f"/block_types/slug/{kind}")["id"]
    (schema, *_) = here.asked(
        "/block_schemas/filter",
        {"block_schemas": {"block_type_id": {"any_": [of_kind]}}},
    )
    data = {
        "name": name,
        "url": address,
        "json_data": {"text": "{{subject}}\n{{body}}"},
        "secrets": {},
    }
    document = {
        "name": name,
        "data": data,
        "block_type_id": of_kind,
        "block_schema_id": schema["id"],
    }
    here.asked("/block_documents/", document)
