"""A whole shop for tests of its pages: data base, users, both sites called in-process."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
from starlette.testclient import TestClient

from kvit.access import role, service
from kvit.access.code import fresh_code
from kvit.access.door import Door
from kvit.access.password import Hasher
from kvit.access.worker import Weigher
from kvit.app.rooms import MIGRATIONS
from kvit.config import Setting
from kvit.db import Database, open_database
from kvit.paper.languages.stream import play_stream
from kvit.paper.render import RENDERERS
from kvit.paper.render import html as html_of
from kvit.receipt import service as receipts
from kvit.receipt.printout import Prepared, known_profile
from kvit.receipt.service import Taken
from kvit.refusal import Refusal
from kvit.shop import ShopSettings
from kvit.web import Context, LineState, PairState, public_app, staff_app
from tests.receipt.printouts import NOON_MS, SHOP, prepared

STAFF = "http://127.0.0.1:7003"
PUBLIC = "http://127.0.0.1:7001"
PASSWORD = "seven green bicycles"
NOW_S = NOON_MS // 1000


async def render(raw: bytes, profile: str, form: str) -> bytes:
    """Draw here and now, as the worker would."""
    sheet = play_stream(raw, known_profile(profile)).sheet
    return html_of.fragment(sheet).encode() if form == "fragment" else RENDERERS[form](sheet)


class Relay:
    """A relay with one line, and pairs that come and go."""

    def __init__(self) -> None:
        self.made: dict[str, PairState] = {}

    async def lines(self) -> list[LineState]:
        return [LineState("till-1", "Till 1", "port 9100", "tcp://10.0.0.5:9100", "ready", 0, 123456)]

    async def pairs(self) -> list[PairState]:
        return list(self.made.values())

    async def create_pair(self, name: str) -> PairState | Refusal:
        self.made[name] = PairState(name, f"/run/kvit/{name}", "/dev/pts/7", "ready")
        return self.made[name]

    async def test_pair(self, name: str) -> PairState | Refusal:
        return self.made.get(name) or Refusal("web.relay_absent")

    async def remove_pair(self, name: str) -> str | Refusal:
        return name if self.made.pop(name, None) else Refusal("web.relay_absent")


@dataclass
class House:
    """The shop and its sites."""

    db: Database
    context: Context
    now_s: list[float]
    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def staff(self, **options: Any) -> TestClient:
        """A browser of staff, not signed in."""
        return TestClient(staff_app(self.context), STAFF, follow_redirects=False, **options)

    def public(self, **options: Any) -> TestClient:
        """A customer's browser."""
        return TestClient(public_app(self.context), PUBLIC, follow_redirects=False, **options)

    def user(self, role_name: str = role.OWNER) -> TestClient:
        """A browser signed in with a role."""
        browser = self.staff()
        token, user_id = "s" * 30 + secrets.token_hex(7)[:13], secrets.token_hex(6)
        self.db.write_now(_add_user, SHOP, user_id, role_name, token, int(self.now_s[0]))
        browser.cookies.set("kvit-session", token)
        return browser

    def keep(self, *printouts: Prepared) -> list[str]:
        """Store printouts."""
        kept = [self.db.write_now(receipts.take, SHOP, one) for one in printouts or (prepared(),)]
        return [one.id for one in kept if isinstance(one, Taken)]

    def first_code(self) -> str:
        """Put a first code in force."""
        code = fresh_code(secrets.token_bytes)
        self.db.write_now(service.first_code, SHOP, code, int(self.now_s[0]))
        return code


def _add_user(tx: Any, shop: str, user_id: str, role_name: str, token: str, now: int) -> None:
    from kvit.access import store
    from kvit.access.model import User

    user = User(user_id, shop, f"user-{user_id}", role_name, now, None, False)
    assert store.add_user(tx, user, user.name, "x")
    service._open_session(tx, user, token, now)


@contextmanager
def open_house(folder: Path, **changes: Any) -> Iterator[House]:
    """Build a shop in a folder."""
    now_s = [float(NOW_S)]
    told: list[tuple[str, dict[str, object]]] = []
    weigher = Weigher(Hasher())
    with open_database(folder / "kvit.db", rooms=MIGRATIONS) as db:
        context = Context(
            db=db,
            door=Door(db, weigher, SHOP, secrets.token_bytes),
            shop=ShopSettings(id=SHOP, name="Corner Cafe", country="GB"),
            render=render,
            clock=lambda: now_s[0],
            monotonic=lambda: now_s[0],
            random=secrets.token_bytes,
            relay=Relay(),
            settings=(Setting("web.port", "7001", "default"),),
            log=lambda event, values: told.append((event, values)),
        )
        yield House(db, replace(context, **changes), now_s, told)
    weigher.close()


def csrf(html: str) -> str:
    """Find a page's token."""
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def post(browser: TestClient, path: str, page: str, **fields: str) -> Any:
    """Send a form as the page it stands on would."""
    token = csrf(browser.get(page).text)
    return browser.post(path, data={"csrf": token, **fields}, headers={"origin": STAFF})


def plain(value: object) -> Any:
    """A value as JSON has it."""
    return msgspec.to_builtins(value)
