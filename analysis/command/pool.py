"""Summaries of several centres as one cohort's tables, without a row of any child.

    python -m analysis pool a.json b.json c.json
    python -m analysis pool a.json b.json --rule fisher --json

The files are what `summarise` and `manage.py cohort_summary` write. Each row says whether it is
exact (the very numbers, test and p that all children's rows together would give) or approximate,
and why. Measurements are approximate always: the median is told as the interval that holds it, and
the p of Mann-Whitney with what it lies between. Where a centre withholds small counts, counts have
bounds, and p the least and the greatest of the tables that fit.

--json: {"centres", "by", "groups", "excluded", "rows", "ikzf1", "genes", "pairs", "survival",
"notes"}. A count is a number, or {"low", "high"}; so is a p that is not known, and that of a
measurement has "grouped" too (children of one bin as ties), null where 0.05 lies between the two.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.command.answer import Answer
from analysis.command.table import RULES

SUMMARY = "summaries of several centres as one cohort's tables"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="SUMMARY.json")
    parser.add_argument("--rule", choices=RULES, default="expected-counts", help="tests of counts")
    parser.add_argument("--odds-ratio", choices=("conditional", "sample"), default="conditional")


def run(options: argparse.Namespace) -> Answer:
    from analysis.cohort.compare import Methods
    from analysis.cohort.effect import OddsRatioKind
    from analysis.cohort.significance import Rule
    from analysis.pool.combine import pool_of
    from analysis.pool.printed import document, page
    from analysis.pool.reading import read_summary
    from analysis.pool.result import pooled

    methods = Methods(rule=Rule(options.rule), odds_ratio=OddsRatioKind(options.odds_ratio))
    pool = pool_of([(path.name, read_summary(path)) for path in options.files])
    found = pooled(pool, methods)
    if options.json:
        return Answer(document(found, options.language), "")
    return Answer({}, page(found, options.language))
