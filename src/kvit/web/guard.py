"""What stands before every request: limits, the proxy's word, and the security headers of every answer.

An ASGI wrapper around a whole application, so that no answer (an error, a redirect, a static file) leaves without its
headers. ``X-Forwarded-For`` and ``X-Forwarded-Proto`` count only from a configured proxy, and then only the last entry,
which that proxy wrote. A fault of ours becomes one 500 with an id; its trace goes to the log.
"""

from __future__ import annotations

import asyncio
import re
import traceback
from collections.abc import Sequence
from ipaddress import ip_address

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kvit.web.body_limit import BodyLimits
from kvit.web.context import Context
from kvit.web.host_names import is_ours
from kvit.web.problem import Problem, place_of, problem_id, problem_response

HEADERS_BYTES_MAX = 16 << 10
HEADERS_MAX = 64
"""Browsers send some 20 headers and 2 kB."""
TARGET_BYTES_MAX = 4 << 10
BODY_WITHIN_S = 20.0
"""A form of 64 KiB over the slowest phone; a sender of one byte a second is let go."""

_HOST = re.compile(rb"[A-Za-z0-9._~-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")

PUBLIC_CSP = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
STAFF_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

COMMON = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "cache-control": "no-store",
}
PUBLIC_HEADERS = COMMON | {"content-security-policy": PUBLIC_CSP, "referrer-policy": "no-referrer"}
STAFF_HEADERS = COMMON | {"content-security-policy": STAFF_CSP, "referrer-policy": "same-origin"}
"""Not ``no-referrer`` for staff: browsers then send ``Origin: null`` with forms, and forms are checked by their origin."""
FAULT = "kvit.fault"
"""Where the id of a fault already answered stands in the scope."""
FAULT_TITLE = "Something went wrong in Kvit; the id helps to find it in the log"
HSTS = (b"strict-transport-security", b"max-age=31536000")


class Guard:
    """Wraps an application. After it ``scope["client"]`` and ``scope["scheme"]`` are what the proxy says they are."""

    def __init__(
        self, app: ASGIApp, context: Context, headers: dict[str, str], limits: BodyLimits | None = None
    ) -> None:
        self._app = app
        self._context = context
        self._limits = limits or BodyLimits()
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._believe_proxy(scope)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = self._with_ours(message.get("headers", []), scope)
            await send(message)

        bytes_max = self._limits.of(scope["method"], scope["path"])
        refused = _refused(scope, bytes_max) or self._foreign(scope)
        if refused is not None:
            await problem_response(*refused, "", problem_id())(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, _limited(receive, bytes_max), send_with_headers)
        except Exception as error:
            id_ = scope.get(FAULT) or problem_id()
            trace = "".join(traceback.format_exception(error))
            self._context.log("web.fault", {"id": id_, "path": place_of(scope["path"]), "trace": trace})
            if not started:
                await problem_response(500, "web.fault", FAULT_TITLE, "", id_)(scope, receive, send_with_headers)

    def _foreign(self, scope: Scope) -> tuple[int, str, str] | None:
        """Refuse who asks for another host: a foreign site whose name leads here (`kvit.web.host_names`)."""
        host = next((value.decode("ascii") for name, value in scope["headers"] if name == b"host"), "")
        if not host or is_ours(host, self._context.host_names):
            return None
        return 421, "web.other_host", "This name is not the shop's; [web] names in kvit.toml says which are"

    def _with_ours(self, headers: Sequence[tuple[bytes, bytes]], scope: Scope) -> list[tuple[bytes, bytes]]:
        given = {name.lower() for name, _ in headers}
        ours = [header for header in self._headers if header[0] not in given]
        return [*headers, *ours, *([HSTS] if scope["scheme"] == "https" else [])]

    def _believe_proxy(self, scope: Scope) -> None:
        client = scope.get("client")
        if not client or not self._is_proxy(client[0]):
            return
        for name, value in scope["headers"]:
            word = value.decode("latin-1").rpartition(",")[2].strip()
            if name == b"x-forwarded-for" and _is_address(word):
                scope["client"] = (word, 0)
            elif name == b"x-forwarded-proto" and word in ("http", "https"):
                scope["scheme"] = word

    def _is_proxy(self, peer: str) -> bool:
        return _is_address(peer) and any(ip_address(peer) in network for network in self._context.proxies)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _refused(scope: Scope, bytes_max: int) -> tuple[int, str, str] | None:
    headers = scope["headers"]
    if len(headers) > HEADERS_MAX or sum(len(name) + len(value) for name, value in headers) > HEADERS_BYTES_MAX:
        return 431, "web.headers_too_long", "The headers are too long"
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > TARGET_BYTES_MAX:
        return 414, "web.target_too_long", "The address is too long"
    if not _one_host(scope) or not _plain_coding(headers):
        return 400, "web.not_understood", "The request is not understood"
    lengths = [value for name, value in headers if name == b"content-length"]
    if lengths and (len(lengths) > 1 or not lengths[0].isdigit()):
        return 400, "web.not_understood", "The length of the body is not understood"
    if lengths and int(lengths[0][:12]) > bytes_max:
        return 413, "web.too_long", "The body is too long"
    return None


def _one_host(scope: Scope) -> bool:
    """RFC 9112, 3.2: exactly one Host (HTTP/1.0 may go without), and nothing in it that no host is written with."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if not hosts:
        return scope.get("http_version") == "1.0"
    return len(hosts) == 1 and _HOST.fullmatch(hosts[0]) is not None


def _plain_coding(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """No coding, or ``chunked`` once and no length beside it: any other way two readers could see two requests."""
    codings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    return not codings or (codings == [b"chunked"] and all(name != b"content-length" for name, _ in headers))


def _limited(receive: Receive, bytes_max: int) -> Receive:
    """Pass the body on as far as its limits go; without a length header it is counted as it comes."""
    seen = 0
    whole = False

    async def limited() -> Message:
        nonlocal seen, whole
        if whole:  # now only a disconnect is awaited, which may take as long as the caller listens
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), BODY_WITHIN_S)
        except TimeoutError:
            raise Problem(408, "web.deadline") from None
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if seen > bytes_max:
                raise Problem(413, "web.too_long")
        return message

    return limited
