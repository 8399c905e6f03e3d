"""Which child carries which mutated gene: exact sums by gene and by child, and the named pairs.

The altered children's genes stand in the plan. For the others a table of 178 children x 86 genes is
filled that has the wanted number of genes in every child and of children for every gene; exchanges
that keep both sums then loosen it until, of all genes mutated in at least 2 % of the 200, only the
pairs that the paper names occur together (or apart) more than chance lets them.
"""

from __future__ import annotations

from random import Random

from analysis.demonstration.plan import Child, read

MINIMUM_CHILDREN = 4  # 2 % of 200, as in Fig. 2B
LOOSENING = 4000
REPAIRS = 30000


def mutated_genes(children: tuple[Child, ...], rng: Random) -> tuple[frozenset[str], ...]:
    """The mutated genes of each child besides IKZF1, in the order of `children`."""
    wanted = read("marginals")["genes"]["per_child"]["not_detected"]
    sizes = [size for size, n in enumerate(wanted) for _ in range(n)]
    table, locked = _filled(sizes, rng)
    _loosen(table, locked, rng)
    fixed = [set(child.partners) for child in children if child.group == "altered"]
    _Repair(fixed, table, locked, rng).run()
    order = list(range(len(table)))
    rng.shuffle(order)
    others = iter(order)
    return tuple(
        frozenset(child.partners if child.group == "altered" else table[next(others)])
        for child in children
    )


def _filled(sizes: list[int], rng: Random) -> tuple[list[set[str]], list[set[str]]]:
    """A first table with exact sums, and the genes in it that may not be exchanged."""
    left = dict(read("genes")["not_detected"])
    table: list[set[str]] = [set() for _ in sizes]
    locked: list[set[str]] = [set() for _ in sizes]
    room = list(sizes)
    roomy = [index for index, size in enumerate(sizes) if 3 <= size <= 7]
    together = read("genes")["together"]
    for index, genes in zip(rng.sample(roomy, len(together)), together, strict=True):
        table[index] |= set(genes)
        locked[index] |= set(genes)
        room[index] -= len(genes)
        for gene in genes:
            left[gene] -= 1
    # Commonest gene first, into the children with most room: such a filling always comes out even.
    for gene in sorted(left, key=lambda name: (-left[name], name)):
        open_to = [i for i in range(len(sizes)) if room[i] > 0 and gene not in table[i]]
        rng.shuffle(open_to)
        open_to.sort(key=lambda i: -room[i])
        if len(open_to) < left[gene]:
            raise ValueError(f"no room for {gene}")
        for index in open_to[: left[gene]]:
            table[index].add(gene)
            room[index] -= 1
    if any(room):
        raise ValueError("the gene counts and the histogram of genes per child disagree")
    return table, locked


def _exchange(
    table: list[set[str]], locked: list[set[str]], rng: Random, *, among: list[int]
) -> tuple[int, int, str, str] | None:
    """Two children and the genes they may exchange without changing any sum, or None."""
    i, j = rng.sample(among, 2)
    give = sorted(table[i] - table[j] - locked[i])
    take = sorted(table[j] - table[i] - locked[j])
    if not give or not take:
        return None
    return i, j, rng.choice(give), rng.choice(take)


def _swap(table: list[set[str]], move: tuple[int, int, str, str]) -> None:
    i, j, give, take = move
    table[i] = (table[i] - {give}) | {take}
    table[j] = (table[j] - {take}) | {give}


def _loosen(table: list[set[str]], locked: list[set[str]], rng: Random) -> None:
    mutated = [index for index, genes in enumerate(table) if genes]
    for _ in range(LOOSENING):
        move = _exchange(table, locked, rng, among=mutated)
        if move:
            _swap(table, move)


class _Repair:
    """Exchanges that bring every pair's count of shared children into the span of chance."""

    def __init__(
        self,
        fixed: list[set[str]],
        table: list[set[str]],
        locked: list[set[str]],
        rng: Random,
    ) -> None:
        self.table, self.locked, self.rng = table, locked, rng
        totals: dict[str, int] = {}
        for genes in [*fixed, *table]:
            for gene in genes:
                totals[gene] = totals.get(gene, 0) + 1
        self.genes = sorted(gene for gene, n in totals.items() if n >= MINIMUM_CHILDREN)
        self.row = {gene: index for index, gene in enumerate(self.genes)}
        self.low, self.high = self._span([totals[gene] for gene in self.genes], len(fixed + table))
        self.shared = [[0] * len(self.genes) for _ in self.genes]
        for genes in [*fixed, *table]:
            self._count(genes, 1)

    def _span(self, totals: list[int], n: int) -> tuple[list[list[int]], list[list[int]]]:
        """Least and greatest number of shared children with both one-sided p at least 0.05.

        Fisher's two-sided p is never below the smaller one-sided one, so this is the safe side. The
        pairs that the paper names must instead reach the first count with a two-sided p below 0.05;
        doubling the one-sided p covers that.
        """
        import numpy as np
        from scipy.stats import hypergeom

        counts = np.arange(0, max(totals) + 1)
        named = {frozenset(p) for p in read("marginals")["genes"]["significant_pairs"]["pairs"]}
        size = len(totals)
        low = [[0] * size for _ in totals]
        high = [[n] * size for _ in totals]
        for i in range(size):
            a, b = totals[i], np.array(totals)[:, None]
            above = hypergeom.sf(counts[None, :] - 1, n, a, b)
            below = hypergeom.cdf(counts[None, :], n, a, b)
            for j in range(size):
                if frozenset((self.genes[i], self.genes[j])) in named:
                    low[i][j] = int(np.argmax(above[j] < 0.025))
                else:
                    low[i][j] = int(np.argmax(below[j] >= 0.05))
                    high[i][j] = int(np.max(np.nonzero(above[j] >= 0.05)))
        return low, high

    def _count(self, genes: set[str], step: int) -> None:
        rows = [self.row[gene] for gene in genes if gene in self.row]
        for i in rows:
            for j in rows:
                if i != j:
                    self.shared[i][j] += step

    def _offence(self, rows: set[int]) -> int:
        """How far the pairs of these genes are outside their span, summed."""
        total = 0
        for i in rows:
            for j, k in enumerate(self.shared[i]):
                if i != j:
                    total += max(self.low[i][j] - k, 0) + max(k - self.high[i][j], 0)
        return total

    def run(self) -> None:
        everything = set(range(len(self.genes)))
        offence = self._offence(everything)
        mutated = [index for index, genes in enumerate(self.table) if genes]
        for _ in range(REPAIRS):
            if not offence:
                return
            move = _exchange(self.table, self.locked, self.rng, among=mutated)
            if move is None or not {move[2], move[3]} & self.row.keys():
                continue
            offence = self._try(move, offence)
        if offence:
            raise ValueError("genes remain that occur together by more than chance")

    def _try(self, move: tuple[int, int, str, str], offence: int) -> int:
        """Make the exchange, and take it back where it makes matters worse."""
        before = self._part(move)
        self._apply(move)
        change = self._part(move) - before
        if change > 0:
            i, j, give, take = move
            self._apply((i, j, take, give))
            return offence
        return offence + change

    def _part(self, move: tuple[int, int, str, str]) -> int:
        """Offence of the pairs that the exchange touches; in a sum, each pair counts twice."""
        rows = {self.row[gene] for gene in move[2:] if gene in self.row}
        part = 2 * self._offence(rows)
        if len(rows) == 2:
            i, j = rows
            k = self.shared[i][j]
            part -= 2 * (max(self.low[i][j] - k, 0) + max(k - self.high[i][j], 0))
        return part

    def _apply(self, move: tuple[int, int, str, str]) -> None:
        i, j = move[:2]
        for index in (i, j):
            self._count(self.table[index], -1)
        _swap(self.table, move)
        for index in (i, j):
            self._count(self.table[index], 1)
