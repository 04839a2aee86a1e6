"""The jobs' pages: found, shown, and what people do to a job is done once and under their name."""

from __future__ import annotations

from typing import Any

import pytest

from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Kind, State
from kvit.device.spool.store import Filter
from kvit.refusal import Refusal
from tests.receipt.printouts import SHOP
from tests.web.house import STAFF, House, csrf, post
from tests.web.printing import begun, heard, job, printed, printing, unknown


@pytest.fixture
def shop(house: House) -> House:
    printing(house)
    return house


def all_jobs(house: House) -> list[Any]:
    return house.db.read_now(spool.search, SHOP, Filter())


def test_the_list_finds_by_everything_it_offers(shop: House) -> None:
    printed(shop, "1740")
    job(shop, "1741 latte", printer="bar", kind=Kind.KITCHEN)
    shop.now_s[0] += 86400
    unknown(shop, "1742")
    browser = shop.user("cashier")
    for query, there in (
        ("", ["1742", "1741 latte", "1740"]),
        ("?text=LATTE", ["1741 latte"]),
        ("?printer=bar", ["1741 latte"]),
        ("?state=printed", ["1740"]),
        ("?kind=kitchen", ["1741 latte"]),
        ("?day=2024-10-05", ["1742"]),
        ("?text=%25", []),
        ("?printer=bar&state=printed", []),
    ):
        text = browser.get(f"/jobs{query}").text
        assert [title for title in ("1742", "1741 latte", "1740") if f'"title">{title}' in text] == there, query
    assert browser.get("/jobs?state=nonsense").status_code == 422


def test_pages_follow_one_another(shop: House) -> None:
    for number in range(45):
        job(shop, f"sale {number:02}")
    browser = shop.user()
    first = browser.get("/jobs").text
    assert first.count("row job") == 40
    assert 'rel="next"' in first
    behind = first.split("before=")[1].split('"')[0]
    assert browser.get(f"/jobs?before={behind}").text.count("row job") == 5


def test_a_job_is_shown_whole_and_nothing_in_it_is_markup(shop: House) -> None:
    given = job(shop, "<script>alert(1)</script>", copies=2)
    text = shop.user("auditor").get(f"/jobs/{given.id}").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
    assert given.sha256.hex() in text
    assert "data:image/png;base64," in text
    assert "Copy 2" in text
    assert "/cancel" not in text, "an auditor looks"
    picture = shop.user("cashier").get(f"/jobs/{given.id}/picture")
    assert picture.content.startswith(b"\x89PNG")
    again = shop.user().get(f"/jobs/{given.id}/picture", headers={"if-none-match": picture.headers["etag"]})
    assert again.status_code == 304


def test_a_copy_shows_that_it_is_one(shop: House) -> None:
    original = printed(shop)
    child = shop.db.write_now(spool.reprint, SHOP, original.id, "again", "user:x", 1)
    assert not isinstance(child, Refusal)
    browser = shop.user()
    assert browser.get(f"/jobs/{original.id}/picture").content != browser.get(f"/jobs/{child.id}/picture").content


def test_a_person_answers_and_stands_in_the_history(shop: House) -> None:
    given = unknown(shop)
    browser = shop.user("cashier")
    page = f"/jobs/{given.id}"
    assert "Did it come out?" in browser.get(page).text
    assert post(browser, f"{page}/answer", page, came_out="true").status_code == 303
    text = browser.get(page).text
    assert "Printed" in text
    assert "user-" in text.split("“It came out”")[1][:80], "the name stands beside the answer"
    late = post(browser, f"{page}/answer", "/account", came_out="false")
    assert late.status_code == 409
    assert [one.state for one in all_jobs(shop)] == [State.PRINTED]


def test_a_reprint_pressed_twice_prints_once(shop: House) -> None:
    given = printed(shop)
    browser = shop.user("cashier")
    page = browser.get(f"/jobs/{given.id}").text
    fields = {"csrf": csrf(page), "steps": page.split('name="steps" value="')[1].split('"')[0]}
    answers = [browser.post(f"/jobs/{given.id}/reprint", data=fields, headers={"origin": STAFF}) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code == 303
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert [one.copy for one in all_jobs(shop)] == [2, 1]


def test_waiting_jobs_move_and_are_cancelled_others_not(shop: House) -> None:
    given = job(shop)
    browser = shop.user("cashier")
    page = f"/jobs/{given.id}"
    assert post(browser, f"{page}/move", page, printer="nobody").status_code == 404
    assert post(browser, f"{page}/move", page, printer="bar").status_code == 303
    assert post(browser, f"{page}/cancel", page).status_code == 303
    assert [(one.printer, one.state) for one in all_jobs(shop)] == [("bar", State.CANCELLED)]
    flying = begun(shop, "other")
    assert post(browser, f"/jobs/{flying.id}/cancel", "/account").status_code == 409
    assert "/move" not in browser.get(f"/jobs/{flying.id}").text


def test_reasons_are_words(shop: House) -> None:
    given = heard(shop, job(shop), Event.PREFLIGHT_BAD, reason="paper")
    text = shop.user().get(f"/jobs/{given.id}").text
    assert "no paper" in text
    other = heard(shop, job(shop, "b", printer="bar"), Event.PREFLIGHT_BAD, reason="refused: <b>too large</b>")
    text = shop.user().get(f"/jobs/{other.id}").text
    assert "it will never take this: &lt;b&gt;too large" in text


def test_every_state_and_event_has_its_words() -> None:
    from kvit.device.board import TROUBLES
    from kvit.i18n import codes

    wanted = {f"printing.{kind}_{state}" for state in State for kind in ("state", "means")}
    wanted |= {f"printing.event_{event}" for event in Event}
    wanted |= {f"printing.kind_{kind}" for kind in Kind} | {f"printing.evidence_{one.lower()}" for one in Evidence}
    wanted |= {f"printing.{word}_{trouble}" for trouble in TROUBLES for word in ("trouble", "todo", "reason")}
    assert wanted - set(codes()) == set()
