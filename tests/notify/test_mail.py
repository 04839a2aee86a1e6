"""Mail: how a letter is written, and every way a mail server can take it or not."""

from __future__ import annotations

import dataclasses
import ssl
from pathlib import Path

import pytest

from kvit.notify.mail.letter import message_id, write
from kvit.notify.mail.server import Server, send
from kvit.notify.model import Letter, Outcome, Verdict
from kvit.notify.settings import MailSettings
from tests.fakes.smtp import PASSWORD, USER, MailServer, certificate_of, mail_server, trusting

SENDER, TO, ID = "receipts@shop.example.com", "anna@example.org", "0123456789abcdef01234567"
LETTER = Letter("Здравствуйте\n.\n..точка\nFrom here\n", "Ваш чек из «Кофе» ₸", "<p>Чек</p>")
MAIL = write(LETTER, ID, SENDER, "Кофе, ТОО", TO, 1_800_000_000_000)


def to(server: MailServer, security: str = "none", trust: ssl.SSLContext | None = None, **more: str) -> Server:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    return Server("mail.test", security, server.port, house=True, resolve=resolve, trust=trust, **more)


async def test_a_mail_arrives_as_it_was_written() -> None:
    async with mail_server() as server:
        outcome = await send(to(server), MAIL, SENDER, TO)
    assert outcome == Outcome(Verdict.DONE, provider="smtp", provider_id="4F2A1")
    mail = server.mails[0]
    assert server.taken == [(f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{TO}>")]
    assert (mail["Subject"], mail["Message-ID"], mail["To"]) == (LETTER.subject, f"<{ID}@shop.example.com>", TO)
    assert mail["From"].addresses[0].display_name == "Кофе, ТОО"
    assert mail["Date"].datetime.timestamp() == 1_800_000_000
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r\n", "\n") == LETTER.text
    assert "<p>Чек</p>" in page.get_content()
    assert all(line < 128 for line in mail.as_bytes())


def test_nothing_a_shop_is_called_becomes_a_header() -> None:
    mail = write(Letter("x", "Hi"), ID, SENDER, "Evil\r\nBcc: all@example.com", TO, 0)
    assert mail["Bcc"] is None
    assert mail["From"].addresses[0].addr_spec == SENDER
    assert message_id(ID, SENDER) == mail["Message-ID"]


@pytest.mark.parametrize(
    ("fault", "verdict", "reason"),
    [
        ("banner 554", Verdict.CLOSED, "connect 554"), ("banner 421", Verdict.AWAY, "connect 421"),
        ("mail 451", Verdict.AWAY, "mail 451"), ("mail 553", Verdict.CLOSED, "mail 553"),
        ("rcpt 450", Verdict.LATER, "rcpt 450"), ("rcpt 550", Verdict.REFUSED, "rcpt 550"),
        ("data 452", Verdict.LATER, "data 452"), ("data 554", Verdict.REFUSED, "data 554"),
        ("hangup", Verdict.UNKNOWN, "lost"), ("lost", Verdict.UNKNOWN, "lost"),
    ],
    ids=str,
)  # fmt: skip
async def test_what_goes_wrong(fault: str, verdict: Verdict, reason: str) -> None:
    async with mail_server() as server:
        server.faults.append(fault)
        outcome = await send(to(server), MAIL, SENDER, TO)
        assert (outcome.verdict, outcome.reason) == (verdict, reason)
        assert len(server.mails) == (fault == "lost")
        assert (await send(to(server), MAIL, SENDER, TO)).verdict is Verdict.DONE
    assert {mail["Message-ID"] for mail in server.mails} == {message_id(ID, SENDER)}


async def test_nobody_there() -> None:
    async with mail_server() as server:
        pass
    assert (await send(to(server), MAIL, SENDER, TO)).verdict is Verdict.AWAY


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_under_tls_with_a_password(security: str, tmp_path: Path) -> None:
    certificate = certificate_of(tmp_path, "mail.test")
    async with mail_server(certificate, whole=security == "tls", auth=True) as server:
        known = to(server, security, trusting(certificate), user=USER, password=PASSWORD)
        assert (await send(known, MAIL, SENDER, TO)).verdict is Verdict.DONE
        assert server.secure == [True]
        wrong = to(server, security, trusting(certificate), user=USER, password="falsch")
        assert await send(wrong, MAIL, SENDER, TO) == Outcome(Verdict.CLOSED, "auth 535", "smtp")


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_server_that_is_not_who_it_should_be(security: str, tmp_path: Path) -> None:
    certificate, other = certificate_of(tmp_path, "other.test"), certificate_of(tmp_path, "third.test")
    async with mail_server(certificate, whole=security == "tls") as server:
        for trust in (trusting(certificate), trusting(other), None):
            outcome = await send(to(server, security, trust), MAIL, SENDER, TO)
            assert outcome.verdict is Verdict.CLOSED
    assert server.mails == []


async def test_a_server_without_starttls_gets_neither_password_nor_mail() -> None:
    async with mail_server(auth=True) as server:
        outcome = await send(to(server, "starttls", user=USER, password=PASSWORD), MAIL, SENDER, TO)
    assert outcome == Outcome(Verdict.CLOSED, "tls", "smtp")
    assert server.mails == []


async def test_addresses_of_the_house_only_where_it_is_said() -> None:
    async with mail_server() as server:
        outside = dataclasses.replace(to(server), house=False)
        assert await send(outside, MAIL, SENDER, TO) == Outcome(Verdict.CLOSED, "address", "smtp")
    assert server.mails == []


@pytest.mark.parametrize(
    "given",
    [{"server": "a.example"}, {"server": "a.example", "sender": "x"}, {"password": "x"},
     {"server": "a.example", "sender": "a@b.example", "user": "u", "security": "none"}],
    ids=range(4),
)  # fmt: skip
def test_settings_that_can_not_send(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"needs|in clear"):
        MailSettings(**given)  # type: ignore[arg-type]
