"""Any sheet: what a player might make of hostile bytes, and worse."""

from hypothesis import strategies as st

from kvit.paper.sheet import Event, Picture, Rule, Run, Sheet, Style, Symbol

STYLES = st.builds(
    Style,
    cell_width=st.integers(0, 40), cell_height=st.integers(0, 40), width=st.integers(1, 8), height=st.integers(1, 8),
    bold=st.booleans(), underline=st.integers(0, 2), italic=st.booleans(), invert=st.booleans(), turned=st.booleans(),
    colour=st.integers(0, 1),
)  # fmt: skip
PLACE = st.integers(-50, 600)
SIDE = st.integers(0, 300)
BOXES = st.one_of(
    st.builds(
        Run, x=PLACE, y=PLACE, width=SIDE, height=SIDE, text=st.text(max_size=8), advance=st.integers(0, 100), style=STYLES,
        direction=st.integers(0, 3), glyphs=st.none() | st.dictionaries(st.sampled_from("ab"), st.binary(max_size=80)),
    ),
    st.builds(
        Picture, x=PLACE, y=PLACE, width=SIDE, height=SIDE, columns=st.integers(0, 40), rows=st.integers(0, 40),
        bits=st.binary(max_size=64), scale_x=st.integers(1, 4), scale_y=st.integers(1, 4), direction=st.integers(0, 3),
        key=st.text(max_size=5), missing=st.booleans(),
    ),
    st.builds(
        Symbol, x=PLACE, y=PLACE, width=SIDE, height=SIDE, kind=st.sampled_from(["qr", "ean13", "code128", "pdf417", "?"]),
        data=st.binary(max_size=20), module=st.integers(1, 8), bar_height=st.integers(0, 100), hri=st.text(max_size=5),
        hri_place=st.integers(0, 3), direction=st.integers(0, 3), fault=st.sampled_from(["", "symbol.letters"]),
    ),
    st.builds(Rule, x=PLACE, y=PLACE, width=SIDE, height=SIDE),
)  # fmt: skip
SHEETS = st.builds(
    Sheet, width_dots=st.integers(0, 600), height_dots=st.integers(0, 700), boxes=st.lists(BOXES, max_size=6),
    language=st.sampled_from(["", "ko", "<x"]), dpi=st.integers(0, 300),
    events=st.lists(st.builds(Event, st.sampled_from(["cut", "pulse"]), PLACE), max_size=2),
)  # fmt: skip
