"""The sentences that the code says: found in the sources by their marks. `make words` brings the catalogues up to date."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import polib

from station.words.catalogue import HERE

ROOT = Path(__file__).parents[4]
ROOMS = ("tui", "station")

MACHINERY = {HERE / "__init__.py", HERE / "catalogue.py"}
"""Files that speak of marks without making any."""

Sentence = tuple[str, str]
"""A sentence and its plural, which is empty where it has none."""


def collected() -> dict[Sentence, list[str]]:
    """Every sentence that is marked, and the files that say it."""
    found: dict[Sentence, list[str]] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if ("station.words" in source or room == "tui") and path not in MACHINERY:
                for sentence in marked(source):
                    said = found.setdefault(sentence, [])
                    name = path.relative_to(ROOT).as_posix()
                    said += [] if name in said else [name]
    return found


def marked(source: str) -> Iterator[Sentence]:
    """The literal sentences in `N_(...)`, `t(...)`, `something.t(...)` and `t.plural(one, many, ...)`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args:
            texts = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
            first, second = texts[0], texts[1] if len(texts) > 1 else None
            match node.func:
                case ast.Name(id="N_" | "t") | ast.Attribute(attr="t" | "_t") if isinstance(first, str):
                    yield first, ""
                case ast.Attribute(attr="plural") if isinstance(first, str) and isinstance(second, str):
                    yield first, second


def bring_up_to_date(path: Path) -> None:
    """Add to a catalogue what is said and not in it, remove what nobody says any more."""
    said, kept = collected(), polib.pofile(str(path), wrapwidth=125)
    known = {(entry.msgid, entry.msgid_plural): entry for entry in kept}
    fresh = polib.POFile(wrapwidth=125)
    fresh.metadata, fresh.header = kept.metadata, kept.header
    for sentence, files in sorted(said.items(), key=lambda item: (item[1], item[0])):
        entry = known.get(sentence)
        if entry is None:
            one, many = sentence
            entry = polib.POEntry(msgid=one, msgid_plural=many, msgstr_plural={0: "", 1: ""} if many else {})
        entry.occurrences = [(file, "") for file in files]
        fresh.append(entry)
    fresh.save(str(path))


if __name__ == "__main__":
    for catalogue in sorted(HERE.glob("*.po")):
        bring_up_to_date(catalogue)
