"""200 children with the counts that Zhang et al. 2022 print, for the tests of the cohort's tables.

Each characteristic is dealt out by itself, so only margins by IKZF1 status mean anything.
"""

from analysis.calls import State
from analysis.cohort.frame import Alteration, AlterationKind, Child, CohortFrame
from analysis.response import MrdMeasurement

ALTERED, NONE = State.ALTERED, State.NOT_DETECTED
PANEL = frozenset({"IKZF1", "IL7R", "SETD2", "ROBO3", "NRAS", "TP53"})
DELETIONS = ["del4-7"] * 8 + ["del1-8"] * 4 + ["del2-7"] * 3 + ["del4-8"] * 2 + ["del2-8"]
# Of 22 altered children, then of 178 without.
COUNTS = {
    "female": (8, 86),
    "insensitive": (14, 16),
    "d15": (10, 39),
    "d33": (2, 10),
    "hyperdiploid": (4, 64),
    "ph": (4, 6),
    "IL7R": (2, 0),
    "SETD2": (4, 9),
    "ROBO3": (2, 2),
    "NRAS": (4, 46),
}
NOT_MEASURED_D15 = 3


def study_children() -> list[Child]:
    return [_child(0, i) for i in range(22)] + [_child(1, i) for i in range(178)]


def study() -> CohortFrame:
    return CohortFrame.from_children(study_children())


def _child(group: int, i: int) -> Child:
    has = {name: i < counts[group] for name, counts in COUNTS.items()}
    deleted = group == 0 and i < 18
    # The 18 deleted first; number 17 (from 0) carries a variant too, 18 to 21 a variant only.
    variant = group == 0 and i >= 17
    unmeasured = group == 1 and i >= 178 - NOT_MEASURED_D15
    genes = [
        Alteration(g, AlterationKind.SNV) for g in ("IL7R", "SETD2", "ROBO3", "NRAS") if has[g]
    ]
    genes += [Alteration("IKZF1", AlterationKind.LARGE_DELETION)] * deleted
    genes += [Alteration("IKZF1", AlterationKind.INDEL)] * variant
    risk = ("low", "intermediate", "high")
    return Child(
        id=100 * (group + 1) + i,
        code=f"Z-{group}-{i}",
        sex="female" if has["female"] else "male",
        age_years=1.5 + i / 4,
        wbc=None if i == 0 else 10.0 * (2 - group) + i,
        day8_blasts=1.0 if has["insensitive"] else 0.99,
        mrd_d15=None if unmeasured else _mrd(0.0011 if has["d15"] else 0.001),
        mrd_d33=_mrd(0.00011 if has["d33"] else 0.0001),
        risk_group=risk[i % 3],
        ikzf1=NONE if group else ALTERED,
        ikzf1_large_deletion=ALTERED if deleted else NONE,
        ikzf1_sequence_variant=ALTERED if variant else NONE,
        ikzf1_deletions=(DELETIONS[i],) if deleted else (),
        hyperdiploid=ALTERED if has["hyperdiploid"] else NONE,
        ph_or_ph_like=ALTERED if has["ph"] else NONE,
        genes_tested=PANEL,
        alterations=tuple(genes),
    )


def _mrd(fraction: float) -> MrdMeasurement:
    return MrdMeasurement(fraction, "=", lod=1e-5)
