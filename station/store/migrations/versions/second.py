"""What is known of users grows; generic codes, policies, notes, preferences, returned phones.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, Double, Integer, PrimaryKeyConstraint, Text, column, false, select, table, text, update

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EMPTY = text("''")


def upgrade() -> None:
    """Columns are added in place: SQLite would have to drop a table that others refer to in order to write it anew."""
    _users()
    for name, kind, default in (("generic", Integer(), text("0")), ("prefix", Text(), EMPTY), ("naming", Text(), text("'sequence'"))):
        op.add_column("batches", Column(name, kind, nullable=False, server_default=default))
    op.add_column("phones", Column("returned", Double(), nullable=True))
    op.create_index(op.f("ix_devices_serial"), "devices", ["serial"])
    _policies()
    for name, key, value in (("notes", "model", "text"), ("preferences", "account", "language")):
        op.create_table(
            name,
            Column(key, Text(), nullable=False),
            Column(value, Text(), nullable=False),
            PrimaryKeyConstraint(key, name=op.f(f"pk_{name}")),
        )


def _users() -> None:
    for name in ("directory", "language", "account"):
        op.add_column("users", Column(name, Text(), nullable=False, server_default=EMPTY))
    op.add_column("users", Column("anonymous", Boolean(), nullable=False, server_default=false()))
    op.add_column("users", Column("custom", Text(), nullable=False, server_default=text("""'["", "", ""]'""")))
    op.create_index(op.f("ix_users_group"), "users", ["group", "id"])
    op.add_column("users", Column("name_folded", Text(), nullable=False, server_default=EMPTY))
    op.create_index(op.f("ix_users_name_folded"), "users", ["name_folded"])
    connection, users = op.get_bind(), table("users", column("id"), column("name"), column("name_folded"))
    for ident, name in connection.execute(select(users.c.id, users.c.name)).all():
        connection.execute(update(users).where(users.c.id == ident).values(name_folded=name.casefold()))


def _policies() -> None:
    op.create_table(
        "policies",
        Column("name", Text(), nullable=False),
        Column("version", Integer(), autoincrement=False, nullable=False),
        Column("document", Text(), nullable=False),
        Column("digest", Text(), nullable=False),
        Column("at", Double(), nullable=False),
        Column("actor", Text(), nullable=False),
        Column("pushed", Double(), nullable=True),
        PrimaryKeyConstraint("name", "version", name=op.f("pk_policies")),
    )
