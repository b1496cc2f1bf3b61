"""Compute the O*NET percentiles that the guide ships, from O*NET's own table of work styles."""

import csv
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from profiles.documents.schema import RoleDocument
from profiles.documents.yaml_file import read
from profiles.guide import benchmark


class Command(BaseCommand):
    help = "Calcula los percentiles de O*NET de las ocupaciones de la guía."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("table", type=Path, metavar="TABLA.csv")

    def handle(self, *, table, **options):
        paths = sorted((settings.BASE_DIR / "fixtures" / "roles").glob("*.yaml"))
        roles = [read(path, RoleDocument) for path in paths]
        codes = [role.codes.onet_soc.code for role in roles if role.codes.onet_soc]
        try:
            with table.open(encoding="utf-8", newline="") as file:
                found = benchmark.percentiles(csv.DictReader(file))
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise CommandError(f"{table}: no es la tabla de O*NET ({error}).") from error
        with benchmark.SHIPPED.open("w", encoding="utf-8", newline="") as file:
            benchmark.write(found, codes, file)
        for code in sorted(set(codes) - set(found)):
            self.stdout.write(f"{code}: no está en la tabla.")
