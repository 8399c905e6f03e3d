"""A spreadsheet of children as a summary that may leave the hospital: counts, and no row.

    python -m analysis summarise children.xlsx --by IKZF1 --centre "Hospital A" > a.json
    python -m analysis summarise b.csv --by IKZF1 --centre B --days "OS days" --event Died > b.json

The file is read as `table` reads it: one row a child, and the same options. What is written is
described in docs/many-centres.md: children by group and answer, measurements counted over fixed
bins, follow-up counted over fixed intervals. Counts below --threshold (5) are withheld, and so much
beside them that no sum gives them back; --threshold 0 withholds nothing and is for summaries that
stay in the house. `pool` combines the summaries of several centres.

--days and --event name the columns of the follow-up in days and of whether the child died; they
make a table of overall survival, and are then not counted by themselves.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from analysis.command.answer import Answer, Refused
from analysis.command.choices import whole
from analysis.command.table import add_sheet, grouped_sheet
from analysis.wording import N_

SUMMARY = "a spreadsheet as counts that may leave the hospital"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_sheet(parser)
    parser.add_argument("--centre", required=True, metavar="NAME", help="whose children they are")
    parser.add_argument(
        "--threshold", type=whole, default=5, metavar="N", help="withhold counts below N"
    )
    parser.add_argument("--days", default="", metavar="COLUMN", help="of follow-up")
    parser.add_argument("--event", default="", metavar="COLUMN", help="whether the child died")
    parser.add_argument(
        "--interval", type=whole, metavar="DAYS", help="of the follow-up (default: 91)"
    )


def run(options: argparse.Namespace) -> Answer:
    from datetime import datetime

    from analysis.pool.counting import Origin
    from analysis.pool.summarise import summarise_sheet
    from analysis.version import software_version

    _check(options)
    sheet, course = _followed(grouped_sheet(options), options)
    today = datetime.now().astimezone().date()
    origin = Origin(centre=options.centre, made=today.isoformat(), software=software_version())
    try:
        summary = summarise_sheet(
            sheet,
            by=options.by,
            origin=origin,
            groups=tuple(options.groups),
            course=course,
            threshold=options.threshold,
            interval_days=options.interval,
        )
    except ValueError as error:
        sentence = N_("--by {column}: no value is that of {n} children, so there is no group.")
        raise Refused(sentence, column=options.by, n=options.threshold) from error
    data = summary.to_json()
    # A summary is a document for a program, asked for as one or not.
    return Answer(data, json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1))


def _check(options: argparse.Namespace) -> None:
    from analysis.pool.summary import LEAST_THRESHOLD, MOST_THRESHOLD

    centre = options.centre
    if not centre.isprintable() or centre != centre.strip() or not 1 <= len(centre) <= 200:
        raise Refused(N_("--centre is a name of 1 to 200 characters"))
    if options.threshold and not LEAST_THRESHOLD <= options.threshold <= MOST_THRESHOLD:
        sentence = N_("--threshold is 0, or from {least} to {most}")
        raise Refused(sentence, least=LEAST_THRESHOLD, most=MOST_THRESHOLD)
    if bool(options.days) is not bool(options.event):
        raise Refused(N_("--days and --event belong together"))
    if options.interval is not None and not 1 <= options.interval <= 36_525:
        raise Refused(N_("--interval is from 1 to 36525 days"))


def _followed(sheet: Any, options: argparse.Namespace) -> tuple[Any, Any]:
    """The sheet without the columns of the follow-up, and the follow-up (None for none)."""
    if not options.days:
        return sheet, None
    from dataclasses import replace

    import numpy as np

    from analysis.cohort.columns import ALTERED, NOT_DETECTED, Kind
    from analysis.cohort.outcome import CENSORED, EVENT, Endpoint, Outcomes

    columns = {column.name: column for column in sheet.columns}
    days, event = columns.get(options.days), columns.get(options.event)
    if days is None or days.kind is not Kind.NUMBER:
        raise Refused(N_("--days: {column} is no measurement"), column=options.days)
    if event is None or event.kind is not Kind.STATE or options.event == options.by:
        raise Refused(N_("--event: {column} is no yes or no"), column=options.event)
    times, codes = sheet.numbers(options.days), sheet.codes(options.event)
    if (times < 0).any():
        raise Refused(N_("--days: {column} has days below 0"), column=options.days)
    rows = np.flatnonzero(~np.isnan(times) & np.isin(codes, (ALTERED, NOT_DETECTED)))
    ended = np.where(codes[rows] == ALTERED, EVENT, CENSORED).astype(np.int8)
    course = Outcomes(Endpoint.OVERALL, rows, times[rows], ended, ())
    left = tuple(c for c in sheet.columns if c.name not in (options.days, options.event))
    return replace(sheet, columns=left), course
