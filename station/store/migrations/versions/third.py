"""Who signs in at a shared terminal.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, Double, Integer, PrimaryKeyConstraint, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff",
        Column("id", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("role", Text(), nullable=False),
        Column("pin", Text(), nullable=False),
        Column("badge", Text(), nullable=False),
        Column("failures", Integer(), nullable=False),
        Column("blocked_until", Double(), nullable=False),
        Column("active", Boolean(), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
