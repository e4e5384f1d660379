"""The shipped catalogues say everything that the code says, and nothing else."""

from __future__ import annotations

import polib
import pytest

from station.words.catalogue import HERE, placeholders
from tests.unit.station.words.collected import collected, marked

SHIPPED = sorted(HERE.glob("*.po"))


def test_finds_sentences_by_their_marks() -> None:
    source = "A = {1: N_('one')}\nt('two {n}', n=1)\nmodel.t('three')\nt.plural('{count} a', '{count} b', 3)\nt(A[1])\nother('four')"
    assert set(marked(source)) == {("one", ""), ("two {n}", ""), ("three", ""), ("{count} a", "{count} b")}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_catalogue_has_every_sentence_and_no_other(path: object) -> None:
    said = set(collected())
    there = {(entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(path))}
    assert said - there == set(), "run `make words`, then translate"
    assert there - said == set(), "run `make words`: nobody says these any more"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_sentence_is_translated_with_the_same_placeholders(path: object) -> None:
    wrong: list[str] = []
    for entry in polib.pofile(str(path)):
        said = [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]
        wanted = placeholders(entry.msgid)
        if entry.fuzzy or not all(said) or any(placeholders(text) != wanted for text in said):
            wrong.append(entry.msgid)
        if any(text != text.strip() for text in said):
            wrong.append(f"{entry.msgid}: spaces around")
    assert not wrong


def test_the_sentences_themselves_can_be_filled() -> None:
    for one, many in collected():
        assert not many or placeholders(one) == placeholders(many), one
