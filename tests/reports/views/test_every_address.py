"""Every address of the site, found through the URL configuration: a new one is tested too."""

import re

import pytest
from django.urls import URLPattern, get_resolver

# Answered without signing in: signing in itself, the language of that page, the site's icon.
OPEN = {"/sign-in/", "/i18n/setlang/", "/favicon.ico", "/admin/login/"}
CSP = "default-src 'self'"


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from patterns(entry, route)


def address(route):
    """A concrete address for `route`: numbers for numbers, words for words."""
    if "(?P" in route or "^" in route or "\\" in route:
        route = re.sub(r"\(\?P<[^>]+>[^)]*\)", "x", route)
        route = route.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\.", ".")
    route = re.sub(r"<int:[^>]+>", "1", route)
    return "/" + re.sub(r"<[^>]+>", "x", route)


ADDRESSES = sorted({address(route) for route in patterns(get_resolver())})


def test_addresses_are_found():
    assert {"/", "/patients/1/", "/cohort/", "/import/", "/admin/", "/i18n/setlang/"} <= set(
        ADDRESSES
    )


@pytest.mark.django_db
@pytest.mark.parametrize("path", [path for path in ADDRESSES if path not in OPEN])
def test_signed_out_is_sent_to_sign_in(client, path):
    for response in (client.get(path), client.post(path)):
        assert response.status_code == 302, response.content[:200]
        assert response["Location"].split("?")[0] in ("/sign-in/", "/admin/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_carries_the_strict_policy_and_stays_out_of_caches(admin_client, path):
    admin_client.raise_request_exception = False
    response = admin_client.get(path)
    directives = [part.strip() for part in response["Content-Security-Policy"].split(";")]
    assert CSP in directives
    assert not [part for part in directives if "unsafe" in part or "*" in part]
    assert "no-store" in response["Cache-Control"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/", "/patients/by-name/", "/patients/1/", "/patients/1/history/",
             "/patients/1/report/", "/cohort/", "/cohort/report/", "/cohort/data.json",
             "/cohort/tables.xlsx", "/cohort/freeze/", "/cohort/define/",
             "/import/", "/import/template.xlsx", "/import/x/", "/import/x/confirm/",
             "/import/x/errors.xlsx", "/import/laboratory/mlpa/", "/import/laboratory/mlpa/x/",
             "/import/laboratory/mlpa/x/confirm/", "/import/laboratory/mlpa/x/preview.xlsx",
             "/samples/mlpa/1/", "/samples/mlpa/1/sex/", "/probes/1/", "/samples/sequencing/1/",
             "/files/sequencing/1/"],
)  # fmt: skip
def test_without_the_permission_the_page_says_so(client, outsider, path):
    client.force_login(outsider)
    answers = [client.get(path), client.post(path)]
    assert {answer.status_code for answer in answers} <= {403, 405}
    refused = [answer for answer in answers if answer.status_code == 403]
    assert refused
    assert all("Not permitted" in answer.content.decode() for answer in refused)


@pytest.mark.parametrize(
    "path", ["/import/", "/import/template.xlsx", "/import/x/", "/import/laboratory/mlpa/"]
)
def test_one_who_may_only_look_may_not_import(doctor_client, path):
    assert doctor_client.get(path).status_code == 403
    assert 'href="/import/"' not in doctor_client.get("/").content.decode()
