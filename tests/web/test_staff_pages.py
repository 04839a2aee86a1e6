"""One's own account, keys for programs, the audit log, help for who can not sign in."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from kvit.access import SCOPES, service, totp
from kvit.i18n import codes
from kvit.web.qr import QUIET, qr_svg
from tests.receipt.printouts import SHOP
from tests.web.house import PASSWORD, STAFF, House, csrf, post

ROOT = Path(__file__).resolve().parents[2]
OTHER = "nine yellow umbrellas"


def owner(house: House):  # type: ignore[no-untyped-def]
    browser = house.staff()
    post(browser, "/first", "/first", code=house.first_code(), name="Anna", password=PASSWORD)
    return browser


def dark(svg: str) -> np.ndarray:
    """The modules of a code as it was drawn."""
    svg = svg.partition('class="qr"')[2]
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])  # type: ignore[index]
    page = np.zeros((side, side), dtype=np.uint8)
    path = svg.rpartition(' d="')[2]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", path):
        page[int(y), int(x) : int(x) + int(length)] = 1
    return page


@pytest.mark.parametrize("text", ["https://kvit.example/r/" + "x" * 22, "otpauth://totp/카페:Anna?secret=A"])
def test_a_code_on_the_screen_reads_back(text: str) -> None:
    page = dark(str(qr_svg(text, "a title")))
    assert not page[:QUIET].any()
    assert not page[:, -QUIET:].any()
    picture = np.kron(255 - page * 255, np.ones((4, 4), dtype=np.uint8))
    assert zxingcpp.read_barcodes(picture)[0].text == text


def test_the_app_is_switched_on_and_asked_for(house: House) -> None:
    browser = owner(house)
    page = browser.get("/account/app").text
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)
    assert secret is not None
    found = zxingcpp.read_barcodes(np.kron(255 - dark(page) * 255, np.ones((4, 4), dtype=np.uint8)))
    assert f"secret={secret[1]}" in found[0].text
    assert "kvit access code" in page

    def send(digits: str, password: str = PASSWORD):  # type: ignore[no-untyped-def]
        fields = {"csrf": csrf(page), "secret": secret[1], "digits": digits, "password": password}
        return browser.post("/account/app", data=fields, headers={"origin": STAFF})

    key = base64.b32decode(secret[1])
    right = totp.digits_at(key, int(house.now_s[0]) // totp.STEP_S)
    wrong = send(f"{(int(right) + 1) % 10**6:06}")
    assert (wrong.status_code, secret[1] in wrong.text, PASSWORD in wrong.text) == (409, True, False)
    assert send(right, "not the password").status_code == 409
    assert send(right).headers["location"] == "/account?done=app_on"
    assert browser.get("/account/app").headers["location"] == "/account"

    house.now_s[0] += 60
    post(browser, "/sign-out", "/live")
    asked = post(browser, "/sign-in", "/sign-in", name="Anna", password=PASSWORD)
    assert (asked.status_code, 'name="digits"' in asked.text) == (409, True)
    now = totp.digits_at(key, int(house.now_s[0]) // totp.STEP_S)
    assert post(browser, "/sign-in", "/sign-in", name="Anna", password=PASSWORD, digits=now).status_code == 303

    assert post(browser, "/account/app-off", "/account", password="not the password").status_code == 409
    assert post(browser, "/account/app-off", "/account", password=PASSWORD).status_code == 303
    post(browser, "/sign-out", "/live")
    assert post(browser, "/sign-in", "/sign-in", name="Anna", password=PASSWORD).status_code == 303


def test_ones_own_password(house: House) -> None:
    browser, elsewhere = owner(house), house.staff()
    post(elsewhere, "/sign-in", "/sign-in", name="Anna", password=PASSWORD)
    assert elsewhere.get("/live").status_code == 200
    wrong = post(browser, "/account/password", "/account", old="not it at all", new=OTHER)
    assert (wrong.status_code, OTHER in wrong.text) == (409, False)
    assert post(browser, "/account/password", "/account", old=PASSWORD, new=OTHER).status_code == 303
    assert browser.get("/live").status_code == 200
    assert elsewhere.get("/live").status_code == 303
    assert post(elsewhere, "/sign-in", "/sign-in", name="Anna", password=OTHER).status_code == 303


def test_a_wrong_password_is_not_tried_for_ever(house: House) -> None:
    browser = owner(house)
    answers = [post(browser, "/account/app-off", "/account", password=f"wrong {n}").status_code for n in range(9)]
    assert answers[-1] == 429
    house.now_s[0] += 3600
    assert post(browser, "/account/app-off", "/account", password=PASSWORD).status_code == 303


def test_a_new_way_in_when_nobody_gets_in(house: House) -> None:
    owner(house)
    stranger = house.staff()
    assert stranger.get("/first").headers["location"] == "/sign-in"
    code = "ABCD-EFGH-JKLM-NPQR"
    house.db.write_now(service.first_code, SHOP, "ABCDEFGHJKLMNPQR", int(house.now_s[0]), True)
    assert stranger.get("/first").status_code == 200
    made = post(stranger, "/first", "/first", code=code, name="Boris", password=PASSWORD)
    assert made.headers.get("location") == "/live", made.text
    assert house.staff().get("/first").headers["location"] == "/sign-in"


def test_an_owner_helps_who_can_not_sign_in(house: House) -> None:
    browser = owner(house)
    post(browser, "/users", "/users", name="Carla", password=PASSWORD, role="cashier")
    found = re.search(r'Carla.*?name="user" value="([^"]+)"', browser.get("/users").text, re.DOTALL)
    assert found is not None
    assert post(browser, "/users/password", "/users", user=found[1], password="short").status_code == 409
    assert post(browser, "/users/password", "/users", user=found[1], password=OTHER).status_code == 303
    assert post(house.staff(), "/sign-in", "/sign-in", name="Carla", password=OTHER).status_code == 303
    assert post(browser, "/users/app-off", "/users", user=found[1]).status_code == 303


def test_a_key_is_shown_once_works_and_is_taken_back(house: House) -> None:
    browser = owner(house)
    none = post(browser, "/keys", "/keys", name="books", days="30")
    assert (none.status_code, 'value="books"' in none.text) == (422, True)
    made = post(browser, "/keys", "/keys", name="books", days="30", **{"scope.receipts.read": "on"})
    text = re.search(r"kvit_[A-Za-z0-9]{12}_[\w-]{43}", made.text)
    assert text is not None
    listed = browser.get("/keys").text
    assert text[0] not in listed
    assert "books" in listed
    headers = {"authorization": f"Bearer {text[0]}"}
    assert house.staff().get("/api/v1/receipts", headers=headers).status_code == 200
    assert house.staff().get("/keys", headers=headers).status_code == 403
    assert house.staff().get("/account", headers=headers).status_code == 404
    house.now_s[0] += 29 * 86400
    assert house.staff().get("/api/v1/receipts", headers=headers).status_code == 200
    house.now_s[0] += 86400
    assert house.staff().get("/api/v1/receipts", headers=headers).status_code == 401


def test_a_key_taken_back_is_out_at_once(house: House) -> None:
    browser = owner(house)
    made = post(browser, "/keys", "/keys", name="books", days="0", **{f"scope.{scope}": "on" for scope in SCOPES})
    text = re.search(r"kvit_([A-Za-z0-9]{12})_[\w-]{43}", made.text)
    assert text is not None
    headers = {"authorization": f"Bearer {text[0]}"}
    assert house.staff().get("/api/v1/session", headers=headers).json()["permissions"] == sorted(SCOPES)
    assert post(browser, "/keys/revoke", "/keys", key=text[1]).status_code == 303
    assert house.staff().get("/api/v1/session", headers=headers).status_code == 401
    assert post(browser, "/keys/revoke", "/keys", key=text[1]).status_code == 404
    bad = post(browser, "/keys", "/keys", name="x", days="1", **{"scope.users.write": "on"})
    assert bad.status_code == 409


def test_the_audit_log_in_words(house: House) -> None:
    (id_,) = house.keep()
    browser = owner(house)
    post(browser, "/users", "/users", name="Carla", password=PASSWORD, role="cashier")
    post(browser, f"/receipts/{id_}/link", f"/receipts/{id_}")
    post(browser, f"/receipts/{id_}/forget", f"/receipts/{id_}")
    page = browser.get("/audit").text
    for words in ("Anna", "Carla", "Cashier", "Public link made", "Receipt erased", id_, 'class="note good"'):
        assert words in page, words
    rows = str(house.db.read_now(lambda tx: tx.all("SELECT * FROM access_audit")))
    assert "Anna" not in rows
    assert "Carla" not in rows


def test_the_audit_log_is_paged(house: House) -> None:
    browser = house.user("auditor")
    for number in range(120):
        house.db.write_now(service.audit, SHOP, "user:x", "log_in", "x", number)
    seen, path = [], "/audit"
    while path:
        page = browser.get(path).text
        seen += [int(n) for n in re.findall(r"№ (\d+)<", page)]
        more = re.search(r'rel="next" href="([^"]+)"', page)
        path = more[1] if more else ""
    assert seen == list(range(120, 0, -1))


def test_a_changed_row_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = owner(house)

    def change(tx: object) -> None:
        tx.run("DROP TRIGGER access_audit_fixed")  # type: ignore[attr-defined]
        tx.run("UPDATE access_audit SET actor = 'user:else' WHERE n = 1")  # type: ignore[attr-defined]

    house.db.write_now(change)
    page = browser.get("/audit").text
    assert 'class="note bad"' in page
    monkeypatch.setattr("kvit.web.audit.PROVED_ROWS", 0)
    assert 'href="/audit?prove=true"' in browser.get("/audit").text
    assert 'class="note bad"' in browser.get("/audit?prove=true").text


def test_every_act_has_words() -> None:
    acts = set()
    for file in (ROOT / "src/kvit").rglob("*.py"):
        acts |= set(re.findall(r'audit\([^"]*"([a-z_.]+)"', file.read_text()))
    assert len(acts) > 15
    for act in acts:
        assert f"web.act_{act.replace('.', '_')}" in codes(), act
    for scope in SCOPES:
        assert f"web.scope_{scope.replace('.', '_')}" in codes()
