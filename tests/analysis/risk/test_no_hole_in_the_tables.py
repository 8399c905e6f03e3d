"""The tables of rules, windows and groups would notice a wrong reading of any protocol.

Each comparison, window and definition is changed in one place (`mutants`); a row must then fail. A
protocol without rows fails here too.
"""

from functools import cache

import pytest
from group_rows import GROUP_ROWS, child
from mutants import alone, of_groups, readings, windows
from rule_rows import ROWS, facts
from window_rows import WINDOW_ROWS, counted

from analysis.risk.compiled import compiled
from analysis.risk.diagram import Diagram, diagram
from analysis.risk.engine import assess, with_use_of_mrd
from analysis.risk.loader import protocols
from analysis.risk.vocabulary import Point

SHIPPED = protocols()
NAMES = [f"{item.name} {item.version}" for item in SHIPPED]


@pytest.mark.parametrize("table", [ROWS, WINDOW_ROWS, GROUP_ROWS], ids=["rules", "days", "groups"])
def test_every_protocol_has_its_tables_and_no_other(table):
    assert set(table) == {(item.name, item.version) for item in SHIPPED}


@pytest.mark.parametrize("protocol", SHIPPED, ids=NAMES)
def test_wrong_reading_of_a_rule_fails_a_row(protocol):
    unnoticed = []
    for rule in protocol.rules:
        rows = [
            (facts(**given), verdict)
            for name, given, verdict in ROWS[protocol.name, protocol.version]
            if name == rule.name
        ]
        for what, when in readings(rule.when):
            wrong = alone(protocol, rule.name, when)
            if all(
                assess(item, wrong, at=Point.WEEK12).verdict(rule.name) is verdict
                for item, verdict in rows
            ):
                unnoticed.append((rule.name, what))
    assert not unnoticed


@pytest.mark.parametrize("protocol", SHIPPED, ids=NAMES)
def test_measurements_of_the_days_named_count_and_others_do_not(protocol):
    rows = WINDOW_ROWS[protocol.name, protocol.version]
    own = {window.fact: window for window in protocol.windows}
    assert {row[0] for row in rows} == set(own)
    for fact, day, method, fraction in rows:
        assert counted(own[fact], day, method) == fraction, (fact, day, method)


@pytest.mark.parametrize("protocol", SHIPPED, ids=NAMES)
def test_wrong_days_or_methods_of_mrd_fail_a_row(protocol):
    rows = WINDOW_ROWS[protocol.name, protocol.version]
    unnoticed = [
        what
        for window in protocol.windows
        for what, wrong in windows(window)
        if all(
            counted(wrong, day, method) == fraction
            for fact, day, method, fraction in rows
            if fact == window.fact
        )
    ]
    assert not unnoticed


@pytest.mark.parametrize("protocol", SHIPPED, ids=NAMES)
def test_wrong_definition_of_a_group_fails_a_row(protocol):
    """Apart from changes without effect, where another group with precedence says the same."""
    base, rows = GROUP_ROWS[protocol.name, protocol.version]
    ready = compiled(protocol)
    children = [
        (
            ready.read(with_use_of_mrd(child(protocol.name, {**base, **given})), Point.WEEK12)[1],
            1 << ready.codes.index(group),
        )
        for given, group in rows
    ]
    true = canonical(ready.whole)
    unnoticed = []
    for what, wrong in of_groups(protocol):
        read = diagram(wrong, ready.axes)
        unseen = all(read.outcomes(cells) == group for cells, group in children)
        if unseen and canonical(read) != true:
            unnoticed.append(what)
    assert not unnoticed


def canonical(read: Diagram) -> tuple:
    """The decisions alone: two diagrams with the same are the same function of the facts."""

    @cache
    def of(node: int) -> tuple | int:
        if node < 0:
            return node
        axis, ways = read.nodes[node]
        return axis, tuple(sorted((own, of(way)) for own, way in ways))

    return of(read.root)
