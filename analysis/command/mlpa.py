"""Calls of an MLPA run with their quality: each probe, exon and gene, and IKZF1 by its rule.

FILES are told apart by their headers: the peak tables of one run (GeneMapper, Peak Scanner), one
probemix sheet, a run sheet; or one table of ratios and, if there is one, a run sheet.

    python -m analysis mlpa peaks.txt probemix.csv run.csv
    python -m analysis mlpa ratios.xlsx --json
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.command.answer import Answer, Refused
from analysis.command.layout import Page
from analysis.wording import N_, say

if TYPE_CHECKING:
    from analysis.ikzf1_copy_number import CopyNumberFinding
    from analysis.mlpa.results import RunResult, SampleResult
    from analysis.mlpa.run import Settings

SUMMARY = "MLPA: peak tables or ratios -> quality and calls of every sample."
NORMALISATIONS = ("reference_samples", "all_samples")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    add_settings(parser)
    parser.add_argument("--sample", metavar="NAME", help="answer for this sample alone")


def add_settings(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--normalisation", choices=NORMALISATIONS, default="reference_samples",
        help="reference_samples: medians, slope corrected (the default); all_samples: as "
        "Zhang et al. 2022",
    )  # fmt: skip
    parser.add_argument(
        "--tolerance", type=_tolerance, metavar="NT", help="of a peak's size (default: 2 nt)"
    )
    parser.add_argument(
        "--absent", action="append", default=[], type=_absent, metavar="SAMPLE:PROBE",
        help="accept that this probe has no peak because both copies are lost; may be repeated",
    )  # fmt: skip


def run(options: Namespace) -> Answer:
    from analysis.mlpa.files import analyse_files

    result = analyse_files(options.files, settings=settings_of(options))
    samples = result.samples
    if options.sample is not None:
        samples = (sample_called(result, options.sample),)
    data = {**result.to_json(), "samples": [sample_data(item) for item in samples]}
    return Answer(data, _text(result, samples, options.language))


def settings_of(options: Namespace) -> Settings:
    from analysis.mlpa.binding import TOLERANCE
    from analysis.mlpa.normalise import Normalisation
    from analysis.mlpa.run import Settings

    return Settings(
        normalisation=Normalisation(options.normalisation),
        tolerance=options.tolerance or TOLERANCE,
        absent=tuple(options.absent),
    )


def sample_called(result: RunResult, name: str) -> SampleResult:
    """Raises `Refused` where the run has no sample of that name."""
    for sample in result.samples:
        if sample.info.name == name:
            return sample
    names = tuple(item.info.name for item in result.samples)
    raise Refused(N_("no sample {name}; there are: {names}"), name=name, names=names)


def sample_data(sample: SampleResult) -> dict[str, Any]:
    """`quality` as one stable word, its checks beside it; `ikzf1` always in full."""
    data = sample.to_json()
    quality = data["quality"]
    probes = [{**probe, "exon": probe["exon"] or None} for probe in data["probes"]]
    return {
        **data,
        "quality": quality["outcome"],
        "checks": quality["checks"],
        "probes": probes,
        "ikzf1": _ikzf1(sample),
    }


def _ikzf1(sample: SampleResult) -> dict[str, Any]:
    """What this sample alone says of IKZF1; sequencing is no part of it."""
    from analysis.ikzf1 import RULE_VERSION

    found = _finding(sample)
    return {
        "large_deletion": found.state.value,
        "deletions": [
            {
                "exons": item.deletion.exon_range,
                "zygosity": item.zygosity.value,
                "consequence": item.deletion.consequence.value,
                "needs_confirmation": item.needs_confirmation,
            }
            for item in found.deletions
        ],
        "exons": [
            {"exon": item.exon, "call": item.call.value, "ratio": item.ratio}
            for item in found.exons
        ],
        "reasons": [{"code": reason.code, "text": reason.text()} for reason in found.reasons],
        "missing": [message.text() for message in found.missing],
        "rule_version": RULE_VERSION,
    }


def _finding(sample: SampleResult) -> CopyNumberFinding:
    from analysis.ikzf1 import STUDY_RULES
    from analysis.ikzf1_copy_number import read_copy_number

    return read_copy_number(sample.copy_number(), STUDY_RULES)


def _text(result: RunResult, samples: tuple[SampleResult, ...], language: str) -> str:
    page = Page(language)
    page.say(*(reason.message for reason in result.reasons))
    for sample in samples:
        _sample(page, sample)
    return page.text


def _sample(page: Page, sample: SampleResult) -> None:
    info = sample.info
    quality = sample.to_json()["quality"]["outcome"]
    sentence = N_("Sample {name} ({role}), quality: {quality}")
    page.title(say(sentence, name=info.name, role=info.role, quality=_outcome(quality)))
    if info.blast_percent is not None:
        page.say(say(N_("Blasts {blasts} %"), blasts=info.blast_percent))
    page.listed(check.reason.message for check in sample.quality.checks)
    page.listed(reason.message for reason in sample.problems)
    if not sample.genes:
        return
    header = (N_("probe"), N_("gene"), N_("exon"), N_("ratio"), N_("call"), N_("use"))
    page.table(header, (_probe(item) for item in sample.probes))
    told = {check.reason.message for check in sample.quality.checks}
    of_genes = (reason.message for gene in sample.genes for reason in gene.reasons)
    page.listed(item for item in dict.fromkeys(of_genes) if item not in told)
    page.listed(_doubts(sample))
    if any(gene.gene == "IKZF1" for gene in sample.genes):
        _ikzf1_text(page, sample)


def _outcome(code: str):
    from analysis.mlpa.quality import Outcome

    return Outcome(code)


def _probe(item) -> tuple:
    ratio = None if item.ratio is None else f"{item.ratio:.2f}"
    return (item.probe, item.gene, item.exon, ratio, item.call, item.use)


def _doubts(sample: SampleResult) -> list:
    """Why a call is other than its ratio says, or needs another look."""
    shared = {reason.message for gene in sample.genes for reason in gene.reasons}
    shared |= {check.reason.message for check in sample.quality.checks}
    shared |= {reason.message for reason in sample.problems}
    found = dict.fromkeys(
        reason.message
        for probe in sample.probes
        for reason in probe.reasons
        if reason.code != "ratio_table" and reason.message not in shared
    )
    return list(found)


def _ikzf1_text(page: Page, sample: SampleResult) -> None:
    found = _finding(sample)
    page.say(say(N_("IKZF1, large deletion: {state}"), state=found.state))
    page.listed(reason.message for reason in found.reasons)


def _tolerance(text: str) -> float:
    from analysis.command.choices import positive

    return positive(text)


def _absent(text: str) -> tuple[str, str]:
    from argparse import ArgumentTypeError

    sample, colon, probe = text.partition(":")
    if not (sample and colon and probe):
        raise ArgumentTypeError(f"SAMPLE:PROBE, not {text}")
    return sample, probe
