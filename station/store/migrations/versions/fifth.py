"""A batch may allow that a user's name stands beside their code.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, false

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Batches of before showed no names, and go on so."""
    op.add_column("batches", Column("names", Boolean(), nullable=False, server_default=false()))
