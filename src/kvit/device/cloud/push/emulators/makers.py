"""The table of makers, by the name their printers' addresses begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kvit.device.cloud.push.emulators.feie import Feie
from kvit.device.cloud.push.emulators.server import Maker
from kvit.device.cloud.push.emulators.sunmi import Sunmi
from kvit.device.cloud.push.emulators.wifi365 import Wifi365
from kvit.device.cloud.push.emulators.xpyun import Xpyun
from kvit.device.cloud.push.emulators.yilianyun import Yilianyun

MAKERS: Final[dict[str, Callable[[str, str], Maker]]] = {
    "feie": Feie,
    "yilianyun": Yilianyun,
    "xpyun": Xpyun,
    "365wifi": Wifi365,
    "sunmi": Sunmi,
}
"""By name: made of the account's user and key."""
