"""Sunmi's answers, after its document of version 2 (`kvit.device.cloud.push.sunmi` has the source)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final

from kvit.device.cloud.push.emulators.machine import Machine
from kvit.device.cloud.push.emulators.server import Asked

KEY_CHARS_MAX: Final = 32
OLD_S: Final = 600
"""A question older than this is refused; the document does not say how old it may be."""


class Sunmi:
    """Application and key."""

    def __init__(self, user: str, key: str) -> None:
        self._app = user
        self._key = key

    def prints(self, asked: Asked) -> bool:
        """``pushContent`` does."""
        return asked.target.endswith("/pushContent")

    def answer(self, asked: Asked, machine: Machine) -> dict[str, Any]:
        """The gateway looks first, then the printers' service."""
        headers, fields = asked.headers, asked.json
        time, nonce = headers.get("sunmi-timestamp", ""), headers.get("sunmi-nonce", "")
        if headers.get("source") != "openapi" or len(nonce) != 6 or not time.isdigit():
            return _no(20000, "missing parameter")
        if headers.get("sunmi-appid") != self._app:
            return _no(30000, "appid")
        if abs(machine.now_s - int(time)) > OLD_S:
            return _no(20001, "expired")
        told = asked.body + f"{self._app}{time}{nonce}".encode()
        if headers.get("sunmi-sign") != hmac.new(self._key.encode(), told, hashlib.sha256).hexdigest():
            return _no(40000, "sign")
        if fields.get("sn", machine.device) != machine.device:
            return _no(10071701, "device is unknown")
        verb = asked.target.rpartition("/v2/printer/open/open/")[2]
        return {
            "device/pushContent": self._push, "ticket/printStatus": self._order, "device/onlineStatus": self._printer,
            "device/clearPrintJob": self._clear,
        }.get(verb, self._unknown)(fields, machine)  # fmt: skip

    def _push(self, fields: dict[str, Any], machine: Machine) -> dict[str, Any]:
        key, content, count = str(fields.get("trade_no", "")), str(fields.get("content", "")), fields.get("count")
        if not 0 < len(key) <= KEY_CHARS_MAX or not isinstance(count, int) or not _is_hex(content):
            return _no(10071400, "parameter error")
        if machine.by_key(key):
            return _no(10071705, "order has been push")
        machine.take(content, key, count)
        return {"code": 1, "msg": "success", "data": {"trade_no": key}}

    def _order(self, fields: dict[str, Any], machine: Machine) -> dict[str, Any]:
        machine.roll()
        order = machine.by_key(str(fields.get("trade_no")))
        if order is None:
            return _no(10071706, "order is unknown")
        state = 2 if order.gone else int(order.printed)
        data = {"sn": machine.device, "is_print": state, "print_time": machine.now_s if order.printed else 0}
        return {"code": 1, "msg": "success", "data": data}

    def _printer(self, fields: dict[str, Any], machine: Machine) -> dict[str, Any]:
        listed = [{"sn": machine.device, "is_online": int(machine.online)}]
        page = {"total": 1, "page_no": 1, "page_size": 1}
        return {"code": 1, "msg": "success", "data": {"list": listed, "page": page}}

    def _clear(self, fields: dict[str, Any], machine: Machine) -> dict[str, Any]:
        machine.clear()
        return {"code": 1, "msg": "success", "data": None}

    def _unknown(self, fields: dict[str, Any], machine: Machine) -> dict[str, Any]:
        return _no(30001, "no such ability")


def _is_hex(text: str) -> bool:
    try:
        return bool(bytes.fromhex(text))
    except ValueError:
        return False


def _no(code: int, msg: str) -> dict[str, Any]:
    return {"code": code, "msg": msg, "data": None}
