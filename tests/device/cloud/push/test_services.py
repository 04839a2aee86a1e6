"""What each service's answers mean: its documented numbers, one table a question; anything else is never a yes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.adapters.clouds import Account, Moment
from kvit.device.adapters.kinds import KINDS
from kvit.device.cloud.push.client import in_house
from kvit.device.cloud.push.model import ORDER_CHARS_MAX, Answer, Call, Progress, Service, Standing, Took, Went
from kvit.device.cloud.push.services import SERVICES
from kvit.device.cloud.push.sunmi import digits
from kvit.device.cloud.push.yilianyun import token_of, token_request, uuid4
from kvit.net import Reply

CALL = Call("/v2/921", Account("user", "key", "token", "label"), Moment(1_700_000_000, "123456", "job1"))
JSON_SERVICES = [name for name in SERVICES if name not in ("wangpos", "epos")]


def reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, {}, value if isinstance(value, bytes) else json.dumps(value).encode())


def feie(ret: int, data: Any = None) -> dict[str, Any]:
    return {"ret": ret, "msg": "", "data": data, "serverExecutedTime": 4}


def xpyun(code: int, data: Any = None) -> dict[str, Any]:
    return {"code": code, "msg": "", "data": data}


def yilianyun(code: int | str, body: Any = None) -> dict[str, Any]:
    return {"error": code, "error_description": "", "body": body}


def w365(code: int, order: str | None = None) -> dict[str, Any]:
    return {"responseCode": code, "msg": "", **({"orderindex": order} if order else {})}


def sunmi(code: int, data: Any = None) -> dict[str, Any]:
    return {"code": code, "msg": "", "data": data}


SUBMITTED = [
    # service, its answer, what it amounts to, its name for the order
    ("feie", feie(0, "123456789_20160823165104_1853029628"), Took.TAKEN, "123456789_20160823165104_1853029628"),
    ("feie", feie(0, None), Took.UNSURE, ""), ("feie", feie(0, {"a": 1}), Took.UNSURE, ""),
    ("feie", feie(-2), Took.CLOSED, ""), ("feie", feie(-3), Took.CLOSED, ""), ("feie", feie(1002), Took.CLOSED, ""),
    ("feie", feie(1003), Took.AWAY, ""), ("feie", feie(4711), Took.REFUSED, ""),
    ("xpyun", xpyun(0, "OM22082517283600000001"), Took.TAKEN, "OM22082517283600000001"),
    ("xpyun", xpyun(-3), Took.CLOSED, ""), ("xpyun", xpyun(1001), Took.CLOSED, ""), ("xpyun", xpyun(1003), Took.AWAY, ""),
    ("xpyun", xpyun(1004), Took.REFUSED, ""), ("xpyun", xpyun(1007), Took.REFUSED, ""),
    ("xpyun", xpyun(1013), Took.PRESENT, ""),
    ("yilianyun", yilianyun("0", {"id": "137550437", "origin_id": "job1"}), Took.TAKEN, "137550437"),
    ("yilianyun", yilianyun(0, {"id": 137550437}), Took.TAKEN, "137550437"),
    ("yilianyun", yilianyun(0, []), Took.UNSURE, ""),
    ("yilianyun", yilianyun("8"), Took.CLOSED, ""), ("yilianyun", yilianyun("11"), Took.CLOSED, ""),
    ("yilianyun", yilianyun("18"), Took.STALE, ""),
    ("365wifi", w365(0, "x1"), Took.PRINTED, "x1"), ("365wifi", w365(0), Took.PRINTED, ""),
    ("365wifi", w365(1, "x1"), Took.TAKEN, "x1"), ("365wifi", w365(2, "x1"), Took.TAKEN, "x1"),
    ("365wifi", w365(3, "x1"), Took.TAKEN, "x1"), ("365wifi", w365(3), Took.UNSURE, ""),
    ("365wifi", w365(10), Took.UNSURE, ""), ("365wifi", w365(12), Took.CLOSED, ""), ("365wifi", w365(15), Took.PRESENT, ""),
    ("sunmi", sunmi(1, {"trade_no": "job1"}), Took.TAKEN, "job1"), ("sunmi", sunmi(1), Took.TAKEN, "job1"),
    ("sunmi", sunmi(10000), Took.TAKEN, "job1"), ("sunmi", sunmi(1, {"trade_no": "another"}), Took.UNSURE, ""),
    ("sunmi", sunmi(40000), Took.CLOSED, ""), ("sunmi", sunmi(30000), Took.CLOSED, ""),
    ("sunmi", sunmi(50000), Took.UNSURE, ""), ("sunmi", sunmi(10071500), Took.UNSURE, ""),
    ("sunmi", sunmi(10071400), Took.REFUSED, ""), ("sunmi", sunmi(10071704), Took.CLOSED, ""),
    ("sunmi", sunmi(10071705), Took.PRESENT, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "took", "order"), SUBMITTED)
def test_answers_to_a_paper(name: str, said: Any, took: Took, order: str) -> None:
    answer = SERVICES[name].submitted(reply(said), CALL)
    assert (answer.took, answer.order) == (took, order)


STATUSES = [
    (200, Took.UNSURE), (204, Took.UNSURE), (302, Took.CLOSED), (401, Took.CLOSED), (404, Took.CLOSED), (413, Took.REFUSED),
    (429, Took.BUSY), (500, Took.UNSURE), (502, Took.UNSURE), (503, Took.UNSURE), (504, Took.UNSURE),
]  # fmt: skip


@pytest.mark.parametrize("name", JSON_SERVICES)
@pytest.mark.parametrize(("status", "took"), STATUSES)
def test_an_answer_that_is_not_the_services(name: str, status: int, took: Took) -> None:
    assert SERVICES[name].submitted(reply(b"<html>no</html>", status), CALL).took is took


WENT = [
    ("feie", feie(0, True), Went.PRINTED), ("feie", feie(0, False), Went.WAITING), ("feie", feie(0, 1), Went.UNSURE),
    ("feie", feie(0, "true"), Went.UNSURE), ("feie", feie(-3, True), Went.UNSURE),
    ("xpyun", xpyun(0, True), Went.PRINTED), ("xpyun", xpyun(0, False), Went.WAITING), ("xpyun", xpyun(1005), Went.LOST),
    ("xpyun", xpyun(0, "true"), Went.UNSURE), ("xpyun", xpyun(-3), Went.UNSURE),
    ("yilianyun", yilianyun(0, {"status": 1}), Went.PRINTED), ("yilianyun", yilianyun(0, {"status": "1"}), Went.PRINTED),
    ("yilianyun", yilianyun(0, {"status": 0}), Went.WAITING), ("yilianyun", yilianyun(0, {"status": 2}), Went.GONE),
    ("yilianyun", yilianyun(8, {"status": 1}), Went.UNSURE), ("yilianyun", yilianyun(0, {}), Went.UNSURE),
    ("365wifi", w365(0), Went.PRINTED), ("365wifi", w365(1), Went.WAITING), ("365wifi", w365(2), Went.WAITING),
    ("365wifi", w365(3), Went.WAITING), ("365wifi", w365(16), Went.LOST), ("365wifi", w365(10), Went.UNSURE),
    ("sunmi", sunmi(1, {"is_print": 1, "print_time": 5}), Went.PRINTED), ("sunmi", sunmi(1, {"is_print": 0}), Went.WAITING),
    ("sunmi", sunmi(1, {"is_print": 2}), Went.GONE), ("sunmi", sunmi(10071706), Went.LOST),
    ("sunmi", sunmi(40000, {"is_print": 1}), Went.UNSURE),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "went"), WENT)
def test_where_an_order_is(name: str, said: Any, went: Went) -> None:
    read = SERVICES[name].went
    assert read is not None
    assert read(reply(said)).went is went


STOOD = [
    ("feie", feie(0, "离线。"), Standing("down")), ("feie", feie(0, "在线，工作状态正常。"), Standing("up", "ok")),
    ("feie", feie(0, "在线，工作状态不正常。"), Standing("up", error="abnormal")),
    ("feie", feie(0, "The online working condition is normal"), Standing("up", "ok")),
    ("feie", feie(0, "Off-line"), Standing("down")), ("feie", feie(-3, "正常"), Standing()),
    ("xpyun", xpyun(0, 0), Standing("down")), ("xpyun", xpyun(0, 1), Standing("up", "ok")),
    ("xpyun", xpyun(0, 2), Standing("up", error="abnormal")), ("xpyun", xpyun(0, 9), Standing()),
    ("yilianyun", yilianyun(0, {"state": "0"}), Standing("down")),
    ("yilianyun", yilianyun(0, {"state": 2}), Standing("up", "out")),
    ("365wifi", w365(0), Standing("up", "ok")), ("365wifi", w365(2), Standing("up", "out")),
    ("365wifi", w365(3), Standing("down")),
    ("sunmi", sunmi(1, {"list": [{"sn": "921", "is_online": 1}]}), Standing("up")),
    ("sunmi", sunmi(1, {"list": [{"sn": "921", "is_online": 0}]}), Standing("down")),
    ("sunmi", sunmi(1, {"list": []}), Standing()), ("sunmi", sunmi(10071701), Standing()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "standing"), STOOD)
def test_how_a_printer_is(name: str, said: Any, standing: Standing) -> None:
    read = SERVICES[name].stood
    assert read is not None
    assert read(reply(said)) == standing


def test_an_order_is_found_by_our_key() -> None:
    found = SERVICES["yilianyun"].found
    assert found is not None
    listed = [{"id": "2", "origin_id": "other", "status": 1}, {"id": "1", "origin_id": "job1", "status": 0}]
    assert found(reply(yilianyun(0, listed)), "job1") == Progress(Went.WAITING, order="1")
    assert found(reply(yilianyun(0, listed)), "job2").went is Went.LOST
    assert found(reply(yilianyun(11)), "job1").went is Went.UNSURE


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
words = st.sampled_from(
    ["ret", "code", "error", "responseCode", "data", "body", "is_print", "status", "list", "id", "orderindex"]
)
shaped = st.dictionaries(words, json_values | st.sampled_from([0, 1, "0", True, "1"]), max_size=4)


@given(
    st.binary(max_size=60) | shaped.map(lambda value: json.dumps(value).encode()),
    st.sampled_from([200, 204, 302, 404, 500]),
)
def test_no_answer_raises_and_none_of_no_sense_is_a_yes(body: bytes, status: int) -> None:
    said = Reply(status, {}, body)
    for service in SERVICES.values():
        answer = service.submitted(said, CALL)
        assert len(answer.order) <= ORDER_CHARS_MAX
        for read in (service.went, service.stood, service.done):
            if read is not None:
                read(said)
        if service.found is not None:
            service.found(said, "job1")
        if status >= 300:
            assert answer.took not in (Took.TAKEN, Took.PRINTED)
            assert service.went is None or service.went(said).went in (Went.UNSURE, Went.LOST)
    assert token_of(said) == "" or status < 300


def test_every_kind_behind_a_service_has_one() -> None:
    assert {kind.cloud for kind in KINDS.values() if kind.cloud} == set(SERVICES)


def test_the_questions_of_every_service_can_be_made() -> None:
    for service in SERVICES.values():
        asked = [service.about and service.about(CALL, "o1"), service.stand and service.stand(CALL)]
        asked += [service.find and service.find(CALL, "job1"), service.drop and service.drop(CALL, "o1")]
        asked += [service.clear and service.clear(CALL)]
        for request in asked:
            assert request is None or request.target.startswith("/")


def test_a_token_is_asked_for_with_the_applications_name_and_read() -> None:
    request = token_request(CALL)
    assert request.target == "/v2/oauth/oauth"
    assert b"grant_type=client_credentials" in request.body
    assert b"key" not in request.body
    assert token_of(reply(yilianyun("0", {"access_token": "abc", "refresh_token": "d"}))) == "abc"
    assert token_of(reply(yilianyun("11"))) == ""


def test_chance_as_services_want_it() -> None:
    assert uuid4(bytes(range(16))) == "00010203-0405-4607-8809-0a0b0c0d0e0f"
    assert [digits(value.to_bytes(16, "little")) for value in (0, 1)] == ["000000", "927936"]
    assert all(len(digits(bytes([value]) * 16)) == 6 for value in range(256))


@pytest.mark.parametrize(
    ("host", "house"),
    [
        ("127.0.0.1", True),
        ("192.168.1.5", True),
        ("::1", True),
        ("localhost", True),
        ("8.8.8.8", False),
        ("api.feieyun.cn", False),
    ],
)
def test_what_lies_in_the_house(host: str, house: bool) -> None:
    assert in_house(host) == house


def test_answers_hold_nothing_of_the_paper() -> None:
    assert Answer(Took.TAKEN, "1").reason == ""
    assert isinstance(SERVICES["feie"], Service)
