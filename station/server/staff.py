"""The list of those who may sign in."""

from __future__ import annotations

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.ports import Actor
from station.server.asking import Queries


async def order(bench: Bench, actor: Actor, command: wire.PutStaff | wire.RemoveStaff) -> dict[str, object]:
    """Carry it out; facts: the id."""
    match command:
        case wire.PutStaff(staff=who, name=name, role=role, pin=pin, badge=badge):
            put = await bench.staff.put(
                actor,
                who,
                name,
                role,
                pin=pin.get_secret_value() if pin is not None else None,
                badge=badge.get_secret_value() if badge is not None else None,
            )
            return {"staff": put.id}
        case wire.RemoveStaff(staff=who):
            return {"staff": await bench.staff.remove(actor, who)}


def queries(bench: Bench) -> Queries:
    """Paths, what answers them, and what arguments they take."""

    async def staff(_: web.Request) -> wire.StaffPage:
        everybody = await bench.staff.everybody()
        return wire.StaffPage(
            items=tuple(
                wire.StaffView(id=one.id, name=one.name, role=one.role, has_pin=bool(one.pin), has_badge=bool(one.badge))
                for one in everybody
            )
        )

    return (("/v1/staff", staff, ()),)
