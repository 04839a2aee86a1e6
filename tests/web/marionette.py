"""Debian's Firefox, steered by its own wire (Marionette): nothing has to be fetched beside the browser.

A message is its length, a colon and JSON: ``[0, number, command, values]`` there, ``[1, number, error, result]`` back.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

FIREFOX = Path("/usr/bin/firefox-esr")
PATIENCE_S = 60.0
PREFERENCES = {
    "marionette.port": 0,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "toolkit.legacyUserProfileCustomizations.stylesheets": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
}


NARROW = (
    ":root, body, #main-window { min-width: 0 !important } toolbar, #navigator-toolbox * { min-width: 0 !important }"
)
"""Its own window is 450 pixels wide at least; a phone's page is narrower."""


class Firefox:
    """One headless browser with one window."""

    def __init__(self, folder: Path, width: int, height: int, language: str = "en-GB") -> None:
        self._size = (width, height)
        prefs = PREFERENCES | {"intl.accept_languages": language}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in prefs.items()]
        (folder / "user.js").write_text("\n".join(lines))
        (folder / "chrome").mkdir()
        (folder / "chrome" / "userChrome.css").write_text(NARROW)
        self._folder = folder
        self._number = 0

    def __enter__(self) -> Firefox:
        command = [str(FIREFOX), "--headless", "--marionette", "--no-remote", "--profile", str(self._folder)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        home = os.environ | {"HOME": str(self._folder), "MOZ_CRASHREPORTER_DISABLE": "1"}
        self._process = subprocess.Popen(command, env=home, **quiet)  # type: ignore[call-overload]
        self._wire = socket.create_connection(("127.0.0.1", self._port()), PATIENCE_S)
        self._read()
        self.tell("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": False}}})
        width, height = self._size
        inner = self.script("return [innerWidth, innerHeight, outerWidth, outerHeight]")
        grown = {"width": width + inner[2] - inner[0], "height": height + inner[3] - inner[1]}
        self.tell("WebDriver:SetWindowRect", grown)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.close()
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _port(self) -> int:
        told = self._folder / "MarionetteActivePort"
        until = time.monotonic() + PATIENCE_S
        while not (told.exists() and told.read_text().strip()):
            assert self._process.poll() is None, "Firefox ended"
            assert time.monotonic() < until, "Firefox opened no port"
            time.sleep(0.05)
        return int(told.read_text())

    def tell(self, command: str, values: dict[str, Any] | None = None) -> Any:
        """Send a command; give its result."""
        self._number += 1
        data = json.dumps([0, self._number, command, values or {}]).encode()
        self._wire.sendall(b"%d:%s" % (len(data), data))
        _, _, error, result = self._read()
        assert error is None, error
        return result

    def _read(self) -> Any:
        head = b""
        while not head.endswith(b":"):
            head += self._exactly(1)
        return json.loads(self._exactly(int(head[:-1])))

    def _exactly(self, count: int) -> bytes:
        parts = b""
        while len(parts) < count:
            part = self._wire.recv(count - len(parts))
            assert part, "Firefox hung up"
            parts += part
        return parts

    def go(self, url: str) -> None:
        """Open a page."""
        self.tell("WebDriver:Navigate", {"url": url})

    def script(self, text: str, *values: object) -> Any:
        """Run a script in the page; give what it returns."""
        return self.tell("WebDriver:ExecuteScript", {"script": text, "args": list(values)})["value"]

    def fill(self, css: str, words: str) -> None:
        """Type into a field."""
        self.script("const e = document.querySelector(arguments[0]); e.value = ''; e.focus()", css)
        self.tell("WebDriver:ElementSendKeys", {"id": self._found(css), "text": words})

    def click(self, css: str) -> None:
        """Click what leads to another page, and wait for that page."""
        self.script("window.left = true")
        self.tell("WebDriver:ElementClick", {"id": self._found(css)})
        until = time.monotonic() + PATIENCE_S
        while self.script("return window.left === true || document.readyState !== 'complete'"):
            assert time.monotonic() < until, f"nothing came after {css}"
            time.sleep(0.05)

    def _found(self, css: str) -> str:
        element = self.tell("WebDriver:FindElement", {"using": "css selector", "value": css})["value"]
        return str(next(iter(element.values())))

    def picture(self) -> bytes:
        """Give the whole page as PNG."""
        return base64.b64decode(self.tell("WebDriver:TakeScreenshot", {"full": True})["value"])
