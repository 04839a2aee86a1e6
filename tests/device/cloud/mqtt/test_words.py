"""Topics and messages: what is said, what is understood, what is passed over."""

from __future__ import annotations

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.cloud.cloudprnt import media
from kvit.device.cloud.cloudprnt.answer import Ask
from kvit.device.cloud.cloudprnt.codes import Code
from kvit.device.cloud.cloudprnt.media import Extras
from kvit.device.cloud.cloudprnt.poll import POLL_BYTES_MAX, Poll
from kvit.device.cloud.mqtt import words
from kvit.device.cloud.mqtt.settings import MqttSettings, setting_for_printers
from kvit.device.cloud.mqtt.words import Heard, Result

MAC = "001162aabbcc"
TOPIC = "star/cloudprnt/to-server/00:11:62:aa:bb:cc"


def test_topics() -> None:
    assert words.to_device("star/cloudprnt", MAC, "print-job") == "star/cloudprnt/to-device/00:11:62:aa:bb:cc/print-job"
    assert words.from_devices("a/b") == "a/b/to-server/#"


@pytest.mark.parametrize(
    ("topic", "payload", "heard"),
    [
        (f"{TOPIC}/client-status", {"statusCode": "200%20OK"}, Heard(MAC, poll=Poll(Code(200, "OK")))),
        (
            f"{TOPIC}/print-result",
            {"jobToken": "t", "printSucceeded": True, "statusCode": "200"},
            Heard(MAC, result=Result("t", True, Code(200))),
        ),
        (
            f"{TOPIC}/print-result",
            {"jobToken": 7, "printSucceeded": "yes", "statusCode": 410},
            Heard(MAC, result=Result("", False, Code(410))),
        ),
        (f"{TOPIC}/client-will", {"unintentionalDisconnection": True}, Heard(MAC, gone=True)),
        (f"{TOPIC}/something-new", {}, None),
        (f"{TOPIC}/client-status", [], None),
        ("star/cloudprnt/to-server/zz/client-status", {}, None),
        ("star/cloudprnt/to-device/00:11:62:aa:bb:cc/print-job", {}, None),
        (f"other/{TOPIC}/client-status", {}, None),
        ("", {}, None),
    ],
)
def test_messages_of_printers(topic: str, payload: object, heard: Heard | None) -> None:
    assert words.read("star/cloudprnt", topic, msgspec.json.encode(payload)) == heard


@pytest.mark.parametrize("payload", [b"", b"\xff", b"{" * 9000, b"x" * (POLL_BYTES_MAX + 1)])
def test_trash_is_passed_over(payload: bytes) -> None:
    assert words.read("star/cloudprnt", f"{TOPIC}/client-status", payload) is None


@given(st.text(max_size=60), st.binary(max_size=60))
def test_any_message_is_read_or_passed_over(topic: str, payload: bytes) -> None:
    words.read("star/cloudprnt", topic, payload)
    words.read("star/cloudprnt", f"{TOPIC}/print-result", payload)


@pytest.mark.parametrize(
    ("code", "duplicate"), [("530 Duplicate jobToken", True), ("5x duplicated", True), ("510", False)]
)
def test_a_duplicate_is_known_by_its_word(code: str, duplicate: bool) -> None:
    payload = msgspec.json.encode({"jobToken": "t", "statusCode": code})
    heard = words.read("star/cloudprnt", f"{TOPIC}/print-result", payload)
    assert heard is not None
    assert heard.result is not None
    assert heard.result.is_duplicate is duplicate


def test_a_job_in_a_message() -> None:
    said = msgspec.json.decode(words.print_job("t-1", media.STARPRNT, b"\x1b@", Extras("full", True)))
    assert said == {
        "title": "print-job", "jobToken": "t-1", "jobType": "raw", "mediaTypes": [media.STARPRNT],
        "printData": base64.b64encode(b"\x1b@").decode(),
    }  # fmt: skip
    told = msgspec.json.decode(words.print_job("t-1", media.TEXT, b"Milk", Extras("partial")))
    assert (told["printData"], told["printerControl"]) == ("Milk", {"cutter": {"type": "partial", "feed": True}})
    passed = msgspec.json.decode(words.print_job("t-1", media.PNG, b"", Extras(), "http://a/b"))
    assert (passed["jobType"], passed["printData"]) == ("url", "http://a/b")


def test_questions() -> None:
    assert msgspec.json.decode(words.request("request-post")) == {"title": "request-post"}
    asked = msgspec.json.decode(words.client_action((Ask("PageInfo"),)))
    assert asked == {"title": "order-client-action", "clientAction": [{"request": "PageInfo", "options": ""}]}


def test_what_a_printer_is_told_of_the_broker() -> None:
    given_ = MqttSettings(
        "10.0.0.2", user="kvit", password="k", printer_user="star", printer_password="p", prefix="shop/7"
    )
    told = msgspec.json.decode(setting_for_printers(given_, 60.0))
    mqtt = told["settingForMQTT"]
    assert told["serverSupportProtocol"] == ["HTTP", "MQTT"]
    assert mqtt["useTriggerPOST"] is True
    assert mqtt["mqttConnectionSetting"]["authenticationSetting"] == {"username": "star", "password": "p"}
    assert mqtt["deviceSubscribeTopicName"] == "shop/7/to-device/{MAC}"
    plain = msgspec.json.decode(setting_for_printers(MqttSettings("h", mode="full"), 60.0))["settingForMQTT"]
    assert plain == {
        "useTriggerPOST": False, "pollingTimeSec": 60,
        "mqttConnectionSetting": {"hostName": "h", "portNumber": 1883, "useTls": False},
    }  # fmt: skip
    assert "k" not in repr(given_).replace("MqttSettings", "")
