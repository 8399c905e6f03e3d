"""Somebody who knows all that is printed, and tries every table: independent of `analysis.pool`."""

from itertools import product


def tables(total, levels):
    """Every way to share `total` children among `levels` classes."""
    if levels == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in tables(total - first, levels - 1):
            yield (first, *rest)


def fits(table, printed, threshold):
    """Whether `table` could stand behind what is printed: a number, "<" or "*"."""
    return all(
        (str(shown) == "<" and n < threshold) or str(shown) == "*" or shown == n
        for n, shown in zip(table, printed, strict=True)
    )


def possible(printed, total, threshold):
    """The values that each cell takes in the tables that fit."""
    found = [set() for _ in printed]
    for table in tables(total, len(printed)):
        if fits(table, printed, threshold):
            for values, n in zip(found, table, strict=True):
                values.add(n)
    return found


def joint_answers(groups, genes):
    """Every assignment of two answers to each gene of each child of groups of these sizes."""
    return product(product((0, 1), repeat=genes), repeat=sum(groups))
