"""What the columns of one record must be to each other."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from analysis.age import years_between
from analysis.response import day8_blasts
from reports.importers.problems import Said, said
from reports.importers.values import Measurement
from reports.models.genetic_test import METHODS_OF
from reports.models.response import marrow_agrees

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Broken:
    """A rule that the record breaks, told at `column`."""

    column: str
    message: Said
    expected: Said | None = None
    severity: str = "error"


def check(sheet: str, values: Values) -> list[Broken]:
    """Every rule of the sheet that `values` breaks."""
    return [broken for rule in _RULES.get(sheet, ()) for broken in rule(values)]


def _dates(values: Values) -> Iterator[Broken]:
    birth, diagnosis = values.get("birth_date"), values.get("diagnosis_date")
    if birth is None or diagnosis is None:
        return
    if birth > diagnosis:
        yield Broken(
            "birth_date",
            said(gettext_noop("the birth date is after the diagnosis ({date})"), date=diagnosis),
            said(gettext_noop("a date up to the diagnosis")),
        )
        return
    years = years_between(birth, diagnosis)
    if years > 120:
        yield Broken("birth_date", said(gettext_noop("the age would be over 120 years")))
    elif years > 18:
        age = said(gettext_noop("{years} years at diagnosis"), years=f"{years:.1f}")
        yield Broken("birth_date", age, severity="warning")
    stated = values.get("age_years")
    if stated is not None and abs(float(stated) - years) > 1:
        yield Broken(
            "age_years",
            said(
                gettext_noop("the age contradicts the dates ({years} years)"), years=f"{years:.1f}"
            ),
            said(gettext_noop("an empty cell where both dates are given")),
        )


def _findings(values: Values) -> Iterator[Broken]:
    lymphocytes, neutrophils = values.get("lymphocytes"), values.get("neutrophils")
    if None not in (lymphocytes, neutrophils) and lymphocytes + neutrophils > 100:
        yield Broken(
            "neutrophils", said(gettext_noop("lymphocytes and neutrophils together exceed 100 %"))
        )
    if values.get("sex") == "female" and values.get("testicular_status") in (
        "involved",
        "not_involved",
    ):
        yield Broken(
            "testicular_status",
            said(gettext_noop("a testicular finding in a girl")),
            said(gettext_noop("not_applicable or an empty cell")),
        )
    if values.get("karyotype_state") == "not_tested" and "karyotype" in values:
        yield Broken(
            "karyotype_state", said(gettext_noop("a karyotype is given, and said not to be tested"))
        )
    if "risk_group" in values and "protocol" not in values:
        yield Broken(
            "risk_group",
            said(gettext_noop("a risk group means nothing without its protocol")),
            said(gettext_noop("the protocol in its own column")),
        )


def _prephase(values: Values) -> Iterator[Broken]:
    """Poor response is >= 1.0 x 10^9/L blasts on day 8 (CCLG-ALL-2008, AIEOP-BFM)."""
    blasts, response = values.get("day8_blasts"), values.get("glucocorticoid_response")
    if blasts is None:
        blasts = day8_blasts(values.get("day8_wbc"), values.get("day8_blast_percent"))
    if blasts is None or response not in ("sensitive", "insensitive"):
        return
    if (blasts >= 1) != (response == "insensitive"):
        yield Broken(
            "glucocorticoid_response",
            said(gettext_noop("the response contradicts {blasts} blasts on day 8"), blasts=blasts),
            severity="warning",
        )


def _marrow(values: Values) -> Iterator[Broken]:
    for day in (15, 33):
        name = f"marrow_day{day}"
        word, percent = values.get(name), values.get(f"{name}_blasts")
        if percent is None:
            continue
        if word is None:
            yield Broken(
                name,
                said(gettext_noop("a percentage of blasts without the marrow's M1, M2 or M3")),
                said(gettext_noop("one of: {values}"), values="m1, m2, m3"),
            )
        elif not marrow_agrees(word, float(percent)):
            yield Broken(
                f"{name}_blasts",
                said(
                    gettext_noop("{percent} % contradicts {marrow}"), percent=percent, marrow=word
                ),
                said(gettext_noop("m1 below 5 %, m2 from 5 to 25 %, m3 from 25 %")),
            )


def _one_unit(percent: str, fraction: str, lod: str) -> Callable[[Values], Iterator[Broken]]:
    def rule(values: Values) -> Iterator[Broken]:
        if percent in values and fraction in values:
            yield Broken(
                fraction,
                said(gettext_noop("MRD is given as percent and as fraction")),
                said(gettext_noop("one of the two")),
            )
            return
        measured = values.get(percent, values.get(fraction))
        limit = values.get(lod)
        if limit is None or not isinstance(measured, Measurement) or measured.operator != "=":
            return
        if measured.fraction < limit:
            yield Broken(
                percent if percent in values else fraction,
                said(gettext_noop("the value is below its own detection limit {lod}"), lod=limit),
                severity="warning",
            )

    return rule


def _method_answers(values: Values) -> Iterator[Broken]:
    marker, method = values.get("marker"), values.get("method")
    methods = METHODS_OF.get(marker, ())
    if methods and method not in methods:
        yield Broken(
            "method",
            said(gettext_noop("{method} does not answer {marker}"), method=method, marker=marker),
            said(gettext_noop("one of: {values}"), values=", ".join(methods)),
        )
    if marker == "any_fusion" and values.get("result") == "detected":
        yield Broken(
            "result",
            said(gettext_noop("a fusion that was found has a name")),
            said(gettext_noop("a row of the sheet of fusion genes")),
        )


def _some_measurement(values: Values) -> Iterator[Broken]:
    if "percent" not in values and "fraction" not in values:
        yield Broken(
            "percent",
            said(gettext_noop("no MRD value is given")),
            said(gettext_noop("a value as percent or as fraction, or no row")),
        )


def _mrd_columns(values: Values) -> Iterator[Broken]:
    for name in ("mrd_d15", "mrd_d33"):
        limit = f"{name}_lod_fraction"
        given = f"{name}_percent" in values or f"{name}_fraction" in values
        if limit in values and not given:
            message = said(gettext_noop("a detection limit without a measurement"))
            yield Broken(limit, message, severity="warning")
        if given and "mrd_method" not in values:
            yield Broken(
                "mrd_method",
                said(gettext_noop("an MRD value without its method")),
                said(gettext_noop("flow, pcr or ngs")),
            )


def _failed_says_why(quality: str) -> Callable[[Values], Iterator[Broken]]:
    def rule(values: Values) -> Iterator[Broken]:
        if values.get(quality) == "failed" and "quality_reason" not in values:
            yield Broken(
                "quality_reason", said(gettext_noop("a failed sample needs the reason why"))
            )

    return rule


# Between these a ratio is normal: the instructions of SALSA MLPA P335.
_NORMAL_RATIO = (Decimal("0.80"), Decimal("1.20"))


def _ratio_and_call(values: Values) -> Iterator[Broken]:
    """A call that its own ratio contradicts; what the laboratory called is kept."""
    ratio, call = values.get("ratio"), values.get("call")
    if ratio is None or values.get("sample_quality") != "adequate":
        return
    low, high = _NORMAL_RATIO
    fits = {
        "normal": low <= ratio <= high,
        "het_del": ratio < low,
        "hom_del": ratio < low,
        "het_dup": ratio > high,
        "hom_dup": ratio > high,
    }
    if not fits.get(call, True):
        yield Broken(
            "call",
            said(
                gettext_noop("the ratio {ratio} contradicts the call (normal: {low} to {high})"),
                ratio=ratio,
                low=low,
                high=high,
            ),
            severity="warning",
        )


def _when(values: Values) -> Iterator[Broken]:
    if ("date" in values) == ("days_from_diagnosis" in values):
        yield Broken(
            "date",
            said(gettext_noop("the event needs a date or the days from diagnosis")),
            said(gettext_noop("one of the two")),
        )


def after_diagnosis(values: Values, diagnosis: datetime.date | None) -> list[Broken]:
    """Dates of a record that lie before the patient's diagnosis."""
    found = values.get("date") or values.get("sampled_on")
    if diagnosis is None or found is None or found >= diagnosis:
        return []
    column = "date" if "date" in values else "sampled_on"
    return [
        Broken(
            column,
            said(gettext_noop("{date} is before the diagnosis ({diagnosis})"), date=found,
                 diagnosis=diagnosis),
        )
    ]  # fmt: skip


_RULES: dict[str, tuple[Callable[[Values], Iterator[Broken]], ...]] = {
    "patients": (
        _dates,
        _findings,
        _prephase,
        _marrow,
        _mrd_columns,
        _one_unit("mrd_d15_percent", "mrd_d15_fraction", "mrd_d15_lod_fraction"),
        _one_unit("mrd_d33_percent", "mrd_d33_fraction", "mrd_d33_lod_fraction"),
    ),
    "mrd": (_some_measurement, _one_unit("percent", "fraction", "lod_fraction")),
    "genetic_tests": (_method_answers,),
    "mlpa": (_failed_says_why("sample_quality"), _ratio_and_call),
    "sequencing": (_failed_says_why("quality"),),
    "follow_up": (_when,),
}
