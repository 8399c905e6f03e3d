"""The gene model agrees with itself and with what is known of NM_006060.6."""

import itertools
import json
from pathlib import Path

import pytest

from analysis.calls import Certainty
from analysis.gene import BUILDS, MODEL_FILE, ikzf1

FACTS = Path(__file__).parents[2].parent / "shared" / "facts" / "ikzf1_model.json"
# First and last coding base of exons 2-8 by the HGVS ranges of the transcript's introns.
CODING = {2: (1, 40), 3: (41, 160), 4: (161, 421), 5: (422, 589), 6: (590, 715), 7: (716, 850)}
CODING[8] = (851, 1560)


def test_model_is_the_checked_facts():
    if not FACTS.exists():
        pytest.skip("the checked facts are not beside this repository")
    assert json.loads(MODEL_FILE.read_text()) == json.loads(FACTS.read_text())


def test_transcript_and_protein_are_named_with_their_lengths():
    gene = ikzf1()
    assert (gene.symbol, gene.transcript, gene.band) == ("IKZF1", "NM_006060.6", "7p12.2")
    assert gene.protein_length == 519
    assert gene.cds_length == 3 * (gene.protein_length + 1)
    assert gene.protein_sequence.startswith("M")


def test_model_is_read_once():
    assert ikzf1() is ikzf1()


@pytest.mark.parametrize("build", BUILDS)
def test_exons_lie_in_order_and_are_as_long_on_the_genome_as_in_the_transcript(build):
    spans = [exon.span(build) for exon in ikzf1().exons]
    assert [end - start + 1 for start, end in spans] == [exon.length for exon in ikzf1().exons]
    assert all(left[1] < right[0] for left, right in itertools.pairwise(spans))


def test_exons_join_into_the_transcript():
    edges = [(exon.tx_start, exon.tx_end) for exon in ikzf1().exons]
    assert edges[0][0] == 1
    assert all(right[0] == left[1] + 1 for left, right in itertools.pairwise(edges))
    gene = ikzf1()
    assert edges[-1][1] == gene.utr5_length + gene.cds_length + gene.utr3_length


def test_builds_differ_by_one_shift_on_each_side_of_the_gap():
    """hg19 and hg38 run parallel within an exon, so each exon has one shift."""
    for exon in ikzf1().exons:
        (start37, end37), (start38, end38) = exon.span("GRCh37"), exon.span("GRCh38")
        assert start37 - start38 == end37 - end38


@pytest.mark.parametrize(("exon", "span"), CODING.items())
def test_exon_of_cds_position_at_both_ends_of_each_exon(exon, span):
    assert [ikzf1().exon_of_cds_position(place) for place in span] == [exon, exon]


@pytest.mark.parametrize("position", [0, -5, 1561])
def test_exon_of_cds_position_outside_the_coding_sequence_is_refused(position):
    with pytest.raises(ValueError, match="outside"):
        ikzf1().exon_of_cds_position(position)


@pytest.mark.parametrize(("residue", "exon"), [(1, 2), (14, 2), (15, 3), (159, 5), (519, 8)])
def test_exon_of_residue_is_that_of_its_first_base(residue, exon):
    assert ikzf1().exon_of_residue(residue) == exon


@pytest.mark.parametrize("residue", [0, 520])
def test_exon_of_residue_outside_the_protein_is_refused(residue):
    with pytest.raises(ValueError, match="outside"):
        ikzf1().exon_of_residue(residue)


def test_exon_number_outside_the_gene_is_refused():
    with pytest.raises(ValueError, match="exons 1 to 8"):
        ikzf1().exon(9)


@pytest.mark.parametrize(
    ("residue", "finger"),
    [
        (116, None),
        (117, "ZF1"),
        (159, "ZF2"),
        (167, "ZF2"),
        (170, None),
        (184, "ZF3"),
        (208, "ZF4"),
        (304, None),
        (464, "ZF5"),
        (514, "ZF6"),
        (515, None),
    ],
)
def test_zinc_finger_of_residue(residue, finger):
    found = ikzf1().zinc_finger_of(residue)
    assert (found.name if found else None) == finger


def test_zinc_fingers_have_two_cysteines_and_two_histidines_where_they_should():
    for finger in ikzf1().zinc_fingers:
        letters = ikzf1().protein_sequence[finger.aa_start - 1 : finger.aa_end]
        assert letters.count("C") >= 2
        assert letters.count("H") >= 2


def test_four_fingers_bind_dna_and_two_pair_the_protein():
    binding = [finger.name for finger in ikzf1().zinc_fingers if finger.binds_dna]
    assert binding == ["ZF1", "ZF2", "ZF3", "ZF4"]
    assert {exon for f in ikzf1().zinc_fingers if not f.binds_dna for exon in f.exons} == {8}
    assert not any(7 in finger.exons for finger in ikzf1().zinc_fingers)


def test_hotspots_carry_their_certainty():
    by_name = {spot.protein: spot for spot in ikzf1().hotspots}
    assert by_name["p.Asn159Tyr"].hgvs_c == "c.475A>T"
    assert by_name["p.Asn159Tyr"].certainty is Certainty.ESTABLISHED
    assert by_name["p.Arg208"].certainty is Certainty.UNCONFIRMED
    assert [spot.residue for spot in ikzf1().hotspots_of(159)] == [159, 159]
    assert ikzf1().hotspots_of(2) == ()


def test_isoform_names_are_unconfirmed_but_for_ik1_and_ik6():
    names = {item.name: item.certainty for item in ikzf1().isoforms}
    sure = {name for name, certainty in names.items() if certainty is Certainty.ESTABLISHED}
    assert sure == {"IK1", "IK6"}
    assert not {"IK9", "IK10"} & set(names)
    assert ikzf1().isoform_without((4, 5, 6, 7)).name == "IK6"
    assert ikzf1().isoform_without((3,)) is None
