"""What a till that asks its printer hears, where the printer is a queue of ours. Pure.

A till that hears "online, paper in" believes that what it sends is printed at once. So it hears the state the real printer
was last known to have (`kvit.device.board`), and where that is not known, or Kvit can not keep a job just now, that the
printer is offline. Where printers never say anything, ``unheard = "ready"`` lets tills hear "online" of them.
"""

from __future__ import annotations

from typing import Final

from kvit.device.board import Light
from kvit.escpos.status import StatusModel

_ERRORS: Final = {"cutter": "cutter_error", "mechanical": "mechanical_error", "auto": "passing_error"}
"""By the board's word for it; others are an error that does not go by itself."""


def state_of(light: Light, held: bool, failing: bool, unheard: str, before: StatusModel) -> StatusModel:
    """Say how the printer stands. ``held``: a person stopped it; ``failing``: jobs can not be kept; what the till asked for
    (automatic status) stays as it was in ``before``."""
    error = _ERRORS.get(light.error, "fatal_error") if light.error else ""
    heard = light.link == "up" or (light.link == "unknown" and unheard == "ready")
    flags = dict.fromkeys(("cutter_error", "mechanical_error", "passing_error", "fatal_error"), False)
    return before.change(
        **(flags | ({error: True} if error else {})),
        paper_end=light.paper == "out",
        paper_near_end=light.paper in ("near", "out"),
        cover_open=light.cover_open is True,
        drawer_high=light.drawer_open is True,
        held_offline=held or failing or not heard or light.online is False,
    )
