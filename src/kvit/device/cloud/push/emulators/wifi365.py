"""365's answers, after its page (`kvit.device.cloud.push.wifi365` has the source). There is no signature."""

from __future__ import annotations

from typing import Any

from kvit.device.cloud.push.emulators.machine import Machine
from kvit.device.cloud.push.emulators.server import Asked


class Wifi365:
    """``key`` is the one on the printer's label; there is no account."""

    def __init__(self, user: str, key: str) -> None:
        self._key = key

    def prints(self, asked: Asked) -> bool:
        """``addOrder`` does."""
        return asked.target.endswith("/addOrder")

    def answer(self, asked: Asked, machine: Machine) -> dict[str, Any]:
        """The last step of the path names the question."""
        form, verb = asked.form, asked.target.rpartition("/")[2]
        if form.get("deviceNo") != machine.device or form.get("key") != self._key:
            return {"responseCode": 12, "msg": "打印机未添加到服务器"}
        machine.roll()
        if verb == "addOrder":
            return self._add(form, machine)
        if verb == "queryOrder":
            order = machine.by_id(form.get("orderindex", ""))
            if order is None:
                return {"responseCode": 16, "msg": "订单不存在"}
            return {"responseCode": 0 if order.printed else _state(machine) or 1, "msg": ""}
        if verb == "queryPrinterStatus":
            return {"responseCode": _state(machine), "msg": ""}
        return {"responseCode": 11, "msg": "参数不正确"}

    def _add(self, form: dict[str, str], machine: Machine) -> dict[str, Any]:
        if not form.get("printContent"):
            return {"responseCode": 11, "msg": "参数不正确"}
        order = machine.take(form["printContent"], copies=int(form.get("times", "1")))
        return {"responseCode": _state(machine) or 1, "msg": "订单添加成功", "orderindex": order.id}


def _state(machine: Machine) -> int:
    """0 well, 2 no paper, 3 off line."""
    return 3 if not machine.online else 0 if machine.has_paper else 2
