"""Copy numbers of genes as the profiles take them: what a normal or a single loss may hide."""

import pytest

from analysis.calls import State
from reports import models
from reports.genetics_evidence import genetics_evidence

pytestmark = pytest.mark.django_db
FOUND, NOT_FOUND = State.ALTERED, State.NOT_DETECTED
UNREAD = State.NOT_EVALUABLE


@pytest.fixture
def locus(boy, mlpa, store):
    """`locus(gene, probes, blasts=..., marrow=...)`; `probes` are (exon, call[, ratio[, more]])."""

    def found(gene, probes, *, blasts=None, marrow=None, own_call=""):
        specimen = models.Specimen(patient=boy, number="S1", blast_percent=blasts)
        sample = mlpa(boy, {}, run="M1", specimen=specimen)
        person = {"override_call": own_call, "override_reason": "seen", "override_by": "Dr. A"}
        rows = [
            models.ProbeRatio(sample=sample, gene=gene, exon=exon, probe=f"p{n}", call=call,
                              ratio=ratio[0] if ratio else None, **(person if own_call else {}))
            for n, (exon, call, *ratio) in enumerate(probes)
        ]  # fmt: skip
        store(*rows, *([models.Findings(patient=boy, blasts_marrow=marrow)] if marrow else []))
        return genetics_evidence([boy.pk])[boy.pk].loci[gene]

    return found


@pytest.mark.parametrize(
    ("blasts", "marrow", "state"),
    [(40, None, UNREAD), (41, None, NOT_FOUND), (None, 15, UNREAD), (80, 15, NOT_FOUND),
     (None, None, NOT_FOUND)],
)  # fmt: skip
def test_few_blasts_prove_no_absence(locus, blasts, marrow, state):
    """At 40 % blasts the ratio of one copy lost is 0.80, which the ratio table calls normal."""
    found = locus("PAX5", [("1", "normal", 0.97), ("2", "normal", 1.02)],
                  blasts=blasts, marrow=marrow)  # fmt: skip
    assert found.deleted is state


def test_a_loss_that_few_blasts_show_stays_found(locus):
    assert locus("PAX5", [("1", "het_del", 0.6)], blasts=30).deleted is FOUND


def test_what_a_person_called_normal_stays_normal_with_few_blasts(locus):
    found = locus("PAX5", [("1", "ambiguous", 0.7)], blasts=30, own_call="normal")
    assert found.deleted is NOT_FOUND


@pytest.mark.parametrize(
    ("probes", "both"),
    [
        ([("1", "hom_del"), ("2", "hom_del")], FOUND),
        ([("1", "hom_del"), ("2", "het_del")], FOUND),  # exon 1 is gone from both copies
        ([("1", "hom_del"), ("1", "het_del")], UNREAD),  # two probes of one exon disagree
        ([("1", "het_del"), ("2", "normal")], NOT_FOUND),
    ],
)
def test_both_copies_are_hit_where_an_exon_is_gone_from_both(locus, probes, both):
    found = locus("CDKN2B", probes)
    assert (found.deleted, found.homozygous) == (FOUND, both)


@pytest.mark.parametrize(
    ("ratio", "blasts", "both"),
    [
        # Of both copies lost: 1 - b; of one: 1 - b / 2; between them lies 1 - 0.75 b.
        (0.50, 50, UNREAD),
        (0.62, 50, UNREAD),
        (0.63, 50, NOT_FOUND),
        (0.55, 90, NOT_FOUND),
        (0.45, None, NOT_FOUND),
    ],
)
def test_a_loss_of_both_copies_among_normal_cells_is_not_taken_for_one(locus, ratio, blasts, both):
    found = locus("CDKN2B", [("1", "het_del", ratio)], blasts=blasts)
    assert (found.deleted, found.homozygous) == (FOUND, both)


def test_a_person_settles_that_one_copy_is_lost(locus):
    found = locus("CDKN2B", [("1", "het_del", 0.5)], blasts=50, own_call="het_del")
    assert found.homozygous is NOT_FOUND
