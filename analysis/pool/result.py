"""All that several centres show together."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.cohort.compare import Methods
from analysis.pool.combine import Pool, PooledTable, by_name, column_of
from analysis.pool.course import PooledCourse, pooled_courses
from analysis.pool.genes import PooledPair, pooled_ikzf1, pooled_pairs
from analysis.pool.levels import OTHER, under_other
from analysis.pool.tables import STUDY, PooledRow, gene_rows, pooled_rows
from analysis.wording import N_, Message, say


@dataclass(frozen=True)
class Pooled:
    """The parts of the pooled report, each empty where no centre gives it."""

    pool: Pool
    rows: tuple[PooledRow, ...]
    ikzf1: PooledTable | None
    genes: tuple[PooledRow, ...]
    pairs: tuple[PooledPair, ...]
    courses: tuple[PooledCourse, ...]
    notes: tuple[Message, ...]


def pooled(pool: Pool, methods: Methods = STUDY) -> Pooled:
    return Pooled(
        pool=pool,
        rows=pooled_rows(pool, methods),
        ikzf1=pooled_ikzf1(pool),
        genes=gene_rows(pool, methods),
        pairs=pooled_pairs(pool),
        courses=pooled_courses(pool),
        notes=(
            *_in_no_group(pool),
            *pool.silent(),
            *_merged_classes(pool),
            *_rules_differ(pool),
            *_NOTES,
        ),
    )


_WITHOUT_GROUP = {
    "not_evaluable": N_("Children in no group, {column} not evaluable: {n}."),
    "not_tested": N_("Children in no group, {column} not tested or not recorded: {n}."),
    "other": N_("Children in no group, {column} has another value: {n}."),
}


def _in_no_group(pool: Pool) -> tuple[Message, ...]:
    column = column_of(pool, pool.by)
    label = column.label if column else pool.by
    return tuple(
        say(_WITHOUT_GROUP[name], column=label, n=n.text())
        for name, n in pool.excluded().items()
        if n.high
    )


def _merged_classes(pool: Pool) -> tuple[Message, ...]:
    """Classes that not all centres tell, of which only the sum with "other" is known."""
    found = []
    for name, tables in by_name(pool, "tables").items():
        merged = under_other([table for table in tables if table is not None])
        if names := tuple(sorted(merged - {str(OTHER)})):
            sentence = N_('{column}: not every centre tells {classes}, counted as "other".')
            found.append(say(sentence, column=name, classes=names))
    return tuple(found)


def _rules_differ(pool: Pool) -> tuple[Message, ...]:
    """Answers made by different versions of a rule are added up, and that is said."""
    names = dict.fromkeys(name for summary in pool.summaries for name, _ in summary.rules)
    found = []
    for name in names:
        versions = {dict(summary.rules).get(name, "-") for summary in pool.summaries}
        if len(versions) > 1:
            sentence = N_("The centres' answers were made by different versions of {rule}: {all}.")
            found.append(say(sentence, rule=name, all=tuple(sorted(versions))))
    return tuple(found)


_NOTES = (
    say(N_("n of those tested and evaluable; not tested and not evaluable are counted apart.")),
    say(N_("4–9 is a count that is not known: it is at least 4 and at most 9.")),
    say(N_("A p from one number to another is that of all tables that fit what is printed.")),
    say(N_("q: Benjamini-Hochberg over the exact tests of a table alone.")),
)
