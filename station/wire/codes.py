"""Codes at any time, what the bench says about itself before a batch, languages and notes for operators."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from station.wire.messages import Message


class ShowCode(Message):
    """A user's code for the desk: an attempt of its own, which supersedes and revokes the one before. Facts: enrollment, attempt,
    expires (seconds since the epoch, or None). The symbol itself is asked for by its attempt, in a request of its own."""

    command: Literal["show_code"] = "show_code"
    user: str
    mode: str | None = None


class CodeSymbol(Message):
    """A code's modules, row-major, "1" is dark: for the one who may see it, never kept."""

    attempt: str
    user: str
    mode: str
    size: int
    modules: str = Field(repr=False)
    expires: float | None


class ReturnDevice(Message):
    """A phone came back from its user: its serial number (or IMEI) is free for another. Facts: unit."""

    command: Literal["return_device"] = "return_device"
    label: str


class SetLanguage(Message):
    """The language that this operator reads; empty: the bench's own. Facts: language (the code of what is read now)."""

    command: Literal["set_language"] = "set_language"
    language: str = Field(pattern=r"^([a-z]{2,3}(_[A-Z]{2})?)?$")


class PutNote(Message):
    """What to know about a phone model, such as where to tap; an empty text removes it."""

    command: Literal["put_note"] = "put_note"
    model: str = Field(min_length=1, max_length=80)
    text: str = Field(max_length=500)


class Note(Message):
    """A note that leads wrote about a phone model."""

    model: str
    text: str


class NotePage(Message):
    """All notes, by model."""

    items: tuple[Note, ...]


CheckId = Literal[
    "quota",  # {"left", "needed"}: licences or devices that the management service has left
    "service",  # {"why"}: the management service does not answer, or refuses
    "no_policy",  # {"users", "first"}: users without a policy; "first" is one's name
    "policy_unknown",  # {"policy"}: the management service does not know it
    "policy_unfit",  # {"policy", "mode", "options"}: options that the mode ignores or refuses
    "lifetime",  # {"lifetime", "needed"} in seconds: codes that are mailed or shared run out before the batch can be done
    "google_account",  # {"policy"}: a Google account with a password will be asked for
    "wifi",  # {"why"}: what the extras cannot say
    "extra_ignored",  # {"why"}
    "clock",  # {"seconds"}: the clock differs from the management service's
    "disk",  # {"free_mb"}
    "no_codes",  # {"users", "first"}: users without a prepared code
    "permanent_mode",  # {"mode"}: only a factory reset changes this mode
]


class PreflightItem(Message):
    """One thing that was looked at before a batch starts. "refuse": it cannot work."""

    id: CheckId
    level: Literal["ok", "advice", "refuse"]
    args: dict[str, str | int | float] = Field(default_factory=dict)


class Preflight(Message):
    """All of it; `ready` unless something cannot work."""

    batch: str
    ready: bool
    items: tuple[PreflightItem, ...]
