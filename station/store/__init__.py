"""The ledger: one schema and one class on one SQLite file, its migrations, and the archive of a finished batch."""
