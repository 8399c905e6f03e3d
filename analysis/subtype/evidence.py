"""What the subtype of a leukaemia is worked out from."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.calls import Evidence, Reason, State
from analysis.wording import N_, Labelled


class FusionMethod(Labelled):
    RT_PCR = "rt_pcr", N_("RT-PCR")
    FISH = "fish", N_("FISH")
    RNA_SEQ = "rna_seq", N_("RNA sequencing")
    KARYOTYPE = "karyotype", N_("karyotype")
    EXPRESSION = "expression", N_("gene expression profile")
    NOT_STATED = "not_stated", N_("method not stated")


@dataclass(frozen=True)
class FusionTest:
    """One fusion looked for, by one method. Either gene may come first.

    `gene_b` is "" where the partner is not known, or where every partner would be seen (FISH with a
    break-apart probe); both are "" for a test that would see every fusion (whole-transcriptome RNA
    sequencing) and saw none. `method` is a `FusionMethod` or its value, `date` ISO 8601 or "".
    """

    gene_a: str
    gene_b: str
    state: State
    method: FusionMethod | str = FusionMethod.NOT_STATED
    evidence: tuple[Evidence, ...] = ()
    date: str = ""


@dataclass(frozen=True)
class ProteinChange:
    """One sequence variant found, as it is written in the report: ("IKZF1", "p.Asn159Tyr").

    `vaf` is a fraction (0.42), None where it is not recorded; `readable` is False where the sample
    failed its quality, so that what it shows settles nothing.
    """

    gene: str
    hgvs_p: str
    evidence: tuple[Evidence, ...] = ()
    vaf: float | None = None
    readable: bool = True


@dataclass(frozen=True)
class SubtypeEvidence:
    """All that is known of one child's leukaemia at diagnosis. What is not given was not tested.

    `karyotype` is ISCN text; `karyotype_state` is for a karyotype without text (NOT_EVALUABLE where
    the culture failed, NOT_DETECTED where somebody recorded "normal"). `modal_number` is as
    recorded, `dna_index` the DNA content relative to a normal cell (1.0). `sequenced` says for each
    gene whether sequencing answered: NOT_DETECTED covered and readable, NOT_EVALUABLE covered and
    failed; a gene that is not listed was not sequenced. `iamp21` is FISH or an array;
    `ph_like_profile` and `etv6_runx1_like_profile` are expression profiles. `b_lineage` is
    NOT_DETECTED for a leukaemia on record as another than B-ALL, which has none of these subtypes.
    `disagreements` are tests of one question that contradict each other, `remarks` what was left
    aside (`analysis.subtype.course`).
    """

    fusions: tuple[FusionTest, ...] = ()
    karyotype: str = ""
    karyotype_state: State = State.NOT_TESTED
    modal_number: int | None = None
    dna_index: float | None = None
    variants: tuple[ProteinChange, ...] = ()
    sequenced: tuple[tuple[str, State], ...] = ()
    iamp21: State = State.NOT_TESTED
    ph_like_profile: State = State.NOT_TESTED
    etv6_runx1_like_profile: State = State.NOT_TESTED
    b_lineage: State = State.NOT_TESTED
    evidence: tuple[Evidence, ...] = ()
    disagreements: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()
