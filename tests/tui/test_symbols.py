"""Codes drawn in characters are read back by a decoder that knows nothing of them."""

from __future__ import annotations

import pytest
import segno

from tests.tui.seen import read
from tui.symbols import QUIET, drawn, needed

TEXT = '{"android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME": "com.example/.Receiver", "x": "' + "y" * 300 + '"}'


def modules(text: str = TEXT) -> tuple[str, int]:
    matrix = [list(row) for row in segno.make_qr(text, error="m").matrix]
    return "".join("1" if cell else "0" for row in matrix for cell in row), len(matrix)


@pytest.mark.parametrize(("size", "finer"), [((200, 100), False), ((60, 30), True)])
def test_a_drawn_code_is_read(size: tuple[int, int], finer: bool) -> None:
    rows = drawn(*modules(), *size)
    assert rows is not None
    assert read(rows, finer=finer) == TEXT


def test_the_quiet_zone_is_light_all_around() -> None:
    rows = drawn(*modules("short"), 200, 100) or ()
    assert all(row.startswith(" " * QUIET) and row.endswith(" " * QUIET) for row in rows)
    assert all(not rows[at].strip() for at in (0, 1, -1))


def test_nothing_is_drawn_where_nothing_fits() -> None:
    dots, side = modules()
    columns, height = needed(side)
    assert drawn(dots, side, columns, height) is not None
    assert drawn(dots, side, columns - 1, height) is None
    assert drawn(dots, side, columns, height - 1) is None
