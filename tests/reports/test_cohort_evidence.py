"""Rows become children of a cohort: four answers kept apart, in a fixed number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analysis.calls import State
from analysis.cohort.frame import AlterationKind
from reports import models
from reports.cohort_evidence import cohort_children

pytestmark = pytest.mark.django_db

DELETED_4_7 = dict.fromkeys(range(1, 9), "normal") | dict.fromkeys(range(4, 8), "het_del")


def of(patient):
    (child,) = cohort_children([patient.pk])
    return child


def test_child_with_nothing_recorded_was_tested_for_nothing(boy):
    child = of(boy)
    # 2016-03-01 to 2020-01-02 are 1402 days
    assert (child.id, child.sex, child.age_years) == (boy.pk, "male", 3.84)
    assert (child.wbc, child.mrd_d15, child.risk_group) == (None, None, None)
    states = {child.ikzf1, child.hyperdiploid, child.etv6_runx1, child.ph_or_ph_like}
    assert states == {State.NOT_TESTED}
    assert (child.genes_tested, child.alterations) == (frozenset(), ())


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"operator": "=", "fraction": 0.002}, State.ALTERED),
        ({"operator": "=", "fraction": 0.001}, State.NOT_DETECTED),  # strictly above counts
        ({"operator": "<", "fraction": 0.0001}, State.NOT_DETECTED),
        ({"operator": "<", "fraction": 0.01}, State.NOT_EVALUABLE),
        ({"operator": "not_detected", "lod_fraction": 0.0001}, State.NOT_DETECTED),
        ({"operator": "not_detected"}, State.NOT_EVALUABLE),
        ({"operator": "not_evaluable"}, State.NOT_EVALUABLE),
        ({"operator": "not_tested"}, State.NOT_TESTED),
        # Blood holds fewer of the cells: alone it answers for no marrow, on neither side.
        ({"operator": "=", "fraction": 0.002, "material": "blood"}, State.NOT_EVALUABLE),
        ({"operator": "=", "fraction": 0.00001, "material": "blood"}, State.NOT_EVALUABLE),
        ({"operator": "=", "fraction": 0.002, "material": "marrow"}, State.ALTERED),
        ({"operator": "not_tested", "material": "blood"}, State.NOT_TESTED),
    ],
)
def test_mrd_of_day_15_keeps_its_four_answers(boy, store, fields, state):
    store(models.Mrd(patient=boy, day=15, method="flow", **fields))
    assert of(boy).mrd_d15_above is state
    assert of(boy).mrd_d33_above is State.NOT_TESTED


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"modal_number": 51}, State.ALTERED),
        ({"modal_number": 65}, State.ALTERED),
        ({"modal_number": 50}, State.NOT_DETECTED),
        ({"modal_number": 66}, State.NOT_DETECTED),
        ({"karyotype_state": "normal"}, State.NOT_DETECTED),
        ({"karyotype_state": "failed"}, State.NOT_EVALUABLE),
        ({"karyotype_state": "not_tested"}, State.NOT_TESTED),
        ({}, State.NOT_TESTED),
    ],
)
def test_hyperdiploid_is_51_to_65_chromosomes(boy, store, fields, state):
    store(models.Findings(patient=boy, **fields))
    assert of(boy).hyperdiploid is state


@pytest.mark.parametrize(
    ("results", "state"),
    [
        (["detected", "not_detected"], State.ALTERED),
        (["not_detected", "not_evaluable"], State.NOT_DETECTED),
        (["not_evaluable", "not_tested"], State.NOT_EVALUABLE),
        (["not_tested"], State.NOT_TESTED),
    ],
)
def test_fusion_by_several_methods_is_one_answer(boy, store, results, state):
    methods = ["rt_pcr", "fish"]
    store(
        *(
            # the order of the two genes does not matter
            models.FusionResult(patient=boy, gene_a=a, gene_b=b, method=method, result=result)
            for method, result, (a, b) in zip(
                methods, results, [("ETV6", "RUNX1"), ("RUNX1", "ETV6")], strict=False
            )
        )
    )
    child = of(boy)
    assert child.etv6_runx1 is state
    assert child.tcf3_pbx1 is State.NOT_TESTED


def test_genes_of_an_adequate_panel_are_tested_and_of_a_failed_one_not_evaluable(
    register, sequenced
):
    good, failed = register("1"), register("2")
    sequenced(good, run="N1", genes="NRAS;KRAS")
    sequenced(failed, run="N2", genes="NRAS;KRAS", quality="failed")
    panel = frozenset({"NRAS", "KRAS"})
    first, second = cohort_children([good.pk, failed.pk])
    assert (first.genes_tested, first.genes_not_evaluable) == (panel, frozenset())
    assert (second.genes_tested, second.genes_not_evaluable) == (frozenset(), panel)


@pytest.mark.parametrize(
    ("variant", "kinds"),
    [
        ({"hgvs_c": "c.35G>A", "consequence": "missense"}, [AlterationKind.SNV]),
        ({"hgvs_c": "c.35delG", "consequence": "frameshift"}, [AlterationKind.INDEL]),
        ({"hgvs_c": "c.35_36insA", "classification": "uncertain"}, [AlterationKind.INDEL]),
        ({"hgvs_c": "c.36T>C", "consequence": "synonymous"}, []),
        ({"hgvs_c": "c.35G>A", "classification": "benign"}, []),
        ({"hgvs_c": "c.35G>A", "classification": "likely_benign"}, []),
    ],
)
def test_variant_that_changes_nothing_is_no_alteration(boy, sequenced, variant, kinds):
    sequenced(boy, run="N1", variants=[{"gene": "NRAS", **variant}])
    child = of(boy)
    assert [item.kind for item in child.alterations] == kinds
    assert "NRAS" in child.genes_tested


def test_ikzf1_is_as_its_stored_status_says(boy, mlpa, sequenced):
    mlpa(boy, DELETED_4_7, run="M1")
    sequenced(boy, run="N1", genes="NRAS")
    child = of(boy)
    assert (child.ikzf1, child.ikzf1_sequence_variant) == (State.ALTERED, State.NOT_TESTED)
    assert child.ikzf1_deletions == ("del4-7",)
    assert [(item.gene, item.kind) for item in child.alterations] == [
        ("IKZF1", AlterationKind.LARGE_DELETION)
    ]
    assert child.genes_tested == {"NRAS", "IKZF1"}


def test_number_of_queries_is_the_same_for_one_child_and_for_three(
    register, mlpa, sequenced, store, django_assert_num_queries
):
    children = [register(str(number)) for number in range(3)]
    for number, child in enumerate(children):
        mlpa(child, DELETED_4_7, run=f"M{number}")
        sequenced(child, run=f"N{number}", variants=[{"gene": "NRAS", "hgvs_c": "c.35G>A"}])
        store(models.Mrd(patient=child, day=15, operator="=", fraction=0.01, method="flow"))
    with CaptureQueriesContext(connection) as one:
        cohort_children([children[0].pk])
    with django_assert_num_queries(len(one)):
        found = cohort_children([child.pk for child in reversed(children)])
    assert [child.id for child in found] == [child.pk for child in reversed(children)]


def test_gene_of_an_earlier_panel_stays_tested_and_altered(boy, sequenced):
    nras = {"gene": "NRAS", "hgvs_c": "c.35G>A", "vaf": 0.3}
    sequenced(boy, run="N1", genes="NRAS;KRAS", variants=[nras])
    sequenced(boy, run="N2", genes="ABL1;KRAS")
    sequenced(boy, run="N3", genes="JAK2;NRAS", quality="failed")
    child = of(boy)
    assert child.genes_tested == {"NRAS", "KRAS", "ABL1"}
    assert child.genes_not_evaluable == {"JAK2"}
    assert [item.gene for item in child.alterations] == ["NRAS"]


def test_latest_panel_that_covers_a_gene_speaks_for_it(boy, sequenced):
    nras = {"gene": "NRAS", "hgvs_c": "c.35G>A", "vaf": 0.3}
    sequenced(boy, run="N1", genes="NRAS;KRAS", variants=[nras])
    sequenced(boy, run="N2", genes="NRAS;ABL1")
    assert of(boy).alterations == ()


def test_flow_without_its_limit_does_not_hide_what_another_method_measured(boy, store):
    store(
        models.Mrd(patient=boy, day=33, method="flow", operator="not_detected"),
        models.Mrd(patient=boy, day=33, method="pcr", operator="=", fraction=0.002),
    )
    assert of(boy).mrd_d33_above is State.ALTERED
