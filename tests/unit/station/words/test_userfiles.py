"""Whatever is said of a user file can be said in a person's language, with a remedy."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.domain import columns, roster, rosterrows
from station.filereader import GIVEN_UP
from station.userfiles import reading, textfile, workbook
from station.wire import USER_FIELDS
from station.words import words
from station.words.userfiles import FIELDS, KINDS, SENTENCES, known, remedy, told

ROOMS = (columns, roster, rosterrows, reading, textfile, workbook)
ELSEWHERE = {"maps no column.", "is mapped twice.", "is no encoding."}
"""Ends of what is said of a command line alone."""


def said(path: Path) -> Iterator[str]:
    """What stands as the sentence in `BadRoster(...)`, as the reason in `RowProblem(...)`, in what is yielded or kept as a note; what
    is put into it as `1`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="BadRoster" | "WrongUse"), args=[sentence, *_]):
                yield from texts(sentence)
            case ast.Call(func=ast.Name(id="RowProblem"), args=[_, _, _, reason]):
                yield from texts(reason)
            case ast.Call(func=ast.Name(id="_problem"), args=[_, _, _, reason]):
                yield from texts(reason)
            case ast.Yield(value=ast.Tuple(elts=[_, _, reason])):
                yield from texts(reason)
            case ast.Yield(value=ast.Constant() | ast.JoinedStr() as reason):
                yield from texts(reason)


def texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in parts)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_every_sentence_of_the_rooms_is_known(room: object) -> None:
    path = Path(str(room.__file__))  # type: ignore[attr-defined]  # modules have one
    found = [sentence for sentence in said(path) if not any(sentence.endswith(end) for end in ELSEWHERE)]
    assert found
    assert [sentence for sentence in found if known(sentence) is None] == []


def test_the_rooms_say_every_sentence_that_is_known() -> None:
    """But for the notes of how a file was read, which are no errors."""
    there = {form[0] for room in ROOMS for sentence in said(Path(str(room.__file__))) if (form := known(sentence))}
    notes = {sentence for sentence, what in SENTENCES.items() if not what}
    assert set(SENTENCES) - there - notes == {GIVEN_UP.refused}


def test_what_a_sentence_speaks_of_is_said_in_french_too() -> None:
    t = words("fr")
    assert told(t, "is on line 2 already") == "est déjà à la ligne 2"
    assert told(t, "The file is a PDF file.") == "Le fichier est un fichier PDF."
    assert told(t, "is not known; is it email?") == "n'est pas connu ; est-ce « E-mail » ?"
    assert remedy(t, "is no e-mail address") == "Écrivez une seule adresse, comme anna@example.org."


def test_an_unknown_sentence_is_said_as_it_came_and_braces_are_no_places() -> None:
    t = words("fr")
    assert told(t, "It {broke}.") == "It {broke}."
    assert remedy(t, "It {broke}.", "Mend it.") == "Mend it."
    assert told(t, "The file has no column '{x}'.") == "Le fichier n'a pas de colonne '{x}'."


def test_every_field_and_kind_has_words() -> None:
    assert set(FIELDS) == set(USER_FIELDS) == set(columns.FIELDS)
    kinds = [kind for _, kind in reading._OTHER_KINDS]
    assert set(kinds) < set(KINDS)
