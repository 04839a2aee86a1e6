"""Outgoing HTTP against a real server on loopback that is told to fail: what is said of each fault, and whether we sent."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kvit.net import Ask, Failed, Limits, Reply, Trouble, ask

PATIENT = Limits(connect_s=10, silence_s=10, whole_s=20, answer_bytes=1000)
"""A busy machine is no fault."""
QUICK = Limits(connect_s=10, silence_s=0.1, whole_s=20, answer_bytes=1000)
"""Where silence is the fault."""
Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def peer(handle: Peer, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def safely(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handle(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(safely, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def answering(*parts: bytes, hold: bool = False) -> Peer:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
        if hold:
            await reader.read()
        else:
            writer.write_eof()
            await reader.read()

    return handle


async def asked(handle: Peer, limits: Limits = QUICK, work_s: float = 0.0) -> Reply | Failed:
    async with peer(handle) as port:
        wanted = Ask(f"http://127.0.0.1:{port}/a?b=c", b"body", {}, plain=True, house=True, work_s=work_s)
        return await ask(wanted, limits)


OK = b"HTTP/1.1 200 OK\r\n"
GOOD = [
    ("counted", [OK + b"Content-Length: 2\r\nX-A: 1\r\n\r\nok"], True),
    ("chunked", [OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\no\r\n", b"1\r\nk\r\n0\r\n\r\n"], True),
    ("until the end", [OK + b"\r\n", b"ok"], False),
    ("a word before", [b"HTTP/1.1 103 Early Hints\r\n\r\n", OK + b"Content-Length: 2\r\n\r\nok"], True),
    ("one byte at a time", [bytes([byte]) for byte in OK + b"Content-Length: 2\r\n\r\nok"], True),
]


@pytest.mark.parametrize(("name", "parts", "hold"), GOOD, ids=[row[0] for row in GOOD])
async def test_answers(name: str, parts: list[bytes], hold: bool) -> None:
    reply = await asked(answering(*parts, hold=hold))
    assert isinstance(reply, Reply), reply
    assert (reply.status, reply.body) == (200, b"ok")


FAULTS = [
    ("silence", [], True, Trouble.SLOW),
    ("half a head", [OK], True, Trouble.SLOW),
    ("half a body", [OK + b"Content-Length: 9\r\n\r\nok"], True, Trouble.SLOW),
    ("hung up", [], False, Trouble.BROKEN),
    ("hung up in the head", [OK], False, Trouble.BROKEN),
    ("wrong length", [OK + b"Content-Length: 9\r\n\r\nok"], False, Trouble.BROKEN),
    ("chunks without an end", [OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\no\r\n"], False, Trouble.BROKEN),
    ("no HTTP", [b"+OK POP3 ready\r\n\r\n"], True, Trouble.MALFORMED),
    ("endless head", [OK, *[b"X-A: " + b"a" * 1000 + b"\r\n"] * 40], True, Trouble.MALFORMED),
    ("two lengths", [OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"], True, Trouble.MALFORMED),
    ("large and says so", [OK + b"Content-Length: 1001\r\n\r\n"], True, Trouble.LARGE),
    ("endless body", [OK + b"\r\n", *[b"a" * 1000] * 3], True, Trouble.LARGE),
    ("packed bomb", [OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b"], True, Trouble.MALFORMED),
]


@pytest.mark.parametrize(("name", "parts", "hold", "trouble"), FAULTS, ids=[row[0] for row in FAULTS])
async def test_faults_behind_the_request(name: str, parts: list[bytes], hold: bool, trouble: Trouble) -> None:
    limits = QUICK if trouble is Trouble.SLOW else PATIENT
    assert await asked(answering(*parts, hold=hold), limits) == Failed(trouble, sent=True)


async def test_a_peer_that_drips_ends_at_the_whole_deadline() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"\r\n")
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.02)

    limits = Limits(connect_s=10, silence_s=10, whole_s=0.2)
    assert await asked(drip, limits) == Failed(Trouble.SLOW, sent=True)


async def test_a_peer_that_answers_when_it_is_done_is_waited_for() -> None:
    async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.3)  # longer than the silence that is borne otherwise
        writer.write(OK + b"Content-Length: 2\r\n\r\nok")
        await writer.drain()
        await reader.read()

    assert await asked(work) == Failed(Trouble.SLOW, sent=True)
    reply = await asked(work, work_s=5.0)
    assert isinstance(reply, Reply)
    assert reply.body == b"ok"


async def test_a_reset_is_broken() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    assert await asked(reset) == Failed(Trouble.BROKEN, sent=True)


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Temporary", b"308 Permanent"])
async def test_no_redirect_is_followed(status: bytes) -> None:
    met: list[bytes] = []

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(await reader.read(1))

    async with peer(elsewhere) as other:
        where = b"Location: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % other
        reply = await asked(answering(b"HTTP/1.1 " + status + b"\r\n" + where))
    assert isinstance(reply, Reply)
    assert reply.status == int(status[:3])
    assert met == []


async def test_what_is_sent() -> None:
    seen: list[bytes] = []

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(4))
        writer.write(OK + b"Content-Length: 0\r\n\r\n")
        await reader.read()

    async with peer(keep) as port:
        wanted = Ask(f"http://127.0.0.1:{port}/a?b=c", b"body", {"X-Key": "k"}, plain=True, house=True)
        assert isinstance(await ask(wanted, PATIENT), Reply)
    head = seen[0].decode().split("\r\n")
    assert head[0] == "POST /a?b=c HTTP/1.1"
    assert {f"Host: 127.0.0.1:{port}", "Content-Length: 4", "Connection: close", "X-Key: k"} <= set(head)
    assert head[-1] == "body"


# Nothing was sent

NOT_SENT = [
    (Ask("http://127.0.0.1:9/", house=True), Trouble.ADDRESS),
    (Ask("http://127.0.0.1:9/", plain=True), Trouble.ADDRESS),
    (Ask("https://localhost/"), Trouble.ADDRESS),
    (Ask("http://169.254.169.254/", plain=True, house=True), Trouble.ADDRESS),
    (Ask("gopher://h/", plain=True, house=True), Trouble.ADDRESS),
    (Ask("http://h/", headers={"X-A": "1\r\nX-B: 2"}, plain=True), Trouble.ADDRESS),
    (Ask("http://h/", headers={"X-A\r\n": "1"}, plain=True), Trouble.ADDRESS),
    (Ask("http://h/", headers={"X-A": "ключ"}, plain=True), Trouble.ADDRESS),
    (Ask("http://h/", method="GET /x HTTP/1.1\r\nA: b", plain=True), Trouble.ADDRESS),
    (Ask("http://no-such-name.invalid/", plain=True, house=True), Trouble.NAME),
]


@pytest.mark.parametrize(("wanted", "trouble"), NOT_SENT, ids=range(len(NOT_SENT)))
async def test_what_is_refused_before_a_byte(wanted: Ask, trouble: Trouble) -> None:
    async def known(host: str, port: int) -> list[str]:
        if host == "no-such-name.invalid":
            raise OSError
        return {"h": ["8.8.8.8"], "localhost": ["127.0.0.1"]}.get(host, [host])

    assert await ask(wanted, PATIENT, resolve=known) == Failed(trouble, sent=False)


async def test_a_closed_port_is_away() -> None:
    async with peer(answering()) as port:
        pass
    failed = await ask(Ask(f"http://127.0.0.1:{port}/", plain=True, house=True), PATIENT)
    assert failed == Failed(Trouble.AWAY, sent=False)


async def test_a_name_with_one_address_in_the_house_is_refused() -> None:
    async def mixed(host: str, port: int) -> list[str]:
        return ["8.8.8.8", "192.168.1.1"]

    assert await ask(Ask("https://mixed.example/"), PATIENT, resolve=mixed) == Failed(Trouble.ADDRESS)


async def test_a_name_that_changes_is_looked_up_once_and_the_next_address_is_tried() -> None:
    looked: list[str] = []

    async with peer(answering(OK + b"Content-Length: 2\r\n\r\nok")) as port:

        async def changing(host: str, _port: int) -> list[str]:
            looked.append(host)
            return ["127.0.0.2", "127.0.0.1"] if len(looked) == 1 else ["10.9.9.9"]

        reply = await ask(Ask(f"http://shop.example:{port}/", plain=True, house=True), PATIENT, resolve=changing)
    assert isinstance(reply, Reply)
    assert looked == ["shop.example"]


async def test_a_name_server_that_hangs_is_no_name() -> None:
    async def hangs(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    assert await ask(Ask("https://h/"), Limits(connect_s=0.05), resolve=hangs) == Failed(Trouble.NAME)


def test_a_request_shows_neither_body_nor_headers() -> None:
    assert "secret" not in repr(Ask("https://h/", b"key=secret", {"X-Key": "secret"}))


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example",
            "-keyout", "key.pem", "-out", "cert.pem",
        ],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.mark.parametrize(
    ("host", "trusted", "found"),
    [
        ("shop.example", True, None),
        ("other.example", True, Failed(Trouble.TLS)),  # another's certificate
        ("shop.example", False, Failed(Trouble.TLS)),  # nobody vouches for it
    ],
)
async def test_certificates(certificate: Path, host: str, trusted: bool, found: Failed | None) -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    trust = ssl.create_default_context(cafile=str(certificate / "cert.pem") if trusted else None)

    async def pinned(name: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with peer(answering(OK + b"Content-Length: 2\r\n\r\nok"), own) as port:
        reply = await ask(Ask(f"https://{host}:{port}/", house=True), PATIENT, resolve=pinned, trust=trust)
    assert reply == found if found else isinstance(reply, Reply)


async def test_a_peer_without_tls() -> None:
    async with peer(answering(b"+OK\r\n")) as port:
        failed = await ask(Ask(f"https://127.0.0.1:{port}/", house=True), Limits(connect_s=0.3))
    assert isinstance(failed, Failed)
    assert not failed.sent
