"""Binding, normalisation, the ratio table, and the calls that neighbours and blasts change."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.calls import Certainty, CopyCall
from analysis.mlpa.binding import bind
from analysis.mlpa.calling import Measured, agreed, call_gene
from analysis.mlpa.joint import CALLS, table_codes
from analysis.mlpa.normalise import bias, by_all_samples, by_reference_samples, pooled_noise
from analysis.mlpa.patterns import PROJECT_RULES, PatternRules, expected_ratio, fit
from analysis.mlpa.probemix import Probe, ProbeKind, Probemix, ProbeUse, control_fragments
from analysis.mlpa.quality import QualityRules
from analysis.mlpa.ratio_table import vendor_table
from analysis.mlpa.readers import Peak, PeakSample

TABLE = vendor_table()


def probe(name, exon="1", length=130.0, gene="IKZF1", kind=ProbeKind.TARGET):
    return Probe(name, gene, exon, length, "", kind, ProbeUse.VENDOR_CLAIM)


def bound(sizes, lengths, **keywords):
    peaks = tuple(Peak(size, 1, 10, "B", n, n + 1) for n, size in enumerate(sizes, start=1))
    mix = Probemix("m", "", tuple(probe(f"p{n}", length=n) for n in lengths))
    return bind(
        PeakSample("S", "f.txt", peaks), mix, fragments=control_fragments(), **keywords
    ).probes


def test_peak_within_the_tolerance_is_bound_limits_included():
    (one,) = bound([132.0], [130])
    assert (one.peak.size, one.problem) == (132.0, None)
    (none,) = bound([132.01], [130])
    assert (none.peak, none.problem.code) == (None, "probe_unbound")
    assert none.problem.text().startswith("p130: no peak within 2 nt of 130 nt.")


def test_probe_with_two_peaks_is_an_error_with_its_name_and_both_peaks():
    (one,) = bound([129.5, 130.5], [130])
    assert one.problem.text() == "p130: 2 peaks within 2 nt of 130 nt (129.50, 130.50)"
    assert [item.source for item in one.problem.evidence] == ["f.txt:2", "f.txt:3"]


def test_peak_between_two_probes_is_an_error_of_both():
    first, second = bound([131.5], [130, 133])
    assert first.problem.text() == "p130: its peak of 131.50 nt also lies within 2 nt of p133"
    assert (second.problem.code, second.peak) == ("peak_shared", None)


def test_absent_peak_that_a_person_accepts_is_no_error():
    (one,) = bound([], [130], absent=frozenset({"p130"}))
    assert (one.problem, one.accepted_absent) == (None, True)


def test_tolerance_of_zero_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        bound([130], [130], tolerance=0)


@pytest.mark.parametrize(
    ("ratio", "call"),
    [
        (0.0, CopyCall.HOM_DEL), (0.05, CopyCall.HOM_DEL), (0.06, CopyCall.AMBIGUOUS),
        (0.39, CopyCall.AMBIGUOUS), (0.40, CopyCall.HET_DEL), (0.65, CopyCall.HET_DEL),
        (0.66, CopyCall.AMBIGUOUS), (0.79, CopyCall.AMBIGUOUS), (0.80, CopyCall.NORMAL),
        (1.20, CopyCall.NORMAL), (1.21, CopyCall.AMBIGUOUS), (1.30, CopyCall.HET_DUP),
        (1.65, CopyCall.HET_DUP), (1.70, CopyCall.AMBIGUOUS), (1.75, CopyCall.HOM_DUP),
        (2.15, CopyCall.HOM_DUP), (2.16, CopyCall.AMBIGUOUS),
    ],
)  # fmt: skip
def test_ratio_table_calls_each_band_with_its_limits(ratio, call):
    assert TABLE.call(ratio) is call
    assert CALLS[table_codes(np.array([ratio]), TABLE)[0]] is call


def test_ratio_table_is_marked_unconfirmed_and_refuses_bands_that_overlap():
    assert TABLE.certainty is Certainty.UNCONFIRMED
    with pytest.raises(ValueError, match="overlap"):
        replace(TABLE, het_del=(0.40, 0.85))
    with pytest.raises(ValueError, match="0 or more"):
        TABLE.call(float("nan"))


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (PatternRules, {"normal_below": 0.95}),
        (PatternRules, {"low": 0.0}),
        (PatternRules, {"call_low_many_blasts": 0.95}),
        (PatternRules, {"prior_one_lost": 0.99}),
        (QualityRules, {"y_absent": 0.5}),
        (QualityRules, {"drop_failed": 0.9}),
        (QualityRules, {"min_reference_samples": 0}),
    ],
)
def test_rules_that_contradict_themselves_are_refused(kind, wrong):
    with pytest.raises(ValueError):
        kind(**wrong)


LENGTHS = np.array([130.0, 200.0, 270.0, 340.0, 410.0, 480.0, 160.0, 300.0, 450.0])
IS_REFERENCE = np.array([True] * 6 + [False] * 3)


def signals(true, slopes, amounts):
    """Peak areas of samples with known ratios, slopes over length and amounts of DNA."""
    strength = np.linspace(800, 2400, len(LENGTHS))
    slope = np.exp(np.array(slopes)[:, None] * (LENGTHS - 300))
    return np.array(true) * strength * slope * np.array(amounts)[:, None]


def test_reference_samples_give_the_true_ratios_whatever_slope_and_amount():
    true = np.ones((5, 9))
    true[3, 6:] = (0.5, 1.0, 1.5)
    true[4, 7] = 0.0
    signal = signals(true, [0, -0.001, 0.001, -0.004, 0.002], [1, 2, 3, 0.2, 9])
    found = by_reference_samples(
        signal,
        lengths=LENGTHS,
        reference_probe=IS_REFERENCE,
        healthy=np.array([True, True, True, False, False]),
    )
    assert found.ratio == pytest.approx(true, abs=1e-9)
    assert found.noise == pytest.approx(0, abs=1e-9)
    # exp(slope x (480 - 130)) against the middle reference sample, whose slope is 0
    assert found.drop[3] == pytest.approx(np.exp(-0.004 * 350))


def test_probe_without_a_peak_has_no_ratio_and_disturbs_no_other():
    signal = signals(np.ones((3, 9)), [0, 0, 0], [1, 1, 1])
    signal[2, 7] = np.nan
    signal[2, 1] = np.nan
    found = by_reference_samples(
        signal, lengths=LENGTHS, reference_probe=IS_REFERENCE,
        healthy=np.array([True, True, False]),
    )  # fmt: skip
    assert np.isnan(found.ratio[2, [1, 7]]).all()
    assert found.ratio[2, [0, 2, 6, 8]] == pytest.approx(1)


def test_reference_samples_are_needed():
    with pytest.raises(ValueError, match="reference samples"):
        by_reference_samples(
            np.ones((2, 9)), lengths=LENGTHS, reference_probe=IS_REFERENCE,
            healthy=np.array([False, False]),
        )  # fmt: skip


def test_all_samples_lift_the_wild_type_by_the_formula_of_the_bias():
    true = np.ones((20, 9))
    true[:3, 6] = 0.5  # 15 % one copy lost
    true[3:5, 6] = 0.0  # 10 % both
    signal = signals(true, [0] * 20, [1] * 20)
    found = by_all_samples(signal, reference_probe=IS_REFERENCE, counted=np.ones(20, dtype=bool))
    assert found.ratio[10, 6] == pytest.approx(1 / (1 - 0.5 * 0.15 - 0.10))
    assert found.ratio[10, 7] == pytest.approx(1)
    assert bias(0.15, 0.10) == pytest.approx(1 / 0.825)


def test_bias_has_the_numbers_of_the_fact_list():
    # 1.26 for CDKN2A at 15 % heterozygous and 13 % homozygous
    assert round(bias(0.15, 0.13), 2) == 1.26
    # 1.05 for IKZF1: 18 of 200 children with a deletion
    assert round(bias(18 / 200, 0), 2) == 1.05
    assert bias(0, 1) == float("inf")
    with pytest.raises(ValueError, match="between 0 and 1"):
        bias(0.7, 0.7)


def test_pooled_noise_lies_between_the_sample_and_its_run():
    pooled = pooled_noise(np.array([0.04, 0.04, 0.10]), reference_probes=12, weight=20)
    assert pooled[0] == pytest.approx(0.04)
    assert pooled[2] == pytest.approx(np.sqrt((10 * 0.01 + 20 * 0.0016) / 30))


@pytest.mark.parametrize(("blasts", "het", "hom"), [(70, 0.65, 0.3), (40, 0.8, 0.6), (100, 0.5, 0)])
def test_expected_ratio_follows_the_blasts(blasts, het, hom):
    assert expected_ratio(1, blasts) == pytest.approx(het)
    assert expected_ratio(2, blasts) == pytest.approx(hom)


def test_expected_ratio_refuses_a_share_above_100():
    with pytest.raises(ValueError, match="0 to 100"):
        expected_ratio(1, 101)


def test_joint_probabilities_are_those_of_bayes_for_one_exon():
    # One exon: no loss, one copy, both or subclonal; worked out here one by one.
    rules, ratio, noise = PatternRules(blast_error=1e-9), 0.7, 0.05
    prior = [1 - rules.lost, 0.15, 0.05, 0.01]
    likelihood = []
    for mean in (1.0, 0.6, 0.2, 0.8):
        sd = np.hypot(mean * noise, 0.02) / (mean + 0.05)
        z = np.log((ratio + 0.05) / (mean + 0.05)) / sd
        likelihood.append(np.exp(-(z**2) / 2) / sd)
    none, one, both, part = (a * b for a, b in zip(prior, likelihood, strict=True))
    found = fit(
        np.array([[ratio]]), exon_of_probe=(0,), blasts=np.array([0.8]),
        noise=np.array([noise]), rules=rules,
    )  # fmt: skip
    total = none + one + both + part
    assert found.any_loss[0, 0] == pytest.approx((one + both + part) / total, rel=1e-6)
    assert found.clonal[0, 0] == pytest.approx((one + both) / (none + one + both), rel=1e-6)


def gene(ratios, blasts, *, noise=0.04, exons=None, **keywords):
    exons = exons or [str(n) for n in range(1, len(ratios) + 1)]
    measured = [
        Measured(probe(f"x{place}", exon), ratio, **keywords)
        for place, (exon, ratio) in enumerate(zip(exons, ratios, strict=True))
    ]
    return call_gene(measured, blast_percent=blasts, noise=noise, table=TABLE, rules=PROJECT_RULES)


def calls(result):
    return [exon.call.value for exon in result.exons]


def test_clear_deletion_is_called_by_the_table_and_joined_to_a_range():
    found = gene([1, 1, 1, 0.55, 0.56, 0.54, 0.57, 1], 90)
    assert (found.call, found.deleted) == (CopyCall.HET_DEL, ("4-7",))
    assert calls(found) == ["normal"] * 3 + ["het_del"] * 4 + ["normal"]
    assert not any(item.needs_confirmation for item in found.probes)
    assert found.probes[0].expected_het == 0.55
    assert found.probes[0].expected_hom == 0.1


def test_ambiguous_neighbours_that_fit_the_blasts_become_a_deletion_to_be_confirmed():
    found = gene([1, 1, 1, 0.72, 0.74, 0.70, 0.73, 1], 55)
    assert found.deleted == ("4-7",)
    exon_4 = found.exons[3].probes[0]
    assert (exon_4.table_call, exon_4.call) == (CopyCall.AMBIGUOUS, CopyCall.HET_DEL)
    assert exon_4.needs_confirmation
    assert [reason.code for reason in exon_4.reasons] == ["ratio_table", "joint_deletion"]


def test_without_blasts_an_ambiguous_ratio_stays_ambiguous():
    found = gene([1, 1, 1, 0.72, 0.74, 0.70, 0.73, 1], None)
    assert calls(found)[3:7] == ["ambiguous"] * 4
    assert found.probes[3].expected_het is None


def test_normal_ratio_with_few_blasts_is_never_normal():
    # At 40 % blasts a heterozygous deletion has ratio 0.80, at 30 % 0.85.
    for blasts in (20, 30, 40):
        found = gene([1, 1, 1, 0.84, 0.86, 0.83, 0.85, 1], blasts)
        assert "normal" not in calls(found)[3:7]


def test_subclonal_deletion_is_never_normal():
    # One copy lost in half of 80 % blasts: 0.80, which the table alone calls normal.
    found = gene([1, 1, 1, 0.84, 0.86, 0.83, 0.87, 1], 80, noise=0.04)
    assert {exon.probes[0].table_call for exon in found.exons} == {CopyCall.NORMAL}
    assert calls(found) == ["normal"] * 3 + ["ambiguous"] * 4 + ["normal"]
    reason = found.exons[3].probes[0].reasons[-1]
    assert reason.code == "normal_not_distinct"


def test_four_neighbours_at_a_ratio_between_clonal_and_subclonal_are_not_normal():
    # 0.80 with 80 % blasts lies between one copy lost in all blasts (0.60) and none (1.00).
    found = gene([1, 1, 1, 0.80, 0.81, 0.80, 0.82, 1], 80, noise=0.04)
    assert "normal" not in calls(found)[3:7]


def test_both_copies_lost_within_one_are_told_apart():
    found = gene([1, 0.55, 0.55, 0.1, 0.1, 0.55, 1, 1], 90)
    assert calls(found)[1:6] == ["het_del", "het_del", "hom_del", "hom_del", "het_del"]
    assert found.deleted == ("2-6",)


def test_what_the_table_calls_deleted_or_gained_stays_so_whatever_the_blasts():
    found = gene([0.5, 0.5, 1.5, 1.5, 2.0, 2.0, 1, 1], 20)
    assert calls(found)[:6] == ["het_del"] * 2 + ["het_dup"] * 2 + ["hom_dup"] * 2
    assert found.gained == ("3-6",)


def test_change_of_a_single_probe_is_marked_and_of_two_neighbours_not():
    one = gene([1, 0.5, 1, 1, 1, 1, 1, 1], 100)
    assert [item.needs_confirmation for item in one.probes] == [False, True] + [False] * 6
    assert one.probes[1].reasons[-1].code == "single_probe"
    two = gene([1, 0.5, 0.5, 1, 1, 1, 1, 1], 100)
    assert not any(item.needs_confirmation for item in two.probes)


def test_deletions_apart_are_two_ranges():
    assert gene([0.5, 1, 1, 0.5, 0.5, 1, 1, 0.5], 100).deleted == ("1", "4-5", "8")


def test_probe_that_scatters_over_the_reference_samples_is_not_evaluable():
    found = gene([1, 1], 90, reference_sd=0.11)
    assert calls(found) == ["not_evaluable"] * 2
    assert found.probes[0].reasons[0].code == "probe_sd"
    assert calls(gene([1, 1], 90, reference_sd=0.10)) == ["normal"] * 2


def test_probe_without_a_ratio_is_not_evaluable_and_says_so():
    found = gene([float("nan"), 1], 95)
    assert calls(found) == ["not_evaluable", "normal"]
    assert found.probes[0].ratio is None
    assert found.probes[0].reasons[0].text() == "x0 has no ratio."


def test_two_probes_of_an_exon_give_one_call_with_their_mean():
    found = gene([0.5, 0.6, 1, 1], 95, exons=["1", "1", "2", "2"])
    assert [(exon.exon, exon.ratio) for exon in found.exons] == [("1", 0.55), ("2", 1.0)]
    assert calls(found) == ["het_del", "normal"]


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        ("", "not_tested"), ("normal normal", "normal"), ("het_del hom_del", "het_del"),
        ("het_dup hom_dup", "het_dup"), ("het_del normal", "ambiguous"),
        ("normal not_tested", "normal"), ("normal not_evaluable", "ambiguous"),
    ],
)  # fmt: skip
def test_probes_of_an_exon_agree_on_what_all_support(found, answer):
    assert agreed([CopyCall(word) for word in found.split()]) == answer
