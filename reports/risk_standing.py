"""Where a child's risk group stands: computed, entered by a doctor, still up to date or not.

The list of patients, the page, the report, the admin and the cohort all ask here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analysis.calls import State
from analysis.risk.result import NO_GROUP, RiskWord
from reports.models import ComputedRisk, Patient, RiskAssessment, RiskGroup
from reports.protocols import table_of, without_table
from reports.stored import is_stale, with_choice


@dataclass(frozen=True)
class RiskStanding:
    """`computed` is the leading computed group, `basis` the one by the protocol of the doctor's
    entry; either may be absent. `unspoken`: the child was assessed, and no protocol speaks for its
    diagnosis. `untabled`: protocols of the centre, by name and version, that have no rules here."""

    computed: ComputedRisk | None
    entered: RiskAssessment | None
    basis: ComputedRisk | None
    unspoken: bool = False
    untabled: tuple[str, ...] = ()

    @property
    def assigned(self) -> str:
        """The doctor's group (a `RiskGroup`), or ""."""
        return self.entered.risk_group if self.entered else ""

    @property
    def stale(self) -> bool:
        """The computed group is about to be worked out anew."""
        return any(row is not None and is_stale(row) for row in (self.computed, self.basis))

    @property
    def out_of_date(self) -> bool:
        """What was computed has changed since the doctor's entry, or the diagnosis has, so that
        the protocol of the entry no longer speaks for the child, or its rules are gone."""
        if not self.assigned:
            return False
        if self.basis is not None:
            return self.basis.out_of_date
        return self.rules_gone or (self.unspoken and table_of(self.entered.protocol) is not None)

    @property
    def rules_gone(self) -> bool:
        """The doctor decided on a computed group, and its protocol has no rule table any more."""
        decided = self.entered is not None and self.entered.computed_group
        return bool(decided) and table_of(self.entered.protocol) is None

    @property
    def differs(self) -> bool:
        """The doctor's group is not the one that the rules settle by the same protocol."""
        settled = self.basis.word if self.basis is not None else ""
        return bool(self.assigned) and bool(settled) and settled != self.assigned

    @property
    def mark(self) -> State | None:
        """A sign that nobody overlooks where the entry needs a person; else none."""
        return State.NOT_EVALUABLE if self.out_of_date or self.stale else None

    def entry_text(self) -> str:
        """Who stands behind the doctor's group: a person on a day, a person, or nobody named."""
        row = self.entered
        if not self.assigned:
            return _("no doctor has assigned a group")
        if not row.risk_confirmed_by:
            return _("as the treating doctor assigned it; nobody is named")
        if row.confirmed_on is None:
            return _("confirmed by {who}; the day is not recorded").format(
                who=row.risk_confirmed_by
            )
        sentence = _("confirmed by {who} on {day}")
        if row.override_reason:
            sentence = _("set by {who} on {day} against the computed group: {reason}")
        return sentence.format(
            who=row.risk_confirmed_by, day=row.confirmed_on.isoformat(), reason=row.override_reason
        )

    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before using the group."""
        said = []
        said += [without_rules(self.untabled)] if self.untabled else []
        if self.unspoken and not self.untabled:
            said.append(no_protocol())
        if self.out_of_date and self.rules_gone:
            sentence = _(
                "Out of date: the doctor's group was entered by {protocol}, of which there is no "
                "rule table here any more. The doctor's group has not been changed."
            )
            said.append(sentence.format(protocol=self.entered.protocol))
        elif self.out_of_date and self.basis is None:
            sentence = _(
                "Out of date: the doctor's group was entered by {protocol}, which does not speak "
                "for this diagnosis. The doctor's group has not been changed."
            )
            said.append(sentence.format(protocol=self.entered.protocol))
        elif self.out_of_date:
            sentence = _(
                "Out of date: when the doctor's group was entered the rules gave {before}; now "
                "they give {now}. The doctor's group has not been changed."
            )
            before, now = shown_result(self.basis.basis), shown_result(self.basis.result)
            said.append(sentence.format(before=before, now=now))
        elif self.differs:
            sentence = _("The doctor's group differs from the computed one, {group}.")
            said.append(sentence.format(group=shown_result(self.basis.result)))
        if self.stale:
            said.append(_("The rules have changed since: the computed group is to be reassessed."))
        return tuple(said)


def no_protocol() -> str:
    """Said wherever a group would stand, for a child whose diagnosis no protocol speaks for."""
    return _(
        "None of the protocols chosen for this child or its centre speaks for this diagnosis: "
        "there is no risk group by rules."
    )


def without_rules(untabled: Collection[str]) -> str:
    """Said wherever a group would stand, for a centre whose choice has no rule table."""
    sentence = _(
        "The centre has chosen {protocols}, of which there is no rule table here: no group is "
        "worked out by it, nor by another protocol in its place."
    )
    return sentence.format(protocols=", ".join(untabled))


def silence(standing: RiskStanding) -> str:
    """Why no group is worked out by rules."""
    return without_rules(standing.untabled) if standing.untabled else no_protocol()


def shown_result(result: dict) -> str:
    """A short result in the protocol's codes: "IR", "IR now; possible: IR, HR", or the possible;
    in words where the protocol has no group for the child."""
    language = get_language() or "en"
    none = {NO_GROUP: RiskWord.NONE.label(language)}
    if result.get("group"):
        return none.get(result["group"], result["group"])
    comma = "、" if language.startswith("zh") else ", "
    possible = comma.join(none.get(code, code) for code in result.get("possible", []))
    if len(result.get("now", [])) == 1:
        return _("{group} now (possible: {possible})").format(
            group=none.get(result["now"][0], result["now"][0]), possible=possible
        )
    return _("not settled (possible: {possible})").format(possible=possible)


def with_standing(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """The same children with all that `standing_of` asks, in three more queries."""
    rows = Prefetch("computed_risks", with_choice(ComputedRisk.objects.defer("content")))
    related = patients.select_related("risk", "ikzf1", "centre")
    return related.prefetch_related(rows, "centre__protocols")


def standing_of(patient: Patient) -> RiskStanding:
    rows: Iterable[ComputedRisk] = patient.computed_risks.all()
    # Every derived value is stored at once: one without the other means that there is none.
    assessed = getattr(patient, "ikzf1", None) is not None
    untabled = without_table(patient.centre.protocols.all())
    return _standing(rows, getattr(patient, "risk", None), assessed=assessed, untabled=untabled)


def standings(patient_ids: Collection[int]) -> dict[int, RiskStanding]:
    """Per patient id, in a fixed number of queries."""
    patients = with_standing(Patient.objects.filter(pk__in=patient_ids))
    return {patient.pk: standing_of(patient) for patient in patients}


def _standing(
    rows: Iterable[ComputedRisk],
    entered: RiskAssessment | None,
    *,
    assessed: bool,
    untabled: tuple[str, ...],
) -> RiskStanding:
    rows = tuple(rows)
    return RiskStanding(
        computed=next((row for row in rows if row.leading), None),
        entered=entered,
        basis=next((row for row in rows if row.assignment is not None), None),
        unspoken=assessed and not rows,
        untabled=untabled,
    )


def group_by(standing: RiskStanding, source: str) -> str | None:
    """The group of a child for a cohort, by the stated choice of `RISK_SOURCES`; None where that
    choice has none (of "computed" also where several groups are still possible), and for a group of
    its own: the tables of a cohort go from low to high."""
    word = word_by(standing, source)
    return word if word in _OF_COHORTS else None


def word_by(standing: RiskStanding, source: str) -> str:
    """The same for any group, also one of its own (infants); "" where that choice has none."""
    current = source == "confirmed" and standing.assigned and not standing.out_of_date
    if source == "assigned" or current:
        return standing.assigned
    return standing.computed.word if standing.computed is not None else ""


_OF_COHORTS = (RiskGroup.LOW, RiskGroup.INTERMEDIATE, RiskGroup.HIGH)


# "confirmed": the doctor's group while it is up to date, else the computed one.
RISK_SOURCES = ("computed", "confirmed", "assigned")
