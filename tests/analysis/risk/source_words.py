"""What the collected facts say of each protocol, sentence by sentence, and which rules say it here.

A row: group, the words of the facts, how sure they are by the facts, the rules that carry them.
Written by hand beside the facts, not from the protocol files.
"""

CCLG_2008 = [
    ("SR", "age >=1 and <10 y", "high", ("SR-1",)),
    ("SR", "WBC <50 x10^9/L", "high", ("SR-2",)),
    ("SR", "prednisone good response: D8 PB leukaemic cells <1 x10^9/L", "high", ("SR-3",)),
    ("SR", "not T-ALL", "high", ("SR-4",)),
    ("SR", "not mature B-ALL", "high", ("SR-5",)),
    (
        "SR",
        "no t(9;22)/BCR-ABL; no t(4;11)/MLL-AF4; no t(1;19)/E2A-PBX1",
        "high",
        ("SR-6",),
    ),
    (
        "SR",
        "D15 BM M1 (<5%) or M2 (5-25%) and D33 CR",
        "high",
        ("SR-7a", "SR-7b"),
    ),
    (
        "SR",
        "MRD (when used): D33 <1e-4 [and week-12 <1e-3]",
        "low - from memory; 2010 text gives no SR MRD rule",
        ("SR-8a", "SR-8b"),
    ),
    (
        "IR",
        "no t(9;22)/BCR-ABL (360docs copy adds: no t(4;11)/MLL-AF4)",
        "high",
        ("IR-A1",),
    ),
    ("IR", "prednisone good response", "high", ("IR-A2",)),
    (
        "IR",
        "D15 BM M3 (>25%) under SR induction, or M1/M2 under IR induction",
        "high",
        ("IR-A3",),
    ),
    ("IR", "if MRD available: D33 MRD <1e-2", "high", ("IR-A4",)),
    ("IR", "WBC >=50 x10^9/L", "high", ("IR-B1",)),
    ("IR", "age >=10 y", "high", ("IR-B2",)),
    ("IR", "T-ALL", "high", ("IR-B3",)),
    ("IR", "t(1;19)/E2A-PBX1", "high", ("IR-B4",)),
    ("IR", "age <1 y without MLL rearrangement", "high", ("IR-B5",)),
    (
        "HR",
        "prednisone poor response: D8 PB leukaemic cells >1 x10^9/L (text '>' ; BFM convention "
        ">=1000/uL)",
        "high",
        ("HR-1",),
    ),
    ("HR", "t(9;22)/BCR-ABL", "high", ("HR-2",)),
    ("HR", "t(4;11)/MLL-AF4", "high", ("HR-3",)),
    ("HR", "IR induction with D15 BM M3", "high", ("HR-4",)),
    ("HR", "D33 BM not in morphological CR (>5%, M2/M3)", "high", ("HR-5",)),
    (
        "HR",
        "if MRD available: D33 MRD >=1e-2 or week-12 MRD >=1e-3",
        "medium - tail of the text truncated in every stored copy; >=1e-2 implied by IR rule; "
        "week-12 1e-3 from memory; D33+week-12 re-stratification time points confirmed by Zhu XF "
        "cohort abstract jxxfw.com/periodical/ebc895a1661f2d80cb19bedeae329510.html",
        ("HR-6", "HR-7"),
    ),
]

NORM_2018 = [
    ("LR", "age >=1 and <10", "high", ("LR-1",)),
    ("LR", "WBC <50 (only where MRD cannot be done)", "high", ("LR-2",)),
    ("LR", "D15 M1/M2 and D33 CR (only where MRD cannot be done)", "high", ("LR-3a", "LR-3b")),
    ("LR", "no IR/HR cytogenetic or molecular feature", "high", ("LR-4",)),
    (
        "LR",
        "MRD D15-19 <1e-3 AND D33-45 <1e-4 AND pre-consolidation <1e-4",
        "high",
        ("LR-5a", "LR-5b", "LR-5c"),
    ),
    ("IR", "age >=10", "high", ("IR-1",)),
    ("IR", "WBC >=50 (only where MRD cannot be done)", "high", ("IR-2",)),
    ("IR", "CNS2, CNSL(CNS3) and/or testicular leukaemia", "high", ("IR-3",)),
    ("IR", "t(1;19)/E2A-PBX1", "high", ("IR-4",)),
    ("IR", "D15-19 M2 (5-<20%) and D33-45 M1 (no-MRD sites)", "high", ("IR-5",)),
    ("IR", "Ph+ ALL", "high", ("IR-6",)),
    ("IR", "Ph-like ALL", "high", ("IR-7",)),
    ("IR", "iAMP21", "high", ("IR-8",)),
    ("IR", "T-ALL", "high", ("IR-9",)),
    ("IR", "MRD D15-19 >=1e-3 and <1e-1", "high (seen)", ("IR-10",)),
    ("IR", "or D33-45 >=1e-4 and <1e-2", "medium (text truncated)", ("IR-11",)),
    (
        "HR",
        "D15-19 M3 (>=20%) / D33-45 not CR or mediastinal mass not <1/3 (no-MRD sites)",
        "low - from memory",
        ("HR-1a", "HR-1b", "HR-1c"),
    ),
    ("HR", "t(4;11)/MLL-AF4 or other MLL-r", "medium - memory", ("HR-2",)),
    ("HR", "hypodiploidy <=44 or DI <0.8", "medium - memory", ("HR-3",)),
    ("HR", "IKZF positive", "medium - memory (item in the 2018 norm)", ("HR-4",)),
    ("HR", "MEF2D-r; TCF3-HLF t(17;19)", "medium - memory", ("HR-5",)),
    (
        "HR",
        "MRD D15-19 >=1e-1 or D33-45 >=1e-2 or pre-consolidation >=1e-4",
        "medium - memory; consistent with SCCCG-ALL-2023",
        ("HR-6a", "HR-6b", "HR-6c"),
    ),
]

UNCONFIRMED = "medium; third-party transcription in public app code; unconfirmed"
SCCCG_BOTH = [
    ("HR", "D15 MRD >=10%", UNCONFIRMED, ("HR-1",)),
    ("HR", "D33 MRD >=1%", UNCONFIRMED, ("HR-2",)),
    ("HR", "pre-consolidation (W12-14) MRD >=0.01%", UNCONFIRMED, ("HR-3",)),
    ("HR", "KMT2A-r", UNCONFIRMED, ("HR-4",)),
    ("HR", "MEF2D-r (v2: only MEF2D::BCL9)", UNCONFIRMED, ("HR-5",)),
    ("HR", "hypodiploidy <44", UNCONFIRMED, ("HR-6",)),
    ("HR", "iAMP21", UNCONFIRMED, ("HR-7",)),
    ("HR", "IKZF1 large deletion without DUX4-r", UNCONFIRMED, ("HR-8",)),
    ("HR", "TCF3-HLF", UNCONFIRMED, ("HR-9",)),
    (
        "HR",
        "mediastinal mass not reduced to <1/3 at D33 or persisting before consolidation",
        UNCONFIRMED,
        ("HR-10a", "HR-10b"),
    ),
    ("IR", "age >=10", UNCONFIRMED, ("IR-1",)),
    ("IR", "WBC >=50", UNCONFIRMED, ("IR-2",)),
    ("IR", "T-ALL", UNCONFIRMED, ("IR-3",)),
    ("IR", "CNS3 or TL", UNCONFIRMED, ("IR-4",)),
    ("IR", "Ph+", UNCONFIRMED, ("IR-5",)),
    ("IR", "Ph-like", UNCONFIRMED, ("IR-6",)),
    ("IR", "t(1;19)", UNCONFIRMED, ("IR-7",)),
    ("IR", "D15 MRD 0.1-<10%", UNCONFIRMED, ("IR-9",)),
    ("IR", "D33 MRD 0.01-<1%", UNCONFIRMED, ("IR-10",)),
    # The last group takes all who are left.
    ("IR", "otherwise anything not LR", UNCONFIRMED, ()),
    ("LR", "age >=1 and <10", UNCONFIRMED, ("LR-1",)),
    ("LR", "WBC <50", UNCONFIRMED, ("LR-2",)),
    ("LR", "D15 MRD <0.1%", UNCONFIRMED, ("LR-3",)),
    ("LR", "D33 MRD <0.01%", UNCONFIRMED, ("LR-4",)),
]
SCCCG_V1 = [
    *SCCCG_BOTH,
    (
        "LR",
        "v1 also requires ETV6-RUNX1 or hyperdiploidy >50 with +4,+10",
        UNCONFIRMED,
        ("LR-5",),
    ),
]
SCCCG_V2 = [*SCCCG_BOTH, ("IR", "(v2) other MEF2D-r", UNCONFIRMED, ("IR-8",))]

AIEOP_SR = "no HR factor and D33 and D78 PCR-MRD negative; or PCR not available and D15 FCM <0.1%"
AIEOP_HR = (
    "HR factors, or D15 FCM >=10%, or D78 >=0.05%, or (B-ALL) D33 >=0.05% and D78 positive <0.05%"
)
AIEOP_2009 = [
    ("SR", AIEOP_SR, "high", ("SR-1", "SR-3")),
    # What counts as negative is no number in the facts: 1e-4 is the project's reading.
    ("SR", AIEOP_SR, "low for what is negative: from memory", ("SR-2",)),
    ("HR", AIEOP_HR, "high", ("HR-1", "HR-2")),
    ("HR", AIEOP_HR, "low for what is positive: from memory", ("HR-3",)),
    # Which the "HR factors" are is not said of 2009: those of 2000 stand in.
    (
        "HR",
        "AIEOP-BFM 2000 HR: MRD >=1e-3 D78, no CR D33, t(4;11), PPR "
        "(ashpublications.net/blood/article/123/10/1470)",
        "low: of another protocol",
        ("HR-factor-1", "HR-factor-2", "HR-factor-3", "HR-factor-4"),
    ),
    ("MR", "others", "high", ()),
]

NCI = [
    ("SR", "WBC <50 000/uL and age 1 to <10 y", "high", ("SR-1", "SR-2")),
    ("HR", "WBC >=50 000/uL and/or age >=10 y", "high", ("HR-1", "HR-2")),
    ("infant", "<1 y separate", "high", ("infant",)),
]

SOURCE_WORDS = {
    ("CCLG-ALL-2008", "1"): CCLG_2008,
    ("CN-2018-norm", "1"): NORM_2018,
    ("SCCCG-ALL-2023", "1"): SCCCG_V1,
    ("SCCCG-ALL-2023", "2"): SCCCG_V2,
    ("AIEOP-BFM-ALL-2009", "1"): AIEOP_2009,
    ("NCI-Rome", "1"): NCI,
}

# Rules that no sentence of the facts is, with the remark that asks for them and their certainty.
OURS = {
    ("CCLG-ALL-2008", "1", "IR-induction"): ("IR induction with D15 BM M3", "D"),
    ("CCLG-ALL-2008", "1", "IR-intent-1"): ("implement as IR by intent, flag", "D"),
    # Follows from the rule that is from memory (SR-8a), so it is no surer than that.
    ("CCLG-ALL-2008", "1", "IR-intent-2"): ("low - from memory; 2010 text gives no SR", "M"),
}
# Where one sentence is not equally sure in all its parts.
DERIVED = {
    # ">=1e-2 implied by IR rule"
    ("CCLG-ALL-2008", "1", "HR-6"),
}
