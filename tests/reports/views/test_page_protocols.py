"""The rule tables on the portal, and the page where an administrator vouches for the rules."""

import html

import pytest
from django.urls import reverse

from analysis.risk.loader import protocol, protocols
from analysis.risk.result import RuleCertainty
from reports.models import RuleSetConfirmation

ADD = "admin:reports_rulesetconfirmation_add"


def page_of(client, item):
    answer = client.get(reverse("protocol", args=[item.name, item.version]))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_list_names_every_version_of_every_protocol_with_the_state_of_its_rules(doctor_client):
    text = doctor_client.get(reverse("protocols")).content.decode()
    for item in protocols():
        assert reverse("protocol", args=[item.name, item.version]) in text
    assert "every rule has a source" in text
    assert "25 of 25 rules are from memory" in text


@pytest.mark.parametrize("item", protocols(), ids=lambda item: f"{item.name} {item.version}")
def test_page_prints_each_rule_with_quote_source_and_note(doctor_client, item):
    text = page_of(doctor_client, item)
    for rule in item.rules:
        for said in (rule.name, rule.quote, rule.source, rule.note):
            assert said in text
    assert all(note in text for note in item.notes)


def test_page_speaks_chinese(doctor_client):
    doctor_client.cookies["django_language"] = "zh-hans"
    text = page_of(doctor_client, protocol("CCLG-ALL-2008"))
    assert "按BFM惯例" in text
    assert "A value of exactly 1.0 is neither" not in text


def test_unknown_version_is_not_found(doctor_client):
    assert doctor_client.get("/protocols/CN-2018-norm/99/").status_code == 404


def test_only_an_administrator_sees_the_way_to_confirm(doctor_client, admin_client):
    item = protocol("CN-2018-norm")
    assert "Confirm these rules" not in page_of(doctor_client, item)
    assert "Confirm these rules" in page_of(admin_client, item)


def test_nobody_vouches_for_rules_that_the_page_does_not_show(admin_client):
    item = protocol("CN-2018-norm")
    chosen = {"protocol": item.name, "protocol_version": item.version}
    text = html.unescape(admin_client.get(reverse(ADD), chosen).content.decode())
    for rule in item.rules:
        cell = f'<td class="name">{rule.name}</td>'
        assert (cell in text) == (rule.certainty is RuleCertainty.MEMORY)
    typed = {
        **chosen, "confirmed_by": "Dr. W", "confirmed_on": "2026-01-02", "source": "the norm",
        "version": "",
    }  # fmt: skip
    assert admin_client.post(f"{reverse(ADD)}", typed).status_code == 302
    row = RuleSetConfirmation.objects.get()
    assert (row.protocol, row.rule_hash, row.confirmed_by) == (item.name, item.rule_hash, "Dr. W")
    assert "rule set confirmed by Dr. W on 2026-01-02" in page_of(admin_client, item)


def test_without_a_rule_set_the_page_asks_which(admin_client):
    text = admin_client.get(reverse(ADD)).content.decode()
    assert "protocol=SCCCG-ALL-2023&amp;protocol_version=2" in text
    assert "NCI-Rome" not in text.split('id="rules"')[1].split("</div>")[0]
    assert 'name="_save"' not in text


def test_unknown_rule_set_is_refused_and_what_was_typed_is_kept(admin_client):
    typed = {
        "protocol": "CN-2018-norm", "protocol_version": "99", "confirmed_by": "Dr. W",
        "confirmed_on": "2026-01-02", "source": "the norm of a later year", "version": "",
    }  # fmt: skip
    text = admin_client.post(reverse(ADD), typed).content.decode()
    assert "There is no such protocol" in text
    assert "the norm of a later year" in text
    assert not RuleSetConfirmation.objects.exists()
