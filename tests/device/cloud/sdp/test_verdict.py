"""What a result means."""

from __future__ import annotations

import pytest

from kvit.device.cloud.sdp import verdict
from kvit.device.cloud.sdp.response import Report, Result
from kvit.device.cloud.sdp.verdict import End, Verdict

PRINTED = 251854870

CASES = [
    (Result(True, "", PRINTED), False, Verdict(End.PRINTED)),
    (Result(True, "", 2), False, Verdict(End.SPOOLED)),
    (Result(True, "", 0x80000000), False, Verdict(End.SPOOLED)),
    (Result(True), False, Verdict(End.SPOOLED)),
    (Result(True, "", 2), True, Verdict(End.PRINTED)),
    (Result(False, "Printing", 0), True, Verdict(End.GOING)),
    (Result(False, "JobNotFound"), True, Verdict(End.LOST, "forgotten")),
    (Result(False, "EPTR_COVER_OPEN", 0x0F00003C), False, Verdict(End.LOST, "cover")),
    (Result(False, "EPTR_REC_EMPTY"), False, Verdict(End.LOST, "paper")),
    (Result(False, "EX_TIMEOUT"), False, Verdict(End.LOST, "slow")),
    (Result(False, "EX_SPOOLER"), False, Verdict(End.ABSENT, "full")),
    (Result(False, "SchemaError"), False, Verdict(End.REFUSED, "SchemaError")),
    (Result(False, "EPTR_OF_TOMORROW"), False, Verdict(End.LOST, "EPTR_OF_TOMORROW")),
    (Result(False), False, Verdict(End.LOST, "no code")),
    (Result(False, "schemaerror"), False, Verdict(End.LOST, "schemaerror")),
]


@pytest.mark.parametrize(("result", "asked", "wanted"), CASES)
def test_results(result: Result, asked: bool, wanted: Verdict) -> None:
    assert verdict.of_result(result, asked=asked) == wanted


def test_no_code_means_printed_and_only_named_ones_mean_nothing_was_begun() -> None:
    assert not any(each.end in (End.PRINTED, End.SPOOLED) for each in verdict.CODES.values())
    surely = {code for code, each in verdict.CODES.items() if each.end in (End.ABSENT, End.REFUSED)}
    assert surely == {
        "EX_SPOOLER", "EX_DEVICE_BUSY", "TooManyRequests", "DeviceNotFound", "SchemaError", "RequestEntityTooLarge",
    }  # fmt: skip


def test_xml_that_was_not_taken() -> None:
    off = Report("3.00", (), "Invalid printer settings", "ePOS-Print not activated")
    large = Report("3.00", (), "Data size is exceeded", "Too many job requests")
    assert verdict.of_refused(off) == Verdict(End.ABSENT, "service_off")
    assert verdict.of_refused(large) == Verdict(End.REFUSED, "Data size is exceeded: Too many job requests")
