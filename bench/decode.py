"""Bytes to text and bytes to PNG: parse, play, draw, from the bytes to the finished file, on one core.

    python -m bench.decode [--receipts 400] [--rounds 5]

Once with the printer's profile named, once with it unknown, where code pages and dialect are learned from each receipt
alone: nothing is kept of the till, but words met before are remembered with their weights, as in a shop that sells the
same goods again. "First receipt" has none of them met before.
Peers: npos makes text of the tree (in one code page it is told: the letters of four of our five languages come out
wrong, and that is not counted against it); Pillow's ImageDraw draws the finished lines of text, a line a call: it
neither parses nor knows sizes, symbols, logos. All by the time the processor spent, so that neighbours disturb little.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable, Sequence

from bench import material, peers
from bench.figure import KVIT, Row, in_turn, table
from kvit.escpos import Profile, evidence, learn, likeness, load_profile
from kvit.paper.languages.stream import play_stream
from kvit.paper.render import RENDERERS

TEXT_GOAL, PNG_GOAL = 8_000, 200
PROFILES = (("profile named", "TM-T88V"), ("profile unknown", "unknown"))
NARROWEST_DOTS = 576
WORD_MEMORIES = (
    *(learn._line, evidence._scores, evidence.paired, evidence._paired, evidence.is_drawn, evidence._cores),
    *(evidence._unframed, evidence._draws),
    *(likeness.narrow, likeness.wide),
)


def per_second(act: Callable[[bytes], bytes], streams: Sequence[bytes]) -> float:
    """One round over all streams, in processor time; the answers are kept to the end, so that none is free."""
    start = time.process_time()
    answers = [act(stream) for stream in streams]
    seconds = time.process_time() - start
    assert all(answers)
    return len(streams) / seconds


def draws(form: str, profile: Profile) -> Callable[[bytes], bytes]:
    """Bytes to a finished form."""
    render = RENDERERS[form]
    return lambda data: render(play_stream(data, profile).sheet)


def met_never_before(act: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """The same with all words forgotten before each receipt; what letters are like in a language stays known."""

    def forgetful(data: bytes) -> bytes:
        for memory in WORD_MEMORIES:
            memory.cache_clear()
        return act(data)

    return forgetful


def pillow(text: bytes) -> bytes:
    """A picture of finished lines as one draws it first."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(24)
    lines = text.decode().splitlines()
    image = Image.new("1", (NARROWEST_DOTS, 30 * len(lines) + 1), 1)
    pen = ImageDraw.Draw(image)
    for n, line in enumerate(lines):
        pen.text((0, 30 * n), line, font=font, fill=0)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def rows(receipts: int = 400, rounds: int = 5) -> list[Row]:
    """Measure all rows."""
    streams = material.receipts(receipts)
    return [*_texts(streams, rounds), *_pictures(streams[: max(20, receipts // 4)], rounds)]


def _texts(streams: list[bytes], rounds: int) -> list[Row]:
    found = []
    peer = peers.npos(streams)
    for name, profile in PROFILES:
        act = draws("text", load_profile(profile))
        per_second(act, streams)
        contenders: dict[str, Callable[[], float]] = {KVIT: lambda act=act: per_second(act, streams)}  # type: ignore[misc]
        notes = []
        if peer is not None and profile != "unknown":
            contenders[f"npos {peers.NPOS}"] = peer.texts_per_second
            peer.texts_per_second()
            notes.append(f"npos threw at {peer.refused} of {len(streams)} streams and reads one code page.")
        found.append(Row(f"bytes → text, {name}", "receipts/s", in_turn(contenders, rounds), TEXT_GOAL, notes=notes))
    if peer is not None:
        peer.close()
    first = met_never_before(draws("text", load_profile("unknown")))
    figures = in_turn({KVIT: lambda: per_second(first, streams)}, rounds)
    found.append(Row("bytes → text, profile unknown, first receipt", "receipts/s", figures))
    return found


def _pictures(streams: list[bytes], rounds: int) -> list[Row]:
    found = []
    lines = [draws("text", load_profile("TM-T88V"))(stream) for stream in streams]
    for name, profile in PROFILES:
        act = draws("png", load_profile(profile))
        per_second(act, streams)
        contenders: dict[str, Callable[[], float]] = {KVIT: lambda act=act: per_second(act, streams)}  # type: ignore[misc]
        if profile != "unknown":
            contenders["Pillow, lines of text only"] = lambda: per_second(pillow, lines)
        found.append(Row(f"bytes → PNG, {name}", "receipts/s", in_turn(contenders, rounds), PNG_GOAL))
    return found


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--receipts", type=int, default=400)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    measured = rows(given.receipts, given.rounds)
    print(table(measured), *(f"\n{note}" for row in measured for note in row.notes))


if __name__ == "__main__":
    main()
