"""Age between two dates, as the protocols count it: by birthdays."""

from __future__ import annotations

import datetime as dt


def years_between(birth: dt.date, day: dt.date) -> float:
    """Completed years by the calendar, and of the year begun the share to two decimals.

    Protocols ask for the first and the tenth birthday, so no rounding reaches a year that is not
    completed. Who is born on 29 February has the birthday on 1 March of other years. A day before
    the birth gives a negative age.
    """
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    last, following = (_birthday(birth, birth.year + n) for n in (years, years + 1))
    return round(years + min(round((day - last) / (following - last), 2), 0.99), 2)


def _birthday(birth: dt.date, year: int) -> dt.date:
    try:
        return birth.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)
