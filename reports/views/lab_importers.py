"""The laboratory imports that the portal offers: a table. To offer another one, add its row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from analysis.mlpa.ratio_mapping import find_mapping, read_mapping
from analysis.ngs.fusion_mapping import read_fusion_mapping
from reports.importers import coverage, fusions, vcf
from reports.importers.lab_import import LabPreview
from reports.importers.sequencing import FILTERS, SequencingRequest
from reports.views.lab_fusion_forms import FusionFiles, FusionOptions
from reports.views.lab_import_forms import LabFiles, LabOptions, MlpaFiles, MlpaOptions
from reports.views.lab_sequencing_forms import (
    INDEX,
    CoverageFiles,
    CoverageOptions,
    SequencingOptions,
    VariantFiles,
    VariantOptions,
)
from reports.views.lab_uploads import LabUpload


@dataclass(frozen=True)
class LabImporter:
    """One import as the portal offers it.

    `key` stands in the address, `programme` is what the import is remembered by. `check` makes the
    preview of an upload from the cleaned options, and stores nothing. `then`: what happens, as
    sentences; `command`: the same import for files that lie on the server.
    """

    key: str
    title: Any
    programme: str
    files: type[LabFiles]
    options: type[LabOptions]
    check: Callable[[LabUpload, Any], LabPreview]
    command: str
    notes: tuple[Any, ...] = ()


def _check_mlpa(upload: LabUpload, options: MlpaOptions) -> LabPreview:
    # The numbers behind it are loaded when they are wanted, not with every page.
    from analysis.mlpa.normalise import Normalisation
    from reports.importers import mlpa

    given = options.cleaned_data
    own = upload.one("mapping")
    mapping = read_mapping(own.read_bytes(), file=own.name) if own else None
    if mapping is None and given["known_mapping"]:
        mapping = find_mapping(given["known_mapping"])
    request = mlpa.RunRequest(
        paths=upload.paths("files"),
        samples=upload.one("samples"),
        mapping=mapping,
        run_name=given["run_name"],
        run_date=given["run_date"],
        centre=options.centre_code,
        normalisation=Normalisation(given["normalisation"]),
        absent=given["absent"],
        unreadable=given["unreadable"],
        failed_run=given["failed_run"],
    )
    return mlpa.check_run(request)


MLPA = LabImporter(
    key="mlpa",
    title=_("MLPA run"),
    programme="import_mlpa",
    files=MlpaFiles,
    options=MlpaOptions,
    check=_check_mlpa,
    command="manage.py import_mlpa FILES ... --by USER",
    notes=(
        _("Peak tables of GeneMapper or Peak Scanner, the sheet of the probemix lot, and a run "
          "sheet that says which sample is a patient's, a reference or water."),
        _("Sex and share of blasts come from the records; the run sheet must agree with them."),
    ),
)  # fmt: skip


def _sequencing(upload: LabUpload, options: SequencingOptions, **more: Any) -> SequencingRequest:
    given = options.cleaned_data
    paths = tuple(path for path in upload.paths("files") if path.suffix.lower() not in INDEX)
    return SequencingRequest(
        paths=paths,
        samples=upload.one("samples"),
        run_name=given["run_name"],
        run_date=given["run_date"],
        centre=options.centre_code,
        build=given["build"],
        filters=FILTERS[given["filters"]],
        **options.of_panel(),
        **more,
    )


def _check_variants(upload: LabUpload, options: VariantOptions) -> LabPreview:
    tumour = options.cleaned_data["tumour"] or None
    return vcf.check_variants(_sequencing(upload, options, tumour=tumour))


def _check_coverage(upload: LabUpload, options: CoverageOptions) -> LabPreview:
    request = _sequencing(upload, options, bed=upload.one("bed"))
    return coverage.check_coverage(request, overlap=options.cleaned_data["overlap"])


VARIANTS = LabImporter(
    key="variants",
    title=_("Variants"),
    programme=vcf.PROGRAMME,
    files=VariantFiles,
    options=VariantOptions,
    check=_check_variants,
    command="manage.py import_vcf FILES ... --panel NAME --by USER",
    notes=(
        _("Each file says what it is by its content. The tumour sample is found by header or "
          "name, never by its place."),
        _("The files sent together are all that is known of a sample in its run: variants that "
          "came from other files before are removed, and stay in the history."),
        _("What a filter drops is kept with its reason and can be found again by its place."),
    ),
)  # fmt: skip
COVERAGE = LabImporter(
    key="coverage",
    title=_("Coverage"),
    programme=coverage.PROGRAMME,
    files=CoverageFiles,
    options=CoverageOptions,
    check=_check_coverage,
    command="manage.py import_coverage FILES ... --bed PANEL.bed --panel NAME --by USER",
    notes=(
        _("The mean depth decides whether a sample could be read at all, the depth of each exon "
          "of IKZF1 whether small variants could be seen there."),
        _("CRAM that needs a reference sequence is imported by command."),
    ),
)  # fmt: skip


def _check_fusions(upload: LabUpload, options: FusionOptions) -> LabPreview:
    path = upload.one("mapping") or options.shipped
    request = fusions.FusionRequest(
        paths=upload.paths("files"),
        mapping=read_fusion_mapping(path.read_bytes(), file=path.name),
        samples=upload.one("samples"),
        centre=options.centre_code,
    )
    return fusions.check_fusions(request)


FUSIONS = LabImporter(
    key="fusions",
    title=_("Fusion genes"),
    programme=fusions.PROGRAMME,
    files=FusionFiles,
    options=FusionOptions,
    check=_check_fusions,
    command="manage.py import_fusions FILES ... --by USER",
    notes=(
        _("A table of an RNA assay: found, not found, failed and not done are four answers."),
        _("A pair is the same whichever gene stands first. What an earlier table said of it by "
          "the same method is replaced, and stays in the history."),
    ),
)  # fmt: skip

IMPORTERS: dict[str, LabImporter] = {item.key: item for item in (MLPA, VARIANTS, COVERAGE, FUSIONS)}
