"""What ``./kvit test`` runs.

./kvit test              the tests any machine can run in a few minutes; what it can not run is skipped and counted
./kvit test --all        lint, types, floors and every test: what the build server calls
./kvit test tests/relay  anything else is handed to pytest
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

STATIC = (
    ("lint", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["mypy"]),
    ("floors", ["lint-imports", "--no-cache"]),
)
WORKERS = str(min(4, os.cpu_count() or 1))


def run(name: str, command: list[str]) -> bool:
    """Run one step from the checkout's folder; say how it ended and how long it took."""
    started = time.monotonic()
    print(f"== {name}: {' '.join(command)}", flush=True)
    environment = {**os.environ, "PYTHONHASHSEED": "0"}  # the workers must collect the same tests in the same order
    code = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, env=environment, check=False).returncode
    print(f"== {name}: {'ok' if code == 0 else f'FAILED ({code})'} in {time.monotonic() - started:.1f} s", flush=True)
    return code == 0


def pytest_command(wanted: list[str], *, everything: bool) -> list[str]:
    """The call of pytest: the slow ones only for ``--all``; skips are listed with their reasons."""
    command = ["pytest", "-rs", *wanted]
    if not any(word.startswith(("tests/", "-n", "-k")) for word in wanted):
        command += ["-n", WORKERS, "--dist", "loadgroup"]
    return command if everything else [*command, "-m", "not slow"]


def main(arguments: list[str]) -> int:
    """Return 0 when all that ran was green."""
    everything = "--all" in arguments
    wanted = [word for word in arguments if word != "--all"]
    steps = [*(STATIC if everything else ()), ("tests", pytest_command(wanted, everything=everything))]
    results = [run(name, command) for name, command in steps]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
