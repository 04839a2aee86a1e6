"""CloudPRNT with or without a broker: the room the printers' door gets."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from starlette.routing import BaseRoute

from kvit.device.cloud.cloudprnt import routes as http
from kvit.device.cloud.cloudprnt.reception import Reception, Scanned
from kvit.device.cloud.door import Desk, Room
from kvit.device.cloud.mqtt.courier import Courier
from kvit.device.cloud.mqtt.settings import MqttSettings


def cloudprnt(settings: MqttSettings, scanned: Scanned | None = None, *, confirm_by_get: bool = False) -> Room:
    """Give the room for a shop. Without a broker, or without its client, it is HTTP alone, and printers are told so."""

    def room(desk: Desk) -> Sequence[BaseRoute]:
        reception = Reception(desk, scanned, confirm_by_get=confirm_by_get)
        desk.watches.append(reception.watch)
        if settings.host and find_spec("aiomqtt") is None:
            desk.log("mqtt.not_installed", {"do": "./kvit extra mqtt"})
        if not settings.host or find_spec("aiomqtt") is None:
            return http.paths(reception)
        courier = Courier(desk, reception, settings)
        desk.watches.append(courier.run)
        return http.paths(reception, courier.setting)

    return room
