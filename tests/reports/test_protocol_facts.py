"""What a risk protocol asks for is recorded, read and answered: groups from database rows."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from analysis.risk.engine import assess
from analysis.risk.facts import Answer
from analysis.risk.loader import protocol
from analysis.risk.note import note_text
from reports import models
from reports.actions import decide_risk
from reports.cohort_risk import cohort_risk
from reports.derived import derive
from reports.documents.cohort_risk import risk_part
from reports.documents.patient import patient_report
from reports.importers import clinical
from reports.protocols import protocols_of
from reports.risk_standing import group_by, standings

pytestmark = pytest.mark.django_db
NORMAL = dict.fromkeys(range(1, 9), "normal")
SCCCG = "SCCCG-ALL-2023"


@pytest.fixture
def doctor(django_user_model):
    return django_user_model.objects.create_user("dr.li", password="a long enough word")


def measured(child, day, fraction, method="flow"):
    return models.Mrd(
        patient=child, day=day, operator="=", fraction=fraction, lod_fraction=1e-5, method=method
    )


def none_found(child, day, method="flow"):
    return models.Mrd(
        patient=child, day=day, operator="not_detected", lod_fraction=1e-5, method=method
    )


def fusion(child, pair, result="not_detected"):
    one, other = pair
    return models.FusionResult(
        patient=child, gene_a=one, gene_b=other, method="rt_pcr", result=result
    )


def looked_for(child, marker, method, result="not_detected"):
    return models.GeneticTest(patient=child, marker=marker, method=method, result=result)


def whole_workup(child, store, mlpa, *, without=(), etv6="detected", **findings):
    """Everything that SCCCG-ALL-2023 asks for, of low risk; `without` leaves kinds of rows out."""
    rows = {
        "findings": models.Findings(
            patient=child,
            **{"wbc": 20, "cns_status": "cns1", "testicular_status": "not_involved",
               "modal_number": 46, "mrd_use": "used"} | findings,
        ),
        "bcr": fusion(child, ("BCR", "ABL1")),
        "tcf3": fusion(child, ("TCF3", "PBX1")),
        "hlf": fusion(child, ("TCF3", "HLF")),
        "etv6": fusion(child, ("ETV6", "RUNX1"), etv6),
        "kmt2a": looked_for(child, "kmt2a", "fish"),
        "mef2d": looked_for(child, "mef2d", "rna_seq"),
        "dux4": looked_for(child, "dux4", "rna_seq"),
        "iamp21": looked_for(child, "iamp21", "fish"),
        "ph_like": looked_for(child, "ph_like", "expression"),
        "mass": models.MediastinalMass(patient=child, mass_d33="no_mass", mass_week12="no_mass"),
        "d15": none_found(child, 15),
        "d33": none_found(child, 33),
        "d84": none_found(child, 84),
    }  # fmt: skip
    mlpa(child, NORMAL, run="M1")
    store(*(row for name, row in rows.items() if name not in without))
    return child


def by(child, name, version=None):
    return assess(derive([child.pk])[child.pk].facts, protocol(name, version))


@pytest.mark.parametrize("version", ["1", "2"])
def test_low_risk_of_scccg_from_the_records(boy, store, mlpa, version):
    found = by(whole_workup(boy, store, mlpa), SCCCG, version)
    assert (found.group, [item.fact for item in found.missing]) == ("LR", [])


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("change", ["wbc", "ph_like"])
def test_intermediate_risk_of_scccg_from_the_records(boy, store, mlpa, version, change):
    findings = {"wbc": 50} if change == "wbc" else {}
    whole_workup(boy, store, mlpa, without={"ph_like"}, **findings)
    result = "detected" if change == "ph_like" else "not_detected"
    store(looked_for(boy, "ph_like", "expression", result))
    assert by(boy, SCCCG, version).group == "IR"


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    ("absent", "fields"),
    [
        ("mass", {"model": "MediastinalMass", "mass_d33": "not_reduced"}),
        ("mass", {"model": "MediastinalMass", "mass_week12": "persisting"}),
        ("iamp21", {"model": "GeneticTest", "marker": "iamp21", "method": "array",
                    "result": "detected"}),
    ],
)  # fmt: skip
def test_high_risk_of_scccg_by_what_has_a_place_now(boy, store, mlpa, version, absent, fields):
    whole_workup(boy, store, mlpa, without={absent})
    fields = dict(fields)
    store(getattr(models, fields.pop("model"))(patient=boy, **fields))
    assert by(boy, SCCCG, version).group == "HR"


@pytest.mark.parametrize(
    ("version", "group"), [("1", "HR"), ("2", None)], ids=["any partner", "the partner decides"]
)
def test_mef2d_by_fish_says_nothing_of_its_partner(boy, store, mlpa, version, group):
    whole_workup(boy, store, mlpa, without={"mef2d"})
    store(looked_for(boy, "mef2d", "fish", "detected"))
    found = by(boy, SCCCG, version)
    assert found.group == group
    if group is None:
        assert set(found.groups) == {"HR", "IR"}


@pytest.mark.parametrize(
    ("mass", "answer"),
    [(None, Answer.MISSING), ("not_tested", Answer.NOT_TESTED),
     ("not_evaluable", Answer.NOT_EVALUABLE)],
)  # fmt: skip
def test_mass_that_nobody_looked_at_is_never_no_mass(boy, store, mlpa, mass, answer):
    whole_workup(boy, store, mlpa, without={"mass"})
    if mass:
        store(models.MediastinalMass(patient=boy, mass_d33=mass, mass_week12="no_mass"))
    found = by(boy, SCCCG, "1")
    assert (found.group, set(found.groups)) == (None, {"HR", "LR"})
    [used] = [item for item in found.missing if item.fact == "mass_d33"]
    assert used.answer is answer
    assert ("mass_d33", ("HR",)) in {(item.fact, item.groups) for item in found.settles}


AIEOP = "AIEOP-BFM-ALL-2009"


@pytest.mark.parametrize(
    ("pcr", "d15", "d33", "week12", "group"),
    [
        ("used", 1e-3, None, None, "SR"),
        ("used", 1e-3, 1e-3, None, "MR"),
        ("used", 1e-3, 1e-3, 2e-4, "HR"),
        ("used", 1e-3, 1e-3, 6e-4, "HR"),
        ("used", 0.1, None, None, "HR"),
        ("not_used", 9e-4, "not measured", "not measured", "SR"),
        ("not_used", 1e-3, "not measured", "not measured", "MR"),
        ("not_used", 0.1, "not measured", "not measured", "HR"),
    ],
)
def test_groups_of_aieop_bfm_with_and_without_pcr(boy, store, pcr, d15, d33, week12, group):
    rows = [measured(boy, 15, d15)]
    for day, value in ((33, d33), (78, week12)):
        if value != "not measured":
            rows.append(measured(boy, day, value, "pcr") if value else none_found(boy, day, "pcr"))
    store(
        models.Findings(patient=boy, wbc=20, pcr_mrd_use=pcr),
        # Blasts were not counted: 5 x 10^9/L white cells with 10 % blasts are 0.5.
        models.GlucocorticoidResponse(patient=boy, day8_wbc=5, day8_blast_percent=10),
        models.MarrowAssessment(patient=boy, day=33, status="m1"),
        looked_for(boy, "kmt2a", "fish"),
        *rows,
    )
    assert by(boy, AIEOP).group == group


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"day8_wbc": 4, "day8_blast_percent": 25}, 1.0),
        ({"day8_wbc": 4, "day8_blast_percent": 24}, 0.96),
        ({"day8_blasts": 0.2, "day8_wbc": 4, "day8_blast_percent": 25}, 0.2),
        ({"day8_wbc": 4, "glucocorticoid_response": "insensitive"}, None),
    ],
)
def test_day_8_blasts_from_white_cells_and_percentage(boy, store, fields, number):
    row = models.GlucocorticoidResponse(patient=boy, **fields)
    store(row)
    found = derive([boy.pk])[boy.pk].facts.by_name["day8_blasts"]
    assert found.number == number
    assert {item.source for item in found.evidence} == {f"reports.glucocorticoidresponse:{row.pk}"}


@pytest.mark.parametrize(
    ("methods", "words"),
    [
        ({"fish": "not_detected"}, ("not_detected",)),
        ({"fish": "not_evaluable"}, Answer.NOT_EVALUABLE),
        ({"fish": "not_tested"}, Answer.NOT_TESTED),
        ({"fish": "not_evaluable", "array": "not_detected"}, ("not_detected",)),
        ({"fish": "not_detected", "array": "detected"}, ("altered",)),
    ],
)
def test_iamp21_in_four_answers_with_its_row(boy, store, methods, words):
    rows = [looked_for(boy, "iamp21", method, result) for method, result in methods.items()]
    store(*rows)
    found = derive([boy.pk])[boy.pk]
    fact = found.facts.by_name["iamp21"]
    assert (fact.words or fact.answer) == words
    assert {f"reports.genetictest:{row.pk}" for row in rows} <= {e.source for e in fact.evidence}


def test_rna_that_found_no_fusion_excludes_each_of_them(boy, store):
    store(looked_for(boy, "any_fusion", "rna_seq"))
    facts = derive([boy.pk])[boy.pk].facts.by_name
    for name in ("mef2d", "dux4", "kmt2a", "tcf3_hlf", "bcr_abl1"):
        assert facts[name].words == ("not_detected",)


@pytest.mark.parametrize(
    ("marker", "method", "result"),
    [("dux4", "array", "not_detected"), ("ph_like", "fish", "not_detected"),
     ("any_fusion", "rna_seq", "detected")],
)  # fmt: skip
def test_test_that_cannot_answer_is_refused(boy, store, marker, method, result):
    row = looked_for(boy, marker, method, result)
    with pytest.raises(ValidationError):
        row.full_clean()
    with pytest.raises((ValidationError, IntegrityError)):
        store(row)


@pytest.mark.parametrize("diagnosis", ["aml", "apl", "mpal", "other"])
def test_no_protocol_of_all_speaks_for_another_leukaemia(register, doctor, client, diagnosis):
    child = register(diagnosis=diagnosis, protocol="CCLG-ALL-2008")
    assert protocols_of([child.pk])[child.pk] == ()
    assert not models.ComputedRisk.objects.filter(patient=child).exists()
    standing = standings([child.pk])[child.pk]
    assert standing.unspoken
    assert any("None of the protocols chosen" in said for said in standing.warnings())
    with translation.override("en"):
        assert patient_report(child, language="en")  # the report stands without a risk group


def test_confirmation_is_out_of_date_once_the_diagnosis_is_another(register, store, doctor):
    child = register(protocol="CCLG-ALL-2008")
    store(models.GlucocorticoidResponse(patient=child, day8_blasts=2))
    row = models.ComputedRisk.objects.get(patient=child, leading=True)
    decide_risk(patient=child, group="high", by=doctor, seen=row.input_hash)
    before = standings([child.pk])[child.pk]
    assert not before.out_of_date and group_by(before, "confirmed") == "high"
    child.diagnosis = "aml"
    store(child)
    after = standings([child.pk])[child.pk]
    assert after.out_of_date and after.mark is not None
    assert after.assigned == "high", "nothing but a person changes the entry"
    assert any("does not speak for this diagnosis" in said for said in after.warnings())
    assert group_by(after, "confirmed") is None
    found = cohort_risk([child.pk], "confirmed")
    assert [(line.assigned, line.why) for line in found.lines] == [("high", "out_of_date")]
    with translation.override("en"):
        assert risk_part(found).tables


def test_infant_of_a_group_of_its_own_is_counted_apart_in_a_cohort(register, store, hospital):
    store(models.CentreProtocol(centre=hospital, protocol="NCI-Rome", place=1))
    baby = register(birth_date="2019-06-01")
    found = cohort_risk([baby.pk], "computed")
    assert found.apart == 1
    with translation.override("en"):
        assert any("1 child is in a group of its own" in t for t in risk_part(found).texts)


def test_protocol_for_b_lineage_alone_leaves_a_t_lineage_child_out(register, store, hospital):
    store(models.CentreProtocol(centre=hospital, protocol="NCI-Rome", place=1))
    b, t = register("1"), register("2", diagnosis="t_all")
    found = protocols_of([b.pk, t.pk])
    assert ([item.name for item in found[b.pk]], found[t.pk]) == (["NCI-Rome"], ())


def test_infant_of_nci_rome_can_be_confirmed(register, store, hospital, doctor):
    store(models.CentreProtocol(centre=hospital, protocol="NCI-Rome", place=1))
    baby = register(birth_date="2019-06-01")
    row = models.ComputedRisk.objects.get(patient=baby, leading=True)
    assert (row.group, row.word) == ("infant", "separate")
    entry = decide_risk(patient=baby, group="separate", by=doctor, seen=row.input_hash)
    assert (entry.risk_group, entry.computed_group, entry.override_reason) == (
        "separate", "separate", "",
    )  # fmt: skip
    standing = standings([baby.pk])[baby.pk]
    assert not standing.differs


def test_modal_number_as_a_range_settles_what_all_of_it_settles(boy, store):
    store(models.Findings(patient=boy, karyotype="52~56,XY,+X,+4,+6,+10,+14,+21[cp10]"))
    fact = derive([boy.pk])[boy.pk].facts.by_name["modal_number"]
    assert (fact.answer, fact.between) == (Answer.KNOWN, (52, 56))


def test_measurement_outside_the_days_is_named_in_report_and_engine(boy, store):
    store(measured(boy, 29, 2e-4))
    found = by(boy, "CN-2018-norm")
    sentence = (
        "MRD of day 29 (0.02 % (limit of detection 0.001 %)) lies outside the days 33 to 45 that "
        "the protocol names for day 33, and was not used."
    )
    assert sentence in note_text(found)


@pytest.mark.parametrize(
    ("sheet", "text"),
    [
        ("patients", "centre,hospital_number,diagnosis,mass_d33,mass_week12,mrd_use,pcr_mrd_use,"
                     "day8_wbc,day8_blast_percent\n"
                     "H1,2020-0001,B-ALL,no mass,未查,done,cannot be done,4,25\n"),
        ("patients", "中心,住院号,诊断,第33天纵隔肿块,巩固治疗前纵隔肿块,MRD检测,PCR法MRD检测,"
                     "第8天白细胞（10^9/L）,第8天外周血原始细胞（%）\n"
                     "H1,2020-0001,B-ALL,无肿块,not done,可检测,无法检测,4,25\n"),
    ],
    ids=["English", "Chinese"],
)  # fmt: skip
def test_workbook_gives_the_facts(boy, sheet, text):
    preview = clinical.check_bytes(text.encode(), name="a.csv", sheet=sheet)
    assert [str(item) for item in preview.problems] == []
    clinical.commit(preview, by="tester", reason="test")
    facts = derive([boy.pk])[boy.pk].facts.by_name
    words = {name: facts[name].words for name in ("mass_d33", "mrd_use", "pcr_mrd_use")}
    assert words == {
        "mass_d33": ("no_mass",), "mrd_use": ("used",), "pcr_mrd_use": ("not_used",),
    }  # fmt: skip
    assert facts["mass_week12"].answer is Answer.NOT_TESTED
    assert facts["day8_blasts"].number == 1.0


def test_workbook_of_genetic_tests(boy):
    head = "centre,hospital_number,marker,method,result,tested_on\n"
    rows = "H1,2020-0001,iAMP21,FISH,neg,2020-01-10\nH1,2020-0001,Ph-like,expression,阳性,\n"
    preview = clinical.check_bytes((head + rows).encode(), name="a.csv", sheet="genetic_tests")
    assert [str(item) for item in preview.problems] == []
    clinical.commit(preview, by="tester", reason="test")
    facts = derive([boy.pk])[boy.pk].facts.by_name
    assert (facts["iamp21"].words, facts["ph_like"].words) == (("not_detected",), ("altered",))
    assert "2020-01-10" in facts["iamp21"].evidence[0].value
    wrong = head + "H1,2020-0001,DUX4,array,neg,\n"
    found = clinical.check_bytes(wrong.encode(), name="a.csv", sheet="genetic_tests")
    assert ["array does not answer dux4" in str(item) for item in found.errors] == [True]


def test_number_of_queries_does_not_grow_with_the_children(register, store, mlpa):
    first = whole_workup(register("1"), store, mlpa)
    with CaptureQueriesContext(connection) as one:
        derive([first.pk])
    others = [register(str(number)) for number in (2, 3, 4)]
    for number, child in enumerate(others, start=2):
        store(
            models.MediastinalMass(patient=child, mass_d33="reduced"),
            looked_for(child, "iamp21", "fish"),
        )
        mlpa(child, NORMAL, run=f"M{number}")
    with CaptureQueriesContext(connection) as four:
        derive([first.pk, *(child.pk for child in others)])
    assert len(four) == len(one)
