"""`sixtap staff`: who may sign in at a terminal that many use. PINs and badges are never arguments: shells keep those."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from pydantic import SecretStr

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import WRONG_USE, as_json, ask, complain, end, say, table
from station.client import Client

app = typer.Typer(help="Who may sign in at the bench's terminal.", no_args_is_help=True, rich_markup_mode=None)

WhoArgument = Annotated[str, typer.Argument(help="Name or id.")]
PinPrompt = Annotated[bool, typer.Option("--pin-prompt", help="Ask for a PIN of 4 to 12 digits.")]
PinStdin = Annotated[bool, typer.Option("--pin-stdin", help="Read the PIN from standard input; an empty line takes it away.")]
BadgePrompt = Annotated[bool, typer.Option("--badge-prompt", help="Ask for the badge: scan it, or type what it says.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The person's name, as the sign-in shows it.")],
    socket: SocketOption,
    role: Annotated[str, typer.Option(help="operator, lead or admin.")] = "operator",
    pin_prompt: PinPrompt = False,
    pin_stdin: PinStdin = False,
    badge_prompt: BadgePrompt = False,
) -> None:
    """Add somebody. Once anybody has a PIN or a badge, the shared terminal asks who is there."""
    pin, badge = _pin(pin_prompt, pin_stdin), _badge(badge_prompt)
    put = wire.PutStaff(name=name, role=_role(role), pin=pin, badge=badge)
    done = ask(socket, lambda client: client.command(put))
    say(f"{name} is on the list: {done.facts['staff']}")


@app.command()
def edit(
    who: WhoArgument,
    socket: SocketOption,
    name: Annotated[str, typer.Option(help="A new name.")] = "",
    role: Annotated[str, typer.Option(help="operator, lead or admin.")] = "",
    pin_prompt: PinPrompt = False,
    pin_stdin: PinStdin = False,
    badge_prompt: BadgePrompt = False,
) -> None:
    """Change somebody, or give them a new PIN or badge; what is not named stays. They must sign in again."""
    pin, badge = _pin(pin_prompt, pin_stdin), _badge(badge_prompt)
    new_role = _role(role) if role else None

    async def change(client: Client) -> str | None:
        known = next((one for one in await client.staff() if who == one.id or who.casefold() == one.name.casefold()), None)
        if known is None:
            return None
        put = wire.PutStaff(staff=known.id, name=name or known.name, role=new_role or known.role, pin=pin, badge=badge)
        await client.command(put)
        return put.name

    changed = ask(socket, change)
    if changed is None:
        complain(f"Nobody of the staff is {who!r}. See who is: sixtap staff list")
        end(WRONG_USE)
    say(f"{changed} is changed.")


@app.command("list")
def list_staff(socket: SocketOption, json: JsonOption = False) -> None:
    """Who is on the list, as what, and how they sign in."""
    everybody = ask(socket, lambda client: client.staff())
    if json:
        as_json([one.model_dump(mode="json") for one in everybody])
        return
    rows = [(one.id, one.name, one.role, "yes" if one.has_pin else "-", "yes" if one.has_badge else "-") for one in everybody]
    table(("id", "name", "role", "PIN", "badge"), rows)


@app.command()
def remove(who: WhoArgument, socket: SocketOption) -> None:
    """Somebody left: their name, PIN and badge are erased; the record keeps their id."""
    done = ask(socket, lambda client: client.command(wire.RemoveStaff(staff=who)))
    say(f"The record knows them as {done.facts['staff']} only.")


def _role(text: str) -> wire.Role:
    role = next((role for role in wire.ROLES if role == text), None)
    if role is None:
        complain(f"--role must be one of {', '.join(wire.ROLES)}.")
        end(WRONG_USE)
    return role


def _pin(prompt: bool, stdin: bool) -> SecretStr | None:
    if prompt and stdin:
        complain("--pin-prompt and --pin-stdin are two ways for one PIN: choose one.")
        end(WRONG_USE)
    if stdin:
        return SecretStr(sys.stdin.readline().strip())
    return SecretStr(typer.prompt("PIN", hide_input=True, confirmation_prompt=True)) if prompt else None


def _badge(prompt: bool) -> SecretStr | None:
    return SecretStr(typer.prompt("Badge", hide_input=True)) if prompt else None
