"""Every fact of a risk protocol from the rows, with its source and its day; four answers apart."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analysis.calls import State
from analysis.profiles import CnaAnswer, Ikzf1PlusAnswer
from analysis.risk.facts import Answer
from reports import models
from reports.derived import derive

pytestmark = pytest.mark.django_db

NORMAL = dict.fromkeys(range(1, 9), "normal")
DELETED = NORMAL | dict.fromkeys(range(4, 8), "het_del")


def of(patient):
    return derive([patient.pk])[patient.pk]


def fact(patient, name):
    return of(patient).facts.by_name.get(name)


def test_facts_of_the_record_name_their_row_and_their_day(boy, store):
    row = models.Findings(
        patient=boy, wbc=50, cns_status="cns2b", testicular_status="not_involved", dna_index=1.16
    )
    store(row)
    facts = of(boy).facts.by_name
    assert (facts["wbc"].number, facts["dna_index"].number) == (50, 1.16)
    assert (facts["cns"].words, facts["testis"].words) == (("cns2",), ("not_involved",))
    assert facts["lineage"].words == ("precursor_b",)
    # 2016-03-01 to 2020-01-02 are 1402 days, of 365.25 a year
    assert facts["age_years"].number == 3.84
    for name in ("wbc", "cns", "testis"):
        assert facts[name].date == "2020-01-02"
        assert [item.source for item in facts[name].evidence] == [f"reports.findings:{row.pk}"]


def test_what_nobody_recorded_is_no_fact(boy):
    assert {"wbc", "cns", "testis", "day8_blasts", "marrow_d15"}.isdisjoint(of(boy).facts.by_name)
    assert of(boy).facts.mrd == ()


@pytest.mark.parametrize(
    ("fields", "answer", "number", "words"),
    [
        ({"day8_blasts": 1.0, "glucocorticoid_response": "sensitive"}, "known", 1.0, ()),
        ({"glucocorticoid_response": "insensitive"}, "known", None, ("insensitive",)),
        ({"glucocorticoid_response": "not_evaluable"}, "not_evaluable", None, ()),
        ({"glucocorticoid_response": "not_tested"}, "not_tested", None, ()),
    ],
)
def test_day_8_count_leads_and_the_word_stands_in(boy, store, fields, answer, number, words):
    store(models.GlucocorticoidResponse(patient=boy, **fields))
    found = fact(boy, "day8_blasts")
    assert (found.answer, found.number, found.words) == (Answer(answer), number, words)


@pytest.mark.parametrize(
    ("result", "answer"),
    [
        ("detected", ("altered",)),
        ("not_detected", ("not_detected",)),
        ("not_evaluable", Answer.NOT_EVALUABLE),
        ("not_tested", Answer.NOT_TESTED),
    ],
)
def test_fusion_keeps_its_four_answers(boy, store, result, answer):
    row = models.FusionResult(
        patient=boy, gene_a="BCR", gene_b="ABL1", method="rt_pcr", result=result
    )
    store(row)
    found = fact(boy, "bcr_abl1")
    assert (found.words or found.answer) == answer
    if isinstance(answer, tuple):
        assert f"reports.fusionresult:{row.pk}" in {item.source for item in found.evidence}


@pytest.mark.parametrize(
    ("pair", "result", "words"),
    [
        (("KMT2A", "AFF1"), "detected", ("aff1",)),
        (("KMT2A", "MLLT3"), "detected", ("other_partner",)),
        # one partner excluded leaves the others open
        (("KMT2A", "AFF1"), "not_detected", ("not_detected", "other_partner")),
    ],
)
def test_kmt2a_names_its_partner(boy, store, pair, result, words):
    store(
        models.FusionResult(
            patient=boy, gene_a=pair[0], gene_b=pair[1], method="rt_pcr", result=result
        )
    )
    assert fact(boy, "kmt2a").words == words


@pytest.mark.parametrize(
    ("status", "expected"),
    [("m1", ("m1",)), ("m3", ("m3",)), ("not_evaluable", "not_evaluable"),
     ("not_tested", "not_tested")],
)  # fmt: skip
def test_marrow_of_each_day(boy, store, status, expected):
    store(
        models.MarrowAssessment(patient=boy, day=15, status=status),
        models.MarrowAssessment(patient=boy, day=33, status="m2"),
    )
    found = fact(boy, "marrow_d15")
    assert (found.words or found.answer.value) == expected
    assert fact(boy, "marrow_d33").words == ("m2",)


def test_mrd_keeps_operator_limits_day_and_source(boy, store):
    row = models.Mrd(
        patient=boy, day=33, sampled_on=dt.date(2020, 2, 4), operator="<", fraction=1e-4,
        lod_fraction=1e-4, loq_fraction=1e-3, method="pcr",
    )  # fmt: skip
    store(
        row,
        models.Mrd(patient=boy, day=15, operator="not_evaluable"),
        models.Mrd(patient=boy, day=84, operator="not_tested"),
    )
    unread, found = of(boy).facts.mrd
    assert (unread.day, unread.fraction) == (15, None)
    assert (found.day, found.fraction, found.operator.value) == (33, 1e-4, "<")
    assert (found.lod, found.loq, found.method, found.date) == (1e-4, 1e-3, "pcr", "2020-02-04")
    assert found.evidence[0].source == f"reports.mrd:{row.pk}"


def test_number_of_chromosomes_comes_from_the_karyotype_where_nobody_typed_it(boy, store):
    text = "55,XY,+X,+4,+6,+10,+14,+17,+18,+21,+21[12]/46,XY[8]"
    store(models.Findings(patient=boy, karyotype=text, karyotype_state="abnormal"))
    item = of(boy)
    assert fact(boy, "modal_number").number == 55
    assert item.subtype.state("high_hyperdiploid") is State.ALTERED
    assert fact(boy, "trisomy_4").words == ("altered",)


@pytest.mark.parametrize(
    ("calls", "variants", "expected"),
    [
        (DELETED, (), ("large_deletion",)),
        (NORMAL, (), ("not_detected",)),
        (NORMAL, None, ("not_detected", "sequence_variant")),
        (None, (), ("not_detected", "large_deletion")),
        (None, None, Answer.NOT_TESTED),
    ],
)
def test_ikzf1_says_what_is_still_possible(boy, mlpa, sequenced, calls, variants, expected):
    if calls:
        mlpa(boy, calls, run="M1")
    if variants is not None:
        sequenced(boy, run="N1", variants=variants)
    found = fact(boy, "ikzf1")
    assert (set(found.words) or found.answer) == (
        set(expected) if isinstance(expected, tuple) else expected
    )


def with_genes(store, sample, **calls):
    rows = [
        models.ProbeRatio(sample=sample, gene=gene, exon=str(place), call=call)
        for gene, several in calls.items()
        for place, call in enumerate(several.split(), start=1)
    ]
    store(*rows)


def test_several_probes_of_a_gene_make_one_locus(boy, mlpa, store):
    sample = mlpa(boy, DELETED, run="M1")
    with_genes(store, sample, PAX5="normal het_del", CDKN2A="normal ambiguous",
               CDKN2B="hom_del hom_del", CSF2RA="het_del", IL3RA="het_del")  # fmt: skip
    loci = of(boy).profile_inputs.loci
    assert loci["PAX5"].deleted is State.ALTERED
    assert loci["CDKN2A"].deleted is State.NOT_EVALUABLE
    assert (loci["CDKN2B"].deleted, loci["CDKN2B"].homozygous) == (State.ALTERED, State.ALTERED)
    assert loci["PAR1"].deleted is State.ALTERED
    assert "ETV6" not in loci
    assert of(boy).profiles.ikzf1plus.answer is Ikzf1PlusAnswer.MET_ERG_NOT_TESTED


def test_erg_deletion_takes_ikzf1plus_away_and_not_the_ikzf1_loss(boy, mlpa, store):
    sample = mlpa(boy, DELETED, run="M1")
    with_genes(store, sample, PAX5="het_del", ERG="het_del")
    item = of(boy)
    assert item.profiles.ikzf1plus.answer is Ikzf1PlusAnswer.NOT_MET
    assert "IKZF1 is deleted" in item.profiles.ikzf1plus.headline.text()
    assert item.status.large_deletion is State.ALTERED


def test_failed_sample_makes_a_locus_not_evaluable_and_an_adequate_one_speaks(boy, mlpa, store):
    failed = mlpa(boy, NORMAL, run="M1", quality="failed")
    with_genes(store, failed, PAX5="het_del")
    assert of(boy).profile_inputs.loci["PAX5"].deleted is State.NOT_EVALUABLE
    good = mlpa(boy, NORMAL, run="M2")
    with_genes(store, good, PAX5="normal")
    assert of(boy).profile_inputs.loci["PAX5"].deleted is State.NOT_DETECTED
    third = mlpa(boy, NORMAL, run="M3")
    with_genes(store, third, PAX5="het_del")
    assert of(boy).profile_inputs.loci["PAX5"].deleted is State.NOT_EVALUABLE


def test_older_normal_sample_does_not_settle_what_the_latest_leaves_open(boy, mlpa, store):
    first = mlpa(boy, NORMAL, run="M1")
    with_genes(store, first, PAX5="normal", RB1="het_del")
    latest = mlpa(boy, NORMAL, run="M2")
    with_genes(store, latest, PAX5="ambiguous", RB1="ambiguous")
    loci = of(boy).profile_inputs.loci
    assert loci["PAX5"].deleted is State.NOT_EVALUABLE
    assert loci["RB1"].deleted is State.ALTERED


@pytest.mark.parametrize(("material", "fraction"), [("blood", None), ("marrow", 1e-5), ("", 1e-5)])
def test_mrd_of_blood_does_not_stand_for_the_marrow(boy, store, material, fraction):
    store(models.Mrd(patient=boy, day=33, operator="=", fraction=1e-5, material=material))
    assert of(boy).facts.mrd[0].fraction == fraction


def test_ukall_of_eight_normal_loci_is_good_and_with_one_untested_open(boy, mlpa, store):
    sample = mlpa(boy, NORMAL, run="M1")
    genes = ("CDKN2A", "CDKN2B", "PAX5", "ETV6", "RB1", "BTG1", "EBF1")
    with_genes(store, sample, **dict.fromkeys(genes, "normal normal"))
    assert of(boy).profiles.ukall_cna.answer is CnaAnswer.NOT_EVALUABLE
    assert of(boy).profiles.ukall_cna.decisive == ("PAR1",)
    with_genes(store, sample, IL3RA="normal")
    assert of(boy).profiles.ukall_cna.answer is CnaAnswer.GOOD


def test_n159y_and_p80r_make_their_subtype(register, sequenced):
    first, second = register("1"), register("2")
    sequenced(first, run="N1", variants=[
        {"gene": "IKZF1", "hgvs_c": "c.475A>T", "hgvs_p": "p.Asn159Tyr", "vaf": 0.4}])  # fmt: skip
    sequenced(second, run="N2", genes="PAX5", variants=[
        {"gene": "PAX5", "hgvs_c": "c.239C>G", "hgvs_p": "p.Pro80Arg", "vaf": 0.4}])  # fmt: skip
    found = derive([first.pk, second.pk])
    assert found[first.pk].subtype.key == "ikzf1_n159y"
    assert found[second.pk].subtype.key == "pax5_p80r"


@pytest.mark.parametrize(("born", "age"), [("2007-10-04", 9.99), ("2007-10-03", 10.0)])
def test_day_before_the_tenth_birthday_is_not_ten(register, born, age):
    child = register("1", birth_date=born, diagnosis_date="2017-10-03")
    assert fact(child, "age_years").number == age


@pytest.mark.parametrize(
    ("findings", "answer"),
    [
        # Pairs of gains: the number behind may be half of it, and rules on hypodiploidy ask for it.
        ({"karyotype": "54,XX,+X,+X,+8,+8,+14,+14,+21,+21[9]"}, "not_evaluable"),
        # A normal karyotype whose text is abnormal was done, and settles nothing.
        ({"karyotype_state": "normal", "karyotype": "54,XX,+4,+6,+10,+14,+17,+18,+21,+21[9]"},
         "not_evaluable"),
        ({"karyotype_state": "failed"}, "not_evaluable"),
        ({"karyotype_state": "not_tested"}, "not_tested"),
        ({}, "not_tested"),
    ],
)  # fmt: skip
def test_number_of_chromosomes_that_nothing_settles_is_none(boy, store, findings, answer):
    store(models.Findings(patient=boy, **findings))
    found = fact(boy, "modal_number")
    assert (found.number, found.between, found.answer) == (None, None, answer)


def test_number_of_queries_is_the_same_for_one_child_and_for_three(register, mlpa, store):
    children = [register(str(number)) for number in range(3)]
    for number, child in enumerate(children):
        mlpa(child, DELETED, run=f"M{number}")
        store(models.Mrd(patient=child, day=15, operator="=", fraction=0.01))
    with CaptureQueriesContext(connection) as one:
        derive([children[0].pk])
    with CaptureQueriesContext(connection) as three:
        derive([child.pk for child in children])
    assert len(three) == len(one)
