"""docs/protocols/api.md names every route of the API, with its right, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from kvit.access import SCOPES
from kvit.web.routes import ANY_USER, PUBLIC
from kvit.web.windows import staff_table
from tests.web.house import House

PAGE = (Path(__file__).resolve().parents[2] / "docs/protocols/api.md").read_text()
RIGHTS = {ANY_USER: "any user or key", PUBLIC: "nobody asked"}


def test_every_route_is_named_with_its_right(house: House) -> None:
    routes = [route for route in staff_table(house.context).routes if route.path.startswith("/api/")]
    table = dict(re.findall(r"^\| `([A-Z]+ /api[^`]+)` \| `?([^`|]+?)`? \|", PAGE, re.MULTILINE))
    assert table == {f"{route.method} {route.path}": RIGHTS.get(route.needs, route.needs) for route in routes}


def test_what_a_key_may_is_named() -> None:
    for scope in SCOPES:
        assert f"`{scope}`" in PAGE, scope
