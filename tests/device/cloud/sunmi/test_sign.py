"""The signature, against the example the maker's document prints."""

from __future__ import annotations

from kvit.device.cloud.sunmi.sign import is_signed, signature

EXAMPLE = {"app_id": "sm5b9b4daef3463", "msn": "NT1234DF23456", "timestamp": "1589277365", "shop_id": "1"}
KEY = "dd3ac24736589ae17d333e362859bf4c"


def test_the_published_examples() -> None:
    assert signature(EXAMPLE, KEY) == "946720303FEFF4516626A4431D2753CA"
    call_back = {name if name != "timestamp" else "timeStamp": value for name, value in EXAMPLE.items()}
    assert signature(call_back, KEY) == "B364A4C3C313EB69F45CB28F445AA4D7"  # the page prints a space it did not sign


def test_a_signature_is_of_all_fields_and_of_the_key() -> None:
    signed = {**EXAMPLE, "sign": signature(EXAMPLE, KEY)}
    assert is_signed(signed, KEY)
    assert not is_signed({**signed, "shop_id": "2"}, KEY)
    assert not is_signed(signed, KEY + "x")
    assert not is_signed({**signed, "sign": signed["sign"].lower()}, KEY)
    assert not is_signed(EXAMPLE, KEY)
    assert not is_signed({**EXAMPLE, "sign": "ключ"}, KEY)
