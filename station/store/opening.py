"""Opening the ledger's file: lock it, connect, check it, bring its tables up to date."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event

from station.domain.errors import LedgerFailed
from station.store.schema import metadata

BUSY_MILLISECONDS = 10_000


@dataclass(slots=True)
class Opened:
    """An open database and the lock that keeps other processes out. Used and closed by the thread that opened it."""

    engine: Engine
    connection: Connection
    lock: IO[str] | None = None

    def close(self) -> None:
        """Closes the connection, which also writes the WAL back into the file, then lets the lock go."""
        try:
            self.connection.close()
            self.engine.dispose()
        finally:
            if self.lock is not None:
                self.lock.close()


def open_memory() -> Opened:
    """A new database in memory, its tables made directly from the schema."""
    opened = _connect(":memory:")
    with opened.connection.begin():
        metadata.create_all(opened.connection, checkfirst=False)
    return opened


def open_file(path: Path) -> Opened:
    """The database in this file, made when it is not there. Raises LedgerFailed: in use, damaged, or of a newer version."""
    if not path.parent.is_dir():
        raise LedgerFailed(f"The ledger's folder {path.parent} does not exist.", "Make it, or mount the data partition.")
    lock = _lock(path)
    try:
        # It holds names: for its owner only. SQLite gives its other files the same permissions.
        path.touch(mode=0o600)
        opened = _connect(str(path))
    except BaseException:
        lock.close()
        raise
    opened.lock = lock
    try:
        _check(opened.connection, path)
        _upgrade(opened.connection, path)
    except BaseException:
        opened.close()
        raise
    return opened


def _lock(path: Path) -> IO[str]:
    """A lock on a file beside the database: SQLite's own locks end when any handle on the database file is closed."""
    lock = Path(f"{path}.lock").open("a+", encoding="utf-8")  # noqa: SIM115  it stays open as long as the database
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read(20).strip() or "unknown"
        lock.close()
        raise LedgerFailed(
            f"The ledger {path} is in use by another process (number {holder}).",
            "Only one bench service may have it open: stop the other, or talk to it through its socket.",
        ) from error
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def _connect(database: str) -> Opened:
    engine = create_engine(
        URL.create("sqlite", database=database),
        poolclass=StaticPool,
        connect_args={"check_same_thread": True},
        hide_parameters=True,  # names and addresses stay out of error texts
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return Opened(engine, engine.connect())


def _configure(connection: Any, _: object) -> None:
    try:
        _set_pragmas(connection)
    except BaseException:
        connection.close()
        raise


def _set_pragmas(connection: Any) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says, not where Python's driver guesses
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode not in {"wal", "memory"}:
        raise LedgerFailed(f"The ledger's disk allows no write-ahead log (SQLite says {mode}).", "Keep it on a local disk.")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # erased names are overwritten in the file


def _begin(connection: Connection) -> None:
    # At once with the write lock: a transaction that reads first and writes later could be refused halfway.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check(connection: Connection, path: Path) -> None:
    with connection.begin():
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise LedgerFailed(
            f"The ledger {path} is damaged ({found}).",
            "Keep a copy of it with its -wal file, then restore the newest copy and compare the chain heads.",
        )


def _upgrade(connection: Connection, path: Path) -> None:
    # Imported here: a ledger in memory needs none of it, and it takes longer to load than to run.
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "station.store:migrations")
    config.set_main_option("path_separator", "os")
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise LedgerFailed(
            f"The ledger {path} has tables that this version does not know.", "It was written by a newer sixtap: install that one."
        ) from error
