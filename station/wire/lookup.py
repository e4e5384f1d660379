"""Units that were looked for by something that is written on a box, in a console or on a list."""

from __future__ import annotations

from typing import Literal

from station.wire.messages import Message
from station.wire.status import UnitBrief

LOOKUP_LIMIT = 200
"""Characters of a text that is looked for: nothing that a unit can be found by is longer."""


def is_code(text: str) -> bool:
    """Whether a text is an enrollment code's, or begins as one: a JSON object, full of secrets. A name may be in braces."""
    return text.startswith("{") and text[1:].lstrip()[:1] in ("", '"')


Matched = Literal["enrollment", "attempt", "token", "serial", "imei", "label", "device", "user"]
"""What of a unit is as the text says. Of a user's name or e-mail a part is enough, of a token's or device's name the end."""


class LookupHit(Message):
    """One unit. `batch`: its name. `bench`, `at`: of the unit's newest event, empty and None before there is one."""

    unit: UnitBrief
    batch: str
    matched: Matched
    bench: str
    at: float | None


class LookupPage(Message):
    """The best hits first, each unit once; `more` when there are others that are not listed."""

    items: tuple[LookupHit, ...]
    more: bool
