"""What `pdf.render` promises beside a conversion: reach, silence, sameness, tags."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings

from reports.documents.page import raised
from reports.documents.pdf import DocumentError, render

FIGURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">'
    '<rect width="20" height="10" fill="#ff0000"/></svg>'
)


def made(body: str, **options) -> bytes:
    return render(body, **{"title": "Title", "language": "en", **options})


def _all_streams(pdf: pikepdf.Pdf) -> bytes:
    streams = [item for item in pdf.objects if isinstance(item, pikepdf.Stream)]
    return b"".join(
        stream.read_bytes()
        for stream in streams
        if "/Subtype" not in stream or stream.Subtype == "/Form"
    )


def test_document_carries_title_language_date_and_tags():
    day = datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)
    pdf = pikepdf.open(BytesIO(made("<p>x</p>", title="甲 & <b>", language="zh-hans", as_of=day)))
    assert str(pdf.Root.Lang) == "zh-Hans"
    assert str(pdf.docinfo["/Title"]) == "甲 & <b>"
    assert str(pdf.docinfo["/CreationDate"]).startswith("D:20200203040506")
    assert pdf.Root.MarkInfo.Marked
    assert "/StructTreeRoot" in pdf.Root
    assert b"pdfuaid:part" in pdf.Root.Metadata.read_bytes()


def test_figure_handed_over_is_drawn():
    body = '<img src="figure:map" alt="a map">'
    with_figure = made(body, figures={"map": FIGURE})
    without = made("<p>x</p>")
    with pikepdf.open(BytesIO(with_figure)) as drawn, pikepdf.open(BytesIO(without)) as plain:
        colour = b"1 0 0 rg"
        assert colour in _all_streams(drawn)
        assert colour not in _all_streams(plain)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.png",
        "https://example.org/x.svg",
        "ftp://example.org/x",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>",
        "figure:unknown",
    ],
)
def test_any_other_address_ends_the_document(address):
    with pytest.raises(DocumentError, match="may not fetch"):
        made(f'<img src="{address}" alt="x">')


@pytest.mark.parametrize(
    "body",
    [
        '<link rel="stylesheet" href="file:///etc/hostname"><p>x</p>',
        "<style>@import url(file:///etc/hostname);</style><p>x</p>",
        '<p style="background: url(http://127.0.0.1:9/x)">x</p>',
        '<object data="file:///etc/passwd" type="image/png">x</object>',
        '<embed src="file:///etc/passwd">',
    ],
)
def test_other_ways_to_fetch_end_the_document(body):
    with pytest.raises(DocumentError, match="may not fetch"):
        made(body)


def test_address_inside_a_figure_ends_the_document():
    nested = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        '<image href="file:///etc/passwd" width="9" height="9"/></svg>'
    )
    with pytest.raises(DocumentError):
        made('<img src="figure:a" alt="a">', figures={"a": nested})


def test_relative_address_ends_the_document():
    with pytest.raises(DocumentError):
        made('<img src="../manage.py" alt="x">')


@pytest.mark.parametrize(
    ("body", "figures"),
    [
        ('<img src="figure:a" alt="a">', {"a": "<svg"}),
        ("<p style='colour: red'>x</p>", {}),
        ("<p>\U0010fffd</p>", {}),
        ('<img src="figure:a">', {"a": FIGURE}),
    ],
    ids=["broken figure", "unknown CSS", "no glyph", "figure without words"],
)
def test_what_would_only_be_logged_is_an_error(body, figures):
    with pytest.raises(DocumentError):
        made(body, figures=figures)


def test_error_leaves_the_next_document_untouched():
    with pytest.raises(DocumentError):
        made("<p style='colour: red'>x</p>")
    assert made("<p>x</p>").startswith(b"%PDF-1.7")


def test_rare_characters_print():
    text = "㛃䶮"
    pdf = pikepdf.open(BytesIO(made(f"<p>{text}</p>")))
    fonts = " ".join(str(font.BaseFont) for font in pdf.pages[0].Resources.Font.values())
    assert "CJK" in fonts


def test_same_input_gives_the_same_bytes_in_another_process():
    here = made("<h1>甲 one</h1><p><b>bold</b></p>")
    script = (
        "import sys, django; django.setup(); from reports.documents.pdf import render;"
        "sys.stdout.buffer.write("
        "render('<h1>甲 one</h1><p><b>bold</b></p>', title='Title', language='en'))"
    )
    there = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(settings.BASE_DIR),
        env={**os.environ, "PYTHONHASHSEED": "11", "DJANGO_SETTINGS_MODULE": "ikzf1site.settings"},
        capture_output=True,
        check=True,
    )
    assert there.stdout == here


def test_superscripts_of_texts_are_raised_and_attributes_left_alone():
    markup = '<img alt="10⁻⁴"><p>1.2 × 10⁻⁴, 10⁹/L &lt;x⁵&gt;</p>'
    assert raised(markup) == (
        '<img alt="10⁻⁴"><p>1.2 × 10<sup>−4</sup>, 10<sup>9</sup>/L &lt;x<sup>5</sup>&gt;</p>'
    )
