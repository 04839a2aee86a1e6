"""Sentences of the command line in the language of the terminal (``KVIT_LANG``, else the locale)."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kvit.i18n import from_environment, say


def words(sentence: str, /, **values: str | int) -> str:
    """Return the sentence ``cli.<sentence>``, or the full code where a dot is in it."""
    code = sentence if "." in sentence else f"cli.{sentence}"
    return say(from_environment(os.environ), code, **values)


def no(sentence: str, /, **values: str | int) -> click.ClickException:
    """Return the error that ends the command with this sentence."""
    return click.ClickException(words(sentence, **values))


def not_kept(file: Path | None, error: OSError) -> None:
    """Say that an emulated printer prints on without keeping its bytes."""
    click.echo(words("not_kept", file=str(file), reason=error.strerror or str(error)), err=True)
