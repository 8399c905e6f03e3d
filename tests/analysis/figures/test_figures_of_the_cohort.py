"""Deletion map and gene frequencies: the counts are the given ones, with their denominators."""

from dataclasses import replace

import pytest
from pictures import BARS, HET, HOM, NORMAL, ROWS, calls, marks, paths, texts, written

from analysis.calls import CopyCall
from analysis.figures.deletion_map import DeletionRow, deletion_map
from analysis.figures.exon_scheme import boxes, runs
from analysis.figures.gene_frequency import GeneBar, gene_frequency
from analysis.figures.palette import CALLS


def test_exons_stand_in_order_with_the_fingers_of_the_model():
    scheme = boxes(left=20, right=460)
    edges = [edge for box in scheme for edge in (box.left, box.right)]
    assert edges == sorted(edges)
    assert (edges[0], edges[-1]) == pytest.approx((20, 460))
    fingers = {box.number: [name for name, _ in box.fingers] for box in scheme if box.fingers}
    assert fingers == {4: ["ZF1"], 5: ["ZF2", "ZF3"], 6: ["ZF4"], 8: ["ZF5", "ZF6"]}
    binding = [name for box in scheme for name, binds in box.fingers if binds]
    assert binding == ["ZF1", "ZF2", "ZF3", "ZF4"]


def test_exon_1_has_no_translated_part_and_the_inner_exons_nothing_else():
    scheme = boxes(left=20, right=460)
    assert scheme[0].coding_left == scheme[0].coding_right
    for box in scheme[2:7]:
        assert (box.coding_left, box.coding_right) == (box.left, box.right)
    assert scheme[1].coding_left > scheme[1].left
    assert scheme[7].coding_right < scheme[7].right


def test_runs_join_neighbours_of_one_call():
    assert runs(calls(4, 7)) == [(1, 3, NORMAL), (4, 7, HET), (8, 8, NORMAL)]
    assert runs(calls(1, 8, HOM)) == [(1, 8, HOM)]


def test_deletion_map_prints_the_counts_of_the_paper_with_their_shares():
    shown = texts(deletion_map(ROWS, total=22))
    # Fig. 4A: 8, 4, 3, 2 and 1 of 22 altered children.
    counts = ["8 (36.4 %)", "4 (18.2 %)", "3 (13.6 %)", "2 (9.1 %)", "1 (4.5 %)"]
    assert [text for text in shown if text in counts] == counts
    assert "children (of 22)" in shown


def test_deletion_map_draws_one_bar_through_the_introns_for_each_run():
    rows = [*ROWS, DeletionRow("1, 4-5", (HET, NORMAL, NORMAL, HET, HET, NORMAL, NORMAL, NORMAL))]
    assert marks(deletion_map(rows), fill=CALLS[HET].fill) == len(ROWS) + 2 + 1  # and the legend


def test_deletion_map_says_each_row():
    said = deletion_map(ROWS, total=22).alt_text()
    assert (
        "4-7 (exons 1-3 normal, exons 4-7 heterozygous deletion, exon 8 normal): "
        "8 of 22 children (36.4 %)." in said
    )
    assert deletion_map([DeletionRow("Z-1", calls(1, 8, HOM))]).alt_text() == (
        "Z-1: exons 1-8 homozygous deletion."
    )


def test_deletion_map_shows_exons_without_an_answer_hatched():
    row = DeletionRow("Z-1", (*calls(4, 7)[:7], CopyCall.NOT_TESTED))
    whole, lacking = deletion_map([DeletionRow("Z-1", calls(4, 7))]), deletion_map([row])
    assert marks(whole, stroke_dasharray="2 1.5") == 0
    assert marks(lacking, stroke_dasharray="2 1.5") == 1 + 1  # and the legend
    assert "exon 8 not tested" in lacking.alt_text()


def test_deletion_map_of_single_children_prints_no_count():
    shown = texts(deletion_map([DeletionRow("Z-1", calls(4, 7)), DeletionRow("Z-2", calls(1, 8))]))
    assert "children" not in shown
    assert shown.count("1") == 1  # exon 1


@pytest.mark.parametrize(
    ("row", "total"),
    [
        (DeletionRow("x", calls(4, 7)[:7]), None),
        (DeletionRow("x", calls(4, 7), 0), None),
        (DeletionRow("x", calls(4, 7), 23), 22),
    ],
)
def test_deletion_map_refuses_what_cannot_be(row, total):
    with pytest.raises(ValueError):
        deletion_map([row], total=total)


def test_gene_frequency_prints_altered_of_tested_and_share():
    shown = texts(gene_frequency(BARS))
    # Fig. 2A: NRAS 25.0 %, KRAS 19.0 %; IKZF1 22 of 200.
    for text in ("50/200 (25.0 %)", "38/200 (19.0 %)", "22/200 (11.0 %)", "0/180 (0.0 %)"):
        assert text in shown


def test_gene_frequency_puts_the_commonest_first_within_its_group_and_the_untested_last():
    genes = [bar.gene for bar in BARS]
    shown = [text for text in texts(gene_frequency(BARS)) if text in genes]
    assert shown == ["NRAS", "KRAS", "IKZF1", "PAX5", "ERG"]


def test_gene_frequency_gives_an_untested_gene_a_hatch_and_no_share():
    figure = gene_frequency(BARS)
    assert marks(figure, stroke_dasharray="2 1.5") == 1
    assert "not tested" in texts(figure)
    assert "ERG not tested" in figure.alt_text()
    assert "ERG 0 of 0" not in figure.alt_text()


def test_gene_frequency_draws_no_bar_for_none_altered():
    figure = gene_frequency(BARS)
    assert marks(figure, fill=CALLS[HET].fill) == 3


def test_gene_frequency_draws_lengths_in_proportion():
    figure = gene_frequency([GeneBar("A", "G", 20, 200), GeneBar("B", "G", 10, 200)])
    (drawn,) = paths(figure, fill=CALLS[HET].fill)
    first, second = (float(part.split("h")[1].split("v")[0]) for part in drawn.split("M")[1:])
    assert first == pytest.approx(2 * second, abs=0.02)


def test_gene_frequency_says_each_group():
    assert gene_frequency(BARS[:2]).alt_text() == (
        "Signaling pathway: NRAS 50 of 200 (25.0 %), KRAS 38 of 200 (19.0 %)."
    )


def test_gene_frequency_of_many_genes_stands_in_two_columns_without_a_lone_heading():
    bars = [GeneBar(f"G{i}", f"Group {i // 8}", 1 + i % 7, 200) for i in range(80)]
    items = {item.text: item.box for item in written(gene_frequency(bars))}
    for i in range(10):
        own = [items[f"G{n}"] for n in range(8 * i, 8 * i + 8)]
        below = [box for box in own if box.top > items[f"Group {i}"].top]
        assert any(abs(box.top - items[f"Group {i}"].top) < 11 for box in below)
    assert max(box.right for box in items.values()) > 240
    assert not [text for text in items if "continued" in text]


def test_gene_frequency_repeats_the_heading_of_a_group_that_goes_over_the_column():
    bars = [GeneBar(f"G{i}", f"Group {i // 10}", 1, 200) for i in range(30)]
    shown = texts(gene_frequency(bars))
    assert [text for text in shown if "continued" in text] == ["Group 1 (continued)"]


@pytest.mark.parametrize("bar", [GeneBar("X", "G", 3, 2), GeneBar("X", "G", -1, 2)])
def test_gene_frequency_refuses_more_altered_than_tested(bar):
    with pytest.raises(ValueError, match="altered of"):
        gene_frequency([replace(bar)])
