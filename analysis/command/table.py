"""Two or more groups of children compared in every column of a spreadsheet.

    python -m analysis table children.xlsx --by IKZF1
    python -m analysis table all.tsv --by "MRD Percentage Day 29" --above 0.01 \\
        --where "Cell of tumor origin=B-Precursor" --child "Patient ID" --json

CSV, TSV or XLSX; UTF-8 or GBK; the first row holds the headings, every other row is one child.

How a column is read, in this order: as --numeric or --category says; as a laboratory answer with
four states (altered, not detected, not evaluable, not tested); as yes or no (1 and 0, yes and no,
positive and negative, and the Chinese words: the first of the pair is counted, and makes the first
group of --by), with "not tested" (NT, 未检) and "not evaluable" (NE, 不可评估) beside them; as a
class where at most two different values are left; as a measurement where every value is a
number; as a class where at most 20 different values are left; else it is left out and named. So
classes coded 1, 2, 3 must be named with --category.

Missing are empty cells and NA, N/A, NaN, null, ., -, /, ?, missing, unknown, not done,
not recorded, not available and their Chinese; --missing replaces these words.

--json: {"by", "groups": [{"label", "n"}], "excluded": [{"n", "reason"}], "table2": [rows as the
cohort report has them, with "odds_ratio", "low", "high" where two proportions are compared],
"table2_tests": [why each test, n, missing, tail, q, all effects, "without_answer": by group
{"not_tested", "not_evaluable"}], "notes"}. An odds ratio or limit is null where it is infinite or
does not exist; "table2_tests" says which.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.command.answer import Answer, Refused
from analysis.command.choices import finite
from analysis.command.layout import Page
from analysis.wording import N_

SUMMARY = "groups of children compared in every column of a spreadsheet"
RULES = ("expected-counts", "fisher", "pearson", "yates")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_sheet(parser)
    parser.add_argument("--rule", choices=RULES, default="expected-counts", help="tests of counts")
    parser.add_argument("--odds-ratio", choices=("conditional", "sample"), default="conditional")
    parser.add_argument(
        "--ranks", choices=("asymptotic", "continuity", "exact"), default="asymptotic"
    )
    parser.add_argument("--spread", choices=("range", "iqr"), default="range", help="of a median")


def add_sheet(parser: argparse.ArgumentParser) -> None:
    """A spreadsheet, how it is read, and the column that makes groups of it."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, TSV or XLSX")
    parser.add_argument(
        "--by", required=True, metavar="COLUMN", help="whose values make the groups"
    )
    parser.add_argument(
        "--above", type=finite, metavar="NUMBER", help="split a measurement: > NUMBER"
    )
    parser.add_argument("--groups", nargs="+", default=[], metavar="VALUE", help="and their order")
    for name, meaning in (
        ("numeric", "a measurement"),
        ("category", "a class"),
        ("column", "compared (default: all)"),
    ):
        parser.add_argument(
            f"--{name}", action="append", default=[], metavar="COLUMN", help=meaning
        )
    parser.add_argument("--missing", action="append", metavar="VALUE", help="counted as missing")
    parser.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE")
    parser.add_argument("--child", default="", metavar="COLUMN", help="keep a child's first row")
    parser.add_argument("--decimal-comma", action="store_true", help="read 1,5 as 1.5")
    parser.add_argument("--sheet", default="", metavar="NAME", help="of a workbook; default: first")


def run(options: argparse.Namespace) -> Answer:
    table = compare(options)
    return Answer(document(table, options.language), _text(table, options.language))


def compare(options: argparse.Namespace) -> Any:
    """A `rows.Table` by the options. Raises `FileRefused` and `Refused`."""
    from analysis.cohort.compare import Methods
    from analysis.cohort.effect import OddsRatioKind
    from analysis.cohort.ranks import RankMethod
    from analysis.cohort.rows import Spread
    from analysis.cohort.sheet_table import sheet_table
    from analysis.cohort.significance import Rule

    methods = Methods(
        Rule(options.rule),
        RankMethod(options.ranks),
        OddsRatioKind(options.odds_ratio),
        Spread(options.spread),
    )
    sheet = grouped_sheet(options)
    return sheet_table(sheet, options.by, methods=methods, groups=tuple(options.groups))


def grouped_sheet(options: argparse.Namespace) -> Any:
    """The `spreadsheet.Sheet` that the options name, its column --by fit to make groups. Raises
    `FileRefused` and `Refused`."""
    from analysis.cohort.columns import Kind
    from analysis.cohort.spreadsheet import above, read_sheet, without_answers

    by = options.by
    rules = _rules(options)
    sheet = read_sheet(options.file, rules)
    column = next((column for column in sheet.columns if column.name == by), None)
    if column is None:
        # Of the columns left out only this one is asked for; its sentence says why.
        alone = replace(rules, columns=(by,), numeric=(), category=(), child="")
        why = read_sheet(options.file, alone).left_out
        sentence = N_("--by {column}: it could not be read as groups. {why}")
        raise Refused(sentence, column=by, why=why[0] if why else "")
    if options.above is not None:
        if column.kind is not Kind.NUMBER:
            raise Refused(N_("--above: {column} is no measurement"), column=by)
        sheet = above(sheet, by, options.above)
    elif column.kind is Kind.NUMBER and _anybody(sheet, by):
        sentence = N_("--by {column} is a measurement: give --above NUMBER or --category {column}")
        raise Refused(sentence, column=by)
    elif column.kind is Kind.NUMBER:
        sheet = without_answers(sheet, by)
    if twice := [value for value in options.groups if options.groups.count(value) > 1]:
        raise Refused(N_("--groups names {value} twice"), value=twice[0])
    known = [str(level) for level in sheet.column(by).levels] or ["altered", "not detected"]
    for value in options.groups:
        if value not in known:
            sentence = N_("--groups: {column} has no value {value}; it has: {known}")
            if sheet.column(by).kind is Kind.STATE:
                sentence = N_("--groups: {value} is no answer of {column} to make a group: {known}")
            raise Refused(sentence, column=by, value=value, known=", ".join(known))
    return sheet


def _anybody(sheet: Any, by: str) -> bool:
    import numpy as np

    return not np.isnan(sheet.numbers(by)).all()


def _rules(options: argparse.Namespace) -> Any:
    from analysis.cohort.spreadsheet import MISSING_WORDS, Rules

    where = []
    for condition in options.where:
        name, equals, value = condition.rpartition("=")
        if not equals or not name:
            raise Refused(N_("--where is COLUMN=VALUE, not {text}"), text=condition)
        where.append((name.strip(), value.strip()))
    if both := sorted(set(options.numeric) & set(options.category)):
        raise Refused(N_("{column} cannot be --numeric and --category"), column=both[0])
    return Rules(
        numeric=tuple(options.numeric),
        category=tuple(options.category),
        missing=MISSING_WORDS if options.missing is None else tuple(options.missing),
        where=tuple(where),
        child=options.child,
        columns=tuple(dict.fromkeys((options.by, *options.column))) if options.column else (),
        needed=(options.by,),
        sheet=options.sheet,
        decimal_comma=options.decimal_comma,
    )


def document(table: Any, language: str) -> dict[str, Any]:
    from analysis.cohort.printed import written

    return {
        "by": table.by.name,
        "groups": [{"label": written(g.label, language), "n": g.n} for g in table.groups],
        "excluded": [{"n": e.n, "reason": e.message.text(language)} for e in table.excluded],
        "table2": table.to_json(language, effects=True),
        "table2_tests": [_test(row, language) for row in table.rows],
        "notes": [note.text(language) for note in table.notes],
    }


def _test(row: Any, language: str) -> dict[str, Any]:
    from analysis.cohort.printed import written

    found: dict[str, Any] = {"variable": row.variable, "label": written(row.label, language)}
    if row.result:
        found |= row.result.to_json()
        found["reason"] = row.result.reason.text(language)
        found["warnings"] = [warning.text(language) for warning in row.result.warnings]
    effects = []
    for effect in row.effects:
        effects.append(
            effect.to_json() | {"note": effect.note.text(language) if effect.note else None}
        )
    without = [
        {"not_tested": group.not_tested, "not_evaluable": group.not_evaluable}
        for group in row.groups
    ]
    return found | {"q": row.q, "effects": effects, "without_answer": without}


def _text(table: Any, language: str) -> str:
    from analysis.cohort.printed import written

    page = Page(language)
    heads = [f"{written(group.label, language)} (n={group.n})" for group in table.groups]
    page.table(
        (
            *(
                N_("Characteristic"),
                *heads,
                N_("Not tested or not recorded"),
                N_("Not evaluable"),
                N_("Odds ratio or shift (95 % CI)"),
            ),
            *(N_("p"), N_("q"), N_("Test")),
        ),
        [_line(row, language) for row in table.rows],
    )
    listed = [item.message for item in table.excluded] + list(table.notes)
    page.title(listed[0])
    page.say(*listed[1:])
    return page.text


def _line(row: Any, language: str) -> list[Any]:
    from analysis.cohort.printed import p_text, written

    name = written(row.label, language)
    if name != row.variable:
        name = f"{row.variable}: {name}"
    without = (
        "/".join(str(group.not_tested) for group in row.groups),
        # A measurement or a class is there or not.
        "/".join(str(group.not_evaluable) for group in row.groups) if _answers(row) else "",
    )
    cells = [name, *(group.text(language) for group in row.groups), *without, _size(row)]
    if row.result is None:
        return [*cells, " ", " ", " "]
    return [*cells, p_text(row.p), p_text(row.q), row.test or row.result.reason]


def _answers(row: Any) -> bool:
    from analysis.cohort.columns import Kind

    return row.kind is Kind.STATE


def _size(row: Any) -> str:
    from analysis.cohort.effect import EffectName

    sizes = [effect for effect in row.effects if effect.name is not EffectName.DIFFERENCE]
    if not sizes or sizes[0].estimate is None:
        return " " if row.result is None else ""
    effect = sizes[0]
    if effect.low is None or effect.high is None:
        return f"{effect.estimate:.3g}"
    return f"{effect.estimate:.3g} ({effect.low:.3g}–{effect.high:.3g})"
