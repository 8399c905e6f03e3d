"""Database rows as the evidence of the profiles and of the subtype, in a fixed number of queries.

A further span of the bridge in `evidence.py`: copy numbers of genes for IKZF1plus and UKALL-CNA;
fusions, karyotype, ploidy and single variants for the subtype by WHO-HAEM5 and ICC 2022. Only
specimens taken at diagnosis count. What nobody recorded stays "not tested".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from analysis.calls import CopyCall, Evidence, State, agreed
from analysis.ikzf1 import STUDY_RULES
from analysis.loci import LocusFinding
from analysis.mlpa.gene_call import gene_call
from analysis.profiles import IKZF1PLUS_LOCI
from analysis.profiles_ukall import UKALL_GENES
from analysis.subtype import FusionTest, ProteinChange, SubtypeEvidence
from analysis.subtype.course import DatedTest, TestedFor, disagreement
from reports import models
from reports.evidence import (
    diagnosis_mlpa,
    diagnosis_sequencing,
    marrow_blasts,
    source_of,
)
from reports.evidence_course import Course, courses
from reports.evidence_remarks import (
    REARRANGED,
    of_fusion,
    of_test,
    remarks,
    samples_left_aside,
    test_left_aside,
)
from reports.models import (
    Classification,
    Diagnosis,
    KaryotypeState,
    Quality,
    Result,
    SequencingQuality,
)

# Sequenced genes of which one variant defines a subtype (analysis/data/subtypes.yaml).
VARIANT_GENES = ("IKZF1", "PAX5", "ZEB2")
# The exon of IKZF1 that codes for N159, in NM_006060.
N159_EXON = 5
# P335 has no probe "PAR1": the deletion that makes P2RY8::CRLF2 takes these two genes.
PAR1_GENES = ("PAR1", "CSF2RA", "IL3RA")
LOCI = tuple(dict.fromkeys((*IKZF1PLUS_LOCI, *UKALL_GENES)))
_LOCUS_OF = {name: name for name in LOCI if name != "IKZF1"} | dict.fromkeys(PAR1_GENES, "PAR1")

STATE_OF_RESULT = {
    Result.DETECTED: State.ALTERED,
    Result.NOT_DETECTED: State.NOT_DETECTED,
    Result.NOT_EVALUABLE: State.NOT_EVALUABLE,
    Result.NOT_TESTED: State.NOT_TESTED,
}
_STATE_OF_KARYOTYPE = {
    KaryotypeState.ABNORMAL: State.ALTERED,
    KaryotypeState.NORMAL: State.NOT_DETECTED,
    KaryotypeState.FAILED: State.NOT_EVALUABLE,
    KaryotypeState.NOT_TESTED: State.NOT_TESTED,
}
_B_LINEAGE = {Diagnosis.B_ALL: State.ALTERED} | dict.fromkeys(
    (Diagnosis.T_ALL, Diagnosis.MPAL, Diagnosis.AML, Diagnosis.APL), State.NOT_DETECTED
)
_BENIGN = (Classification.BENIGN, Classification.LIKELY_BENIGN)


@dataclass(frozen=True)
class GeneticsEvidence:
    """Loci besides IKZF1, whose own status speaks for it, and the evidence of the subtype."""

    loci: Mapping[str, LocusFinding]
    subtype: SubtypeEvidence


def genetics_evidence(patient_ids: Collection[int]) -> dict[int, GeneticsEvidence]:
    """Per patient id; the number of queries does not depend on the number of children."""
    course = courses(patient_ids)
    loci = _loci(patient_ids, course)
    subtypes = subtype_evidence(patient_ids, course)
    return {key: GeneticsEvidence(loci.get(key, {}), subtypes[key]) for key in sorted(patient_ids)}


def _loci(
    patient_ids: Collection[int], course: Mapping[int, Course]
) -> dict[int, dict[str, LocusFinding]]:
    samples = diagnosis_mlpa(patient_ids, course)
    wanted = [item for items in samples.values() for item in items]
    probes: dict[int, list[models.ProbeRatio]] = defaultdict(list)
    rows = models.ProbeRatio.objects.filter(sample__in=wanted, gene__in=_LOCUS_OF)
    for row in rows.order_by("gene", "exon", "probe"):
        probes[row.sample_id].append(row)
    marrow = marrow_blasts(patient_ids)
    return {key: _loci_of(items, probes, marrow.get(key)) for key, items in samples.items()}


def _loci_of(
    samples: list[models.MlpaSample],
    probes: dict[int, list[models.ProbeRatio]],
    marrow: float | None,
) -> dict[str, LocusFinding]:
    """`samples` adequate ones first, then the latest first: the first that answers speaks, and
    an adequate one that says the opposite makes the locus not evaluable."""
    found: dict[str, list[tuple[bool, LocusFinding]]] = defaultdict(list)
    for sample in samples:
        adequate = sample.sample_quality == Quality.ADEQUATE
        own = sample.specimen.blast_percent
        blasts = marrow if own is None else own
        by_locus: dict[str, list[models.ProbeRatio]] = defaultdict(list)
        for row in probes[sample.pk]:
            by_locus[_LOCUS_OF[row.gene]].append(row)
        for name, rows in by_locus.items():
            found[name].append((adequate, _locus(rows, adequate=adequate, blasts=blasts)))
    return {name: _speaking(items) for name, items in found.items()}


def _locus(rows: list[models.ProbeRatio], *, adequate: bool, blasts: float | None) -> LocusFinding:
    """`blasts` in percent: with few of them a loss reads as normal, as for IKZF1 itself, unless a
    person has called every probe."""
    evidence = tuple(
        Evidence(
            "probe",
            str(row),
            row.final_call if row.ratio is None else f"{row.ratio:g} ({row.final_call})",
            source_of(row),
        )
        for row in rows
    )
    if not adequate:
        return LocusFinding(State.NOT_EVALUABLE, State.NOT_EVALUABLE, evidence)
    by_exon: dict[tuple[str, str], list[CopyCall]] = defaultdict(list)
    for row in rows:
        # A probe without an exon stands for itself.
        by_exon[row.gene, row.exon or row.probe].append(CopyCall(row.final_call))
    exons = [agreed(calls) for calls in by_exon.values()]
    found = LocusFinding.from_call(gene_call(exons), evidence)
    settled = all(row.override_call for row in rows)
    few = blasts is not None and blasts <= STUDY_RULES.blast_caution
    if found.deleted is State.NOT_DETECTED and few and not settled:
        share = Evidence("measurement", "blasts", f"{blasts:g} %", source_of(rows[0].sample))
        return LocusFinding(State.NOT_EVALUABLE, State.NOT_EVALUABLE, (*evidence, share))
    if found.deleted is State.ALTERED:
        return replace(found, homozygous=_both_copies(rows, exons, blasts))
    return found


def _both_copies(
    rows: list[models.ProbeRatio], exons: list[CopyCall], blasts: float | None
) -> State:
    """Whether both copies of a deleted gene are hit: an exon gone from both is enough. Among normal
    cells the loss of both copies has the ratio of a single one: from half-way on it stays open."""
    if CopyCall.HOM_DEL in exons:
        return State.ALTERED
    if any(row.final_call == CopyCall.HOM_DEL for row in rows):
        return State.NOT_EVALUABLE
    # Between 1 - b / 2, of one copy lost in all blasts, and 1 - b, of both.
    half_way = 0.0 if blasts is None else 1 - 0.75 * blasts / 100
    may_be_both = any(
        row.final_call == CopyCall.HET_DEL and not row.override_call
        and row.ratio is not None and row.ratio <= half_way
        for row in rows
    )  # fmt: skip
    return State.NOT_EVALUABLE if may_be_both else State.NOT_DETECTED


def _speaking(items: list[tuple[bool, LocusFinding]]) -> LocusFinding:
    tested = [(ok, item) for ok, item in items if item.deleted is not State.NOT_TESTED]
    answers = [item for ok, item in tested if ok and item.deleted.answered]
    if len({item.deleted for item in answers}) > 1:
        evidence = tuple(one for item in answers for one in item.evidence)
        return LocusFinding(State.NOT_EVALUABLE, State.NOT_EVALUABLE, evidence)
    readable = [item for ok, item in tested if ok]
    if answers and not readable[0].deleted.answered and answers[0].deleted is State.NOT_DETECTED:
        # An older normal result does not settle what the latest one leaves open.
        return readable[0]
    speaking = answers or [item for _ok, item in tested] or [item for _ok, item in items]
    return speaking[0]


def subtype_evidence(
    patient_ids: Collection[int], course: Mapping[int, Course] | None = None
) -> dict[int, SubtypeEvidence]:
    """What the subtype of each child rests on; children without records have nothing tested."""
    fusions: dict[int, list[models.FusionResult]] = defaultdict(list)
    for row in _fusion_rows(patient_ids):
        fusions[row.patient_id].append(row)
    findings = {
        row.patient_id: row for row in models.Findings.objects.filter(patient_id__in=patient_ids)
    }
    tests: dict[int, list[models.GeneticTest]] = defaultdict(list)
    for row in models.GeneticTest.objects.filter(patient_id__in=patient_ids).order_by("pk"):
        tests[row.patient_id].append(row)
    course = course or courses(patient_ids)
    later = samples_left_aside(course)
    sequencing = diagnosis_sequencing(patient_ids, course)
    variants = _variants(item for items in sequencing.values() for item in items)
    patients = models.Patient.objects.filter(pk__in=patient_ids)
    diagnoses = dict(patients.values_list("pk", "diagnosis"))
    return {
        key: replace(
            _with_genetic_tests(
                _subtype_evidence(
                    [row for row in fusions[key] if course[key].of_diagnosis(row.specimen)],
                    findings.get(key),
                    sequencing.get(key, []),
                    variants,
                ),
                [row for row in tests[key] if not test_left_aside(row, course[key])],
            ),
            b_lineage=_B_LINEAGE.get(diagnoses.get(key), State.NOT_TESTED),
            remarks=remarks(fusions[key], tests[key], later[key], course[key]),
        )
        for key in sorted(patient_ids)
    }


def _fusion_rows(patient_ids: Collection[int]) -> Iterable[models.FusionResult]:
    rows = models.FusionResult.objects.filter(patient_id__in=patient_ids)
    return rows.select_related("specimen").order_by("pk")


def _variants(samples: Iterable[models.SequencingSample]) -> dict[int, list[models.Variant]]:
    found: dict[int, list[models.Variant]] = defaultdict(list)
    rows = models.Variant.objects.filter(sample__in=list(samples), gene__in=VARIANT_GENES)
    for row in rows.exclude(hgvs_p="").order_by("pk"):
        found[row.sample_id].append(row)
    return found


def _subtype_evidence(
    fusions: list[models.FusionResult],
    findings: models.Findings | None,
    samples: list[models.SequencingSample],
    variants: dict[int, list[models.Variant]],
) -> SubtypeEvidence:
    changes = tuple(
        _change(row, readable=sample.quality != SequencingQuality.FAILED)
        for sample in samples
        for row in variants[sample.pk]
        if row.classification not in _BENIGN and (row.vaf is None or row.vaf >= STUDY_RULES.min_vaf)
    )
    known = {} if findings is None else _of_findings(findings)
    return SubtypeEvidence(
        fusions=tuple(_fusion(row) for row in fusions),
        variants=changes,
        sequenced=_sequenced(samples),
        **known,
    )


# The field of `SubtypeEvidence` that answers a marker by itself.
_ANSWERS = {
    "iamp21": "iamp21",
    "ph_like": "ph_like_profile",
    "etv6_runx1_like": "etv6_runx1_like_profile",
}
# What was found by any method counts; then what was looked for and read.
_STRONGEST = (State.ALTERED, State.NOT_DETECTED, State.NOT_EVALUABLE, State.NOT_TESTED)


def _with_genetic_tests(
    evidence: SubtypeEvidence, tests: list[models.GeneticTest]
) -> SubtypeEvidence:
    """Rearrangements stand beside the fusions; iAMP21 and profiles answer by themselves."""
    if not tests:
        return evidence
    answers: dict[str, list[DatedTest]] = defaultdict(list)
    for row in tests:
        if row.marker in _ANSWERS:
            answers[_ANSWERS[row.marker]].append(_dated(row))
    disagreements = (disagreement(items) for items in answers.values())
    return replace(
        evidence,
        fusions=(
            *evidence.fusions,
            *(
                FusionTest(
                    REARRANGED[row.marker],
                    "",
                    STATE_OF_RESULT[row.result],
                    row.method,
                    (of_test(row),),
                    _iso(row.tested_on),
                )
                for row in tests
                if row.marker in REARRANGED
            ),
        ),
        evidence=(*evidence.evidence, *(of_test(r) for r in tests if r.marker in _ANSWERS)),
        disagreements=tuple(reason for reason in disagreements if reason is not None),
        **{
            name: min((item.state for item in items), key=_STRONGEST.index)
            for name, items in answers.items()
        },
    )


def _dated(row: models.GeneticTest) -> DatedTest:
    asked, state = TestedFor(row.marker), STATE_OF_RESULT[row.result]
    return DatedTest(asked, row.method, state, _iso(row.tested_on), (of_test(row),))


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _fusion(row: models.FusionResult) -> FusionTest:
    taken = None if row.specimen is None else row.specimen.collected_on
    state = STATE_OF_RESULT[row.result]
    return FusionTest(row.gene_a, row.gene_b, state, row.method, (of_fusion(row),), _iso(taken))


def _change(row: models.Variant, *, readable: bool) -> ProteinChange:
    evidence = Evidence("variant", f"{row.gene} {row.hgvs_c}", row.hgvs_p, source_of(row))
    return ProteinChange(row.gene, row.hgvs_p, (evidence,), vaf=row.vaf, readable=readable)


def _of_findings(row: models.Findings) -> dict:
    named = ("karyotype", "modal_number", "dna_index")
    return {
        "karyotype": row.karyotype,
        "karyotype_state": _STATE_OF_KARYOTYPE.get(row.karyotype_state, State.NOT_TESTED),
        "modal_number": row.modal_number,
        "dna_index": row.dna_index,
        "evidence": tuple(
            Evidence("record", name, str(getattr(row, name)), source_of(row))
            for name in named
            if getattr(row, name) not in (None, "")
        ),
    }


def _sequenced(samples: list[models.SequencingSample]) -> tuple[tuple[str, State], ...]:
    """For each gene that a panel covers whether any sample could answer for it."""
    found: dict[str, State] = {}
    for sample in samples:
        for gene in VARIANT_GENES:
            if gene in sample.panel.genes and found.get(gene) is not State.NOT_DETECTED:
                found[gene] = State.NOT_DETECTED if _reads(sample, gene) else State.NOT_EVALUABLE
    return tuple(sorted(found.items()))


def _reads(sample: models.SequencingSample, gene: str) -> bool:
    low = gene == "IKZF1" and N159_EXON in sample.low_exons
    return sample.quality == SequencingQuality.ADEQUATE and not low
