"""Users found by what a file is called."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.called import People, Person, words

PEOPLE = People(
    [
        Person("u_1a", "Anna Meier", "anna.meier@example.org"),
        Person("u_2b", "Anna Meier-Schmidt", "ams@example.org", "881"),
        Person("u_3c", "Jürgen Großmann", "jg@example.org"),
        Person("u_4d", "Žofie Nováková"),
        Person("u_5e", "田中 太郎", "tanaka@example.co.jp"),
        Person("u_6f", "Ben Otto", "ben1@example.org"),
        Person("u_7a", "Ben Otto", "ben2@example.org"),
        Person("u_8b", "आशा राव"),
    ]
)
ONE: list[tuple[str, str]] = [
    ("anna.meier@example.org", "u_1a"),
    ("ANNA.MEIER@EXAMPLE.ORG", "u_1a"),
    ("anna.meier_at_example.org", "u_1a"),
    ("anna_meier", "u_1a"),
    ("Meier, Anna", "u_1a"),
    ("QR code - Anna Meier (1)", "u_1a"),
    ("qr_anna.meier@example.org_wpco", "u_1a"),
    ("Anna Meier\nanna.meier@example.org", "u_1a"),
    ("u_1a", "u_1a"),
    ("anna-meier-schmidt", "u_2b"),
    ("enrollment 881", "u_2b"),
    ("Jurgen Grossmann", "u_3c"),
    ("juergen_grossmann", "u_3c"),
    ("Jürgen Großmann", "u_3c"),  # decomposed, as macOS writes file names
    ("zofie-novakova", "u_4d"),
    ("田中_太郎", "u_5e"),
    ("ben2@example.org", "u_7a"),
    ("Ben Otto ben1@example.org", "u_6f,u_7a"),
    ("Ben Otto", "u_6f,u_7a"),
    ("Anna Meier and Žofie Nováková", "u_1a,u_4d"),
    ("आशा राव", "u_8b"),
    ("Hanna Meierhof", ""),
    ("meier", ""),
    ("anna.meier@example.com", "u_1a"),
    ("", ""),
    ("qr-code-17", ""),
]


@pytest.mark.parametrize(("text", "ids"), ONE)
def test_users_are_found_in_file_names(text: str, ids: str) -> None:
    assert ",".join(sorted(person.id for person in PEOPLE.within(text))) == ids


def test_the_whole_text_must_name_the_user_where_a_person_said_it() -> None:
    assert [person.id for person in PEOPLE.exactly("Meier Anna")] == ["u_1a"]
    assert PEOPLE.exactly("QR Anna Meier") == ()


def test_accents_above_letters_fall_and_marks_that_make_another_letter_stay() -> None:
    assert words("Ångström ÇELİK") == ("angstrom", "celik")
    assert words("ガ") != words("カ")


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.text(max_size=40), st.text(max_size=40))
def test_whoever_stands_alone_is_found_by_name_inside_of_any_file_name(name: str, around: str) -> None:
    person = Person("u_only", name)
    found = People([person]).within(f"{around} {name} {around}")
    assert list(found) == ([person] if words(name) else list(found))
