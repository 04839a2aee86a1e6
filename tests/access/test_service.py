"""The verbs, on both engines: first code, log-in, sessions, people, keys, audit. Clock and randomness are the test's."""

from __future__ import annotations

import concurrent.futures
import itertools
import random
import threading
from collections.abc import Callable
from typing import Any

import pytest

from kvit.access import audit as chain
from kvit.access import code, key, role, service, session, staff, store, throttle, totp
from kvit.access.model import Attempt, Identity
from kvit.db import ConstraintViolation, Database, Tx
from kvit.refusal import Refusal
from tests.databases import OpenDatabase

NOW = 1_800_000_000
SHOP = "shop-1"
CODE = "7QWK-2MXD-9RTW-0ABC"
HASH = "hash of the owner's password"

_random = random.Random(7)


def token() -> str:
    return session.fresh_token(_random.randbytes)


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.access")


def claim(db: Database, shop: str = SHOP, name: str = "Anna", user_id: str = "u1", now: int = NOW) -> Identity:
    db.write_now(service.first_code, shop, CODE, now)
    made = db.write_now(service.claim_first_code, shop, CODE, user_id, name, HASH, token(), now)
    assert isinstance(made, Identity)
    return made


def hire(db: Database, owner: Identity, name: str, role_name: str) -> Identity:
    made = db.write_now(staff.create_user, owner, f"id-{name}", name, f"hash of {name}", role_name, NOW)
    assert not isinstance(made, Refusal)
    return enter(db, name)


def begin(db: Database, name: str, now: int = NOW, address: str = "10.0.0.1") -> Attempt:
    attempt = db.write_now(service.begin_log_in, SHOP, name, address, now)
    assert isinstance(attempt, Attempt)
    return attempt


def enter(db: Database, name: str, now: int = NOW, **more: str) -> Identity:
    made = db.write_now(service.finish_log_in, begin(db, name, now), token(), now, **more)
    assert isinstance(made, Identity)
    return made


def refused(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code.removeprefix("access.")


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run work in threads that start together."""
    gate = threading.Barrier(count)

    def run(number: int) -> Any:
        gate.wait()
        return work(number)

    with concurrent.futures.ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


# --- the first code ---------------------------------------------------------------------------------------------------


def test_nobody_is_there_before_the_code_is_used(db: Database) -> None:
    assert not db.read_now(service.is_set_up, SHOP)
    assert begin(db, "admin").password_hash == ""
    ends = db.write_now(service.first_code, SHOP, CODE, NOW)
    assert ends == NOW + code.LIFE_S
    assert not db.read_now(service.is_set_up, SHOP)
    owner = claim(db)
    assert db.read_now(service.is_set_up, SHOP)
    assert owner.may("users.write")
    assert owner.shop == SHOP


def test_a_code_works_once_and_not_for_ever(db: Database) -> None:
    claims = itertools.count()

    def use(typed: str, now: int, name: str = "Anna") -> Identity | Refusal:
        user_id = f"u{next(claims)}"
        return db.write_now(service.claim_first_code, SHOP, typed, user_id, name, HASH, token(), now)

    assert refused(use(CODE, NOW)) == "code_wrong"
    db.write_now(service.first_code, SHOP, CODE, NOW)
    assert refused(use("7QWK-2MXD-9RTW-0ABD", NOW)) == "code_wrong"
    assert refused(use("", NOW)) == "code_wrong"
    assert refused(use(CODE, NOW + code.LIFE_S)) == "code_expired"
    assert refused(use(CODE, NOW, "a b")) == "name_bad"
    assert isinstance(use(CODE.lower(), NOW + code.LIFE_S - 1), Identity)
    assert refused(use(CODE, NOW + 1)) == "code_used"


def test_a_new_code_voids_the_old_one_and_needs_the_console_later(db: Database) -> None:
    db.write_now(service.first_code, SHOP, CODE, NOW)
    other = "0000-1111-2222-3333"
    db.write_now(service.first_code, SHOP, other, NOW)
    assert refused(db.read_now(service.weigh_first_code, SHOP, CODE, NOW)) == "code_wrong"
    assert db.read_now(service.weigh_first_code, SHOP, other, NOW) is None
    db.write_now(service.claim_first_code, SHOP, other, "u1", "Anna", HASH, token(), NOW)
    assert refused(db.write_now(service.first_code, SHOP, CODE, NOW)) == "already_set_up"
    assert db.write_now(service.first_code, SHOP, CODE, NOW, True) == NOW + code.LIFE_S
    taken = db.write_now(service.claim_first_code, SHOP, CODE, "u2", "ANNA", HASH, token(), NOW)
    assert refused(taken) == "name_taken"
    assert isinstance(db.write_now(service.claim_first_code, SHOP, CODE, "u2", "Boris", HASH, token(), NOW), Identity)


def test_of_many_claims_at_once_one_wins(db: Database) -> None:
    db.write_now(service.first_code, SHOP, CODE, NOW)
    answers = at_once(
        8,
        lambda n: db.write_now(
            service.claim_first_code,
            SHOP,
            CODE,
            f"u{n}",
            f"name{n}",
            HASH,
            session.fresh_token(random.Random(n).randbytes),
            NOW,
        ),
    )
    assert sum(isinstance(answer, Identity) for answer in answers) == 1
    assert {refused(answer) for answer in answers if isinstance(answer, Refusal)} == {"code_used"}
    assert db.read_now(lambda tx: len(store.users(tx, SHOP))) == 1


# --- log-in -----------------------------------------------------------------------------------------------------------


def test_log_in_gives_a_new_session_and_voids_what_the_browser_came_with(db: Database) -> None:
    claim(db)
    planted = token()
    assert db.read_now(service.who, planted, NOW) is None
    first = token()
    made = db.write_now(service.finish_log_in, begin(db, "anna"), first, NOW, "", planted)
    assert isinstance(made, Identity)
    assert db.read_now(service.who, planted, NOW) is None, "a planted token never becomes a session"
    second = token()
    db.write_now(service.finish_log_in, begin(db, "ANNA"), second, NOW, "", first)
    assert db.read_now(service.who, first, NOW) is None
    found = db.read_now(service.who, second, NOW)
    assert found is not None
    assert (found.actor, found.role) == ("user:u1", "owner")


def test_no_token_is_in_the_data_base(db: Database) -> None:
    claim(db)
    secret = token()
    db.write_now(service.finish_log_in, begin(db, "Anna"), secret, NOW)
    tables = ("access_user", "access_session", "access_code", "access_key", "access_throttle", "access_audit")
    everything = db.read_now(lambda tx: repr([tx.all(f"SELECT * FROM {table}") for table in tables]))
    for word in (secret, CODE, CODE.replace("-", ""), "10.0.0.1"):
        assert word not in everything
    assert "Anna" not in db.read_now(lambda tx: repr(tx.all("SELECT * FROM access_audit")))


def test_a_known_and_an_unknown_name_cost_the_same(db: Database) -> None:
    claim(db)

    def statements(name: str, address: str) -> list[str]:
        told: list[str] = []

        class Watching:
            def __init__(self, tx: Tx) -> None:
                self.tx = tx

            def __getattr__(self, word: str) -> Any:
                def call(sql: str, *values: Any) -> Any:
                    told.append(sql)
                    return getattr(self.tx, word)(sql, *values)

                return call

        def both(tx: Tx) -> None:
            watching: Any = Watching(tx)
            attempt = service.begin_log_in(watching, SHOP, name, address, NOW)
            assert isinstance(attempt, Attempt)
            service.fail_log_in(watching, attempt, NOW)

        db.write_now(both)
        return told

    assert statements("Anna", "10.0.0.1") == statements("nobody", "10.0.0.2") == statements("a\0b <>", "10.0.0.3")


def test_tries_are_counted_before_they_are_weighed(db: Database) -> None:
    claim(db)
    for _ in range(throttle.ACCOUNT.free):
        begin(db, "anna")
    answer = db.write_now(service.begin_log_in, SHOP, "Anna", "10.9.9.9", NOW)
    assert answer == Refusal("access.too_many_tries", {"wait_s": throttle.ACCOUNT.first_s})
    begin(db, "Anna", NOW + throttle.ACCOUNT.first_s)
    longer = db.write_now(service.begin_log_in, SHOP, "Anna", "10.9.9.9", NOW + throttle.ACCOUNT.first_s)
    assert longer == Refusal("access.too_many_tries", {"wait_s": 2 * throttle.ACCOUNT.first_s})
    assert begin(db, "Boris").user_id == "", "another name is not held up"


def test_a_clock_set_back_shuts_nobody_out(db: Database) -> None:
    claim(db)
    for _ in range(throttle.ACCOUNT.free):
        begin(db, "Anna", NOW + 10**8)
    begin(db, "Anna")


def test_success_forgets_and_so_does_a_quiet_hour(db: Database) -> None:
    claim(db)
    for _ in range(3):
        for _ in range(throttle.ACCOUNT.free - 1):
            begin(db, "Anna")
        enter(db, "Anna")
    for _ in range(throttle.ACCOUNT.free):
        begin(db, "Anna", address="10.0.0.2")
    later = NOW + throttle.MEMORY_S + 1
    for _ in range(throttle.ACCOUNT.free):
        begin(db, "Anna", later, "10.0.0.2")


def test_an_address_is_held_up_over_many_names(db: Database) -> None:
    for n in range(throttle.ADDRESS.free):
        begin(db, f"name{n}")
    assert refused(db.write_now(service.begin_log_in, SHOP, "another", "10.0.0.1", NOW)) == "too_many_tries"
    assert refused(db.write_now(service.count_claim, SHOP, "10.0.0.1", NOW)) == "too_many_tries"
    begin(db, "another", address="10.0.0.2")


def test_who_gets_in_does_not_use_the_address_up_nor_clean_it(db: Database) -> None:
    claim(db)
    for _ in range(2 * throttle.ADDRESS.free):
        enter(db, "Anna")
    for n in range(throttle.ADDRESS.free):
        begin(db, f"name{n}")
        if n < throttle.ADDRESS.free - 1:
            enter(db, "Anna")
    assert refused(db.write_now(service.begin_log_in, SHOP, "Anna", "10.0.0.1", NOW)) == "too_many_tries"


def test_a_thousand_tries_at_once_are_weighed_five_times(db: Database) -> None:
    claim(db)
    answers = at_once(
        8,
        lambda n: [
            db.write_now(service.begin_log_in, SHOP, "Anna", f"10.{n}.{i // 200}.{i % 200}", NOW) for i in range(25)
        ],
    )
    weighed = [answer for many in answers for answer in many if isinstance(answer, Attempt)]
    assert len(weighed) == throttle.ACCOUNT.free


def test_a_password_changed_meanwhile_does_not_open(db: Database) -> None:
    owner = claim(db)
    attempt = begin(db, "Anna")
    confirm = db.write_now(staff.begin_confirm, owner, NOW)
    assert isinstance(confirm, Attempt)
    assert db.write_now(staff.change_password, owner, confirm, "another hash", NOW) is None
    assert refused(db.write_now(service.finish_log_in, attempt, token(), NOW)) == "log_in_wrong"
    assert refused(db.write_now(staff.change_password, owner, confirm, "a third", NOW)) == "log_in_wrong"


def test_a_better_hash_takes_the_place_of_an_old_one(db: Database) -> None:
    claim(db)
    enter(db, "Anna", fresh_hash="better")
    assert begin(db, "Anna").password_hash == "better"


def test_sessions_end_and_are_few(db: Database) -> None:
    claim(db)
    tokens = []
    for n in range(store.SESSIONS_LIMIT + 5):
        tokens.append(token())
        db.write_now(service.finish_log_in, begin(db, "Anna", NOW + n), tokens[-1], NOW + n)
    now = NOW + 100
    alive = [each for each in tokens if db.read_now(service.who, each, now)]
    assert alive == tokens[-store.SESSIONS_LIMIT :]
    found = db.read_now(service.who, tokens[-1], now)
    assert found is not None
    assert session.needs_touch(found.seen_at, now)
    db.write_now(service.keep_alive, found, now)
    idle = now + session.IDLE_S - 1
    assert db.read_now(service.who, tokens[-1], idle) is not None
    assert db.read_now(service.who, tokens[-2], idle) is None
    db.write_now(service.keep_alive, found, NOW + session.LIFE_S)
    assert db.read_now(service.who, tokens[-1], NOW + session.LIFE_S + 1000) is None


def test_log_out_ends_this_session_only(db: Database) -> None:
    claim(db)
    one, two = token(), token()
    for each in (one, two):
        db.write_now(service.finish_log_in, begin(db, "Anna"), each, NOW)
    identity = db.read_now(service.who, one, NOW)
    assert identity is not None
    for _ in range(2):
        db.write_now(service.log_out, identity, NOW)
    assert db.read_now(service.who, one, NOW) is None
    assert db.read_now(service.who, two, NOW) is not None
    acts = [entry.act for entry in db.read_now(lambda tx: list(store.entries(tx, SHOP)))]
    assert acts.count("log_out") == 1


@pytest.mark.parametrize("nonsense", ["", "x", "s" * 43, "\0" * 43, "é" * 43, "\ud800" * 43, "a" * 10_000])
def test_a_nonsense_token_is_nobody(db: Database, nonsense: str) -> None:
    assert db.read_now(service.who, nonsense, NOW) is None
    assert db.read_now(service.check_key, nonsense, NOW) is None


# --- the second factor ------------------------------------------------------------------------------------------------


def test_the_second_factor(db: Database) -> None:
    owner = claim(db)
    secret = b"12345678901234567890"

    def digits(now: int) -> str:
        return totp.digits_at(secret, now // totp.STEP_S)

    wrong = f"{(int(digits(NOW)) + 1) % 10**6:06}"
    assert refused(db.write_now(staff.set_second_factor, owner, secret, wrong, NOW)) == "second_factor_wrong"
    assert db.write_now(staff.set_second_factor, owner, secret, digits(NOW), NOW) is None
    finish = service.finish_log_in
    assert refused(db.write_now(finish, begin(db, "Anna"), token(), NOW)) == "second_factor_needed"
    assert refused(db.write_now(finish, begin(db, "Anna"), token(), NOW, digits(NOW))) == "second_factor_wrong"
    later = NOW + 60
    attempts = [begin(db, "Anna", later) for _ in range(2)]
    answers = at_once(
        2,
        lambda n: db.write_now(
            finish, attempts[n], session.fresh_token(random.Random(n).randbytes), later, digits(later)
        ),
    )
    assert sum(isinstance(answer, Identity) for answer in answers) == 1, "digits count once"
    assert db.write_now(staff.drop_second_factor, owner, owner.user_id, later) is None
    enter(db, "Anna", later)


# --- people -----------------------------------------------------------------------------------------------------------


def test_users_in_the_order_of_refusals(db: Database) -> None:
    owner = claim(db)
    cashier = hire(db, owner, "Boris", "cashier")

    def make(by: Identity, name: str, role_name: str) -> str:
        return refused(db.write_now(staff.create_user, by, "id-x", name, "h", role_name, NOW))

    assert make(cashier, "a b", "king") == "not_allowed"
    assert make(owner, "a b", "king") == "name_bad"
    assert make(owner, "BORIS", "king") == "no_such_role"
    assert make(owner, "BORIS", "cashier") == "name_taken"
    listed = db.read_now(staff.list_users, owner)
    assert not isinstance(listed, Refusal)
    assert [(user.name, user.role) for user in listed] == [("Anna", "owner"), ("Boris", "cashier")]
    assert refused(db.read_now(staff.list_users, cashier)) == "not_allowed"
    for verb in (staff.disable_user, staff.enable_user):
        assert refused(db.write_now(verb, cashier, "u1", NOW)) == "not_allowed"
        assert refused(db.write_now(verb, owner, "nobody", NOW)) == "no_such_user"
    assert refused(db.write_now(staff.reset_password, cashier, "u1", "h", NOW)) == "not_allowed"
    assert refused(db.write_now(staff.drop_second_factor, cashier, "u1", NOW)) == "not_allowed"


def test_another_role_and_switching_off_end_the_sessions(db: Database) -> None:
    owner = claim(db)
    hire(db, owner, "Boris", "cashier")
    changes: list[Callable[[], object]] = [
        lambda: db.write_now(staff.set_role, owner, "id-Boris", "manager", NOW),
        lambda: db.write_now(staff.reset_password, owner, "id-Boris", "new", NOW),
        lambda: db.write_now(staff.disable_user, owner, "id-Boris", NOW),
    ]
    for change in changes:
        secret = token()
        db.write_now(service.finish_log_in, begin(db, "Boris"), secret, NOW)
        assert db.read_now(service.who, secret, NOW) is not None
        assert change() is None
        assert db.read_now(service.who, secret, NOW) is None
    assert refused(db.write_now(service.finish_log_in, begin(db, "Boris"), token(), NOW)) == "user_disabled"
    assert db.write_now(staff.enable_user, owner, "id-Boris", NOW) is None
    assert enter(db, "Boris").role == "manager"


def test_the_last_owner_stays(db: Database) -> None:
    owner = claim(db)
    assert refused(db.write_now(staff.set_role, owner, "u1", "cashier", NOW)) == "last_owner"
    assert refused(db.write_now(staff.disable_user, owner, "u1", NOW)) == "last_owner"
    second = hire(db, owner, "Boris", "owner")
    answers = at_once(
        2,
        lambda n: db.write_now(staff.set_role, (owner, second)[n], ("id-Boris", "u1")[n], "cashier", NOW),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Refusal"]
    assert [user.role for user in db.read_now(lambda tx: store.users(tx, SHOP))].count("owner") == 1


def test_changing_the_password_ends_the_other_sessions(db: Database) -> None:
    claim(db)
    mine, other = token(), token()
    for each in (mine, other):
        db.write_now(service.finish_log_in, begin(db, "Anna"), each, NOW)
    me = db.read_now(service.who, mine, NOW)
    assert me is not None
    attempt = db.write_now(staff.begin_confirm, me, NOW)
    assert isinstance(attempt, Attempt)
    assert attempt.password_hash == HASH
    assert db.write_now(staff.change_password, me, attempt, "new", NOW) is None
    assert db.read_now(service.who, mine, NOW) is not None
    assert db.read_now(service.who, other, NOW) is None


def test_one_shop_never_sees_another(db: Database) -> None:
    here, there = claim(db), claim(db, "shop-2", "Zoya", "u2")
    assert begin(db, "Zoya").user_id == ""
    assert refused(db.write_now(staff.set_role, here, "u2", "cashier", NOW)) == "no_such_user"
    assert refused(db.write_now(staff.disable_user, here, "u2", NOW)) == "no_such_user"
    assert refused(db.write_now(staff.reset_password, here, "u2", "h", NOW)) == "no_such_user"
    fresh = key.fresh_key(_random.randbytes)
    db.write_now(staff.issue_key, there, fresh, "station", ["receipts.deliver"], NOW)
    assert db.read_now(staff.list_keys, here) == []
    assert refused(db.write_now(staff.revoke_key, here, fresh.id, NOW)) == "no_such_key"
    found = db.read_now(service.check_key, fresh.text, NOW)
    assert found is not None
    assert found.shop == "shop-2"


# --- keys -------------------------------------------------------------------------------------------------------------


def test_keys(db: Database) -> None:
    owner = claim(db)
    cashier = hire(db, owner, "Boris", "cashier")
    fresh = key.fresh_key(_random.randbytes)
    assert refused(db.write_now(staff.issue_key, cashier, fresh, "x", ["king"], NOW)) == "not_allowed"
    assert refused(db.write_now(staff.issue_key, owner, fresh, "x", ["users.write"], NOW)) == "no_such_scope"
    made = db.write_now(staff.issue_key, owner, fresh, "station 1", ["relay.read", "receipts.deliver"], NOW, NOW + 100)
    assert isinstance(made, key.Key)
    found = db.read_now(service.check_key, fresh.text, NOW)
    assert found is not None
    assert (found.actor, found.permissions) == (f"key:{fresh.id}", frozenset(made.scopes))
    assert found.user_id == ""
    assert db.read_now(service.check_key, fresh.text, NOW + 100) is None
    twin = key.fresh_key(_random.randbytes)
    assert db.read_now(service.check_key, f"kvit_{fresh.id}_{twin.text[-43:]}", NOW) is None
    assert db.write_now(staff.revoke_key, owner, fresh.id, NOW) is None
    assert db.read_now(service.check_key, fresh.text, NOW) is None
    assert refused(db.write_now(staff.revoke_key, owner, fresh.id, NOW)) == "no_such_key"
    listed = db.read_now(staff.list_keys, owner)
    assert not isinstance(listed, Refusal)
    assert [(each.name, each.revoked_at) for each in listed] == [("station 1", NOW)]
    assert fresh.text[-43:] not in db.read_now(lambda tx: repr(tx.all("SELECT * FROM access_key")))


# --- audit ------------------------------------------------------------------------------------------------------------


def test_the_log_tells_and_proves_itself(db: Database) -> None:
    owner = claim(db)
    db.write_now(service.fail_log_in, begin(db, "nobody"), NOW)
    hire(db, owner, "Boris", "cashier")
    db.write_now(service.audit, SHOP, owner.actor, "settings.changed", "", NOW, {"key": "shop.name"})
    entries = db.read_now(service.read_audit, owner)
    assert not isinstance(entries, Refusal)
    assert [entry.act for entry in reversed(entries)] == [
        "first_code.made",
        "first_code.used",
        "log_in.failed",
        "user.made",
        "log_in",
        "settings.changed",
    ]
    assert db.read_now(service.verify_audit, SHOP) == 6
    assert db.read_now(service.verify_audit, "shop-9") == 0
    paged = db.read_now(service.read_audit, owner, 4, 2)
    assert not isinstance(paged, Refusal)
    assert [entry.n for entry in paged] == [3, 2]
    cashier = enter(db, "Boris")
    assert refused(db.read_now(service.read_audit, cashier)) == "not_allowed"


def test_a_refused_verb_leaves_no_row(db: Database) -> None:
    owner = claim(db)
    before = db.read_now(service.verify_audit, SHOP)
    assert refused(db.write_now(staff.create_user, owner, "x", "a b", "h", "cashier", NOW)) == "name_bad"
    assert db.read_now(service.verify_audit, SHOP) == before


def test_writers_at_once_make_one_chain(db: Database) -> None:
    at_once(
        8,
        lambda n: [db.write_now(service.audit, f"shop-{n % 2}", "console", "act", str(i), NOW) for i in range(25)],
    )
    assert [db.read_now(service.verify_audit, f"shop-{n}") for n in (0, 1)] == [100, 100]


FORBIDDEN = (
    "UPDATE access_audit SET actor = 'user:x' WHERE n = 1",
    "DELETE FROM access_audit WHERE n = 1",
    "DELETE FROM access_audit",
    "DELETE FROM access_audit_head",
    "UPDATE access_audit_head SET n = n - 1",
    "UPDATE access_audit_head SET shop = 'x'",
)


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_the_data_base_itself_refuses_to_change_the_log(db: Database, sql: str) -> None:
    claim(db)
    with pytest.raises(ConstraintViolation):
        db.write_now(lambda tx: tx.run(sql))
    assert db.read_now(service.verify_audit, SHOP) == 2


def test_the_log_is_neither_replaced_nor_emptied(db: Database) -> None:
    claim(db)
    columns = "act, subject, detail, previous, hash FROM access_audit"
    sqlite = f"INSERT OR REPLACE INTO access_audit SELECT shop, n, at, 'x', {columns}"
    sql = sqlite if db.kind == "sqlite" else "TRUNCATE access_audit"
    with pytest.raises(ConstraintViolation):
        db.write_now(lambda tx: tx.run(sql))
    assert db.read_now(service.verify_audit, SHOP) == 2


def test_tampering_past_the_triggers_is_found(db: Database) -> None:
    """Whoever owns the file can drop a trigger; the chain tells all the same."""
    for i in range(30):
        db.write_now(service.audit, SHOP, "console", "act", str(i), NOW)

    def open_up(tx: Tx) -> None:
        if db.kind == "sqlite":
            for name in ("access_audit_fixed", "access_audit_kept"):
                tx.run(f"DROP TRIGGER {name}")
        else:
            tx.run("ALTER TABLE access_audit DISABLE TRIGGER ALL")

    db.write_now(open_up)
    assert db.read_now(service.verify_audit, SHOP) == 30
    chance = random.Random(11)
    tampering = (
        "UPDATE access_audit SET subject = 'x' WHERE n = $1",
        "UPDATE access_audit SET at = at + 1 WHERE n = $1",
        "UPDATE access_audit SET actor = 'user:other' WHERE n = $1",
        "DELETE FROM access_audit WHERE n = $1",
    )

    class UndoneError(Exception):
        pass

    for _ in range(20):
        n, sql = chance.randint(1, 30), chance.choice(tampering)

        def tamper(tx: Tx, n: int = n, sql: str = sql) -> None:
            tx.run(sql, n)
            found = service.verify_audit(tx, SHOP)
            assert isinstance(found, chain.Broken)
            assert found.n == n
            raise UndoneError

        with pytest.raises(UndoneError):
            db.write_now(tamper)


def test_every_role_is_let_in_with_what_it_may(db: Database) -> None:
    owner = claim(db)
    for name, may in role.ROLES.items():
        assert hire(db, owner, f"name-{name}", name).permissions == may
