"""Children and the group that the sources' wording gives them, written by hand.

Per protocol one child of the lowest group, and what each sentence of the source makes of this child
when that one thing is otherwise. A row: what is otherwise, group.
"""

from rule_rows import CN_FEATURES, HIGH_HYPERDIPLOID, NO_FACTOR, SR_BASE, facts

from analysis.risk.facts import RiskFacts
from analysis.risk.result import NO_GROUP

NOT_SEEN = (None, "not_detected", 1e-4)

CCLG_SR = {**SR_BASE, "day8_blasts": 0.2, "marrow_d15": "m1", "marrow_d33": "m1",
           "mrd_d33": (1e-4, "<", 1e-4), "mrd_week12": (1e-4, "<", 1e-4)}  # fmt: skip
# The items that bring intermediate-risk induction.
IR_ITEMS = (
    {"wbc": 50}, {"age_years": 10}, {"lineage": "t"}, {"tcf3_pbx1": "altered"},
    {"age_years": 0.99},
)  # fmt: skip
CCLG = [
    ({}, "SR"),
    *(
        (given, "SR")
        for given in (
            {"age_years": 1},
            {"age_years": 9.99},
            {"wbc": 49.99},
            {"day8_blasts": 0.99},
            {"day8_blasts": "sensitive"},
            {"marrow_d15": 25},
            {"marrow_d15": "m2"},
            {"marrow_d33": 4.9},
            {"mrd_d33": 9.9e-5},
            {"mrd_week12": 9.9e-4},
            {"mrd_use": "not_used", "mrd_d33": None, "mrd_week12": None},
            # Of KMT2A the text names t(4;11) alone.
            {"kmt2a": "other_partner"},
        )
    ),
    *((item, "IR") for item in IR_ITEMS),
    *(({**item, "marrow_d15": "m2"}, "IR") for item in IR_ITEMS),
    *(({**item, "marrow_d15": "m3"}, "HR") for item in IR_ITEMS),
    *(
        ({**item, "mrd_use": "not_used", "mrd_d33": None, "mrd_week12": None}, "IR")
        for item in IR_ITEMS
    ),
    # The gaps of the text, closed by intent: a standard-risk child who leaves it by response.
    ({"marrow_d15": "m3"}, "IR"),
    ({"marrow_d15": 25.1}, "IR"),
    ({"mrd_d33": 1e-4}, "IR"),
    ({"mrd_d33": 9.9e-3}, "IR"),
    *(
        ({**item, **hit}, "HR")
        for item in ({}, {"wbc": 50})
        for hit in (
            {"day8_blasts": 1.0},
            {"day8_blasts": "insensitive"},
            {"bcr_abl1": "altered"},
            {"kmt2a": "aff1"},
            {"marrow_d33": 5},
            {"marrow_d33": "m2"},
            {"marrow_d33": "m3"},
            {"mrd_d33": 1e-2},
            {"mrd_week12": 1e-3},
        )
    ),
    # The gaps that the text leaves.
    ({"lineage": "mature_b"}, NO_GROUP),
    ({"lineage": "mature_b", "marrow_d15": "m3"}, NO_GROUP),
    ({"age_years": 0.99, "kmt2a": "other_partner"}, NO_GROUP),
    ({"age_years": 0.99, "kmt2a": "other_partner", "marrow_d15": "m3"}, NO_GROUP),
]

CN_LR = {**CN_FEATURES, "age_years": 4, "wbc": 10, "lineage": "precursor_b", "cns": "cns1",
         "testis": "not_involved", "mrd_d15": 1e-4, "mrd_d33": (1e-4, "<", 1e-4),
         "mrd_week12": (1e-4, "<", 1e-4)}  # fmt: skip
# Where MRD cannot be done, marrow and mass stand in for it.
NO_MRD = {"mrd_use": "not_used", "mrd_d15": None, "mrd_d33": None, "mrd_week12": None,
          "marrow_d15": 3, "marrow_d33": 1, "mass_d33": "no_mass"}  # fmt: skip
CN_ANYWHERE = [
    ({}, "LR"),
    ({"age_years": 1}, "LR"),
    ({"age_years": 9.99}, "LR"),
    ({"modal_number": 45}, "LR"),
    ({"dna_index": 0.8}, "LR"),
    *(
        ({**feature, **age}, "IR")
        for age in ({}, {"age_years": 0.99})
        for feature in (
            {"cns": "cns2"},
            {"cns": "cns3"},
            {"testis": "involved"},
            {"tcf3_pbx1": "altered"},
            {"bcr_abl1": "altered"},
            {"ph_like": "altered"},
            {"iamp21": "altered"},
            {"lineage": "t"},
        )
    ),
    ({"age_years": 10}, "IR"),
    *(
        ({**feature, **beside}, "HR")
        for beside in ({}, {"age_years": 10}, {"bcr_abl1": "altered"})
        for feature in (
            {"kmt2a": "aff1"},
            {"kmt2a": "other_partner"},
            {"modal_number": 44},
            {"dna_index": 0.79},
            {"ikzf1": "large_deletion"},
            {"ikzf1": "sequence_variant"},
            {"mef2d": "bcl9"},
            {"mef2d": "other_partner"},
            {"tcf3_hlf": "altered"},
        )
    ),
    # A child under one year without a feature has no group in the text.
    ({"age_years": 0.99}, NO_GROUP),
]
CN = [
    *CN_ANYWHERE,
    *(({**NO_MRD, **given}, group) for given, group in CN_ANYWHERE),
    # Only where MRD cannot be done.
    ({"wbc": 50}, "LR"),
    ({"marrow_d15": 5, "marrow_d33": 1}, "LR"),
    ({"marrow_d15": 20}, "LR"),
    ({"marrow_d33": 5}, "LR"),
    ({"mass_d33": "not_reduced"}, "LR"),
    ({**NO_MRD, "wbc": 49.99}, "LR"),
    ({**NO_MRD, "wbc": 50}, "IR"),
    ({**NO_MRD, "marrow_d15": 4.9}, "LR"),
    ({**NO_MRD, "marrow_d15": 5}, "IR"),
    ({**NO_MRD, "marrow_d15": 19.9}, "IR"),
    ({**NO_MRD, "marrow_d15": 20}, "HR"),
    ({**NO_MRD, "marrow_d33": 4.9}, "LR"),
    ({**NO_MRD, "marrow_d33": 5}, "HR"),
    ({**NO_MRD, "mass_d33": "reduced"}, "LR"),
    ({**NO_MRD, "mass_d33": "not_reduced"}, "HR"),
    # Only where it can be done.
    ({"mrd_d15": 9.9e-4}, "LR"),
    ({"mrd_d15": 1e-3}, "IR"),
    ({"mrd_d15": 0.099}, "IR"),
    ({"mrd_d15": 0.1}, "HR"),
    ({"mrd_d33": 9.9e-5}, "LR"),
    ({"mrd_d33": 1e-4}, "IR"),
    ({"mrd_d33": 9.9e-3}, "IR"),
    ({"mrd_d33": 1e-2}, "HR"),
    ({"mrd_week12": 9.9e-5}, "LR"),
    ({"mrd_week12": 1e-4}, "HR"),
    ({"age_years": 0.99, "mrd_d15": 1e-3}, "IR"),
    ({"age_years": 0.99, "mrd_d33": 1e-4}, "IR"),
    ({**NO_MRD, "age_years": 0.99, "wbc": 50}, "IR"),
    ({**NO_MRD, "age_years": 0.99, "marrow_d15": 5}, "IR"),
]

SC_LR = {**CN_LR, **HIGH_HYPERDIPLOID, "dux4": "not_detected", "mass_d33": "no_mass",
         "mass_week12": "no_mass"}  # fmt: skip
SCCCG = [
    ({}, "LR"),
    *(
        (given, "LR")
        for given in (
            {"age_years": 1},
            {"age_years": 9.99},
            {"wbc": 49.99},
            {"cns": "cns2"},
            {"mrd_d15": 9.99e-4},
            {"mrd_d33": 9.99e-5},
            {"mrd_week12": 9.99e-5},
            {"ikzf1": "large_deletion", "dux4": "altered"},
            {"ikzf1": "sequence_variant"},
            {"mass_d33": "reduced"},
            {"mass_week12": "gone"},
            {"etv6_runx1": "altered", "modal_number": 46},
        )
    ),
    *(
        (given, "IR")
        for given in (
            {"age_years": 10},
            {"wbc": 50},
            {"lineage": "t"},
            {"cns": "cns3"},
            {"testis": "involved"},
            {"bcr_abl1": "altered"},
            {"ph_like": "altered"},
            {"tcf3_pbx1": "altered"},
            {"mrd_d15": 1e-3},
            {"mrd_d15": 0.0999},
            {"mrd_d33": 1e-4},
            {"mrd_d33": 9.99e-3},
            # "otherwise anything not LR"
            {"age_years": 0.99},
        )
    ),
    *(
        ({**hit, **beside}, "HR")
        for beside in ({}, {"age_years": 10})
        for hit in (
            {"mrd_d15": 0.10},
            {"mrd_d33": 0.01},
            {"mrd_week12": 1e-4},
            {"kmt2a": "aff1"},
            {"kmt2a": "other_partner"},
            {"mef2d": "bcl9"},
            {"modal_number": 43},
            {"iamp21": "altered"},
            {"ikzf1": "large_deletion"},
            {"tcf3_hlf": "altered"},
            {"mass_d33": "not_reduced"},
            {"mass_week12": "persisting"},
        )
    ),
]
# Neither ETV6::RUNX1 nor more than 50 chromosomes with +4 and +10.
NOT_FAVOURABLE = (
    {"modal_number": 46}, {"modal_number": 50}, {"trisomy_4": "not_detected"},
    {"trisomy_10": "not_detected"}, {"modal_number": 44},
)  # fmt: skip
SCCCG_1 = [
    *SCCCG,
    ({"mef2d": "other_partner"}, "HR"),
    *((given, "IR") for given in NOT_FAVOURABLE),
]
SCCCG_2 = [
    *SCCCG,
    ({"mef2d": "other_partner"}, "IR"),
    *((given, "LR") for given in NOT_FAVOURABLE),
]

AIEOP_SR = {**NO_FACTOR, "lineage": "precursor_b", "mrd_d15": 1e-4, "mrd_d33": NOT_SEEN,
            "mrd_week12": NOT_SEEN}  # fmt: skip
NO_PCR = {"pcr_mrd_use": "not_used", "mrd_d33": None, "mrd_week12": None}
AIEOP = [
    ({}, "SR"),
    ({"day8_blasts": 0.99}, "SR"),
    ({"marrow_d33": 4.9}, "SR"),
    ({"kmt2a": "other_partner"}, "SR"),
    # With PCR, flow cytometry on day 15 speaks from 10 % only.
    ({"mrd_d15": 1e-3}, "SR"),
    ({"mrd_d15": 0.0999}, "SR"),
    *(
        ({**hit, **site}, "HR")
        for site in ({}, NO_PCR, {"lineage": "t"})
        for hit in (
            {"day8_blasts": 1.0},
            {"marrow_d33": 5},
            {"kmt2a": "aff1"},
            {"mrd_d15": 0.10},
        )
    ),
    ({"mrd_week12": 5e-4}, "HR"),
    ({"mrd_week12": 1e-3}, "HR"),
    ({"mrd_d33": 5e-4, "mrd_week12": 1e-4}, "HR"),
    ({"mrd_d33": 5e-4, "mrd_week12": 2e-5}, "HR"),
    ({"mrd_d33": 5e-4, "mrd_week12": 1e-4, "lineage": "t"}, "MR"),
    ({"mrd_d33": 4.9e-4, "mrd_week12": 4.9e-4}, "MR"),
    ({"mrd_d33": 1e-4}, "MR"),
    ({"mrd_d33": 2e-5}, "MR"),
    ({"mrd_d33": 5e-4}, "MR"),
    ({"mrd_week12": 1e-4}, "MR"),
    ({"mrd_week12": 2e-5}, "MR"),
    ({**NO_PCR, "mrd_d15": 9.9e-4}, "SR"),
    ({**NO_PCR, "mrd_d15": 1e-3}, "MR"),
    ({**NO_PCR, "mrd_d15": 0.0999}, "MR"),
]

NCI_SR = {"age_years": 5, "wbc": 10}
NCI = [
    ({}, "SR"),
    ({"age_years": 1, "wbc": 49.99}, "SR"),
    ({"age_years": 9.99}, "SR"),
    ({"age_years": 10}, "HR"),
    ({"wbc": 50}, "HR"),
    ({"age_years": 10, "wbc": 50}, "HR"),
    ({"age_years": 0.99}, "infant"),
    ({"age_years": 0.99, "wbc": 500}, "infant"),
]

# (protocol, version) -> (the child of the lowest group, rows)
GROUP_ROWS = {
    ("CCLG-ALL-2008", "1"): (CCLG_SR, CCLG),
    ("CN-2018-norm", "1"): (CN_LR, CN),
    ("SCCCG-ALL-2023", "1"): (SC_LR, SCCCG_1),
    ("SCCCG-ALL-2023", "2"): (SC_LR, SCCCG_2),
    ("AIEOP-BFM-ALL-2009", "1"): (AIEOP_SR, AIEOP),
    ("NCI-Rome", "1"): (NCI_SR, NCI),
}


def child(protocol: str, given: dict) -> RiskFacts:
    """The facts of a row; None takes a fact away. AIEOP-BFM: day 15 by flow, later by PCR."""
    kept = {name: value for name, value in given.items() if value is not None}
    if not protocol.startswith("AIEOP"):
        return facts(**kept)
    flow = {name: kept.pop(name) for name in ("mrd_d15",) if name in kept}
    found = facts(**kept)
    return RiskFacts(found.facts, (*facts(**flow).mrd, *found.mrd))
