"""House rules that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("station", "tui", "hardware")
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
# files that read better whole, and why
LONG_FILES = {
    "station/domain/enrollment.py": "the journey: its values, its table, its one function",
}
LONG_FUNCTIONS: dict[str, str] = {
    "station/cli/demo.py:demo": "its parameters are the command's options",
}
# each function is one row or one query, named as in station.ports, where its meaning stands
NAMED_BY_PORT = {
    "station/store/rows.py",
    "station/store/reading.py",
    *(f"station/store/migrations/versions/{name}.py" for name in ("first", "second", "third")),
}
FORBIDDEN_NAMES = ("utils", "helpers", "common", "manager", "misc")
SECRET_WORDS = re.compile(r"(pypi\.org|pythonhosted|index-url|extra-index|/root/|/work/|/home/[a-z])", re.IGNORECASE)


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [ROOT / name for name in listed if name.endswith(suffixes) and (ROOT / name).exists()]


def sources() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_files_and_functions_are_short_or_say_why_not() -> None:
    long: list[str] = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_FILE and name_of(path) not in LONG_FILES:
            long.append(f"{name_of(path)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                length = node.end_lineno - node.lineno + 1
                if length > LONGEST_FUNCTION and f"{name_of(path)}:{node.name}" not in LONG_FUNCTIONS:
                    long.append(f"{name_of(path)}:{node.name}: {length} lines")
    assert not long


def test_exemptions_are_still_needed() -> None:
    for name in LONG_FILES:
        assert (ROOT / name).read_text(encoding="utf-8").count("\n") > LONGEST_FILE, f"{name} is short now"


def test_public_modules_classes_and_functions_have_docstrings() -> None:
    bare: list[str] = []
    for path in sources():
        if name_of(path) in NAMED_BY_PORT:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.stat().st_size and not ast.get_docstring(tree):
            bare.append(name_of(path))
        for node in tree.body:
            public = isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):  # type: ignore[arg-type]  # public says which kinds
                bare.append(f"{name_of(path)}:{node.name}")  # type: ignore[attr-defined]
    assert not bare


def test_no_room_is_named_after_nothing() -> None:
    assert not [name_of(path) for path in sources() if path.stem in FORBIDDEN_NAMES]


EXEMPTION = re.compile(r"#\s*(?:noqa(?:: ?[A-Z]+\d+(?:, ?[A-Z]+\d+)*)?|type: ignore(?:\[[a-z\-, ]+\])?)(?P<rest>.*)$")


def test_every_lint_exemption_says_why() -> None:
    bare: list[str] = []
    for path in sources():
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            found = EXEMPTION.search(line)
            if found and len(re.findall(r"[a-zA-Z]", found["rest"])) < 8:
                bare.append(f"{name_of(path)}:{number}: {line.strip()}")
    assert not bare


@pytest.mark.parametrize(
    "path", tracked(".py", ".toml", ".md", ".txt", ".cfg", ".service", ".conf", "Makefile", ".ci/run", ".importlinter"), ids=name_of
)
def test_no_file_names_an_index_or_a_development_machine(path: Path) -> None:
    if path == Path(__file__):
        return
    found = SECRET_WORDS.search(path.read_text(encoding="utf-8"))
    assert found is None, f"{name_of(path)}: {found and found.group()}"


def test_constraints_hold_names_and_versions_only() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+", line), line


def test_nothing_can_wipe_or_change_a_device() -> None:
    banned = re.compile(r"devices\(\)\.(delete|patch|issueCommand)|issueCommand|\"devices\.(delete|patch)\"|RELINQUISH|\bWIPE\b")
    found = [name_of(path) for path in sources() if "emulator" not in path.parts and banned.search(path.read_text(encoding="utf-8"))]
    assert not found
