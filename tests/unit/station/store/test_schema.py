"""The tables: the same whichever way they were made, without room for secrets, and fit for a second database."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from station.domain.policy import Mode
from station.ports import User
from station.store import leases, opening, reading, schema, writing
from station.store.database import open_database


def made(connection: Connection) -> dict[str, list[str]]:
    """Each table as SQLite understood it, whatever its columns' order; each index's own statement: one that lost its WHERE shows."""
    rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%alembic%'")
    return {name: sorted(_facts(connection, name)) if kind == "table" else [str(sql)] for kind, name, sql in rows.fetchall()}


def _facts(connection: Connection, table: str) -> list[str]:
    asked = (("table_info", 1), ("foreign_key_list", 2), ("index_list", 1))
    return [f"{what} {row[skip:]}" for what, skip in asked for row in connection.exec_driver_sql(f"PRAGMA {what}({table})")]


def test_migrations_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_database("sqlite://") as direct, open_database(tmp_path / "l.db") as migrated:
            tables = await migrated.run(made)
            assert tables == await direct.run(made)
            assert set(schema.metadata.tables) <= set(tables)
            assert "WHERE" in " ".join(tables["ix_enrollments_queued"])
            left = await migrated.run(lambda c: compare_metadata(MigrationContext.configure(c), schema.metadata))
            assert left == []

    asyncio.run(run())


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    async def run() -> list[dict[str, list[str]]]:
        seen = []
        for _ in range(2):
            async with open_database(tmp_path / "l.db") as database:
                seen.append(await database.run(made))
        return seen

    first, second = asyncio.run(run())
    assert first == second


def test_a_ledger_of_the_first_version_is_brought_up_to_date_with_its_people(tmp_path: Path) -> None:
    opened = opening._connect(str(tmp_path / "l.db"))
    config = Config(attributes={"connection": opened.connection})
    config.set_main_option("script_location", "station.store:migrations")
    config.set_main_option("path_separator", "os")
    with opened.connection.begin():
        command.upgrade(config, "0001")
        opened.connection.exec_driver_sql("INSERT INTO users VALUES ('u1', 'ÅSA', 'a@x.org', 'a@x.org', 'kiosk', 'wpco', 'Picking')")
    opened.close()

    async def run() -> None:
        async with open_database(tmp_path / "l.db") as database:
            found = await database.run(lambda connection: reading.find_users(connection, [], ["åsa"]))
            assert found == (User("u1", "ÅSA", "a@x.org", "kiosk", Mode.WPCO, "Picking"),)

    asyncio.run(run())


def test_no_column_has_room_for_a_secret_and_names_live_in_one_table() -> None:
    columns = {(table.name, column.name) for table in schema.metadata.sorted_tables for column in table.c}
    secrets = {"value", "secret", "password", "content", "code", "qr", "symbol", "matrix", "payload", "extras", "picture", "key"}
    assert not {column for column in columns if secrets & set(column[1].split("_"))} - {("attempts", "key_order")}
    personal = {"name", "name_folded", "email", "email_folded", "group"}
    assert {table for table, column in columns if column in personal} == {"users", "staff", "batches", "devices", "policies"}
    assert not [key for table in schema.metadata.tables.values() for key in table.foreign_keys if key.column.table is schema.users]


def test_every_table_and_statement_compiles_for_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in schema.metadata.sorted_tables:
        made = str(CreateTable(table).compile(dialect=dialect))
        assert ("ord BIGSERIAL" in made) == ("ord" in table.c)
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=dialect)).startswith("CREATE INDEX")
    upsert = str(writing._upsert(schema.phones, "postgresql").compile(dialect=dialect))
    assert "ON CONFLICT (id) DO UPDATE" in upsert
    assert "ord = excluded" not in upsert
    claim = str(leases.free("b", 1.0).compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))
    assert "enrollments.state = 'queued'" in claim
    assert claim.endswith("FOR UPDATE SKIP LOCKED")
