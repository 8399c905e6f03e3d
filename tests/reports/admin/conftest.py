"""A child's page of data entry, and who may use it."""

import pytest
from django.contrib.auth.models import Permission
from entry_pages import address

from reports import models


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def page(admin_client, boy):
    return address(models.Patient, "change", boy.pk)


@pytest.fixture
def staff(client, django_user_model):
    """`staff("view_patient", ...)` signs in a member of the staff with these permissions."""

    def signed_in(*codenames):
        user = django_user_model.objects.create_user("member", is_staff=True)
        user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return signed_in
