"""Text messages by every company: what is asked, byte for byte where it is signed, and what each answer or fault means."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from kvit.net import Limits, Reply, ask
from kvit.net.exchange import Ask, Failed
from kvit.notify.model import Outcome, Verdict
from kvit.notify.settings import HttpSmsSettings, SmsSettings
from kvit.notify.sms.model import ONE_DIGIT, TWO_DIGITS, parted
from kvit.notify.sms.services import SERVICES, texter
from tests.fakes.peer import Answer, Asked, Fault, Peer, json_answer, listening
from tests.fakes.sms import COMPANIES, KEY, SECRET, SENDER, SERVICE, USER

PATIENT = Limits(connect_s=30, silence_s=30, whole_s=60)
NOW_S = 1_800_000_000.25
TO, ID = "+821012345678", "0123456789abcdef01234567"
NAMES = sorted(COMPANIES)


async def patient(wanted: Ask) -> Reply | Failed:
    return await ask(wanted, PATIENT)


def settings(provider: str, url: str) -> SmsSettings:
    return SmsSettings(provider, SENDER, USER, KEY, SECRET, SERVICE, url, house=True)


async def sent(peer: Peer, provider: str, text: str = "Код 123456", to: str = TO, key: str = KEY) -> Outcome:
    sender = texter(settings(provider, peer.url), patient, lambda: NOW_S, lambda count: b"\xab" * count)
    sender = replace(sender, account=replace(sender.account, key=key))
    return await sender.send(ID, to, text)


def test_every_company_has_a_fake() -> None:
    assert set(COMPANIES) == set(SERVICES)


@pytest.mark.parametrize("name", NAMES)
async def test_a_text_is_taken_and_named(name: str) -> None:
    async with listening(COMPANIES[name]) as peer:
        outcome = await sent(peer, name)
    assert outcome.verdict is Verdict.DONE
    assert (outcome.provider, bool(outcome.provider_id)) == (name, True)
    assert len(peer.obeyed) == 1
    assert b"123456" in peer.obeyed[0].body
    assert SECRET.encode() not in peer.obeyed[0].body


@pytest.mark.parametrize("name", NAMES)
async def test_a_wrong_key_shuts_the_way(name: str) -> None:
    async with listening(COMPANIES[name]) as peer:
        assert (await sent(peer, name, key="other")).verdict is Verdict.CLOSED


@pytest.mark.parametrize("name", NAMES)
async def test_long_texts_go_as_long_ones(name: str) -> None:
    async with listening(COMPANIES[name]) as peer:
        assert (await sent(peer, name, "가" * 46)).verdict is Verdict.DONE
    said = peer.obeyed[0].body + peer.obeyed[0].target.encode()
    assert b"LMS" in said or b"/sender/mms" in said


@pytest.mark.parametrize("name", ["nhn", "solapi", "sens"])
async def test_another_country(name: str) -> None:
    async with listening(COMPANIES[name]) as peer:
        assert (await sent(peer, name, to="+77012345678")).verdict is Verdict.DONE
    assert b"7012345678" in peer.obeyed[0].body


async def test_a_company_that_sends_at_home_alone_is_not_asked() -> None:
    async with listening(COMPANIES["aligo"]) as peer:
        assert await sent(peer, "aligo", to="+77012345678") == Outcome(Verdict.REFUSED, "country", "aligo")
    assert peer.asked == []


FAULTS = [
    (Fault.HANGUP, Verdict.UNKNOWN), (Fault.LOST, Verdict.UNKNOWN), (Fault.CUT, Verdict.UNKNOWN),
    (Fault.ERROR, Verdict.UNKNOWN), (Fault.BUSY, Verdict.AWAY), (Fault.MOVED, Verdict.CLOSED),
    (Fault.PAGE, Verdict.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("fault", "verdict"), FAULTS, ids=[str(fault) for fault, _ in FAULTS])
async def test_what_goes_wrong(name: str, fault: Fault, verdict: Verdict) -> None:
    async with listening(COMPANIES[name]) as peer:
        peer.faults.append(fault)
        outcome = await sent(peer, name)
    assert outcome.verdict is verdict
    assert len(peer.asked) == 1, "nobody asks twice by himself"


@pytest.mark.parametrize("name", NAMES)
async def test_an_answer_that_never_comes(name: str) -> None:
    async with listening(COMPANIES[name]) as peer:
        peer.faults.append(Fault.SILENT)
        waiting = asyncio.create_task(
            texter(
                settings(name, peer.url),
                lambda asked: ask(asked, Limits(silence_s=0.2, whole_s=30)),
                lambda: NOW_S,
                bytes,
            ).send(ID, TO, "x")
        )
        assert (await waiting).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("name", NAMES)
async def test_nobody_there(name: str) -> None:
    async with listening(COMPANIES[name]) as peer:
        pass
    assert (await sent(peer, name)).verdict is Verdict.AWAY


SPOILED = {"sendResultList": [{"resultCode": 9}]}
REFUSED: list[tuple[str, Answer]] = [
    ("aligo", json_answer(200, {"result_code": -999})),
    ("solapi", json_answer(200, {"failedMessageList": [{"statusCode": "1025"}]})),
    ("nhn", json_answer(200, {"header": {"isSuccessful": False, "resultCode": -2021}})), ("sens", json_answer(400, {})),
    ("nhn", json_answer(200, {"header": {"isSuccessful": True}, "body": {"data": SPOILED}})),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer"), REFUSED, ids=range(len(REFUSED)))
async def test_a_text_that_never_will_be_taken(name: str, answer: Answer) -> None:
    async with listening(lambda asked: answer) as peer:
        assert (await sent(peer, name)).verdict is Verdict.REFUSED


STRANGE = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b"1",
    b'{"result_code": "x"}',
    b'{"header": 3}',
    b'{"statusCode": []}',
    b"\xff",
    b"[" * 5000,
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", STRANGE, ids=range(len(STRANGE)))
def test_answers_nobody_documented(name: str, body: bytes) -> None:
    assert SERVICES[name].read(Reply(200, {}, body), NOW_S).verdict is Verdict.UNKNOWN


async def test_a_dry_run_sends_nothing() -> None:
    sender = texter(SmsSettings(), patient, lambda: NOW_S, bytes)
    assert await sender.send(ID, TO, "x") == Outcome(Verdict.DRY, provider="dry")


def described(url: str, **more: Any) -> SmsSettings:
    place, headers = f"{url}/v1/{{sender}}?to={{digits}}", ("Authorization: Bearer {secret}",)
    http = HttpSmsSettings(url=place, headers=headers, **more)
    return SmsSettings("http", "K&K", "", "", SECRET, house=True, http=http)


@pytest.mark.parametrize(
    ("more", "answer", "verdict"),
    [
        ({}, json_answer(202, {}), Verdict.DONE),
        ({"taken_field": "a.0.ok", "taken_values": ("true",)}, json_answer(200, {"a": [{"ok": True}]}), Verdict.DONE),
        (
            {"taken_field": "a.0.ok", "taken_values": ("true",)},
            json_answer(200, {"a": [{"ok": False}]}),
            Verdict.REFUSED,
        ),
        ({"taken_field": "a.0.ok", "taken_values": ("true",)}, json_answer(200, {"a": []}), Verdict.UNKNOWN),
        ({"taken_field": "code", "taken_values": ("0",)}, (200, {}, b"<html>"), Verdict.UNKNOWN),
        ({}, json_answer(500, {}), Verdict.UNKNOWN),
        ({}, json_answer(401, {}), Verdict.CLOSED),
        ({}, json_answer(422, {}), Verdict.REFUSED),
    ],
    ids=range(8),
)
async def test_a_company_that_is_only_described(more: dict[str, object], answer: Answer, verdict: Verdict) -> None:
    async with listening(lambda asked: answer) as peer:
        sender = texter(described(peer.url, **more), patient, lambda: NOW_S, bytes)
        assert (await sender.send(ID, "+77012345678", 'Он сказал "{secret}"')).verdict is verdict
    asked = peer.asked[0]
    assert asked.target == "/v1/K%26K?to=77012345678"
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert asked.json == {"to": "+77012345678", "text": 'Он сказал "{secret}"', "from": "K&K"}


async def test_a_described_company_that_wants_a_form_or_a_question() -> None:
    def answer(asked: Asked) -> Answer:
        return json_answer(200, {"id": 7})

    async with listening(answer) as peer:
        form = texter(described(peer.url, body="form", id_field="id"), patient, lambda: NOW_S, bytes)
        assert (await form.send(ID, TO, "a&b=c")).provider_id == "7"
        got = texter(described(peer.url, method="GET"), patient, lambda: NOW_S, bytes)
        assert (await got.send(ID, TO, "a")).verdict is Verdict.DONE
    assert peer.asked[0].form == {"to": TO, "text": "a&b=c", "from": "K&K"}
    assert (peer.asked[1].method, peer.asked[1].body) == ("GET", b"")


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+821012345678", "82"),
        ("+77012345678", "7"),
        ("+12125550100", "1"),
        ("+998901234567", "998"),
        ("+4915112345", "49"),
    ],
    ids=lambda value: value,
)
def test_country_codes(number: str, country: str) -> None:
    assert parted(number) == (country, number[1 + len(country) :])


def test_no_country_code_begins_another() -> None:
    assert len(TWO_DIGITS) == 44
    assert not {code for code in TWO_DIGITS if code[0] in ONE_DIGIT}


@pytest.mark.parametrize(
    "given", [{"provider": "aligo"}, {"provider": "solapi", "sender": "1", "key": "k"}, {"provider": "http"},
              {"provider": "http", "http": HttpSmsSettings(url="http://10.0.0.1/")}],
    ids=range(4),
)  # fmt: skip
def test_settings_that_can_not_send(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="needs"):
        SmsSettings(**given)  # type: ignore[arg-type]
