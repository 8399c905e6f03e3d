"""The door for gunicorn: `gunicorn ikzf1site.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ikzf1site.settings")
application = get_wsgi_application()
