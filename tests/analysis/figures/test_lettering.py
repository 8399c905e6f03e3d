"""Labels: how wide they are, and that none covers another."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.figures.lettering import (
    Box,
    needed,
    place,
    shortened,
    spread,
    text_width,
    wrapped,
)

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
lengths = st.floats(0.5, 60, allow_nan=False)
anchors = st.floats(-50, 600, allow_nan=False)


@given(st.lists(st.tuples(anchors, lengths), max_size=30), st.floats(0, 8), st.floats(0, 300))
def test_spread_labels_never_overlap_and_stay_on_the_line(labels, gap, spare):
    points, widths = [a for a, _ in labels], [w for _, w in labels]
    high = needed(widths, gap) + spare
    centres = spread(points, widths, low=0, high=high, gap=gap)
    spans = sorted((c - w / 2, c + w / 2) for c, w in zip(centres, widths, strict=True))
    assert all(start >= -1e-6 and end <= high + 1e-6 for start, end in spans)
    for (_, end), (start, _) in pairwise(spans):
        assert start - end >= gap - 1e-6


@given(st.lists(st.tuples(anchors, lengths), min_size=2, max_size=30))
def test_spread_keeps_the_order_of_the_anchors(labels):
    points, widths = [a for a, _ in labels], [w for _, w in labels]
    centres = spread(points, widths, low=-1000, high=3000)
    for (a, c), (b, d) in pairwise(sorted(zip(points, centres, strict=True))):
        assert a == b or c < d


def test_spread_leaves_labels_that_have_room_where_they_belong():
    assert spread([30, 10, 50], [10, 10, 10], low=0, high=60, gap=2) == (30, 10, 50)


def test_spread_parts_two_labels_of_one_anchor_evenly():
    assert spread([50, 50], [10, 20], low=0, high=100, gap=5) == pytest.approx((40, 60))


def test_spread_refuses_what_cannot_fit():
    with pytest.raises(ValueError, match="wider than the line"):
        spread([1, 2], [10, 10], low=0, high=21, gap=2)


@given(
    st.lists(
        st.tuples(st.floats(0, 300), st.floats(0, 100), st.floats(2, 60), st.floats(2, 10)),
        max_size=15,
    )
)
def test_placed_labels_overlap_neither_each_other_nor_a_mark(labels):
    bounds = Box(0, 0, 300, 100)
    points = [(x, y) for x, y, _, _ in labels]
    marks = [Box(x - 1, y - 1, x + 1, y + 1) for x, y in points]
    boxes = place(points, [(w, h) for *_, w, h in labels], bounds=bounds, marks=marks)
    placed = [box for box in boxes if box]
    for i, box in enumerate(placed):
        assert box.within(bounds)
        assert not any(box.overlaps(other) for other in marks + placed[:i])


def test_place_finds_room_for_every_label_where_there_is_some():
    points = [(100, 50), (104, 50), (108, 50)]
    boxes = place(points, [(30, 8)] * 3, bounds=Box(0, 0, 200, 100))
    assert None not in boxes


def test_place_gives_none_where_there_is_no_room():
    assert place([(5, 5)], [(30, 8)], bounds=Box(0, 0, 20, 20)) == (None,)


def test_text_width_of_ascii_is_that_of_the_font():
    if not FONT.exists():
        pytest.skip(f"{FONT.name} is not installed")
    from fontTools.ttLib import TTCollection

    fonts = TTCollection(FONT, lazy=True).fonts
    font = next(f for f in fonts if f["name"].getDebugName(1) == "Noto Sans CJK SC")
    glyphs, advances = font.getBestCmap(), font["hmtx"]
    for char in [chr(code) for code in range(32, 127)] + ["–", "检", "㛃", "…", "□"]:
        width = advances[glyphs[ord(char)]][0] / font["head"].unitsPerEm
        assert text_width(char, 10) == pytest.approx(10 * width)


@given(st.text(max_size=200), st.floats(5, 200))
def test_shortened_text_fits_and_begins_like_the_text(text, width):
    found = shortened(text, 7, width)
    if found != text:
        assert found.endswith("…")
        assert text.startswith(found[:-1])
        assert text_width(found, 7) <= max(width, text_width("…", 7))
    else:
        assert text_width(text, 7) <= width


def test_label_is_wrapped_at_blanks_and_chinese_between_any_two_characters():
    text = "large deletion and SNV/InDel (3)"
    lines = wrapped(text, 7.2, 87)
    assert " ".join(lines) == text
    assert len(lines) == 2
    assert all(text_width(line, 7.2) <= 87 for line in lines)
    assert wrapped("大片段缺失合并", 10, 45) == ["大片段缺", "失合并"]


def test_label_that_fits_or_cannot_be_parted_is_one_line():
    assert wrapped("NRAS (4)", 7.2, 87) == ["NRAS (4)"]
    assert wrapped("SNV/InDel", 7.2, 10) == ["SNV/InDel"]
    assert wrapped("", 7.2, 10) == [""]
