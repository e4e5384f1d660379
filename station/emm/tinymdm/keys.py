"""The keys that the bench shows to TinyMDM: a public and a secret one, each in a file of its own; of an account, or of a manager.

Header names: as programs that call the API publish them, see docs/tinymdm.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from station.domain.errors import ConfigurationError

_KEY = re.compile(r"[\x21-\x7e]{1,512}")
_NEW = "Make a new pair in the TinyMDM console, and put each key alone into its file."


@dataclass(frozen=True, slots=True)
class Keys:
    """A pair of keys. `account`: the account's id that a manager's pair needs beside it; empty for an account's own pair."""

    public: str = field(repr=False)
    secret: str = field(repr=False)
    account: str = ""

    def headers(self) -> Mapping[str, str]:
        """What every request to the API carries, and no other request ever does."""
        whose = "Manager-" if self.account else ""
        pair = {f"X-Tinymdm-{whose}Apikey-Public": self.public, f"X-Tinymdm-{whose}Apikey-Secret": self.secret}
        return {**pair, "X-Account-Id": self.account} if self.account else pair


def load_keys(public: Path, secret: Path, account: str = "") -> Keys:
    """Read both keys. Raises ConfigurationError naming the file, and nothing of its content."""
    if account and not _KEY.fullmatch(account):
        raise ConfigurationError("The TinyMDM account id holds blanks or odd letters.", "Copy it from the console's address line.")
    return Keys(_read(public, "public"), _read(secret, "secret"), account)


def _read(path: Path, which: str) -> str:
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as why:
        cause = why.strerror if isinstance(why, OSError) else "it is no text"
        problem, remedy = f"The {which} key's file {path} cannot be read: {cause}.", "Check its path and that the service may read it."
    else:
        if _KEY.fullmatch(key):
            return key
        problem, remedy = f"The file {path} does not hold one TinyMDM key: printable letters without blanks.", _NEW
    # Raised outside of the handler: a decoding error holds what was read.
    raise ConfigurationError(problem, remedy)
