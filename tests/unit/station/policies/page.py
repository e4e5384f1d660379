"""The catalogue as a table of docs/policies.md. `python -m tests.unit.station.policies.page` writes it there."""

from __future__ import annotations

from pathlib import Path

from station.cli.policies import least_android
from station.domain.policy import Mode
from station.policies.catalogue import catalogue
from station.server.policyreports import row
from station.words.policies import icon

PAGE = Path(__file__).parents[4] / "docs" / "policies.md"
BEGIN = "| option | fully managed | dedicated | WPCO | work profile | Android | basis |\n|---|---|---|---|---|---|---|\n"


def table() -> str:
    """One row for each option, in the catalogue's order."""
    lines = []
    for option in map(row, catalogue().values()):
        icons = " | ".join(icon(option.support[mode]) for mode in Mode)
        lines.append(f"| `{option.field}` | {icons} | {least_android(option)} | {'stated' if option.stated else 'assumed'} |\n")
    return BEGIN + "".join(lines)


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    PAGE.write_text(text + table(), encoding="utf-8")
