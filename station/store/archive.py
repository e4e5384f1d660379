"""What leaves the ledger as a file: a batch as one SQLite file, rows as CSV, rows as JSON lines.

All functions block: call them in a thread. Each writes beside the target under a name ending in `.part`, makes it durable, and
renames it, so the target is either the old file or the whole new one.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import Error as SqliteError
from typing import Any

import sqlite_utils

from station.domain.errors import LedgerFailed, WrongUse
from station.store.plain import plain, to_json
from station.store.wholefile import sync

EVENT_COLUMNS: dict[str, type] = {
    **dict.fromkeys(("bench", "actor", "role", "kind", "batch", "enrollment", "body", "previous", "hash"), str),
    "seq": int,
    "at": float,
}
HEAD_COLUMNS: dict[str, type] = {"bench": str, "seq": int, "hash": str}

# What a spreadsheet takes for the start of a formula (OWASP, CSV Injection), full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Rows = Iterable[Mapping[str, object]]


def write_archive(path: Path, batch: Mapping[str, object], *, units: Rows, events: Rows, heads: Rows) -> None:
    """One batch as a portable SQLite file with the tables batch (one row), units, events and heads.

    `units` are flat rows, all with the keys of the first. `events` have the ledger's event fields; their `body` is stored as the
    canonical JSON that the hash chain covers. `heads` are the chain heads (bench, seq, hash). Raises WrongUse, LedgerFailed.
    """
    with _whole(path) as part:
        flat = [dict(unit) for unit in units]
        database = sqlite_utils.Database(part, execute_plugins=False)
        try:
            # A part file that is not finished is thrown away, so nothing of it need outlive a crash.
            database.execute("PRAGMA journal_mode=MEMORY")
            database.execute("PRAGMA synchronous=OFF")
            _fill(database, "batch", [batch], _columns([batch]))
            _fill(database, "units", flat, _columns(flat))
            _fill(database, "events", events, EVENT_COLUMNS)
            _fill(database, "heads", heads, HEAD_COLUMNS)
        finally:
            database.close()


def write_csv(path: Path, columns: Sequence[str], rows: Rows) -> int:
    """Rows as CSV in UTF-8, every cell a text that no spreadsheet takes for a formula; how many. None becomes an empty cell.

    Keys that are not in `columns` are left out; a missing one raises WrongUse.
    """

    def write(part: Path) -> int:
        number = 0
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow([_cell(name) for name in columns])
            for number, row in enumerate(rows, 1):
                missing = [name for name in columns if name not in row]
                if missing:
                    raise WrongUse(f"Row {number} has no {missing[0]}.", "Give every row all columns; no file was written.")
                checked = plain({name: row[name] for name in columns}, f"Row {number}")
                writer.writerow([_cell(checked[name]) for name in columns])
        return number

    return _written(path, write)


def write_jsonl(path: Path, rows: Rows) -> int:
    """Rows as JSON lines in UTF-8; how many. Raises WrongUse for what JSON has no form for."""

    def write(part: Path) -> int:
        number = 0
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for number, row in enumerate(rows, 1):
                file.write(json.dumps(plain(row, f"Row {number}"), ensure_ascii=False, allow_nan=False) + "\n")
        return number

    return _written(path, write)


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _fill(database: Any, table: str, rows: Rows, columns: Mapping[str, type]) -> None:
    database[table].create(columns)
    database[table].insert_all(_storable(rows, set(columns), table), batch_size=500)


def _columns(rows: Sequence[Mapping[str, object]]) -> dict[str, type]:
    """Numbers where a column holds nothing else, text otherwise. Without any row a table has a single column, `id`."""
    if not rows:
        return {"id": str}
    return {name: _type({type(row.get(name)) for row in rows}) for name in rows[0]}


def _type(found: set[type]) -> type:
    kinds = found - {type(None)}
    return kinds.pop() if len(kinds) == 1 and kinds <= {int, float, bool} else str


def _storable(rows: Iterable[Mapping[str, object]], columns: set[str], table: str) -> Iterator[dict[str, object]]:
    for number, row in enumerate(rows, 1):
        if set(row) != columns:
            odd = sorted(set(row) ^ columns)[0]
            raise WrongUse(
                f"Row {number} of {table} and its table differ in {odd}.", "Give all rows the same keys; no file was written."
            )
        checked = plain(row, f"Row {number} of {table}")
        yield {name: _stored(value, name) for name, value in checked.items()}


def _stored(value: object, name: str) -> object:
    if isinstance(value, dict):
        return to_json(value, name)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def _written(path: Path, write: Callable[[Path], int]) -> int:
    with _whole(path) as part:
        return write(part)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        yield part
        sync(part)
        part.replace(path)
        sync(path.parent)
    except (OSError, SqliteError) as error:
        cause = error.strerror if isinstance(error, OSError) else str(error)
        raise LedgerFailed(f"{path} cannot be written: {cause}.", "Check the folder and its free space, then try again.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
