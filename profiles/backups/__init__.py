"""Backups that are checked by what they hold, restored as a whole or not at all."""

from profiles.backups.archive import BackupError, Manifest, make, opened

__all__ = ["BackupError", "Manifest", "make", "opened"]
