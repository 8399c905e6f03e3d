"""The demonstration cohort: 200 invented children who meet the marginals of a published study.

`build(seed=...)` gives the rows of every sheet of a clinical import, `write_workbook(path)` the
workbook. The same seed gives the same bytes. Every row is synthetic and says so: no child of the
paper or of any hospital is in it, and no sentence about children can be learnt from it. What it is
for: to show the system, and to prove its arithmetic against numbers that somebody else printed
(Zhang et al. 2022, Front Genet 13:822832). `docs/reproduction.md` says where the paper contradicts
itself and what was done about it.
"""

from analysis.demonstration.cohort import DemonstrationCohort, Sheet, build
from analysis.demonstration.workbook import write_workbook

__all__ = ["DemonstrationCohort", "Sheet", "build", "write_workbook"]
