"""Settings can be changed while a bench runs, and stay changed.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, Text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table that begins empty: each bench goes on as its file says."""
    op.create_table(
        "settings",
        Column("bench", Text(), nullable=False),
        Column("setting", Text(), nullable=False),
        Column("said", Text(), nullable=False),
        PrimaryKeyConstraint("bench", "setting", name=op.f("pk_settings")),
    )
