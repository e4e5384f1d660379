"""Units are looked up by what stands on a phone's box: labels and IMEIs have an index.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two indexes."""
    op.create_index(op.f("ix_phones_label"), "phones", ["label"])
    op.create_index(op.f("ix_devices_imei"), "devices", ["imei"])
