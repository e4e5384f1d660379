"""What the bench runs with: each setting by its key in the configuration file, and what may be changed while it runs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from station.wire.messages import Message

SettingSource = Literal["default", "file", "changed"]
"""Nobody said otherwise; the configuration file says so; an admin changed it while the bench ran."""


class ChangeSetting(Message):
    """Let a setting have this value from now on, over restarts too; None: as the configuration says again. Facts: key, value."""

    command: Literal["change_setting"] = "change_setting"
    key: str = Field(max_length=80)
    value: str | None = Field(default=None, max_length=80)


class SettingView(Message):
    """One setting. Of a secret, or of where one lies, `value` only says whether there is one; so `secret` is true then.

    live: it may be changed while the bench runs, within `least` and `most` where it is a number. configured: the value that holds
    when a change is taken back.
    """

    key: str
    value: Any = None
    source: SettingSource = "default"
    secret: bool = False
    live: bool = False
    least: float | None = None
    most: float | None = None
    configured: Any = None


class Settings(Message):
    """All of them, in the file's order. `file`: the configuration file; empty where there is none."""

    file: str
    items: tuple[SettingView, ...]
