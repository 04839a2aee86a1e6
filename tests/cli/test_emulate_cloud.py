"""``kvit emulate cloud``: it says its address, checks signatures and does what it is told."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

from kvit.cli.emulate_cloud import MAKERS
from kvit.device.cloud.push.emulators.makers import MAKERS as TABLE
from kvit.net import Ask, Reply, ask

ROOT = Path(__file__).resolve().parents[2]


async def test_a_cloud_listens_and_obeys() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kvit", "emulate", "cloud", "xpyun", "--port", "0",
        stdin=-1, stdout=-1, env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "KVIT_LANG": "en"},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        said = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        found = re.search(r'address = "xpyun\+(http://127\.0\.0\.1:\d+)/921600012"', said)
        assert found
        wanted = Ask(f"{found[1]}/api/openapi/xprinter/print", b'{"user": "shop"}', plain=True, house=True)
        reply = await ask(wanted)
        assert isinstance(reply, Reply)
        assert b"REQUEST_PARAM_SIGN_ERROR" in reply.body
        process.stdin.write(b"paper out\nfault forget\n")
        assert await process.stdout.readline() == b"online, paper out, 0 waiting, 0 printed, faults to come: none\n"
        assert (await process.stdout.readline()).endswith(b"faults to come: forget\n")
    finally:
        process.kill()
        await process.wait()


def test_the_verb_knows_every_maker() -> None:
    assert set(MAKERS) == set(TABLE)
