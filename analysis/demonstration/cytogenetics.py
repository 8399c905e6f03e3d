"""Karyotype, modal number, DNA index, WHO name and fusion results that agree with the subtype."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from analysis.demonstration.plan import Child

WHO = {
    "hyperdiploid": "B-lymphoblastic leukaemia/lymphoma with high hyperdiploidy",
    "tel": "B-lymphoblastic leukaemia/lymphoma with ETV6::RUNX1 fusion",
    "mll": "B-lymphoblastic leukaemia/lymphoma with KMT2A rearrangement",
    "pbx1": "B-lymphoblastic leukaemia/lymphoma with TCF3::PBX1 fusion",
    "hlf": "B-lymphoblastic leukaemia/lymphoma with TCF3::HLF fusion",
    "ph": "B-lymphoblastic leukaemia/lymphoma with BCR::ABL1 fusion",
    "ph_like": "B-lymphoblastic leukaemia/lymphoma with BCR::ABL1-like features",
    "other": "B-lymphoblastic leukaemia/lymphoma, NOS",
}

# Fusions whose translocation a karyotype shows. ETV6::RUNX1 and P2RY8::CRLF2 are cryptic.
TRANSLOCATION = {
    "BCR::ABL1": "t(9;22)(q34;q11.2)",
    "KMT2A::AFF1": "t(4;11)(q21;q23)",
    "KMT2A::MLLT3": "t(9;11)(p21;q23)",
    "KMT2A::MLLT1": "t(11;19)(q23;p13.3)",
    "KMT2A::MLLT10": "t(10;11)(p12;q23)",
    "TCF3::PBX1": "t(1;19)(q23;p13.3)",
    "TCF3::HLF": "t(17;19)(q22;p13.3)",
    "ETV6::ABL1": "t(9;12)(q34;p13)",
}
SCREEN = ("BCR::ABL1", "ETV6::RUNX1", "TCF3::PBX1", "TCF3::HLF", "KMT2A::AFF1")
# The chromosomes gained in high hyperdiploidy, in the order in which ISCN lists them.
GAINED = ("X", "4", "5", "6", "8", "10", "14", "17", "18", "21", "21")
USUAL = {"X", "4", "6", "10", "14", "17", "18", "21"}


@dataclass(frozen=True)
class Chromosomes:
    """`iscn`: karyotype; `state`: "normal" or "abnormal"; `modal`: chromosome number."""

    iscn: str
    state: str
    modal: int
    dna_index: float


def chromosomes(child: Child, rng: Random) -> Chromosomes:
    sex = "XX" if child.sex == "female" else "XY"
    metaphases = rng.randint(9, 18)
    normal = f"/46,{sex}[{20 - metaphases}]"
    if child.subtype == "hyperdiploid":
        gains = _gains(rng)
        modal = 46 + len(gains)
        iscn = f"{modal},{sex},{','.join(f'+{name}' for name in gains)}[{metaphases}]{normal}"
        return Chromosomes(iscn, "abnormal", modal, round(modal / 46 + rng.uniform(-0.01, 0.02), 2))
    index = round(1 + rng.uniform(-0.02, 0.02), 2)
    if child.fusion in TRANSLOCATION:
        iscn = f"46,{sex},{TRANSLOCATION[child.fusion]}[{metaphases}]{normal}"
        return Chromosomes(iscn, "abnormal", 46, index)
    if child.deletion == (1, 8) and child.subtype == "other":
        # The whole gene can be lost with the whole chromosome.
        return Chromosomes(f"45,{sex},-7[{metaphases}]{normal}", "abnormal", 45, 0.98)
    if child.subtype == "tel" and rng.random() < 0.15:
        return Chromosomes(f"46,{sex},del(12)(p13)[{metaphases}]{normal}", "abnormal", 46, index)
    if child.subtype == "other" and rng.random() < 0.2:
        change = rng.choice(("del(6)(q21)", "del(9)(p21)", "i(9)(q10)"))
        return Chromosomes(f"46,{sex},{change}[{metaphases}]{normal}", "abnormal", 46, index)
    return Chromosomes(f"46,{sex}[20]", "normal", 46, index)


def _gains(rng: Random) -> list[str]:
    """Between five and ten gained chromosomes: a modal number of 51 to 56."""
    gains = [name for name in GAINED if rng.random() < (0.85 if name in USUAL else 0.25)]
    while len(gains) < 5 or len(gains) > 10:
        gains = [name for name in GAINED if rng.random() < 0.7]
    return gains


def fusions(child: Child) -> tuple[dict[str, str], ...]:
    """`fusions` rows without the child: the screen of five, and what else was found."""
    rows = [_row(name, "rt_pcr", name == child.fusion) for name in SCREEN]
    if child.fusion and child.fusion not in SCREEN:
        method = "rna_seq" if child.subtype == "ph_like" else "fish"
        rows.append(_row(child.fusion, method, True))
    return tuple(rows)


def _row(name: str, method: str, found: bool) -> dict[str, str]:
    gene_a, gene_b = name.split("::")
    result = "detected" if found else "not_detected"
    return {"gene_a": gene_a, "gene_b": gene_b, "method": method, "result": result, "detail": ""}
