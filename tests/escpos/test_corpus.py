"""Streams of other people's tills and encoders: nothing lost, any chunking the same, hardly anything unknown."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from kvit.escpos import Encoder, Parser
from tests.escpos.feeding import every_way, parse

pytestmark = pytest.mark.shared

UNKNOWN_LIMIT = 12
"""Unknown commands over all streams: snippets of Brazilian natives that end in the middle and no profile tells apart."""


def streams(shared: Path) -> list[Path]:
    folder = shared / "escpos"
    return [path for path in sorted(folder.rglob("*")) if path.suffix in (".bin", ".escpos")]


def test_every_stream_survives_every_way_of_feeding(shared: Path) -> None:
    found = streams(shared)
    assert len(found) > 250
    unknown: Counter[bytes] = Counter()
    for path in found:
        data = path.read_bytes()
        for command in every_way(data):
            if command.name == "unknown":
                unknown[command.raw[:3]] += 1
    assert unknown.total() <= UNKNOWN_LIMIT, unknown


def test_every_command_of_every_stream_is_written_back(shared: Path) -> None:
    encoders = {None: Encoder(), "star-raster": Encoder("star-raster")}
    for path in streams(shared):
        parser = Parser()
        for command in parser.feed(path.read_bytes()) + parser.close():
            if command.name in ("text", "unknown", "payload", "display"):
                continue
            dialect = None if parser.dialect == "epson" else parser.dialect
            encoders.setdefault(dialect, Encoder(dialect))
            written = []
            for encoder in (encoders[dialect], encoders[None], encoders["star-raster"]):
                try:
                    written.append(encoder.encode(command.name, **command.fields))
                except ValueError:
                    continue
            assert command.raw in written, (path, command)


def test_another_encoders_typed_commands_begin_and_end_where_ours_do(shared: Path) -> None:
    dialects = {"esc-pos": None, "star-prnt": "starprnt", "star-line": "star"}
    cases = json.loads((shared / "escpos" / "encoder-oracle" / "oracle-4.0.1.json").read_text("utf-8"))
    assert len(cases) == 318
    for case in cases:
        if "bytes" not in case:
            assert "error" in case
            continue
        raw = bytes.fromhex(case["bytes"])
        commands = parse(raw, dialect=dialects[case["language"]])
        edges = {command.offset for command in commands} | {len(raw)}
        assert not any(command.name == "unknown" for command in commands), case
        at = 0
        for item in (item for line in case["lines"] for item in line):
            payload = bytes.fromhex(item.get("payload") or "")
            start = raw.index(payload, at)
            at = start + len(payload)
            if payload and item["type"] != "text":
                assert {start, at} <= edges, (case["name"], item)
