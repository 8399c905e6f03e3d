"""The demonstration cohort as a whole: 200 children of the study and seven outside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from analysis.demonstration import continuous, copy_number, course, cytogenetics, genes, variants
from analysis.demonstration.outside import outside_records
from analysis.demonstration.plan import Child, children, read
from analysis.demonstration.rows import COLUMNS, Record, rows_of

SEED = 20220328
DAYS_A_YEAR = 365.25
# A poor glucocorticoid response is blasts >= 1.0 x 10^9/L on day 8: it wants cells to begin with.
POOR_RESPONSE_WBC = 5.0


@dataclass(frozen=True)
class Sheet:
    """One sheet: column names of `clinical_columns.yaml`, and the rows under them."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class DemonstrationCohort:
    """Every sheet of the invented cohort, and the seed that it came from."""

    seed: int
    sheets: tuple[Sheet, ...]

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name; KeyError where there is none."""
        return {sheet.name: sheet for sheet in self.sheets}[name]


def build(seed: int = SEED) -> DemonstrationCohort:
    """The cohort of this seed: 200 children who meet the marginals exactly, and seven outside.

    Raises `continuous.CannotBeMet` or ValueError where a seed should fail; the tests try several.
    """
    rng = Random(seed)
    rows = rows_of([*_records(rng), *outside_records(rng)], rng)
    sheets = tuple(Sheet(name, COLUMNS[name], tuple(rows[name])) for name in COLUMNS)
    return DemonstrationCohort(seed, sheets)


def planned_children(seed: int = SEED) -> tuple[Child, ...]:
    """The plan's 200 children in the order of their hospital numbers, from 1 on."""
    return tuple(record.child for record in _records(Random(seed)))


def _records(rng: Random) -> list[Record]:
    plan = children(rng)
    values = _values(plan, rng)
    mutated = genes.mutated_genes(plan, rng)
    sites = variants.sites(plan, mutated, rng)
    records = []
    for index, child in enumerate(plan):
        losses = copy_number.losses(child, rng)
        own = {name: column[index] for name, column in values.items()}
        diagnosed = _diagnosis_date(rng)
        records.append(
            Record(
                child=child,
                diagnosis_date=diagnosed,
                birth_date=diagnosed - timedelta(days=round(own.pop("age") * DAYS_A_YEAR)),
                numbers=own,
                blasts_marrow=losses.blasts,
                chromosomes=cytogenetics.chromosomes(child, rng),
                course=course.course(child, wbc=own["wbc"], rng=rng),
                probes=copy_number.probes(child, losses, rng),
                sites=sites[index],
            )
        )
    # Numbered by date, so that the altered children stand among the others.
    return sorted(records, key=lambda record: (record.diagnosis_date, record.birth_date))


def _diagnosis_date(rng: Random) -> date:
    period = read("marginals")["period"]
    return period["first"] + timedelta(days=rng.randint(0, (period["last"] - period["first"]).days))


def _values(plan: tuple[Child, ...], rng: Random) -> dict[str, list[float]]:
    """Each continuous variable, one value a child in the order of `plan`."""
    counts = {
        group: {
            "infant": sum(c.age == "infant" for c in plan if c.group == group),
            "old": sum(c.age == "old" for c in plan if c.group == group),
            "high": sum(c.wbc == "high" for c in plan if c.group == group),
        }
        for group in ("altered", "not_detected")
    }
    targets = read("marginals")["continuous"]
    placed = {
        name: continuous.place(target, counts=counts, rng=rng) for name, target in targets.items()
    }
    values: dict[str, list[float]] = {name: [0.0] * len(plan) for name in placed}
    for group in ("altered", "not_detected"):
        members = [index for index, child in enumerate(plan) if child.group == group]
        own = {name: list(getattr(p, group)) for name, p in placed.items()}
        _give_ages(values["age"], plan, members, own["age"], rng)
        _give_wbc(values["wbc"], plan, members, own["wbc"], rng)
        for name in ("haemoglobin", "platelets"):
            rng.shuffle(own[name])
            for index, value in zip(members, own[name], strict=True):
                values[name][index] = value
        pairs = _percentages(own["lymphocytes"], own["neutrophils"], rng)
        for index, (lymphocytes, neutrophils) in zip(members, pairs, strict=True):
            values["lymphocytes"][index] = lymphocytes
            values["neutrophils"][index] = neutrophils
    return values


def _give_ages(
    column: list[float], plan: tuple[Child, ...], members: list[int], ages: list[float], rng: Random
) -> None:
    """The youngest ages to the infants of the plan, the oldest to those of ten years and more."""
    for kind in ("infant", "young", "old"):
        own = [index for index in members if plan[index].age == kind]
        share, ages = ages[: len(own)], ages[len(own) :]
        rng.shuffle(share)
        for index, value in zip(own, share, strict=True):
            column[index] = value


def _give_wbc(
    column: list[float], plan: tuple[Child, ...], members: list[int], wbc: list[float], rng: Random
) -> None:
    """Values by class; the poor responders of the low class are not among the lowest."""
    own = [index for index in members if plan[index].wbc == "low"]
    share = wbc[: len(own)]
    poor = [index for index in own if plan[index].gc == "poor"]
    enough = [value for value in share if value >= POOR_RESPONSE_WBC]
    taken = rng.sample(enough, len(poor))
    left = list(share)
    for value in taken:
        left.remove(value)
    rng.shuffle(left)
    high = wbc[len(own) :]
    rng.shuffle(high)
    others = [index for index in own if index not in poor]
    elevated = [index for index in members if plan[index].wbc == "high"]
    for indices, given in ((poor, taken), (others, left), (elevated, high)):
        for index, value in zip(indices, given, strict=True):
            column[index] = value


def _percentages(
    lymphocytes: list[float], neutrophils: list[float], rng: Random
) -> list[tuple[float, float]]:
    """Pairs of at most 100 %: opposite ranks first, then exchanges that keep the limit."""
    first, second = sorted(lymphocytes, reverse=True), sorted(neutrophils)
    if any(a + b > 100 for a, b in zip(first, second, strict=True)):
        raise ValueError("lymphocytes and neutrophils cannot share 100 %")
    for _ in range(20 * len(first)):
        i, j = rng.randrange(len(first)), rng.randrange(len(first))
        if first[i] + second[j] <= 100 and first[j] + second[i] <= 100:
            second[i], second[j] = second[j], second[i]
    pairs = list(zip(first, second, strict=True))
    rng.shuffle(pairs)
    return pairs
