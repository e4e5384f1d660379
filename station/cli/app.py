"""`sixtap`: all commands in one place."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from station.cli import (
    audit,
    barcodes,
    batches,
    camera,
    codes,
    demo,
    devices,
    doctor,
    invite,
    policies,
    qr,
    screen,
    settings,
    staff,
    units,
    users,
    witness,
)
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import WRONG_USE, as_json, ask, complain, end, say, table
from station.config import load_config
from station.domain.errors import SixtapError

app = typer.Typer(
    name="sixtap",
    help="A provisioning bench for Android devices.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(users.app, name="users")
app.add_typer(policies.app, name="policies")
app.add_typer(batches.app, name="batch")
app.add_typer(units.app, name="unit")
app.add_typer(audit.app, name="audit")
app.add_typer(codes.app, name="codes")
app.command("invite")(invite.invite)
app.add_typer(devices.app, name="device")
app.add_typer(staff.app, name="staff")
app.command("qr")(qr.qr)
app.command("barcodes")(barcodes.barcodes)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
app.command("witness")(witness.witness)
app.command("self-test")(camera.self_test)
app.command("calibrate")(camera.calibrate)
app.command("teach")(camera.teach)
app.command("screen")(screen.screen)
app.command("settings")(settings.settings)

ConfigOption = Annotated[Path, typer.Option("--config", help="The bench's configuration file.", envvar="SIXTAP_CONFIG")]


@app.command()
def serve(config: ConfigOption = Path("/etc/sixtap/sixtap.toml")) -> None:
    """Run the bench's service."""
    from station.assembly.service import serve as run_service  # imported here: the other commands need none of it

    run_service(load_config(config))


@app.command()
def tui(
    socket: SocketOption,
    kiosk: Annotated[bool, typer.Option("--kiosk", help="No way out of it: for the touchscreen.")] = False,
    language: Annotated[str, typer.Option(help="Its language, such as fr; else your own.")] = "",
) -> None:
    """The operator's screen, on this terminal."""
    arguments = [sys.executable, "-P", "-m", "tui", "--socket", str(socket), *(["--kiosk"] if kiosk else []), f"--language={language}"]
    raise typer.Exit(subprocess.run(arguments, check=False).returncode)  # noqa: S603 - our own module, no shell


@app.command()
def emulator(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on the loopback address; 0 takes a free one.")] = 8099,
    fleet: Annotated[int, typer.Option(min=0, help="Devices that are enrolled already.")] = 0,
    seed: Annotated[int, typer.Option(help="Decides all that varies.")] = 0,
    emm: Annotated[str, typer.Option(help="amapi (Google's Android Management API) or tinymdm.")] = "amapi",
    subscription: Annotated[str, typer.Option(help="A subscription of Pub/Sub that is there from the start; amapi only.")] = "",
) -> None:
    """A stand-in for a management service on this machine: Google's Android Management API, or TinyMDM."""
    from station.emm import emulator, tinymdm_standin

    if emm not in {"amapi", "tinymdm"}:
        complain("--emm must be amapi or tinymdm.")
        end(WRONG_USE)
    run = partial(emulator.run, subscription=subscription or None) if emm == "amapi" else tinymdm_standin.run
    try:
        run(port, fleet, seed)
    except ValueError as why:
        complain(f"--subscription: {why}.")
        end(WRONG_USE)
    except OSError as why:
        complain(f"Port {port} cannot be used: {why.strerror or why}. Choose another with --port.")
        end(WRONG_USE)


@app.command()
def status(socket: SocketOption, json: JsonOption = False) -> None:
    """What the bench is doing now."""
    now = ask(socket, lambda client: client.status())
    if json:
        as_json(now.model_dump(mode="json"))
        return
    stamp = " SIMULATED" if now.simulated else ""
    say(f"bench {now.bench}{stamp}: {now.step.id} {' '.join(f'{k}={v}' for k, v in now.step.args.items())}".rstrip())
    if now.question:
        answers = ", ".join(now.question.answers)
        say(f"question {now.question.id} ({now.question.kind}) about {now.question.user}: {answers}")
    if now.batch:
        count, phones = now.batch.users, now.batch.phones
        say(f"batch {now.batch.name}: {count.verified} verified, {count.held} held, {count.open} open, {count.received} users")
        say(f"phones: {phones.received} received, {phones.verified} verified, {phones.in_rack} in rack, {phones.set_aside} set aside")
    for name, part in now.parts.items():
        if part.state == "lost":
            say(f"{name} lost: {part.detail}")
    if now.rack:
        table(("tray", "user", "state"), [(unit.tray or "-", unit.user, unit.state) for unit in now.rack])


@app.command()
def install(root: Annotated[Path, typer.Option(help="Where the system's root is.")] = Path("/")) -> None:
    """Put the systemd units, accounts and udev rules of a bench in place."""
    from station.cli.install import install as install_into

    shipped = Path(str(files("station"))) / "installed" / "systemd"
    for path in install_into(root, shipped if shipped.exists() else Path(__file__).parents[2] / "systemd"):
        say(str(path))


def main() -> None:
    """The entry point: errors become one readable line and an exit code."""
    os.environ.setdefault("PYTHONSAFEPATH", "1")  # children never take a module from the current folder
    try:
        app()
    except SixtapError as why:
        complain(str(why))
        sys.exit(WRONG_USE)
