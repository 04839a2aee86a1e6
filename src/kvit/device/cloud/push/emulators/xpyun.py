"""Xpyun's answers, after its page and its table of codes (`kvit.device.cloud.push.xpyun` has the sources)."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from kvit.device.cloud.push.emulators.machine import Machine
from kvit.device.cloud.push.emulators.server import Asked

CONTENT_BYTES_MAX: Final = 12 << 10
KEY_CHARS_MAX: Final = 50


class Xpyun:
    """``user`` and ``UserKEY`` of the account."""

    def __init__(self, user: str, key: str) -> None:
        self._user = user
        self._key = key

    def prints(self, asked: Asked) -> bool:
        """``print`` does."""
        return asked.target.endswith("/xprinter/print")

    def answer(self, asked: Asked, machine: Machine) -> dict[str, Any]:
        """The last step of the path names the question."""
        fields = asked.json
        if fields.get("user") != self._user:
            return _no(-4, "REQUEST_PARAM_USER_NOT_REGISTER")
        told = f"{self._user}{self._key}{fields.get('timestamp')}"
        if fields.get("sign") != hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest():
            return _no(-3, "REQUEST_PARAM_SIGN_ERROR")
        if "sn" in fields and fields["sn"] != machine.device:
            return _no(1002, "PRINTER_NOT_REGISTER")
        return {
            "print": self._print, "queryOrderState": self._order, "queryPrinterStatus": self._printer,
            "delPrinterQueue": self._clear,
        }.get(asked.target.rpartition("/")[2], self._unknown)(fields, machine)  # fmt: skip

    def _print(self, fields: dict[str, Any], machine: Machine) -> dict[str, Any]:
        content, key = str(fields.get("content", "")), str(fields.get("idempotent", ""))
        if len(key) > KEY_CHARS_MAX:
            return _no(1014, "ORDER_IDEMPOTENT_LIMITLEN")
        if machine.by_key(key):
            return _no(1013, "ORDER_IDEMPOTENT")
        if len(content.encode()) > CONTENT_BYTES_MAX:
            return _no(1007, "PRINT_CONTENT_MORE_THAN_12K_BYTES")
        if not machine.online and not fields.get("mode"):
            return _no(1003, "PRINTER_OFFLINE")
        return _yes(machine.take(content, key, int(fields.get("copies", 1))).id)

    def _order(self, fields: dict[str, Any], machine: Machine) -> dict[str, Any]:
        machine.roll()
        order = machine.by_id(str(fields.get("orderId")))
        return _no(1005, "ORDER_NOT_FOUND") if order is None else _yes(order.printed)

    def _printer(self, fields: dict[str, Any], machine: Machine) -> dict[str, Any]:
        return _yes(0 if not machine.online else 1 if machine.has_paper else 2)

    def _clear(self, fields: dict[str, Any], machine: Machine) -> dict[str, Any]:
        machine.clear()
        return _yes(True)

    def _unknown(self, fields: dict[str, Any], machine: Machine) -> dict[str, Any]:
        return _no(-1, "REQUEST_HEADER_ERROR")


def _yes(data: object) -> dict[str, Any]:
    return {"msg": "ok", "code": 0, "data": data, "serverExecutedTime": 3}


def _no(code: int, msg: str) -> dict[str, Any]:
    return {"msg": msg, "code": code, "data": None, "serverExecutedTime": 1}
