"""The connection to the broker: kept up, QoS 1, one session over reconnects.

The client is aiomqtt (BSD-3-Clause) on Paho (BSD-3-Clause), the extra ``mqtt``; it is loaded when a shop has a broker.
The session is kept by the broker under our name, so what printers said while we were away is told afterwards. A lost
connection is tried again for ever, and told once.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from kvit.device.cloud.mqtt.settings import MqttSettings

if TYPE_CHECKING:
    import aiomqtt

KEEP_ALIVE_S: Final = 15
"""The broker is pinged so often: a dead one is known in half a minute."""
ACKNOWLEDGED_S: Final = 10.0
AGAIN_S: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Between tries; the last one from then on."""
WAITING_MAX: Final = 4_096
"""Messages that wait to be read; a shop's printers say a few a second."""
QOS: Final = 1

Came = Callable[[str, bytes], Awaitable[None]]
Log = Callable[[str, dict[str, object]], None]


class NoClientError(RuntimeError):
    """The extra is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "kvit.toml names an MQTT broker, but its client is not installed: run `./kvit extra mqtt` once"
        )


class Link:
    """One broker."""

    def __init__(self, settings: MqttSettings, identifier: str, topic: str, log: Log) -> None:
        """Take the broker, our name there (one process a name), and what is listened to."""
        self._settings, self._identifier, self._topic, self._log = settings, identifier, topic, log
        self._client: aiomqtt.Client | None = None
        self._told = False
        self.foreign = 0
        """Messages with the retain flag, which no printer sends: passed over."""

    @property
    def is_up(self) -> bool:
        """Whether a broker is there."""
        return self._client is not None

    async def run(self, came: Came, connected: Callable[[], Awaitable[None]]) -> None:
        """Stay connected until cancelled. ``connected`` is awaited each time we are, ``came`` for each message in turn."""
        try:
            import aiomqtt
        except ImportError:
            raise NoClientError from None
        tries = 0
        while True:
            try:
                async with self._made() as client:
                    await client.subscribe(self._topic, qos=QOS)
                    self._client, tries, self._told = client, 0, False
                    self._log("mqtt.connected", {"host": self._settings.host})
                    await connected()
                    async for message in client.messages:
                        await self._pass(message, came)
            except aiomqtt.MqttError as error:
                self._lost(str(error))
            finally:
                self._client = None
            await asyncio.sleep(AGAIN_S[min(tries, len(AGAIN_S) - 1)])
            tries += 1

    async def publish(self, topic: str, payload: bytes) -> bool:
        """Give the broker a message; True once it has it."""
        import aiomqtt

        if self._client is None:
            return False
        try:
            await self._client.publish(topic, payload, qos=QOS, timeout=ACKNOWLEDGED_S)
        except aiomqtt.MqttError:
            return False
        return True

    def _made(self) -> aiomqtt.Client:
        import aiomqtt

        given = self._settings
        return aiomqtt.Client(
            given.host, given.port, username=given.user or None, password=given.password or None,
            identifier=self._identifier, clean_session=False, keepalive=KEEP_ALIVE_S, timeout=ACKNOWLEDGED_S,
            tls_context=ssl.create_default_context() if given.tls else None,
            max_queued_incoming_messages=WAITING_MAX,
        )  # fmt: skip

    async def _pass(self, message: aiomqtt.Message, came: Came) -> None:
        if message.retain or not isinstance(message.payload, bytes):
            self.foreign += 1
            return
        await came(message.topic.value, message.payload)

    def _lost(self, why: str) -> None:
        if not self._told:
            self._log("mqtt.lost", {"host": self._settings.host, "why": why})
        self._told = True
