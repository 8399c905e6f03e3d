"""A fact that is not known leaves open what it could be, in children who have all the others.

The children are those of `group_rows`: where one other value gives another group, not knowing the
value leaves both groups possible, whatever the reason why it is not known.
"""

from dataclasses import replace

import pytest
from group_rows import GROUP_ROWS, child
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_rows import DAYS

from analysis.response import MrdOperator
from analysis.risk.engine import assess
from analysis.risk.facts import RiskFacts, word_fact
from analysis.risk.loader import protocol
from analysis.risk.vocabulary import VOCABULARY, Point

NO_ANSWERS = ("not_tested", "not_evaluable", "missing")
SINGLE = [
    (key, fact, group)
    for key, (base, rows) in GROUP_ROWS.items()
    for fact, group in dict.fromkeys(
        (next(iter(given)), group)
        for given, group in rows
        if len(given) == 1 and next(iter(given)) in base
    )
]
# What a laboratory writes where nothing was measured that would settle the smallest threshold.
SAYS_NOTHING = (
    {"fraction": None, "operator": MrdOperator.EQUAL},
    {"fraction": None, "operator": MrdOperator.NOT_DETECTED, "lod": None},
    {"fraction": None, "operator": MrdOperator.NOT_DETECTED, "lod": 0.5},
    {"fraction": 0.5, "operator": MrdOperator.BELOW, "lod": 1e-4},
    {"fraction": 1e-5, "operator": MrdOperator.BELOW, "lod": 0.5},
)


def unknown_in(facts, name):
    """The child without that fact, in every way of not knowing it."""
    if not VOCABULARY[name].mrd:
        return [facts.replaced(word_fact(name, answer)) for answer in NO_ANSWERS]
    others = tuple(item for item in facts.mrd if item.day != DAYS[name])
    (own,) = (item for item in facts.mrd if item.day == DAYS[name])
    said = ((), *((replace(own, **fields),) for fields in SAYS_NOTHING))
    return [RiskFacts(facts.facts, (*others, *some)) for some in said]


@pytest.mark.parametrize(
    ("key", "fact", "group"), SINGLE, ids=[f"{k[0]}-{k[1]}-{f}-{g}" for k, f, g in SINGLE]
)
def test_unknown_fact_leaves_the_group_possible_that_another_value_gives(key, fact, group):
    base, _ = GROUP_ROWS[key]
    lowest = assess(child(key[0], base), protocol(*key), at=Point.WEEK12).group
    for facts in unknown_in(child(key[0], base), fact):
        result = assess(facts, protocol(*key), at=Point.WEEK12)
        assert {lowest, group} <= set(result.groups)
        if group != lowest:
            assert result.group is None
            assert fact in {item.fact for item in result.missing}


CASES = [(key, base | given) for key, (base, rows) in GROUP_ROWS.items() for given, _ in rows]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_child_with_several_facts_unknown_keeps_its_group_among_the_possible(case, data):
    (name, version), given = case
    item, facts = protocol(name, version), child(name, given)
    group = assess(facts, item, at=Point.WEEK12).group
    names = sorted(fact for fact, value in given.items() if fact in VOCABULARY and value)
    for fact in data.draw(st.lists(st.sampled_from(names), max_size=4, unique=True)):
        facts = data.draw(st.sampled_from(unknown_in(facts, fact)))
        after = assess(facts, item, at=Point.WEEK12)
        assert group in after.groups
        assert after.group in (None, group)
