"""What a poll is answered: a job is ready, or the printer shall tell something, or nothing.

Star CloudPRNT Protocol Guide 2.4, "JSON Response". The least answer is ``{"jobReady": false}``. Asked something
together with a job, a printer does only what is asked and polls again at once: so the two are never sent together. Keys
that older firmware does not know (``jobToken``, ``jobGetUrl``, ``jobConfirmationUrl``) are passed over by it.
"""

from __future__ import annotations

from typing import Final

import msgspec

CONTENT_TYPE: Final = "application/json"
"""Without a charset: the oldest boards refuse one."""


class Ask(msgspec.Struct, frozen=True):
    """A client action; ``options`` is the id of a SetID, and empty otherwise."""

    request: str
    options: str = ""


class Show(msgspec.Struct, frozen=True):
    """A message for a customer display behind the printer."""

    name: str
    message: str


class Answer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What a printer is told. Written by `write_answer`."""

    job_ready: bool
    media_types: tuple[str, ...] = ()
    job_token: str = ""
    delete_method: str = ""
    """``GET`` where a host lets no DELETE through; empty: DELETE."""
    client_action: tuple[Ask, ...] = ()
    claim_barcode_reader: tuple[str, ...] = ()
    claim_keyboard: tuple[str, ...] = ()
    claim_scale: tuple[str, ...] = ()
    report_unstable_weights: bool = False
    display: tuple[Show, ...] = ()
    job_get_url: str = ""
    job_confirmation_url: str = ""


NOTHING: Final = Answer(False)
_ENCODER: Final = msgspec.json.Encoder()
_NOTHING: Final = _ENCODER.encode(NOTHING)


def write_answer(answer: Answer) -> bytes:
    """Write an answer."""
    assert not (answer.job_ready and answer.client_action), "a printer that is asked something passes over the job"
    return _NOTHING if answer is NOTHING else _ENCODER.encode(answer)
