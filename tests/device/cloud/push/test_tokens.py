"""Tokens: kept over restarts, fetched seldom, readable by their owner alone."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

from kvit.device.cloud.push.tokens import DAY_S, FETCHES_MAX, RETRY_S, Kept, Tokens


class Giver:
    """Gives tokens, or none."""

    def __init__(self, *, gives: bool = True) -> None:
        self.gives = gives
        self.asked = 0

    async def __call__(self) -> str:
        self.asked += 1
        return f"token-{self.asked}" if self.gives else ""


async def test_kept_over_a_restart_and_known_to_a_second_printer(tmp_path: Path) -> None:
    giver = Giver()
    tokens = Tokens(tmp_path / "tokens", lambda: 1000.0)
    assert await tokens.renew("a", "", giver) == "token-1"
    again = Tokens(tmp_path / "tokens", lambda: 2000.0)
    assert again.kept("a") == "token-1"
    assert await again.renew("a", "", giver) == "token-1"
    assert await again.renew("a", "token-1", giver) == "token-2"
    assert await again.renew("a", "token-1", giver) == "token-2"  # another printer still held the old one
    assert again.kept("b") == ""
    assert giver.asked == 2


async def test_a_day_has_so_many_fetches(tmp_path: Path) -> None:
    now_s, giver = [0.0], Giver()
    tokens = Tokens(tmp_path, lambda: now_s[0])
    token = ""
    for _ in range(FETCHES_MAX + 5):
        token = await tokens.renew("a", token, giver) or token
        now_s[0] += 60
    assert giver.asked == FETCHES_MAX
    now_s[0] += DAY_S
    await tokens.renew("a", token, giver)
    assert giver.asked == FETCHES_MAX + 1


async def test_a_fetch_in_vain_is_not_repeated_at_once(tmp_path: Path) -> None:
    now_s, giver = [0.0], Giver(gives=False)
    tokens = Tokens(tmp_path, lambda: now_s[0])
    for _ in range(10):
        assert await tokens.renew("a", "", giver) == ""
        now_s[0] += 1
    assert giver.asked == 1
    now_s[0] += RETRY_S
    giver.gives = True
    assert await tokens.renew("a", "", giver) == "token-2"


async def test_only_the_owner_reads_it_and_no_name_shows(tmp_path: Path) -> None:
    folder = tmp_path / "tokens"
    await Tokens(folder, lambda: 0.0).renew("yilianyun:host:user:secret", "", Giver())
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "secret" not in file.name + file.read_text()
    assert "token-1" not in repr(Kept("token-1"))


def test_a_broken_file_is_no_token(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path, lambda: 0.0)
    asyncio.run(tokens.renew("a", "", Giver()))
    next(tmp_path.iterdir()).write_bytes(b"{")
    assert tokens.kept("a") == ""
