"""Every rule of every shipped protocol on both sides of its boundary, written from the sources'
wording. `YES` is met, `NO` not met, `OPEN` not evaluable.

A row: rule, facts, verdict. An MRD is (fraction, operator, LOD); a bare number is a measured
fraction with LOD 1e-5.
"""

from analysis.response import MrdOperator
from analysis.risk.facts import MrdResult, RiskFacts, number_fact, word_fact
from analysis.risk.result import Verdict
from analysis.risk.vocabulary import VOCABULARY

YES, NO, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.NOT_EVALUABLE
DAYS = {"mrd_d15": 15, "mrd_d33": 33, "mrd_week12": 84}


def facts(*, method="flow", **given):
    """`RiskFacts` from short values: numbers, words, tuples of words, MRD as in the tables."""
    found, mrd = [], []
    for name, value in given.items():
        if VOCABULARY[name].mrd:
            fraction, operator, lod = value if isinstance(value, tuple) else (value, "=", 1e-5)
            mrd.append(MrdResult(DAYS[name], fraction, MrdOperator(operator), lod, method=method))
        elif isinstance(value, str):
            found.append(word_fact(name, value))
        elif isinstance(value, tuple):
            found.append(word_fact(name, *value))
        else:
            found.append(number_fact(name, value))
    return RiskFacts(tuple(found), tuple(mrd))


def used(**given):
    return {"mrd_use": "used", **given}


def unused(**given):
    return {"mrd_use": "not_used", **given}


def wbc_50(rule):
    """WBC >= 50."""
    return [(rule, {"wbc": 50}, YES), (rule, {"wbc": 49.99}, NO), (rule, {}, OPEN)]


def wbc_below_50(rule):
    return [(rule, {"wbc": 49.99}, YES), (rule, {"wbc": 50}, NO), (rule, {}, OPEN)]


def age_10(rule):
    return [
        (rule, {"age_years": 10}, YES),
        (rule, {"age_years": 9.99}, NO),
        (rule, {}, OPEN),
    ]


def age_1_to_10(rule):
    return [
        (rule, {"age_years": 1}, YES),
        (rule, {"age_years": 0.99}, NO),
        (rule, {"age_years": 9.99}, YES),
        (rule, {"age_years": 10}, NO),
        (rule, {}, OPEN),
    ]


def found(rule, fact, *words):
    """Met by each of `words`, not by "not detected"; every way of not knowing leaves it open."""
    return [
        *((rule, {fact: word}, YES) for word in words or ("altered",)),
        (rule, {fact: "not_detected"}, NO),
        (rule, {fact: "not_tested"}, OPEN),
        (rule, {fact: "not_evaluable"}, OPEN),
        (rule, {}, OPEN),
    ]


def t_all(rule):
    return [
        (rule, {"lineage": "t"}, YES),
        (rule, {"lineage": "precursor_b"}, NO),
        (rule, {"lineage": "mature_b"}, NO),
        (rule, {}, OPEN),
    ]


def mrd_from(rule, fact, threshold, *, below, method="flow", **others):
    """At or above `threshold`; `below` is a measured value just under it."""
    given = {"method": method, **others}
    rows = [
        (rule, {**given, fact: threshold}, YES),
        (rule, {**given, fact: below}, NO),
        (rule, {**given, fact: (threshold, "<", threshold)}, NO),
        (rule, {**given, fact: (threshold, "<", threshold * 10)}, OPEN),
        (rule, {**given, fact: (None, "not_detected", threshold)}, NO),
        (rule, {**given, fact: (None, "not_detected", threshold * 10)}, OPEN),
        (rule, {**given, fact: (None, "not_detected", None)}, OPEN),
    ]
    return rows if method != "flow" else [*rows, (rule, used(), OPEN)]


def mrd_under(rule, fact, threshold, *, below, method="flow", **others):
    """Below `threshold`: the same measurements, the other way round."""
    turned = {YES: NO, NO: YES, OPEN: OPEN}
    rows = mrd_from(rule, fact, threshold, below=below, method=method, **others)
    return [(rule, given, turned[verdict]) for rule, given, verdict in rows]


def mrd_between(rule, fact, low, high, *, below_low, below_high, **others):
    return [
        (rule, {**others, fact: low}, YES),
        (rule, {**others, fact: below_low}, NO),
        (rule, {**others, fact: below_high}, YES),
        (rule, {**others, fact: high}, NO),
        (rule, {**others, fact: (low, "<", low)}, NO),
        (rule, {**others, fact: (low, "<", low * 10)}, OPEN),
    ]


SR_BASE = {
    "age_years": 4, "wbc": 10, "lineage": "precursor_b", "bcr_abl1": "not_detected",
    "kmt2a": "not_detected", "tcf3_pbx1": "not_detected",
}  # fmt: skip
# Each item of standard risk at diagnosis, left alone.
NOT_SR_BASE = (
    {"age_years": 10}, {"age_years": 0.99}, {"wbc": 50}, {"lineage": "t"},
    {"lineage": "mature_b"}, {"bcr_abl1": "altered"}, {"kmt2a": "aff1"},
    {"tcf3_pbx1": "altered"},
)  # fmt: skip

CCLG = [
    # Standard-risk and intermediate-risk induction: any item B.
    ("IR-induction", {**SR_BASE, "wbc": 50}, YES),
    ("IR-induction", {**SR_BASE, "age_years": 10}, YES),
    ("IR-induction", {**SR_BASE, "age_years": 0.99}, YES),
    ("IR-induction", {**SR_BASE, "lineage": "t"}, YES),
    ("IR-induction", {**SR_BASE, "tcf3_pbx1": "altered"}, YES),
    ("IR-induction", SR_BASE, NO),
    ("IR-induction", {**SR_BASE, "tcf3_pbx1": "not_tested"}, OPEN),
    # "D8 PB leukaemic cells > 1 (BFM >= 1000/uL)": exactly 1.0 is poor.
    ("HR-1", {"day8_blasts": 1.0}, YES),
    ("HR-1", {"day8_blasts": 0.99}, NO),
    ("HR-1", {"day8_blasts": "insensitive"}, YES),
    ("HR-1", {"day8_blasts": "sensitive"}, NO),
    ("HR-1", {"day8_blasts": "not_tested"}, OPEN),
    *found("HR-2", "bcr_abl1"),
    ("HR-3", {"kmt2a": "aff1"}, YES),
    ("HR-3", {"kmt2a": "other_partner"}, NO),
    ("HR-3", {"kmt2a": "not_detected"}, NO),
    ("HR-3", {"kmt2a": ("not_detected", "other_partner")}, NO),
    ("HR-3", {"kmt2a": "not_tested"}, OPEN),
    # M3 is above 25 %, and counts under intermediate-risk induction only.
    ("HR-4", {"wbc": 50, "marrow_d15": 25.1}, YES),
    ("HR-4", {"wbc": 50, "marrow_d15": 25}, NO),
    ("HR-4", {"wbc": 50, "marrow_d15": "m3"}, YES),
    ("HR-4", {"wbc": 50, "marrow_d15": "m2"}, NO),
    ("HR-4", {**SR_BASE, "marrow_d15": "m3"}, NO),
    ("HR-4", {"marrow_d15": "m3"}, OPEN),
    # Not M1 (< 5 %).
    ("HR-5", {"marrow_d33": 5}, YES),
    ("HR-5", {"marrow_d33": 4.9}, NO),
    ("HR-5", {"marrow_d33": "m2"}, YES),
    ("HR-5", {"marrow_d33": "m1"}, NO),
    ("HR-5", {}, OPEN),
    *mrd_from("HR-6", "mrd_d33", 1e-2, below=9.9e-3),
    ("HR-6", unused(), NO),
    *mrd_from("HR-7", "mrd_week12", 1e-3, below=9.9e-4),
    ("HR-7", unused(), NO),
    *age_1_to_10("SR-1"),
    *wbc_below_50("SR-2"),
    ("SR-3", {"day8_blasts": 0.99}, YES),
    ("SR-3", {"day8_blasts": 1.0}, NO),
    ("SR-3", {}, OPEN),
    ("SR-4", {"lineage": "precursor_b"}, YES),
    ("SR-4", {"lineage": "mature_b"}, YES),
    ("SR-4", {"lineage": "t"}, NO),
    ("SR-4", {}, OPEN),
    ("SR-5", {"lineage": "precursor_b"}, YES),
    ("SR-5", {"lineage": "t"}, YES),
    ("SR-5", {"lineage": "mature_b"}, NO),
    ("SR-5", {}, OPEN),
    ("SR-6", SR_BASE, YES),
    ("SR-6", {**SR_BASE, "kmt2a": "other_partner"}, YES),
    ("SR-6", {**SR_BASE, "bcr_abl1": "altered"}, NO),
    ("SR-6", {**SR_BASE, "kmt2a": "aff1"}, NO),
    ("SR-6", {**SR_BASE, "tcf3_pbx1": "altered"}, NO),
    ("SR-6", {**SR_BASE, "tcf3_pbx1": "not_tested"}, OPEN),
    ("SR-7a", {"marrow_d15": 25}, YES),
    ("SR-7a", {"marrow_d15": 25.1}, NO),
    ("SR-7a", {"marrow_d15": "m2"}, YES),
    ("SR-7a", {"marrow_d15": "m3"}, NO),
    ("SR-7a", {}, OPEN),
    ("SR-7b", {"marrow_d33": 4.9}, YES),
    ("SR-7b", {"marrow_d33": 5}, NO),
    ("SR-7b", {}, OPEN),
    *mrd_under("SR-8a", "mrd_d33", 1e-4, below=9.9e-5),
    ("SR-8a", unused(), YES),
    *mrd_under("SR-8b", "mrd_week12", 1e-3, below=9.9e-4),
    ("SR-8b", unused(), YES),
    ("IR-A1", {"bcr_abl1": "not_detected", "kmt2a": "not_detected"}, YES),
    # Of KMT2A the text names t(4;11) alone.
    ("IR-A1", {"bcr_abl1": "not_detected", "kmt2a": "other_partner"}, YES),
    ("IR-A1", {"bcr_abl1": "altered"}, NO),
    ("IR-A1", {"kmt2a": "aff1"}, NO),
    ("IR-A1", {"kmt2a": "not_detected"}, OPEN),
    ("IR-A2", {"day8_blasts": 0.99}, YES),
    ("IR-A2", {"day8_blasts": 1.0}, NO),
    ("IR-A2", {}, OPEN),
    # M3 under SR induction, or M1/M2 under IR induction.
    ("IR-A3", {**SR_BASE, "marrow_d15": 25.1}, YES),
    ("IR-A3", {**SR_BASE, "marrow_d15": 25}, NO),
    ("IR-A3", {"wbc": 50, "marrow_d15": 25}, YES),
    ("IR-A3", {"wbc": 50, "marrow_d15": 25.1}, NO),
    ("IR-A3", {"wbc": 50}, OPEN),
    *mrd_under("IR-A4", "mrd_d33", 1e-2, below=9.9e-3),
    ("IR-A4", unused(), YES),
    *wbc_50("IR-B1"),
    *age_10("IR-B2"),
    *t_all("IR-B3"),
    *found("IR-B4", "tcf3_pbx1"),
    ("IR-B5", {"age_years": 0.99, "kmt2a": "not_detected"}, YES),
    ("IR-B5", {"age_years": 1, "kmt2a": "not_detected"}, NO),
    ("IR-B5", {"age_years": 0.99, "kmt2a": "aff1"}, NO),
    ("IR-B5", {"age_years": 0.99, "kmt2a": "other_partner"}, NO),
    ("IR-B5", {"age_years": 0.99, "kmt2a": ("not_detected", "other_partner")}, OPEN),
    ("IR-intent-1", {**SR_BASE, "marrow_d15": 25.1}, YES),
    ("IR-intent-1", {**SR_BASE, "marrow_d15": 25}, NO),
    *(
        ("IR-intent-1", {**SR_BASE, **beyond_standard, "marrow_d15": 25.1}, NO)
        for beyond_standard in NOT_SR_BASE
    ),
    ("IR-intent-2", {**SR_BASE, "mrd_d33": 1e-4}, YES),
    ("IR-intent-2", {**SR_BASE, "mrd_d33": 9.9e-5}, NO),
    ("IR-intent-2", {**SR_BASE, "mrd_d33": (1e-4, "<", 1e-4)}, NO),
    ("IR-intent-2", {**SR_BASE, "mrd_d33": (1e-4, "<", 1e-3)}, OPEN),
    ("IR-intent-2", {**SR_BASE, "mrd_use": "not_used"}, NO),
    *(
        ("IR-intent-2", {**SR_BASE, **beyond_standard, "mrd_d33": 1e-4}, NO)
        for beyond_standard in NOT_SR_BASE
    ),
]

CN_FEATURES = {
    "bcr_abl1": "not_detected", "ph_like": "not_detected", "tcf3_pbx1": "not_detected",
    "iamp21": "not_detected", "kmt2a": "not_detected", "modal_number": 46, "dna_index": 1.0,
    "ikzf1": "not_detected", "mef2d": "not_detected", "tcf3_hlf": "not_detected",
}  # fmt: skip

CN = [
    *age_1_to_10("LR-1"),
    # The count matters only where MRD cannot be done.
    ("LR-2", unused(wbc=49.99), YES),
    ("LR-2", unused(wbc=50), NO),
    ("LR-2", used(wbc=50), YES),
    ("LR-2", {"wbc": 50}, OPEN),
    ("LR-3a", unused(marrow_d15=19.9), YES),
    ("LR-3a", unused(marrow_d15=20), NO),
    ("LR-3a", used(marrow_d15=20), YES),
    # M2 as a word spans 5 to 25 %, which does not settle 20 %.
    ("LR-3a", unused(marrow_d15="m2"), OPEN),
    ("LR-3a", unused(marrow_d15="m1"), YES),
    ("LR-3b", unused(marrow_d33=4.9), YES),
    ("LR-3b", unused(marrow_d33=5), NO),
    ("LR-3b", used(marrow_d33=5), YES),
    ("LR-4", CN_FEATURES, YES),
    *(
        ("LR-4", {**CN_FEATURES, name: word}, verdict)
        for name, word, verdict in (
            ("bcr_abl1", "altered", NO),
            ("ph_like", "altered", NO),
            ("tcf3_pbx1", "altered", NO),
            ("iamp21", "altered", NO),
            ("kmt2a", "other_partner", NO),
            ("modal_number", 44, NO),
            ("modal_number", 45, YES),
            ("dna_index", 0.79, NO),
            ("dna_index", 0.8, YES),
            ("ikzf1", "large_deletion", NO),
            ("mef2d", "bcl9", NO),
            ("tcf3_hlf", "altered", NO),
            ("iamp21", "not_tested", OPEN),
        )
    ),
    *mrd_under("LR-5a", "mrd_d15", 1e-3, below=9.9e-4),
    ("LR-5a", unused(), YES),
    *mrd_under("LR-5b", "mrd_d33", 1e-4, below=9.9e-5),
    ("LR-5b", unused(), YES),
    *mrd_under("LR-5c", "mrd_week12", 1e-4, below=9.9e-5),
    ("LR-5c", unused(), YES),
    *age_10("IR-1"),
    ("IR-2", unused(wbc=50), YES),
    ("IR-2", unused(wbc=49.99), NO),
    ("IR-2", used(wbc=50), NO),
    ("IR-3", {"cns": "cns2"}, YES),
    ("IR-3", {"cns": "cns3"}, YES),
    ("IR-3", {"cns": "cns1", "testis": "involved"}, YES),
    ("IR-3", {"cns": "cns1", "testis": "not_involved"}, NO),
    ("IR-3", {"cns": "cns1", "testis": "not_applicable"}, NO),
    ("IR-3", {"cns": "cns1"}, OPEN),
    *found("IR-4", "tcf3_pbx1"),
    ("IR-5", unused(marrow_d15=5, marrow_d33=4.9), YES),
    ("IR-5", unused(marrow_d15=4.9, marrow_d33=4.9), NO),
    ("IR-5", unused(marrow_d15=19.9, marrow_d33=4.9), YES),
    ("IR-5", unused(marrow_d15=20, marrow_d33=4.9), NO),
    ("IR-5", unused(marrow_d15=5, marrow_d33=5), NO),
    ("IR-5", used(marrow_d15=5, marrow_d33=4.9), NO),
    *found("IR-6", "bcr_abl1"),
    *found("IR-7", "ph_like"),
    *found("IR-8", "iamp21"),
    *t_all("IR-9"),
    *mrd_between("IR-10", "mrd_d15", 1e-3, 1e-1, below_low=9.9e-4, below_high=0.099),
    ("IR-10", unused(), NO),
    *mrd_between("IR-11", "mrd_d33", 1e-4, 1e-2, below_low=9.9e-5, below_high=9.9e-3),
    ("IR-11", unused(), NO),
    ("HR-1a", unused(marrow_d15=20), YES),
    ("HR-1a", unused(marrow_d15=19.9), NO),
    ("HR-1a", used(marrow_d15=20), NO),
    ("HR-1b", unused(marrow_d33=5), YES),
    ("HR-1b", unused(marrow_d33=4.9), NO),
    ("HR-1b", used(marrow_d33=5), NO),
    ("HR-1c", unused(mass_d33="not_reduced"), YES),
    ("HR-1c", unused(mass_d33="reduced"), NO),
    ("HR-1c", unused(mass_d33="no_mass"), NO),
    ("HR-1c", used(mass_d33="not_reduced"), NO),
    *found("HR-2", "kmt2a", "aff1", "other_partner"),
    ("HR-3", {"modal_number": 44, "dna_index": 1.0}, YES),
    ("HR-3", {"modal_number": 45, "dna_index": 0.8}, NO),
    ("HR-3", {"modal_number": 45, "dna_index": 0.79}, YES),
    ("HR-3", {"modal_number": 45}, OPEN),
    *found("HR-4", "ikzf1", "large_deletion", "sequence_variant"),
    ("HR-5", {"mef2d": "bcl9"}, YES),
    ("HR-5", {"mef2d": "other_partner"}, YES),
    ("HR-5", {"mef2d": "not_detected", "tcf3_hlf": "altered"}, YES),
    ("HR-5", {"mef2d": "not_detected", "tcf3_hlf": "not_detected"}, NO),
    ("HR-5", {"tcf3_hlf": "not_detected"}, OPEN),
    *mrd_from("HR-6a", "mrd_d15", 1e-1, below=0.099),
    ("HR-6a", unused(), NO),
    *mrd_from("HR-6b", "mrd_d33", 1e-2, below=9.9e-3),
    ("HR-6b", unused(), NO),
    *mrd_from("HR-6c", "mrd_week12", 1e-4, below=9.9e-5),
    ("HR-6c", unused(), NO),
]

SCCCG_BOTH = [
    *mrd_from("HR-1", "mrd_d15", 0.10, below=0.0999),
    *mrd_from("HR-2", "mrd_d33", 0.01, below=0.00999),
    *mrd_from("HR-3", "mrd_week12", 0.0001, below=0.0000999),
    *found("HR-4", "kmt2a", "aff1", "other_partner"),
    ("HR-6", {"modal_number": 43}, YES),
    ("HR-6", {"modal_number": 44}, NO),
    ("HR-6", {}, OPEN),
    *found("HR-7", "iamp21"),
    ("HR-8", {"ikzf1": "large_deletion", "dux4": "not_detected"}, YES),
    ("HR-8", {"ikzf1": "large_deletion", "dux4": "altered"}, NO),
    ("HR-8", {"ikzf1": "large_deletion", "dux4": "not_tested"}, OPEN),
    ("HR-8", {"ikzf1": "sequence_variant", "dux4": "not_detected"}, NO),
    ("HR-8", {"ikzf1": "not_detected"}, NO),
    *found("HR-9", "tcf3_hlf"),
    ("HR-10a", {"mass_d33": "not_reduced"}, YES),
    ("HR-10a", {"mass_d33": "reduced"}, NO),
    ("HR-10a", {"mass_d33": "no_mass"}, NO),
    ("HR-10a", {}, OPEN),
    ("HR-10b", {"mass_week12": "persisting"}, YES),
    ("HR-10b", {"mass_week12": "gone"}, NO),
    ("HR-10b", {"mass_week12": "no_mass"}, NO),
    ("HR-10b", {}, OPEN),
    *age_10("IR-1"),
    *wbc_50("IR-2"),
    *t_all("IR-3"),
    ("IR-4", {"cns": "cns3"}, YES),
    ("IR-4", {"cns": "cns2", "testis": "involved"}, YES),
    ("IR-4", {"cns": "cns2", "testis": "not_involved"}, NO),
    ("IR-4", {"cns": "cns1", "testis": "not_involved"}, NO),
    ("IR-4", {"cns": "cns1", "testis": "not_applicable"}, NO),
    ("IR-4", {"testis": "not_involved"}, OPEN),
    *found("IR-5", "bcr_abl1"),
    *found("IR-6", "ph_like"),
    *found("IR-7", "tcf3_pbx1"),
    *mrd_between("IR-9", "mrd_d15", 1e-3, 1e-1, below_low=9.99e-4, below_high=0.0999),
    *mrd_between("IR-10", "mrd_d33", 1e-4, 1e-2, below_low=9.99e-5, below_high=9.99e-3),
    *age_1_to_10("LR-1"),
    *wbc_below_50("LR-2"),
    *mrd_under("LR-3", "mrd_d15", 1e-3, below=9.99e-4),
    *mrd_under("LR-4", "mrd_d33", 1e-4, below=9.99e-5),
]
HIGH_HYPERDIPLOID = {
    "etv6_runx1": "not_detected", "modal_number": 51, "trisomy_4": "altered",
    "trisomy_10": "altered",
}  # fmt: skip
SCCCG_1 = [
    *SCCCG_BOTH,
    *found("HR-5", "mef2d", "bcl9", "other_partner"),
    ("LR-5", {"etv6_runx1": "altered"}, YES),
    ("LR-5", HIGH_HYPERDIPLOID, YES),
    ("LR-5", {**HIGH_HYPERDIPLOID, "modal_number": 50}, NO),
    ("LR-5", {**HIGH_HYPERDIPLOID, "trisomy_4": "not_detected"}, NO),
    ("LR-5", {**HIGH_HYPERDIPLOID, "trisomy_10": "not_detected"}, NO),
    ("LR-5", {**HIGH_HYPERDIPLOID, "trisomy_10": "not_tested"}, OPEN),
]
SCCCG_2 = [
    *SCCCG_BOTH,
    *found("HR-5", "mef2d", "bcl9"),
    ("HR-5", {"mef2d": "other_partner"}, NO),
    *found("IR-8", "mef2d", "other_partner"),
    ("IR-8", {"mef2d": "bcl9"}, NO),
]

NO_FACTOR = {"day8_blasts": 0.2, "marrow_d33": 1, "kmt2a": "not_detected", "method": "pcr"}
AIEOP = [
    ("HR-factor-1", {"day8_blasts": 1.0}, YES),
    ("HR-factor-1", {"day8_blasts": 0.99}, NO),
    ("HR-factor-1", {}, OPEN),
    ("HR-factor-2", {"marrow_d33": 5}, YES),
    ("HR-factor-2", {"marrow_d33": 4.9}, NO),
    ("HR-factor-2", {}, OPEN),
    ("HR-factor-3", {"kmt2a": "aff1"}, YES),
    ("HR-factor-3", {"kmt2a": "other_partner"}, NO),
    ("HR-factor-3", {"kmt2a": "not_detected"}, NO),
    ("HR-factor-3", {"kmt2a": "not_tested"}, OPEN),
    *mrd_from("HR-factor-4", "mrd_week12", 1e-3, below=9.9e-4, method="pcr"),
    ("HR-factor-4", {"mrd_week12": 1e-3, "method": "flow"}, OPEN),
    ("HR-factor-4", {"pcr_mrd_use": "not_used"}, NO),
    *mrd_from("HR-1", "mrd_d15", 0.10, below=0.0999),
    ("HR-1", {"mrd_d15": 0.10, "method": "pcr"}, OPEN),
    *mrd_from("HR-2", "mrd_week12", 5e-4, below=4.9e-4, method="pcr"),
    ("HR-2", {"pcr_mrd_use": "not_used"}, NO),
    # B-ALL; day 33 >= 0.05 %; day 78 positive (any amount) and below 0.05 %.
    *(
        ("HR-3", {"method": "pcr", "lineage": lineage, "mrd_d33": d33, "mrd_week12": d78}, verdict)
        for lineage, d33, d78, verdict in (
            ("precursor_b", 5e-4, 1e-4, YES),
            ("precursor_b", 4.9e-4, 1e-4, NO),
            ("precursor_b", 5e-4, 4.9e-4, YES),
            ("precursor_b", 5e-4, 5e-4, NO),
            ("precursor_b", 5e-4, 2e-5, YES),
            ("precursor_b", 5e-4, (None, "not_detected", 1e-4), NO),
            ("precursor_b", 5e-4, (None, "not_detected", 1e-3), OPEN),
            ("t", 5e-4, 1e-4, NO),
            ("mature_b", 5e-4, 1e-4, NO),
        )
    ),
    ("HR-3", {"method": "pcr", "lineage": "precursor_b", "mrd_d33": 5e-4}, OPEN),
    # "PCR not available": the day-33 and day-78 rules, which are of PCR, do not apply; unless it
    # was measured all the same.
    ("HR-3", {"pcr_mrd_use": "not_used", "lineage": "precursor_b"}, NO),
    (
        "HR-3",
        {
            "method": "pcr",
            "pcr_mrd_use": "not_used",
            "lineage": "precursor_b",
            "mrd_d33": 5e-4,
            "mrd_week12": 1e-4,
        },
        YES,
    ),
    ("SR-1", {**NO_FACTOR, "mrd_week12": 9.9e-4}, YES),
    ("SR-1", {**NO_FACTOR, "mrd_week12": 1e-3}, NO),
    ("SR-1", {**NO_FACTOR, "mrd_week12": 1e-5, "day8_blasts": 1.0}, NO),
    ("SR-1", {**NO_FACTOR, "mrd_week12": 1e-5, "marrow_d33": 5}, NO),
    ("SR-1", {**NO_FACTOR, "mrd_week12": 1e-5, "kmt2a": "aff1"}, NO),
    ("SR-1", {**NO_FACTOR, "mrd_week12": 1e-5, "kmt2a": "not_tested"}, OPEN),
    *(
        ("SR-2", {"method": "pcr", "mrd_d33": d33, "mrd_week12": d78}, verdict)
        for d33, d78, verdict in (
            ((None, "not_detected", 1e-4), (None, "not_detected", 1e-4), YES),
            ((1e-4, "<", 1e-4), (1e-4, "<", 1e-4), YES),
            ((1e-4, "<", 1e-3), (1e-4, "<", 1e-4), OPEN),
            (1e-4, (None, "not_detected", 1e-4), NO),
            ((None, "not_detected", 1e-4), 1e-4, NO),
            # Positive below the quantitative range is not negative.
            ((None, "not_detected", 1e-4), 2e-5, NO),
        )
    ),
    ("SR-2", {"pcr_mrd_use": "not_used"}, NO),
    ("SR-3", {"pcr_mrd_use": "not_used", "mrd_d15": 9.9e-4}, YES),
    ("SR-3", {"pcr_mrd_use": "not_used", "mrd_d15": 1e-3}, NO),
    ("SR-3", {"pcr_mrd_use": "not_used", "mrd_d15": (1e-3, "<", 1e-3)}, YES),
    ("SR-3", {"pcr_mrd_use": "not_used", "mrd_d15": (1e-3, "<", 1e-2)}, OPEN),
    ("SR-3", {"pcr_mrd_use": "used", "mrd_d15": 9.9e-4}, NO),
    ("SR-3", {"mrd_d15": 9.9e-4}, OPEN),
]

NCI = [
    ("infant", {"age_years": 0.99}, YES),
    ("infant", {"age_years": 1}, NO),
    ("infant", {}, OPEN),
    *wbc_below_50("SR-1"),
    *age_1_to_10("SR-2"),
    *wbc_50("HR-1"),
    *age_10("HR-2"),
]

ROWS = {
    ("CCLG-ALL-2008", "1"): CCLG,
    ("CN-2018-norm", "1"): CN,
    ("SCCCG-ALL-2023", "1"): SCCCG_1,
    ("SCCCG-ALL-2023", "2"): SCCCG_2,
    ("AIEOP-BFM-ALL-2009", "1"): AIEOP,
    ("NCI-Rome", "1"): NCI,
}
