"""Which URLs and addresses may be asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.net.guard import URL_CHARS_MAX, is_allowed, read_url

ADDRESSES = [
    # address, on the open internet, in the house
    ("8.8.8.8", True, True), ("2606:4700::1111", True, True),
    ("10.0.0.1", False, True), ("192.168.1.50", False, True), ("172.16.0.1", False, True), ("fd00::1", False, True),
    ("127.0.0.1", False, True), ("::1", False, True), ("169.254.7.7", False, True), ("fe80::1%eth0", False, True),
    ("100.64.0.1", False, True), ("198.18.0.1", False, True),
    ("::ffff:10.0.0.1", False, True), ("::ffff:8.8.8.8", True, True),
    ("64:ff9b::a00:1", False, True), ("64:ff9b::808:808", True, True), ("2002:a00:1::", False, True),
    ("64:ff9b:1::7f00:1", False, True), ("::7f00:1", False, True), ("::808:808", False, True),
    ("168.63.129.16", False, False), ("100.100.100.200", False, False), ("192.0.0.192", False, False),
    ("169.254.170.2", False, False), ("::ffff:168.63.129.16", False, False),
    ("169.254.169.254", False, False), ("::ffff:169.254.169.254", False, False), ("fd00:ec2::254", False, False),
    ("0.0.0.0", False, False), ("::", False, False), ("::ffff:0.0.0.0", False, False),
    ("224.0.0.1", False, False), ("ff02::1", False, False), ("255.255.255.255", False, False),
]  # fmt: skip


@pytest.mark.parametrize(("address", "outside", "house"), ADDRESSES)
def test_addresses(address: str, outside: bool, house: bool) -> None:
    assert (is_allowed(address, house=False), is_allowed(address, house=True)) == (outside, house)


@given(st.ip_addresses())
def test_what_is_allowed_outside_is_allowed_in_the_house(address: object) -> None:
    assert is_allowed(str(address), house=True) or not is_allowed(str(address), house=False)


URLS = [
    # text, taken, taken where plain
    ("https://h/", True, True), ("https://h:8443/a?b=c", True, True), ("HTTPS://H/", True, True),
    ("https://[2606:4700::1]/", True, True), ("http://h/", False, True),
    ("ftp://h/", False, False), ("file:///etc/passwd", False, False), ("h/", False, False), ("", False, False),
    ("https:///a", False, False), ("https://user:secret@h/", False, False), ("https://h@evil/", False, False),
    ("https://h\\@evil/", False, False), ("https://h/a b", False, False), ("https://h/\r\nHost: evil", False, False),
    ("https://h/\x00", False, False), ("https://h:0/", False, False), ("https://h:65536/", False, False),
    ("https://h:x/", False, False), ("https://[::1/", False, False), ("https://h/#x", False, False),
    ("https://пример/", False, False), (f"https://h/{'a' * URL_CHARS_MAX}", False, False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "taken", "plain"), URLS)
def test_urls(text: str, taken: bool, plain: bool) -> None:
    assert (read_url(text, plain=False) is not None, read_url(text, plain=True) is not None) == (taken, plain)


@given(st.text(max_size=40))
def test_no_url_raises(text: str) -> None:
    read_url(text, plain=True)
    read_url(f"https://{text}", plain=True)
