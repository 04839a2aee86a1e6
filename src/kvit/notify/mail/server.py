"""The connection to the shop's mail server: one mail, one connection, everything under deadlines (RFC 5321, by
aiosmtplib).

The server's name is looked up once and the connection goes to the address that was looked at, as in `kvit.net`; its
certificate must be that of the name. Once the end of the mail was handed over nobody can say that it was not taken: a
connection that breaks then is `Verdict.UNKNOWN`, and the mail goes out again under the same Message-ID.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

import aiosmtplib

from kvit.net.exchange import Resolve, system_resolve
from kvit.net.guard import is_allowed
from kvit.notify.model import Outcome, Verdict

PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
CONNECT_S: Final = 10.0
ANSWER_S: Final = 30.0
"""For one answer: servers look at a mail before they say yes."""
WHOLE_S: Final = 120.0
NAME: Final = "smtp"


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to reach it. ``trust`` replaces the system's authorities, ``resolve`` its name server
    (tests)."""

    host: str
    security: str
    port: int = 0
    user: str = ""
    password: str = ""
    house: bool = False
    resolve: Resolve = system_resolve
    trust: ssl.SSLContext | None = None


async def send(server: Server, mail: EmailMessage, sender: str, to: str) -> Outcome:
    """Hand one mail over; nothing is raised for anything a server can do."""
    trial = _Trial(server)
    try:
        async with asyncio.timeout(WHOLE_S):
            return await trial.run(mail, sender, to)
    except aiosmtplib.SMTPResponseException as error:
        return _told(error, trial.step)
    except aiosmtplib.SMTPNotSupported:
        return Outcome(Verdict.CLOSED, trial.step, NAME)
    except ssl.SSLError:
        return Outcome(Verdict.CLOSED, "tls", NAME)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        if trial.step == "data":
            return Outcome(Verdict.UNKNOWN, "lost", NAME)
        return Outcome(_shut(error), trial.step, NAME)
    finally:
        trial.close()


def _shut(error: BaseException) -> Verdict:
    """A certificate that is not the server's, or a server that offers no TLS, is mended by a person; any other fault
    may be over in a minute."""
    if type(error) is aiosmtplib.SMTPException:
        return Verdict.CLOSED
    while (cause := error.__cause__) is not None:
        error = cause
    return Verdict.CLOSED if isinstance(error, ssl.SSLError) else Verdict.AWAY


def _told(error: aiosmtplib.SMTPResponseException, step: str) -> Outcome:
    """An answer with a number (RFC 5321, 4.2.1): 4yz is for now, 5yz for ever; about this mail, or about all of
    them."""
    reason = f"{step} {error.code}"
    if step in ("rcpt", "data"):
        return Outcome(Verdict.LATER if error.code < 500 else Verdict.REFUSED, reason, NAME)
    return Outcome(Verdict.AWAY if error.code < 500 else Verdict.CLOSED, reason, NAME)


class _Trial:
    """One try."""

    def __init__(self, server: Server) -> None:
        self.step = "name"
        """Where it stands: ``name connect tls auth mail rcpt data``."""
        self._server = server
        self._client: aiosmtplib.SMTP | None = None
        self._line: socket.socket | None = None

    async def run(self, mail: EmailMessage, sender: str, to: str) -> Outcome:
        server = self._server
        connected = await self._connected()
        if connected is None:
            return Outcome(Verdict.CLOSED, "address", NAME)
        context = server.trust or ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._client = client = aiosmtplib.SMTP(
            hostname=server.host, sock=connected, timeout=ANSWER_S, use_tls=server.security == "tls", start_tls=False,
            tls_context=context if server.security != "none" else None, local_hostname=sender.partition("@")[2],
        )  # fmt: skip
        await client.connect()
        if server.security == "starttls":
            self.step = "tls"
            await client.starttls(server_hostname=server.host, tls_context=context)
        if server.user:
            self.step = "auth"
            await client.login(server.user, server.password)
        self.step = "mail"
        await client.mail(sender)
        self.step = "rcpt"
        await client.rcpt(to)
        self.step = "data"
        answer = await client.data(mail.as_bytes())
        self.step = "done"
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=1.0)
        return Outcome(Verdict.DONE, provider=NAME, provider_id=_queue_name(answer.message))

    async def _connected(self) -> socket.socket | None:
        """Connect to the first address that answers; None: an address that is not allowed."""
        server = self._server
        port = server.port or PORTS[server.security]
        async with asyncio.timeout(CONNECT_S):
            found = await server.resolve(server.host, port)
        if not found or not all(is_allowed(each, house=server.house) for each in found):
            return None
        self.step = "connect"
        for place, address in enumerate(found):
            self._line = line = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
            line.setblocking(False)
            try:
                async with asyncio.timeout(CONNECT_S):
                    await asyncio.get_running_loop().sock_connect(line, (address, port))
                return line
            except OSError:
                line.close()
                if place == len(found) - 1:
                    raise
        return None

    def close(self) -> None:
        if self._client is not None:
            transport = self._client.transport
            self._client.close()
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        if self._line is not None:
            self._line.close()


def _queue_name(text: str) -> str:
    """The server's name for the mail, where it says one: ``2.0.0 Ok: queued as 4F2A1``."""
    _, marker, name = text.partition("queued as ")
    name = name.split()[0] if marker and name.split() else ""
    return name[:64] if name.isascii() and name.isprintable() else ""
