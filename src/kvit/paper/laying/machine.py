"""What the machine does between prints: feeds, cuts, the drawer, the buzzer."""

from __future__ import annotations

from kvit.paper import document as doc
from kvit.paper import reach
from kvit.paper.laying.page import Page


def feed(page: Page, block: doc.Feed) -> None:
    """Empty lines; inside frames they are lines of uprights."""
    if page.frames:
        for _ in range(block.lines):
            page.line([])
    else:
        page.feed(block.lines * page.profile.line_spacing)


def cut(page: Page, block: doc.Cut) -> None:
    """The cut the head has; one with nothing printed since the last is none."""
    if not page.printed_since_cut:
        return
    full = reach.cut_of(page.profile, block.full)
    if full is None:
        page.warn("cut.absent")
        return
    if page.profile.has("no_cut_feed"):
        page.feed(page.profile.cutter_dots)
    page.event("cut", full=full)
    page.printed_since_cut = False


def pulse(page: Page, block: doc.Pulse) -> None:
    """The drawer's pulse, as long as the head can be told."""
    if not page.profile.has("pulse"):
        page.warn("pulse.absent")
        return
    on_ms, off_ms = reach.pulse_ms(page.profile, block.pin, block.on_ms, block.off_ms)
    page.event("pulse", pin=block.pin, on_ms=on_ms, off_ms=off_ms)


def beep(page: Page, block: doc.Beep) -> None:
    """The buzzer."""
    if (page.profile.dialect or "epson") not in reach.BEEPS:
        page.warn("beep.absent")
        return
    page.event("beep", times=block.times)
