"""News from a station's outbox to a server's inbox: in order, each once, whatever is lost, repeated or put back."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kvit.chain import inbox, outbox, store
from kvit.chain.inbox import Act
from kvit.chain.model import Answer, Batch, News, Refused, Station, Told
from kvit.chain.outbox import Heard
from kvit.db import Database, Room, Tx, open_database
from kvit.refusal import Refusal
from tests.databases import OpenDatabase

ID = "a" * 16
STATION = Station(ID, "shop-1", "Till room", "k" * 12, "user:1", 0, None, 0, 0, None, Told())
SIDES = {"station": ("chain_outbox_head", "chain_outbox", "book"), "server": ("chain_station", "effect")}

_marks = itertools.count(1)


def mark() -> str:
    return f"{next(_marks):016x}"


def room(folder: Path) -> Room:
    """A trade of the test's own: a station's book (subject, value), and what the server made of it."""
    folder.mkdir(exist_ok=True)
    for engine in ("sqlite", "postgres"):
        (folder / f"0001_trade.{engine}.sql").write_text(
            "CREATE TABLE book (subject TEXT PRIMARY KEY, value BIGINT NOT NULL);\n"
            "CREATE TABLE effect (epoch TEXT NOT NULL, n BIGINT NOT NULL, subject TEXT NOT NULL, value BIGINT,"
            " PRIMARY KEY (epoch, n));\n".replace("BIGINT", "INTEGER" if engine == "sqlite" else "BIGINT")
        )
    return Room("trade", folder)


def everything(tx: Tx) -> Iterator[tuple[str, str]]:
    yield from (("book", subject) for (subject,) in tx.all("SELECT subject FROM book ORDER BY subject"))


def write(tx: Tx, subject: str, value: int) -> None:
    """What a trade does: change something, tell it."""
    tx.run(
        "INSERT INTO book (subject, value) VALUES ($1, $2) ON CONFLICT (subject) DO UPDATE SET value = excluded.value",
        subject,
        value,
    )
    outbox.put(tx, mark(), "book", subject, 0)


def composed(tx: Tx, limit: int = 5) -> Batch | None:
    waiting = outbox.waiting(tx, limit)
    if waiting is None or not waiting.news:
        return None
    news = []
    for n, mark_, kind, subject in waiting.news:
        row = tx.one("SELECT value FROM book WHERE subject = $1", subject)
        news.append(News(n, mark_, kind, subject, msgspec.Raw(msgspec.json.encode(row and row[0]))))
    return Batch(waiting.epoch, waiting.after, waiting.after_mark, tuple(news))


def act(batch: Batch, news: News) -> Act:
    def done(tx: Tx) -> None:
        value = msgspec.json.decode(news.body)
        tx.run(
            "INSERT INTO effect (epoch, n, subject, value) VALUES ($1, $2, $3, $4)",
            batch.epoch,
            news.n,
            news.subject,
            value,
        )  # the primary key says that nothing is done twice

    return done


def take(tx: Tx, batch: Batch) -> Answer | Refusal:
    return inbox.take(tx, STATION, batch, {news.n: act(batch, news) for news in batch.news}, 0)


def begin(tx: Tx, epoch: str = "e" * 16) -> None:
    outbox.begin(tx, epoch, everything, mark, 0)
    tx.run("DELETE FROM chain_station")
    store.add_station(tx, ID, "shop-1", "Till room", "k" * 12, "user:1", 0)


def step(db: Database) -> bool:
    """Send one batch without a fault; say whether there was one."""
    batch = db.read_now(composed)
    if batch is None:
        return False
    answer = db.write_now(take, batch)
    assert isinstance(answer, Answer)
    hear(db, answer)
    return True


def hear(db: Database, answer: Answer) -> None:
    if db.write_now(outbox.answered, answer, 0) is Heard.FORKED:
        db.write_now(outbox.begin, mark(), everything, mark, 0)


@pytest.fixture
def db(database: OpenDatabase, tmp_path: Path) -> Database:
    made = database("kvit.access", "kvit.chain", room(tmp_path / "trade"))
    made.write_now(begin)
    return made


def test_in_order_and_each_once(db: Database) -> None:
    for number in range(12):
        db.write_now(write, f"s{number}", number)
    batch = db.read_now(composed)
    assert batch is not None
    first = db.write_now(take, batch)
    again = db.write_now(take, batch)
    assert isinstance(first, Answer)
    assert isinstance(again, Answer)
    assert (first.received, again.received, first.mark) == (5, 5, again.mark)
    hear(db, first)
    while step(db):
        pass
    told = db.read_now(lambda tx: tx.all("SELECT n, subject FROM effect ORDER BY n"))
    assert told == [(number + 1, f"s{number}") for number in range(12)]
    assert db.read_now(outbox.backlog).count == 0


def test_a_refused_verb_has_put_no_news(db: Database) -> None:
    def refused(tx: Tx) -> Refusal:
        write(tx, "s1", 1)
        return Refusal("chain.code_wrong")

    db.write_now(refused)
    assert db.read_now(outbox.backlog).count == 0
    db.write_now(write, "s2", 2)
    waiting = db.read_now(outbox.waiting)
    assert waiting is not None
    assert [news[0] for news in waiting.news] == [1]


def test_a_gap_is_not_taken_and_is_told_again(db: Database) -> None:
    """The server's backup was put back: it has less than it once answered for."""
    for number in range(6):
        db.write_now(write, f"s{number}", number)
    while step(db):
        pass
    db.write_now(
        lambda tx: tx.run("UPDATE chain_station SET received = 3, mark = (SELECT mark FROM chain_outbox WHERE n = 3)")
    )
    db.write_now(lambda tx: tx.run("DELETE FROM effect WHERE n > 3"))
    db.write_now(write, "s6", 6)
    while step(db):
        pass
    assert db.read_now(lambda tx: tx.all("SELECT n FROM effect ORDER BY n")) == [(n,) for n in range(1, 8)]


def test_a_station_put_back_begins_a_new_epoch(db: Database) -> None:
    """It numbers other news the same: told by the mark, nothing of them is taken for known."""
    for number in range(4):
        db.write_now(write, f"s{number}", number)
    while step(db):
        pass
    db.write_now(lambda tx: tx.run("DELETE FROM chain_outbox WHERE n > 2"))
    db.write_now(lambda tx: tx.run("UPDATE chain_outbox_head SET n = 2, received = 2"))
    db.write_now(write, "other", 7)
    db.write_now(write, "another", 8)
    while step(db):
        pass
    subjects = {subject for (subject,) in db.read_now(lambda tx: tx.all("SELECT subject FROM effect"))}
    assert {"other", "another", "s0", "s3"} <= subjects


def test_a_server_put_back_behind_what_the_station_remembers_is_told_everything(db: Database) -> None:
    for number in range(6):
        db.write_now(write, f"s{number}", number)
    while step(db):
        pass
    db.write_now(outbox.prune, 1)
    db.write_now(lambda tx: tx.run("UPDATE chain_station SET received = 0, mark = '', epoch = ''"))
    db.write_now(lambda tx: tx.run("DELETE FROM effect"))
    db.write_now(write, "s6", 6)
    while step(db):
        pass
    subjects = {subject for (subject,) in db.read_now(lambda tx: tx.all("SELECT subject FROM effect"))}
    assert subjects == {f"s{number}" for number in range(7)}


def test_news_that_only_have_the_same_numbers_are_not_taken(db: Database) -> None:
    """A station put back has made as many other news, and one more: nothing of them is skipped as known."""
    for number in range(4):
        db.write_now(write, f"s{number}", number)
    while step(db):
        pass
    ours = db.read_now(lambda tx: tx.one("SELECT epoch, mark FROM chain_station"))
    assert ours is not None
    others = tuple(News(n, mark(), "book", f"o{n}", msgspec.Raw(b"1")) for n in range(1, 6))
    for batch in (Batch(ours[0], 0, "", others), Batch(ours[0], 4, mark(), others[4:])):
        answer = db.write_now(take, batch)
        assert isinstance(answer, Answer)
        assert (answer.received, answer.mark) == (4, ours[1])
    assert db.read_now(lambda tx: tx.one("SELECT count(*) FROM effect")) == (4,)


def test_news_refused_are_kept_and_told_again_to_another_version(db: Database) -> None:
    for number in range(3):
        db.write_now(write, f"s{number}", number)
    batch = db.read_now(composed)
    assert batch is not None
    acts: dict[int, Act | Refusal] = {news.n: act(batch, news) for news in batch.news}
    acts[2] = Refusal("chain.kind_unknown")
    answer = db.write_now(inbox.take, STATION, batch, acts, 0)
    assert isinstance(answer, Answer)
    assert (answer.received, answer.refused) == (3, (Refused(2, "chain.kind_unknown"),))
    hear(db, answer)
    backlog = db.read_now(outbox.backlog)
    assert (backlog.count, backlog.refused) == (0, 1)
    assert db.write_now(outbox.retry_refused, mark, 0) == 1
    while step(db):
        pass
    assert db.read_now(lambda tx: tx.all("SELECT n, subject FROM effect ORDER BY n")) == [
        (1, "s0"),
        (3, "s2"),
        (4, "s1"),
    ]


def test_a_revoked_station_is_refused(db: Database) -> None:
    db.write_now(write, "s1", 1)
    db.write_now(store.revoke_station, "shop-1", ID, 1)
    batch = db.read_now(composed)
    assert batch is not None
    assert db.write_now(take, batch) == Refusal("chain.station_unknown")
    assert db.read_now(lambda tx: tx.all("SELECT n FROM effect")) == []


def test_what_was_told_long_ago_is_forgotten_but_for_the_last(db: Database) -> None:
    for number in range(6):
        db.write_now(write, f"s{number}", number)
    while step(db):
        pass
    assert db.write_now(outbox.prune, 1) == 5
    db.write_now(write, "s9", 9)
    while step(db):
        pass
    assert db.read_now(lambda tx: tx.one("SELECT max(n) FROM effect")) == (7,)


class Line(RuleBasedStateMachine):
    """Puts, sends, loses, repeats, and puts backups back; in the end the server believes what the station's book says."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        self.db = open_database(folder / "k.db", rooms=["kvit.access", "kvit.chain", room(folder / "trade")])
        self.value = 0
        self.kept: dict[str, dict[str, list[tuple[Any, ...]]]] = {}
        self.batches: list[Batch] = []
        self.answers: list[Answer] = []

    @initialize()
    def begin(self) -> None:
        self.db.write_now(begin)

    @rule(subject=st.integers(0, 5))
    def put(self, subject: int) -> None:
        self.value += 1
        self.db.write_now(write, f"s{subject}", self.value)

    @rule(fault=st.sampled_from(["", "request lost", "answer lost", "twice"]))
    def send(self, fault: str) -> None:
        batch = self.db.read_now(composed)
        if batch is None or fault == "request lost":
            return
        self.batches.append(batch)
        answer = self.db.write_now(take, batch)
        if fault == "twice":
            answer = self.db.write_now(take, batch)
        assert isinstance(answer, Answer)
        self.answers.append(answer)
        if fault != "answer lost":
            hear(self.db, answer)

    @precondition(lambda self: self.batches)
    @rule(data=st.data())
    def an_old_request_arrives_late(self, data: st.DataObject) -> None:
        """Of this epoch: a proxy held it. One of an epoch that is over can not be told from a new one's first."""
        head = self.db.read_now(store.epoch)
        known = self.db.read_now(lambda tx: tx.one("SELECT epoch FROM chain_station"))
        old = [batch for batch in self.batches if batch.epoch == head and known == (head,)]
        if old:
            self.db.write_now(take, data.draw(st.sampled_from(old)))

    @precondition(lambda self: self.answers)
    @rule(side=st.sampled_from(sorted(SIDES)))
    def keep_a_backup(self, side: str) -> None:
        self.kept[side] = self.db.read_now(_rows, SIDES[side])

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def put_a_backup_back(self, data: st.DataObject) -> None:
        side = data.draw(st.sampled_from(sorted(self.kept)))
        self.db.write_now(_put_back, self.kept[side])
        self.batches.clear()  # whatever was under way then is not now

    @rule()
    def prune(self) -> None:
        self.db.write_now(outbox.prune, 1)

    @invariant()
    def never_ahead(self) -> None:
        """Nothing counts as told that the server does not have, as long as no backup was put back."""
        if self.kept:
            return
        row = self.db.read_now(
            lambda tx: tx.one(
                "SELECT h.received, s.received FROM chain_outbox_head h, chain_station s WHERE s.epoch = h.epoch"
            )
        )
        assert row is None or row[0] <= row[1]

    def teardown(self) -> None:
        self.put(0)  # a backup put back is noticed with the next contact
        for _ in range(500):
            if not step(self.db):
                break
        else:
            raise AssertionError("the outbox does not get empty")
        book: dict[str, int] = dict(self.db.read_now(lambda tx: tx.all("SELECT subject, value FROM book")))
        told: dict[str, int] = dict(
            self.db.read_now(lambda tx: tx.all("SELECT subject, value FROM effect ORDER BY rowid"))
        )
        assert {subject: told.get(subject) for subject in book} == book
        self.db.close()
        self.folder.cleanup()


def _rows(tx: Tx, tables: tuple[str, ...]) -> dict[str, list[tuple[Any, ...]]]:
    return {table: tx.all(f"SELECT * FROM {table}") for table in tables}


def _put_back(tx: Tx, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    for table, kept in rows.items():
        tx.run(f"DELETE FROM {table}")
        for row in kept:
            places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
            tx.run(f"INSERT INTO {table} VALUES ({places})", *row)


TestLine = Line.TestCase
TestLine.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
