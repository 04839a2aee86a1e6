"""The style sheet's colours by WCAG 2.2: text 4.5 to 1, borders of fields and marks of state 3 to 1, in both themes."""

from __future__ import annotations

import re

import pytest

from kvit.web.static_files import files

TEXT = (
    ("ink", "ground"), ("ink", "panel"), ("quiet", "ground"), ("quiet", "panel"), ("accent", "ground"), ("accent", "panel"),
    ("on-accent", "accent"), ("on-tint", "tint"), ("good", "good-tint"), ("bad", "bad-tint"), ("warn", "warn-tint"),
    ("bad", "panel"),
)  # fmt: skip
MARKS = (("quiet", "panel"), ("good", "ground"), ("warn", "ground"), ("accent", "ground"))


def themes() -> dict[str, dict[str, str]]:
    css = files()["kvit.css"].decode()
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks)
    return {"light": light, "dark": dark}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(theme: str) -> None:
    colours = themes()[theme]
    for ink, ground in TEXT:
        assert contrast(colours[ink], colours[ground]) >= 4.5, (theme, ink, ground)
    for mark, ground in MARKS:
        assert contrast(colours[mark], colours[ground]) >= 3, (theme, mark, ground)


def test_both_themes_name_the_same_colours() -> None:
    light, dark = themes()["light"], themes()["dark"]
    assert set(light) == set(dark)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_nothing_comes_from_elsewhere() -> None:
    for name, data in files().items():
        if name.endswith((".css", ".js")):
            assert not re.search(rb"https?://|@import|eval\(|new Function", data), name
