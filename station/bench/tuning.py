"""Settings that the bench takes while it runs. What is changed here stays changed on this bench, over restarts too, until it is taken
back; everything else is the configuration file's."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from station.bench.desk import Desk
from station.bench.record import Record
from station.domain.errors import NotFound, WrongUse
from station.ports import Actor, Change, Fact, KeptSetting

Value = float | int | str
LANGUAGE = "language"
TRAYS = "rack.trays"
OVERDUE = "times.overdue"
LOCK = "roles.lock_after"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a number may be while the bench runs. Narrower than in the file: nobody shall stop a bench by a slip of the finger."""

    least: float
    most: float
    whole: bool = False


LIVE: dict[str, Limits | None] = {
    LANGUAGE: None,
    TRAYS: Limits(1, 500, whole=True),
    "times.scan": Limits(5, 3600),
    "times.idle": Limits(30, 86400),
    OVERDUE: Limits(60, 86400),
    "times.poll": Limits(1, 600),
    "times.first_poll": Limits(0, 600),
    "times.held_poll": Limits(1, 3600),
    "times.ahead": Limits(1, 5, whole=True),
    LOCK: Limits(30, 86400),
}
"""By the configuration's key; None where the value is a text. Whoever reads one of these asks the desk for it each time."""


class Tuning:
    """Changes what the desk has. `changed`: keys whose value is not the configuration's."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._configured = {key: _now(record.desk, key) for key in LIVE}
        self.changed: set[str] = set()

    def now(self, key: str) -> Value:
        """The value that holds."""
        return _now(self._record.desk, key)

    async def take_up(self) -> None:
        """What was changed in an earlier run. A value that is of no use any more is passed over: the file's holds then."""
        for kept in await self._record.ledger.kept_settings():
            try:
                self._set(kept.key, _read(kept.key, kept.value))
            except (NotFound, WrongUse):
                continue
            self.changed.add(kept.key)

    async def change(self, actor: Actor, key: str, text: str | None) -> Value:
        """Let this value hold from now on; None: the configuration's own again. Returns it. NotFound, WrongUse."""
        async with self._record.turn:
            if key not in LIVE:
                raise NotFound(
                    f"{key[:60]!r} cannot be changed while the bench runs.",
                    "Write it into the configuration file, then restart the service.",
                )
            before, value = self.now(key), self._configured[key] if text is None else _read(key, text)
            if value != before:
                self._refuse_unsafe(key, value)
            own = value != self._configured[key]
            fact = Fact("SettingChanged", {"key": key, "before": before, "after": value, "configured": not own})
            await self._record.commit(Change(actor, settings=(KeptSetting(key, str(value) if own else ""),), facts=(fact,)))
            self._set(key, value)
            (self.changed.add if own else self.changed.discard)(key)
        self._record.desk.ring()
        return value

    def _refuse_unsafe(self, key: str, value: Value) -> None:
        desk = self._record.desk
        if key == TRAYS:
            taken = max((phone.tray or 0 for phone in desk.phones.values()), default=0)
            if not desk.timing.trays or not value:
                raise WrongUse("Whether there is a rack is set in the file.", "Write rack.trays there, then restart the service.")
            if taken > int(value):
                raise WrongUse(f"A phone is in tray {taken}.", "Take fewer trays away, or wait until that one is free.")
        if key == OVERDUE and any(unit.due is not None for unit in desk.units.values()):
            raise WrongUse("Phones are waiting, and their time is counted by it.", "Change it when no phone is in the rack.")

    def _set(self, key: str, value: Value) -> None:
        desk = self._record.desk
        if key == LANGUAGE:
            desk.language = str(value)
        elif key == LOCK:
            desk.lock_after = float(value)
        else:
            desk.timing = replace(desk.timing, **{_field(key): value})  # type: ignore[arg-type]  # `_read` made it of the field's type


def _field(key: str) -> str:
    return key.partition(".")[2]


def _now(desk: Desk, key: str) -> Value:
    if key == LANGUAGE:
        return desk.language
    if key == LOCK:
        return desk.lock_after
    value: Value = getattr(desk.timing, _field(key))
    return value


def _read(key: str, text: str) -> Value:
    """The value that somebody typed. Raises NotFound, WrongUse."""
    if key not in LIVE:
        raise NotFound(f"{key[:60]!r} is no setting that can be changed here.", "")
    limits = LIVE[key]
    if limits is None:
        if not re.fullmatch("[a-z]{2,3}(_[A-Z]{2})?", text):
            raise WrongUse(f"{text[:20]!r} is no language's code.", "Write one such as en or fr.")
        return text
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        number = math.nan
    if not limits.least <= number <= limits.most or (limits.whole and number != int(number)):
        kind = "whole number" if limits.whole else "number"
        raise WrongUse(f"{key} is a {kind} from {limits.least:g} to {limits.most:g}.", "Nothing was changed.")
    return int(number) if limits.whole else number
