"""Documentation that must stay true: commands exist and are described, tables are those of the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from station.cli.app import app
from station.domain import enrollment
from station.domain.faults import FAULTS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Every command of the tree, as typed."""

    def walk(command: object, path: str) -> list[str]:
        children = getattr(command, "commands", None)
        return [found for name, child in children.items() for found in walk(child, f"{path} {name}")] if children else [path]

    return walk(typer.main.get_command(app), "sixtap")


def shown_commands() -> list[str]:
    """Every `sixtap ...` line of the README's code blocks."""
    return [line.strip() for line in README.split("\n") if re.match(r" {4,}(/\S+/)?sixtap ", line)]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_readme_and_helps(command: str) -> None:
    parts = command.split()[1:]
    assert f"`sixtap {parts[0]}" in README
    assert re.search(rf"`(sixtap [a-z ]*)?{re.escape(parts[-1])}`", README), f"{command} is not described"
    done = CliRunner().invoke(app, [*parts, "--help"])
    assert done.exit_code == 0
    assert len(done.output.strip().splitlines()) > 2


@pytest.mark.parametrize("line", shown_commands())
def test_commands_shown_in_the_readme_are_accepted(line: str) -> None:
    words = shlex.split(line.split("#")[0])[1:]
    options = [word for word in words if word.startswith("--")]
    path = [word for word in words if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")][:2]
    command: object = typer.main.get_command(app)
    for word in path:
        command = getattr(command, "commands", {}).get(word, command)
    known = {option for parameter in getattr(command, "params", []) for option in parameter.opts}
    assert set(options) <= known, f"{line}: {set(options) - known}"


def transition_table() -> str:
    """The rows of the journey's docstring as a table for the documentation."""
    text = enrollment.__doc__ or ""
    rows = [line for line in text.split("\n") if re.match(r" {4}\S", line)]
    return "\n".join(row.rstrip() for row in rows)


def fault_table() -> str:
    """The table of faults as Markdown."""
    lines = ["| fault | what can be observed | where the unit ends | phone |", "|---|---|---|---|"]
    for name, row in FAULTS.items():
        ends = " or ".join(sorted(f"{state.upper()}" + (f" ({reason})" if reason else "") for state, reason in row.ends))
        lines.append(f"| {name} | {row.observed} | {ends} | {'set aside' if row.set_aside else 'stays with the user'} |")
    return "\n".join(lines)


@pytest.mark.parametrize(("page", "table"), [("journey.md", transition_table()), ("faults.md", fault_table())])
def test_tables_in_the_documentation_are_those_of_the_code(page: str, table: str) -> None:
    assert table in (ROOT / "docs" / page).read_text(encoding="utf-8"), f"docs/{page} should hold:\n{table}"


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/journey.md",
        "docs/faults.md",
        "docs/camera.md",
        "docs/pubsub.md",
        "docs/tinymdm.md",
        "docs/terminal.md",
        "CHANGELOG.md",
    ],
)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"(?:`|^    )make ([a-z]+)", README, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
