"""Age by birthdays: a day before the tenth is not ten, whatever the leap years between."""

import datetime as dt

import pytest

from analysis.age import years_between


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        ("2007-10-03", "2017-10-03", 10.0),
        ("2007-10-04", "2017-10-03", 9.99),
        ("2007-10-05", "2017-10-03", 9.99),
        ("2007-10-02", "2017-10-03", 10.0),
        ("2016-10-03", "2017-10-03", 1.0),
        ("2016-10-04", "2017-10-03", 0.99),
        # Half a year of 365 days: 183 days are 0.501.
        ("2010-01-01", "2013-07-03", 3.5),
        ("2012-02-29", "2022-02-28", 9.99),
        ("2012-02-29", "2022-03-01", 10.0),
        ("2012-02-29", "2016-02-29", 4.0),
        ("2020-01-01", "2020-01-01", 0.0),
        ("2020-01-01", "2020-01-19", 0.05),
    ],
)
def test_age_counts_birthdays(birth, day, years):
    assert years_between(dt.date.fromisoformat(birth), dt.date.fromisoformat(day)) == years


@pytest.mark.parametrize("year", range(1, 19))
def test_no_year_is_completed_before_its_birthday(year):
    birth = dt.date(2004, 2, 29)
    while birth < dt.date(2008, 3, 2):
        try:
            birthday = birth.replace(year=birth.year + year)
        except ValueError:
            birthday = dt.date(birth.year + year, 3, 1)
        assert years_between(birth, birthday) == year
        assert year - 1 < years_between(birth, birthday - dt.timedelta(days=1)) < year
        birth += dt.timedelta(days=17)
