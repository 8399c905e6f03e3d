"""The figures to keep: the pictures of the page, each a drawing of its own."""

import io
import zipfile
from xml.etree import ElementTree

import pytest
from django.core.management import call_command

from reports.actions import freeze_cohort, save_record
from reports.documents.cohort import cohort_report, report_of
from reports.exports.figures import figure_files, figures_zip
from reports.frozen_content import content_of
from tests.reports.documents.children import NORMAL, examined


@pytest.fixture
def children(db):
    return examined("1", sex="female"), examined("2", exons=NORMAL)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_figure_of_the_page_is_a_drawing_of_its_own(children, language):
    report = cohort_report(None, language=language)
    shown = [picture for part in report.parts for picture in part.pictures]
    files = figure_files(report)
    assert list(files) == [picture.name for picture in shown]
    assert {"oncoprint", "genes", "subtypes", "deletions"} <= set(files)
    for picture in shown:
        assert picture.svg in files[picture.name].decode()
        root = ElementTree.fromstring(files[picture.name])
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root.find("{http://www.w3.org/2000/svg}title").text


def test_archive_holds_them_in_the_order_of_the_report(children):
    report = cohort_report(None, language="en")
    names = zipfile.ZipFile(io.BytesIO(figures_zip(report))).namelist()
    assert names == [f"{i:02d}-{name}.svg" for i, name in enumerate(figure_files(report), start=1)]


def test_figures_of_a_frozen_cohort_stay_as_they_were(children):
    row = freeze_cohort(cohort=None, by="tester", reason="for the article")
    before = figures_zip(report_of(content_of(row), language="en"))
    examined("3", sex="male")
    children[0].sex = "male"
    save_record(record=children[0], by="tester", reason="corrected")
    assert figures_zip(report_of(content_of(row), language="en")) == before
    assert figures_zip(cohort_report(None, language="en")) != before


def test_command_writes_the_figures(children, tmp_path):
    call_command("cohort_report", "-o", str(tmp_path / "r.pdf"), "--figures", str(tmp_path / "f"),
                 "--language", "en")  # fmt: skip
    kept = {path.stem: path.read_bytes() for path in (tmp_path / "f").iterdir()}
    assert kept == figure_files(cohort_report(None, language="en"))
