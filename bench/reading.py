"""How well receipts are read that other people's encoders print: what was sold is known, every field is compared.

    .venv/bin/python -m bench --only reading --print

Rows: the layouts the reader was developed by (with other seeds) and those held out; then the same printouts read with the
shop's form known: of each form three receipts are confirmed with the truth, the others are read with what they taught.
The table of docs/protocols/reading.md is printed by ``python -m bench.reading``.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from bench.figure import KVIT, Row, figure
from kvit.receipt.forms import lessons
from kvit.receipt.forms.model import Confirmed, Learned
from kvit.receipt.model import Kind, Line, Payment
from kvit.receipt.reading import read
from kvit.receipt.reading.prior import Prior, head_of
from kvit.receipt.reading.reader import page_of
from tests.receipt.reading import foreign
from tests.receipt.reading.foreign import Stream

CONFIRMED = 3
"""Receipts of a form that are confirmed before the others are read."""
NAMES = ("total", "time", "tax_id", "number", "kind", "items", "payments", "verified")


def tally(streams: Iterable[Stream]) -> tuple[Counter[str], Counter[str]]:
    """(field -> right, field -> papers that have it)."""
    return foreign.tally(streams)


def learned(streams: Sequence[Stream]) -> tuple[tuple[Counter[str], Counter[str]], tuple[Counter[str], Counter[str]]]:
    """The printouts of forms met often enough: without what was learned, and with it."""
    forms: dict[tuple[str, str], list[Stream]] = defaultdict(list)
    for stream in streams:
        if "currency" in stream.truth:
            page = page_of(stream.sheet())
            forms[stream.layout, head_of(page.rows, page.says, page.dated)].append(stream)
    cold = Counter[str](), Counter[str]()
    warm = Counter[str](), Counter[str]()
    for (_, head), same in forms.items():
        taught, rest = same[:CONFIRMED], same[CONFIRMED:]
        known = Learned()
        for stream in taught:
            if lesson := lessons.lesson(stream.sheet(), confirmed(stream)):
                known = lessons.learn(known, lesson)
        prior = lessons.prior_of(known, len(taught))
        for stream in rest:
            for (right, count), priors in ((cold, {}), (warm, {head: prior} if prior else {})):
                said = judged(stream, priors)
                count.update(list(said))
                right.update(name for name, value in said.items() if value)
    return cold, warm


def judged(stream: Stream, priors: dict[str, Prior]) -> dict[str, bool]:
    """One printout, read with what is known."""
    order = "mdy" if stream.truth["country"] == "US" else ""
    return foreign.judged(stream, read(stream.sheet(), order=order, priors=priors))


def confirmed(stream: Stream) -> Confirmed:
    """What a person would say of it: the truth."""
    truth = stream.truth
    digits = truth["decimals"]
    items = tuple(Line(name, pieces, price, total) for name, pieces, price, total in truth["items"])
    paid = tuple(Payment(kind, amount) for kind, amount in truth["payments"])
    return Confirmed(
        Kind(truth["kind"]), total=truth["total"], currency=truth["currency"], time=truth["time"], items=items,
        payments=paid, change=truth["change"] or None, decimals=digits,
    )  # fmt: skip


def share(right: Counter[str], count: Counter[str], name: str) -> float:
    """Percent."""
    return 100 * right[name] / count[name] if count[name] else 100.0


def rows(rounds: int = 3) -> list[Row]:
    """The rows of the table of all benches."""
    made: list[Row] = []
    for part, words in (("test", "layouts developed by"), ("held_out", "layouts held out")):
        right, count = tally(foreign.streams(part))
        for name, goal in (("total", 99.0), ("time", 99.0), ("tax_id", 99.0), ("items", 97.0)):
            value = share(right, count, name)
            made.append(Row(f"reading, {words}: {name}", "%", {KVIT: figure([value])}, goal))
        wrong = float(right["false"])
        made.append(Row(f"reading, {words}: wrong totals verified", "", {KVIT: figure([wrong])}, 0.0, at_most=True))
    sheets = [stream.sheet() for stream in foreign.streams("develop")]
    found = []
    for _ in range(rounds + 1):
        start = time.process_time()
        for sheet in sheets:
            read(sheet)
        found.append(len(sheets) / (time.process_time() - start))
    made.append(Row("reading, receipts a second of one processor", "/s", {KVIT: figure(found[1:])}))
    return made


def main() -> None:
    """Print the table of the documentation."""
    print(f"| {'layout':<22} | papers | " + " | ".join(f"{name:>8}" for name in NAMES) + " | wrong, verified |")
    print("|---|" + "---|" * (len(NAMES) + 2))
    for part in ("test", "held_out"):
        for layout in [*dict.fromkeys(stream.layout for stream in foreign.streams(part)), ""]:
            _line(layout or f"**all of {part}**", *tally(foreign.of(part, layout)))
    for language in sorted({stream.language for stream in foreign.streams("held_out")}):
        _line(f"held_out, {language}", *tally(foreign.of("held_out", "", language)))
    for part in ("test", "held_out"):
        cold, warm = learned(foreign.streams(part))
        _line(f"{part}, form not known", *cold)
        _line(f"{part}, form known", *warm)


def _line(name: str, right: Counter[str], count: Counter[str]) -> None:
    figures = " | ".join(f"{share(right, count, one):>8.1f}" for one in NAMES)
    print(f"| {name:<22} | {count['kind']:>6} | {figures} | {right['false']} |")


if __name__ == "__main__":
    main()
