"""A NUL character in an address: refused before any database sees it."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("query", ["q=%00", "name_index=a%00b", "q=ok&sex=%00"])
@pytest.mark.parametrize("page", ["patients", "admin:reports_patient_changelist"])
def test_query_with_nul_refused(admin_client, page, query):
    assert admin_client.get(f"{reverse(page)}?{query}").status_code == 400


def test_query_without_nul_answered(admin_client):
    assert admin_client.get(reverse("patients") + "?q=0").status_code == 200
