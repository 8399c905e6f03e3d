"""The page of an MLPA sample: checks, whose it is, and a person's call of a probe."""

from contextlib import nullcontext

import pytest
from django.contrib.auth.models import Permission
from lab_files import confirm, mlpa_run, previewed, reader, words

from reports.models import MlpaSample, ProbeRatio

# The record says a girl; X and Y of the sample are a boy's.
ROW = "A,patient,,90,S-K-1,K-1\n"


@pytest.fixture(autouse=True)
def one_reading_child(monkeypatch):
    monkeypatch.setattr("reports.importers.mlpa.FileReader", lambda: nullcontext(reader()))


@pytest.fixture
def manager_client(client, data_manager, enter):
    enter("K-1", deleted=False)
    client.force_login(data_manager)
    return client


def imported(client, **more):
    address, text = previewed(client, "mlpa", mlpa_run(ROW, **more))
    confirm(client, address, text)
    return MlpaSample.objects.get(run__name="run7")


@pytest.fixture
def sample(manager_client):
    return imported(manager_client)


@pytest.fixture
def blocked(manager_client):
    return imported(manager_client, male=True)


@pytest.fixture
def geneticist_client(manager_client, data_manager):
    """May decide on samples and probes."""
    names = ("change_mlpasample", "change_proberatio")
    data_manager.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return manager_client


def page_of(client, sample):
    return client.get(f"/samples/mlpa/{sample.pk}/").content.decode()


def decide(client, sample, decision, reason="the parents confirm it", **more):
    given = {"decision": decision, "reason": reason, "version": sample.version} | more
    return client.post(f"/samples/mlpa/{sample.pk}/sex/", given)


def test_page_shows_file_hash_checks_and_the_peak_of_each_probe(manager_client, sample):
    page = page_of(manager_client, sample)
    assert sample.file_sha256 in page and "Quality checks" in page
    probe = sample.probes.filter(gene="IKZF1", exon="5").first()
    assert probe.source in page and f"/probes/{probe.pk}/" in page
    assert "heterozygous deletion" in words(page)
    assert "Whose sample is it?" not in page
    child = manager_client.get(f"/patients/{sample.owner.pk}/").content.decode()
    assert f'href="/samples/mlpa/{sample.pk}/"' in child


def test_sex_mismatch_holds_calls_back_until_somebody_decides(geneticist_client, blocked):
    page = page_of(geneticist_client, blocked)
    assert "Whose sample is it?" in page and "held back" in page
    assert decide(geneticist_client, blocked, "accepted").status_code == 302
    after = MlpaSample.objects.get(pk=blocked.pk)
    assert (after.sex_decision, after.sex_decision_by) == ("accepted", "manager")
    assert after.probes.filter(gene="IKZF1", call="het_del").count() == 4
    assert "the parents confirm it" in page_of(geneticist_client, after)


def test_rejected_and_withdrawn_decisions_hold_the_calls_back(geneticist_client, blocked):
    for decision in ("accepted", "rejected", ""):
        sample = MlpaSample.objects.get(pk=blocked.pk)
        assert decide(geneticist_client, sample, decision).status_code == 302
        used = sample.probes.exclude(call="not_evaluable").exists()
        assert used is (decision == "accepted")
    assert MlpaSample.objects.get(pk=blocked.pk).sex_decision_by == ""


@pytest.mark.parametrize(
    "wrong", [{"reason": " "}, {"decision": "nonsense"}, {"reason": "x" * 401}, {"version": ""}]
)
def test_decision_that_cannot_be_kept_is_told(geneticist_client, blocked, wrong):
    given = {"decision": "accepted"} | wrong
    assert decide(geneticist_client, blocked, **given).status_code == 400
    assert MlpaSample.objects.get(pk=blocked.pk).sex_decision == ""


def test_decision_on_a_sample_that_fits_its_record_is_refused(geneticist_client, sample):
    assert decide(geneticist_client, sample, "rejected").status_code == 400
    assert MlpaSample.objects.get(pk=sample.pk).sex_decision == ""


def test_decision_on_an_older_page_meets_the_page_of_conflicts(geneticist_client, blocked):
    decide(geneticist_client, blocked, "rejected")
    geneticist_client.raise_request_exception = False
    answer = decide(geneticist_client, blocked, "accepted")
    assert answer.status_code == 409
    now = geneticist_client.get(f"/samples/mlpa/{blocked.pk}/sex/")
    assert now["Location"] == f"/samples/mlpa/{blocked.pk}/"
    assert MlpaSample.objects.get(pk=blocked.pk).sex_decision == "rejected"


def test_without_the_permission_nothing_is_offered_and_nothing_decided(manager_client, blocked):
    assert "Keep the decision" not in page_of(manager_client, blocked)
    assert decide(manager_client, blocked, "accepted").status_code == 403
    probe = blocked.probes.first()
    assert "Keep the call" not in manager_client.get(f"/probes/{probe.pk}/").content.decode()
    given = {"call": "normal", "reason": "x", "version": probe.version}
    manager_client.post(f"/probes/{probe.pk}/", given)
    assert ProbeRatio.objects.get(pk=probe.pk).override_call == ""


def call(client, probe, value, reason="confirmed by FISH"):
    given = {"call": value, "reason": reason, "version": probe.version}
    return client.post(f"/probes/{probe.pk}/", given)


def test_persons_call_stands_beside_the_machines_and_can_be_withdrawn(geneticist_client, sample):
    probe = sample.probes.filter(gene="IKZF1", exon="5").first()
    assert call(geneticist_client, probe, "normal").status_code == 302
    after = ProbeRatio.objects.get(pk=probe.pk)
    assert (after.call, after.override_call, after.override_by) == ("het_del", "normal", "manager")
    page = words(geneticist_client.get(f"/probes/{probe.pk}/").content.decode())
    assert "heterozygous deletion" in page and "manager: confirmed by FISH" in page
    assert call(geneticist_client, after, "", reason="FISH was another child's").status_code == 302
    last = ProbeRatio.objects.get(pk=probe.pk)
    assert (last.override_call, last.override_reason, last.override_by) == ("", "", "")
    assert [row.history_change_reason for row in last.history.all()[:2]] == [
        "FISH was another child's", "confirmed by FISH",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "reason"), [("normal", ""), ("nonsense", "x"), ("normal", "a\x07b")]
)
def test_call_that_cannot_be_kept_is_told(geneticist_client, sample, value, reason):
    probe = sample.probes.first()
    assert call(geneticist_client, probe, value, reason).status_code == 400
    assert ProbeRatio.objects.get(pk=probe.pk).override_call == ""


def test_call_on_an_older_page_meets_the_page_of_conflicts(geneticist_client, sample):
    probe = sample.probes.first()
    call(geneticist_client, probe, "ambiguous")
    geneticist_client.raise_request_exception = False
    assert call(geneticist_client, probe, "normal").status_code == 409
    assert ProbeRatio.objects.get(pk=probe.pk).override_call == "ambiguous"
