"""The annotators' words for what a variant does, in the code words of the records.

Sequence Ontology terms (VEP, SnpEff ANN), ANNOVAR's functions, SnpEff's older effects and the
Variant_Classification of MAF all become members of `VariantConsequence`; where several stand
together the gravest counts, in the order in which VEP ranks them.
"""

from __future__ import annotations

from functools import lru_cache

from analysis.ikzf1_evidence import VariantConsequence as C

# Gravest first.
ORDER = (
    C.SPLICE,
    C.NONSENSE,
    C.FRAMESHIFT,
    C.STOP_LOST,
    C.START_LOST,
    C.INFRAME,
    C.MISSENSE,
    C.OTHER,
    C.SYNONYMOUS,
    C.NON_CODING,
    C.UNKNOWN,
)
GRAVITY = {code: place for place, code in enumerate(ORDER)}

SEQUENCE_ONTOLOGY = {
    "splice_acceptor_variant": C.SPLICE,
    "splice_donor_variant": C.SPLICE,
    "stop_gained": C.NONSENSE,
    "frameshift_variant": C.FRAMESHIFT,
    "stop_lost": C.STOP_LOST,
    "start_lost": C.START_LOST,
    "initiator_codon_variant": C.START_LOST,
    "inframe_insertion": C.INFRAME,
    "inframe_deletion": C.INFRAME,
    "conservative_inframe_insertion": C.INFRAME,
    "conservative_inframe_deletion": C.INFRAME,
    "disruptive_inframe_insertion": C.INFRAME,
    "disruptive_inframe_deletion": C.INFRAME,
    "missense_variant": C.MISSENSE,
    "protein_altering_variant": C.OTHER,
    "coding_sequence_variant": C.OTHER,
    "incomplete_terminal_codon_variant": C.OTHER,
    "transcript_ablation": C.OTHER,
    "exon_loss_variant": C.OTHER,
    "synonymous_variant": C.SYNONYMOUS,
    "stop_retained_variant": C.SYNONYMOUS,
    "start_retained_variant": C.SYNONYMOUS,
}
_OUTSIDE = (
    "splice_region_variant splice_polypyrimidine_tract_variant splice_donor_region_variant "
    "splice_donor_5th_base_variant intron_variant 5_prime_utr_variant 3_prime_utr_variant "
    "upstream_gene_variant downstream_gene_variant intergenic_variant intergenic_region "
    "non_coding_transcript_exon_variant non_coding_transcript_variant nmd_transcript_variant "
    "regulatory_region_variant tf_binding_site_variant mature_mirna_variant intragenic_variant "
    "5_prime_utr_premature_start_codon_gain_variant sequence_feature "
    "non_coding_exon_variant nc_transcript_variant"
)
SEQUENCE_ONTOLOGY |= dict.fromkeys(_OUTSIDE.split(), C.NON_CODING)

ANNOVAR_EXONIC = {
    "nonsynonymous snv": C.MISSENSE,
    "synonymous snv": C.SYNONYMOUS,
    "stopgain": C.NONSENSE,
    "stopgain snv": C.NONSENSE,
    "stoploss": C.STOP_LOST,
    "stoploss snv": C.STOP_LOST,
    "startloss": C.START_LOST,
    "startgain": C.OTHER,
    "frameshift deletion": C.FRAMESHIFT,
    "frameshift insertion": C.FRAMESHIFT,
    "frameshift substitution": C.FRAMESHIFT,
    "frameshift block substitution": C.FRAMESHIFT,
    "nonframeshift deletion": C.INFRAME,
    "nonframeshift insertion": C.INFRAME,
    "nonframeshift substitution": C.INFRAME,
    "nonframeshift block substitution": C.INFRAME,
}
ANNOVAR_PLACES = (
    *("intronic", "utr3", "utr5", "upstream", "downstream", "intergenic"),
    *("ncrna_exonic", "ncrna_intronic", "ncrna_splicing", "ncrna_utr3", "ncrna_utr5"),
)

SNPEFF_EFFECTS = {
    "non_synonymous_coding": C.MISSENSE,
    "synonymous_coding": C.SYNONYMOUS,
    "synonymous_start": C.SYNONYMOUS,
    "synonymous_stop": C.SYNONYMOUS,
    "non_synonymous_start": C.START_LOST,
    "stop_gained": C.NONSENSE,
    "stop_lost": C.STOP_LOST,
    "start_lost": C.START_LOST,
    "frame_shift": C.FRAMESHIFT,
    "codon_insertion": C.INFRAME,
    "codon_deletion": C.INFRAME,
    "codon_change_plus_codon_insertion": C.INFRAME,
    "codon_change_plus_codon_deletion": C.INFRAME,
    "codon_change": C.OTHER,
    "exon_deleted": C.OTHER,
    "splice_site_acceptor": C.SPLICE,
    "splice_site_donor": C.SPLICE,
}
_EFFECTS_OUTSIDE = (
    *("downstream", "upstream", "intron", "intergenic", "utr_3_prime", "utr_5_prime", "exon"),
    *("transcript", "gene", "start_gained", "intragenic", "intron_conserved"),
    *("intergenic_conserved", "splice_site_region"),
)
SNPEFF_EFFECTS |= dict.fromkeys(_EFFECTS_OUTSIDE, C.NON_CODING)

MAF_CLASSES = {
    "missense_mutation": C.MISSENSE,
    "nonsense_mutation": C.NONSENSE,
    "frame_shift_del": C.FRAMESHIFT,
    "frame_shift_ins": C.FRAMESHIFT,
    "in_frame_del": C.INFRAME,
    "in_frame_ins": C.INFRAME,
    "splice_site": C.SPLICE,
    "translation_start_site": C.START_LOST,
    "nonstop_mutation": C.STOP_LOST,
    "silent": C.SYNONYMOUS,
    "targeted_region": C.OTHER,
}
_CLASSES_OUTSIDE = (
    *("splice_region", "intron", "rna", "3'utr", "5'utr", "3'flank", "5'flank", "igr", "lincrna"),
)
MAF_CLASSES |= dict.fromkeys(_CLASSES_OUTSIDE, C.NON_CODING)


@lru_cache(maxsize=4096)
def of_terms(terms: str) -> C:
    """The gravest of Sequence Ontology terms joined by "&" or ","; OTHER where none is known."""
    return _gravest(terms.lower().replace(",", "&").split("&"), SEQUENCE_ONTOLOGY)


@lru_cache(maxsize=4096)
def of_annovar(place: str, exonic: str) -> C:
    """From `Func` and `ExonicFunc`, escapes undone; several values stand with ";" between."""
    found = [
        ANNOVAR_EXONIC.get(word.strip().replace("_", " ").lower(), C.OTHER)
        for word in exonic.split(";")
        if word.strip() not in ("", ".", "NA")
    ]
    for word in place.lower().split(";"):
        if word == "splicing":
            found.append(C.SPLICE)
        elif word in ANNOVAR_PLACES:
            found.append(C.NON_CODING)
        elif word == "exonic" and not found:
            found.append(C.OTHER)
    return min(found, key=GRAVITY.__getitem__, default=C.UNKNOWN)


@lru_cache(maxsize=4096)
def of_snpeff_effect(effect: str) -> C:
    """The gravest of SnpEff's effects before version 4 (`EFF`), joined by "+"."""
    return _gravest(effect.lower().split("+"), SNPEFF_EFFECTS | SEQUENCE_ONTOLOGY)


def of_maf(classification: str) -> C:
    """From MAF's Variant_Classification."""
    return MAF_CLASSES.get(classification.lower(), C.OTHER)


def _gravest(words: list[str], known: dict[str, C]) -> C:
    found = [known.get(word.strip(), C.OTHER) for word in words if word.strip()]
    return min(found, key=GRAVITY.__getitem__, default=C.UNKNOWN)
