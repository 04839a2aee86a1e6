"""A mail server on loopback (RFC 5321) with STARTTLS, TLS and AUTH PLAIN, that fails as it is told, a mail long."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime
import ssl
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "shop", "geheim"


@dataclass
class MailServer:
    """``faults``: ``banner 554``, ``mail 451``, ``rcpt 550``, ``data 452``, ``lost`` (taken, no answer), ``hangup``."""

    tls: ssl.SSLContext | None = None
    auth: bool = False
    port: int = 0
    faults: deque[str] = field(default_factory=deque)
    mails: list[EmailMessage] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    talks: set[asyncio.Task[None]] = field(default_factory=set)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.talks.add(task)
        try:
            await _Talk(self, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()


class _Talk:
    def __init__(self, server: MailServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.fault = server.faults.popleft() if server.faults else ""
        self.sender = self.to = ""

    async def say(self, text: str) -> None:
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()

    def faulty(self, step: str) -> str:
        return self.fault.partition(" ")[2] if self.fault.startswith(f"{step} ") else ""

    @property
    def secured(self) -> bool:
        return self.writer.get_extra_info("ssl_object") is not None

    async def run(self) -> None:
        code = self.faulty("banner")
        await self.say(f"{code} no" if code else "220 mail.test ESMTP")
        known = not self.server.auth
        while line := (await self.reader.readline()).decode().strip():
            word = line.partition(" ")[0].upper()
            if word == "EHLO":
                extra = ["STARTTLS"] if self.server.tls and not self.secured else []
                extra += ["AUTH PLAIN LOGIN"] if self.server.auth and self.secured else []
                names = ["mail.test", *extra, "8BITMIME"]
                for place, name in enumerate(names):
                    await self.say(f"250{' ' if place == len(names) - 1 else '-'}{name}")
            elif word == "STARTTLS":
                assert self.server.tls
                await self.say("220 go")
                await self.writer.start_tls(self.server.tls)
            elif word == "AUTH":
                known = base64.b64decode(line.split()[2]).decode() == f"\0{USER}\0{PASSWORD}"
                await self.say("235 ok" if known else "535 no")
            elif word == "MAIL":
                code = self.faulty("mail") or ("" if known else "530")
                self.sender = line
                await self.say(f"{code} no" if code else "250 ok")
            elif word == "RCPT":
                code = self.faulty("rcpt")
                self.to = line
                await self.say(f"{code} no" if code else "250 ok")
            elif word == "DATA":
                await self.say("354 go")
                if not await self.data():
                    return
            elif word == "QUIT":
                await self.say("221 bye")
                return
            else:
                await self.say("502 what?")

    async def data(self) -> bool:
        raw = await self.reader.readuntil(b"\r\n.\r\n")
        if self.fault == "hangup":
            return False
        if code := self.faulty("data"):
            await self.say(f"{code} no")
            return True
        body = raw[:-3].replace(b"\r\n..", b"\r\n.")
        self.server.mails.append(message_from_bytes(body, policy=default))
        self.server.taken.append((self.sender, self.to))
        self.server.secure.append(self.secured)
        if self.fault == "lost":
            return False
        await self.say("250 2.0.0 Ok: queued as 4F2A1")
        return True


@contextlib.asynccontextmanager
async def mail_server(
    certificate: Path | None = None, *, whole: bool = False, auth: bool = False
) -> AsyncIterator[MailServer]:
    """``certificate``: TLS, offered by STARTTLS or, with ``whole``, from the first byte."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    server = MailServer(None if whole else context, auth)
    listener = await asyncio.start_server(server.talk, "127.0.0.1", 0, ssl=context if whole else None)
    server.port = int(listener.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listener.close()
        await asyncio.gather(*server.talks, return_exceptions=True)
        for _ in range(20):  # connections whose handshake failed have no talk, and end a few turns of the loop later
            await asyncio.sleep(0)


def certificate_of(folder: Path, name: str) -> Path:
    """A certificate of its own authority, for one host, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    builder = builder.not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(30))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = builder.sign(key, hashes.SHA256())
    file = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=certificate.read_text("ascii").split("-----END PRIVATE KEY-----")[1])
