"""The supervisor with programs of a few lines: ready, back-off, order, last words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kvit.app import supervisor
from kvit.app.supervisor import Program, StartFailed, Supervisor

READY = "import json, sys, time\nprint(json.dumps({'ready': 'x', 'pid': 1}), flush=True)\n"
STAY = "import signal\nsignal.pause()\n"
WAIT_S = 30


def program(name: str, code: str, farewell: Callable[[], None] | None = None) -> Program:
    return Program(name, (sys.executable, "-c", code), farewell)


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """The supervisor takes the process's signals; give them back."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def stop_when(condition: Callable[[], bool]) -> threading.Thread:
    """Send this process SIGTERM once something has come about."""

    def wait() -> None:
        deadline_s = time.monotonic() + WAIT_S
        while not condition() and time.monotonic() < deadline_s:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_all_are_started_and_ended_the_last_one_first(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    code = (
        "import json, os, signal, sys\nnotes = os.open({!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)\n"
        "os.write(notes, b'+{} ')\nsignal.signal(signal.SIGTERM, lambda *_: (os.write(notes, b'-{} '), sys.exit()))\n"
        "print(json.dumps({{'ready': '{}', 'n': {}}}), flush=True)\nwhile True: signal.pause()\n"
    )
    programs = [program(name, code.format(str(notes), name, name, name, n)) for n, name in enumerate("abc")]
    keeper = Supervisor(programs, print)
    said = keeper.start()
    assert {name: values["n"] for name, values in said.items()} == {"a": 0, "b": 1, "c": 2}
    keeper.stop()
    written = notes.read_text().split()
    assert sorted(written[:3]) == ["+a", "+b", "+c"]
    assert written[3:] == ["-c", "-b", "-a"]


def test_a_dead_one_is_started_again_with_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "BACK_OFF_FIRST_S", 0.01)
    said: list[str] = []
    keeper = Supervisor([program("stays", READY + STAY), program("dies", READY + "sys.exit(3)")], said.append)
    for child in keeper._children:
        child.wait_s = 0.01
    keeper.start()
    thread = stop_when(lambda: len(said) >= 4)
    keeper.watch()
    keeper.stop()
    thread.join()
    assert all(line.startswith("dies ended (3)") for line in said)
    pauses = [line.rsplit(" ", 2)[1] for line in said]
    assert pauses == sorted(pauses)
    assert keeper._children[1].wait_s >= 0.16


def test_one_that_does_not_start_is_told_once_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "BACK_OFF_MAX_S", 0.01)
    said: list[str] = []
    told: list[tuple[str, int]] = []
    dying = [program("dies", READY + "sys.exit(3)")]
    keeper = Supervisor(dying, said.append, hopeless=lambda name, times: told.append((name, times)))
    keeper._children[0].wait_s = 0.01
    keeper.start()
    thread = stop_when(lambda: len(said) >= supervisor.DEATHS_UNTIL_SAID + 2)
    keeper.watch()
    keeper.stop()
    thread.join()
    assert told == [("dies", supervisor.DEATHS_UNTIL_SAID)]


def test_one_that_lived_long_is_forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FORGIVEN_AFTER_S", 0.0)
    monkeypatch.setattr(supervisor, "BACK_OFF_FIRST_S", 0.01)
    said: list[str] = []
    keeper = Supervisor([program("dies", READY)], said.append)
    keeper.start()
    thread = stop_when(lambda: len(said) >= 4)
    keeper.watch()
    keeper.stop()
    thread.join()
    assert keeper._children[0].wait_s == 0.02


def test_one_that_ends_before_it_is_ready_fails_the_start_and_ends_the_others() -> None:
    keeper = Supervisor([program("good", READY + STAY), program("bad", "import sys; sys.exit(2)")], print)
    with pytest.raises(StartFailed) as failed:
        keeper.start()
    assert failed.value.name == "bad"
    process = keeper._children[0].process
    assert process is not None
    assert process.poll() is not None


def test_one_that_ended_while_another_was_waited_for_fails_the_start_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would be waited for in vain: nothing more is heard of it."""
    monkeypatch.setattr(supervisor, "READY_WITHIN_S", 100_000.0)
    keeper = Supervisor([program("good", "import time; time.sleep(0.5)\n" + READY + STAY), program("bad", "")], print)
    with pytest.raises(StartFailed, match="ended before it was ready"):
        keeper.start()


def test_one_that_prepares_is_given_time() -> None:
    told: list[str] = []
    keeper = Supervisor([program("slow", "")], print, preparing=told.append)
    (child,) = keeper._children
    keeper._hear(child, b'{"preparing": "books", ')
    assert child.within_s == 0
    keeper._hear(child, b'"count": 3}\n')
    assert child.within_s == supervisor.PREPARED_WITHIN_S
    assert told == ["slow"]
    keeper._hear(child, b'{"ready": "books"}\n{"preparing": "books"}\n')  # a later life: nobody waits for it
    assert (child.ready, told) == ({"ready": "books"}, ["slow"])
    keeper.stop()


def test_one_that_is_silent_fails_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "READY_WITHIN_S", 0.3)
    with pytest.raises(StartFailed, match="not ready within"):
        Supervisor([program("mute", STAY)], print, start_tries=3).start()


def test_after_a_kill_the_start_is_tried_again(tmp_path: Path) -> None:
    code = f"import pathlib, sys\nif not pathlib.Path({str(tmp_path / 'free')!r}).exists(): sys.exit(1)\n{READY}{STAY}"
    keeper = Supervisor([program("late", code)], print, start_tries=20)
    threading.Timer(0.3, (tmp_path / "free").touch).start()
    keeper.start()
    keeper.stop()


def test_what_a_process_prints_later_is_passed_on_whole(capsys: pytest.CaptureFixture[str]) -> None:
    code = (
        READY
        + "sys.stdout.write('half '); sys.stdout.flush(); time.sleep(0.05)\nprint('a line')\nprint('and another')\n"
    )
    said: list[str] = []
    keeper = Supervisor([program("talks", code)], said.append)
    keeper.start()
    thread = stop_when(lambda: bool(said))
    keeper.watch()
    keeper.stop()
    thread.join()
    assert capsys.readouterr().out.startswith("half a line\nand another\n")


def test_a_process_that_will_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_WITHIN_S", 0.2)
    said: list[str] = []
    code = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + READY + "while True: signal.pause()\n"
    keeper = Supervisor([program("deaf", code)], said.append)
    keeper.start()
    keeper.stop()
    assert said == ["deaf did not end by itself and was killed"]


def test_the_farewell_comes_before_the_signal() -> None:
    notes: list[int | None] = []
    keeper = Supervisor([], print)
    keeper._children = [
        supervisor._Child(program("x", READY + STAY, lambda: notes.append(keeper._children[0].process.poll())))  # type: ignore[union-attr]
    ]
    keeper.start()
    keeper.stop()
    assert notes == [None]


def test_when_the_supervisor_is_killed_its_processes_hear_of_it(tmp_path: Path) -> None:
    """Standard input ends: what ``--bound`` listens to."""
    mark = tmp_path / "heard"
    child = READY + f"import pathlib\nsys.stdin.buffer.read()\npathlib.Path({str(mark)!r}).touch()\n"
    script = (
        "from kvit.app.supervisor import Program, Supervisor\nimport sys\n"
        f"keeper = Supervisor([Program('x', (sys.executable, '-c', {child!r}))], print)\n"
        "keeper.start()\nprint('up', flush=True)\nkeeper.watch()\n"
    )
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(root / "src")}
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline_s = time.monotonic() + WAIT_S
    while not mark.exists():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
