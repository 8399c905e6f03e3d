"""Which groups remain possible: exactly, for any set of unknown facts.

The groups of a protocol are turned once into a decision diagram: each node asks one fact, each cell
of the fact leads on, each leaf is a group. For a child, every way through the cells still possible
is walked (nodes once each), so a leaf is reached if and only if some completion of what is unknown
gives that group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.risk.axes import Axis
from analysis.risk.protocol import Comparison, Condition, Protocol, RuleNamed
from analysis.risk.vocabulary import Point

TRUE, FALSE = ("true",), ("false",)
Expression = tuple


@dataclass(frozen=True)
class Diagram:
    """`nodes[i]` is (axis index, ways); a way is (its cells as bits, node or leaf).

    A leaf is ~(index of the outcome).
    """

    nodes: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
    root: int

    def outcomes(self, cells: Sequence[int]) -> int:
        """The outcomes still possible, as bits, where axis k may be in `cells[k]`."""
        return self._walk(self.root, cells, {})

    def _walk(self, node: int, cells: Sequence[int], seen: dict[int, int]) -> int:
        if node < 0:
            return 1 << ~node
        found = seen.get(node)
        if found is None:
            axis, ways = self.nodes[node]
            allowed, found = cells[axis], 0
            for own, way in ways:
                if allowed & own:
                    found |= self._walk(way, cells, seen)
            seen[node] = found
        return found

    def surveyed(self, cells: Sequence[int]) -> dict[int, int]:
        """The outcomes possible from each node that is reached."""
        seen: dict[int, int] = {}
        self._walk(self.root, cells, seen)
        return seen

    def undecided(self, cells: Sequence[int], survey: dict[int, int]) -> list[int]:
        """Axes that are unknown and asked on a way that is still open, where it can matter."""
        found = {
            self.nodes[node][0]
            for node, outcomes in survey.items()
            if outcomes & (outcomes - 1) and self._parts(node, cells) > 1
        }
        return sorted(found)

    def outcomes_by_cell(
        self, k: int, cells: Sequence[int], survey: dict[int, int]
    ) -> dict[int, int]:
        """Outcomes -> the cells of axis `k` that would leave just those."""
        # Beyond the axis nothing changes, nor where one outcome alone is left.
        fixed = {
            node: outcomes
            for node, outcomes in survey.items()
            if self.nodes[node][0] > k or not outcomes & (outcomes - 1)
        }
        supposed, found = list(cells), {}
        for cell in range(cells[k].bit_length()):
            if cells[k] >> cell & 1:
                supposed[k] = 1 << cell
                left = self._walk(self.root, supposed, dict(fixed))
                found[left] = found.get(left, 0) | 1 << cell
        return found

    def _parts(self, node: int, cells: Sequence[int]) -> int:
        axis, ways = self.nodes[node]
        return sum(1 for own, _ in ways if cells[axis] & own)

    def witness(self, outcome: int, cells: Sequence[int]) -> dict[int, int]:
        """Axis -> cell of one completion that gives `outcome`, for the unknown axes asked.

        KeyError where no completion does.
        """
        seen: dict[int, int] = {}
        if not self._walk(self.root, cells, seen) >> outcome & 1:
            raise KeyError(outcome)
        found, node = {}, self.root
        while node >= 0:
            axis, ways = self.nodes[node]
            for own, way in ways:
                if cells[axis] & own and self._walk(way, cells, seen) >> outcome & 1:
                    break
            if cells[axis] & (cells[axis] - 1):
                allowed = cells[axis] & own
                found[axis] = (allowed & -allowed).bit_length() - 1
            node = way
        return found


def diagram(protocol: Protocol, axes: Sequence[Axis], *, until: Point | None = None) -> Diagram:
    """The diagram of the protocol's groups, outcome k being group k and the last "no group".

    With `until`, only the rules due by that point are asked: later ones are left out of their
    lists, and a group not given before a later point is passed over.
    """
    return _Builder(protocol, axes, until).build()


class _Builder:
    def __init__(self, protocol: Protocol, axes: Sequence[Axis], until: Point | None):
        self.protocol, self.axes, self.until = protocol, axes, until
        self.index = {axis.fact: k for k, axis in enumerate(axes)}
        self.nodes: list[tuple[int, tuple[tuple[int, int], ...]]] = []
        self.known: dict[tuple, int] = {}
        self.unique: dict[tuple, int] = {}
        self.settled: dict[tuple, Expression] = {}
        self.asked: dict[Expression, frozenset[int]] = {}

    def build(self) -> Diagram:
        chances = []
        for outcome, group in enumerate(self.protocol.groups):
            if self.until is not None and group.point.order > self.until.order:
                continue
            expression = TRUE if group.when is None else self._expression(group.when)
            if expression is not None:
                chances.append((outcome, expression))
        chances.append((len(self.protocol.groups), TRUE))
        root = self._node(tuple(chances), 0)
        return Diagram(tuple(self.nodes), root)

    def _expression(self, condition: Condition) -> Expression | None:
        """None for what is not due by `until`."""
        if isinstance(condition, Comparison):
            k = self.index[condition.fact]
            return self._atom(k, self.axes[k].satisfied(condition))
        if isinstance(condition, RuleNamed):
            rule = self.protocol.by_name[condition.rule]
            late = self.until is not None and rule.point.order > self.until.order
            return None if late else self._expression(rule.when)
        parts = [part for item in condition.parts if (part := self._expression(item)) is not None]
        if not parts:
            # Of several ways none is due, so none is taken; of several conditions none binds yet.
            return None if condition.how in ("all", "not") else FALSE
        return joined(condition.how, condition.n, parts)

    def _atom(self, k: int, cells: int) -> Expression:
        if cells in (0, self.axes[k].full):
            return TRUE if cells else FALSE
        return ("atom", k, cells)

    def _node(self, chances: tuple[tuple[int, Expression], ...], k: int) -> int:
        chances = _first_certain(chances)
        if chances[0][1] == TRUE:
            return ~chances[0][0]
        while not any(k in self._asks(expression) for _, expression in chances):
            k += 1
        key = (k, chances)
        if key not in self.known:
            ways = tuple(
                self._node(
                    tuple((outcome, self._given(e, k, cell)) for outcome, e in chances), k + 1
                )
                for cell in range(self.axes[k].size)
            )
            self.known[key] = ways[0] if len(set(ways)) == 1 else self._shared(k, ways)
        return self.known[key]

    def _shared(self, k: int, ways: tuple[int, ...]) -> int:
        if (k, ways) not in self.unique:
            self.unique[k, ways] = len(self.nodes)
            own: dict[int, int] = {}
            for cell, way in enumerate(ways):
                own[way] = own.get(way, 0) | 1 << cell
            self.nodes.append((k, tuple((bits, way) for way, bits in own.items())))
        return self.unique[k, ways]

    def _asks(self, expression: Expression) -> frozenset[int]:
        """The axes that `expression` asks."""
        found = self.asked.get(expression)
        if found is None:
            if expression[0] == "atom":
                found = frozenset((expression[1],))
            elif len(expression) == 1:
                found = frozenset()
            else:
                found = frozenset().union(*(self._asks(part) for part in expression[2]))
            self.asked[expression] = found
        return found

    def _given(self, expression: Expression, k: int, cell: int) -> Expression:
        """`expression` once axis `k` is known to be in `cell`."""
        if k not in self._asks(expression):
            return expression
        key = (expression, k, cell)
        if key not in self.settled:
            if expression[0] == "atom":
                found = TRUE if expression[2] >> cell & 1 else FALSE
            else:
                how, n, parts = expression
                found = joined(how, n, [self._given(part, k, cell) for part in parts])
            self.settled[key] = found
        return self.settled[key]


def joined(how: str, n: int, parts: Sequence[Expression]) -> Expression:
    """The combination made simple: what is settled is taken out, single parts stand alone."""
    if how == "not":
        (part,) = parts
        if part in (TRUE, FALSE):
            return FALSE if part == TRUE else TRUE
        return part[2][0] if part[0] == "not" else ("not", 0, (part,))
    needed = {"all": len(parts), "any": 1, "at_least": n}[how]
    needed -= sum(part == TRUE for part in parts)
    open_parts = [part for part in parts if part not in (TRUE, FALSE)]
    if needed <= 0:
        return TRUE
    if needed > len(open_parts):
        return FALSE
    if needed == len(open_parts) or needed == 1:
        # In "all" and "any" the same part twice is once; counted parts must stay apart.
        kept = tuple(sorted(set(open_parts), key=repr))
        how = "any" if needed == 1 and len(open_parts) > 1 else "all"
        return kept[0] if len(kept) == 1 else (how, 0, kept)
    return ("at_least", needed, tuple(sorted(open_parts, key=repr)))


def _first_certain(
    chances: tuple[tuple[int, Expression], ...],
) -> tuple[tuple[int, Expression], ...]:
    """Without what is certainly not, and without what comes after a certain one."""
    found = []
    for outcome, expression in chances:
        if expression != FALSE:
            found.append((outcome, expression))
        if expression == TRUE:
            break
    return tuple(found)
