"""What an import of many users takes: `python -m tests.benchmarks.roster [ROWS] [FILE.xlsx|csv]`.

A file in TinyMDM's order goes through `sixtap users import` into a service that runs (both are processes of their own). Measured are
seconds and memory of both, and how long the service let others wait meanwhile. The floor is SQLite alone: the same rows by one plain
`executemany` for each commit of the service's size, into the ledger's own table.
"""

from __future__ import annotations

import asyncio
import csv
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from station.assembly.demonstration import as_toml
from station.bench.people import CHUNK
from station.client import CannotReach, Client
from station.store import schema
from tests.system.service import document

ROWS = 100_000
AIMS = {"import_s": "10", "import_mb": "200", "service_mb": "200", "longest_wait_ms": "50"}
SIXTAP = (sys.executable, "-P", "-m", "station.cli")
NOBODY = "http://127.0.0.1:9"  # a management service that nobody asks anything in this run


def write_users(path: Path, rows: int) -> None:
    """A file as TinyMDM's console takes it: ten columns, semicolons, no header row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        for number in range(rows):
            name = f"Zoé Müller {number}"
            writer.writerow((name, f"user{number}@example.com", f"Line {number % 90}", f"zoe.{number}", 0, 0, 1, "", f"S{number}", ""))


def measured(folder: Path, rows: int, file: Path | None = None) -> dict[str, float]:
    """Import a file of so many rows twice (the second time nothing changes), and the floor."""
    users = file or folder / "users.csv"
    if file is None:
        write_users(users, rows)
    with _service(folder) as service:
        first, waits = asyncio.run(_imported(folder, users))
        again, _ = asyncio.run(_imported(folder, users))
        memory = _peak_mb(service.pid)
        commands = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # the service is no finished child yet
    floor = _floor(folder / "floor.db", folder / "state" / "ledger.db")
    return {
        "rows": float(rows),
        "import_s": round(first, 2),
        "again_s": round(again, 2),
        "import_mb": round(commands, 1),
        "service_mb": memory,
        "longest_wait_ms": round(max(waits) * 1000, 1),
        "floor_s": round(floor, 2),
        "times_the_floor": round(first / floor, 1),
    }


@contextmanager
def _service(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    config = folder / "sixtap.toml"
    config.write_text(as_toml(document(folder, NOBODY)), encoding="utf-8")
    service = subprocess.Popen([*SIXTAP, "serve", "--config", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        asyncio.run(_up(folder / "sixtap.sock"))
        yield service
    finally:
        service.terminate()
        service.wait()


async def _up(socket: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            async with Client(socket) as client:
                await client.head()
        except CannotReach:
            await asyncio.sleep(0.05)
        else:
            return
    raise TimeoutError("the service does not come up")


async def _imported(folder: Path, users: Path) -> tuple[float, list[float]]:
    """Seconds of the whole command, and how long a question to the service took at a time."""
    socket = folder / "sixtap.sock"
    waits: list[float] = []
    began = time.perf_counter()
    command = await asyncio.create_subprocess_exec(
        *SIXTAP, "users", "import", str(users), "--json", "--socket", str(socket), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )

    async def ask() -> None:
        async with Client(socket) as client:
            while True:
                asked = time.perf_counter()
                await client.head()
                waits.append(time.perf_counter() - asked)
                await asyncio.sleep(0.1)

    asking = asyncio.create_task(ask())
    out, _ = await command.communicate()
    took = time.perf_counter() - began
    asking.cancel()
    assert command.returncode == 0, out
    assert json.loads(out)["skipped"] == 0
    return took, waits


def _peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return round(int(peak.split()[1]) / 1024, 1)


def _floor(path: Path, ledger: Path) -> float:
    """Seconds that SQLite alone takes for the users that are in this ledger, in commits of the same size and as safe."""
    with closing(sqlite3.connect(ledger)) as filled:
        rows = filled.execute("SELECT * FROM users ORDER BY id").fetchall()
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        plain.execute("PRAGMA journal_mode=WAL")
        plain.execute("PRAGMA synchronous=FULL")
        with closing(sqlite3.connect(ledger)) as filled:
            for (statement,) in filled.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'users' AND sql IS NOT NULL"):
                plain.execute(statement)
        insert = f"INSERT INTO users VALUES ({', '.join('?' * len(schema.users.columns))})"  # noqa: S608 - question marks
        began = time.perf_counter()
        for start in range(0, len(rows), CHUNK):
            plain.execute("BEGIN")
            plain.executemany(insert, rows[start : start + CHUNK])
            plain.execute("COMMIT")
        return time.perf_counter() - began


def main(arguments: Sequence[str]) -> None:
    """Measure and tell."""
    rows = int(arguments[0]) if arguments else ROWS
    with tempfile.TemporaryDirectory(prefix="roster-") as made:
        figures = measured(Path(made), rows, Path(arguments[1]) if len(arguments) > 1 else None)
    table = Table("figure", "here", "at most")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}", AIMS.get(name, ""))
    Console(width=100).print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
