"""Which measurement answers which time point, from the sources' wording where they name days.

The norm of 2018 names days 15 to 19 and 33 to 45. Where a source names one day or a week only
("D33", "week 12", "W12-14", "D78"), the days on both sides that still count are the project's, and
the protocol file says so. A row: fact, day, method, and the fraction as which a measured 2e-5
counts; None where the measurement does not answer the fact.
"""

from analysis.risk.axes import joint_mrd, results_in
from analysis.risk.facts import MrdResult, RiskFacts

ALL = ("flow", "pcr", "ngs")


def days(fact, first, last, methods=ALL, *, counts_as=2e-5):
    """Both ends count, the days beside them do not; of methods only those named."""
    return [
        (fact, first - 1, methods[0], None),
        (fact, first, methods[0], counts_as),
        (fact, last, methods[0], counts_as),
        (fact, last + 1, methods[0], None),
        *((fact, first, method, counts_as if method in methods else None) for method in ALL),
    ]


# Weeks 12 to 14 are days 78 to 98; day 78 is the time point of AIEOP-BFM.
BEFORE_CONSOLIDATION = ("mrd_week12", 70, 100)

WINDOW_ROWS = {
    ("CCLG-ALL-2008", "1"): [*days("mrd_d33", 29, 45), *days(*BEFORE_CONSOLIDATION)],
    ("CN-2018-norm", "1"): [
        *days("mrd_d15", 15, 19),
        *days("mrd_d33", 33, 45),
        *days(*BEFORE_CONSOLIDATION),
    ],
    **{
        ("SCCCG-ALL-2023", version): [
            *days("mrd_d15", 15, 19),
            *days("mrd_d33", 29, 45),
            *days(*BEFORE_CONSOLIDATION),
        ]
        for version in ("1", "2")
    },
    # "D15 FCM"; "D33 and D78 PCR-MRD negative", so that any amount found is positive: from 1e-4.
    ("AIEOP-BFM-ALL-2009", "1"): [
        *days("mrd_d15", 15, 15, ("flow",)),
        *days("mrd_d33", 33, 45, ("pcr",), counts_as=1e-4),
        *days(*BEFORE_CONSOLIDATION, ("pcr",), counts_as=1e-4),
    ],
    ("NCI-Rome", "1"): [],
}


def counted(window, day, method):
    """As which fraction `window` counts 2e-5 measured by `method` on `day`, or None."""
    child = RiskFacts((), (MrdResult(day, 2e-5, lod=1e-5, method=method),))
    span = joint_mrd(results_in(window, child), window)
    return None if span is None else span.low
