"""What holds for each figure, whatever it shows."""

import itertools
import logging
import re

import pytest
from pictures import EXAMPLES, HOSTILE, SVG, parsed, texts, written

from analysis.calls import CopyCall, State
from analysis.figures.deletion_map import DeletionRow, deletion_map
from analysis.figures.gene_frequency import GeneBar, gene_frequency
from analysis.figures.lettering import Box
from analysis.figures.lollipop import VariantKind, VariantMark, lollipop
from analysis.figures.mrd_plot import MrdPoint, MrdThreshold, mrd_plot
from analysis.figures.ratio_chart import ProbeMark, ratio_chart
from analysis.wording import say

LANGUAGES = ("en", "zh-hans")
each_figure = pytest.mark.parametrize("made", EXAMPLES.values(), ids=EXAMPLES)
each_language = pytest.mark.parametrize("language", LANGUAGES)

# All that the writer needs. A style, a script or a link would be refused by the portal's policy.
TAGS = {"svg", "title", "desc", "path", "text"}
ATTRIBUTES = {"viewBox", "width", "height", "role", "lang", "aria-labelledby", "id", "d", "x", "y"}
ATTRIBUTES |= {"fill", "stroke", "stroke-width", "stroke-dasharray", "transform", "text-anchor"}
ATTRIBUTES |= {"font-family", "font-size", "font-weight"}


@each_figure
@each_language
def test_figure_uses_nothing_that_a_strict_policy_refuses(made, language):
    for node in parsed(made(language=language)).iter():
        assert node.tag.removeprefix(SVG) in TAGS
        assert set(node.attrib) <= ATTRIBUTES


@each_figure
@each_language
def test_figure_says_its_title_and_its_data_to_a_screen_reader(made, language):
    figure = made(language=language, prefix="one")
    root = parsed(figure)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "one-title one-desc"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert (title.get("id"), title.text) == ("one-title", figure.title.text(language))
    assert (desc.get("id"), desc.text) == ("one-desc", figure.alt_text(language))
    assert desc.text


@each_figure
def test_figure_scales_from_a_page_170_mm_wide(made):
    figure = made()
    root = parsed(figure)
    left, top, width, height = map(float, root.get("viewBox").split())
    assert (left, top) == (0, 0)
    assert width == figure.width == pytest.approx(170 / 25.4 * 72, abs=0.5)
    assert height == pytest.approx(figure.height, abs=0.01)
    assert height < 257 / 25.4 * 72  # fits the page with 20 mm margins


@each_figure
@each_language
def test_figure_has_no_letter_smaller_than_print_can_bear(made, language):
    # Sizes are points at 170 mm; the pages print pictures 182 mm wide.
    assert min(item.size for item in written(made(language=language))) * 182 / 170 >= 6


@each_figure
@each_language
def test_figure_has_no_text_over_another_or_over_the_edge(made, language):
    figure = made(language=language)
    page = Box(0, 0, figure.width, figure.height)
    items = written(figure)
    assert [item.text for item in items if not item.box.within(page)] == []
    over = [(a.text, b.text) for a, b in itertools.combinations(items, 2) if a.box.overlaps(b.box)]
    assert over == []


@each_figure
def test_figure_is_the_same_bytes_each_time(made):
    assert made().svg == made().svg


@each_figure
def test_figure_refuses_a_prefix_that_is_no_name(made):
    with pytest.raises(ValueError, match="cannot begin an id"):
        made(prefix='a" onload="')


def test_figures_on_one_page_share_no_id():
    ids = []
    for number, made in enumerate(EXAMPLES.values()):
        ids += re.findall(r'\bid="([^"]*)"', made(prefix=f"figure{number}").svg)
    assert len(ids) == len(set(ids)) == 2 * len(EXAMPLES)


def test_figures_render_in_weasyprint_without_a_warning(caplog):
    from weasyprint import HTML

    body = "".join(made(prefix=f"f{i}").svg for i, made in enumerate(EXAMPLES.values()))
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        logging.getLogger("weasyprint").addHandler(caplog.handler)
        HTML(string=f"<body>{body}</body>").write_pdf()
    assert caplog.messages == []


def hostile_figures(text):
    missense = VariantKind.MISSENSE
    yield lollipop([VariantMark(9, text, missense)])
    yield deletion_map([DeletionRow(text, (CopyCall.HET_DEL,) * 8)])
    yield gene_frequency([GeneBar(text, "Group", 1, 2)])
    yield gene_frequency([GeneBar("X", text, 1, 2)])
    yield ratio_chart([ProbeMark(text, "IKZF1", text, 1.0, CopyCall.NORMAL)])
    yield ratio_chart([ProbeMark("p", text, "1", 1.0, CopyCall.NORMAL)])
    yield mrd_plot(
        [MrdPoint(15, 0.01, method="flow"), MrdPoint(33, 0.01, method=text)],
        thresholds=[MrdThreshold(0.001, say("{words}", words=text))],
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_itself(text):
    for figure in hostile_figures(text):
        assert {node.tag.removeprefix(SVG) for node in parsed(figure).iter()} <= TAGS
        assert text in figure.alt_text()
        # Where there is little room the beginning stands, and then an ellipsis.
        shown = [t for t in texts(figure) if text[:4] in t or (t.endswith("…") and t[0] == text[0])]
        assert shown


@pytest.mark.parametrize("text", ["x" * 10_000, "㛃" * 10_000])
def test_very_long_text_is_shortened_on_the_picture_and_whole_in_the_words(text):
    for figure in hostile_figures(text):
        assert all(item.box.right <= figure.width for item in written(figure))
        assert text in figure.alt_text()


def test_characters_that_xml_cannot_hold_do_not_break_the_picture():
    figure = lollipop([VariantMark(9, "a\x00b\ud800c￾", VariantKind.OTHER)])
    assert "a□b□c□" in texts(figure)


def test_picture_without_variants_needs_its_reason():
    for state in (None, State.ALTERED):
        with pytest.raises(ValueError, match="state that says why"):
            lollipop([], state=state)
