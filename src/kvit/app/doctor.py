"""What ``kvit doctor`` looks at: each look gives findings, a level and a sentence's code with its values.

Nothing is changed by looking. The data base is asked through the running shop, or opened by ourselves when none runs.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kvit.app import control, doctor_printers
from kvit.app.finding import BAD, GOOD, NOTE, Finding
from kvit.app.settings import Settings
from kvit.chain.settings import Role
from kvit.db import DatabaseError, open_database
from kvit.relay.control import ask

FREE_BYTES_LOW = 200 << 20
"""About a month of a busy till's receipts, and room for the data base to tidy up."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, the foundations first."""
    for look in LOOKS:
        yield from look(settings)


def _python(_: Settings) -> Iterator[Finding]:
    machine = f"{platform.system()} {platform.machine()}"
    yield Finding(GOOD, "app.doctor_python", {"version": platform.python_version(), "machine": machine})


def _config(settings: Settings) -> Iterator[Finding]:
    if settings.path is None:
        yield Finding(NOTE, "app.doctor_config_none", {})
    else:
        yield Finding(GOOD, "app.doctor_config_good", {"path": str(settings.path)})


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.folder
    if not folder.exists():
        yield Finding(NOTE, "app.doctor_folder_missing", {"folder": str(folder)})
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(BAD, "app.doctor_folder_denied", {"folder": str(folder)})
        return
    free = shutil.disk_usage(folder).free
    code = "app.doctor_disk_low" if free < FREE_BYTES_LOW else "app.doctor_folder_good"
    level = BAD if free < FREE_BYTES_LOW else GOOD
    yield Finding(level, code, {"folder": str(folder), "free_mb": free >> 20})


def _books(settings: Settings) -> Iterator[Finding]:
    try:
        about = _described(settings)
    except (DatabaseError, control.ControlError) as error:
        yield Finding(BAD, "app.doctor_books_bad", {"reason": str(error)})
        return
    if about:
        yield Finding(
            GOOD, "app.doctor_books_good", {"about": ", ".join(f"{key} {value}" for key, value in about.items())}
        )


def _described(settings: Settings) -> dict[str, Any]:
    try:
        return dict(control.ask(settings.folder, "describe"))
    except control.NotRunning:
        if isinstance(settings.database, Path) and not settings.database.exists():
            return {}
        with open_database(settings.database) as db:
            return dict(db.describe())


def _shop(settings: Settings) -> Iterator[Finding]:
    try:
        control.ask(settings.folder, "describe")
        yield Finding(GOOD, "app.doctor_shop_up", {})
    except control.NotRunning:
        yield Finding(NOTE, "app.doctor_shop_down", {})
    except control.ControlError as error:
        yield Finding(BAD, "app.doctor_books_bad", {"reason": str(error)})


def _centre(settings: Settings) -> Iterator[Finding]:
    """How a station stands with its server."""
    if settings.chain.role is not Role.STATION:
        return
    try:
        said = control.ask(settings.folder, "station")
    except (control.NotRunning, control.ControlError):
        return  # it was said already that the shop does not run
    if not said.get("station"):
        yield Finding(NOTE, "chain.not_paired", {})
        return
    named = {"name": str(said["name"]), "server": str(said["server"]), "shop": str(said["shop_name"])}
    yield Finding(GOOD, "chain.standing", {**named})
    if said["trouble"]:
        yield Finding(BAD, "chain.standing_trouble", {"trouble": str(said["trouble"])})
    if said["backlog"] or said["refused"]:
        level = BAD if said["refused"] else NOTE
        counts: dict[str, str | int] = {"count": int(said["backlog"]), "refused": int(said["refused"])}
        yield Finding(level, "chain.standing_backlog", counts)


def _lines(settings: Settings) -> Iterator[Finding]:
    if settings.chain.role is Role.SERVER:
        return
    try:
        answer = ask(settings.folder / "run", {"do": "state"})
    except (OSError, ValueError):
        yield Finding(BAD, "app.doctor_line_down", {})
        return
    for line in answer.get("lines", []):
        yield from _line(line)


def _line(said: dict[str, Any]) -> Iterator[Finding]:
    name, printer = str(said["name"]), str(said.get("printer_address", ""))
    if "problem" in said:
        yield Finding(
            BAD, "app.doctor_line_problem", {"name": name, "reason": str(said.get("reason", said["problem"]))}
        )
    elif said.get("reason"):
        yield Finding(BAD, "app.doctor_line_waiting", {"name": name, "printer": printer, "reason": str(said["reason"])})
    else:
        yield Finding(
            GOOD, "app.doctor_line_good", {"name": name, "till": str(said.get("till", "")), "printer": printer}
        )
    if said.get("uncaptured_bytes"):
        yield Finding(BAD, "app.doctor_uncaptured", {"name": name, "bytes": int(said["uncaptured_bytes"])})


def _readers(settings: Settings) -> Iterator[Finding]:
    """Scanners and card readers, as the running shop has them; without a shop nobody holds them."""
    try:
        lights = control.ask(settings.folder, "readers").get("readers", [])
    except (control.NotRunning, control.ControlError):
        return
    for light in lights:
        trouble = light["trouble"]
        if trouble:
            yield Finding(BAD, trouble["code"], trouble["values"])
        else:
            yield Finding(GOOD, "app.doctor_reader_good", {"name": light["reader"], "address": light["address"]})


def _printers(settings: Settings) -> Iterator[Finding]:
    """The printers of Kvit's queue, as the running shop knows them."""
    try:
        rows = control.ask(settings.folder, "printers").get("printers", [])
    except (control.NotRunning, control.ControlError):
        return
    yield from doctor_printers.look(rows)


LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _python, _config, _folder, _books, _shop, _lines, _centre, _printers, _readers,
)  # fmt: skip
