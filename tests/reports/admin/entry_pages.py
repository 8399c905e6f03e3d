"""Pages of data entry as a browser would fill them in, for the tests beside this file."""

from django.urls import reverse

REASON = "corrected after the laboratory called"


def address(model, action, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


def form_of(client, url):
    """What the browser would send of the page at `url`, unchanged."""
    context = client.get(url).context
    sets = [inline.formset for inline in context["inline_admin_formsets"]]
    forms = [context["adminform"].form]
    forms += [form for item in sets for form in [item.management_form, *item.forms]]
    return {
        field.html_name: "" if field.value() is None else str(field.value())
        for form in forms
        for field in form
    }


def row(prefix, number, /, **fields):
    """One more line of the inline `prefix`."""
    return {f"{prefix}-{number}-{name}": value for name, value in fields.items()} | {
        f"{prefix}-TOTAL_FORMS": str(number + 1),
        f"{prefix}-{number}-version": "",
    }


def errors_in(response):
    context = response.context
    found = dict(context["adminform"].form.errors)
    for inline in context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            found |= form.errors
    return {name: " ".join(messages) for name, messages in found.items()}
