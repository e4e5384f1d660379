"""`sixtap witness`: pictures and a code in, one answer a picture out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from station.cli.printing import DONE, FAILED, WRONG_USE
from station.domain.payload import TOKEN
from station.domain.symbol import KnownSymbol, known
from tests.unit.hardware.benchpicture import Bench, Grey, PhonePicture, attached, viewfinder
from tests.unit.station.cli.sixtap import sixtap

TOKENS = ("ABCDEFGHIJKLMNOPQRST", "ZYXWVUTSRQPONMLKJIHG")


def text(token: str) -> bytes:
    return json.dumps({"where": "https://example.com/agent.apk", "extras": {TOKEN: token}, "rest": "x" * 150}).encode()


def drawn(token: str) -> KnownSymbol:
    return known(text(token), "L", 2)


class Shown:
    """A symbol as `benchpicture` draws it."""

    def __init__(self, symbol: KnownSymbol) -> None:
        self.size = symbol.size
        modules = np.frombuffer(symbol.modules, np.uint8).reshape(symbol.size, symbol.size)
        self.picture: Grey = np.where(np.pad(modules, 4) == 1, 0, 255).astype(np.uint8)


def frame(folder: Path, name: str, token: str | None) -> str:
    """A bench frame with that user's code in the phone's viewfinder; None: an empty viewfinder."""
    shown = attached(Shown(drawn(token))) if token else attached(None)  # type: ignore[arg-type]  # it draws what has a picture
    path = folder / name
    cv2.imwrite(str(path), Bench(None, [PhonePicture(viewfinder(shown))]).picture())
    return str(path)


@pytest.fixture
def payload(tmp_path: Path) -> str:
    path = tmp_path / "code.json"
    path.write_bytes(text(TOKENS[0]))
    return str(path)


def answers(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_picture_with_the_code_is_seen_and_where(tmp_path: Path, payload: str) -> None:
    ran = sixtap("witness", frame(tmp_path, "a.png", TOKENS[0]), "--payload", payload, "--mask", "2", "--json")
    assert (ran.code, ran.err) == (DONE, "")
    (answer,) = answers(ran.out)
    assert {"seen", "z", "threshold", "quad", "ppm", "mirrored", "ms"} <= set(answer)
    assert answer["seen"] is True
    assert answer["z"] > answer["threshold"]
    assert len(answer["quad"]) == 4
    assert answer["ppm"] > 2


def test_another_users_code_an_empty_viewfinder_or_another_mask_is_not(tmp_path: Path, payload: str) -> None:
    pictures = [frame(tmp_path, "other.png", TOKENS[1]), frame(tmp_path, "none.png", None)]
    ran = sixtap("witness", *pictures, "--payload", payload, "--mask", "2", "--json")
    assert ran.code == FAILED
    assert [answer["seen"] for answer in answers(ran.out)] == [False, False]
    assert sixtap("witness", frame(tmp_path, "a.png", TOKENS[0]), "--payload", payload, "--mask", "3").code == FAILED


def test_one_picture_without_the_code_makes_it_fail(tmp_path: Path, payload: str) -> None:
    pictures = [frame(tmp_path, "a.png", TOKENS[0]), frame(tmp_path, "other.png", TOKENS[1])]
    ran = sixtap("witness", *pictures, "--payload", payload, "--mask", "2")
    assert ran.code == FAILED
    first, second = ran.out.splitlines()
    assert ": seen (z " in first
    assert ": not seen (z " in second


def test_a_foreign_symbols_modules_and_the_bytes_that_vary_can_be_given(tmp_path: Path, payload: str) -> None:
    symbol, matrix = drawn(TOKENS[0]), tmp_path / "matrix.txt"
    rows = [symbol.modules[at : at + symbol.size] for at in range(0, len(symbol.modules), symbol.size)]
    matrix.write_text("\n".join("".join(map(str, row)) for row in rows), encoding="utf-8")
    start = text(TOKENS[0]).index(TOKENS[0].encode())
    picture, varies = frame(tmp_path, "a.png", TOKENS[0]), f"{start}:{start + 20}"
    assert sixtap("witness", picture, "--matrix", str(matrix), "--varies", varies).code == DONE
    assert sixtap("witness", picture, "--payload", payload, "--mask", "2", "--varies", varies).code == DONE


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Neither a payload nor a matrix is given"),
        (["--payload", "missing.json"], "cannot be read"),
        (["--payload", "CODE", "--error", "X"], "no error correction level"),
        (["--payload", "CODE", "--varies", "10"], "no range of bytes"),
        (["--payload", "CODE", "--varies", "10:99999"], "not inside of a content"),
        (["--matrix", "CODE"], "--matrix"),
    ],
)
def test_wrong_use_says_what_is_wrong_and_never_quotes_the_code(tmp_path: Path, payload: str, arguments: list[str], says: str) -> None:
    given = [payload if argument == "CODE" else argument for argument in arguments]
    ran = sixtap("witness", frame(tmp_path, "a.png", None), *given)
    assert ran.code == WRONG_USE
    assert says in ran.err
    assert TOKENS[0] not in ran.err + ran.out


def test_a_file_that_is_no_picture_is_told_and_the_others_are_judged(tmp_path: Path, payload: str) -> None:
    ran = sixtap("witness", payload, frame(tmp_path, "a.png", TOKENS[0]), "--payload", payload, "--mask", "2", "--json")
    assert ran.code == WRONG_USE
    first, second = answers(ran.out)
    assert (first["seen"], second["seen"]) == (False, True)
    assert "no picture" in first["error"]
