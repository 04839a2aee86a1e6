"""``kvit doctor``: what is wrong, what it means, what to do."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from kvit.cli.config import config_option

MARKS = {"good": ("ok", "green"), "note": ("--", "yellow"), "bad": ("!!", "red")}


@click.command(
    "doctor",
    epilog="Example: kvit doctor --json",
    help="Look at the installation and say what is wrong, what it means and what to do. Changes nothing.",
)
@config_option
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def command(config_path: Path | None, as_json: bool) -> None:
    """Examine; leave with 1 when something is bad."""
    from kvit.app.doctor import examine
    from kvit.app.finding import Finding
    from kvit.app.settings import read
    from kvit.config import ConfigError
    from kvit.i18n import codes, from_environment, say

    language = from_environment(os.environ)
    try:
        found = list(examine(read(config_path)))
    except ConfigError as error:
        found = [Finding("bad", "app.doctor_config_bad", {"reason": str(error)})]
    known = codes()

    def said(finding: Finding) -> str:
        """A finding in words; values that are codes are said themselves."""
        values = {key: say(language, str(one)) if one in known else one for key, one in finding.values.items()}
        return say(language, finding.code, **values)

    bad = sum(finding.level == "bad" for finding in found)
    if as_json:
        rows = [{"level": f.level, "code": f.code, "said": said(f), **f.values} for f in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for finding in found:
            mark, colour = MARKS[finding.level]
            click.echo(f"{click.style(mark, fg=colour)}  {said(finding)}")
        click.echo(say(language, "app.doctor_ill", n=bad) if bad else say(language, "app.doctor_well"))
    sys.exit(1 if bad else 0)
