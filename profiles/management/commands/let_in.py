"""Let an account in again, from the server's shell: the last superuser's way back."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from profiles.desk.access import audit, remove_second_factor, unlock
from profiles.documents.choices import AuditEvent


class Command(BaseCommand):
    help = "Desbloquea una cuenta y le quita el segundo factor, para que active otro al entrar."

    def add_arguments(self, parser):
        parser.add_argument("name", metavar="CUENTA")

    def handle(self, *, name, **options):
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"No hay una cuenta activa «{name}».")
        unlock(user)
        remove_second_factor(user)
        for event in (AuditEvent.UNLOCKED, AuditEvent.FACTOR_REMOVED):
            audit(event, None, subject=name, name="manage.py let_in")
        self.stdout.write(
            f"«{name}» entra con su contraseña; si no la recuerda: manage.py changepassword {name}"
        )
