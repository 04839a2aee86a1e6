"""``kvit emulate sdp``: a printer that calls, prints what it gets, and fails as it is told."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import parse_qs

from kvit.cli.emulate_sdp import FAULTS
from kvit.device.cloud.sdp import machine, request, response
from kvit.device.cloud.sdp.request import EMPTY, Print
from kvit.paper.languages import epos_names

DEADLINE_S = 60.0
PAPER = f'<epos-print xmlns="{epos_names.NAMESPACE}"><text>Milk 900&#10;</text><cut type="feed"/></epos-print>'.encode()


def test_its_faults_are_the_machines() -> None:
    assert tuple(machine.FAULTS) == FAULTS


async def test_it_calls_prints_and_obeys(tmp_path: Path) -> None:
    said: asyncio.Queue[dict[str, list[str]]] = asyncio.Queue()
    answers = [request.write([Print(PAPER, "a.1")], "3.00"), request.write([Print(EMPTY)], "3.00")]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().partition("content-length:")[2].split()[0])
        fields = parse_qs((await reader.readexactly(length)).decode(), keep_blank_values=True)
        body = answers.pop(0) if fields["ConnectionType"] == ["GetRequest"] and answers else b""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()
        said.put_nowait(fields)

    async def result() -> response.Report:
        while True:
            fields = await said.get()
            assert fields["ID"] == ["K1"]
            if fields["ConnectionType"] == ["SetResponse"]:
                return response.read(fields["ResponseFile"][0].encode())

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/sdp/word"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kvit", "emulate", "sdp", url, "--id", "K1", "--interval", "0.2", "--keep", str(tmp_path),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "KVIT_LANG": "en"},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(DEADLINE_S):
            assert "calls http://127.0.0.1" in (await process.stdout.readline()).decode()
            assert (await process.stdout.readline()).decode().strip() == "Milk 900"
            printed = await result()
            assert (printed.results[0].success, printed.results[0].name) == (True, "a.1")
            assert (tmp_path / "0001.xml").read_bytes() == PAPER
            probed = await result()
            assert (probed.results[0].success, probed.results[0].status) == (True, machine.WELL)
            process.stdin.write(b"cover open\n")
            while (await process.stdout.readline()).strip() != b"ok":
                pass
            answers.append(request.write([Print(PAPER, "a.2")], "3.00"))
            stopped = await result()
            assert (stopped.results[0].name, stopped.results[0].code) == ("a.2", "EPTR_COVER_OPEN")
    finally:
        process.kill()
        await process.wait()
        server.close()
