"""Read codes at the counter in a program of your own: a scanner on a serial port, a card reader, any address of a reader.

Without an address a scanner is emulated and reads two codes:

    python examples/read_a_code.py
    python examples/read_a_code.py serial:///dev/ttyACM0
    python examples/read_a_code.py nfc://
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from kvit.device.reader.emulator import ScannerEmulator
from kvit.device.reader.readings import Readings
from kvit.device.reader.settings import ReaderSettings
from kvit.device.reader.worker import Readers

CODES = ("https://r.example.com/t/7F5WJRM05P966Q82", "4006381333931")


async def read(address: str, count: int, scanner: ScannerEmulator | None = None) -> None:
    """Show ``count`` codes. The worker opens the reader again whenever it was away."""
    readings = Readings(time.time, time.monotonic)
    readers = Readers({"counter": ReaderSettings(address)}, readings, Path(tempfile.gettempdir()), lambda *said: None)
    readers.start()
    seen = 0
    with readings.listen() as heard:
        while seen < count:
            await anext(heard)  # a reading, or the reader came or went
            if scanner is not None and readings.light("counter").link == "up":
                for code in CODES:
                    scanner.scan(code)
                scanner = None
            for reading in readings.since(seen):
                seen = reading.number
                if reading.identity is not None:
                    print(f"{reading.identity.kind}: {reading.identity.value}")
                elif reading.refusal is not None:
                    print(f"refused: {reading.refusal.code}")
    await readers.stop()


def main() -> None:
    """Read from the address, or from an emulated scanner."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("address", nargs="?", help="where the reader is (docs/protocols/readers.md)")
    arguments.add_argument("--count", type=int, default=len(CODES), help="how many to read")
    given = arguments.parse_args()
    if given.address:
        asyncio.run(read(given.address, given.count))
        return
    with tempfile.TemporaryDirectory() as folder:
        scanner = ScannerEmulator(Path(folder) / "scanner", aim="]Q1")
        asyncio.run(read(f"serial://{scanner.path}", given.count, scanner))
        scanner.close()


if __name__ == "__main__":
    main()
