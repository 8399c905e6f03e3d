"""Rows become analysis values: which sample speaks for a child, and in how few queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analysis.calls import CopyCall
from reports import models
from reports.evidence import ikzf1_evidence, source_of

pytestmark = pytest.mark.django_db

ALL_NORMAL = dict.fromkeys(range(1, 9), "normal")


def of(patient):
    return ikzf1_evidence([patient.pk])[patient.pk]


def calls(patient):
    return {item.exon: str(item.call) for item in of(patient).copy_number.exons}


def test_child_without_laboratory_records_is_said_to_be_untested(boy):
    evidence = of(boy)
    assert (evidence.copy_number.tested, evidence.sequencing.tested) == (False, False)


def test_exons_come_in_order_with_the_way_back_to_each_probe(boy, mlpa):
    sample = mlpa(boy, {8: "normal", 4: "het_del", 1: "hom_del"}, run="M1")
    copies = of(boy).copy_number
    assert [item.exon for item in copies.exons] == [1, 4, 8]
    probes = {probe.exon: source_of(probe) for probe in sample.probes.all()}
    assert [item.probes for item in copies.exons] == [(probes[e],) for e in ("1", "4", "8")]
    assert copies.source == f"reports.mlpasample:{sample.pk}"


def test_call_of_a_person_stands_before_that_of_the_machine(boy, mlpa, store):
    sample = mlpa(boy, {4: "het_del"}, run="M1")
    probe = sample.probes.get()
    probe.override_call, probe.override_reason, probe.override_by = "normal", "seen", "Dr. A"
    store(probe)
    assert calls(boy) == {4: "normal"}
    assert of(boy).copy_number.settled_exons == (4,)


@pytest.mark.parametrize(
    ("probes", "together"),
    [
        (["het_del", "het_del"], CopyCall.HET_DEL),
        (["hom_del", "het_del"], CopyCall.HET_DEL),
        (["hom_del", "hom_del"], CopyCall.HOM_DEL),
        (["het_dup", "hom_dup"], CopyCall.HET_DUP),
        (["het_del", "normal"], CopyCall.AMBIGUOUS),
        (["het_del", "het_dup"], CopyCall.AMBIGUOUS),
        (["normal", "not_evaluable"], CopyCall.AMBIGUOUS),
        (["normal", "not_tested"], CopyCall.NORMAL),
        (["not_tested", "not_tested"], CopyCall.NOT_TESTED),
    ],
)
def test_two_probes_of_one_exon_say_what_both_support(boy, mlpa, store, probes, together):
    sample = mlpa(boy, {}, run="M1")
    store(
        *(
            models.ProbeRatio(
                sample=sample, gene="IKZF1", exon="4", probe=f"p{n}", call=call, ratio=0.5 + n / 10
            )
            for n, call in enumerate(probes)
        )
    )
    (exon,) = of(boy).copy_number.exons
    assert exon.call is together
    assert exon.ratio == 0.55
    assert len(exon.probes) == 2


def test_probes_of_other_genes_and_outside_exons_do_not_enter(boy, mlpa, store):
    sample = mlpa(boy, {4: "normal"}, run="M1")
    others = [("PAX5", "5"), ("IKZF1", "")]
    store(
        *(
            models.ProbeRatio(sample=sample, gene=gene, exon=exon, call="het_del")
            for gene, exon in others
        )
    )
    assert calls(boy) == {4: "normal"}


def test_later_run_speaks_whatever_the_order_of_entry(boy, mlpa):
    mlpa(boy, {4: "het_del"}, run="late", run_date=dt.date(2020, 2, 1))
    mlpa(boy, {4: "normal"}, run="early", run_date=dt.date(2020, 1, 5))
    assert calls(boy) == {4: "het_del"}


def test_adequate_sample_speaks_before_a_later_failed_one(boy, mlpa):
    mlpa(boy, {4: "het_del"}, run="good", run_date=dt.date(2020, 1, 5))
    mlpa(boy, {}, run="failed", quality="failed", run_date=dt.date(2020, 2, 1))
    copies = of(boy).copy_number
    assert (copies.adequate, calls(boy)) == (True, {4: "het_del"})


def test_failed_sample_alone_is_tested_and_inadequate_with_its_reason(boy, mlpa):
    mlpa(boy, {}, run="failed", quality="failed")
    copies = of(boy).copy_number
    assert (copies.tested, copies.adequate) == (True, False)
    assert copies.inadequate_reason == "DNA degraded"


@pytest.mark.parametrize("time_point", ["remission", "relapse"])
def test_specimen_of_another_time_does_not_speak_for_the_diagnosis(boy, mlpa, store, time_point):
    later = store(models.Specimen(patient=boy, number="S2", time_point=time_point))
    mlpa(boy, {4: "het_del"}, run="M2", specimen=later)
    assert of(boy).copy_number.tested is False


@pytest.mark.parametrize(("own", "marrow", "expected"), [(60, 92, 60), (None, 92, 92), (0, 92, 0)])
def test_blasts_of_the_specimen_before_those_of_the_marrow(boy, mlpa, store, own, marrow, expected):
    store(models.Findings(patient=boy, blasts_marrow=marrow))
    specimen = store(models.Specimen(patient=boy, number="S2", blast_percent=own))
    mlpa(boy, {4: "normal"}, run="M1", specimen=specimen)
    assert of(boy).copy_number.blast_percent == expected


@pytest.mark.parametrize(
    ("genes", "covered"), [("IKZF1;NRAS", True), ("NRAS; KRAS", False), ("", None)]
)
def test_panel_says_whether_it_covers_ikzf1(boy, sequenced, genes, covered):
    sequenced(boy, run="N1", genes=genes)
    assert of(boy).sequencing.covers_ikzf1 is covered


def test_variants_of_ikzf1_enter_with_their_numbers(boy, sequenced):
    n159y = {
        "gene": "IKZF1", "transcript": "NM_006060.6", "hgvs_c": "c.475A>T",
        "hgvs_p": "p.Asn159Tyr", "consequence": "missense", "vaf": 0.31, "depth": 1500,
        "classification": "pathogenic",
    }  # fmt: skip
    sample = sequenced(
        boy,
        run="N1",
        variants=[n159y, {"gene": "NRAS", "hgvs_c": "c.35G>A"}],
        low_ikzf1_exons="8;1",
    )
    found = of(boy).sequencing
    (variant,) = found.variants
    assert {name: getattr(variant, name) for name in n159y} == n159y
    assert variant.source == source_of(sample.variants.get(gene="IKZF1"))
    assert found.low_exons == (1, 8)


def test_other_adequate_results_at_diagnosis_go_along_the_latest_first(boy, mlpa):
    for month, call in ((1, "het_del"), (3, "normal"), (2, "ambiguous")):
        mlpa(boy, {4: call}, run=f"M{month}", run_date=dt.date(2020, month, 5))
    mlpa(boy, {}, run="failed", quality="failed", run_date=dt.date(2020, 4, 5))
    evidence = of(boy)
    found = [evidence.copy_number, *evidence.other_copy_number]
    assert [str(item.exons[0].call) for item in found] == ["normal", "ambiguous", "het_del"]


def test_later_panel_without_ikzf1_does_not_silence_the_one_with_it(boy, sequenced):
    sequenced(boy, run="N1", variants=[{"gene": "IKZF1", "hgvs_c": "c.475A>T"}])
    sequenced(boy, run="N2", genes="ABL1;CRLF2")
    evidence = of(boy)
    assert [item.hgvs_c for item in evidence.sequencing.variants] == ["c.475A>T"]
    assert evidence.other_sequencing == ()


def test_later_mlpa_without_ikzf1_does_not_silence_the_one_with_it(boy, mlpa):
    mlpa(boy, {4: "het_del"}, run="M1", run_date=dt.date(2020, 1, 5))
    mlpa(boy, {}, run="P202", run_date=dt.date(2020, 2, 1))
    assert calls(boy) == {4: "het_del"}


def test_failed_mlpa_of_ikzf1_speaks_before_one_that_never_measured_it(boy, mlpa):
    mlpa(boy, {}, run="failed", quality="failed")
    mlpa(boy, {}, run="P202")
    assert of(boy).copy_number.adequate is False


def test_number_of_queries_is_the_same_for_one_child_and_for_three(
    register, mlpa, sequenced, django_assert_num_queries
):
    children = [register(str(number)) for number in range(3)]
    for number, child in enumerate(children):
        mlpa(child, ALL_NORMAL, run=f"M{number}")
        sequenced(child, run=f"N{number}", variants=[{"gene": "IKZF1", "hgvs_c": "c.475A>T"}])
    with CaptureQueriesContext(connection) as one:
        ikzf1_evidence([children[0].pk])
    with django_assert_num_queries(len(one)):
        evidence = ikzf1_evidence([child.pk for child in children])
    assert [len(item.copy_number.exons) for item in evidence.values()] == [8, 8, 8]
    assert len(one) <= 6


def test_children_are_not_mixed_up(register, mlpa):
    first, second = register("1"), register("2")
    mlpa(first, {4: "het_del"}, run="M1")
    mlpa(second, {4: "hom_del"}, run="M2")
    evidence = ikzf1_evidence([second.pk, first.pk])
    found = {pk: str(item.copy_number.exons[0].call) for pk, item in evidence.items()}
    assert found == {first.pk: "het_del", second.pk: "hom_del"}
