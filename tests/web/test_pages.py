from __future__ import annotations

import re

import pytest

from kvit.i18n import LANGUAGES
from tests.receipt.printouts import prepared
from tests.web.house import PASSWORD, STAFF, House, csrf, post

PAGES = (
    "/live",
    "/admin",
    "/relay",
    "/settings",
    "/users",
    "/account",
    "/account/app",
    "/keys",
    "/audit",
    "/printers",
    "/add-printer",
    "/jobs",
    "/counter",
    "/api/v1/docs",
)


def test_a_new_shop_asks_for_its_first_code(house: House) -> None:
    browser = house.staff()
    assert browser.get("/").headers["location"] == "/sign-in"
    assert browser.get("/sign-in").headers["location"] == "/first"
    code = house.first_code()
    wrong = post(browser, "/first", "/first", code="0000-0000-0000-0000", name="Anna", password=PASSWORD)
    assert (wrong.status_code, PASSWORD in wrong.text) == (409, False)
    made = post(browser, "/first", "/first", code=code, name="Anna", password=PASSWORD)
    assert (made.status_code, made.headers["location"]) == (303, "/live")
    assert browser.get("/live").status_code == 200
    assert browser.get("/first").headers["location"] == "/sign-in"


def test_in_and_out(house: House) -> None:
    browser = house.staff()
    post(browser, "/first", "/first", code=house.first_code(), name="Anna", password=PASSWORD)
    assert post(browser, "/sign-out", "/live").headers["location"] == "/sign-in"
    assert browser.get("/live").headers["location"] == "/sign-in"
    wrong = post(browser, "/sign-in", "/sign-in", name="anna", password="not the password")
    assert (wrong.status_code, "anna" in wrong.text) == (409, True)
    assert post(browser, "/sign-in", "/sign-in", name="anna", password=PASSWORD).headers["location"] == "/live"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_every_language(house: House, path: str, language: str) -> None:
    house.keep()
    got = house.user().get(path, headers={"accept-language": language})
    assert got.status_code == 200
    assert f'<html lang="{language}">' in got.text
    assert not re.search(r">\s*(web|receipt|access|printing)\.[a-z_]+\s*<", got.text.replace("<code>web.port<", ""))


def test_the_list_shows_what_was_printed(house: House) -> None:
    (id_,) = house.keep()
    text = house.user().get("/live").text
    assert "Corner Cafe" in text
    assert f"/receipts/{id_}.pdf" in text
    assert "US$" in text or "$" in text
    assert house.user().get("/live?search=nothing").text.count('class="card"') == 0
    assert house.user().get("/live?search=latte&line=till-1&kind=sale").text.count('class="card"') == 1
    assert house.user().get("/live?day=2024-10-04").text.count('class="card"') == 1
    assert house.user().get("/live?day=2024-10-05").text.count('class="card"') == 0


FORMS = {
    "png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<svg", "txt": b"Corner", "html": b"<!doctype", "json": b"{", "sheet": b"{",
    "bin": b"\x1b@",
}  # fmt: skip


@pytest.mark.parametrize("ending", FORMS)
def test_every_form(house: House, ending: str) -> None:
    (id_,) = house.keep()
    browser = house.user()
    got = browser.get(f"/receipts/{id_}.{ending}")
    assert got.status_code == 200
    assert FORMS[ending] in got.content[:200]
    assert "default-src 'none'" in got.headers["content-security-policy"]
    again = browser.get(f"/receipts/{id_}.{ending}", headers={"if-none-match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert browser.get(f"/api/v1/receipts/{id_}/{ending}").content[:8] == got.content[:8]


def test_a_receipts_page_and_its_link(house: House) -> None:
    (id_,) = house.keep()
    browser = house.user()
    page = f"/receipts/{id_}"
    assert 'class="receipt' in browser.get(page).text
    made = post(browser, f"{page}/link", page)
    url = re.search(r'href="(http://127\.0\.0\.1:7001/r/[^"]+)"', made.text)
    assert url is not None
    assert '<svg class="qr"' in made.text
    assert url[1] not in browser.get(page).text
    assert house.public().get(url[1]).status_code == 200
    link = re.search(r'name="link" value="([0-9a-f]+)"', browser.get(page).text)
    assert link is not None
    assert post(browser, f"{page}/revoke", page, link=link[1]).status_code == 303
    assert house.public().get(url[1]).status_code == 404


def test_forgetting(house: House) -> None:
    (id_,) = house.keep()
    browser = house.user()
    assert post(browser, f"/receipts/{id_}/forget", f"/receipts/{id_}").headers["location"] == "/live"
    assert browser.get(f"/receipts/{id_}").status_code == 404
    assert browser.get(f"/receipts/{id_}.png").status_code == 404


def test_what_a_till_prints_is_never_markup(house: House) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e\n"
    (id_,) = house.keep(prepared(0, evil))
    for path in ("/live", f"/receipts/{id_}"):
        text = house.user().get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_users_come_and_go(house: House) -> None:
    browser = house.user()
    assert post(browser, "/users", "/users", name="Bora", password=PASSWORD, role="cashier").status_code == 303
    page = browser.get("/users").text
    assert "Bora" in page
    found = re.search(r'Bora.*?name="user" value="([^"]+)"', page, re.DOTALL)
    assert found is not None
    bora = found[1]
    assert post(browser, "/users/disable", "/users", user=bora).status_code == 303
    assert post(browser, "/users/enable", "/users", user=bora).status_code == 303
    assert post(browser, "/users/role", "/users", user=bora, role="manager").status_code == 303
    short = post(browser, "/users", "/users", name="Carl", password="short", role="cashier")
    assert (short.status_code, "Carl" in short.text) == (409, True)


def test_pairs(house: House) -> None:
    browser = house.user()
    assert post(browser, "/relay/pairs", "/relay", name="till-2").status_code == 303
    assert "/run/kvit/till-2" in browser.get("/relay").text
    assert 'role="status"' in post(browser, "/relay/pairs/test", "/relay", name="till-2").text
    assert post(browser, "/relay/pairs/remove", "/relay", name="till-2").status_code == 303
    assert post(browser, "/relay/pairs/remove", "/relay", name="till-2").status_code == 409
    assert post(browser, "/relay/pairs", "/relay", name="../x").status_code == 422


def test_a_language_is_kept_and_leads_nowhere_else(house: House) -> None:
    browser = house.user()
    assert browser.get("/language?lang=ko&to=/relay").headers["location"] == "/relay"
    assert '<html lang="ko">' in browser.get("/relay").text
    for to in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"):
        assert browser.get("/language", params={"lang": "ko", "to": to}).headers["location"] == "/"


def test_sessions_over_https_are_bound_to_the_host(house: House) -> None:
    browser = house.staff()
    browser.base_url = "https://127.0.0.1:7003"
    got = browser.get("/first")
    assert got.headers["set-cookie"].startswith("__Host-kvit-visit=")
    code = house.first_code()
    fields = {"csrf": csrf(got.text), "code": code, "name": "Anna", "password": PASSWORD}
    made = browser.post("/first", data=fields, headers={"origin": "https://127.0.0.1:7003"})
    cookie = made.headers["set-cookie"]
    assert cookie.startswith("__Host-kvit-session=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert made.headers["strict-transport-security"]


def test_health_and_figures(house: House) -> None:
    assert house.staff().get("/healthz").text == "ok\n"
    assert house.public().get("/healthz").text == "ok\n"
    assert house.staff().get("/metrics").status_code == 404
    near = house.staff(client=("127.0.0.1", 5)).get("/metrics")
    assert "kvit_web_seconds" in near.text
    assert house.user().get("/metrics").status_code == 200


def test_a_problem_page_has_a_number(house: House) -> None:
    got = house.user("cashier").get("/settings")
    assert got.status_code == 403
    number = next(values["id"] for event, values in house.told if event == "web.refused")
    assert str(number) in got.text
    assert STAFF not in got.text
