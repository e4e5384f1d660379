"""The bench's screen reads as it was looked at and found good, in every state, at every size, in both languages."""

from __future__ import annotations

import pytest

from tests.tui.shots import LANGUAGES, SIZES, drawn, file_of


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_state_is_drawn_as_it_was_looked_at(size: tuple[int, int], language: str) -> None:
    pages, kept = drawn(size, language).split("=== "), file_of(size, language).read_text(encoding="utf-8").split("=== ")
    assert [page.partition("\n")[0] for page in pages] == [page.partition("\n")[0] for page in kept]
    for page, before in zip(pages, kept, strict=True):
        assert page == before
