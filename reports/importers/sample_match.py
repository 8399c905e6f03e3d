"""Samples of a laboratory's files -> specimens, by two identifiers that must agree.

The identifiers come from the sample sheet (`analysis.sample_sheet`), or from a sample name that
holds both: the specimen's number and the child's hospital number or study code, in either order,
joined by "_", "|", "/" or a blank (`2020-0001_S1`). Nothing is guessed: capitals, full-width
characters and blanks at the ends may differ, everything else must be equal.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from analysis.sample_sheet import SampleIdentity, SampleSheet
from reports.importers.problems import ImportProblem, said, shown
from reports.models import Specimen

_BETWEEN = re.compile(r"[_|/\s]+")


@dataclass(frozen=True)
class FileSample:
    """A sample as a file names it."""

    file: str
    sample: str


@dataclass
class Matched:
    """The specimen of each sample, and every reason why one was not found."""

    specimens: dict[FileSample, Specimen] = field(default_factory=dict)
    problems: list[ImportProblem] = field(default_factory=list)


def same(text: str) -> str:
    """How two identifiers are compared."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def match(
    samples: Iterable[FileSample], *, sheet: SampleSheet | None = None, centre: str = ""
) -> Matched:
    """Match every sample; one query. `centre` (a centre's code) narrows the children."""
    wanted = list(dict.fromkeys(samples))
    found = Matched()
    known = _Specimens(centre)
    rows = _rows(wanted, sheet, found)
    for sample in wanted:
        row = rows.get(sample)
        specimen = None
        if row is not None:
            specimen = _by_sheet(row, sheet, known, found)
        elif sheet is None:
            specimen = _by_name(sample, known, found)
        if specimen is not None:
            found.specimens[sample] = specimen
    _once(found)
    return found


class _Specimens:
    """The specimens on record, by number."""

    def __init__(self, centre: str) -> None:
        rows = Specimen.objects.select_related("patient", "patient__centre")
        self._centre = same(centre)
        self._by_number: Mapping[str, list[Specimen]] = defaultdict(list)
        for specimen in rows.iterator(chunk_size=2000):
            self._by_number[same(specimen.number)].append(specimen)

    def numbered(self, number: str) -> list[Specimen]:
        """Those of the centre; of all centres where none was named."""
        found = self._by_number.get(same(number), ())
        return [item for item in found if self._centre in ("", same(item.patient.centre.code))]

    def elsewhere(self, number: str) -> list[Specimen]:
        """Those of every centre."""
        return list(self._by_number.get(same(number), ()))


def _rows(
    samples: list[FileSample], sheet: SampleSheet | None, found: Matched
) -> dict[FileSample, SampleIdentity]:
    """The row of the sheet for each sample; what stands on one side only is a problem."""
    if sheet is None:
        return {}
    by_both = {(same(row.file), same(row.sample)): row for row in sheet.rows}
    rows: dict[FileSample, SampleIdentity] = {}
    for sample in samples:
        keys = ((same(sample.file), same(sample.sample)), ("", same(sample.sample)))
        row = next((by_both[key] for key in keys if key in by_both), None)
        if row is None:
            message = said(
                gettext_noop("Sample {sample} is not in the sample sheet."),
                sample=shown(sample.sample),
            )
            found.problems.append(
                ImportProblem("", 0, "", shown(sample.sample), message, file=sample.file)
            )
        else:
            rows[sample] = row
    used = set(map(id, rows.values()))
    for row in sheet.rows:
        if id(row) not in used:
            message = said(
                gettext_noop("No file holds the sample {sample}."), sample=shown(row.sample)
            )
            found.problems.append(
                ImportProblem(sheet.file, row.line, "sample", row.sample, message)
            )
    _one_file_each(rows, sheet, found)
    return rows


def _one_file_each(
    rows: dict[FileSample, SampleIdentity], sheet: SampleSheet, found: Matched
) -> None:
    """A row that names no file is for one sample: the same name in another file may be another
    child's ("TUMOR"). Those samples are taken out of `rows`."""
    served: dict[int, list[FileSample]] = defaultdict(list)
    for sample, row in rows.items():
        served[id(row)].append(sample)
    sentence = gettext_noop(
        "Sample {sample} stands in several files ({files}): say in the column “file” which row is "
        "for which."
    )
    for samples in served.values():
        files = sorted({sample.file for sample in samples})
        if len(files) > 1:
            row = rows[samples[0]]
            message = said(sentence, sample=shown(row.sample), files=shown(", ".join(files)))
            _refuse(found, sheet.file, row, "sample", row.sample, message)
            for sample in samples:
                del rows[sample]


def _by_sheet(
    row: SampleIdentity, sheet: SampleSheet, known: _Specimens, found: Matched
) -> Specimen | None:
    candidates = known.numbered(row.specimen)
    if row.centre:
        candidates = [
            item for item in candidates if same(item.patient.centre.code) == same(row.centre)
        ]
    others = known.elsewhere(row.specimen)
    if not candidates and others:
        message = said(
            gettext_noop("Specimen {specimen} belongs to another centre: {centres}."),
            specimen=shown(row.specimen),
            centres=", ".join(sorted({item.patient.centre.code for item in others})),
        )
        return _refuse(found, sheet.file, row, "specimen", row.specimen, message)
    if not candidates:
        message = said(
            gettext_noop("There is no specimen {specimen} on record."), specimen=shown(row.specimen)
        )
        return _refuse(found, sheet.file, row, "specimen", row.specimen, message)
    agreeing = [item for item in candidates if _agrees(item, row)]
    if not agreeing:
        message = said(
            gettext_noop("Specimen {specimen} does not belong to {child}: {owner}."),
            specimen=shown(row.specimen),
            child=shown(" / ".join(filter(None, [row.hospital_number, row.patient_code]))),
            owner=shown(", ".join(str(item.patient) for item in candidates[:3])),
        )
        return _refuse(found, sheet.file, row, "specimen", row.specimen, message)
    if len(agreeing) > 1:
        message = said(
            gettext_noop("Specimen {specimen} fits children of several centres: give the centre."),
            specimen=shown(row.specimen),
        )
        return _refuse(found, sheet.file, row, "centre", row.centre, message)
    return agreeing[0]


def _agrees(specimen: Specimen, row: SampleIdentity) -> bool:
    """Every identifier that the sheet gives of the child is the child's."""
    patient = specimen.patient
    pairs = ((row.hospital_number, patient.hospital_number), (row.patient_code, patient.code))
    return all(same(given) == same(stored) for given, stored in pairs if given)


def _refuse(found: Matched, file: str, row: SampleIdentity, column: str, value: str, message):
    found.problems.append(ImportProblem("", row.line, column, shown(value), message, file=file))


def _by_name(sample: FileSample, known: _Specimens, found: Matched) -> Specimen | None:
    """The one specimen whose two identifiers make up the sample's name."""
    fits: dict[int, Specimen] = {}
    for first, second in _halves(sample.sample):
        for number, child in ((first, second), (second, first)):
            for item in known.numbered(number):
                own = {same(item.patient.hospital_number), same(item.patient.code)} - {""}
                if same(child) in own:
                    fits[item.pk] = item
    if len(fits) == 1:
        return next(iter(fits.values()))
    sentence = (
        gettext_noop("Sample {sample} fits several specimens: give a sample sheet.")
        if fits
        else gettext_noop(
            "Sample {sample} is matched to no specimen: its name does not hold a specimen number "
            "with the hospital number or study code of the same child. Give a sample sheet."
        )
    )
    message = said(sentence, sample=shown(sample.sample))
    found.problems.append(ImportProblem("", 0, "", shown(sample.sample), message, file=sample.file))
    return None


def _halves(name: str) -> Iterable[tuple[str, str]]:
    for gap in _BETWEEN.finditer(name):
        yield name[: gap.start()], name[gap.end() :]


def _once(found: Matched) -> None:
    """Two samples of one file for the same specimen are one too many."""
    by_specimen: dict[tuple[str, int], list[FileSample]] = defaultdict(list)
    for sample, specimen in found.specimens.items():
        by_specimen[sample.file, specimen.pk].append(sample)
    for (file, _pk), samples in by_specimen.items():
        if len(samples) > 1:
            message = said(
                gettext_noop("The samples {samples} are of one specimen."),
                samples=shown(", ".join(item.sample for item in samples)),
            )
            found.problems.append(ImportProblem("", 0, "", "", message, file=file))
