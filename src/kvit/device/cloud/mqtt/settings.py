"""The ``[mqtt]`` table of kvit.toml, and what a printer that asks is told of it.

    [mqtt]
    host = "192.168.1.10"
    user = "kvit"
    password = "…"

Star CloudPRNT Protocol Guide 2.4, "Server setting information request (GET)": a printer whose firmware has MQTT asks
its server for ``cloudprnt-setting.json`` before anything else and every `RELOAD_MIN`; 404 means HTTP only. Its login at
the broker goes to it in that answer, so the shop gives printers a login of their own. MQTT 3.1.1, QoS 1, name and
password; no client certificates.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec

RELOAD_MIN: Final = 60
DEFAULT_PREFIX: Final = "star/cloudprnt"
"""Topics lie below it unless a printer is told otherwise."""
_Prefix = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", max_length=64)]


class MqttSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The broker that stands between us and printers that know MQTT; without a host there is none."""

    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 1883
    tls: bool = False
    """Checked against the system's authorities; printers check against their own."""
    user: str = ""
    password: str = ""
    mode: Literal["trigger", "full"] = "trigger"
    """``trigger``: the broker only rings, jobs go by HTTP. ``full``: jobs and answers go through the broker."""
    prefix: _Prefix = DEFAULT_PREFIX
    printer_host: str = ""
    """How printers reach the broker; empty: as we do."""
    printer_user: str = ""
    printer_password: str = ""
    """Printers' own login; empty: ours."""

    def __repr__(self) -> str:
        """The place alone: secrets never come into a log by way of a message."""
        return f"MqttSettings({self.host!r}, {self.port})"


def setting_for_printers(settings: MqttSettings, lives_s: float) -> bytes:
    """Write what a printer is told; ``lives_s``: how often it shall say that it lives."""
    login = (settings.printer_user or settings.user, settings.printer_password or settings.password)
    connection: dict[str, Any] = {
        "hostName": settings.printer_host or settings.host,
        "portNumber": settings.port,
        "useTls": settings.tls,
    }
    if login[0]:
        connection["authenticationSetting"] = {"username": login[0], "password": login[1]}
    told: dict[str, Any] = {
        "useTriggerPOST": settings.mode == "trigger",
        "mqttConnectionSetting": connection,
        "pollingTimeSec": int(lives_s),
    }
    if settings.prefix != DEFAULT_PREFIX:
        told["deviceSubscribeTopicName"] = f"{settings.prefix}/to-device/{{MAC}}"
        told["devicePublishTopicName"] = f"{settings.prefix}/to-server/{{MAC}}"
    return msgspec.json.encode(
        {
            "title": "star_cloudprnt_server_setting",
            "version": "1.0.0",
            "serverSupportProtocol": ["HTTP", "MQTT"],
            "reloadIntervalMin": RELOAD_MIN,
            "settingForMQTT": told,
        }
    )
