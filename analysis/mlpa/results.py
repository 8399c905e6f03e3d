"""What an MLPA run shows, as values and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.calls import CopyCall, Reason
from analysis.ikzf1 import ikzf1_status
from analysis.ikzf1_evidence import CopyNumberAssay, ExonCall, Ikzf1Evidence
from analysis.mlpa.calling import GeneResult, ProbeCall
from analysis.mlpa.normalise import Normalisation
from analysis.mlpa.probemix import IKZF1
from analysis.mlpa.quality import SampleQuality
from analysis.mlpa.run_sheet import Role, SampleInfo


@dataclass(frozen=True)
class SampleResult:
    """One sample. `problems` are probes without exactly one peak. A water control has no genes."""

    info: SampleInfo
    file: str
    quality: SampleQuality
    quality_known: bool
    genes: tuple[GeneResult, ...]
    problems: tuple[Reason, ...] = ()

    @property
    def probes(self) -> tuple[ProbeCall, ...]:
        return tuple(probe for gene in self.genes for probe in gene.probes)

    def copy_number(self) -> CopyNumberAssay:
        """IKZF1 as the rule of `analysis.ikzf1` takes it. `adequate` is None where the file tells
        nothing of the quality (a table of ratios)."""
        gene = next((item for item in self.genes if item.gene == IKZF1), None)
        if gene is None:
            return CopyNumberAssay(tested=False)
        adequate = self.quality.adequate
        return CopyNumberAssay(
            tested=True,
            adequate=None if adequate and not self.quality_known else adequate,
            exons=tuple(
                ExonCall(int(exon.exon), exon.call, exon.ratio, _ways_back(exon.probes))
                for exon in gene.exons
            ),
            blast_percent=self.info.blast_percent,
            source=f"{self.file}:{self.info.name}",
            failed_checks=tuple(check.reason for check in self.quality.checks if check.stops),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.info.name,
            "role": self.info.role.value,
            "blast_percent": self.info.blast_percent,
            "file": self.file,
            "quality": _quality_json(self.quality, self.quality_known),
            "problems": [reason.text() for reason in self.problems],
            "probes": [_probe_json(probe) for probe in self.probes],
            "genes": {gene.gene: _gene_json(gene) for gene in self.genes},
            "ikzf1": self._ikzf1_json(),
        }

    def _ikzf1_json(self) -> dict[str, Any]:
        assay = self.copy_number()
        if self.info.role is not Role.PATIENT or not assay.tested:
            return {}
        status = ikzf1_status(Ikzf1Evidence(copy_number=assay))
        return {
            "large_deletion": status.large_deletion.value,
            "deletions": [item.deletion.exon_range for item in status.deletions],
            "headline": status.headline.text(),
            "status": status.to_json(),
        }


@dataclass(frozen=True)
class RunResult:
    """A run, or a file of ratios (`normalisation` None: made by whatever wrote the file).

    `reasons` are those of the run as a whole: how ratios were made, what was left out, warnings.
    """

    normalisation: Normalisation | None
    samples: tuple[SampleResult, ...]
    reasons: tuple[Reason, ...]
    files: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "normalisation": self.normalisation.value if self.normalisation else None,
            "reasons": [_reason_json(reason) for reason in self.reasons],
            "files": [{"file": name, "sha256": digest} for name, digest in self.files],
            "samples": [sample.to_json() for sample in self.samples],
        }


def _ways_back(probes: tuple[ProbeCall, ...]) -> tuple[str, ...]:
    return tuple(item.source for probe in probes for item in probe.evidence)


def _quality_json(quality: SampleQuality, known: bool) -> dict[str, Any]:
    outcome = quality.outcome.value if known or not quality.adequate else "not_checked"
    return {
        "outcome": outcome,
        "checks": [
            {"check": check.reason.code, "outcome": check.outcome.value,
             "message": check.reason.text(),
             "evidence": [item.to_json() for item in check.reason.evidence]}
            for check in quality.checks
        ],
    }  # fmt: skip


def _probe_json(probe: ProbeCall) -> dict[str, Any]:
    return {
        "probe": probe.probe,
        "gene": probe.gene,
        "exon": probe.exon,
        "ratio": probe.ratio,
        "call": probe.call.value,
        "table_call": probe.table_call.value,
        "expected_het": probe.expected_het,
        "expected_hom": probe.expected_hom,
        "needs_confirmation": probe.needs_confirmation,
        "use": probe.use.value,
        "reasons": [reason.text() for reason in probe.reasons],
        "source": [item.source for item in probe.evidence],
    }


def _gene_json(gene: GeneResult) -> dict[str, Any]:
    return {
        "call": gene.call.value,
        "deleted": list(gene.deleted),
        "gained": list(gene.gained),
        "use": gene.use.value,
        "needs_confirmation": any(probe.needs_confirmation for probe in gene.probes),
        "exons": [
            {"exon": exon.exon, "call": CopyCall(exon.call).value, "ratio": exon.ratio}
            for exon in gene.exons
        ],
        "reasons": [reason.text() for reason in gene.reasons],
    }


def _reason_json(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "message": reason.text()}
