"""IKZF1 status: every row of the checklist, and what the result carries with it."""

import json

import pytest
from ikzf1_checklist import (
    CHECKLIST,
    CLEAN,
    L161FS,
    N159Y,
    NO_SEQ,
    NORMAL,
    OPEN,
    mlpa,
    sequenced,
    variant,
)

from analysis.calls import Certainty, CopyCall, State
from analysis.deletion import Consequence
from analysis.ikzf1 import (
    RULE_VERSION,
    AlterationKind,
    CopyNumberAssay,
    ExonCall,
    Ikzf1Evidence,
    Ikzf1Rules,
    Ikzf1Status,
    SequencingAssay,
    Variant,
    Verdict,
    Zygosity,
    ikzf1_status,
)
from analysis.ikzf1 import VariantEffect as Effect
from analysis.ikzf1 import VariantKind as Kind


def _status(copy_number, sequencing, **rules):
    return ikzf1_status(Ikzf1Evidence(copy_number, sequencing), Ikzf1Rules(**rules))


def _codes(status):
    return [reason.code for reason in status.reasons]


@pytest.mark.parametrize(
    ("copy_number", "sequencing", "states", "says", "reason"),
    [row[1:] for row in CHECKLIST],
    ids=[row[0] for row in CHECKLIST],
)
def test_status_of(copy_number, sequencing, states, says, reason):
    status = _status(copy_number, sequencing)
    assert (status.state, status.large_deletion, status.sequence_variant) == states
    assert says in status.headline.text()
    assert reason in _codes(status)
    assert status.rule_version == RULE_VERSION


def test_checklist_is_long_enough_and_has_no_row_twice():
    names = [row[0] for row in CHECKLIST]
    assert len(names) >= 45
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("copy_number", "sequencing", "kind"),
    [
        (mlpa("nnnddddn"), CLEAN, AlterationKind.LARGE_DELETION_ONLY),
        (NORMAL, sequenced(N159Y), AlterationKind.SNV_INDEL_ONLY),
        (mlpa("nnnddddn"), sequenced(N159Y), AlterationKind.BOTH),
        (NORMAL, CLEAN, AlterationKind.NONE),
        (NORMAL, NO_SEQ, AlterationKind.NONE),
    ],
)
def test_kind_is_one_of_the_studys_classes(copy_number, sequencing, kind):
    status = _status(copy_number, sequencing)
    assert status.kind is kind
    assert bool(status.components) is (kind is not AlterationKind.NONE)


def test_deletion_component_carries_names_and_exons():
    (found,) = _status(mlpa("nnnddddn"), CLEAN).deletions
    assert found.exons == (4, 5, 6, 7)
    assert found.zygosity is Zygosity.HETEROZYGOUS
    assert found.deletion.iscn == "rsa 7p12.2(IKZF1 exons 4-7)x1"
    assert not found.needs_confirmation
    assert found.within == ""


def test_single_exon_with_two_agreeing_probes_needs_no_confirmation():
    (found,) = _status(mlpa("nnndnnnn", probes=2), CLEAN).deletions
    assert not found.needs_confirmation


def test_mixed_loss_states_both_ranges_and_one_interpretation():
    outer, inner = _status(mlpa("nddDDDDn"), CLEAN).deletions
    assert (outer.exons, outer.zygosity) == ((2, 3, 4, 5, 6, 7), Zygosity.HETEROZYGOUS)
    assert (inner.exons, inner.zygosity) == ((4, 5, 6, 7), Zygosity.HOMOZYGOUS)
    assert inner.within == "2-7"
    assert inner.deletion.iscn == "rsa 7p12.2(IKZF1 exons 4-7)x0"
    assert outer.deletion.consequence is Consequence.HAPLOINSUFFICIENCY
    assert inner.deletion.consequence is Consequence.UNDETERMINED


def test_staggered_loss_leaves_the_consequence_open():
    """3-5 with 4-6, or 3-6 with 4-5: the calls are the same, the proteins are not."""
    outer, inner = _status(mlpa("nndDDdnn"), CLEAN).deletions
    assert outer.deletion.consequence is Consequence.UNDETERMINED
    assert outer.deletion.certainty is Certainty.UNCERTAIN
    assert inner.exons == (4, 5)


def test_exon_that_could_not_be_read_between_lost_ones_does_not_join_them():
    first, second = _status(mlpa("nnnd?ddn"), CLEAN).deletions
    assert (first.exons, second.exons) == ((4,), (6, 7))
    assert (first.deletion.possible_last, second.deletion.possible_first) == (5, 5)


@pytest.mark.parametrize(
    ("blasts", "het", "hom"),
    [
        (15.0, "0.93", "0.85"),
        (40.0, "0.80", "0.60"),
        (70.0, "0.65", "0.30"),
        (100.0, "0.50", "0.00"),
    ],
)
def test_expected_ratio_at_the_recorded_blasts_is_said(blasts, het, hom):
    text = " ".join(r.text() for r in _status(mlpa("nnnnnnnn", blasts=blasts), CLEAN).reasons)
    assert het in text
    assert hom in text


def test_missing_blasts_are_named_as_missing():
    missing = _status(mlpa("nnnnnnnn", blasts=None), CLEAN).missing
    assert ["share of blasts" in str(item) for item in missing] == [True]


def test_exons_that_were_not_read_are_named_as_missing():
    missing = [str(item) for item in _status(mlpa("n-n?nnnx"), NO_SEQ).missing]
    assert missing == ["a copy number that can be read: exons 2, 4, 8", "sequencing of IKZF1"]


@pytest.mark.parametrize(
    ("given", "kind", "exon", "finger", "effect"),
    [
        (N159Y, Kind.SNV, 5, "ZF2", Effect.DNA_BINDING),
        (variant("c.472G>A", "p.(Gly158Ser)"), Kind.SNV, 5, "ZF2", Effect.DNA_BINDING),
        (variant("c.475A>T", "p.N159Y"), Kind.SNV, 5, "ZF2", Effect.DNA_BINDING),
        (L161FS, Kind.INDEL, 5, "ZF2", Effect.TRUNCATION),
        (variant("c.910G>A", "p.Glu304Lys"), Kind.SNV, 8, "", Effect.OTHER),
        (variant("c.1450T>C", "p.Tyr484His"), Kind.SNV, 8, "ZF5", Effect.DIMERISATION),
        (variant("c.160+1G>A", "", "splice"), Kind.SNV, 3, "", Effect.TRUNCATION),
        (variant("c.161-2A>G", "", "splice"), Kind.SNV, 4, "", Effect.TRUNCATION),
        (variant("c.1A>G", "p.Met1?", "start_lost"), Kind.SNV, 2, "", Effect.TRUNCATION),
        (variant("c.300_302dup", "p.Gln100dup", "inframe"), Kind.INDEL, 4, "", Effect.OTHER),
    ],
    ids=lambda value: value.hgvs_c if isinstance(value, Variant) else None,
)  # fmt: skip
def test_variant_component_says_place_and_effect(given, kind, exon, finger, effect):
    (found,) = _status(NORMAL, sequenced(given)).variants
    assert (found.kind, found.exon, found.zinc_finger, found.effect) == (kind, exon, finger, effect)
    assert found.verdict is Verdict.COUNTED


@pytest.mark.parametrize(
    ("c", "p", "place"),
    [
        ("c.-5A>G", "", 2),
        ("c.-14A>G", "", 2),
        ("c.-15A>G", "", 1),
        ("c.-221A>G", "", 1),
        ("c.*4474A>G", "", 8),
        ("c.*4475A>G", "", None),
        ("c.1600A>G", "", None),
    ],
)
def test_exon_of_untranslated_bases(c, p, place):
    (found,) = _status(NORMAL, sequenced(variant(c, p, "other"))).variants
    assert found.exon == place


@pytest.mark.parametrize(
    ("c", "p", "verdict"),
    [
        ("c.475A>T", "p.Asn159Tyr", Verdict.COUNTED),
        ("c.475A>T", "p.N159Y", Verdict.COUNTED),
        ("c.479del", "p.Leu160fs*3", Verdict.COUNTED),
        ("c.484C>T", "p.Arg162Ter", Verdict.COUNTED),
        ("c.484C>T", "p.R162*", Verdict.COUNTED),
        ("c.484_486del", "p.Arg162del", Verdict.COUNTED),
        ("c.1558T>C", "p.Ter520Glnext*5", Verdict.COUNTED),
        ("c.480C>T", "p.L160L", Verdict.NOT_COUNTED),
        ("c.590-1G>A", "", Verdict.COUNTED),
        ("c.590-3C>A", "", Verdict.NOT_COUNTED),
        ("c.580_589+9del", "", Verdict.UNRESOLVED),
    ],
)
def test_consequence_is_read_from_the_names_where_none_is_recorded(c, p, verdict):
    (found,) = _status(NORMAL, sequenced(variant(c, p, "", classification=""))).variants
    assert found.verdict is verdict


def test_n159y_is_said_to_define_a_subtype_and_n159s_is_not():
    (tyr,) = _status(NORMAL, sequenced(N159Y)).variants
    (ser,) = _status(NORMAL, sequenced(variant("c.476A>G", "p.Asn159Ser"))).variants
    assert "defines a subtype" in tyr.hotspot.text()
    assert "defines" not in ser.hotspot.text()
    assert "p.Asn159Ser is a recurrent site of IKZF1 variants (unconfirmed)" in ser.hotspot.text()


def test_variants_that_do_not_count_are_listed_with_the_reason_why_not():
    status = _status(NORMAL, sequenced(variant(vaf=0.004)))
    (found,) = status.variants
    assert found.verdict is Verdict.NOT_COUNTED
    assert found.reasons[0].text() == (
        "c.475A>T does not count: VAF 0.4 %, below the threshold of 1 %."
    )
    assert status.components == ()


def test_thresholds_are_parameters_and_stand_in_the_result():
    low = sequenced(variant(vaf=0.03))
    assert _status(NORMAL, low).state is State.ALTERED
    strict = _status(NORMAL, low, min_vaf=0.05)
    assert strict.state is State.NOT_DETECTED
    assert strict.rules.min_vaf == 0.05
    assert _status(mlpa("nnnnnnnn", blasts=25.0), CLEAN, blast_floor=30.0).state is OPEN


def test_two_findings_say_that_their_phase_is_not_shown():
    text = _status(mlpa("nnnddddn"), sequenced(N159Y)).reasons[-1].text()
    assert "one copy or on both" in text


def test_evidence_names_probes_and_variants_with_their_source():
    calls = tuple(ExonCall(n, CopyCall.NORMAL, 1.02, (f"probe:{n}",)) for n in range(1, 9))
    assay = CopyNumberAssay(True, True, calls, 80.0, "", "sample:1")
    status = _status(assay, sequenced(variant(source="variant:9")))
    kept = [(item.kind, item.name, item.value, item.source) for item in status.evidence]
    assert ("probe", "IKZF1 exon 4", "1.02", "probe:4") in kept
    assert ("variant", "IKZF1 c.475A>T", "VAF 0.31, 1500x", "variant:9") in kept
    assert ("assay", "MLPA", "", "sample:1") in kept


def test_reasons_are_ordered_copy_number_then_sequencing_then_the_whole():
    codes = _codes(_status(mlpa("nnnddddn"), sequenced(N159Y)))
    order = ["copy_number_read", "deletion_found", "expected_ratio", "sequencing_read"]
    order += ["variant_counted", "status_altered"]
    assert [code for code in codes if code in order] == order


def test_hostile_reason_text_is_printed_as_itself():
    why = "<script>{0}$x$ 㛃䶮"
    status = _status(mlpa("nnnnnnnn", adequate=False, why=why), NO_SEQ)
    assert why in status.headline.text()
    assert why in status.headline.text("zh-hans")


@pytest.mark.parametrize("row", CHECKLIST, ids=[row[0] for row in CHECKLIST])
def test_status_reads_back_from_json_as_it_was(row):
    status = _status(row[1], row[2])
    assert Ikzf1Status.from_json(json.loads(json.dumps(status.to_json()))) == status


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ExonCall(9, CopyCall.NORMAL),
        lambda: ExonCall(1, "lost"),
        lambda: ExonCall(1, CopyCall.NORMAL, -0.1),
        lambda: ExonCall(1, CopyCall.NORMAL, float("nan")),
        lambda: CopyNumberAssay(True, True, (ExonCall(1, "normal"), ExonCall(1, "het_del"))),
        lambda: CopyNumberAssay(True, True, blast_percent=101.0),
        lambda: CopyNumberAssay(False, exons=(ExonCall(1, CopyCall.NORMAL),)),
        lambda: SequencingAssay(False, variants=(N159Y,)),
        lambda: SequencingAssay(True, low_exons=(0,)),
        lambda: variant(vaf=31.0),
        lambda: variant(depth=-1),
        lambda: variant(consequence="bad"),
        lambda: variant(classification="bad"),
        lambda: Ikzf1Rules(min_vaf=0),
        lambda: Ikzf1Rules(blast_floor=50.0),
    ],
)
def test_impossible_evidence_is_refused(wrong):
    with pytest.raises(ValueError):
        wrong()


def _with_ratio(ratio, call=CopyCall.NORMAL, settled=()):
    """Eight exons, all called normal at 1.0 but for exon 4."""
    exons = tuple(
        ExonCall(n, call if n == 4 else CopyCall.NORMAL, ratio if n == 4 else 1.0)
        for n in range(1, 9)
    )
    return CopyNumberAssay(True, True, exons, 85.0, settled_exons=settled)


@pytest.mark.parametrize(
    ("ratio", "state"), [(0.5, OPEN), (0.65, OPEN), (0.66, State.NOT_DETECTED)]
)
def test_normal_call_at_the_ratio_of_a_deletion_is_no_clean_answer(ratio, state):
    status = _status(_with_ratio(ratio), CLEAN)
    assert (status.state, status.large_deletion) == (state, state)
    assert ("call_contradicts_ratio" in _codes(status)) is (state is OPEN)


def test_normal_call_that_a_person_set_stands_against_its_ratio():
    assert _status(_with_ratio(0.5, settled=(4,)), CLEAN).state is State.NOT_DETECTED
