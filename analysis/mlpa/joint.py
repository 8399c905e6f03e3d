"""The ratio table's calls of one gene, set against its neighbours and the blast percentage.

Three steps beyond the table, each with its reason, and only where the blasts are known:
a normal ratio that a deletion could also give becomes ambiguous; an ambiguous or normal one that
together with its neighbours can hardly be anything but a deletion becomes a deletion; what the
table calls a deletion or a gain stays so.
"""

from __future__ import annotations

import numpy as np

from analysis.calls import CopyCall
from analysis.mlpa.patterns import Fit, PatternRules
from analysis.mlpa.ratio_table import RatioTable

CALLS = tuple(CopyCall)
CODE = {call: code for code, call in enumerate(CALLS)}


def table_codes(ratio: np.ndarray, table: RatioTable) -> np.ndarray:
    """`RatioTable.call` of each ratio as places in `CALLS`; NaN is not evaluable."""
    rounded = np.round(ratio, 4)  # a ratio has not more digits than that, whatever its last bits
    codes = np.full(ratio.shape, CODE[CopyCall.AMBIGUOUS])
    for call, (low, high) in table.bands:
        codes[(rounded >= low) & (rounded <= high)] = CODE[call]
    codes[np.isnan(ratio)] = CODE[CopyCall.NOT_EVALUABLE]
    return codes


def joint_codes(
    codes: np.ndarray,
    ratio: np.ndarray,
    fit: Fit,
    *,
    blasts: np.ndarray,
    table: RatioTable,
    rules: PatternRules,
) -> np.ndarray:
    """The calls with their neighbours. `codes`, `ratio` and the fit's arrays are [sample, exon],
    `blasts` a fraction for each sample."""
    normal = codes == CODE[CopyCall.NORMAL]
    unclear = (codes == CODE[CopyCall.AMBIGUOUS]) & (ratio < table.normal[0])
    low = unclear & (ratio < rules.low)
    lost = low & (fit.clonal >= rules.threshold(blasts)[:, None])
    lost |= (unclear | (normal & (ratio < 1))) & (fit.clonal >= rules.call_above)
    possible = (fit.clonal > rules.normal_below) | (fit.any_loss > rules.subclonal_below)
    found = codes.copy()
    found[normal & possible] = CODE[CopyCall.AMBIGUOUS]
    found[lost] = CODE[CopyCall.HET_DEL]
    found[lost & (fit.both >= rules.call_above)] = CODE[CopyCall.HOM_DEL]
    return found
