"""Every contiguous exon range: names, consequence and doubt, against the checked table."""

import json

import pytest
from mutalyzer_hgvs_parser import to_model

from analysis.calls import Certainty
from analysis.deletion import Consequence, deletion, range_text, ranges
from analysis.gene import BUILDS, MODEL_FILE, ikzf1
from analysis.wording import Message

ALL = [(first, last) for first in range(1, 9) for last in range(first, 9)]
TABLE = json.loads(MODEL_FILE.read_text())["deletion_patterns"]
# By hand, from the zinc fingers of each exon (4: ZF1; 5: ZF2, ZF3; 6: ZF4; 3 and 7: none).
PREDICTED = {(3, 5), (3, 6), (3, 7), (4, 5), (4, 6), (5, 5), (5, 6), (5, 7)}
UNCERTAIN = {(3, 3), (3, 4), (4, 4), (6, 6), (6, 7), (7, 7)}
CLASSES = {
    "loss_whole_gene_haploinsufficiency": {Consequence.HAPLOINSUFFICIENCY},
    "loss_of_expression_haploinsufficiency": {Consequence.HAPLOINSUFFICIENCY},
    "dominant_negative": {Consequence.DOMINANT_NEGATIVE},
    "in_frame_isoform_change (reduced/altered DNA binding, uncertain)": {
        Consequence.ALTERED_PROTEIN
    },
    "regulatory_5prime_uncertain (paper: hypofunction/haploinsufficiency)": {
        Consequence.LIKELY_HAPLOINSUFFICIENCY
    },
}


def _expected(first, last):
    if first <= 2 <= last or last == 8:
        return Consequence.HAPLOINSUFFICIENCY, Certainty.ESTABLISHED
    if (first, last) == (1, 1):
        return Consequence.LIKELY_HAPLOINSUFFICIENCY, Certainty.UNCERTAIN
    if (first, last) == (4, 7):
        return Consequence.DOMINANT_NEGATIVE, Certainty.ESTABLISHED
    if (first, last) in PREDICTED:
        return Consequence.DOMINANT_NEGATIVE, Certainty.PREDICTED
    assert (first, last) in UNCERTAIN
    return Consequence.ALTERED_PROTEIN, Certainty.UNCERTAIN


def test_there_are_36_ranges():
    assert len(ALL) == 36


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["pattern"])
def test_deletion_equals_the_checked_table(row):
    found = deletion(*row["exons"])
    assert found.pattern == row["pattern"]
    assert found.hgvs_c == row["hgvs_c"]
    assert found.hgvs("GRCh37") == row["hgvs_g_grch37"]
    assert found.hgvs("GRCh38") == row["hgvs_g_grch38"]
    assert found.cds_removed == row["cds_nt_removed"]
    assert found.start_codon_removed == row["start_codon_removed"]
    assert found.stop_codon_removed == row["stop_codon_removed"]
    assert list(found.zinc_fingers_removed) == row["zf_removed"]
    assert found.in_frame == row["in_frame_if_internal"]
    assert found.remaining_aa == row.get("remaining_aa")
    removed = row.get("residues_removed")
    assert found.residues_removed == (tuple(removed) if removed else None)
    assert found.consequence in CLASSES[row["functional_class"]]


@pytest.mark.parametrize(("first", "last"), ALL)
def test_consequence_of_every_range(first, last):
    found = deletion(first, last)
    assert (found.consequence, found.certainty) == _expected(first, last)


@pytest.mark.parametrize(("first", "last"), ALL)
def test_hgvs_of_every_range_is_read_by_a_parser(first, last):
    found = deletion(first, last)
    for name in (found.hgvs_c, *(found.hgvs(build) for build in BUILDS)):
        model = to_model(name)
        assert [variant["type"] for variant in model["variants"]] == ["deletion"]
        location = model["variants"][0]["location"]
        assert location["start"]["uncertain"]
        assert location["end"]["uncertain"]


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize(("first", "last"), [r for r in ALL if r[0] > 1 and r[1] < 8])
def test_genomic_breakpoints_lie_within_the_introns_beside_the_range(first, last, build):
    location = to_model(deletion(first, last).hgvs(build))["variants"][0]["location"]
    gene = ikzf1()
    start, end = location["start"], location["end"]
    assert start["start"]["position"] == gene.exon(first - 1).span(build)[1] + 1
    assert start["end"]["position"] == gene.exon(first).span(build)[0] - 1
    assert end["start"]["position"] == gene.exon(last).span(build)[1] + 1
    assert end["end"]["position"] == gene.exon(last + 1).span(build)[0] - 1


def test_deletion_of_exons_4_to_7_is_ik6_with_289_residues():
    found = deletion(4, 7)
    assert (found.isoform, found.isoform_certainty) == ("IK6", Certainty.ESTABLISHED)
    assert found.remaining_aa == 289
    assert found.protein == "p.(Ala54_Leu283del)"
    assert found.hgvs_c == "NM_006060.6:c.(160+1_161-1)_(850+1_851-1)del"
    assert found.zinc_fingers_removed == ("ZF1", "ZF2", "ZF3", "ZF4")


@pytest.mark.parametrize(
    ("exons", "name"), [((4, 4), "IK2"), ((6, 7), "IK5"), ((4, 6), "IK7"), ((5, 7), "IK8")]
)
def test_other_isoform_names_say_that_they_are_unconfirmed(exons, name):
    found = deletion(*exons)
    assert (found.isoform, found.isoform_certainty) == (name, Certainty.UNCONFIRMED)
    assert "isoform_name_unconfirmed" in [reason.code for reason in found.reasons]


@pytest.mark.parametrize(("first", "last"), ALL)
def test_ik9_and_ik10_are_never_printed(first, last):
    found = deletion(first, last)
    text = " ".join([found.isoform, *(reason.text() for reason in found.reasons)])
    assert "IK9" not in text
    assert "IK10" not in text


@pytest.mark.parametrize(("first", "last"), ALL)
def test_every_deletion_says_why_in_whole_sentences(first, last):
    found = deletion(first, last)
    assert found.reasons
    for reason in found.reasons:
        assert isinstance(reason.message, Message)
        assert reason.text().endswith(".")
        assert "{" not in reason.text()


def test_codons_at_exon_borders_begin_with_g():
    """On this rests that the codon sewn together reads as the later residue: A, D, E, G and V are
    the amino acids whose codons begin with G."""
    gene = ikzf1()
    for exon in gene.exons[1:7]:
        assert gene.protein_sequence[exon.codon_last - 1] in "ADEGV"


@pytest.mark.parametrize(("first", "last"), [r for r in ALL if r[0] >= 3 and r[1] <= 7])
def test_predicted_protein_is_what_is_left_of_the_sequence(first, last):
    found = deletion(first, last)
    letters = ikzf1().protein_sequence
    start, end = found.residues_removed
    left = letters[: start - 1] + letters[end:]
    assert len(left) == found.remaining_aa == 519 - found.cds_removed // 3
    named = to_model(f"NP_006051.1:{found.protein}")["variants"][0]["location"]
    a, b = named["start"]["position"], named["end"]["position"]
    assert letters[: a - 1] + letters[b:] == left
    assert letters[a - 1] != letters[b]  # the most C-terminal way to name it


@pytest.mark.parametrize(("first", "last"), [r for r in ALL if r[0] <= 2 or r[1] == 8])
def test_no_protein_is_predicted_where_start_or_end_is_lost(first, last):
    found = deletion(first, last)
    assert (found.protein, found.remaining_aa, found.isoform) == ("", None, "")


@pytest.mark.parametrize(
    ("copies", "exons", "text"),
    [
        (1, (4, 7), "rsa 7p12.2(IKZF1 exons 4-7)x1"),
        (0, (4, 7), "rsa 7p12.2(IKZF1 exons 4-7)x0"),
        (1, (4, 4), "rsa 7p12.2(IKZF1 exon 4)x1"),
        (1, (1, 8), "rsa 7p12.2(IKZF1 exons 1-8)x1"),
    ],
)
def test_iscn_names_exons_and_copies_and_says_its_punctuation_is_unconfirmed(copies, exons, text):
    found = deletion(*exons, copies=copies)
    assert found.iscn == text
    assert found.iscn_certainty is Certainty.UNCONFIRMED


@pytest.mark.parametrize(
    ("exons", "consequence"),
    [
        ((1, 8), Consequence.COMPLETE_LOSS),
        ((2, 7), Consequence.COMPLETE_LOSS),
        ((1, 1), Consequence.LIKELY_COMPLETE_LOSS),
        ((4, 7), Consequence.DOMINANT_NEGATIVE),
    ],
)
def test_homozygous_loss_is_not_called_haploinsufficiency(exons, consequence):
    found = deletion(*exons, copies=0)
    assert found.consequence is consequence
    assert "deletion_homozygous" in [reason.code for reason in found.reasons]


def test_whole_gene_loss_points_to_the_karyotype():
    assert "karyotype" in " ".join(reason.text() for reason in deletion(1, 8).reasons)


def test_uncertain_borders_widen_the_names_up_to_the_next_exon_that_was_read():
    found = deletion(4, 4, possible_first=3, possible_last=5)
    assert found.hgvs_c == "NM_006060.6:c.(40+1_161-1)_(421+1_590-1)del"
    assert found.hgvs("GRCh38") == "NC_000007.14:g.(50319102_50376532)_(50376794_50387344)del"
    assert not found.borders_certain
    to_model(found.hgvs_c)


def test_uncertain_borders_at_the_end_of_the_gene_are_open():
    found = deletion(4, 7, possible_last=8)
    assert found.hgvs_c == "NM_006060.6:c.(160+1_161-1)_(850+1_?)del"
    to_model(found.hgvs_c)


def test_uncertain_borders_leave_the_consequence_open_where_it_depends_on_them():
    found = deletion(4, 7, possible_last=8)
    assert (found.consequence, found.certainty) == (Consequence.UNDETERMINED, Certainty.UNCERTAIN)
    assert (found.isoform, found.in_frame, found.remaining_aa) == ("", None, None)


def test_uncertain_borders_keep_a_consequence_that_does_not_depend_on_them():
    found = deletion(2, 7, possible_first=1)
    assert found.consequence is Consequence.HAPLOINSUFFICIENCY
    assert found.certainty is Certainty.ESTABLISHED


def test_uncertain_borders_take_the_least_sure_of_equal_consequences():
    found = deletion(4, 7, possible_first=3)
    assert found.consequence is Consequence.DOMINANT_NEGATIVE
    assert found.certainty is Certainty.PREDICTED


@pytest.mark.parametrize("exons", [(0, 3), (5, 4), (4, 9)])
def test_range_outside_the_gene_is_refused(exons):
    with pytest.raises(ValueError, match="not a range"):
        deletion(*exons)


def test_copies_other_than_none_or_one_are_refused():
    with pytest.raises(ValueError, match="0 or 1 copies"):
        deletion(4, 7, copies=2)


def test_ranges_are_runs_of_neighbours_and_never_joined():
    assert ranges({7, 4, 5, 1}) == ((1, 1), (4, 5), (7, 7))
    assert ranges(set()) == ()
    assert (range_text(4, 7), range_text(3, 3)) == ("4-7", "3")
