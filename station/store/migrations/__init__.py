"""Alembic's folder: how older ledgers become this version's."""
