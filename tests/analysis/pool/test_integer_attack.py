"""An attacker with an integer programme, who uses all that is printed of genes and pairs at once.

The unknowns are the children of each group by their joint answers for all genes; every printed
number and every "<" is a condition. What is withheld must keep as many possible numbers as the
threshold, unless it can be 0 only (that nobody lacks an answer is no secret).
"""

import itertools

import numpy as np
import pytest
from centres import origin
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.calls import State
from analysis.cohort.frame import Alteration, AlterationKind, Child, CohortFrame
from analysis.pool.plan import plan
from analysis.pool.summarise import summarise_frame
from analysis.pool.summary import Withheld

GENES = tuple(gene for gene in plan().pair_genes if gene != "IKZF1")[:3]
ANSWERS = ("altered", "not detected", "none")
JOINT = list(itertools.product(range(len(ANSWERS)), repeat=len(GENES)))


def children(count, seed):
    random = np.random.default_rng(seed)
    for number in range(count):
        states = random.choice(3, len(GENES), p=[0.25, 0.70, 0.05])
        named = list(zip(GENES, states, strict=True))
        yield Child(
            id=number,
            sex="female" if random.random() < 0.5 else "male",
            ikzf1=State.NOT_DETECTED,
            genes_tested=frozenset(gene for gene, state in named if state != 2),
            alterations=tuple(
                Alteration(gene, AlterationKind.SNV) for gene, state in named if state == 0
            ),
        )


class Attack:
    """Conditions on the children by group and joint answer, and what is not printed."""

    def __init__(self, summary):
        self.told = [place for place, group in enumerate(summary.groups) if group.told]
        self.rows, self.low, self.high, self.withheld = [], [], [], []
        tables = {table.variable: table.groups for table in summary.genes}
        for own, place in enumerate(self.told):
            n = int(summary.groups[place].n)
            self.say(self.where(lambda joint: True, own), n, n)
            for gene, name in enumerate(GENES):
                for answer, codes in enumerate(((0,), (1,), (2, 3))):
                    row = self.where(lambda joint, g=gene, a=answer: joint[g] == a, own)
                    self.cells(row, [tables[name][place][code] for code in codes],
                               summary.threshold)  # fmt: skip
        for pair in summary.pairs:
            a, b = GENES.index(pair.a), GENES.index(pair.b)
            for cell in range(9):
                one = divmod(cell, 3)
                row = self.where(lambda joint, a=a, b=b, one=one: (joint[a], joint[b]) == one)
                if pair.cells is None:
                    self.withheld.append(row)
                else:
                    self.say(row, pair.cells[cell], pair.cells[cell])

    def where(self, holds, own=None):
        inside = np.array([float(holds(joint)) for joint in JOINT])
        groups = range(len(self.told))
        return np.concatenate([inside * (own in (None, group)) for group in groups])

    def say(self, row, low, high):
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def cells(self, row, cells, threshold):
        known = sum(cell for cell in cells if isinstance(cell, int))
        small = sum(cell is Withheld.SMALL for cell in cells)
        hidden = any(cell is Withheld.HIDDEN for cell in cells)
        self.say(row, known, np.inf if hidden else known + small * (threshold - 1))
        if small or hidden:
            self.withheld.append(row)

    def possible(self, row):
        """The least and the greatest number that fits everything printed."""
        facts = {
            "constraints": LinearConstraint(np.array(self.rows), self.low, self.high),
            "integrality": np.ones(len(row)),
            "bounds": Bounds(0, np.inf),
        }
        return tuple(round(sign * milp(sign * row, **facts).fun) for sign in (1, -1))


@pytest.mark.parametrize(("count", "seed"), [(70, 1), (150, 2), (400, 3), (900, 4)])
def test_nothing_withheld_can_be_found_from_all_genes_and_pairs_together(count, seed):
    frame = CohortFrame.from_children(list(children(count, seed)))
    summary = summarise_frame(frame, None, origin=origin("A"), by="sex")
    attack = Attack(summary)
    assert len(attack.told) == 2 and attack.withheld
    for row in attack.withheld:
        least, most = attack.possible(row)
        assert most == 0 or most - least + 1 >= summary.threshold


def test_attack_finds_what_is_printed_carelessly():
    """No straw man: with the other answers of the group printed, the rest is had."""
    frame = CohortFrame.from_children(list(children(70, 1)))
    attack = Attack(summarise_frame(frame, None, origin=origin("A"), by="sex"))
    row = attack.withheld[0]
    least, most = attack.possible(row)
    assert least < most
    own = int(row[: len(JOINT)].sum() == 0)
    everybody = attack.where(lambda joint: True, own)
    (size,) = {
        low
        for condition, low in zip(attack.rows, attack.low, strict=True)
        if (condition == everybody).all()
    }
    attack.say(everybody - row, size - most, size - most)
    assert attack.possible(row) == (most, most)
