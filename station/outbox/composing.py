"""A letter as a mail: headers, a text of its own, and the same with the code as an inline picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from html import escape

from station.outbox.address import address
from station.outbox.picture import picture, side
from station.outbox.sentences import FILE, Sentences, sentences
from station.ports import Letter
from station.words import words

PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{subject}</title></head>
<body style="margin:0;background:#ffffff;color:#1a1a1a;font:16px/1.5 sans-serif">
<div style="max-width:40em;margin:0 auto;padding:1.5em">
{body}
</div>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all mails of this bench have in common. `zone`: of times; None is the machine's own."""

    sender: Address
    reply_to: Address | None = None
    language: str = "en"
    zone: tzinfo | None = None


def compose(letter: Letter, head: Letterhead) -> EmailMessage:
    """The mail. Its Message-ID is that of the letter: one that came twice is known by it. Raises MailRefused for a bad address."""
    said = sentences(letter, words(letter.language or head.language), head.zone)
    to = address(letter.name, letter.to)
    # a mailbox outside ASCII needs a server that takes it (RFC 6531); everything else is written in ASCII
    mail = EmailMessage(SMTP if to.addr_spec.isascii() else SMTPUTF8)
    mail["From"] = head.sender
    mail["To"] = to
    if head.reply_to is not None:
        mail["Reply-To"] = head.reply_to
    mail["Subject"] = said.subject
    mail["Date"] = datetime.fromtimestamp(letter.at, UTC)
    mail["Message-ID"] = f"<{letter.id}@{head.sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers
    cid = f"code.{letter.id}@{head.sender.domain}"
    mail.set_content(_text(said), cte="quoted-printable")
    page = EmailMessage(mail.policy)
    page.set_content(_page(said, cid, side(letter.symbol)), subtype="html", cte="quoted-printable")
    page.add_related(picture(letter.symbol), "image", "png", cid=f"<{cid}>", filename=FILE, disposition="inline")
    del page["MIME-Version"]  # said once, by the whole mail
    mail.make_alternative()
    mail.attach(page)
    mail["Content-Language"] = said.language.replace("_", "-")
    return mail


def _text(said: Sentences) -> str:
    steps = [f"{number}. {step}" for number, step in enumerate(said.steps, 1)]
    parts = [said.banner, said.greeting, said.opening, said.validity, said.attached, said.link, *steps, said.trouble, said.caution]
    return "\n\n".join(part for part in parts if part) + "\n"


def _page(said: Sentences, cid: str, side: int) -> str:
    banner = '<p style="background:#b00020;color:#ffffff;padding:.5em;font-weight:bold">{}</p>'
    steps = "".join(f'<li style="margin:.4em 0">{escape(step)}</li>' for step in said.steps)
    link = escape(said.link)
    parts = [
        banner.format(escape(said.banner)) if said.banner else "",
        f"<p>{escape(said.greeting)}</p><p>{escape(said.opening)}</p>",
        f'<p><img src="cid:{cid}" width="{side}" height="{side}" alt="{escape(said.alternative)}" style="background:#ffffff"></p>',
        f"<p><strong>{escape(said.validity)}</strong></p>",
        f'<p><a href="{link}">{link}</a></p>' if link.startswith("https://") else "",
        f"<ol>{steps}</ol>",
        f"<p>{escape(said.trouble)}</p><p>{escape(said.caution)}</p>",
    ]
    body = "\n".join(part for part in parts if part)
    return PAGE.format(language=escape(said.language.replace("_", "-")), subject=escape(said.subject), body=body)
