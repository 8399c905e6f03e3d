"""The writer: short numbers, merged paths, escaped text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.figures.svg import Canvas, Pen, rectangle, short, slanted
from analysis.wording import say


def made(canvas):
    words = {"title": say("Title"), "alt": say("Words."), "language": "en", "prefix": "p"}
    return canvas.figure(height=10, **words).svg


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.0, "1"), (1.50, "1.5"), (-0.001, "0"), (2.345, "2.35"), (100, "100"), (-0.5, "-0.5")],
)
def test_short_leaves_out_digits_that_say_nothing(number, text):
    assert short(number + 1e-9 if number == 2.345 else number) == text


def test_marks_of_one_pen_become_one_path():
    canvas = Canvas()
    for x in range(50):
        canvas.draw(Pen("#123456"), rectangle(x, 0, 1, 1))
    assert made(canvas).count("#123456") == 1


def test_bare_lines_lie_above_filled_paths_of_a_layer_and_below_the_next():
    canvas = Canvas()
    canvas.draw(Pen(stroke="#111111"), "M0 0h1")
    canvas.draw(Pen("#222222"), rectangle(0, 0, 1, 1))
    canvas.layer()
    canvas.draw(Pen("#333333"), rectangle(0, 0, 1, 1))
    svg = made(canvas)
    assert svg.index("#222222") < svg.index("#111111") < svg.index("#333333")


@given(st.floats(1, 90), st.floats(1, 90), st.booleans())
def test_hatch_stays_inside_its_rectangle(width, height, rising):
    drawn = slanted(10, 20, width, height, step=4, rising=rising)
    for part in drawn.split("M")[1:]:
        for point in part.split("L"):
            x, y = map(float, point.split())
            assert 10 - 0.01 <= x <= 10 + width + 0.01
            assert 20 - 0.01 <= y <= 20 + height + 0.01


def test_hatch_lines_rise_or_fall_as_asked():
    for rising in (True, False):
        for part in slanted(0, 0, 20, 12, step=4, rising=rising).split("M")[1:]:
            (x1, y1), (x2, y2) = (map(float, point.split()) for point in part.split("L"))
            # y grows downwards: a rising line goes up where x grows.
            assert ((x2 - x1) * (y2 - y1) < 0) == rising
            assert abs(x2 - x1) == pytest.approx(abs(y2 - y1), abs=0.02)


def test_alternative_text_of_several_sentences_has_blanks_only_where_the_language_has_them():
    canvas = Canvas()
    figure = canvas.figure(
        height=10, title=say("T"), alt=(say("One."), say("Two.")), language="en", prefix="p"
    )
    assert figure.alt_text("en") == "One. Two."
    assert figure.alt_text("zh-hans") == "One.Two."
