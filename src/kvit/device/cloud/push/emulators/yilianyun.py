"""Yilianyun's answers, after its documents (`kvit.device.cloud.push.yilianyun` has the sources).

The document does not say what a repeated ``origin_id`` is answered; here it is taken again, which is the worse case for us.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final
from uuid import UUID

from kvit.device.cloud.push.emulators.machine import Machine, Order
from kvit.device.cloud.push.emulators.server import Asked

FETCHES_MAX: Final = 20
"""Tokens a day."""


class Yilianyun:
    """Application and secret. Tokens are given by it; `expire` makes the last one stale."""

    def __init__(self, user: str, key: str) -> None:
        self._app = user
        self._secret = key
        self.fetches = 0

    @property
    def token(self) -> str:
        """The token that is good now."""
        return f"token-{self.fetches}"

    def expire(self) -> None:
        """Make the last token stale."""
        self.fetches += 1

    def prints(self, asked: Asked) -> bool:
        """``print/index`` does."""
        return asked.target.endswith("/print/index")

    def answer(self, asked: Asked, machine: Machine) -> dict[str, Any]:
        """The last two steps of the path name the question."""
        form, verb = asked.form, "/".join(asked.target.split("/")[-2:])
        if form.get("client_id") != self._app:
            return _no(5, "client_id")
        told = f"{self._app}{form.get('timestamp')}{self._secret}"
        if form.get("sign") != hashlib.md5(told.encode(), usedforsecurity=False).hexdigest():
            return _no(11, "sign验证失败")
        if not _is_uuid4(form.get("id", "")):
            return _no(33, "Uuid不合法")
        if verb == "oauth/oauth":
            return self._fetch(form)
        if form.get("access_token") != self.token:
            return _no(18, "access_token已过期")
        if form.get("machine_code") != machine.device:
            return _no(8, "打印机信息错误,参数有误")
        return {
            "print/index": self._print, "printer/getorderstatus": self._order, "printer/getprintstatus": self._printer,
            "printer/getorderpaginglist": self._list, "printer/cancelone": self._drop, "printer/cancelall": self._clear,
        }.get(verb, self._unknown)(form, machine)  # fmt: skip

    def _fetch(self, form: dict[str, str]) -> dict[str, Any]:
        if form.get("grant_type") != "client_credentials" or form.get("scope") != "all" or self.fetches >= FETCHES_MAX:
            return _no(17, "grant")
        self.fetches += 1
        return _yes({"access_token": self.token, "refresh_token": "r", "machine_code": "", "scope": "all"})

    def _print(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        if not form.get("content") or not form.get("origin_id"):
            return _no(12, "缺少必要参数")
        order = machine.take(form["content"], form["origin_id"])
        return _yes({"id": order.id, "origin_id": order.key})

    def _order(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        machine.roll()
        order = machine.by_id(form.get("order_id", ""))
        if order is None:
            return _no(8, "打印机信息错误,参数有误")
        return _yes({"id": order.id, "origin_id": order.key, "status": 2 if order.gone else int(order.printed)})

    def _list(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        machine.roll()
        latest = machine.orders[::-1][: int(form.get("page_size", "10"))]
        return _yes([_listed(order, machine) for order in latest])

    def _printer(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        return _yes(
            {"machine_code": machine.device, "state": 0 if not machine.online else 1 if machine.has_paper else 2}
        )

    def _drop(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        order = machine.by_id(form.get("order_id", ""))
        if order is None or order.printed:
            return _no(20, "取消失败")
        order.gone = True
        return _yes("")

    def _clear(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        machine.clear()
        return _yes("")

    def _unknown(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        return _no(10, "权限不足")


def _listed(order: Order, machine: Machine) -> dict[str, Any]:
    return {
        "id": order.id, "origin_id": order.key, "status": int(order.printed), "content": order.content,
        "receiving_time": str(machine.now_s), "print_time": str(machine.now_s if order.printed else 0),
    }  # fmt: skip


def _is_uuid4(text: str) -> bool:
    try:
        return UUID(text).version == 4
    except ValueError:
        return False


def _yes(body: object) -> dict[str, Any]:
    return {"error": "0", "error_description": "success", "timestamp": 0, "body": body}


def _no(code: int, words: str) -> dict[str, Any]:
    return {"error": str(code), "error_description": words}
