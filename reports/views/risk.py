"""A doctor's decision on the risk group, from the child's page."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from reports.actions import ComputationChanged, decide_risk
from reports.actions.risk import agreed_group
from reports.models import Patient, RiskGroup
from reports.risk_standing import RiskStanding

DECIDE = "reports.change_riskassessment"


class RiskForm(forms.Form):
    """`seen` names the computed result on the page, so that nobody confirms one they never saw."""

    group = forms.ChoiceField(choices=RiskGroup.choices, label=gettext_lazy("Risk group"))
    reason = forms.CharField(
        max_length=400,
        required=False,
        label=gettext_lazy("Reason, where it differs from the computed group"),
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


def risk_form(standing: RiskStanding, user) -> RiskForm | None:
    """The form with the computed group chosen; None without the permission or a computed group."""
    row = standing.computed
    if row is None or standing.stale or not user.has_perm(DECIDE):
        return None
    chosen = agreed_group(row) or standing.assigned
    return RiskForm(initial={"group": chosen, "seen": row.input_hash}, auto_id="risk-%s")


@require_POST
@permission_required(["reports.view_patient", DECIDE], raise_exception=True)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirms or overrides, then shows the page again."""
    patient = get_object_or_404(Patient, pk=pk)
    form = RiskForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the group."))
        return redirect("patient", pk)
    given = form.cleaned_data
    try:
        decide_risk(patient=patient, by=request.user, **given)
    except ComputationChanged:
        messages.error(
            request,
            _("The computed group has changed since you opened the page. Look again, then decide."),
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The risk group is recorded in your name."))
    return redirect("patient", pk)
