"""Gene map, lollipop, MLPA chart and MRD plot: what stands in them is what was given."""

from dataclasses import replace
from itertools import pairwise

import pytest
from pictures import (
    COURSE,
    HET,
    HOM,
    LIMITS,
    MIXED,
    NORMAL,
    VARIANTS,
    child,
    chip,
    marks,
    paths,
    texts,
    written,
)

from analysis.calls import CopyCall, State
from analysis.figures.gene_map import DeletedRange, ExonMark, gene_map
from analysis.figures.lollipop import HEADS, VariantKind, VariantMark, lollipop
from analysis.figures.mrd_plot import MrdPoint, MrdThreshold, mrd_plot, percent
from analysis.figures.palette import CALLS, STRIPE, WHITE
from analysis.figures.ratio_chart import ProbeMark, RatioBands, ratio_chart
from analysis.figures.svg import INK
from analysis.wording import say


def place(figure, text):
    """The middle of the one text that reads so."""
    (box,) = [item.box for item in written(figure) if item.text == text]
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


# --- gene map


def test_gene_map_prints_transcript_and_protein_length():
    assert "NM_006060.6, 519 aa, 7p12.2; introns not to scale" in texts(gene_map(child()))


def test_gene_map_prints_the_ratio_of_each_exon():
    figure = gene_map(child())
    for mark in child():
        assert f"{mark.ratio:.2f}" in texts(figure)
        assert (
            f"Exon {mark.exon}: {mark.call.label()}, ratio {mark.ratio:.2f}." in figure.alt_text()
        )


def test_gene_map_has_six_zinc_fingers_from_left_to_right():
    figure = gene_map(child())
    fingers = [text for text in texts(figure) if text.startswith("ZF")]
    assert fingers == ["ZF1", "ZF2", "ZF3", "ZF4", "ZF5", "ZF6"]
    places = [place(figure, finger)[0] for finger in fingers]
    assert places == sorted(places)


def test_gene_map_draws_the_deleted_range_and_says_it():
    figure = gene_map(child(), deletions=[DeletedRange(4, 7)])
    assert "exons 4-7, heterozygous deletion" in texts(figure)
    assert "Deleted: exons 4-7, heterozygous deletion." in figure.alt_text()
    assert marks(figure, fill=CALLS[HET].fill, stroke_width="0.5") == 1


def test_gene_map_draws_one_bar_for_one_chromosome_and_two_for_both():
    het = gene_map(child(), deletions=[DeletedRange(1, 8)])
    hom = gene_map(child(), deletions=[DeletedRange(1, 8, HOM)])
    assert marks(het, fill=CALLS[HET].fill, stroke_width="0.5") == 1
    assert marks(hom, fill=CALLS[HOM].fill, stroke_width="0.5") == 2


def test_gene_map_hatches_an_exon_that_was_left_out():
    whole, lacking = gene_map(child()), gene_map(child()[:7])
    assert marks(whole, stroke=STRIPE) == 0
    assert marks(lacking, stroke=STRIPE) > 0
    assert "Exon 8: not tested." in lacking.alt_text()
    edge = {"fill": WHITE, "stroke_dasharray": "2 1.5"}
    assert marks(whole, **edge) == 1  # in the legend alone
    assert marks(lacking, **edge) == 3  # and the two parts of exon 8


def test_gene_map_without_any_test_says_so_in_words_and_marks_no_ratio():
    figure = gene_map([])
    assert "copy number not tested" in texts(figure)
    assert not any(
        text.count(".") and text[0].isdigit() and len(text) == 4 for text in texts(figure)
    )
    assert "copy number not tested" not in texts(gene_map(MIXED))


def test_gene_map_puts_a_value_that_cannot_be_read_in_brackets():
    assert "(0.88)" in texts(gene_map(MIXED))


def test_gene_map_tells_the_five_states_of_an_exon_apart():
    states = (NORMAL, HET, CopyCall.AMBIGUOUS, CopyCall.NOT_EVALUABLE, CopyCall.NOT_TESTED)
    pictures = {gene_map([ExonMark(4, call)]).svg for call in states}
    assert len(pictures) == 5


@pytest.mark.parametrize(
    ("exons", "deletions"),
    [
        ([ExonMark(0, NORMAL)], []),
        ([ExonMark(9, NORMAL)], []),
        ([ExonMark(4, NORMAL), ExonMark(4, HET)], []),
        ([ExonMark(4, NORMAL, -0.1)], []),
        ([ExonMark(4, NORMAL, float("nan"))], []),
        ([], [DeletedRange(7, 4)]),
        ([], [DeletedRange(4, 9)]),
        ([], [DeletedRange(4, 7, NORMAL)]),
    ],
)
def test_gene_map_refuses_what_cannot_be(exons, deletions):
    with pytest.raises(ValueError):
        gene_map(exons, deletions=deletions)


# --- lollipop


def heads(figure, kind):
    """Marks of this kind, and one in the legend where there is any."""
    return marks(figure, fill=HEADS[kind][1], stroke_width="0.7")


def test_lollipop_has_one_head_a_variant_and_its_label():
    figure = lollipop(VARIANTS)
    for variant in VARIANTS:
        assert variant.label in texts(figure)
    for kind in set(VariantKind) - {VariantKind.OTHER}:  # "other" shares the protein's grey
        number = sum(variant.kind is kind for variant in VARIANTS)
        assert heads(figure, kind) == number + 1


def test_lollipop_writes_the_number_of_children_into_the_head():
    shown = texts(lollipop(VARIANTS))
    assert "12" in shown
    assert "100" in shown
    assert "number in the mark: children" in shown
    assert "number in the mark: children" not in texts(lollipop(VARIANTS[:1]))


def test_lollipop_alternative_text_names_residue_exon_and_finger():
    said = lollipop(VARIANTS).alt_text()
    assert "p.Gly158Ser, missense, residue 158 (exon 5, ZF2)." in said
    assert "p.Asn159Tyr, missense, residue 159 (exon 5, ZF2): 12 children." in said
    assert "p.Ser519Leu, other variant, residue 519 (exon 8): 100 children." in said


@pytest.mark.parametrize("residue", [-1, 0, 520, 10_000])
def test_lollipop_refuses_a_variant_past_the_ends(residue):
    with pytest.raises(ValueError, match="outside 1 to 519"):
        lollipop([VariantMark(residue, "p.X", VariantKind.MISSENSE)])


@pytest.mark.parametrize("residue", [1, 519])
def test_lollipop_takes_the_first_and_the_last_residue(residue):
    assert "p.X" in texts(lollipop([VariantMark(residue, "p.X", VariantKind.MISSENSE)]))


def test_lollipop_refuses_a_count_below_one():
    with pytest.raises(ValueError, match="a count of 0"):
        lollipop([VariantMark(5, "p.X", VariantKind.MISSENSE, 0)])


def test_lollipop_keeps_labels_of_crowded_variants_in_the_order_of_residues():
    crowd = [VariantMark(r, f"p.Xaa{r}Yaa", VariantKind.MISSENSE) for r in range(150, 170)]
    figure = lollipop(crowd)
    places = [place(figure, variant.label)[0] for variant in crowd]
    assert places == sorted(places)


def test_lollipop_says_how_many_it_draws_without_a_label_and_keeps_the_commonest():
    many = [VariantMark(r, f"p.{r}", VariantKind.MISSENSE) for r in range(1, 520, 4)]
    figure = lollipop(many)
    named = [text for text in texts(figure) if text.startswith("p.")]
    left_out = len(many) - len(named)
    assert left_out > 0
    assert f"{left_out} further variants are drawn without a label." in texts(figure)
    assert heads(figure, VariantKind.MISSENSE) == len(many) + 1
    assert all(f"p.{variant.residue}," in figure.alt_text() for variant in many)
    commonest = [replace(v, count=5) if v.residue > 400 else v for v in many]
    assert "p.517" in texts(lollipop(commonest))
    assert "p.517" not in named


@pytest.mark.parametrize("state", [State.NOT_TESTED, State.NOT_EVALUABLE, State.NOT_DETECTED])
def test_lollipop_without_variants_says_which_of_the_answers_it_is(state):
    figure = lollipop([], state=state)
    assert f"SNV/InDel: {state.label()}" in texts(figure)
    assert figure.alt_text() == f"SNV/InDel of IKZF1: {state.label()}."
    assert bool(paths(figure, stroke=STRIPE)) == (state is State.NOT_TESTED)


# --- ratio chart


def test_ratio_chart_has_a_mark_for_each_probe_with_a_ratio():
    figure, probes = ratio_chart(chip()), chip()
    normal = sum(p.call is NORMAL for p in probes)
    # A circle is one subpath; the legend has one more of each.
    assert marks(figure, fill=WHITE, stroke_width="0.7") == normal + 1
    assert marks(figure, fill=CALLS[HET].fill, stroke_width="0.7") == 4 + 1
    crosses = paths(figure, fill="none", stroke_width="1.1")
    assert "".join(crosses).count("M") == 2 * (1 + 1)


def test_ratio_chart_hatches_the_columns_of_probes_that_were_not_tested():
    tested = [probe for probe in chip() if probe.call is not CopyCall.NOT_TESTED]
    assert marks(ratio_chart(tested), stroke=STRIPE) == 0
    assert marks(ratio_chart(chip()), stroke=STRIPE) > 0


def test_ratio_chart_names_each_gene_once_in_the_given_order():
    figure, genes = ratio_chart(chip()), list(dict.fromkeys(p.gene for p in chip()))
    assert [text for text in texts(figure) if text in genes] == genes
    places = [place(figure, gene)[0] for gene in genes]
    assert places == sorted(places)


def test_ratio_chart_says_each_probe():
    said = ratio_chart(chip()).alt_text()
    assert "IKZF1: exon 1 ratio 0.96 normal" in said
    assert "exon 4 ratio 0.55 heterozygous deletion" in said
    assert "JAK2: exon 1 not tested, exon 2 not tested." in said
    assert "RB1: exon 1 not evaluable" in said


def test_ratio_chart_shows_a_ratio_above_its_scale_with_the_value():
    probe = ProbeMark("p", "PAR1", "1", 3.14159, CopyCall.HOM_DUP)
    assert "3.14" in texts(ratio_chart([probe]))


def test_ratio_chart_draws_the_bands_that_it_is_given():
    usual = ratio_chart(chip())
    assert usual.svg == ratio_chart(chip(), bands=RatioBands((0.8, 1.2), (0.4, 0.65))).svg
    assert usual.svg != ratio_chart(chip(), bands=RatioBands((0.75, 1.25), (0.4, 0.65))).svg


def test_ratio_chart_shows_the_expected_ratio_and_the_note_only_where_given():
    figure = ratio_chart(chip(), expected_het=0.65, note=say("Research use."))
    expected = "heterozygous deletion expected at 0.65 for the share of blasts"
    assert {expected, "Research use."} <= set(texts(figure))
    assert expected not in texts(ratio_chart(chip()))


@pytest.mark.parametrize("ratio", [-0.01, float("nan"), float("inf")])
def test_ratio_chart_refuses_a_ratio_that_cannot_be(ratio):
    with pytest.raises(ValueError):
        ratio_chart([ProbeMark("p", "IKZF1", "1", ratio, NORMAL)])


# --- MRD


def test_mrd_plot_fills_what_was_measured_and_leaves_open_what_was_below_a_limit():
    figure = mrd_plot(COURSE)
    assert marks(figure, fill=INK, stroke=INK) == 3 + 1  # and the legend
    assert marks(figure, fill=WHITE, stroke=INK) == 2 + 1


def test_mrd_plot_writes_values_with_their_sign_and_limits():
    shown = texts(mrd_plot(COURSE))
    assert {"85 %", "1.2 %", "0.03 %", "<LOD 0.01 %", "<0.001 %"} <= set(shown)


def test_mrd_plot_hatches_a_day_that_was_not_tested():
    figure = mrd_plot(COURSE)
    assert marks(figure, stroke=STRIPE) > 0
    assert texts(figure).count("not tested") == 2  # in the plot and in the legend
    tested = [point for point in COURSE if point.operator != "not_tested"]
    assert marks(mrd_plot(tested), stroke=STRIPE) == 0
    assert "not tested" not in texts(mrd_plot(tested))


def test_mrd_plot_says_each_day_and_each_threshold():
    said = mrd_plot(COURSE, thresholds=LIMITS[:1]).alt_text()
    assert said == (
        "MRD day 0: 85 %. MRD day 15: 1.2 %, detection limit 0.01 %. "
        "MRD day 33: 0.03 %, detection limit 0.01 %. MRD day 46: not tested. "
        "MRD day 84: <LOD 0.01 %. MRD day 90: <0.001 %. Threshold 0.1 %: day 15."
    )


def test_mrd_plot_does_not_invent_a_limit_that_nobody_recorded():
    figure = mrd_plot([MrdPoint(33, None, "not_detected")])
    assert "not detected, limit not recorded" in texts(figure)
    assert figure.alt_text() == "MRD day 33: not detected, limit not recorded."


def test_mrd_plot_without_points_says_so():
    assert "no measurement recorded" in texts(mrd_plot([]))


def test_mrd_plot_puts_equal_steps_between_powers_of_ten():
    figure = mrd_plot(COURSE)
    heights = [place(figure, text)[1] for text in ("100 %", "10 %", "1 %", "0.1 %", "0.01 %")]
    steps = [low - high for high, low in pairwise(heights)]
    assert steps == pytest.approx([steps[0]] * 4, abs=0.02)
    assert steps[0] > 0


@pytest.mark.parametrize(
    "point",
    [
        MrdPoint(15, 0.0),
        MrdPoint(15, -0.1),
        MrdPoint(15, 1.2),
        MrdPoint(15, float("nan")),
        MrdPoint(15, None),
        MrdPoint(15, None, "<"),
        MrdPoint(15, 0.1, lod=0.0),
        MrdPoint(15, 0.1, "~"),
    ],
)
def test_mrd_plot_refuses_what_is_no_measurement(point):
    with pytest.raises(ValueError):
        mrd_plot([point])


def test_mrd_plot_refuses_a_threshold_of_zero():
    with pytest.raises(ValueError):
        mrd_plot(COURSE, thresholds=[MrdThreshold(0, say("none"))])


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [(0.012, "1.2 %"), (1e-4, "0.01 %"), (1e-7, "0.00001 %"), (1, "100 %"), (0.001001, "0.1001 %")],
)
def test_percent_keeps_the_digits_that_count(fraction, expected):
    assert percent(fraction) == expected
