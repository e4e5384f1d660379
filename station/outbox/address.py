"""Names and addresses from outside, as they may stand in a mail's headers and text."""

from __future__ import annotations

import re
import unicodedata
from email.headerregistry import Address
from email.utils import parseaddr

from station.domain.errors import MailRefused

LONGEST_NAME = 80  # letters; what is longer is cut
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # controls, marks that turn text round, half characters, line ends
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f.\"(),:;<>@\[\\\]]+(\.[^\s\x00-\x20\x7f.\"(),:;<>@\[\\\]]+)*")  # RFC 5322, 3.2.3; RFC 6532
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")  # RFC 5321, 4.1.2
LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
# RFC 5322, 3.2.3. They would have to be quoted, and Python's folding of long headers loses quotation marks beside encoded words.
_SPECIALS = frozenset('()<>[]:;@\\,"')
_KEPT = frozenset("\u200c\u200d")  # joiners: some scripts spell with them
_ISOLATE, _END = "\u2068", "\u2069"  # Unicode Standard Annex 9: what is between does not turn its surroundings round


def safe_name(name: str) -> str:
    """A name on one line, without what moves a cursor or turns text round."""
    line = " ".join("".join(letter if _harmless(letter) else " " for letter in name).split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1].rstrip()}…"


def _harmless(letter: str) -> bool:
    return letter in _KEPT or unicodedata.category(letter) not in _UNSAFE


def isolated(name: str) -> str:
    """A safe name for the middle of a sentence: one written from the right is kept from turning the sentence round."""
    turned = any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in name)
    return f"{_ISOLATE}{name}{_END}" if turned else name


def address(name: str, email: str) -> Address:
    """A mailbox for a header and the envelope; its domain in ASCII (RFC 5891). Raises MailRefused for what is none."""
    local, _, domain = email.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = ""
    if (
        len(local) > LONGEST_LOCAL
        or not _LOCAL.fullmatch(local)
        or not all(map(_harmless, local))
        or not _DOMAIN.fullmatch(ascii_domain)
    ):
        raise MailRefused("The user's e-mail address cannot be put on a mail.", "Correct it: sixtap users edit USER --email ADDRESS")
    phrase = safe_name("".join(" " if letter in _SPECIALS else letter for letter in name))
    return Address(display_name=phrase, username=local, domain=ascii_domain)


def own_address(text: str) -> Address:
    """The configuration's `Name <mailbox@domain>` or `mailbox@domain`. Raises MailRefused."""
    return address(*parseaddr(text))
