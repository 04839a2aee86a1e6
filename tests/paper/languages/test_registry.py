"""The table of languages: every row's modules are there, and a printer without a row is refused with what there is."""

from __future__ import annotations

from importlib import import_module

import pytest

from kvit.escpos.profiles import load
from kvit.paper.builder import Builder
from kvit.paper.languages.registry import LANGUAGES, NoWriterError, play, write
from kvit.paper.layout import lay_out
from kvit.paper.render.text import render


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_every_row_has_its_twins(name: str) -> None:
    row = LANGUAGES[name]
    assert row.name == name
    assert callable(import_module(row.writer).write)
    assert callable(import_module(row.player).play)


def test_a_sheet_goes_out_and_comes_back() -> None:
    profile = load("TM-T88V")
    sheet = lay_out(Builder().text("Latte").pair("Sum", "4.50").document(), profile)
    assert render(play(write(sheet, profile), profile)) == render(sheet)


@pytest.mark.parametrize("name", ["OCD-300", "tags-58", "bematech"])
def test_no_writer_is_said_with_what_there_is(name: str) -> None:
    profile = load(name)
    with pytest.raises(NoWriterError, match="escpos") as caught:
        write(lay_out(Builder().document(), profile), profile)
    assert caught.value.known == tuple(LANGUAGES)
