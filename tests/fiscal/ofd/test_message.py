"""Messages: every version by its own schema, what is missing or unknown said, unknown fields carried on."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.fiscal.ofd.frame import HEADER_BYTES
from kvit.fiscal.ofd.message import VERSIONS, Kind, parse, schema, serialise, text
from kvit.wire import WireError
from tests.fiscal.ofd.vectors import DEPOSIT, REPLY

BODY = DEPOSIT[HEADER_BYTES:]


def test_a_request_and_its_reply() -> None:
    request = parse(203, "Request", BODY)
    assert (request.command, request.money_placement.sum.bills) == (6, 5000)
    assert request.service.reg_info.org.address_kz.startswith("Астана қ.")
    assert serialise(request) == BODY
    reply = parse(203, "Response", REPLY[HEADER_BYTES:])
    assert reply.result.result_code == 0
    assert serialise(reply) == REPLY[HEADER_BYTES:]  # the field nobody knows is still there


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("Response", BODY, "lacks .*result"),
        ("Request", b"", "lacks command"),
        ("Request", b"\x08\x63", "lacks command"),  # a command nobody knows is put aside
        ("Request", b"\x08", "no Request"),
        ("Request", b"\x08\x06\x3a\x02\x10\x00", "lacks money_placement.datetime"),
        ("Request", b"\x08\x06" + b"\x32\x80" * 4, "no Request"),
    ],
)
def test_what_is_no_message(kind: Kind, body: bytes, reason: str) -> None:
    with pytest.raises(WireError, match=reason):
        parse(203, kind, body)


@pytest.mark.parametrize("version", [0, 124, 201, 205, 65535])
def test_a_version_nobody_wrote_down(version: int) -> None:
    with pytest.raises(WireError, match="VERSION"):
        parse(version, "Request", BODY)


def test_versions_contradict_each_other() -> None:
    """Field 6 of the organisation: a number in 2.0.2, a text later."""
    old = schema(202).OrgRegInfo(tenantId=7)
    assert serialise(old) == b"\x30\x07"
    assert serialise(schema(203).OrgRegInfo(address_kz="қ")) == "2\x02қ".encode()
    assert not schema(203).OrgRegInfo.FromString(serialise(old)).HasField("address_kz")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ticket_of_each_version(version: int) -> None:
    names = schema(version)
    money = names.Money(bills=455, coins=0)
    ticket = names.TicketRequest(
        operation=names.OPERATION_SELL,
        date_time=names.DateTime(date=names.Date(year=2026, month=1, day=15), time=names.Time(hour=10, minute=15)),
        operator=names.Operator(code=1, name="Асель К."),
        items=[
            names.Item(
                type=names.ITEM_TYPE_COMMODITY,
                commodity=names.Commodity(name="Сүт", section_code="1", quantity=2000, price=money, sum=money),
            )
        ],
        payments=[names.Payment(type=names.PAYMENT_CASH, sum=money)],
        amounts=names.Amounts(total=money, taken=money, change=names.Money(bills=0, coins=0)),
    )
    body = serialise(names.Request(command=names.COMMAND_TICKET, ticket=ticket))
    assert parse(version, "Request", body).ticket == ticket
    assert "Сүт" in text(ticket)


def test_a_message_we_made_incomplete_is_our_fault() -> None:
    with pytest.raises(AssertionError):
        serialise(schema(203).Money(bills=1))


@given(st.sampled_from(VERSIONS), st.sampled_from(["Request", "Response"]), st.binary(max_size=200))
def test_any_bytes_are_a_message_or_said_to_be_none(version: int, kind: Kind, body: bytes) -> None:
    try:
        message = parse(version, kind, body)
    except WireError:
        return
    assert parse(version, kind, serialise(message)) == message


@given(st.data())
def test_damaged_frames(data: st.DataObject) -> None:
    body = bytearray(BODY)
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):
        parse(203, "Request", bytes(body))
