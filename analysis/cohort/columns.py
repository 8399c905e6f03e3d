"""The fixed columns of a cohort: name, label, unit and kind, in the order of the study's tables."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.calls import State
from analysis.wording import N_, Labelled, Message, say

# A state column holds these, in this order; their places are the codes of `CohortFrame.codes`.
STATES = tuple(State)
ALTERED = STATES.index(State.ALTERED)
NOT_DETECTED = STATES.index(State.NOT_DETECTED)
NOT_EVALUABLE = STATES.index(State.NOT_EVALUABLE)
NOT_TESTED = STATES.index(State.NOT_TESTED)


class Kind(Labelled):
    """What a column holds."""

    NUMBER = "number", N_("measurement")
    STATE = "state", N_("laboratory answer")
    CLASS = "class", N_("class")


class Sex(Labelled):
    MALE = "male", N_("Male")
    FEMALE = "female", N_("Female")


class RiskGroup(Labelled):
    LOW = "low", N_("Low risk")
    INTERMEDIATE = "intermediate", N_("Intermediate risk")
    HIGH = "high", N_("High risk")


class Cns(Labelled):
    """CNS status without its subdivisions: 2a-2c are CNS2, 3a-3c are CNS3."""

    CNS1 = "cns1", N_("CNS1")
    CNS2 = "cns2", N_("CNS2")
    CNS3 = "cns3", N_("CNS3")


@dataclass(frozen=True)
class Column:
    """One column of the cohort. `unit` is None for what has none; `levels` are the classes of a
    CLASS column; `digits` is the most decimals that are printed."""

    name: str
    label: Message
    kind: Kind
    unit: Message | None = None
    levels: tuple[Labelled | Message, ...] = ()
    digits: int = 2


_PER_LITRE = say(N_("10⁹/L"))
_PERCENT = say(N_("%"))

NUMBERS = (
    Column("age_years", say(N_("Age at diagnosis")), Kind.NUMBER, say(N_("years"))),
    Column("wbc", say(N_("White blood cells")), Kind.NUMBER, _PER_LITRE),
    # Percent of white cells: the study prints 10^9/L, which its own medians rule out.
    Column("lymphocytes", say(N_("Lymphocytes")), Kind.NUMBER, _PERCENT),
    Column("neutrophils", say(N_("Neutrophils")), Kind.NUMBER, _PERCENT),
    Column("haemoglobin", say(N_("Haemoglobin")), Kind.NUMBER, say(N_("g/L"))),
    Column("platelets", say(N_("Platelets")), Kind.NUMBER, _PER_LITRE),
)
RESPONSES = (
    Column("glucocorticoid_insensitive", say(N_("Glucocorticoid insensitive")), Kind.STATE),
    Column("mrd_d15_above", say(N_("MRD day 15 > 1×10⁻³")), Kind.STATE),
    Column("mrd_d33_above", say(N_("MRD day 33 > 1×10⁻⁴")), Kind.STATE),
)
IKZF1 = (
    Column("ikzf1", say(N_("IKZF1")), Kind.STATE),
    Column("ikzf1_large_deletion", say(N_("IKZF1 large deletion")), Kind.STATE),
    Column("ikzf1_sequence_variant", say(N_("IKZF1 SNV/InDel")), Kind.STATE),
)
SUBTYPES = (
    Column("hyperdiploid", say(N_("Hyperdiploid")), Kind.STATE),
    Column("etv6_runx1", say(N_("ETV6::RUNX1")), Kind.STATE),
    Column("kmt2a_r", say(N_("KMT2A-rearranged")), Kind.STATE),
    Column("tcf3_pbx1", say(N_("TCF3::PBX1")), Kind.STATE),
    Column("tcf3_hlf", say(N_("TCF3::HLF")), Kind.STATE),
    Column("ph_or_ph_like", say(N_("Ph+ or Ph-like")), Kind.STATE),
)
# Beyond the study's tables.
DISEASE = (
    Column("blasts_marrow", say(N_("Blasts in marrow")), Kind.NUMBER, _PERCENT),
    Column("cns", say(N_("CNS status")), Kind.CLASS, levels=tuple(Cns)),
)
# The end of induction in protocols that measure on day 29 instead of day 33.
MRD_D29 = Column("mrd_d29_above", say(N_("MRD day 29 > 1×10⁻⁴")), Kind.STATE)
SEX = Column("sex", say(N_("Sex")), Kind.CLASS, levels=tuple(Sex))
RISK = Column("risk_group", say(N_("Risk group")), Kind.CLASS, levels=tuple(RiskGroup))

COLUMNS = {
    column.name: column
    for column in (SEX, *NUMBERS, *RESPONSES, RISK, *IKZF1, *DISEASE, MRD_D29, *SUBTYPES)
}
