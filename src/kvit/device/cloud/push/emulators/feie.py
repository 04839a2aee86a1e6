"""Feie's answers, after its published samples (`kvit.device.cloud.push.feie` has the sources)."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from kvit.device.cloud.push.emulators.machine import Machine
from kvit.device.cloud.push.emulators.server import Asked

CONTENT_BYTES_MAX: Final = 5000
DAY_S: Final = 24 * 60 * 60


class Feie:
    """``user`` and ``ukey`` of the account."""

    def __init__(self, user: str, key: str) -> None:
        self._user = user
        self._key = key

    def prints(self, asked: Asked) -> bool:
        """Open_printMsg does."""
        return asked.form.get("apiname") == "Open_printMsg"

    def answer(self, asked: Asked, machine: Machine) -> dict[str, Any]:
        """One address; ``apiname`` names the question."""
        form = asked.form
        if not asked.target.endswith("/Api/Open/") or form.get("user") != self._user:
            return _no(-2, "参数错误 : 该帐号未注册.")
        signed = hashlib.sha1(f"{self._user}{self._key}{form.get('stime')}".encode(), usedforsecurity=False).hexdigest()
        if form.get("sig") != signed:
            return _no(-3, "验证失败 : 签名错误.")
        if "sn" in form and form["sn"] != machine.device:
            return _no(1002, "验证失败 : 打印机编号和用户不匹配.")
        return {
            "Open_printMsg": self._print, "Open_queryOrderState": self._order,
            "Open_queryPrinterStatus": self._printer, "Open_delPrinterSqs": self._clear,
        }.get(form.get("apiname", ""), self._unknown)(form, machine)  # fmt: skip

    def _print(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        content, until_s = form.get("content", ""), int(form.get("expired", "0"))
        if not content:
            return _no(-2, "参数错误 : 参数值不能传空字符")
        if len(content.encode()) > CONTENT_BYTES_MAX:
            return _no(1007, "打印内容太长")
        if until_s and not machine.now_s < until_s <= machine.now_s + DAY_S:
            return _no(-2, "参数错误 : expired")
        return _yes(machine.take(content, copies=int(form.get("times", "1")), until_s=until_s).id)

    def _order(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        machine.roll()
        order = machine.by_id(form.get("orderid", ""))
        return _yes(order is not None and order.printed)

    def _printer(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        well = "在线，工作状态正常。" if machine.has_paper else "在线，工作状态不正常。"
        return _yes(well if machine.online else "离线。")

    def _clear(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        machine.clear()
        return _yes(True)

    def _unknown(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        return _no(-1, "请求头错误")


def _yes(data: object) -> dict[str, Any]:
    return {"msg": "ok", "ret": 0, "data": data, "serverExecutedTime": 4}


def _no(ret: int, msg: str) -> dict[str, Any]:
    return {"msg": msg, "ret": ret, "data": None, "serverExecutedTime": 2}
