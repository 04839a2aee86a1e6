"""A Star printer whose firmware knows MQTT: it asks its server how to call, then hangs on the broker the server names.

A `StarPrinter` prints; this is its line to the broker. In mode ``trigger`` a ``request-post`` makes it poll; in mode
``full`` it takes ``print-job`` messages, keeps its last ten job tokens, and publishes what became of each. It registers
a will. More ways to fail than by HTTP: ``loses-result`` prints and never publishes the result, ``sleeps`` takes no
notice of anything.

Star CloudPRNT Protocol Guide 2.4, "MQTT Message Payload Specification"; the status code of a duplicate is made up.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from kvit.device.cloud.cloudprnt.emulator import Job, StarPrinter
from kvit.device.cloud.mqtt.link import ACKNOWLEDGED_S, AGAIN_S, NoClientError
from kvit.net.exchange import Ask, Failed

if TYPE_CHECKING:
    import aiomqtt

TOKENS_KEPT: Final = 10
DUPLICATE_CODE: Final = "530 Duplicate jobToken"
DEFAULT_SUBSCRIBE: Final = "star/cloudprnt/to-device/{MAC}"
DEFAULT_PUBLISH: Final = "star/cloudprnt/to-server/{MAC}"


class BrokerStar:
    """A printer on a broker."""

    def __init__(self, printer: StarPrinter, said: Callable[[str], None] = lambda line: None) -> None:
        self.printer = printer
        self.tokens: deque[str] = deque(maxlen=TOKENS_KEPT)
        self.heard: list[str] = []
        """Methods of the messages it took, in order."""
        self.subscribed = asyncio.Event()
        self.may_return = asyncio.Event()
        """Cleared: a lost broker is not called again until it is set."""
        self.may_return.set()
        self.fails: set[str] = set()
        """``loses-result``, ``sleeps``, ``unclean``."""
        self._said = said
        self._client: aiomqtt.Client | None = None
        self._setting: dict[str, Any] = {}

    async def setting(self) -> dict[str, Any] | None:
        """Ask the server how to call; None: by HTTP only."""
        url = urlsplit(self.printer.url)
        head, _, last = url.path.rpartition("/")
        query = urlencode({"mac": self.printer.mac, "replaced_path": last})
        asked = url._replace(path=f"{head}/cloudprnt-setting.json", query=query).geturl()
        reply = await self.printer.ask(Ask(asked, method="GET", plain=True, house=True))
        if isinstance(reply, Failed) or reply.status != 200:
            return None
        found = json.loads(reply.body)
        assert found["title"] == "star_cloudprnt_server_setting"
        return dict(found["settingForMQTT"]) if "MQTT" in found["serverSupportProtocol"] else None

    async def run(self) -> str:
        """Do what the server says until cancelled; gives ``http`` where it has no broker."""
        try:
            import aiomqtt
        except ImportError:
            raise NoClientError from None
        found = await self.setting()
        if found is None:
            return "http"
        self._setting = found
        while True:
            try:
                async with self._made() as client:
                    self._client = client
                    await client.subscribe(f"{self._topic('deviceSubscribeTopicName', DEFAULT_SUBSCRIBE)}/#", qos=1)
                    await self.status()
                    self.subscribed.set()
                    self._said("connected")
                    async for message in client.messages:
                        await self.take(json.loads(bytes(message.payload)))
            except aiomqtt.MqttError as error:
                self._said(f"lost: {error}")
            finally:
                self._client = None
                self.subscribed.clear()
            await asyncio.sleep(AGAIN_S[0])
            await self.may_return.wait()

    def _topic(self, key: str, default: str) -> str:
        return str(self._setting.get(key, default)).replace("{MAC}", self.printer.mac)

    def _made(self) -> aiomqtt.Client:
        import aiomqtt

        where = self._setting["mqttConnectionSetting"]
        login = where.get("authenticationSetting", {})
        will = None
        if not self._setting["useTriggerPOST"]:
            payload = json.dumps(
                {"title": "client-will", "printerMAC": self.printer.mac, "unintentionalDisconnection": True}
            )
            will = aiomqtt.Will(self._said_topic("client-will"), payload, qos=1)
        return aiomqtt.Client(
            where["hostName"], where["portNumber"], username=login.get("username"), password=login.get("password"),
            identifier=self.printer.mac, clean_session=False, will=will, timeout=ACKNOWLEDGED_S,
        )  # fmt: skip

    def _said_topic(self, method: str) -> str:
        return f"{self._topic('devicePublishTopicName', DEFAULT_PUBLISH)}/{method}"

    async def take(self, message: dict[str, Any]) -> None:
        """Obey a message."""
        title = str(message.get("title", ""))
        self.heard.append(title)
        if "sleeps" in self.fails:
            return
        if title == "request-post":
            while await self.printer.step() == "asked":
                pass
        elif title == "print-job":
            await self._job(message)
        elif title == "order-client-action":
            await self.status([self.printer.act(each) for each in message.get("clientAction", ())])
        elif title == "request-client-status":
            await self.status()

    async def _job(self, message: dict[str, Any]) -> None:
        token = str(message["jobToken"])
        if token in self.tokens:
            await self._result(token, DUPLICATE_CODE, succeeded=False)
            return
        self.tokens.append(token)
        job = await self._fetched(message)
        if job is None:
            await self._result(token, "520 Download failed", succeeded=False)
            return
        await self.status(printing=True)
        code = self._print(job)
        if "loses-result" not in self.fails:
            await self._result(token, code, succeeded=code.startswith("2"))
        await self.status()

    async def _fetched(self, message: dict[str, Any]) -> Job | None:
        token, media_type, data = str(message["jobToken"]), str(message["mediaTypes"][0]), str(message["printData"])
        if message["jobType"] == "raw":
            raw = data.encode() if media_type == "text/plain" else base64.b64decode(data)
            return Job(token, media_type, raw)
        query = urlencode({"uid": "", "type": media_type, "mac": self.printer.mac, "token": token})
        reply = await self.printer.ask(Ask(f"{data}?{query}", method="GET", plain=True, house=True))
        return None if isinstance(reply, Failed) or reply.status != 200 else Job(token, media_type, reply.body)

    def _print(self, job: Job) -> str:
        fails = self.printer.fails
        for name, code in (("too-large", "521 Too large"), ("no-decode", "511 Decode")):
            if name in fails:
                return code
        if "paper" in fails:
            fails.discard("paper")
            self.printer.prints(job, whole=False)
            self.printer.tell("paper out")
            return "410 Out of paper"
        if "lies" not in fails:
            self.printer.prints(job, whole=True)
        return "200 OK"

    async def status(self, results: list[dict[str, Any]] | None = None, *, printing: bool = False) -> None:
        """Publish how it is."""
        said = {**self.printer.poll(), "title": "client-status", "printingInProgress": printing}
        await self._publish("client-status", {**said, "clientAction": results} if results else said)

    async def _result(self, token: str, code: str, *, succeeded: bool) -> None:
        self._said(code)
        said = {"title": "print-result", "printerMAC": self.printer.mac, "jobToken": token}
        await self._publish(
            "print-result", {**said, "printSucceeded": succeeded, "statusCode": code.replace(" ", "%20")}
        )

    async def _publish(self, method: str, message: dict[str, Any]) -> None:
        if self._client is not None and not self._setting["useTriggerPOST"]:
            await self._client.publish(self._said_topic(method), json.dumps(message), qos=1)
