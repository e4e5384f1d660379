"""The ledger's tables, for SQLite and PostgreSQL alike.

Names of people live in `users` and `staff` alone; everything else refers to them by an opaque id, and no foreign key points there, so
that a person can be erased while the record stands. No column holds a token's value, the text of a code, or a password.
`ord` is the order of insertion. Times are seconds since the epoch.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
    text,
)

# Every constraint has a name, so that a later migration can speak of it.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_EMPTY = text("''")
_NO_CUSTOM = text("""'["", "", ""]'""")

# SQLite numbers rows by itself only in a column that is declared INTEGER to the letter.
_ORD = BigInteger().with_variant(Integer, "sqlite")

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False, index=True, server_default=_EMPTY),
    Column("email", Text, nullable=False),
    Column("email_folded", Text, nullable=False, index=True),
    Column("policy", Text, nullable=False),
    Column("mode", Text),
    Column("group", Text, nullable=False),
    Column("directory", Text, nullable=False, server_default=_EMPTY),
    Column("anonymous", Boolean, nullable=False, server_default=false()),
    Column("language", Text, nullable=False, server_default=_EMPTY),
    Column("custom", Text, nullable=False, server_default=_NO_CUSTOM),
    Column("account", Text, nullable=False, server_default=_EMPTY),
    Index("ix_users_group", "group", "id"),
)

batches = Table(
    "batches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, index=True),
    Column("mode", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("attestation", Text, nullable=False),
    Column("minimum_android", Integer, nullable=False),
    Column("token_lifetime", Integer, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("generic", Integer, nullable=False, server_default=text("0")),
    Column("prefix", Text, nullable=False, server_default=_EMPTY),
    Column("naming", Text, nullable=False, server_default=text("'sequence'")),
    Column("names", Boolean, nullable=False, server_default=false()),
)

# `holder`, `lease_until` and `fence` belong to the claim, not to the journey: a move never writes them.
enrollments = Table(
    "enrollments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("batch", Text, ForeignKey("batches.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("user", Text, nullable=False, index=True),
    Column("mode", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text, nullable=False),
    Column("attempt", Text),
    Column("attempts", Integer, nullable=False),
    Column("tray", Integer),
    Column("due", Double),
    Column("revision", Integer, nullable=False),
    Column("holder", Text),
    Column("lease_until", Double, nullable=False, server_default=text("0")),
    Column("fence", Integer, nullable=False, server_default=text("0")),
    Index("ix_enrollments_place", "batch", "position", "id"),
    Index("ix_enrollments_counted", "batch", "state"),
    Index("ix_enrollments_state", "state", "position", "id"),
    # The claim reads this one alone: it holds only who still waits, in the order in which they are served.
    Index(
        "ix_enrollments_queued",
        "batch",
        "position",
        "id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
)

attempts = Table(
    "attempts",
    metadata,
    Column("ord", _ORD, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("enrollment", Text, ForeignKey("enrollments.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("token", Text, index=True),
    Column("expires", Double),
    Column("key_order", Integer, nullable=False),
    Column("mask", Integer, nullable=False),
    Column("level", Text, nullable=False),
    Column("phone", Text),
    Column("shown", Double),
    Column("scanned", Double),
    Column("ended", Text),
    Column("device", Text, index=True),
)

phones = Table(
    "phones",
    metadata,
    Column("ord", _ORD, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("batch", Text, ForeignKey("batches.id"), nullable=False),
    Column("enrollment", Text, ForeignKey("enrollments.id"), nullable=False, index=True),
    Column("attempt", Text, ForeignKey("attempts.id"), nullable=False),
    Column("place", Text, nullable=False),
    Column("tray", Integer),
    Column("label_kind", Text),
    Column("label", Text),
    Column("reason", Text, nullable=False),
    Column("returned", Double),
    Index("ix_phones_batch", "batch", "place"),
    Index("ix_phones_place", "place"),
    Index("ix_phones_label", "label"),
)

devices = Table(
    "devices",
    metadata,
    Column("name", Text, primary_key=True),
    Column("token", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("management_mode", Text, nullable=False),
    Column("ownership", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("applied_state", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("applied_policy", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("imei", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("android", Text, nullable=False),
    Column("enrolled", Double),
    Column("simulated", Boolean, nullable=False),
    Index("ix_devices_serial", "serial"),
    Index("ix_devices_imei", "imei"),
)

policies = Table(
    "policies",
    metadata,
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False, autoincrement=False),
    Column("document", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("pushed", Double),
    PrimaryKeyConstraint("name", "version"),
)

# What leads know about phone models, and which language an account of this machine reads.
notes = Table(
    "notes",
    metadata,
    Column("model", Text, primary_key=True),
    Column("text", Text, nullable=False),
)
preferences = Table(
    "preferences",
    metadata,
    Column("account", Text, primary_key=True),
    Column("language", Text, nullable=False),
)

# Who signs in at a shared terminal. A PIN is kept as its hash, a badge as a keyed digest.
staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("pin", Text, nullable=False),
    Column("badge", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("blocked_until", Double, nullable=False),
    Column("active", Boolean, nullable=False),
)

# What was changed on a bench while it ran, by the configuration's key.
settings = Table(
    "settings",
    metadata,
    Column("bench", Text, nullable=False),
    Column("setting", Text, nullable=False),
    Column("said", Text, nullable=False),
    PrimaryKeyConstraint("bench", "setting"),
)

effects = Table(
    "effects",
    metadata,
    Column("ord", _ORD, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("attempt", Text, ForeignKey("attempts.id"), nullable=False),
    Column("created", Double, nullable=False),
    Column("token", Text),
    Column("outcome", Text),
    Index("ix_effects_open", "ord", sqlite_where=text("outcome IS NULL"), postgresql_where=text("outcome IS NULL")),
)

evidence = Table(
    "evidence",
    metadata,
    Column("ord", _ORD, primary_key=True, autoincrement=True),
    Column("attempt", Text, ForeignKey("attempts.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("facts", Text, nullable=False),
)

# One hash chain for each bench. No foreign keys: the record stands on its own.
events = Table(
    "events",
    metadata,
    Column("bench", Text, nullable=False),
    Column("seq", BigInteger, nullable=False, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text),
    Column("kind", Text, nullable=False),
    Column("batch", Text),
    Column("enrollment", Text),
    Column("body", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("bench", "seq"),
    Index("ix_events_batch", "bench", "batch", "seq"),
    Index("ix_events_enrollment", "bench", "enrollment", "seq"),
)
