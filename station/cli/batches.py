"""`sixtap batch`: queues of users."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import typer

from station import wire
from station.cli.batchreport import closing, print_report
from station.cli.camera import warn
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, WRONG_USE, as_json, ask, complain, end, say, table
from station.client import Client
from station.domain.errors import LedgerFailed, WrongUse
from station.store.archive import write_archive, write_csv, write_jsonl
from station.words import words
from station.words.modes import MODES
from station.words.preflight import CHECKS

app = typer.Typer(help="Batches: queues of users.", no_args_is_help=True, rich_markup_mode=None)
BatchArgument = Annotated[str, typer.Argument(help="The batch's name or id.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="A name for the batch.")],
    socket: SocketOption,
    mode: Annotated[str, typer.Option(help="Management mode.")] = "wpco",
    policy: Annotated[str, typer.Option(help="Assigned to those of its users that have none.")] = "",
    label: Annotated[bool, typer.Option("--label", help="Demand each box's label before its code is shown.")] = False,
    attestation: Annotated[str, typer.Option(help="Whose word counts for a scan: never, lead or operator.")] = "lead",
    minimum_android: Annotated[int | None, typer.Option(help="Lowest Android version; the mode's own if not given.")] = None,
    phones: Annotated[int, typer.Option(min=0, help="No users: one generic code for so many phones.")] = 0,
    prefix: Annotated[str, typer.Option(help="What a generic code's devices are called, before their number.")] = "",
    naming: Annotated[str, typer.Option(help="The rest of that name: sequence, serial or date.")] = "sequence",
    lifetime: Annotated[int | None, typer.Option(min=60, help="Seconds that a code lives; a generic one needs it.")] = None,
    names: Annotated[bool, typer.Option("--names", help="Show each user's name beside the code; the camera sees it too.")] = False,
    json: JsonOption = False,
) -> None:
    """Make a batch of all users who are in no other, or with --phones one of a generic code."""
    if attestation not in {"never", "lead", "operator"}:
        complain("--attestation must be never, lead or operator.")
        end(WRONG_USE)
    if naming not in {"sequence", "serial", "date"}:
        complain("--naming must be sequence, serial or date.")
        end(WRONG_USE)
    asked = {"name": name, "mode": mode, "policy": policy, "attestation": attestation, "minimum_android": minimum_android}
    generic = {"phones": phones, "prefix": prefix, "naming": naming, "token_lifetime": lifetime}
    order = wire.CreateBatch.model_validate({**asked, **generic, "names": names, "identity": "label" if label else "none"})
    done = ask(socket, lambda client: client.command(order))
    as_json(done.facts) if json else say(f"Batch {name} is ready: {done.facts['batch']}. Start it with: sixtap batch start {name}")


@app.command("list")
def list_batches(socket: SocketOption, json: JsonOption = False) -> None:
    """All batches."""
    found = ask(socket, lambda client: client.batches())
    if json:
        as_json([one.model_dump(mode="json") for one in found])
        return
    columns = ("name", "state", "mode", "policy", "users", "verified", "held", "open", "id")
    rows = [(b.name, b.state, b.mode, b.policy, b.users.received, b.users.verified, b.users.held, b.users.open, b.id) for b in found]
    table(columns, rows)


@app.command()
def show(batch: BatchArgument, socket: SocketOption, json: JsonOption = False) -> None:
    """One batch and its units."""

    async def fetch(client: Client) -> tuple[wire.BatchView, list[wire.UnitBrief]]:
        return await client.batch(batch), [unit async for unit in _units(client, batch)]

    view, units = ask(socket, fetch)
    if json:
        as_json({"batch": view.model_dump(mode="json"), "units": [unit.model_dump(mode="json") for unit in units]})
        return
    stamp = (", names beside the codes" if view.names else "") + (", SIMULATED" if view.simulated else "")
    policy = f"policy {view.policy}" if view.policy else "users' own policies"
    say(f"{view.name}: {view.state}, {view.mode}, {policy}{stamp}")
    for line in closing(view):
        say(line)
    table(
        ("#", "user", "state", "reason", "tray", "id"),
        [(u.position, u.user, u.state, u.reason or "", u.tray or "", u.enrollment) for u in units],
    )


async def _units(client: Client, batch: str) -> AsyncIterator[wire.UnitBrief]:
    after: int | None = 0
    while after is not None:
        page = await client.units(batch, after=after)
        for unit in page.items:
            yield unit
        after = page.after


@app.command()
def start(batch: BatchArgument, socket: SocketOption) -> None:
    """Run a batch."""
    done = ask(socket, lambda client: client.command(wire.StartBatch(batch=batch)))
    for item in done.facts.get("preflight", ()):
        complain(f"Note: {looked_at(wire.PreflightItem.model_validate(item))}")
    warn(done.facts.get("camera", ()))
    say(f"Batch {batch} runs.")


@app.command()
def check(batch: BatchArgument, socket: SocketOption, json: JsonOption = False) -> None:
    """What could stop a batch halfway, before it starts. Exit code 1 when it cannot work."""
    found = ask(socket, lambda client: client.preflight(batch))
    if json:
        as_json({**found.model_dump(mode="json"), "sentences": [looked_at(one) for one in found.items]})
    else:
        marks = {"ok": "ok", "advice": "note", "refuse": "STOP"}
        for one in found.items:
            say(f"{marks[one.level]:5} {one.id if one.level == 'ok' else looked_at(one)}")
        say("Ready." if found.ready else "This batch cannot work as it is.")
    if not found.ready:
        end(FAILED)


def looked_at(item: wire.PreflightItem) -> str:
    """What was found, in words."""
    args = {**item.args, **({"mode": words("en")(MODES[str(item.args["mode"])])} if item.args.get("mode") in MODES else {})}
    return words("en")(CHECKS[item.id], **args)


@app.command()
def pause(batch: BatchArgument, socket: SocketOption) -> None:
    """Show nothing more; what is in the rack goes on."""
    ask(socket, lambda client: client.command(wire.PauseBatch(batch=batch)))
    say(f"Batch {batch} is paused.")


@app.command()
def report(batch: BatchArgument, socket: SocketOption, json: JsonOption = False) -> None:
    """A batch in figures: units an hour, time per step, holds by reason, who did what."""
    found = ask(socket, lambda client: client.batch_report(batch))
    if json:
        as_json(found.model_dump(mode="json"))
    else:
        print_report(found)


@app.command()
def export(
    batch: BatchArgument,
    socket: SocketOption,
    csv: Annotated[Path | None, typer.Option(help="Units as CSV.")] = None,
    jsonl: Annotated[Path | None, typer.Option(help="Units, one JSON object a line.")] = None,
    sqlite: Annotated[Path | None, typer.Option(help="Batch, units and the bench's record as one SQLite file.")] = None,
) -> None:
    """Write a batch's record to files."""
    if not (csv or jsonl or sqlite):
        complain("Say where to: --csv FILE, --jsonl FILE or --sqlite FILE.")
        end(WRONG_USE)
    header, units, events, head = ask(socket, lambda client: _fetch(client, batch, record=sqlite is not None))
    try:
        if csv:
            write_csv(csv, (*UNIT_COLUMNS, "head"), [{**unit, "head": head["hash"]} for unit in units])
        if jsonl:
            write_jsonl(jsonl, [header, *units, head])
        if sqlite:
            write_archive(sqlite, header, units=units, events=events, heads=[head])
    except (LedgerFailed, WrongUse) as why:
        complain(f"The export is not complete: {why}")
        end(WRONG_USE)
    for path in (csv, jsonl, sqlite):
        if path:
            say(f"{path}: {len(units)} units. Head {head['seq']} {head['hash']}")


Rows = list[dict[str, Any]]
CONFIRMATION = {"LISTED": "list", "ATTESTED": "attested"}  # a device's state, where no service told of it
UNIT_COLUMNS = (  # also of a batch without units
    *("position", "user", "state", "reason", "detail", "attempts", "tray", "token", "shown", "scanned", "evidence"),
    *("device", "serial", "imei", "model", "android", "label", "confirmation", "simulated", "enrollment"),
)


async def _fetch(client: Client, batch: str, *, record: bool) -> tuple[dict[str, Any], Rows, Rows, dict[str, Any]]:
    view = await client.batch(batch)
    units: Rows = []
    async for brief in _units(client, batch):
        units.append(_flat(await client.unit(brief.enrollment), view.simulated))
    head = (await client.head()).model_dump(mode="json")
    events = await _record(client, head["seq"]) if record else []
    header = view.model_dump(mode="json", exclude={"users", "phones"})
    header |= {f"users_{name}": value for name, value in view.users.model_dump().items()}
    header |= {f"phones_{name}": value for name, value in view.phones.model_dump().items()}
    return header, units, events, head


async def _record(client: Client, last: int) -> Rows:
    """The bench's whole record up to the head that is exported: a part of a chain would prove nothing."""
    events: Rows = []
    after: int | None = 0
    while after is not None and len(events) < last:
        page = await client.record(after=after)
        events += [event.model_dump(mode="json", exclude={"type"}) for event in page.items]
        after = page.after
    return events[:last]


def _flat(story: wire.UnitView, simulated: bool) -> dict[str, Any]:
    """One unit's row: the person, the code, the scan, the serial number, the confirmation, the label."""
    current = story.attempts[-1] if story.attempts else None
    device = story.device or {}
    return {
        "position": story.unit.position,
        "user": story.unit.user,
        "state": story.unit.state,
        "reason": story.unit.reason or "",
        "detail": story.unit.detail,
        "attempts": story.unit.attempts,
        "tray": story.unit.tray,
        "token": current.token if current else None,
        "shown": current.shown if current else None,
        "scanned": current.scanned if current else None,
        "evidence": " ".join(one.kind for one in story.evidence),
        "device": device.get("name"),
        "serial": device.get("serial"),
        "imei": device.get("imei"),
        "model": device.get("model"),
        "android": device.get("android"),
        "label": story.label,
        "confirmation": CONFIRMATION.get(device["state"], "service") if device else None,
        "simulated": simulated,
        "enrollment": story.unit.enrollment,
    }
