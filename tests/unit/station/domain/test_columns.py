"""Which column is what: header rows in two languages, TinyMDM's orders, and what a person says."""

from __future__ import annotations

import pytest

from station.domain.columns import FIELDS, IGNORED, TINYMDM, Columns, bare, fold, read_maps, recognize
from station.domain.errors import BadRoster, WrongUse
from station.domain.roster import RowProblem

TEN = "user_name;user_email;group_name;directory_name;is_anonymous;send_email;email_wpco_qr_code" + "".join(
    f";custom_field_{number}" for number in (1, 2, 3)
)


def columns(*lines: str, maps: tuple[str, ...] = ()) -> Columns:
    return recognize([(number, line.split(";")) for number, line in enumerate(lines, 1)], read_maps(maps))


def fields(*lines: str, maps: tuple[str, ...] = ()) -> tuple[str, ...]:
    return columns(*lines, maps=maps).fields


def refused(*lines: str, maps: tuple[str, ...] = ()) -> BadRoster:
    with pytest.raises(BadRoster) as caught:
        columns(*lines, maps=maps)
    assert caught.value.remedy
    assert len(str(caught.value)) < 900
    return caught.value


def places(error: BadRoster) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.value) for one in error.problems if isinstance(one, RowProblem)]


# --- header rows -------------------------------------------------------------------------------------------------------------


def test_the_own_names_of_all_fields_are_known() -> None:
    header = [field for field in FIELDS if field not in {"first_name", "last_name"}]
    assert fields(";".join(header)) == tuple(header)
    assert columns("name;email").evident
    assert columns(" Name ; EMAIL ").evident
    assert not columns("Nom;email").evident


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (TEN, TINYMDM[10]),
        ("user_name;user_email;group_name;directory_name;is_anonymous : 0 or 1;send_email : 0 or 1", TINYMDM[9][:6]),
        ("Full name;E-mail address;Department;Language", ("name", "email", "group", "language")),
        ("First Name;Last Name;Mail", ("first_name", "last_name", "email")),
        ("Nom;Prénom;Courriel;Équipe", ("last_name", "first_name", "email", "group")),
        ("PRENOM;NOM;Adresse e-mail;Service", ("first_name", "last_name", "email", "")),
        ("Nom d’utilisateur;Adresse électronique;Nom du groupe;Anonyme", ("name", "email", "group", "anonymous")),
        ("Nom de l'utilisateur;E-mail;Envoyer un e-mail;QR code WPCO", ("name", "email", "send_email", "wpco")),
        ("Utilisateur;Mél;Politique;Mode d'enrôlement;Langue", ("name", "email", "policy", "mode", "language")),
        ("Nom complet;Champ personnalisé 1;Champ perso 2;Custom 3", ("name", "custom1", "custom2", "custom3")),
        ("Name (full);Email [work];Group:", ("name", "email", "group")),
        ("E-Mail;Name;First name", ("email", "last_name", "first_name")),
        ("Display name;First name;Last name", ("name", "", "")),
        ("Nom complet;Prénom", ("name", "")),
        ("email;full_name;phone;office", ("email", "name", "", "")),
        ("name;user id;model;emails;groups;code;note;site", ("name", "", "", "", "group", "", "", "")),
        ("name;email;;;", ("name", "email")),
        ("name;;email", ("name", "", "email")),
    ],
)
def test_headers_are_known_in_english_and_french_in_any_order(header: str, expected: tuple[str, ...]) -> None:
    found = columns(header, "x;y")
    assert (found.fields, found.layout) == (expected, "header")


def test_accents_capitals_and_signs_make_no_difference() -> None:
    assert fold("  É-mail  (privé) : oui") == fold("EMAIL") == "email"
    assert fold("") == ""


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("name;emial", [(1, "2", "emial")]),
        ("name;email;polciy;grup", [(1, "3", "polciy"), (1, "4", "grup")]),
        ("nom;couriel;gruope", [(1, "2", "couriel"), (1, "3", "gruope")]),
    ],
)
def test_a_misspelt_header_is_told_instead_of_passed_over(header: str, expected: list[tuple[int, str, str]]) -> None:
    error = refused(header)
    assert places(error) == expected
    assert f"--map {expected[0][1]}=-" in error.remedy
    said = tuple(f"{column}=-" for _, column, _ in expected)
    assert "" in fields(header, maps=said)


def test_two_columns_of_one_field_are_told() -> None:
    error = refused("name;mail;courriel")
    assert places(error) == [(1, "3", "courriel")]
    assert "--map 3=-" in error.remedy
    assert fields("name;mail;courriel", maps=("3=-",)) == ("name", "email", "")
    assert fields("name;mail;courriel", maps=("courriel=email",)) == ("name", "", "email")


def test_a_header_row_needs_somebodys_name() -> None:
    error = refused("email;group", "a@x.de;Sales")
    assert "names" in str(error)
    assert "email, group" in error.remedy
    assert places(error) == [(1, "name", "")]
    assert fields("first name;email") == ("first_name", "email")


def test_a_header_of_nothing_but_rubbish_is_told_in_part_only() -> None:
    error = refused("name;" + ";".join(f"gruope ({number})" for number in range(150)))
    assert len(error.problems) == 10


# --- no header row -----------------------------------------------------------------------------------------------------------

FIVE = "John Doe;john.doe@demo.com;Sales;john.doe;0"


@pytest.mark.parametrize(
    ("line", "width"),
    [
        (FIVE, 5),
        (f"{FIVE};1;;;", 9),
        (f"{FIVE};1;0;;;", 10),
        ("Door;;Sales;door.1;1;;;a;b;c", 10),
        ("Door;;Sales;door.1;1", 5),
        (f"{FIVE};1;1;a;b;c", 10),
        (f"{FIVE};1;a;b;c", 9),
        (f"{FIVE};0;1;5;6;7", 10),
        (f'{FIVE};0;1;=""; ="" ;=""', 10),
    ],
)
def test_tinymdms_orders_are_known_by_their_width_and_their_flags(line: str, width: int) -> None:
    found = columns(line, FIVE)
    assert (found.fields, found.layout, found.headers) == (TINYMDM[width], "tinymdm", ())


@pytest.mark.parametrize(
    ("line", "width"), [(f"{FIVE};1", 9), (f"{FIVE};1;1", 10), (f"{FIVE};1;0;x", 10), (f"{FIVE};1;x", 9), (f"{FIVE};", 5)]
)
def test_last_cells_that_a_spreadsheet_dropped_are_missed_by_nobody(line: str, width: int) -> None:
    assert fields(line) == TINYMDM[width]


def test_the_widest_of_the_first_rows_says_which_order_it_is() -> None:
    assert fields(f"{FIVE};1;0;;", f"{FIVE};0;1;a;b;c") == TINYMDM[10]


@pytest.mark.parametrize(
    "line",
    [
        "Anna;anna@example.com",
        "Anna;anna@example.com;Sales;anna;no",
        "Anna;anna@example.com;Sales;anna;",
        "Anna;anna@example.com;Sales;anna;0;2;0;;;",
        "Anna;anna@example.com;Sales;anna;0;0;0;;;;more",
        "Anna;Berg",
        "alter;wohnort",
    ],
)
def test_a_file_that_nobody_can_tell_is_refused_with_the_way_out(line: str) -> None:
    error = refused(line)
    assert "--map 1=name --map 2=email" in error.remedy
    assert places(error)[0] == (1, "1", line.split(";")[0])


def test_a_person_whose_data_looks_like_a_header_is_a_person() -> None:
    assert columns("Name;mail@example.com;Group;n;0").layout == "tinymdm"


# --- what a person says ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "maps", "expected", "headed"),
    [
        (("Anna;anna@example.com;Sales",), ("1=name", "2=email"), ("name", "email", ""), False),
        (("Anna;anna@example.com;Sales",), ("3=name",), ("", "", "name"), False),
        (("Benutzer;Adresse;Abteilung", "Anna;a@x.de;L"), ("Benutzer=name", "Adresse=email"), ("name", "email", ""), True),
        (("Benutzer;Adresse;Abteilung", "Anna;a@x.de;L"), ("1=name", "2=email"), ("name", "email", ""), True),
        (("Name;Mail;Team",), ("team=-",), ("name", "email", ""), True),
        (("Name;Mail;Team",), ("TEAM=custom1", "2=-"), ("name", "", "custom1"), True),
        (("Name;Nickname",), ("nickname=name",), ("", "name"), True),
        (("Name;a=b",), ("a=b=email",), ("name", "email"), True),
        (("Name;1",), ("1=email",), ("name", "email"), True),  # a header that is a number goes before a place
        ((f"{FIVE};1;0;x;y;z",), ("8=policy", "9=-"), (*TINYMDM[10][:7], "policy", "", "custom3"), False),
        (("Name;Mail",), ("Name=First-Name",), ("first_name", "email"), True),
    ],
)
def test_what_is_said_goes_before_what_is_recognized(
    lines: tuple[str, ...], maps: tuple[str, ...], expected: tuple[str, ...], headed: bool
) -> None:
    found = columns(*lines, maps=maps)
    assert (found.fields, bool(found.headers)) == (expected, headed)


@pytest.mark.parametrize(
    ("maps", "says"),
    [
        (("5=name",), "no column '5'"),
        (("Alter=name",), "no column 'Alter'"),
        (("name=email", "2=email"), "are the same"),
        (("1=-",), "No column holds the users' names"),
    ],
)
def test_what_cannot_be_meant_is_refused(maps: tuple[str, ...], says: str) -> None:
    assert says in str(refused("name;mail", maps=maps))


@pytest.mark.parametrize("text", ["", "name", "=name", "x=", "x=nickname", "x=name,email", " = "])
def test_a_map_that_says_nothing_is_wrong_use(text: str) -> None:
    with pytest.raises(WrongUse, match=r"COLUMN=FIELD.*first_name"):
        read_maps([text])


def test_a_column_is_mapped_once() -> None:
    assert read_maps(["a=name", "b=-", " c = Send-Email "]) == {"a": "name", "b": IGNORED, "c": "send_email"}
    with pytest.raises(WrongUse, match="twice"):
        read_maps(["a=name", "a=-"])


# --- cells, places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('=""', ""),
        ('="007"', "007"),
        (' ="a ""b""" ', 'a "b"'),
        ('="', '="'),
        ("=1+1", "=1+1"),
        (" x ", "x"),
        ('=" x "', "x"),
        ("", ""),
    ],
)
def test_excels_way_to_write_a_text_is_taken_off(cell: str, text: str) -> None:
    assert bare(cell) == text


def test_a_problems_column_is_named_as_the_file_does() -> None:
    assert columns("Nom;Courriel;group").where("email") == "'Courriel' (email)"
    assert columns("Nom;Courriel;group").where("group") == "group"
    assert columns("Nom;Courriel;group").where("7") == "7"
    assert columns(FIVE).where("email") == "2 (email)"
