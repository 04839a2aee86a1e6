"""Host names: what nobody outside can own and what the shop has named is answered, another's is not."""

from __future__ import annotations

import pytest

from kvit.web.host_names import is_ours, names_of
from tests.web.house import House

KNOWN = names_of(["https://R.Example.com", "http://127.0.0.1:7003"], ["counter.example.org."])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.0.0.1:7003", "192.168.1.5:7003", "[::1]", "[fe80::1]:7003", "localhost", "LOCALHOST:7001",
        "counter-pc", "kvit.local:7003", "till.lan", "a.home.arpa", "r.example.com", "R.EXAMPLE.COM:443", "r.example.com.",
        "counter.example.org",
    ],
)  # fmt: skip
def test_ours(host: str) -> None:
    assert is_ours(host, KNOWN)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7003",
        "127.0.0.1.evil.example",
        "r.example.com.evil.example",
        "x.r.example.com",
        "1.2.3",
        "local.example",
    ],
)
def test_anothers(host: str) -> None:
    assert not is_ours(host, KNOWN)


@pytest.mark.parametrize("path", ["/metrics", "/sign-in", "/api/v1/openapi.json", "/static/x/y"])
def test_a_foreign_name_that_leads_here_is_refused(house: House, path: str) -> None:
    got = house.staff().get(path, headers={"host": "evil.example:7003"})
    assert (got.status_code, got.json()["code"]) == (421, "web.other_host")
    assert house.public().get("/", headers={"host": "evil.example"}).status_code == 421
    assert house.staff().get("/healthz", headers={"host": "counter-pc:7003"}).status_code == 200
