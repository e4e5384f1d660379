"""Prepared codes, and devices that people tell of: orders about them, and how they are listed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_serializer

from station.wire.messages import Message

CodeKind = Literal["provisioning", "link"]


class ExportedCode(Message):
    """A code that a console exported for one user. `source`: the file it came from. `mode`: the only one that it is for. `expires` in
    seconds since the epoch, None for one that is permanent."""

    user: str
    content: SecretStr
    source: str = Field(default="", max_length=300, repr=False)
    mode: str | None = None
    expires: float | None = None

    @field_serializer("content", when_used="json")
    def _on_the_wire(self, content: SecretStr) -> str:
        return content.get_secret_value()


class PutCodes(Message):
    """Keep users' codes, all or none. With `dry_run` they are only looked at. Facts: outcomes (user -> new, replaced or same)."""

    command: Literal["put_codes"] = "put_codes"
    codes: tuple[ExportedCode, ...]
    dry_run: bool = False


class PurgeCodes(Message):
    """Overwrite and remove the codes of these users (id, e-mail or name); None: of all. Facts: purged."""

    command: Literal["purge_codes"] = "purge_codes"
    users: tuple[str, ...] | None = None


class DeviceRow(Message):
    """One row of a console's device list. `ident`: what tells it from other devices in the list; `user` by id; `mode`: where the list
    tells one that is known; `enrolled` in seconds since the epoch."""

    ident: str = Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")
    user: str
    serial: str = Field(default="", max_length=80)
    imei: str = Field(default="", max_length=80)
    model: str = Field(default="", max_length=80)
    android: str = Field(default="", max_length=40)
    mode: str | None = None
    enrolled: float | None = None


class PutDevices(Message):
    """The console's whole device list, as far as it is about users of the roster. Facts: devices."""

    command: Literal["put_devices"] = "put_devices"
    devices: tuple[DeviceRow, ...]


class ConfirmDevice(Message):
    """A person's word that the console has this unit's device; its serial number, where they read it there. Facts: device."""

    command: Literal["confirm_device"] = "confirm_device"
    enrollment: str
    serial: str = Field(default="", max_length=80)


class CodeView(Message):
    """A prepared code as lists show it, without its content. `damaged`: it cannot be opened any more."""

    user: str
    name: str
    email: str
    kind: CodeKind | None
    mode: str | None
    expires: float | None
    imported: float
    damaged: bool = False


class CodePage(Message):
    """All who have a code."""

    items: tuple[CodeView, ...]
