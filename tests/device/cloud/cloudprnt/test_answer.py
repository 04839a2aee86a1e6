"""What a poll is answered, on the wire."""

from __future__ import annotations

import msgspec
import pytest

from kvit.device.cloud.cloudprnt.actions import asks
from kvit.device.cloud.cloudprnt.answer import NOTHING, Answer, Ask, Show, write_answer


@pytest.mark.parametrize(
    ("answer", "wire"),
    [
        (NOTHING, {"jobReady": False}),
        (
            Answer(True, media_types=("image/png",), job_token="a-1", delete_method="GET"),
            {"jobReady": True, "mediaTypes": ["image/png"], "jobToken": "a-1", "deleteMethod": "GET"},
        ),
        (
            Answer(False, client_action=(Ask("SetID", "K1"),)),
            {"jobReady": False, "clientAction": [{"request": "SetID", "options": "K1"}]},
        ),
        (
            Answer(False, claim_barcode_reader=("MainBCR",), display=(Show("d", "12.00"),)),
            {"jobReady": False, "claimBarcodeReader": ["MainBCR"], "display": [{"name": "d", "message": "12.00"}]},
        ),
        (
            Answer(True, job_get_url="http://a/b", job_confirmation_url="http://a/c"),
            {"jobReady": True, "jobGetUrl": "http://a/b", "jobConfirmationUrl": "http://a/c"},
        ),
    ],
)
def test_answers_on_the_wire(answer: Answer, wire: dict[str, object]) -> None:
    assert msgspec.json.decode(write_answer(answer)) == wire


def test_a_question_and_a_job_are_never_in_one_answer() -> None:
    with pytest.raises(AssertionError):
        write_answer(Answer(True, client_action=asks()))
