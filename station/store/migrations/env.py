"""Runs the steps on the connection that the ledger's thread owns, all in one transaction: a ledger is upgraded whole or not at all."""

from __future__ import annotations

from alembic import context

from station.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
