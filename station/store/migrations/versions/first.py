"""The first tables.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ORD = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    _users()
    _batches()
    _enrollments()
    _attempts()
    _phones()
    _devices()
    _effects()
    _evidence()
    _events()


def _users() -> None:
    op.create_table(
        "users",
        Column("id", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("email", Text(), nullable=False),
        Column("email_folded", Text(), nullable=False),
        Column("policy", Text(), nullable=False),
        Column("mode", Text(), nullable=True),
        Column("group", Text(), nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index(op.f("ix_users_email_folded"), "users", ["email_folded"])


def _batches() -> None:
    op.create_table(
        "batches",
        Column("id", Text(), nullable=False),
        Column("name", Text(), nullable=False),
        Column("mode", Text(), nullable=False),
        Column("policy", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("identity", Text(), nullable=False),
        Column("attestation", Text(), nullable=False),
        Column("minimum_android", Integer(), nullable=False),
        Column("token_lifetime", Integer(), nullable=False),
        Column("simulated", Boolean(), nullable=False),
        Column("created", Double(), nullable=False),
        Column("started", Double(), nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index(op.f("ix_batches_name"), "batches", ["name"])


def _enrollments() -> None:
    op.create_table(
        "enrollments",
        Column("id", Text(), nullable=False),
        Column("batch", Text(), nullable=False),
        Column("position", Integer(), nullable=False),
        Column("user", Text(), nullable=False),
        Column("mode", Text(), nullable=False),
        Column("policy", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("reason", Text(), nullable=True),
        Column("detail", Text(), nullable=False),
        Column("attempt", Text(), nullable=True),
        Column("attempts", Integer(), nullable=False),
        Column("tray", Integer(), nullable=True),
        Column("due", Double(), nullable=True),
        Column("revision", Integer(), nullable=False),
        Column("holder", Text(), nullable=True),
        Column("lease_until", Double(), server_default=text("0"), nullable=False),
        Column("fence", Integer(), server_default=text("0"), nullable=False),
        ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_enrollments_batch")),
        PrimaryKeyConstraint("id", name=op.f("pk_enrollments")),
    )
    op.create_index("ix_enrollments_counted", "enrollments", ["batch", "state"])
    op.create_index("ix_enrollments_place", "enrollments", ["batch", "position", "id"])
    op.create_index(
        "ix_enrollments_queued",
        "enrollments",
        ["batch", "position", "id"],
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    )
    op.create_index("ix_enrollments_state", "enrollments", ["state", "position", "id"])
    op.create_index(op.f("ix_enrollments_user"), "enrollments", ["user"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        Column("ord", ORD, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("enrollment", Text(), nullable=False),
        Column("number", Integer(), nullable=False),
        Column("channel", Text(), nullable=False),
        Column("token", Text(), nullable=True),
        Column("expires", Double(), nullable=True),
        Column("key_order", Integer(), nullable=False),
        Column("mask", Integer(), nullable=False),
        Column("level", Text(), nullable=False),
        Column("phone", Text(), nullable=True),
        Column("shown", Double(), nullable=True),
        Column("scanned", Double(), nullable=True),
        Column("ended", Text(), nullable=True),
        Column("device", Text(), nullable=True),
        ForeignKeyConstraint(["enrollment"], ["enrollments.id"], name=op.f("fk_attempts_enrollment")),
        PrimaryKeyConstraint("ord", name=op.f("pk_attempts")),
        UniqueConstraint("id", name=op.f("uq_attempts_id")),
    )
    op.create_index(op.f("ix_attempts_device"), "attempts", ["device"])
    op.create_index(op.f("ix_attempts_enrollment"), "attempts", ["enrollment"])
    op.create_index(op.f("ix_attempts_token"), "attempts", ["token"])


def _phones() -> None:
    op.create_table(
        "phones",
        Column("ord", ORD, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("batch", Text(), nullable=False),
        Column("enrollment", Text(), nullable=False),
        Column("attempt", Text(), nullable=False),
        Column("place", Text(), nullable=False),
        Column("tray", Integer(), nullable=True),
        Column("label_kind", Text(), nullable=True),
        Column("label", Text(), nullable=True),
        Column("reason", Text(), nullable=False),
        ForeignKeyConstraint(["attempt"], ["attempts.id"], name=op.f("fk_phones_attempt")),
        ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_phones_batch")),
        ForeignKeyConstraint(["enrollment"], ["enrollments.id"], name=op.f("fk_phones_enrollment")),
        PrimaryKeyConstraint("ord", name=op.f("pk_phones")),
        UniqueConstraint("id", name=op.f("uq_phones_id")),
    )
    op.create_index("ix_phones_batch", "phones", ["batch", "place"])
    op.create_index(op.f("ix_phones_enrollment"), "phones", ["enrollment"])
    op.create_index("ix_phones_place", "phones", ["place"])


def _devices() -> None:
    op.create_table(
        "devices",
        Column("name", Text(), nullable=False),
        Column("token", Text(), nullable=False),
        Column("reference", Text(), nullable=False),
        Column("management_mode", Text(), nullable=False),
        Column("ownership", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("applied_state", Text(), nullable=False),
        Column("policy", Text(), nullable=False),
        Column("applied_policy", Text(), nullable=False),
        Column("serial", Text(), nullable=False),
        Column("imei", Text(), nullable=False),
        Column("model", Text(), nullable=False),
        Column("android", Text(), nullable=False),
        Column("enrolled", Double(), nullable=True),
        Column("simulated", Boolean(), nullable=False),
        PrimaryKeyConstraint("name", name=op.f("pk_devices")),
    )


def _effects() -> None:
    op.create_table(
        "effects",
        Column("ord", ORD, autoincrement=True, nullable=False),
        Column("id", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("attempt", Text(), nullable=False),
        Column("created", Double(), nullable=False),
        Column("token", Text(), nullable=True),
        Column("outcome", Text(), nullable=True),
        ForeignKeyConstraint(["attempt"], ["attempts.id"], name=op.f("fk_effects_attempt")),
        PrimaryKeyConstraint("ord", name=op.f("pk_effects")),
        UniqueConstraint("id", name=op.f("uq_effects_id")),
    )
    op.create_index(
        "ix_effects_open", "effects", ["ord"], sqlite_where=text("outcome IS NULL"), postgresql_where=text("outcome IS NULL")
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        Column("ord", ORD, autoincrement=True, nullable=False),
        Column("attempt", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("at", Double(), nullable=False),
        Column("actor", Text(), nullable=False),
        Column("facts", Text(), nullable=False),
        ForeignKeyConstraint(["attempt"], ["attempts.id"], name=op.f("fk_evidence_attempt")),
        PrimaryKeyConstraint("ord", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_attempt"), "evidence", ["attempt"])


def _events() -> None:
    op.create_table(
        "events",
        Column("bench", Text(), nullable=False),
        Column("seq", BigInteger(), autoincrement=False, nullable=False),
        Column("at", Double(), nullable=False),
        Column("actor", Text(), nullable=False),
        Column("role", Text(), nullable=True),
        Column("kind", Text(), nullable=False),
        Column("batch", Text(), nullable=True),
        Column("enrollment", Text(), nullable=True),
        Column("body", Text(), nullable=False),
        Column("previous", Text(), nullable=False),
        Column("hash", Text(), nullable=False),
        PrimaryKeyConstraint("bench", "seq", name=op.f("pk_events")),
    )
    op.create_index("ix_events_batch", "events", ["bench", "batch", "seq"])
    op.create_index("ix_events_enrollment", "events", ["bench", "enrollment", "seq"])
