"""Data entry in Django's admin, one file a subject."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from reports.admin import centre, laboratory, mlpa, patient, reading, risk

__all__ = ["centre", "laboratory", "mlpa", "patient", "reading", "risk"]

admin.site.site_header = _("IKZF1 Reports: data entry")
admin.site.site_title = _("IKZF1 Reports")
admin.site.index_title = _("Records")
# Wide rows of results need the width; the list of all records is one step up.
admin.site.enable_nav_sidebar = False
