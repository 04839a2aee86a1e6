"""Verbs run in this process: quick, and nothing of the machine's own configuration is seen."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from kvit.cli.entry import build


def kvit(*arguments: str | Path, data: bytes = b"", **env: str) -> Result:
    """Run one verb; ``result.stdout_bytes``, ``result.stderr`` and ``result.exit_code`` say how it went."""
    environment: dict[str, str | None] = {"LC_ALL": "C.UTF-8", "LANGUAGE": None, "KVIT_CONFIG": None, **env}
    return CliRunner().invoke(build(), [str(word) for word in arguments], input=data, env=environment)


def good(*arguments: str | Path, data: bytes = b"", **env: str) -> bytes:
    """Run a verb that must succeed; give what it printed."""
    result = kvit(*arguments, data=data, **env)
    assert result.exit_code == 0, (result.stderr, result.exception)
    return result.stdout_bytes


def refused(*arguments: str | Path, data: bytes = b"", **env: str) -> str:
    """Run a verb that must refuse; give its one sentence. A stack trace is no refusal."""
    result = kvit(*arguments, data=data, **env)
    assert result.exit_code not in (0, None)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.stderr
    return result.stderr
