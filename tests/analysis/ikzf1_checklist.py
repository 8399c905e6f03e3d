"""A clinician's checklist of IKZF1 situations, one row each, and how the evidence is written.

MLPA is written as eight letters, exon 1 to 8: n normal, d heterozygous and D homozygous deletion,
+ duplication, ? ambiguous, x not evaluable, - not tested (no call).
"""

from analysis.calls import CopyCall, State
from analysis.ikzf1 import CopyNumberAssay, ExonCall, SequencingAssay, Variant

LETTERS = {
    "n": CopyCall.NORMAL,
    "d": CopyCall.HET_DEL,
    "D": CopyCall.HOM_DEL,
    "+": CopyCall.HET_DUP,
    "?": CopyCall.AMBIGUOUS,
    "x": CopyCall.NOT_EVALUABLE,
}
ALTERED, NONE = State.ALTERED, State.NOT_DETECTED
OPEN, UNTESTED = State.NOT_EVALUABLE, State.NOT_TESTED


def mlpa(calls, *, blasts=85.0, adequate=True, why="", probes=1):
    exons = tuple(
        ExonCall(number, LETTERS[letter], None, tuple(f"p{number}.{i}" for i in range(probes)))
        for number, letter in enumerate(calls, start=1)
        if letter != "-"
    )
    return CopyNumberAssay(True, adequate, exons, blasts, why, "run 1")


def sequenced(*variants, adequate=True, low=(), covers=True, why=""):
    return SequencingAssay(True, adequate, variants, low, covers, why, "run 2")


def variant(c="c.475A>T", p="p.Asn159Tyr", consequence="missense", **other):
    given = {"vaf": 0.31, "depth": 1500, "classification": "pathogenic"} | other
    transcript = given.pop("transcript", "NM_006060.6")
    return Variant(given.pop("gene", "IKZF1"), transcript, c, p, consequence, **given)


NO_MLPA = CopyNumberAssay(tested=False)
NO_SEQ = SequencingAssay(tested=False)
CLEAN = sequenced()
NORMAL = mlpa("nnnnnnnn")
N159Y = variant()
L161FS = variant("c.482del", "p.Leu161fs", "frameshift")

# description, MLPA, sequencing, (status, large deletion, SNV/InDel), what the sentence says,
# the reason that must be among the reasons
CHECKLIST = [
    ("nothing was done", NO_MLPA, NO_SEQ, (UNTESTED, UNTESTED, UNTESTED),
     "IKZF1 not tested: large deletion not tested; SNV/InDel not tested", "status_not_tested"),
    ("both done, both clean", NORMAL, CLEAN, (NONE, NONE, NONE),
     "no large deletion detected; no SNV/InDel detected", "status_not_detected"),
    ("MLPA normal, never sequenced", NORMAL, NO_SEQ, (UNTESTED, NONE, UNTESTED),
     "IKZF1 incompletely tested: no large deletion detected; SNV/InDel not tested",
     "sequencing_not_tested"),
    ("sequencing clean, MLPA never done", NO_MLPA, CLEAN, (UNTESTED, UNTESTED, NONE),
     "large deletion not tested; no SNV/InDel detected", "copy_number_not_tested"),
    ("MLPA normal, sequencing failed", NORMAL, sequenced(adequate=False, why="library failed"),
     (OPEN, NONE, OPEN), "sequencing inadequate: library failed", "sequencing_inadequate"),
    ("MLPA failed, sequencing clean", mlpa("nnnnnnnn", adequate=False, why="too little DNA"),
     CLEAN, (OPEN, OPEN, NONE), "MLPA sample inadequate: too little DNA", "copy_number_inadequate"),
    ("MLPA failed without a single call, not sequenced",
     mlpa("", adequate=False, why="degraded"), NO_SEQ, (OPEN, OPEN, UNTESTED),
     "MLPA sample inadequate: degraded); SNV/InDel not tested", "copy_number_inadequate"),
    ("MLPA unreadable, not sequenced", mlpa("nnnnnnnn", adequate=False), NO_SEQ,
     (OPEN, OPEN, UNTESTED), "SNV/InDel not tested", "copy_number_inadequate"),
    ("a failed MLPA that shows a deletion is not read",
     mlpa("nnnddddn", adequate=False, why="drift"), CLEAN, (OPEN, OPEN, NONE),
     "not evaluable", "copy_number_inadequate"),
    ("nobody said whether the MLPA was adequate", mlpa("nnnnnnnn", adequate=None), CLEAN,
     (OPEN, OPEN, NONE), "quality of the MLPA not recorded", "copy_number_quality_unknown"),
    ("exons 4-7 lost: IK6", mlpa("nnnddddn"), CLEAN, (ALTERED, ALTERED, NONE),
     "heterozygous deletion of exons 4-7, copy number 1: isoform IK6, dominant negative "
     "(effect established); no SNV/InDel detected", "deletion_found"),
    ("exons 4-7 lost, never sequenced", mlpa("nnnddddn"), NO_SEQ, (ALTERED, ALTERED, UNTESTED),
     "SNV/InDel not tested", "deletion_found"),
    ("whole gene lost", mlpa("dddddddd"), CLEAN, (ALTERED, ALTERED, NONE),
     "heterozygous deletion of the whole gene (exons 1-8), copy number 1",
     "deletion_whole_gene_or_chromosome"),
    ("exons 2-7 lost", mlpa("nddddddn"), CLEAN, (ALTERED, ALTERED, NONE),
     "exons 2-7, copy number 1: haploinsufficiency by loss of function (effect established)",
     "deletion_consequence"),
    ("exons 4-8 lost", mlpa("nnnddddd"), CLEAN, (ALTERED, ALTERED, NONE),
     "exons 4-8, copy number 1: haploinsufficiency", "deletion_consequence"),
    ("exons 2-8 lost", mlpa("nddddddd"), CLEAN, (ALTERED, ALTERED, NONE), "exons 2-8",
     "deletion_consequence"),
    ("exons 5-7 lost: dominant negative is a prediction", mlpa("nnnndddn"), CLEAN,
     (ALTERED, ALTERED, NONE), "dominant negative (effect predicted)", "isoform_name_unconfirmed"),
    ("exons 6-7 lost: uncertain", mlpa("nnnnnddn"), CLEAN, (ALTERED, ALTERED, NONE),
     "in-frame shortened protein (effect uncertain)", "deletion_consequence"),
    ("exon 1 alone lost: regulatory, one probe", mlpa("dnnnnnnn"), CLEAN,
     (ALTERED, ALTERED, NONE), "likely haploinsufficiency", "single_probe_needs_confirmation"),
    ("one exon by one probe needs confirmation", mlpa("nnndnnnn"), CLEAN,
     (ALTERED, ALTERED, NONE), "exon 4 (one probe, to be confirmed)",
     "single_probe_needs_confirmation"),
    ("both copies of exons 4-7 lost", mlpa("nnnDDDDn"), CLEAN, (ALTERED, ALTERED, NONE),
     "homozygous deletion of exons 4-7, copy number 0", "deletion_homozygous"),
    ("both copies of the gene lost", mlpa("DDDDDDDD"), CLEAN, (ALTERED, ALTERED, NONE),
     "copy number 0: loss of function of both copies", "deletion_homozygous"),
    ("4-7 homozygous inside 2-7 heterozygous", mlpa("nddDDDDn"), CLEAN, (ALTERED, ALTERED, NONE),
     "within it homozygous deletion of exons 4-7, copy number 0: no normal copy left",
     "deletion_mixed_biallelic"),
    ("exons 4 and 6-7 lost, 5 kept: not joined", mlpa("nnndnddn"), CLEAN,
     (ALTERED, ALTERED, NONE), "heterozygous deletion of exons 6-7", "deletion_not_contiguous"),
    ("exon 4 lost between ambiguous neighbours", mlpa("nn?d?nnn"), CLEAN,
     (ALTERED, ALTERED, NONE), "consequence undetermined", "deletion_borders_uncertain"),
    ("a deletion beside an exon that failed", mlpa("nnnddddx"), CLEAN, (ALTERED, ALTERED, NONE),
     "exons 4-7", "deletion_borders_uncertain"),
    ("one ambiguous exon, nothing lost", mlpa("nnnnn?nn"), CLEAN, (OPEN, OPEN, NONE),
     "large deletion not evaluable (exon 6 ambiguous)", "exon_ambiguous"),
    ("one ambiguous exon, another lost", mlpa("nd?nnnnn"), CLEAN, (ALTERED, ALTERED, NONE),
     "exon 2", "exon_ambiguous"),
    ("an exon that failed", mlpa("nnnnnnnx"), CLEAN, (OPEN, OPEN, NONE), "exon 8 not evaluable",
     "exon_not_evaluable"),
    ("exons 2-3 have no probe result", mlpa("n--nnnnn"), CLEAN, (OPEN, OPEN, NONE),
     "exons 2-3 not tested", "exon_not_tested"),
    ("MLPA of other genes only", mlpa("--------"), CLEAN, (UNTESTED, UNTESTED, NONE),
     "large deletion not tested", "copy_number_not_tested"),
    ("all normal at 15 % blasts: absence cannot be claimed", mlpa("nnnnnnnn", blasts=15.0), CLEAN,
     (OPEN, OPEN, NONE), "blasts 15 %, below 20 %", "blasts_too_few"),
    ("all normal at 20 % blasts: a deletion reads 0.90", mlpa("nnnnnnnn", blasts=20.0), CLEAN,
     (OPEN, OPEN, NONE), "with 20 % blasts a deletion in all of them", "blasts_too_few"),
    ("all normal at 40 % blasts: a deletion reads 0.80", mlpa("nnnnnnnn", blasts=40.0), CLEAN,
     (OPEN, OPEN, NONE), "with 40 % blasts a deletion in all of them", "blasts_too_few"),
    ("all normal at 41 % blasts", mlpa("nnnnnnnn", blasts=41.0), CLEAN, (NONE, NONE, NONE),
     "no large deletion detected; no", "expected_ratio"),
    ("blasts not recorded", mlpa("nnnnnnnn", blasts=None), CLEAN, (NONE, NONE, NONE),
     "no large deletion detected", "blasts_not_recorded"),
    ("a deletion at 15 % blasts is a deletion", mlpa("nnnddddn", blasts=15.0), CLEAN,
     (ALTERED, ALTERED, NONE), "exons 4-7", "deletion_found"),
    ("exons 3-5 duplicated: a finding, no deletion", mlpa("nn+++nnn"), CLEAN, (OPEN, NONE, NONE),
     "no large deletion detected; no SNV/InDel detected; duplication of exons 3-5",
     "exons_duplicated"),
    ("the whole gene gained (trisomy 7)", mlpa("++++++++"), CLEAN, (NONE, NONE, NONE),
     "gain of the whole gene, which is no deletion", "whole_gene_gain"),
    ("a deletion and a duplication", mlpa("+nnddddn"), CLEAN, (ALTERED, ALTERED, NONE),
     "duplication of exon 1", "exons_duplicated"),
    ("N159Y, MLPA normal", NORMAL, sequenced(N159Y), (ALTERED, NONE, ALTERED),
     "SNV c.475A>T, p.Asn159Tyr, missense, exon 5, ZF2, VAF 31 %, pathogenic", "variant_hotspot"),
    ("N159Y, MLPA never done", NO_MLPA, sequenced(N159Y), (ALTERED, UNTESTED, ALTERED),
     "large deletion not tested", "variant_counted"),
    ("frameshift L161fs", NORMAL, sequenced(L161FS), (ALTERED, NONE, ALTERED),
     "InDel c.482del, p.Leu161fs, frameshift, exon 5, ZF2", "variant_counted"),
    ("deletion and variant", mlpa("nnnddddn"), sequenced(N159Y), (ALTERED, ALTERED, ALTERED),
     "exons 4-7", "status_altered"),
    ("a deletion, sequencing failed", mlpa("nnnddddn"), sequenced(adequate=False),
     (ALTERED, ALTERED, OPEN), "SNV/InDel not evaluable (sequencing inadequate)", "deletion_found"),
    ("a variant in a failed sample is not read", NORMAL, sequenced(N159Y, adequate=False),
     (OPEN, NONE, OPEN), "not evaluable", "sequencing_inadequate"),
    ("benign variant", NORMAL, sequenced(variant(classification="benign")), (NONE, NONE, NONE),
     "no SNV/InDel detected", "variant_benign"),
    ("likely benign variant", NORMAL, sequenced(variant(classification="likely_benign")),
     (NONE, NONE, NONE), "no SNV/InDel detected", "variant_benign"),
    ("synonymous variant", NORMAL,
     sequenced(variant("c.480C>T", "p.Leu160=", "synonymous", classification="")),
     (NONE, NONE, NONE), "no SNV/InDel detected", "variant_synonymous"),
    ("synonymous by its name alone", NORMAL,
     sequenced(variant("c.480C>T", "p.(=)", "", classification="")), (NONE, NONE, NONE),
     "no SNV/InDel detected", "variant_synonymous"),
    ("recorded as synonymous, yet named a missense change", NORMAL,
     sequenced(variant("c.476A>G", "p.Asn159Ser", "synonymous", classification="")),
     (OPEN, NONE, OPEN), "to be settled: c.476A>G", "variant_contradiction"),
    ("recorded as missense, yet named synonymous", NORMAL,
     sequenced(variant("c.480C>T", "p.Leu160=", "missense", classification="")),
     (OPEN, NONE, OPEN), "to be settled: c.480C>T", "variant_contradiction"),
    ("synonymous, yet called pathogenic by a person", NORMAL,
     sequenced(variant("c.480C>T", "p.Leu160=", "synonymous")), (OPEN, NONE, OPEN),
     "to be settled: c.480C>T", "variant_contradiction"),
    ("VAF 0.9 %", NORMAL, sequenced(variant(vaf=0.009)), (NONE, NONE, NONE),
     "no SNV/InDel detected", "variant_below_vaf"),
    ("VAF exactly 1 %", NORMAL, sequenced(variant(vaf=0.01)), (ALTERED, NONE, ALTERED), "VAF 1 %",
     "variant_counted"),
    ("VAF not recorded", NORMAL, sequenced(variant(vaf=None)), (ALTERED, NONE, ALTERED),
     "VAF not recorded", "variant_vaf_not_recorded"),
    ("40 reads are too few for a 1 % threshold", NORMAL, sequenced(variant(depth=40)),
     (OPEN, NONE, OPEN), "to be settled: c.475A>T", "variant_low_depth"),
    ("deep in the intron", NORMAL, sequenced(variant("c.589+50A>G", "", "", classification="")),
     (NONE, NONE, NONE), "no SNV/InDel detected", "variant_non_coding"),
    ("annotated splice, five bases into the intron", NORMAL,
     sequenced(variant("c.589+5G>A", "", "splice", classification="uncertain")),
     (NONE, NONE, NONE), "no SNV/InDel detected", "variant_non_coding"),
    ("splice donor", NORMAL, sequenced(variant("c.589+1G>A", "", "splice")),
     (ALTERED, NONE, ALTERED), "SNV c.589+1G>A, splice site, exon 5", "variant_counted"),
    ("recorded as missense, named in the intron", NORMAL,
     sequenced(variant("c.589+50A>G", "", "missense")), (OPEN, NONE, OPEN),
     "to be settled: c.589+50A>G", "variant_contradiction"),
    ("behind the stop codon", NORMAL, sequenced(variant("c.*12A>G", "", "", classification="")),
     (NONE, NONE, NONE), "no SNV/InDel detected", "variant_non_coding"),
    ("missense of uncertain significance", NORMAL, sequenced(variant(classification="uncertain")),
     (ALTERED, NONE, ALTERED), "of uncertain significance", "variant_uncertain_significance"),
    ("missense that nobody classified", NORMAL, sequenced(variant(classification="")),
     (ALTERED, NONE, ALTERED), "not classified by a person", "variant_unclassified"),
    ("nobody says what the variant does", NORMAL, sequenced(variant("c.476A>G", "", "")),
     (OPEN, NONE, OPEN), "to be settled: c.476A>G", "variant_consequence_unknown"),
    ("transcript not recorded", NORMAL, sequenced(variant(transcript="")),
     (ALTERED, NONE, ALTERED), "exon 5", "variant_transcript_assumed"),
    ("another transcript: the exon is not given", NORMAL,
     sequenced(variant(transcript="NM_001220765.3")), (ALTERED, NONE, ALTERED),
     "missense, VAF 31 %", "variant_other_transcript"),
    ("a variant of another gene", NORMAL, sequenced(variant(gene="NRAS")), (NONE, NONE, NONE),
     "no SNV/InDel detected", "sequencing_read"),
    ("IKZF1 not on the panel", NORMAL, sequenced(covers=False), (UNTESTED, NONE, UNTESTED),
     "no large deletion detected; SNV/InDel not tested", "panel_without_ikzf1"),
    ("genes of the panel not recorded", NORMAL, sequenced(covers=None), (UNTESTED, NONE, UNTESTED),
     "SNV/InDel not tested", "panel_genes_unknown"),
    ("exons 1 and 8 of low depth, nothing found", NORMAL, sequenced(low=(8, 1)),
     (OPEN, NONE, OPEN), "SNV/InDel not evaluable (depth too low: exons 1, 8)",
     "exons_low_depth"),
    ("exon 8 of low depth, N159Y in exon 5", NORMAL, sequenced(N159Y, low=(8,)),
     (ALTERED, NONE, ALTERED), "c.475A>T", "exons_low_depth"),
    ("in an exon of low depth, its own depth unknown", NORMAL,
     sequenced(variant(depth=None), low=(5,)), (OPEN, NONE, OPEN), "depth too low: exon 5",
     "variant_in_low_exon"),
    ("in an exon of low depth, itself deep enough", NORMAL, sequenced(N159Y, low=(5,)),
     (ALTERED, NONE, ALTERED), "c.475A>T", "exons_low_depth"),
    ("nobody said whether the sequencing was adequate", NORMAL, sequenced(adequate=None),
     (OPEN, NONE, OPEN), "quality of the sequencing not recorded", "sequencing_quality_unknown"),
    ("one benign, one that counts", NORMAL,
     sequenced(variant("c.100A>G", "p.Met34Val", classification="benign"), N159Y),
     (ALTERED, NONE, ALTERED), "c.475A>T", "variant_benign"),
]  # fmt: skip
