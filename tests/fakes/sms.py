"""What the SMS companies answer, after their documents; each looks at the signature by code of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from tests.fakes.peer import Answer, Asked, json_answer

KEY, SECRET, USER, SERVICE, SENDER = "key-1", "secret-1", "user-1", "ncp:sms:kr:1:kvit", "02-1234-5678"


def aligo(asked: Asked) -> Answer:
    form = asked.form
    if asked.target != "/send/" or (form.get("key"), form.get("user_id")) != (KEY, USER):
        return json_answer(200, {"result_code": "-101", "message": "인증오류입니다."})
    if not re.fullmatch(r"01\d{8,9}", form["receiver"]):
        return json_answer(200, {"result_code": "-104", "message": "수신번호"})
    told = {"result_code": "1", "message": "success", "msg_id": "83921", "success_cnt": 1, "error_cnt": 0}
    return json_answer(200, told | {"msg_type": form["msg_type"]})


def solapi(asked: Asked) -> Answer:
    said = dict(part.split("=", 1) for part in asked.headers["authorization"].removeprefix("HMAC-SHA256 ").split(", "))
    wanted = hmac.new(SECRET.encode(), f"{said['date']}{said['salt']}".encode(), hashlib.sha256).hexdigest()
    if asked.target != "/messages/v4/send-many/detail" or said["apiKey"] != KEY or said["signature"] != wanted:
        return json_answer(403, {"errorCode": "SignatureDoesNotMatch", "errorMessage": "…"})
    message = asked.json["messages"][0]
    failed = (
        [] if message["to"].startswith("010") or message["country"] != "82" else [{"statusCode": "1025", "to": "x"}]
    )
    return json_answer(200, {"failedMessageList": failed, "groupInfo": {"groupId": "G4V2", "status": "SENDING"}})


def nhn(asked: Asked) -> Answer:
    if asked.headers.get("x-secret-key") != SECRET or f"/appKeys/{KEY}/sender/" not in asked.target:
        return json_answer(
            200, {"header": {"isSuccessful": False, "resultCode": -1000, "resultMessage": "Invalid appKey"}}
        )
    if asked.target.endswith("/mms") and "title" not in asked.json:
        return json_answer(200, {"header": {"isSuccessful": False, "resultCode": -2000, "resultMessage": "title"}})
    bad = asked.json["recipientList"][0].get("recipientNo", "010").startswith("010")
    result = {"recipientNo": "…", "resultCode": 0 if bad else -2021, "resultMessage": "SUCCESS"}
    data = {"requestId": "2018081012", "statusCode": "2", "sendResultList": [result]}
    header = {"isSuccessful": True, "resultCode": 0, "resultMessage": "SUCCESS"}
    return json_answer(200, {"header": header, "body": {"data": data}})


def sens(asked: Asked) -> Answer:
    stamp, path = asked.headers["x-ncp-apigw-timestamp"], f"/sms/v2/services/{SERVICE}/messages"
    signed = f"POST {path}\n{stamp}\n{KEY}".encode()
    wanted = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    if asked.target != path or asked.headers["x-ncp-apigw-signature-v2"] != wanted:
        return json_answer(401, {"error": {"errorCode": "200", "message": "Authentication Failed"}})
    if not asked.json["messages"][0]["to"].isdigit():
        return json_answer(400, {"status": 400})
    return json_answer(202, {"statusCode": "202", "statusName": "success", "requestId": "VORSSA-1", "requestTime": "…"})


COMPANIES = {"aligo": aligo, "solapi": solapi, "nhn": nhn, "sens": sens}
