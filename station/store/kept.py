"""What was changed on a bench while it ran."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from station.ports import KeptSetting
from station.store.plain import check_text
from station.store.schema import settings


def write(connection: Connection, changed: Sequence[KeptSetting], *, bench: str) -> None:
    """Keep these values; an empty one takes back what was kept."""
    for one in changed:
        check_text(one.value, f"settings.{one.key}")
        connection.execute(delete(settings).where(settings.c.bench == bench, settings.c.setting == one.key))
        if one.value:
            connection.execute(insert(settings).values(bench=bench, setting=one.key, said=one.value))


def read(connection: Connection, *, bench: str) -> tuple[KeptSetting, ...]:
    """Of this bench, by key."""
    asked = select(settings.c.setting, settings.c.said).where(settings.c.bench == bench).order_by(settings.c.setting)
    return tuple(KeptSetting(row.setting, row.said) for row in connection.execute(asked))
