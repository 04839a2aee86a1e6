"""Where keys stand: every path the standard reader gives has a line, and the line is the right one."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kvit.config.lines import Path, find_lines

KEYS = st.sampled_from(["a", "b-1", "c_d", "'x y'", '"q.\\"r"', "7"])
VALUES = st.sampled_from(
    [
        "1", "-1.5e3", "true", '"#no # comment"', "'it = [x]'", '"""\nthree = 3\n[x]\n"""', "'''\n]\n'''", "[]", "{}",
        "[1, 2,\n# [\n 3]", "{k = 1, l = {m = [2, {n = 3}]}}", "2026-11-21 10:00:00.5", '""""quoted""""', "[[1], ['a,b']]",
    ]
)  # fmt: skip
LINES = st.one_of(
    st.builds("{} = {}".format, KEYS, VALUES),
    st.builds("{} . {} = {} # tail".format, KEYS, KEYS, VALUES),
    st.builds("[{}]".format, KEYS),
    st.builds("[{}.{}]".format, KEYS, KEYS),
    st.builds("[[{}]]".format, KEYS),
    st.sampled_from(["", "# a = [comment"]),
)


def paths(value: Any, path: Path = ()) -> list[Path]:
    """Every path of a tree."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deep for step, each in inner for deep in paths(each, (*path, step)))]


@given(st.lists(LINES, max_size=12))
def test_every_path_has_a_line(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = find_lines(text)
    implied = {path[:end] for path in found for end in range(len(path))}
    assert {path for path in paths(tree) if path} <= found.keys() | implied
    assert found.keys() <= set(paths(tree))
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())


def test_the_lines_are_right() -> None:
    text = 'a.b = 1\n\n[t]\nk = """\nx = 1\n"""\nl = [\n 1,\n {m = 2},\n]\n[[t.u]]\n[[t.u]]\nv = 3\n[t.u.w]\ny = 4\n'
    found = find_lines(text)
    assert found[("a", "b")] == 1
    assert found[("t", "k")] == 4
    assert found[("t", "l")] == 7
    assert found[("t", "l", 1, "m")] == 9
    assert (found[("t", "u", 0)], found[("t", "u", 1)]) == (11, 12)
    assert found[("t", "u", 1, "w", "y")] == 15
