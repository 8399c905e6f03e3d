"""A sign-in for the demonstration on this machine; refused where real data may be."""

import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

NAME = "demo"


class Command(BaseCommand):
    help = "Make the account “demo” with a password of its own and print it."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError(
                "Only a demonstration (DEMO=on) gets an account with a kept password."
            )
        kept = Path(settings.VAR_DIR) / "demo" / "password"
        kept.parent.mkdir(parents=True, exist_ok=True)
        users = get_user_model().objects
        user = users.filter(username=NAME).first()
        if user is None or not kept.exists():
            password = secrets.token_urlsafe(12)
            kept.touch(mode=0o600)
            kept.write_text(password + "\n", encoding="ascii")
            if user is None:
                users.create_superuser(NAME, password=password)
            else:
                user.set_password(password)
                user.save()
        password = kept.read_text(encoding="ascii").strip()
        self.stdout.write(f"  Sign in as {NAME}, password {password} (kept in {kept})")
