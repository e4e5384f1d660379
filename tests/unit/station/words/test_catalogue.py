from __future__ import annotations

from pathlib import Path

import pytest

from station.words import N_, languages, words

HEADER = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\n"
"X-Own-Name: Polski\n"

"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pl.po").write_text(
        HEADER
        + """
msgid "To tray {tray}"
msgstr "Do tacy {tray}"

msgid "not yet"
msgstr ""

msgid "by {who}"
msgstr "przez {who.__class__}"

msgid "alone"
msgstr "sam {"

#, fuzzy
msgid "guessed"
msgstr "może"

msgid "{count} phone"
msgid_plural "{count} phones"
msgstr[0] "{count} telefon"
msgstr[1] "{count} telefony"
msgstr[2] "{count} telefonów"
""",
        encoding="utf-8",
    )
    return tmp_path


def test_says_a_sentence_in_its_language(folder: Path) -> None:
    assert words("pl", folder)("To tray {tray}", tray=3) == "Do tacy 3"


@pytest.mark.parametrize("language", ["en", "xx", "", "../../etc/passwd", "pl/../pl"])
def test_a_language_without_a_file_is_english(language: str, folder: Path) -> None:
    t = words(language, folder)
    assert (t.language, t("To tray {tray}", tray=3)) == ("en", "To tray 3")


@pytest.mark.parametrize("language", ["pl-PL", "pl_PL", "pl"])
def test_a_region_without_a_file_speaks_the_language(language: str, folder: Path) -> None:
    assert words(language, folder).language == "pl"


@pytest.mark.parametrize("sentence", ["not yet", "never heard", "guessed"])
def test_what_a_file_lacks_is_said_in_english(sentence: str, folder: Path) -> None:
    assert words("pl", folder)(sentence) == sentence


def test_a_translation_with_other_placeholders_is_not_used(folder: Path) -> None:
    t = words("pl", folder)
    assert t("by {who}", who="Anna") == "by Anna"
    assert t("alone") == "alone"


@pytest.mark.parametrize("count", [(1, "1 telefon"), (3, "3 telefony"), (12, "12 telefonów"), (22, "22 telefony")])
def test_counts_in_the_language_s_own_plurals(count: tuple[int, str], folder: Path) -> None:
    assert words("pl", folder).plural("{count} phone", "{count} phones", count[0]) == count[1]


def test_counts_in_english() -> None:
    t = words("en")
    assert [t.plural("{count} phone of {who}", "{count} phones of {who}", n, who="Anna") for n in (1, 2)] == [
        "1 phone of Anna",
        "2 phones of Anna",
    ]


def test_an_argument_is_never_a_format_string(folder: Path) -> None:
    assert words("pl", folder)("To tray {tray}", tray="{tray.__class__} %s {0}") == "Do tacy {tray.__class__} %s {0}"


def test_an_argument_that_is_missing_does_not_silence_the_sentence() -> None:
    assert words("en")("To tray {tray}") == "To tray ?"


def test_nothing_stays_nothing() -> None:
    assert words("fr")("") == ""


def test_lists_the_languages_by_their_own_names(folder: Path) -> None:
    assert languages(folder) == {"en": "English", "pl": "Polski"}
    assert languages() == {"en": "English", "fr": "Français"}


def test_marking_a_sentence_changes_nothing() -> None:
    assert N_("To tray {tray}") == "To tray {tray}"
