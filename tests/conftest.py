"""What holds for all tests: long campaigns run only when asked for, and nothing of the user's own environment leaks in."""

from __future__ import annotations

import os

import pytest

collect_ignore = [folder for folder in ("soak", "touch") if not os.environ.get(f"SIXTAP_{folder.upper()}")]


@pytest.fixture(autouse=True)
def _own_environment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "SIXTAP_SOCKET",
        "SIXTAP_CONFIG",
        "GOOGLE_APPLICATION_CREDENTIALS",
    ):
        monkeypatch.delenv(name, raising=False)
