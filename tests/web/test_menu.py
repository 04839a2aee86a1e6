"""The menu: every place is a route that asks for the same right, and everybody sees just what they may."""

from __future__ import annotations

import re

import pytest

from kvit.access.role import ROLES
from kvit.web.menu import MENU, Place
from kvit.web.windows import staff_table
from tests.web.house import House

PLACES = [place for _, places in MENU for place in places]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_a_place_is_a_route(house: House, place: Place) -> None:
    needs = {route.path: route.needs for route in staff_table(house.context).routes if route.method == "GET"}
    assert needs[place.path] in (place.needs, "public")


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_what(house: House, role: str) -> None:
    browser = house.user(role)
    shown = set(
        re.findall(
            r'<li><a href="([^"]+)"', browser.get("/admin").text.split('class="menu all"')[1].split("</details>")[0]
        )
    )
    assert shown >= {"/admin"}
    for place in PLACES:
        if place.path != "/readers":
            assert (place.path in shown) == (browser.get(place.path).status_code == 200), place.path


def test_where_one_is_stands_in_the_bar(house: House) -> None:
    bar = house.user().get("/users").text.split('<nav aria-label="Menu">')[1].split("</nav>")[0]
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', bar) == ["/users"]
