"""What of a child's tests is of the diagnosis, and what of a later time.

A specimen is of the diagnosis by its recorded time point, and where its day is known only if it was
taken before the first remission, relapse or transplant. Of a test with a day of its own but no
specimen (`GeneticTest.tested_on`) that day may lie weeks after the sample: it ends with the first
relapse or transplant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from analysis.calls import Evidence, Reason
from analysis.subtype.course import Turn, left_aside, of_other_specimen
from analysis.wording import Labelled, Message
from reports.models import Event, FollowUpEvent, Specimen, TimePoint

TURNS = {
    Event.REMISSION: Turn.REMISSION,
    Event.RELAPSE: Turn.RELAPSE,
    Event.TRANSPLANT: Turn.TRANSPLANT,
}
_OF_TESTS = (Turn.RELAPSE, Turn.TRANSPLANT)
_OF_POINT = {TimePoint.REMISSION: Turn.REMISSION, TimePoint.RELAPSE: Turn.RELAPSE}


@dataclass(frozen=True)
class Course:
    """The first day of each turn of one child's disease; what is not there was not recorded."""

    first: Mapping[Turn, date] = field(default_factory=dict)

    def turn_before(self, day: date | None, turns: Collection[Turn]) -> Turn | None:
        """The earliest of `turns` that lies on `day` or before it; None for an unknown day."""
        if day is None:
            return None
        passed = [turn for turn in turns if turn in self.first and self.first[turn] <= day]
        return min(passed, key=self.first.__getitem__, default=None)

    def of_diagnosis(self, specimen: Specimen | None) -> bool:
        """Whether nothing speaks against `specimen` being of the diagnosis."""
        if specimen is None:
            return True
        at_diagnosis = specimen.time_point == TimePoint.DIAGNOSIS
        return at_diagnosis and self.turn_before(specimen.collected_on, Turn) is None

    def specimen_left_aside(
        self,
        asked: Labelled | Message | str,
        specimen: Specimen | None,
        evidence: tuple[Evidence, ...] = (),
    ) -> Reason | None:
        """Why a test of `specimen` does not count; None where it does."""
        if self.of_diagnosis(specimen):
            return None
        if turn := _OF_POINT.get(specimen.time_point):
            return of_other_specimen(asked, specimen.number, turn=turn, evidence=evidence)
        day = specimen.collected_on
        return self._left_aside(asked, day, self.turn_before(day, Turn), evidence)

    def test_left_aside(
        self,
        asked: Labelled | Message | str,
        day: date | None,
        evidence: tuple[Evidence, ...] = (),
    ) -> Reason | None:
        """Why a test of `day` does not count; None where it does."""
        turn = self.turn_before(day, _OF_TESTS)
        return None if turn is None else self._left_aside(asked, day, turn, evidence)

    def _left_aside(self, asked, day: date, turn: Turn, evidence: tuple[Evidence, ...]) -> Reason:
        since = self.first[turn].isoformat()
        return left_aside(asked, day.isoformat(), turn=turn, since=since, evidence=evidence)


def courses(patient_ids: Collection[int]) -> dict[int, Course]:
    """Per patient id, in one query. A turn without a date counts its days from the diagnosis."""
    rows = FollowUpEvent.objects.filter(patient_id__in=patient_ids, event__in=list(TURNS))
    by_child: dict[int, list[FollowUpEvent]] = defaultdict(list)
    for row in rows.select_related("patient"):
        by_child[row.patient_id].append(row)
    return {key: course_of(by_child[key]) for key in patient_ids}


def course_of(events: Iterable[FollowUpEvent]) -> Course:
    """The course of the child to whom all of `events` belong."""
    found: dict[Turn, date] = {}
    for row in events:
        turn, day = TURNS.get(Event(row.event)), row.date
        if day is None and row.patient.diagnosis_date is not None:
            day = row.patient.diagnosis_date + timedelta(days=row.days_from_diagnosis)
        if turn is not None and day is not None:
            found[turn] = min(day, found.get(turn, day))
    return Course(found)
