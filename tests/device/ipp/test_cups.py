"""A desktop with CUPS adds Kvit by its address, without any driver, and prints: pages come dot for dot."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, State
from kvit.paper.document import Cut, Image, parse
from tests.device.ipp.cups import LPADMIN, Cups, cups
from tests.device.ipp.house import House, house

PAGE = b"""%!PS-Adobe-3.0
%%Pages: 1
%%Page: 1 1
20 700 60 40 rectfill
showpage
%%EOF
"""


async def has_driver(real: Cups) -> None:
    """CUPS makes the driver of what the printer says, in its own time."""
    async with asyncio.timeout(20):
        while not list((real.folder / "etc/ppd").glob("*.ppd")):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def until(shop: House, count: int) -> None:
    async with asyncio.timeout(30):
        while len(shop.jobs()) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_a_desktop_prints_on_kvit(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with cups(tmp_path_factory.mktemp("cups")) as real, house(tmp_path) as shop:
        if real is None or LPADMIN is None:
            pytest.skip("no cupsd here, or not as root (Debian: cups-daemon, cups-client)")
        if not (real.folder / "bin/filter/rastertopwg").exists():
            pytest.skip("CUPS has no filter that makes PWG raster (Debian: cups, cups-filters)")
        uri = shop.uri().replace("127.0.0.1", "localhost")
        done = await real.run(LPADMIN, "-p", "Kvit", "-E", "-v", uri, "-m", "everywhere")
        assert done[0] == 0, done
        await has_driver(real)
        done = await real.run("lp", "-d", "Kvit", data=PAGE)
        assert done[0] == 0, done
        await until(shop, 1)
        (job,) = shop.jobs()
        image, cut = parse(shop.payload(job).body).blocks
        assert isinstance(image, Image)
        assert isinstance(cut, Cut)
        black = ~np.asarray(Pillow.open(io.BytesIO(image.data)).convert("1"))
        assert black.shape[1] == 576
        assert bool(black[-1].any()), "the white below is left off"
        left, right = np.flatnonzero(black.any(axis=0))[[0, -1]]
        top, bottom = np.flatnonzero(black.any(axis=1))[[0, -1]]
        assert abs(float(right - left) / float(bottom - top) - 60 / 40) < 0.1  # CUPS fits the sheet to the roll
        assert "Kvit-1" in (await real.run("lpstat", "-W", "not-completed"))[1]
        shop.ends(Event.BYTES_OUT, Event.LINK_CLOSED)
        async with asyncio.timeout(40):
            while "Kvit-1" in (await real.run("lpstat", "-W", "not-completed"))[1]:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        assert "Kvit-1" in (await real.run("lpstat", "-W", "completed"))[1]


@pytest.mark.slow
async def test_what_nobody_knows_is_not_sent_again_by_the_desktop(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with cups(tmp_path_factory.mktemp("cups")) as real, house(tmp_path) as shop:
        if real is None or LPADMIN is None or not (real.folder / "bin/filter/rastertopwg").exists():
            pytest.skip("no cupsd here, or not as root (Debian: cups, cups-filters, cups-client)")
        uri = shop.uri().replace("127.0.0.1", "localhost")
        assert (await real.run(LPADMIN, "-p", "Kvit", "-E", "-v", uri, "-m", "everywhere"))[0] == 0
        await has_driver(real)
        assert (await real.run("lp", "-d", "Kvit", data=PAGE))[0] == 0
        await until(shop, 1)
        shop.ends(Event.BYTES_OUT, Event.LINK_LOST)
        shop.now_s += 30
        shop.db.write_now(spool.unanswered, "shop-1", shop.desk.now_ms)
        async with asyncio.timeout(40):
            while "Kvit-1" in (await real.run("lpstat", "-W", "not-completed"))[1]:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        assert [(job.copy, job.state) for job in shop.jobs()] == [(1, State.UNKNOWN), (2, State.QUEUED)]
