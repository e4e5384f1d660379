"""What reaches a terminal: text, and never what a terminal or Rich would obey."""

from __future__ import annotations

import io
import json
import sys

import pytest

from station.cli.printing import as_json, complain, plain, say, table

HOSTILE = "[bold red]A[/] \x1b[2J\x07\r\n\x9b31m\u202eevil\u2028:skull:"
LETTERS = "Łukasz 李 דנה ندى ß e\u0301"


class Terminal(io.StringIO):
    """A terminal's end, 60 columns wide."""

    def isatty(self) -> bool:
        return True


def harmless(printed: str) -> bool:
    return all(letter.isprintable() or letter in "\n\t" for letter in printed)


def test_plain_keeps_every_letter_and_shows_every_control() -> None:
    assert plain(LETTERS) == LETTERS
    assert plain(HOSTILE) == "[bold red]A[/] \\x1b[2J\\x07\\x0d\\x0a\\x9b31m\\x202eevil\\x2028:skull:"
    assert plain("\udcff\ud800") == "\\xdcff\\xd800"


def test_one_line_said_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    complain(HOSTILE)
    printed = capsys.readouterr()
    for text in (printed.out, printed.err):
        assert text == plain(HOSTILE) + "\n"
        assert harmless(text)


def test_a_table_on_a_pipe_is_one_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    table(("name", "tray"), [(HOSTILE, 1), ("tab\there", None), ("x" * 500, "")])
    lines = capsys.readouterr().out.split("\n")
    assert lines == ["name\ttray", f"{plain(HOSTILE)}\t1", "tab\\x09here\tNone", "x" * 500 + "\t", ""]


def test_a_table_on_a_terminal_takes_no_cell_for_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "dumb")
    table(("name", "tray"), [(HOSTILE, 1), (LETTERS, 2)])
    printed = terminal.getvalue()
    assert harmless(printed)
    assert plain(HOSTILE) in printed
    assert LETTERS in printed


def test_json_is_read_back_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    document = {"name": HOSTILE, "letters": LETTERS, "nothing": None, "number": 0.1}
    as_json(document)
    printed = capsys.readouterr().out
    assert json.loads(printed) == document
    assert harmless(printed)
