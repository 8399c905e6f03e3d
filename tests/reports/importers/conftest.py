import pytest
from django.utils import translation


@pytest.fixture
def english():
    with translation.override("en"):
        yield
