"""The study's 200 children shared among three centres, with an invented course."""

import random

import numpy as np

from analysis.cohort.frame import Child, CohortFrame
from analysis.cohort.outcome import FollowUp, Happening
from analysis.pool.counting import Origin
from analysis.pool.summarise import summarise_frame

CENTRES = ("North", "South", "West")


def origin(centre):
    return Origin(centre=centre, made="2026-03-01", software="ikzf1-reports 0.1.0")


def courses(count, seed=20220328):
    draw = random.Random(seed)
    return [_course(draw) for _ in range(count)]


def _course(draw):
    day, chance = draw.randrange(30, 2000), draw.random()
    if chance < 0.15:
        return FollowUp(((Happening.RELAPSE, day), (Happening.DEATH, day + draw.randrange(1, 300))))
    if chance < 0.25:
        return FollowUp(((Happening.DEATH, day),))
    if chance < 0.29:
        return FollowUp(((Happening.SECOND_MALIGNANCY, day), (Happening.LAST_SEEN, day + 50)))
    return FollowUp() if chance < 0.31 else FollowUp(((Happening.LAST_SEEN, day),))


def many(children, times):
    """`children` over and over, as so many different ones."""
    from dataclasses import replace

    return [replace(child, id=f"{child.id}-{n}") for n in range(times) for child in children]


def summaries(children: list[Child], follow_ups=None, **options):
    """(file name, summary) of each centre; child i is of centre i modulo three."""
    frame = CohortFrame.from_children(children)
    place = np.arange(len(frame)) % len(CENTRES)
    found = []
    for own, centre in enumerate(CENTRES):
        chosen = place == own
        lived = follow_ups and [
            item for item, is_own in zip(follow_ups, chosen, strict=True) if is_own
        ]
        summary = summarise_frame(frame.select(chosen), lived, origin=origin(centre), **options)
        found.append((f"{centre}.json", summary))
    return found
