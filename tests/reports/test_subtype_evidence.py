"""What the subtype takes from the database: variants with their VAF and sample, and the lineage."""

import pytest

from analysis.calls import State
from analysis.subtype import classify
from reports.genetics_evidence import subtype_evidence

pytestmark = pytest.mark.django_db

N159Y = {"gene": "IKZF1", "hgvs_c": "c.475A>T", "hgvs_p": "p.Asn159Tyr"}


@pytest.mark.parametrize(
    ("vaf", "quality", "state"),
    [
        (0.42, "adequate", State.ALTERED),
        (0.03, "adequate", State.NOT_EVALUABLE),
        (0.42, "failed", State.NOT_EVALUABLE),
    ],
)
def test_n159y_of_few_cells_or_of_a_failed_sample_names_no_subtype(
    boy, sequenced, vaf, quality, state
):
    sequenced(boy, run="N1", quality=quality, variants=[N159Y | {"vaf": vaf}])
    assert classify(subtype_evidence([boy.pk])[boy.pk]).state("ikzf1_n159y") is state


@pytest.mark.parametrize(
    ("diagnosis", "answer"),
    [
        ("b_all", "not_classified"),
        ("t_all", "not_b_all"),
        ("aml", "not_b_all"),
        ("other", "not_classified"),
    ],
)
def test_only_a_leukaemia_of_the_b_lineage_has_a_subtype_of_b_all(register, diagnosis, answer):
    child = register(diagnosis=diagnosis)
    assert classify(subtype_evidence([child.pk])[child.pk]).answer == answer
