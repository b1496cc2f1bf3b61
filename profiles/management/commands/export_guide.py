"""Write the guide's documents, or the JSON Schemas that editors complete against."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from profiles.desk import exporting
from profiles.documents.yaml_file import DocumentError


class Command(BaseCommand):
    help = "Escribe el escritorio como documentos YAML, en la forma que lee load_guide."

    def add_arguments(self, parser):
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            metavar="CARPETA",
            default=settings.BASE_DIR / "fixtures",
        )
        parser.add_argument(
            "--schema", action="store_true", help="Solo los esquemas JSON, junto a los documentos."
        )

    def handle(self, *, folder, schema, **options):
        try:
            # All texts exist before the first file is touched.
            files = list(exporting.schemas() if schema else exporting.files())
        except DocumentError as error:
            raise CommandError(str(error)) from error
        for name, text in files:
            path = folder / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            except OSError as error:
                raise CommandError(f"{path}: no se puede escribir ({error.strerror}).") from error
        for path in [] if schema else exporting.former_files(folder):
            path.unlink()
            self.stdout.write(f"{path}: se quitó; el rol tiene otra dirección.")
        self.stdout.write(f"{len(files)} archivos en {folder}.")
