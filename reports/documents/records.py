"""Everything recorded about one child, read once, with its newest change and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BinaryField, Model, Prefetch

from reports.evidence_course import TURNS, course_of
from reports.models import (
    ExonCoverage,
    Findings,
    FusionResult,
    GeneticTest,
    GlucocorticoidResponse,
    MarrowAssessment,
    MediastinalMass,
    MlpaSample,
    Mrd,
    Patient,
    ProbeRatio,
    RiskAssessment,
    SequencingFile,
    SequencingSample,
    Specimen,
    Variant,
)
from reports.models.encrypted import EncryptedTextField

# Not part of what a record says: who numbers it, when it was typed, how often it was changed.
_HOUSEKEEPING = frozenset({"version", "created_at", "updated_at", "name_index"})


@dataclass(frozen=True)
class ChildRecords:
    """The rows of one child; `mlpa` and `sequencing` only of specimens taken at diagnosis."""

    patient: Patient
    findings: Findings | None
    specimens: tuple[Specimen, ...]
    mlpa: tuple[MlpaSample, ...]
    sequencing: tuple[SequencingSample, ...]
    fusions: tuple[FusionResult, ...]
    genetic_tests: tuple[GeneticTest, ...]
    glucocorticoid: GlucocorticoidResponse | None
    marrow: tuple[MarrowAssessment, ...]
    mrd: tuple[Mrd, ...]
    mass: MediastinalMass | None
    risk: RiskAssessment | None
    as_of: datetime
    data_hash: str

    @property
    def tested_specimens(self) -> tuple[Specimen, ...]:
        """Those a genetic result comes from; else every specimen."""
        used = {sample.specimen_id for sample in (*self.mlpa, *self.sequencing)}
        return tuple(item for item in self.specimens if item.pk in used) or self.specimens

    def blast_percent(self, specimen: Specimen) -> float | None:
        """Blasts of the specimen in percent; where unknown, those in marrow at diagnosis."""
        if specimen.blast_percent is not None:
            return specimen.blast_percent
        return self.findings.blasts_marrow if self.findings else None


def records_of(patient: Patient) -> ChildRecords:
    """Read every record of `patient`; the number of queries does not depend on their number."""
    specimens = tuple(patient.specimens.order_by("number"))
    turns = tuple(patient.follow_up.filter(event__in=TURNS).order_by("event", "date", "pk"))
    course = course_of(turns)
    at_diagnosis = [item.pk for item in specimens if course.of_diagnosis(item)]
    mlpa = tuple(
        MlpaSample.objects.filter(specimen__in=at_diagnosis)
        .select_related("run", "specimen")
        .prefetch_related(Prefetch("probes", ProbeRatio.objects.order_by("gene", "exon", "probe")))
        .order_by("run__name", "specimen__number")
    )
    sequencing = tuple(
        SequencingSample.objects.filter(specimen__in=at_diagnosis)
        .select_related("run", "panel", "specimen")
        .prefetch_related(
            Prefetch("variants", Variant.objects.order_by("gene", "hgvs_c", "position")),
            # The dropped calls themselves are not printed: only their counts.
            Prefetch("files", SequencingFile.objects.defer("detail").order_by("kind", "name")),
            Prefetch("exon_coverage", ExonCoverage.objects.order_by("exon")),
        )
        .order_by("run__name", "specimen__number")
    )
    single = {
        "findings": _one(Findings, patient),
        "glucocorticoid": _one(GlucocorticoidResponse, patient),
        "mass": _one(MediastinalMass, patient),
        "risk": _one(RiskAssessment, patient),
    }
    several = {
        "fusions": tuple(
            patient.fusions.select_related("specimen").order_by("gene_a", "gene_b", "method")
        ),
        "genetic_tests": tuple(patient.genetic_tests.order_by("marker", "method")),
        "marrow": tuple(patient.marrow.order_by("day")),
        "mrd": tuple(patient.mrd.order_by("day", "method")),
    }
    rows = [
        patient,
        patient.centre,
        *(item for item in single.values() if item),
        *specimens,
        *(item for sample in mlpa for item in (sample, sample.run, *sample.probes.all())),
        *(
            item
            for sample in sequencing
            for item in (
                sample,
                sample.run,
                sample.panel,
                *sample.variants.all(),
                *sample.files.all(),
                *sample.exon_coverage.all(),
            )
        ),
        *(item for items in several.values() for item in items),
        # They decide what is of the diagnosis.
        *turns,
    ]
    return ChildRecords(
        patient=patient,
        specimens=specimens,
        mlpa=mlpa,
        sequencing=sequencing,
        as_of=max(item.updated_at for item in rows),
        data_hash=hash_of(rows),
        **single,
        **several,
    )


def _one(model: type[Model], patient: Patient) -> Model | None:
    return model.objects.filter(patient=patient).first()


def hash_of(rows: Iterable[Model]) -> str:
    """SHA-256 (hex) over what the rows say, in their order.

    Database keys and time stamps are left out, so the same records elsewhere give the same
    hash. A child's name is left out too: a hash that is printed must not confirm a guessed name.
    Bytes of a file are left out, as its own hash is among its fields.
    """
    said = []
    for row in rows:
        names = [
            field.name
            for field in row._meta.concrete_fields
            if not (field.primary_key or field.is_relation or field.name in _HOUSEKEEPING)
            and not isinstance(field, (EncryptedTextField, BinaryField))
        ]
        said.append([row._meta.model_name, {name: getattr(row, name) for name in names}])
    packed = json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(packed.encode()).hexdigest()
