"""The table of services, by the name adapters have for them (`kvit.device.adapters.kinds.Kind.cloud`)."""

from __future__ import annotations

from typing import Final

from kvit.device.cloud.push.epos import EPOS
from kvit.device.cloud.push.feie import FEIE
from kvit.device.cloud.push.house import WANGPOS
from kvit.device.cloud.push.model import Service
from kvit.device.cloud.push.sunmi import SUNMI
from kvit.device.cloud.push.wifi365 import WIFI365
from kvit.device.cloud.push.xpyun import XPYUN
from kvit.device.cloud.push.yilianyun import YILIANYUN

SERVICES: Final[dict[str, Service]] = {
    service.name: service for service in (FEIE, YILIANYUN, XPYUN, WIFI365, SUNMI, WANGPOS, EPOS)
}
