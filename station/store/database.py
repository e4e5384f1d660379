"""The ledger's database: one SQLite file, one connection, one thread that owns it.

SQLite before 3.51.3 can lose commits when two connections write and checkpoint at once (sqlite.org/wal.html, "The WAL-reset
bug"), so a lock keeps every other process out, and all jobs, reading ones too, go through the one thread in order.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from station.domain.errors import ConfigurationError, LedgerFailed, WrongUse
from station.store.opening import Opened, open_file, open_memory

T = TypeVar("T")


class Database:
    """Runs jobs, each a transaction, in the thread that owns the connection. Made by `open_database`."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._opened: Opened | None = None
        self._closing: asyncio.Future[None] | None = None

    @property
    def closing(self) -> bool:
        return self._closing is not None

    async def open(self) -> None:
        await asyncio.shield(self._submit(self._open))

    def _open(self) -> None:
        with _translated(self.path):
            self._opened = open_memory() if self.path is None else open_file(self.path)

    def submit(
        self,
        job: Callable[[Connection], T],
        *,
        before_commit: Callable[[], None] | None = None,
        after_commit: Callable[[], None] | None = None,
    ) -> asyncio.Future[T]:
        """Queue one transaction. It runs whole, whatever becomes of the returned future. LedgerFailed when the database fails."""
        if self.closing:
            raise LedgerFailed("The ledger is closed.", "Nothing was read or written; open it again.")

        def transaction() -> T:
            if self._opened is None:
                raise LedgerFailed("The ledger could not be opened.", "See the error that was reported then.")
            with _translated(self.path), self._opened.connection.begin():
                result = job(self._opened.connection)
                if before_commit is not None:
                    before_commit()
            if after_commit is not None:
                after_commit()
            return result

        return self._submit(transaction)

    async def run(self, job: Callable[[Connection], T]) -> T:
        """`submit`, and wait. Whoever is cancelled while waiting stops waiting; the transaction runs whole all the same."""
        return await asyncio.shield(self.submit(job))

    def _submit(self, job: Callable[[], T]) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._executor, job)

    async def close(self) -> None:
        """Run what is queued, close the connection in its own thread, end the thread. Later jobs are refused. May be called twice."""
        if self._closing is None:
            self._closing = self._submit(self._close)
        try:
            await asyncio.shield(self._closing)
        finally:
            # Its last job is done, so this wait is for the thread's end alone; whoever was cancelled does not wait.
            self._executor.shutdown(wait=self._closing.done())

    def _close(self) -> None:
        if self._opened is not None:
            with _translated(self.path):
                self._opened.close()
            self._opened = None


@asynccontextmanager
async def open_database(url_or_path: str | Path) -> AsyncIterator[Database]:
    """A path or `sqlite:///path`, or `sqlite://` for one in memory. Raises ConfigurationError, LedgerFailed."""
    database = Database(_path(url_or_path))
    try:
        await database.open()
        yield database
    finally:
        await database.close()


def _path(url_or_path: str | Path) -> Path | None:
    text = str(url_or_path)
    if isinstance(url_or_path, Path) or "://" not in text:
        return Path(text)
    remedy = "Use sqlite:// and a path, as in sqlite:////var/lib/sixtap/ledger.db."
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ConfigurationError("The ledger's address cannot be read.", remedy) from error
    if url.drivername != "sqlite" or url.query or url.host:
        # The address itself may hold a password.
        raise ConfigurationError(f"The ledger cannot be kept at this {url.drivername} address.", remedy)
    return None if url.database in {None, "", ":memory:"} else Path(str(url.database))


@contextmanager
def _translated(path: Path | None) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _failed(path, str(error.orig)) from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _failed(path, str(error)) from error
    except OSError as error:
        raise _failed(path, error.strerror or type(error).__name__) from error
    except (UnicodeEncodeError, OverflowError) as error:
        # Not the ledger's fault, and no reason to stop a bench: somebody asked with half a character or a huge number.
        raise WrongUse(
            "The ledger was asked with a text or a number that no database can hold.", "Correct it and ask again."
        ) from error


def _failed(path: Path | None, cause: str) -> LedgerFailed:
    return LedgerFailed(
        f"The ledger {path or 'in memory'} failed: {cause}.",
        "Nothing of this step was written. Check the disk (space, permissions, health), then start the bench again.",
    )
