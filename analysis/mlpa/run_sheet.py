"""Which sample of a run is what: patient, healthy reference or water, with sex and blasts."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.file_problems import ProblemBook, Unreadable
from analysis.grid import Grid, Row, number, read_grids
from analysis.mlpa.columns import Columns, find_columns
from analysis.wording import N_, Labelled


class Role(Labelled):
    PATIENT = "patient", N_("patient")
    REFERENCE = "reference", N_("reference sample")
    WATER = "water", N_("water control")


class Sex(Labelled):
    """As it is recorded, or as the X and Y fragments show it."""

    FEMALE = "female", N_("female")
    MALE = "male", N_("male")
    UNKNOWN = "", N_("not recorded")


ROLES = {
    **{role.value: role for role in Role},
    "": Role.PATIENT,
    "患者": Role.PATIENT,
    "参照": Role.REFERENCE,
    "水": Role.WATER,
}
SEXES = {
    **{sex.value: sex for sex in Sex},
    "f": Sex.FEMALE,
    "m": Sex.MALE,
    "女": Sex.FEMALE,
    "男": Sex.MALE,
}
SHEET_COLUMNS = ("sample", "role", "sex", "blast_percent")


@dataclass(frozen=True)
class SampleInfo:
    """`blast_percent` 0..100 or None. `sex_decision`: why a person lets a sample pass whose X and Y
    fragments contradict its record; "" while nobody has.

    Raises ValueError on a share outside its limits.
    """

    name: str
    role: Role = Role.PATIENT
    sex: Sex = Sex.UNKNOWN
    blast_percent: float | None = None
    sex_decision: str = ""

    def __post_init__(self) -> None:
        if self.blast_percent is not None and not 0 <= self.blast_percent <= 100:
            raise ValueError(f"blasts are 0 to 100 percent, not {self.blast_percent}")


def read_run_sheet(content: bytes, *, file: str) -> tuple[SampleInfo, ...]:
    """The sheet in `content`. Raises `FileRefused` with every problem found."""
    return run_sheet_of(read_grids(content, file=file)[0])


def run_sheet_of(grid: Grid) -> tuple[SampleInfo, ...]:
    """`read_run_sheet` for a table that is already read."""
    wanted = {name: (name,) for name in SHEET_COLUMNS}
    columns = find_columns(grid, wanted=wanted, required=SHEET_COLUMNS[:2])
    book = ProblemBook(grid.file)
    found: dict[str, SampleInfo] = {}
    for row in columns.rows(book):
        info = book.attempt(row.line, lambda row=row: _info(columns, row))
        if info is None:
            continue
        if info.name in found:
            book.note(row.line, N_("sample {sample} stands twice"), sample=info.name)
        found[info.name] = info
    book.refuse()
    return tuple(found.values())


def _info(columns: Columns, row: Row) -> SampleInfo:
    name = columns.value(row, "sample")
    role = ROLES.get(columns.value(row, "role").casefold())
    sex = SEXES.get(columns.value(row, "sex").casefold())
    if not name:
        raise Unreadable(N_("the sample's name is missing"))
    if role is None:
        sentence = N_('role is "patient", "reference" or "water", not "{value}"')
        raise Unreadable(sentence, value=columns.value(row, "role")[:40])
    if sex is None:
        sentence = N_('sex is "female", "male" or empty, not "{value}"')
        raise Unreadable(sentence, value=columns.value(row, "sex")[:40])
    written = columns.value(row, "blast_percent")
    blasts = number(written, "blast_percent") if written else None
    if blasts is not None and blasts > 100:
        raise Unreadable(N_("blasts are 0 to 100 percent, not {value}"), value=written[:40])
    return SampleInfo(name, role, sex, blasts)
