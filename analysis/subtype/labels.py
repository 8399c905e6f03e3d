"""The questions of `analysis/data/subtypes.yaml` in words, in both languages."""

from __future__ import annotations

from analysis.wording import N_, Labelled


class QuestionName(Labelled):
    BCR_ABL1 = "bcr_abl1", N_("BCR::ABL1")
    KMT2A_R = "kmt2a_r", N_("KMT2A rearrangement")
    TCF3_HLF = "tcf3_hlf", N_("TCF3::HLF")
    ETV6_RUNX1 = "etv6_runx1", N_("ETV6::RUNX1")
    TCF3_PBX1 = "tcf3_pbx1", N_("TCF3::PBX1")
    IGH_IL3 = "igh_il3", N_("IGH::IL3")
    DUX4_R = "dux4_r", N_("DUX4 rearrangement")
    MEF2D_R = "mef2d_r", N_("MEF2D rearrangement")
    ZNF384_R = "znf384_r", N_("ZNF384 or ZNF362 rearrangement")
    NUTM1_R = "nutm1_r", N_("NUTM1 rearrangement")
    MYC_R = "myc_r", N_("MYC rearrangement")
    CDX2_UBTF = "cdx2_ubtf", N_("UBTF::ATXN7L3 or PAN3::CDX2")
    IAMP21 = "iamp21", N_("iAMP21")
    NEAR_HAPLOID = "near_haploid", N_("near-haploidy (24-31 chromosomes)")
    LOW_HYPODIPLOID = "low_hypodiploid", N_("low hypodiploidy (32-39 chromosomes)")
    HIGH_HYPODIPLOID = "high_hypodiploid", N_("hypodiploidy with 40-43 chromosomes")
    HIGH_HYPERDIPLOID = "high_hyperdiploid", N_("high hyperdiploidy (51-65 chromosomes)")
    PAX5_P80R = "pax5_p80r", N_("PAX5 p.Pro80Arg")
    IKZF1_N159Y = "ikzf1_n159y", N_("IKZF1 p.Asn159Tyr")
    PH_LIKE_ABL = "ph_like_abl", N_("BCR::ABL1-like features (ABL class)")
    PH_LIKE_JAK = "ph_like_jak", N_("BCR::ABL1-like features (JAK-STAT)")
    PH_LIKE_NOS = "ph_like_nos", N_("BCR::ABL1-like features (not otherwise specified)")
    ZEB2_CEBP = "zeb2_cebp", N_("ZEB2 p.His1038Arg or IGH::CEBPE")
    ETV6_RUNX1_LIKE = "etv6_runx1_like", N_("ETV6::RUNX1-like features")
    PAX5_ALT = "pax5_alt", N_("PAX5 alteration")
    KMT2A_LIKE = "kmt2a_like", N_("KMT2A rearranged-like (HOXA9::MED12)")
    PH_LIKE = "ph_like", N_("BCR::ABL1-like features")
    KMT2A_AFF1 = "kmt2a_aff1", N_("KMT2A::AFF1")
    MEF2D_BCL9 = "mef2d_bcl9", N_("MEF2D::BCL9")
    HYPODIPLOID = "hypodiploid", N_("hypodiploidy (fewer than 44 chromosomes)")
    TRISOMY_4 = "trisomy_4", N_("trisomy 4")
    TRISOMY_10 = "trisomy_10", N_("trisomy 10")
