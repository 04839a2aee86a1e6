"""The station's proxy: what it believes with and without its server, and what it forgets."""

from __future__ import annotations

import random

import msgspec
import pytest

from kvit.access.customers import codes, proxy, tokens
from kvit.access.customers.keys import Keys
from kvit.access.customers.model import Known, Wish
from kvit.access.customers.proxy import Kept, Proxy
from kvit.refusal import Refusal
from tests.access.customers.wallets import KEYS, NOW, OTHERS, SHOP, refused

CUSTOMER, DEVICE = "ab" * 12, "cd" * 8
CARD = "8801234567890"
_random = random.Random(11).randbytes


def code(keys: Keys = KEYS, at: int = NOW, wish: Wish = Wish.ELECTRONIC) -> str:
    return codes.make(codes.fresh(CUSTOMER, DEVICE, wish, codes.window(at), _random), keys)


def token(at: int = NOW, shop: str = SHOP, keys: Keys = KEYS) -> str:
    return tokens.make(tokens.fresh(CUSTOMER, Wish.BOTH, shop, at), keys)


@pytest.fixture
def station() -> Proxy:
    made = Proxy(SHOP, bytes(32))
    assert isinstance(made.settle(KEYS.public.hex(), {}, NOW, NOW), Kept)
    return made


def test_a_code_is_believed_by_its_signature_once(station: Proxy) -> None:
    text = code()
    assert station.refuse(text, NOW) is None
    assert station.offline(text, "qr", NOW) == Known(CUSTOMER, Wish.ELECTRONIC, "code")
    assert refused(station.offline(text, "qr", NOW)) == "code_used"
    assert refused(station.offline(text.lower(), "qr", NOW)) == "code_used"
    assert refused(station.refuse(text, NOW)) == "code_used"


def test_a_code_the_server_took_is_not_taken_again_without_it(station: Proxy) -> None:
    text = code()
    assert station.took(text, "qr", "code", token(), NOW) == Known(CUSTOMER, Wish.BOTH, "code")
    assert refused(station.offline(text, "qr", NOW)) == "code_used"


def test_forged_and_old_codes_are_refused_without_asking(station: Proxy) -> None:
    assert refused(station.refuse(code(OTHERS), NOW)) == "code_bad"
    assert refused(station.refuse("KVIT1.HELLO", NOW)) == "code_bad"
    assert refused(station.refuse(code(), NOW + 120)) == "code_old"
    assert refused(station.offline(code(OTHERS), "qr", NOW)) == "code_bad"
    assert station.refuse(CARD, NOW) is None


@pytest.mark.parametrize("subject", [f"device:{DEVICE}", f"customer:{CUSTOMER}"])
def test_what_is_revoked_is_nobody(station: Proxy, subject: str) -> None:
    station.took(CARD, "barcode", "card", token(), NOW)
    station.settle(KEYS.public.hex(), {subject: NOW + 3600}, NOW, NOW)
    assert refused(station.offline(code(), "qr", NOW)) == "code_ended"
    card = station.offline(CARD, "barcode", NOW)
    assert isinstance(card, Refusal) == subject.startswith("customer")


def test_a_card_is_known_while_its_token_lives(station: Proxy) -> None:
    assert refused(station.offline(CARD, "barcode", NOW)) == "offline"
    assert station.took(CARD, "barcode", "card", token(), NOW) == Known(CUSTOMER, Wish.BOTH, "card")
    assert station.offline(f" {CARD} ", "barcode", NOW + 299) == Known(CUSTOMER, Wish.BOTH, "token")
    assert refused(station.offline(CARD + "1", "barcode", NOW)) == "offline"
    assert refused(station.offline(CARD, "card", NOW)) == "offline"
    assert refused(station.offline(CARD, "barcode", NOW + 300)) == "offline"
    assert station.tidy(NOW + 300) == 0


def test_a_card_the_server_does_not_know_any_more_is_forgotten(station: Proxy) -> None:
    station.took(CARD, "barcode", "card", token(), NOW)
    station.unknown(CARD, "barcode")
    assert refused(station.offline(CARD, "barcode", NOW)) == "offline"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (token(keys=OTHERS), "token_bad"), (token(shop="shop-2"), "token_bad"), (token(NOW - 300), "token_old"),
        (token(NOW + 3600), "token_bad"), ("", "token_bad"), ("x" * 129, "token_bad"),
    ],
)  # fmt: skip
def test_what_the_server_did_not_say_is_not_believed(station: Proxy, text: str, code: str) -> None:
    assert refused(station.took(CARD, "barcode", "card", text, NOW)) == code
    assert refused(station.offline(CARD, "barcode", NOW)) == "offline"


def test_a_station_that_never_heard_its_server_believes_nobody() -> None:
    fresh = Proxy(SHOP, bytes(32))
    assert fresh.refuse(code(), NOW) is None
    assert refused(fresh.offline(code(), "qr", NOW)) == "offline"
    assert refused(fresh.took(CARD, "barcode", "card", token(), NOW)) == "token_bad"


@pytest.mark.parametrize("public", ["", "00", "zz" * 32, "é" * 64, "00 " * 32])
def test_what_is_no_key_is_not_kept(station: Proxy, public: str) -> None:
    before = station.kept
    assert refused(station.settle(public, {}, NOW, NOW)) == "token_bad"
    assert station.kept == before


@pytest.mark.parametrize("ahead", [-1800, -300, 300, 1800])
def test_a_wrong_clock_is_put_right_by_the_servers(ahead: int) -> None:
    station = Proxy(SHOP, bytes(32))
    wrong = NOW - ahead
    station.settle(KEYS.public.hex(), {}, NOW, wrong)
    assert isinstance(station.offline(code(), "qr", wrong), Known)
    assert isinstance(station.took(CARD, "barcode", "card", token(), wrong), Known)
    assert isinstance(station.offline(CARD, "barcode", wrong + 299), Known)
    assert isinstance(station.offline(CARD, "barcode", wrong + 300), Refusal)


def test_a_clock_set_back_brings_no_used_code_to_life(station: Proxy) -> None:
    text = code()
    station.offline(text, "qr", NOW)
    station.tidy(NOW + 1800)
    assert refused(station.offline(text, "qr", NOW)) == "code_used"


def test_memory_has_a_limit(station: Proxy) -> None:
    text = token()
    for number in range(proxy.TOKENS_MAX + 10):
        station._remember(number.to_bytes(4, "big"), tokens.StationToken(CUSTOMER, Wish.BOTH, NOW + 300, b""))
    assert station.tidy(NOW) == proxy.TOKENS_MAX
    station.took(CARD, "barcode", "card", text, NOW)
    assert isinstance(station.offline(CARD, "barcode", NOW), Known)


def test_what_is_kept_over_a_restart_names_nobody_and_no_card(station: Proxy) -> None:
    station.took(CARD, "barcode", "card", token(), NOW)
    station.offline(code(), "qr", NOW)
    kept = msgspec.json.encode(station.kept)
    assert CUSTOMER.encode() not in kept
    assert CARD.encode() not in kept
    again = Proxy(SHOP, bytes(32), msgspec.json.decode(kept, type=Kept))
    assert isinstance(again.offline(code(), "qr", NOW), Known)
    assert refused(again.offline(CARD, "barcode", NOW)) == "offline"
    shown = repr(station)
    assert CUSTOMER not in shown
    assert CARD not in shown


def test_shut_out_it_forgets_everything(station: Proxy) -> None:
    station.took(CARD, "barcode", "card", token(), NOW)
    station.shut()
    assert station.kept == Kept()
    assert refused(station.offline(CARD, "barcode", NOW)) == "offline"
    assert refused(station.offline(code(), "qr", NOW)) == "offline"
