"""The looks can be told apart without seeing red from green, and without seeing colour at all."""

import itertools

import pytest

from analysis.calls import CopyCall
from analysis.figures.palette import BAND_LOSS, BAND_NORMAL, CALLS, MARKS, STATES

# Full protanopia and deuteranopia on linear RGB: Machado, Oliveira and Fernandes 2009, table 1.
PROTAN = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
DEUTAN = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
SEEING = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
SAME_HATCH = [
    pair
    for pair in itertools.combinations(CopyCall, 2)
    if CALLS[pair[0]].hatch == CALLS[pair[1]].hatch
]


def times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def lab(colour, eye=SEEING):
    """CIE L*a*b* (D65) of "#rrggbb" as `eye` sees it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    seen = [min(max(p, 0), 1) for p in times(eye, linear)]
    xyz = [v / w for v, w in zip(times(TO_XYZ, seen), (0.9505, 1, 1.089), strict=True)]
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_every_call_has_a_look():
    assert set(CALLS) == set(CopyCall)
    assert len(set(CALLS.values())) == len(CopyCall)


@pytest.mark.parametrize(("one", "other"), SAME_HATCH)
def test_looks_of_one_hatch_differ_in_black_and_white_print(one, other):
    assert abs(lab(CALLS[one].fill)[0] - lab(CALLS[other].fill)[0]) >= 20


@pytest.mark.parametrize("eye", [PROTAN, DEUTAN], ids=["protan", "deutan"])
@pytest.mark.parametrize(("one", "other"), SAME_HATCH)
def test_looks_of_one_hatch_differ_to_eyes_without_red_or_green(one, other, eye):
    a, b = lab(CALLS[one].fill, eye), lab(CALLS[other].fill, eye)
    assert sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5 >= 20


def test_bands_differ_from_each_other_and_from_the_paper_in_black_and_white_print():
    paper, normal, loss = (lab(colour)[0] for colour in ("#ffffff", BAND_NORMAL, BAND_LOSS))
    assert paper - normal >= 5
    assert normal - loss >= 8


def test_the_four_states_differ_in_fill_or_hatch():
    assert len({(look.fill, look.hatch) for look in STATES.values()}) == 4


def test_what_gave_no_answer_is_hatched_and_never_filled():
    for call in (CopyCall.NOT_EVALUABLE, CopyCall.NOT_TESTED):
        assert CALLS[call].hatch
        assert CALLS[call].fill == "#ffffff"


def test_ratios_of_different_calls_have_marks_of_different_shape():
    assert set(MARKS) == set(CopyCall) - {CopyCall.NOT_TESTED}
    drawn = {call: shape(10, 10, 2) for call, shape in MARKS.items()}
    assert drawn[CopyCall.HET_DUP] == drawn[CopyCall.HOM_DUP]  # told apart by lightness
    assert len(set(drawn.values())) == len(drawn) - 1


@pytest.mark.parametrize("call", [c for c in CopyCall if not CALLS[c].hatch])
def test_lettering_on_a_look_can_be_read(call):
    lightness = abs(lab(CALLS[call].lettering)[0] - lab(CALLS[call].fill)[0])
    assert lightness >= 40
