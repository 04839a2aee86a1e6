"""A receiver of Kvit's webhooks, in the standard library alone: checks the signature, handles each event once.

    python examples/webhook_receiver.py --port 8099 --secret whsec_…

Then add http://127.0.0.1:8099/ on the page /webhooks (with ``[webhooks] house = true`` in kvit.toml) and press "Send a
test". What is signed, and how often a call may come, is told in docs/protocols/webhooks.md.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_S = 300
BODY_BYTES_MAX = 1 << 20


def is_ours(headers: Mapping[str, str], body: bytes, secret: str, now_s: float) -> bool:
    """Say whether a call was made by who has the secret, now, with this body."""
    id_, timestamp = headers.get("webhook-id") or "", headers.get("webhook-timestamp") or ""
    if not id_ or not timestamp.isdigit() or abs(int(timestamp) - now_s) > TOLERANCE_S:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{id_}.{timestamp}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = (headers.get("webhook-signature") or "").split(" ")
    return any(hmac.compare_digest(wanted.encode(), each.encode()) for each in given)


def receiver(secret: str, port: int) -> ThreadingHTTPServer:
    """Make the server; port 0 takes a free one."""
    handled: set[str] = set()  # a real program keeps these ids beside what it did, in one transaction

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("content-length", "0")), BODY_BYTES_MAX))
            headers = {name.lower(): value for name, value in self.headers.items()}
            ours = is_ours(headers, body, secret, time.time())
            self.send_response(204 if ours else 401)
            self.end_headers()
            if ours and headers["webhook-id"] not in handled:
                handled.add(headers["webhook-id"])
                event = json.loads(body)
                print(event["type"], json.dumps(event["data"]), flush=True)

        def log_message(self, *_: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main() -> None:
    """Receive until stopped."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=8099)
    arguments.add_argument("--secret", required=True, help="as shown once on the page: whsec_…")
    given = arguments.parse_args()
    with receiver(given.secret, given.port) as server:
        print(f"listening on http://127.0.0.1:{server.server_address[1]}/", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
