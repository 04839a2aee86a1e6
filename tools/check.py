"""What ``./kvit test`` runs.

./kvit test              the tests any machine can run in a few minutes; what it can not run is skipped and counted
./kvit test --all        lint, types, floors and every test: what the build server calls
./kvit test tests/relay  anything else is handed to pytest

With ``--all`` a few failed tests are run once more, alone: hundreds of tests start processes, brokers and browsers two at a
time, and one of eighteen thousand that meets its patience on a busy machine should not stop a landing. It is said aloud, so
that a test that needs its second chance twice is looked into (docs/decisions/0009-second-chance.md).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
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
AGAIN_MAX = 3
"""More failures than this are no accident."""


def run(name: str, command: list[str], failures: Path | None = None) -> bool:
    """Run one step from the checkout's folder; say how it ended and how long it took."""
    started = time.monotonic()
    print(f"== {name}: {' '.join(command)}", flush=True)
    environment = {**os.environ, "PYTHONHASHSEED": "0"}  # the workers must collect the same tests in the same order
    if failures is not None:
        environment["KVIT_FAILURES"] = str(failures)
    code = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, env=environment, check=False).returncode
    print(f"== {name}: {'ok' if code == 0 else f'FAILED ({code})'} in {time.monotonic() - started:.1f} s", flush=True)
    return code == 0


def run_tests(command: list[str]) -> bool:
    """Run all tests; a few that fail get a second chance, alone, and are named."""
    with tempfile.TemporaryDirectory() as folder:
        failures = Path(folder) / "failures"
        if run("tests", [*command, "-p", "tools.failures"], failures):
            return True
        failed = failures.read_text("utf-8").splitlines() if failures.exists() else []
    if not 0 < len(failed) <= AGAIN_MAX:
        return False
    passed = run("second chance", ["pytest", "-rs", "-p", "no:xdist", *failed])
    for id_ in failed if passed else ():
        print(f"== SHAKY: {id_} failed beside the others and passed alone", flush=True)
    return passed


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
    command = pytest_command(wanted, everything=everything)
    if not everything:
        return 0 if run("tests", command) else 1
    static = [run(name, step) for name, step in STATIC]
    return 0 if all([run_tests(command), *static]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
