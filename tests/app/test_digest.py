"""A printout taken apart: what is in it, and how its tails are told apart."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from kvit.app.digest import Job, digest, digest_all, pack, unpack
from kvit.relay.reading import Heard, Printout

RAW, CUT, PULSE = b"\x1b@Corner Cafe\nTOTAL  4.50\n", b"\x1dVB\x00", b"\x1bp\x002\xfa"


def job(*tails: tuple[int, bytes], profile: str = "TM-T88V", **more: Any) -> Job:
    return Job("shop-1", Printout("till-1", 100, RAW, b"", 1, 2, "t", "cut", **more), "till-1", profile, tails)


def test_what_the_printer_said_is_with_the_receipt() -> None:
    made = digest(job(heard=(Heard(5, {"cover_open": True}),)))
    assert '"status"' in made.happenings_json
    assert '"cover_open":1' in made.happenings_json.replace(" ", "")


def test_a_profile_that_is_no_more_is_found_out_from_the_bytes() -> None:
    assert digest(job(profile="no-such-printer")).printout.profile == "unknown"
    assert digest(job(profile="tm-t88v")).printout.profile == "TM-T88V"


def test_tails_are_played_with_their_printout_but_hashed_apart() -> None:
    made = digest(job((30, CUT), (70, PULSE)))
    assert made.printout.raw == RAW + CUT + PULSE
    assert [happening.kind for happening in made.printout.happenings] == ["reset", "cut", "pulse"]
    assert made.sha256 == digest(job()).sha256 == hashlib.sha256(RAW).digest()
    told = [(tail.offset, tail.sha256) for tail in made.tails]
    assert told == [(30, hashlib.sha256(CUT).digest()), (70, hashlib.sha256(PULSE).digest())]


@pytest.mark.parametrize("jobs", [[], [job()], [job(), job((30, CUT), heard=(Heard(5, {"paper_out": True}),))]])
def test_a_worker_gives_what_the_shop_would_have_made_itself(jobs: list[Job]) -> None:
    assert unpack(digest_all(pack(jobs))) == [digest(one) for one in jobs]
