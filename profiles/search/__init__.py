"""Search: names before texts, in memory, the same on every database."""
