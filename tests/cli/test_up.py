"""`kvit up` says in words why it can not start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

STARTS_WITHIN_S = 60


def said(verb: str, folder: Path, text: str) -> str:
    """What the verb says on its way out; it must have refused, and without a trace."""
    (folder / "kvit.toml").write_text(text, "utf-8")
    command = (sys.executable, "-m", "kvit", verb, "--config", "kvit.toml")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=STARTS_WITHIN_S, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="kvit up runs on Linux")
def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert str(tmp_path / "file" / "x") in said("up", tmp_path, '[data]\nfolder = "file/x"\n')


def test_a_virtual_printer_nobody_knows(tmp_path: Path) -> None:
    text = '[data]\nfolder = "data"\n[printer]\nport = 0\nprofile = "TM-T88VV"\n'
    assert "TM-T88V" in said("printer", tmp_path, text).replace("TM-T88VV", "")
