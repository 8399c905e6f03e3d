"""What is said of genetic tests that do not count, as they are not of the diagnosis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from analysis.calls import Evidence, Reason
from analysis.subtype.course import TestedFor, specimen_of, with_method
from reports import models
from reports.evidence import of_diagnosis_by_record, source_of
from reports.evidence_course import Course
from reports.models import Result

# The gene of a rearrangement with any partner; "" is a test that would see every fusion.
REARRANGED = {"dux4": "DUX4", "mef2d": "MEF2D", "kmt2a": "KMT2A", "any_fusion": ""}


def of_test(row: models.GeneticTest) -> Evidence:
    kind = "fusion" if row.marker in REARRANGED else "record"
    name = REARRANGED.get(row.marker, row.marker) or row.marker
    on = "" if row.tested_on is None else f", {row.tested_on.isoformat()}"
    return Evidence(kind, name, f"{row.result} ({row.method}{on})", source_of(row))


def of_fusion(row: models.FusionResult) -> Evidence:
    return Evidence("fusion", str(row), f"{row.result} ({row.method})", source_of(row))


def samples_left_aside(course: Mapping[int, Course]) -> dict[int, list[Reason]]:
    """MLPA and sequencing of specimens on record as of the diagnosis, taken too late for it."""
    found: dict[int, list[Reason]] = defaultdict(list)
    ended = [key for key, of_child in course.items() if of_child.first]
    if not ended:
        return found
    for model, asked in (
        (models.MlpaSample, TestedFor.MLPA),
        (models.SequencingSample, TestedFor.SEQUENCING),
    ):
        for sample in of_diagnosis_by_record(model, ended).order_by("pk"):
            specimen = sample.specimen
            name = specimen_of(asked, specimen.number)
            of_child = course[specimen.patient_id]
            if reason := of_child.specimen_left_aside(name, specimen):
                found[specimen.patient_id].append(reason)
    return found


def test_left_aside(row: models.GeneticTest, course: Course) -> Reason | None:
    asked = with_method(TestedFor(row.marker), row.method)
    return course.test_left_aside(asked, row.tested_on, (of_test(row),))


def _fusion_left_aside(row: models.FusionResult, course: Course) -> Reason | None:
    asked = with_method(str(row), row.method)
    return course.specimen_left_aside(asked, row.specimen, (of_fusion(row),))


def remarks(
    fusions: list[models.FusionResult],
    tests: list[models.GeneticTest],
    samples: list[Reason],
    course: Course,
) -> tuple[Reason, ...]:
    found = (
        *(_fusion_left_aside(row, course) for row in fusions if _was_done(row)),
        *(test_left_aside(row, course) for row in tests if _was_done(row)),
        *samples,
    )
    return tuple(dict.fromkeys(reason for reason in found if reason is not None))


def _was_done(row: models.FusionResult | models.GeneticTest) -> bool:
    return row.result != Result.NOT_TESTED
