"""Database rows as the facts that risk protocols ask for, in a fixed number of queries.

The third span of the bridge in `evidence.py`. Every fact names the row it came from and its day.
Genetic facts come from the subtype, which has weighed fusions, karyotype and ploidy; IKZF1 from its
status. A test that was not done is "not tested", a question that nobody asked is not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from analysis.calls import Evidence, State
from analysis.ikzf1 import Ikzf1Status
from analysis.response import MrdOperator, day8_blasts
from analysis.risk.facts import (
    Fact,
    MrdResult,
    RiskFacts,
    no_answer,
    number_fact,
    range_fact,
    word_fact,
)
from analysis.risk.vocabulary import VOCABULARY, FactWord
from analysis.subtype import SubtypeResult
from reports import models
from reports.evidence import source_of
from reports.models import Cns, MarrowStatus, Material, Testicular
from reports.protocols import LINEAGE

_NO_ANSWER = ("not_tested", "not_evaluable")
# Facts that are one marker of the subtype, by the marker's name.
MARKERS = {
    "bcr_abl1": "bcr_abl1",
    "tcf3_pbx1": "tcf3_pbx1",
    "tcf3_hlf": "tcf3_hlf",
    "etv6_runx1": "etv6_runx1",
    "ph_like": "ph_like",
    "dux4": "dux4_r",
    "iamp21": "iamp21",
    "trisomy_4": "trisomy_4",
    "trisomy_10": "trisomy_10",
}
# Facts that name the partner: (marker of any partner, marker of the partner, its word).
PARTNERS = {
    "kmt2a": ("kmt2a_r", "kmt2a_aff1", "aff1"),
    "mef2d": ("mef2d_r", "mef2d_bcl9", "bcl9"),
}
_OTHER = "other_partner"


@dataclass(frozen=True)
class _Rows:
    """What one child's facts are read from, besides the derived values."""

    patient: models.Patient
    findings: models.Findings | None
    glucocorticoid: models.GlucocorticoidResponse | None
    mass: models.MediastinalMass | None
    marrow: list[models.MarrowAssessment]
    mrd: list[models.Mrd]


def risk_facts(
    patient_ids: Collection[int],
    *,
    statuses: Mapping[int, Ikzf1Status],
    subtypes: Mapping[int, SubtypeResult],
) -> dict[int, RiskFacts]:
    """Facts per patient id. `statuses` and `subtypes` hold every child of `patient_ids`."""
    return {
        key: RiskFacts(
            tuple(_facts(rows, statuses[key], subtypes[key])),
            tuple(map(_mrd, _leading_mrd(rows.mrd))),
        )
        for key, rows in _rows(patient_ids).items()
    }


def _rows(patient_ids: Collection[int]) -> dict[int, _Rows]:
    patients = models.Patient.objects.in_bulk(patient_ids)
    single = [
        {row.patient_id: row for row in model.objects.filter(patient_id__in=patient_ids)}
        for model in (models.Findings, models.GlucocorticoidResponse, models.MediastinalMass)
    ]
    several: list[dict[int, list]] = []
    for model in (models.MarrowAssessment, models.Mrd):
        found = defaultdict(list)
        for row in model.objects.filter(patient_id__in=patient_ids).order_by("day", "pk"):
            found[row.patient_id].append(row)
        several.append(found)
    return {
        key: _Rows(
            patients[key], *(rows.get(key) for rows in single), *(rows[key] for rows in several)
        )
        for key in sorted(patients)
    }


def _facts(rows: _Rows, status: Ikzf1Status, subtype: SubtypeResult) -> Iterator[Fact]:
    at = _iso(rows.patient.diagnosis_date)
    yield from _identity(rows.patient, at)
    if rows.findings is not None:
        yield from _findings(rows.findings, at)
    yield _ploidy(subtype, at)
    for fact, marker in MARKERS.items():
        found = subtype.marker(marker)
        evidence = found.evidence or tuple(e for e in subtype.evidence if e.name == marker)
        yield _in_four_states(fact, found.state, at, evidence)
    for fact in PARTNERS:
        yield _with_partner(fact, subtype, at)
    yield _ikzf1(status, at)
    if rows.glucocorticoid is not None:
        yield from _day8(rows.glucocorticoid)
    if rows.mass is not None:
        yield from _mass(rows.mass)
    for row in rows.marrow:
        yield _marrow(row)


def _identity(patient: models.Patient, at: str) -> Iterator[Fact]:
    age = patient.age_at_diagnosis
    if age is not None:
        yield number_fact("age_years", age, date=at, evidence=_from(patient, "age", f"{age:g}"))
    if lineage := LINEAGE.get(patient.diagnosis):
        yield word_fact("lineage", lineage, date=at, evidence=_from(patient, "diagnosis", lineage))


def _findings(row: models.Findings, at: str) -> Iterator[Fact]:
    for name in ("wbc", "dna_index"):
        value = getattr(row, name)
        if value is not None:
            yield number_fact(name, value, date=at, evidence=_from(row, name, f"{value:g}"))
    if row.cns_status:
        # The protocols do not divide CNS1 to CNS3 further.
        word = row.cns_status if row.cns_status == Cns.NOT_TESTED else row.cns_status[:4]
        yield word_fact("cns", word, date=at, evidence=_from(row, "cns_status", row.cns_status))
    if row.testicular_status:
        word = row.testicular_status
        known = word if word != Testicular.NOT_TESTED else "not_tested"
        yield word_fact("testis", known, date=at, evidence=_from(row, "testicular_status", word))
    for name in ("mrd_use", "pcr_mrd_use"):
        word = getattr(row, name)
        if word:
            yield word_fact(name, word, date=at, evidence=_from(row, name, word))


def _ploidy(subtype: SubtypeResult, at: str) -> Fact:
    """The number of chromosomes in the leukaemic clone, or the range of it ("52~56"). What may be
    a doubled hypodiploid clone settles no number: the rules on hypodiploidy mean the clone behind.
    """
    named = ("karyotype", "modal_number")
    evidence = tuple(item for item in subtype.evidence if item.name in named)
    if subtype.modal_number is None:
        state = subtype.state("high_hyperdiploid")
        # A karyotype that gives no number, unreadable or contradicted, was done.
        done = evidence or state is State.NOT_EVALUABLE
        answer = "not_evaluable" if done else "not_tested"
        return no_answer("modal_number", answer, date=at, evidence=evidence)
    if _masked(subtype):
        return no_answer("modal_number", "not_evaluable", date=at, evidence=evidence)
    low, high = subtype.modal_number
    span = VOCABULARY["modal_number"].span
    if not (span.holds(low) and span.holds(high)):
        return no_answer("modal_number", "not_evaluable", date=at, evidence=evidence)
    return range_fact("modal_number", low, high, date=at, evidence=evidence)


def _masked(subtype: SubtypeResult) -> bool:
    open_ = (marker for marker in subtype.markers if marker.state is State.NOT_EVALUABLE)
    return any(item.code == "masked_hypodiploidy" for marker in open_ for item in marker.reasons)


def _in_four_states(name: str, state: State, at: str, evidence: tuple[Evidence, ...]) -> Fact:
    return word_fact(name, state.value, date=at, evidence=evidence)


def _with_partner(name: str, subtype: SubtypeResult, at: str) -> Fact:
    """A rearrangement and its partner: excluding one partner leaves the others open."""
    any_key, own_key, own = PARTNERS[name]
    gene, partner = subtype.marker(any_key), subtype.marker(own_key)
    evidence = tuple(dict.fromkeys((*gene.evidence, *partner.evidence)))
    if partner.state is State.ALTERED:
        words: tuple[str, ...] = (own,)
    elif gene.state is State.ALTERED:
        # The partner that was found is another one, where that partner is known not to be there.
        words = (_OTHER,) if partner.state is State.NOT_DETECTED or _named(gene) else (own, _OTHER)
    elif gene.state is State.NOT_DETECTED:
        words = (State.NOT_DETECTED.value,)
    elif partner.state is State.NOT_DETECTED:
        words = (State.NOT_DETECTED.value, _OTHER)
    else:
        words = (gene.state.value,)
    return word_fact(name, *words, date=at, evidence=evidence)


def _named(marker) -> bool:
    """Whether a fusion that was found names both of its genes."""
    return any(
        item.kind == "fusion"
        and item.value.startswith("detected")
        and len([name for name in item.name.split("::") if name]) == 2
        for item in marker.evidence
    )


def _ikzf1(status: Ikzf1Status, at: str) -> Fact:
    """A large deletion leads; what was not answered of it or of the sequence stays possible."""
    deletion, variant = status.large_deletion, status.sequence_variant
    evidence = tuple(item for reason in status.reasons for item in reason.evidence)
    if deletion is State.ALTERED:
        words: tuple[str, ...] = ("large_deletion",)
    elif variant is State.ALTERED:
        words = ("sequence_variant",) if deletion.answered else _BOTH
    elif not deletion.answered and not variant.answered:
        untested = {deletion, variant} == {State.NOT_TESTED}
        words = ("not_tested" if untested else "not_evaluable",)
    else:
        open_ = [word for state, word in zip((deletion, variant), _BOTH, strict=True)
                 if not state.answered]  # fmt: skip
        words = ("not_detected", *open_)
    return word_fact("ikzf1", *words, date=at, evidence=evidence)


_BOTH = ("large_deletion", "sequence_variant")


def _day8(row: models.GlucocorticoidResponse) -> Iterator[Fact]:
    """The count; without one WBC times the percentage, and without those the recorded word."""
    product = day8_blasts(row.day8_wbc, row.day8_blast_percent)
    if row.day8_blasts is not None:
        evidence = _from(row, "day8_blasts", f"{row.day8_blasts:g}")
        yield number_fact("day8_blasts", row.day8_blasts, evidence=evidence)
    elif product is not None:
        evidence = (
            *_from(row, "day8_wbc", f"{row.day8_wbc:g}"),
            *_from(row, "day8_blast_percent", f"{row.day8_blast_percent:g}"),
        )
        yield number_fact("day8_blasts", product, evidence=evidence)
    elif row.glucocorticoid_response:
        word = row.glucocorticoid_response
        yield word_fact("day8_blasts", word, evidence=_from(row, "glucocorticoid_response", word))


def _mass(row: models.MediastinalMass) -> Iterator[Fact]:
    """Empty is "nobody said"; "no mass" is an answer, and "not tested" another."""
    for name, on in (("mass_d33", row.mass_d33_on), ("mass_week12", row.mass_week12_on)):
        word = getattr(row, name)
        if word:
            yield word_fact(name, word, date=_iso(on), evidence=_from(row, name, word))


def _marrow(row: models.MarrowAssessment) -> Fact:
    name = f"marrow_d{row.day}"
    word = MarrowStatus(row.status).value
    evidence = _from(row, name, word)
    if word in _NO_ANSWER:
        return no_answer(name, word, evidence=evidence)
    band = dict(VOCABULARY[name].bands)[FactWord(word)]
    # A number settles what its word leaves open, as protocols cut within M2; of exactly 25 %, which
    # the sources call M2 or M3, the word decides.
    if row.blast_percent is not None and band.holds(row.blast_percent):
        value = f"{word}, {row.blast_percent:g} %"
        return number_fact(name, row.blast_percent, evidence=_from(row, name, value))
    return word_fact(name, word, evidence=evidence)


def _leading_mrd(rows: list[models.Mrd]) -> Iterator[models.Mrd]:
    """Of one day and method marrow leads: its blood is left out where there is a marrow."""
    done = [row for row in rows if row.operator != "not_tested"]
    of_marrow = {(row.day, row.method) for row in done if row.material != Material.BLOOD}
    for row in done:
        if row.material != Material.BLOOD or (row.day, row.method) not in of_marrow:
            yield row


def _mrd(row: models.Mrd) -> MrdResult:
    """A result that could not be read has no fraction, which settles nothing; nor does one of
    blood, as the protocols ask for marrow and blood holds fewer of the cells."""
    readable = row.operator != "not_evaluable" and row.material != Material.BLOOD
    return MrdResult(
        day=row.day,
        fraction=row.fraction if readable else None,
        operator=MrdOperator(row.operator) if readable else MrdOperator.EQUAL,
        lod=row.lod_fraction,
        loq=row.loq_fraction,
        method=row.method,
        date=_iso(row.sampled_on),
        evidence=_from(row, _mrd_name(row), _mrd_text(row)),
    )


def _mrd_name(row: models.Mrd) -> str:
    return f"MRD day {row.day}" + (f", {row.material}" if row.material else "")


def _mrd_text(row: models.Mrd) -> str:
    if row.fraction is None:
        return row.operator
    return f"{row.operator.removeprefix('=')}{row.fraction:g}"


def _from(row, name: str, value: str) -> tuple[Evidence, ...]:
    return (Evidence("record", name, value, source_of(row)),)


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()
