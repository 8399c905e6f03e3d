"""The facts of the demonstration's children as their rows hold them, for the risk engine.

Nothing is added: what was not looked for stays "not tested". KMT2A was screened for AFF1 alone, so
a negative screen leaves other partners open. The risk group of the row is not read.
"""

from __future__ import annotations

from typing import Any

from analysis.age import years_between
from analysis.calls import CopyCall, Evidence
from analysis.demonstration.cohort import DemonstrationCohort
from analysis.response import MrdOperator
from analysis.risk.facts import Fact, MrdResult, RiskFacts, number_fact, word_fact
from analysis.risk.vocabulary import VOCABULARY

LINEAGE = {"b_all": "precursor_b", "t_all": "t"}
FUSIONS = {
    ("BCR", "ABL1"): "bcr_abl1",
    ("ETV6", "RUNX1"): "etv6_runx1",
    ("TCF3", "PBX1"): "tcf3_pbx1",
    ("TCF3", "HLF"): "tcf3_hlf",
}
PH_LIKE_NAME = "B-lymphoblastic leukaemia/lymphoma with BCR::ABL1-like features"
STATES = {"detected": "altered", "not_detected": "not_detected"}
PLAIN = ("wbc", "modal_number", "dna_index", "day8_blasts")
RECORDED = {"cns_status": "cns", "testicular_status": "testis", "marrow_day15": "marrow_d15",
            "marrow_day33": "marrow_d33"}  # fmt: skip


def risk_facts(cohort: DemonstrationCohort) -> dict[str, RiskFacts]:
    """Facts by hospital number, in the order of the cohort."""
    rows = {name: _by_child(cohort, name) for name in ("mrd", "fusions", "mlpa", "variants")}
    sequenced = {row["hospital_number"] for row in cohort.sheet("sequencing").records()}
    found = {}
    for row in cohort.sheet("patients").records():
        number = row["hospital_number"]
        own = {name: items.get(number, []) for name, items in rows.items()}
        ikzf1 = _ikzf1(own["mlpa"], own["variants"], sequenced=number in sequenced)
        facts = (*_clinical(row), *_fusions(own["fusions"], row), ikzf1)
        found[number] = RiskFacts(facts, _mrd(row, own["mrd"]))
    return found


def _by_child(cohort: DemonstrationCohort, name: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in cohort.sheet(name).records():
        found.setdefault(row["hospital_number"], []).append(row)
    return found


def _clinical(row: dict[str, Any]) -> list[Fact]:
    at = row["diagnosis_date"].isoformat()
    age = years_between(row["birth_date"], row["diagnosis_date"])
    facts = [number_fact("age_years", age, date=at)]
    if row["diagnosis"] in LINEAGE:
        facts.append(word_fact("lineage", LINEAGE[row["diagnosis"]], date=at))
    for name in PLAIN:
        day = at if VOCABULARY[name].point == "diagnosis" else ""
        facts.append(number_fact(name, row[name], date=day, evidence=_evidence(row, name)))
    for column, name in RECORDED.items():
        if row[column]:
            facts.append(word_fact(name, row[column], evidence=_evidence(row, column)))
    return facts


def _evidence(row: dict[str, Any], column: str) -> tuple[Evidence, ...]:
    value = "" if row[column] is None else str(row[column])
    return (Evidence("record", column, value, f"patients:{row['hospital_number']}"),)


def _fusions(rows: list[dict[str, Any]], patient: dict[str, Any]) -> list[Fact]:
    facts, kmt2a = [], None
    for row in rows:
        pair, state = (row["gene_a"], row["gene_b"]), STATES[row["result"]]
        if pair in FUSIONS:
            facts.append(word_fact(FUSIONS[pair], state))
        elif pair[0] == "KMT2A" and state == "altered":
            kmt2a = word_fact("kmt2a", "aff1" if pair[1] == "AFF1" else "other_partner")
        elif pair == ("KMT2A", "AFF1") and kmt2a is None:
            kmt2a = word_fact("kmt2a", "not_detected", "other_partner")
    if kmt2a is not None:
        facts.append(kmt2a)
    if patient["diagnosis_who"] == PH_LIKE_NAME:
        facts.append(word_fact("ph_like", "altered"))
    return facts


def _ikzf1(mlpa: list[dict[str, Any]], variants: list[dict[str, Any]], *, sequenced: bool) -> Fact:
    calls = [CopyCall(row["call"]) for row in mlpa if row["gene"] == "IKZF1"]
    if any(call.deleted for call in calls):
        return word_fact("ikzf1", "large_deletion")
    normal = bool(calls) and all(call is CopyCall.NORMAL for call in calls)
    mutated = any(row["gene"] == "IKZF1" for row in variants)
    if mutated:
        return word_fact("ikzf1", *(["sequence_variant"] if normal else _UNSEEN_DELETION))
    if normal:
        open_ = () if sequenced else ("sequence_variant",)
        return word_fact("ikzf1", "not_detected", *open_)
    if not calls:
        return word_fact("ikzf1", "not_tested")
    return word_fact("ikzf1", "not_evaluable")


_UNSEEN_DELETION = ("large_deletion", "sequence_variant")


def _mrd(row: dict[str, Any], later: list[dict[str, Any]]) -> tuple[MrdResult, ...]:
    found = []
    for day, label in ((15, "d15"), (33, "d33")):
        text = row[f"mrd_{label}_percent"]
        if text and text != "not done":
            lod = row[f"mrd_{label}_lod_fraction"]
            found.append(_result(day, text, lod, method=row["mrd_method"]))
    for item in later:
        day = item["sampled_on"].isoformat()
        found.append(
            _result(item["day"], item["percent"], item["lod_fraction"], method=item["method"],
                    date=day)
        )  # fmt: skip
    return tuple(found)


def _result(day: int, text: str, lod: float | None, *, method: str, date: str = "") -> MrdResult:
    """An MRD as the rows write it: "0.35%" or "<0.01%"."""
    below = text.startswith("<")
    fraction = round(float(text.removeprefix("<").removesuffix("%")) / 100, 8)
    operator = MrdOperator.BELOW if below else MrdOperator.EQUAL
    return MrdResult(day, fraction, operator, lod, method=method, date=date)
