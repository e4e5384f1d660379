"""Buttons that hear every press: a test's finger does not bounce. Tests of the bounce set it back."""

from __future__ import annotations

import pytest

from tui.widgets.bigbutton import BigButton


@pytest.fixture(autouse=True)
def no_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BigButton, "SETTLE", 0.0)
