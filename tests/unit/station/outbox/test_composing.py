"""The mail that a user gets: its parts, its words, and what a hostile name can do to it (nothing)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.errors import MailRefused
from station.domain.policy import Mode
from station.outbox.composing import compose
from station.ports import Letter
from tests.unit.station.outbox.letters import CONTENT, HEAD, LINK, PROFILE, letter, picture_of, read, text_of

HOSTILE = 'Zoë "Z\\" <b onload=x>&amp;{name}\r\nBcc: spy@example.net\x1b[2J\u202egnp\u2028' + "x" * 300


def received(sent: Letter) -> EmailMessage:
    """The mail, as a reader's program takes it from the wire."""
    mail = message_from_bytes(compose(sent, HEAD).as_bytes(), policy=SMTP)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


class Page(HTMLParser):
    """What is in a page: its tags with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_mail_says_who_whom_when_and_that_a_machine_wrote_it() -> None:
    mail = received(letter())
    assert [str(mail[name]) for name in ("From", "To", "Reply-To", "Auto-Submitted", "Content-Language")] == [
        "IT desk <it@example.org>",
        "Anna <anna@example.com>",
        "help@example.org",
        "auto-generated",
        "en",
    ]
    assert mail["Message-ID"] == "<f_0123456789@example.org>"
    assert mail["Date"].datetime == datetime.fromtimestamp(letter().at, UTC)
    assert mail["Subject"] == "Your code to set up your work phone"


def test_a_mail_sent_twice_is_known_by_its_id() -> None:
    assert received(letter())["Message-ID"] == received(letter(at=letter().at + 60))["Message-ID"]
    assert received(letter())["Message-ID"] != received(letter(id="f_other"))["Message-ID"]


def test_text_and_page_say_the_same_and_the_page_holds_the_code() -> None:
    mail = received(letter())
    text, page = text_of(mail, "plain"), Page(text_of(mail, "html"))
    for sentence in [line for line in text.split("\n\n") if "picture" not in line]:
        assert re.sub(r"^\d\. ", "", sentence.strip()) in page.text
    assert "until Friday 15 January 2027, 08:00 (UTC+00:00)" in text
    assert "Android 11 or later" in text
    (image,) = [attributes for tag, attributes in page.tags if tag == "img"]
    (part,) = [one for one in mail.walk() if one.get_content_maintype() == "image"]
    assert image["src"] == f"cid:{part['Content-ID'].strip('<>')}"
    assert image["alt"] == "The enrollment code"
    pixels = cv2.imdecode(np.frombuffer(picture_of(mail), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    assert (image["height"], image["width"]) == (str(pixels.shape[0]), str(pixels.shape[1]))
    assert "SECRET" not in compose(letter(), HEAD).as_bytes().decode()


def test_the_picture_is_crisp_has_its_quiet_zone_and_reads_as_the_payload() -> None:
    png = picture_of(received(letter()))
    assert read(png) == CONTENT
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    assert set(np.unique(pixels)) == {0, 255}
    size = letter().symbol.size + 8
    scale = pixels.shape[0] // size
    assert pixels.shape == (size * scale, size * scale)
    assert scale >= 3
    assert 300 <= pixels.shape[0] <= 500
    assert pixels[: 4 * scale].min() == pixels[:, : 4 * scale].min() == pixels[-4 * scale :].min() == 255
    assert (pixels == np.kron(pixels[::scale, ::scale], np.ones((scale, scale), np.uint8))).all()


def test_a_work_profile_s_mail_holds_the_link_and_its_code() -> None:
    mail = received(PROFILE)
    page = Page(text_of(mail, "html"))
    assert read(picture_of(mail)) == LINK
    assert [attributes["href"] for tag, attributes in page.tags if tag == "a"] == [LINK]
    assert LINK in text_of(mail, "plain").split()
    assert "six times" not in page.text


def test_a_code_that_is_permanent_names_no_day() -> None:
    assert "until" not in text_of(received(letter(expires=None)), "plain").split("1. ")[0]


def test_the_reader_s_language_is_used_and_the_bench_s_for_who_has_none() -> None:
    mail = received(letter(language="fr"))
    assert mail["Content-Language"] == "fr"
    assert "jusqu'au vendredi 15 janvier 2027 à 08 h 00" in text_of(mail, "plain")
    assert "Bonjour Anna," in Page(text_of(mail, "html")).text
    assert '<html lang="fr">' in text_of(mail, "html")


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_left_unsaid(mode: Mode, language: str) -> None:
    whole = text_of(received(letter(mode=mode, language=language, sample=True)), "plain")
    assert not re.search(r"[{}?]", whole)
    english = text_of(received(letter(mode=mode, sample=True)), "plain")
    if language != "en":
        assert not set(whole.split("\n\n")) & set(english.split("\n\n")) - {""}


def test_a_sample_says_so_wherever_one_looks() -> None:
    mail = received(letter(sample=True))
    assert mail["Subject"].startswith("Preview: ")
    for said in (text_of(mail, "plain"), Page(text_of(mail, "html")).text):
        assert "This is a preview. Its code sets up no phone." in said


def test_a_hostile_name_changes_neither_headers_nor_page() -> None:
    mail, plain = received(letter(name=HOSTILE)), received(letter())
    assert set(mail.keys()) == set(plain.keys())
    assert [one.addr_spec for one in mail["To"].addresses] == ["anna@example.com"]
    page, usual = Page(text_of(mail, "html")), Page(text_of(plain, "html"))
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in usual.tags]
    assert "<b onload=x>&amp;{name}" in page.text
    greeting = text_of(mail, "plain").split("\n\n")[0]
    assert greeting.startswith('Hello Zoë "Z\\" <b onload=x>')
    assert greeting.isprintable()
    assert len(greeting) < 100
    assert max(map(len, compose(letter(name=HOSTILE), HEAD).as_bytes().split(b"\r\n"))) <= 998  # RFC 5322, 2.1.1


def test_a_name_written_from_the_right_turns_nothing_else_round() -> None:
    assert text_of(received(letter(name="דנה")), "plain").startswith("Hello \u2068דנה\u2069,")
    assert received(letter(name="דנה"))["To"].addresses[0].display_name == "דנה"


def test_a_user_without_a_name_is_greeted() -> None:
    assert text_of(received(letter(name=" \r\n ")), "plain").startswith("Hello,")


@settings(max_examples=60, deadline=None)
@given(name=st.text(max_size=120), local=st.text(min_size=1, max_size=70), domain=st.text(min_size=1, max_size=80))
def test_whatever_a_roster_holds_is_one_mail_to_one_address_or_refused(name: str, local: str, domain: str) -> None:
    try:
        mail = received(letter(name=name, to=f"{local}@{domain}"))
    except MailRefused as why:
        assert (why.code, bool(why.remedy)) == (0, True)
        return
    assert len(mail["To"].addresses) == 1
    assert set(mail.keys()) == set(received(letter()).keys())


@pytest.mark.parametrize(
    "to", ["", "anna", "@example.com", "anna@", "anna@exa mple.com", "an\rna@example.com", "a@" + "x" * 64 + ".org"]
)
def test_an_address_that_is_none_is_refused_without_being_repeated(to: str) -> None:
    with pytest.raises(MailRefused) as caught:
        compose(letter(to=to), HEAD)
    assert not to or to not in str(caught.value)


def test_a_domain_outside_ascii_is_written_as_the_wire_needs_it() -> None:
    assert received(letter(to="anna@exämple.com"))["To"].addresses[0].addr_spec == "anna@xn--exmple-cua.com"


def test_nothing_of_the_code_is_in_a_letter_s_repr() -> None:
    assert "SECRET" not in repr(PROFILE)
    assert "anna@" not in repr(PROFILE)
