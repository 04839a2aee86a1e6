"""Scripts over the API: loaded by name, called, read; what they throw is told to the caller."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kvit.app.scripting import Executor
from kvit.template.scripts.runner import Offered, unknown
from tests.web.house import House
from tests.web.test_api_templates import Caller

TEXTS = {
    "labels": (
        "const version = '7';\nfunction price(a) { return { tenge: a / 100 } }\nfunction bad() {\n throw Error('no') }"
    ),
    "broken": "function (",
    "endless": "function loop() { for (;;) {} }",
}


@pytest.fixture
def caller(house: House) -> Iterator[Caller]:
    logged: list[str] = []
    offered = [Offered(name, "corner", "1.0.0") for name in sorted(TEXTS)]
    executor = Executor(
        lambda name: TEXTS.get(name) or unknown(name), lambda event, values: logged.append(event), lambda: offered
    )
    object.__setattr__(house.context, "scripts", executor)
    with house.user("cashier") as browser:
        yield Caller(browser)
        assert browser.portal is not None
        browser.portal.call(executor.close)


def test_load_call_read(caller: Caller) -> None:
    assert [each["name"] for each in caller("GET", "/scripts").json()["scripts"]] == ["broken", "endless", "labels"]
    loaded = caller("POST", "/scripts/labels/load", {})
    assert loaded.json() == {"name": "labels", "pack": "corner", "version": "1.0.0"}
    called = caller("POST", "/scripts/labels/call", {"function": "price", "arguments": [4990]})
    assert called.json() == {"value": {"tenge": 49.9}}
    assert caller("GET", "/scripts/labels/properties/version").json() == {"value": "7"}


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "word"),
    [
        ("/scripts/labels/call", {"function": "bad"}, 422, "template.script_failed", "threw, line 4"),
        ("/scripts/labels/call", {"function": "none"}, 422, "template.script_failed", "missing"),
        ("/scripts/broken/load", {}, 422, "template.script_failed", "syntax"),
        ("/scripts/endless/call", {"function": "loop"}, 422, "template.script_failed", "time"),
        ("/scripts/nobody/call", {"function": "x"}, 404, "template.script_unknown", "nobody"),
        ("/scripts/nobody/load", {}, 404, "template.script_unknown", "nobody"),
        ("/scripts/labels/call", {"function": "a b"}, 422, "web.not_understood", ""),
    ],
)
def test_what_goes_wrong_is_told(
    caller: Caller, path: str, body: dict[str, object], status: int, code: str, word: str
) -> None:
    said = caller("POST", path, body)
    assert (said.status_code, said.json()["code"]) == (status, code), said.text
    assert word in said.json()["title"]
