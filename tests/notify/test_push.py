"""Web Push: the example of RFC 8291, the token of RFC 8292, subscriptions that are none, and what push services answer."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from kvit.net import ask
from kvit.notify.model import Letter, Verdict
from kvit.notify.push import vapid
from kvit.notify.push.sealing import (
    CURVE,
    WORDS_BYTES_MAX,
    Subscription,
    base64url,
    from_base64url,
    opened,
    public_point,
    read_subscription,
    seal,
)
from kvit.notify.push.sender import Pusher, words_of
from tests.fakes.peer import Fault, listening
from tests.fakes.push import Browser

# RFC 8291, Appendix A
PLAIN = b"When I grow up, I want to be a watermelon"
AS_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
UA_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
UA_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SALT, AUTH = "DGv6ra1nlYgDCS1FRnbzlw", "BTBZMqHH6r4Tts7J_aSIgg"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from_base64url(text), "big"), CURVE)


def test_the_example_of_the_rfc() -> None:
    browser = Subscription("https://push.example.net/x", from_base64url(UA_PUBLIC), from_base64url(AUTH))
    body = seal(PLAIN, browser, private(AS_PRIVATE), from_base64url(SALT))
    assert base64url(body) == SEALED
    assert opened(body, private(UA_PRIVATE), from_base64url(AUTH)) == PLAIN


@given(st.binary(max_size=WORDS_BYTES_MAX))
def test_what_is_sealed_opens_for_its_browser_alone(words: bytes) -> None:
    browser = Browser()
    to = Subscription("https://p.example", public_point(browser.key), browser.auth)
    body = seal(words, to, ec.generate_private_key(CURVE), secrets.token_bytes(16))
    assert len(body) <= 4096
    assert opened(body, browser.key, browser.auth) == words
    assert opened(body, Browser().key, browser.auth) is None
    assert opened(body, browser.key, secrets.token_bytes(16)) is None
    assert opened(body[:-1], browser.key, browser.auth) is None


def token_of(header: str) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """Head, claims, and whether the signature is that of the key beside it."""
    said = dict(part.split("=", 1) for part in header.removeprefix("vapid ").split(", "))
    head, claims, signature = said["t"].split(".")
    raw = from_base64url(signature)
    point = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, from_base64url(said["k"]))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        point.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return {}, {}, False
    return json.loads(from_base64url(head)), json.loads(from_base64url(claims)), len(raw) == 64


def test_a_push_service_can_tell_who_pushes() -> None:
    key = vapid.fresh_key()
    header = vapid.authorization(key, "https://push.example.net:444/push/JzLQ3raZJfFB", "mailto:a@example.com", 1_000)
    head, claims, well = token_of(header)
    assert well
    assert head == {"typ": "JWT", "alg": "ES256"}
    assert claims == {"aud": "https://push.example.net:444", "exp": 1_000 + 12 * 3600, "sub": "mailto:a@example.com"}
    assert header.endswith(f"k={vapid.public_text(key)}")
    other = token_of(header.rpartition("k=")[0] + f"k={vapid.public_text(vapid.fresh_key())}")
    assert not other[2]


def test_the_key_file_is_read_back_and_another_is_none() -> None:
    key = vapid.fresh_key()
    again = vapid.read_key(vapid.key_text(key))
    assert again is not None
    assert vapid.public_text(again) == vapid.public_text(key)
    assert vapid.read_key(b"") is None
    assert vapid.read_key(vapid.key_text(ec.generate_private_key(ec.SECP384R1()))) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "null", '{"endpoint": "https://a", "keys": {}}', '{"endpoint": "https://a", "keys": {"auth": 3}}',
        '{"endpoint": "https://a", "keys": {"auth": "AAAA", "p256dh": "AAAA"}}',
        f'{{"endpoint": "https://a", "keys": {{"auth": "AAAA", "p256dh": "{UA_PUBLIC}"}}}}',
        f'{{"endpoint": "https://a", "keys": {{"auth": "{AUTH}", "p256dh": "{UA_PUBLIC[:-4]}AAAA"}}}}',
        f'{{"endpoint": "https://a", "keys": {{"auth": "{AUTH}+", "p256dh": "{UA_PUBLIC}"}}}}', "\ud800",
    ],
    ids=range(11),
)  # fmt: skip
def test_a_subscription_that_is_none(text: str) -> None:
    assert read_subscription(text) is None


def pusher(hosts: tuple[str, ...] = ("127.0.0.1",)) -> Pusher:
    return Pusher(vapid.fresh_key(), "mailto:a@example.com", hosts, True, ask, time.time, secrets.token_bytes)


LETTER = Letter("Ваш чек пришёл", "Магазин", url="https://r.example.com/wallet")


async def test_a_push_reaches_the_browser_and_nobody_else_reads_it() -> None:
    browser = Browser()
    async with listening(browser.service) as service:
        outcome = await pusher().send("a" * 24, browser.subscription(service.url), LETTER, 300)
    assert (outcome.verdict, outcome.provider_id) == (Verdict.DONE, "xyz")
    assert browser.shown() == [{"title": LETTER.subject, "body": LETTER.text, "url": LETTER.url, "tag": "a" * 24}]
    asked = browser.pushed[0]
    assert {name: asked.headers[name] for name in ("ttl", "topic", "content-encoding")} == {
        "ttl": "300", "topic": "a" * 24, "content-encoding": "aes128gcm",
    }  # fmt: skip
    assert LETTER.text.encode() not in asked.body
    assert token_of(asked.headers["authorization"])[2]


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (Fault.HANGUP, Verdict.UNKNOWN), (Fault.LOST, Verdict.UNKNOWN), (Fault.ERROR, Verdict.LATER),
        (Fault.BUSY, Verdict.LATER), (Fault.MOVED, Verdict.REFUSED),
    ],
    ids=str,
)  # fmt: skip
async def test_what_goes_wrong(fault: Fault, verdict: Verdict) -> None:
    browser = Browser()
    async with listening(browser.service) as service:
        service.faults.append(fault)
        outcome = await pusher().send("a" * 24, browser.subscription(service.url), LETTER, 300)
    assert outcome.verdict is verdict
    assert outcome.wait_s == (7 if fault is Fault.BUSY else 0)


async def test_a_browser_that_is_gone_and_one_whose_service_is_not_ours() -> None:
    browser = Browser(gone=True)
    async with listening(browser.service) as service:
        asked = browser.subscription(service.url)
        assert (await pusher().send("a" * 24, asked, LETTER, 300)).verdict is Verdict.GONE
        assert (await pusher(("*.push.apple.com",)).send("a" * 24, asked, LETTER, 300)).reason == "host"
        assert (await pusher().send("a" * 24, "{}", LETTER, 300)).verdict is Verdict.GONE
        assert len(service.asked) == 1
    assert (await pusher().send("a" * 24, asked, LETTER, 300)).verdict is Verdict.LATER  # nobody there


@given(st.text(), st.text())
def test_any_words_fit(title: str, text: str) -> None:
    words = words_of(Letter(text * 40, title * 20, url="https://r.example.com/r/" + "x" * 22), "a" * 24)
    assert len(words) <= WORDS_BYTES_MAX
    assert json.loads(words)["tag"] == "a" * 24
