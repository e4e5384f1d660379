"""Orders about prepared codes and brought devices; who has a code. No content of a code leaves the service again."""

from __future__ import annotations

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.bench.keeping import Keeping, Kept
from station.domain.errors import WrongUse
from station.domain.evidence import LISTED, Device
from station.domain.policy import EXPECTED_RECORD, mode_of
from station.domain.prepared import PreparedCode, checked, token_of
from station.ports import Actor
from station.server.asking import Queries


async def order(
    bench: Bench, actor: Actor, command: wire.PutCodes | wire.PurgeCodes | wire.PutDevices | wire.ConfirmDevice
) -> dict[str, object]:
    """Carry it out."""
    keeping = _keeping(bench)
    match command:
        case wire.PutCodes(codes=codes, dry_run=dry_run):
            given = {one.user: _code(one) for one in codes}
            if len(given) < len(codes):
                raise WrongUse("A user is there twice.", "One user has one code; nothing was imported.")
            return {"outcomes": await keeping.put(actor, given, dry_run=dry_run)}
        case wire.PurgeCodes(users=users):
            return {"purged": await keeping.purge(actor, users)}
        case wire.PutDevices(devices=rows):
            return {"devices": await keeping.take_list(actor, [_device(row) for row in rows])}
        case wire.ConfirmDevice(enrollment=unit, serial=serial):
            return {"device": await keeping.confirm(actor, unit, serial)}


def queries(bench: Bench) -> Queries:
    """Paths, what answers them, and what arguments they take."""

    async def codes(_: web.Request) -> wire.CodePage:
        return wire.CodePage(items=tuple(_view(one) for one in await _keeping(bench).kept()))

    return (("/v1/codes", codes, ()),)


def _keeping(bench: Bench) -> Keeping:
    if bench.keeping is None:
        raise WrongUse(
            "The management service makes its codes itself; none are kept here.",
            'Codes are imported where [emm] says kind = "prepared".',
        )
    return bench.keeping


def _code(one: wire.ExportedCode) -> PreparedCode:
    content = one.content.get_secret_value()
    mode = mode_of(one.mode) if one.mode else None
    return PreparedCode(content, checked(content, mode), one.source, mode, one.expires)


def _device(row: wire.DeviceRow) -> Device:
    mode, ownership = EXPECTED_RECORD[mode_of(row.mode)] if row.mode else ("", "")
    return Device(
        f"listed/{row.ident}",
        token_of(row.user),
        management_mode=mode,
        ownership=ownership,
        state=LISTED,
        serial=row.serial,
        imei=row.imei,
        model=row.model,
        android=row.android,
        enrolled=row.enrolled,
    )


def _view(one: Kept) -> wire.CodeView:
    code = one.code
    return wire.CodeView(
        user=one.user.id,
        name=one.user.name,
        email=one.user.email,
        kind=code.kind if code else None,
        mode=code.mode if code else None,
        expires=code.expires if code else None,
        imported=code.imported if code else 0.0,
        damaged=code is None,
    )
