"""docs/policies.md: its table is the catalogue's."""

from __future__ import annotations

from tests.unit.station.policies.page import PAGE, table


def test_the_table_in_the_documentation_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8").endswith("\n\n" + table()), "python -m tests.unit.station.policies.page"
