"""`sixtap users`: the roster."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, WRONG_USE, as_json, ask, complain, end, say, table
from station.cli.userimport import import_file, invite
from station.client import Client, Refused

app = typer.Typer(help="People who get a device.", no_args_is_help=True, rich_markup_mode=None)
app.command("import")(import_file)

UserArgument = Annotated[str, typer.Argument(metavar="USER", help="E-mail, id, or a name that nobody else has.")]
UsersArgument = Annotated[list[str], typer.Argument(metavar="USER...", help="E-mails, ids, or names that nobody else has.")]
EmailOption = Annotated[str | None, typer.Option(help="E-mail address.")]
GroupOption = Annotated[str | None, typer.Option(help="The group that they belong to.")]
PolicyOption = Annotated[str | None, typer.Option(help="The policy that their device obeys.")]
ModeOption = Annotated[str | None, typer.Option(help="Management mode, where it is not the batch's: wpco, fully_managed, ...")]
DirectoryOption = Annotated[str | None, typer.Option(help="What they are called in a directory; an anonymous user needs it.")]
LanguageOption = Annotated[str | None, typer.Option(help="The language of their mail, such as en or fr.")]
CustomOption = Annotated[list[str] | None, typer.Option("--custom", help="A text of your own; up to three times.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The user's name.")],
    socket: SocketOption,
    email: EmailOption = None,
    group: GroupOption = None,
    policy: PolicyOption = None,
    mode: ModeOption = None,
    directory: DirectoryOption = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Not a person; their directory name tells them apart.")] = False,
    language: LanguageOption = None,
    custom: CustomOption = None,
    send_email: Annotated[bool, typer.Option("--send-email", help="Mail them their code at once.")] = False,
    json: JsonOption = False,
) -> None:
    """Add one user."""
    row = wire.UserRow(
        name=name,
        email=email or "",
        group=group or "",
        policy=policy or "",
        mode=mode or None,
        directory=directory or "",
        anonymous=anonymous,
        language=language or "",
        custom=_three(custom),
        send_email=send_email,
    )
    user, refused = ask(socket, lambda client: _add(client, row))
    mailed = send_email and not refused
    as_json({"user": user, "invited": mailed, "refused": refused}) if json else say(
        f"User {user} was added{' and mailed' if mailed else ''}."
    )
    if refused:
        complain(f"The user was not invited: {refused}")
        end(FAILED)


async def _add(client: Client, row: wire.UserRow) -> tuple[str, str]:
    """The user's id, and why they were not invited."""
    done = await client.command(wire.ImportUsers(rows=(row,), only_new=True))
    user = str(done.facts["users"][0])
    if not row.send_email:
        return user, ""
    if "mailed" in done.facts:  # the management service knows persons, and sends its own mail
        return user, "" if user in done.facts["mailed"] else "; ".join(str(one["why"]) for one in done.facts["unknown_there"])
    try:
        _, refused = await invite(client, (user,))
    except Refused as why:
        return user, str(why)
    return user, "; ".join(one["why"] for one in refused)


@app.command()
def edit(
    user: UserArgument,
    socket: SocketOption,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    email: EmailOption = None,
    group: GroupOption = None,
    policy: PolicyOption = None,
    mode: ModeOption = None,
    directory: DirectoryOption = None,
    anonymous: Annotated[bool | None, typer.Option("--anonymous/--named", help="Whether they are anonymous.")] = None,
    language: LanguageOption = None,
    custom: CustomOption = None,
    json: JsonOption = False,
) -> None:
    """Change one user; an empty text ("") takes a value away."""
    order = wire.EditUser(
        user=user,
        name=name,
        email=email,
        group=group,
        policy=policy,
        mode=mode,
        directory=directory,
        anonymous=anonymous,
        language=language,
        custom=_three(custom) if custom is not None else None,
    )
    if not order.model_dump(exclude={"command", "user"}, exclude_none=True):
        complain("Say what changes: --name, --email, --group, --policy, --mode, --directory, --language, --custom, ...")
        end(WRONG_USE)
    changed = ask(socket, lambda client: client.command(order)).facts["changed"]
    as_json({"changed": changed}) if json else say(f"Changed: {', '.join(changed)}." if changed else "Nothing changed.")


@app.command()
def assign(
    socket: SocketOption,
    policy: Annotated[str, typer.Option(help="The policy's name.")],
    users: Annotated[
        list[str] | None, typer.Argument(metavar="[USER...]", help="E-mails, ids, or names that nobody else has.")
    ] = None,
    mode: ModeOption = None,
    group: Annotated[str | None, typer.Option(help="All users of this group.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="All users.")] = False,
    json: JsonOption = False,
) -> None:
    """Give users a policy: those named, a group, or all. It is the user's, never the device's."""
    if sum((bool(users), group is not None, everybody)) != 1:
        complain("Say who: USER..., --group GROUP or --all.")
        end(WRONG_USE)
    order = wire.AssignUsers(users=tuple(users) if users else None, group=group, policy=policy, mode=mode)
    facts = ask(socket, lambda client: client.command(order)).facts
    as_json(facts) if json else say(f"{facts['assigned']} users have the policy {policy}; {facts['changed']} of them changed.")


@app.command()
def remove(users: UsersArgument, socket: SocketOption, json: JsonOption = False) -> None:
    """Revoke users' codes and erase them; the record keeps their ids."""
    removed, refused = ask(socket, lambda client: _remove(client, users))
    if json:
        as_json({"removed": list(removed.values()), "refused": refused})
    else:
        for ident in removed:
            say(f"{ident} was removed.")
    for one in refused:
        complain(f"{one['user']}: {one['why']}")
    if refused:
        end(FAILED if removed else WRONG_USE)


async def _remove(client: Client, users: list[str]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The ids of those who are gone, by what they were called; and who is not, and why."""
    removed: dict[str, str] = {}
    refused: list[dict[str, str]] = []
    for user in users:
        try:
            removed[user] = str((await client.command(wire.RemoveUser(user=user))).facts["removed"])
        except Refused as why:
            refused.append({"user": user, "why": str(why)})
    return removed, refused


@app.command("list")
def list_users(
    socket: SocketOption,
    group: Annotated[str, typer.Option(help="Only this group.")] = "",
    search: Annotated[str, typer.Option(help="Only those with this in name or e-mail.")] = "",
    json: JsonOption = False,
) -> None:
    """All users, or some."""
    found = ask(socket, lambda client: _fetch(client, group, search))
    if json:
        as_json([one.model_dump(mode="json") for one in found])
    else:
        table(("id", "name", "email", "policy", "mode", "group"), map(_cells, found))


async def _fetch(client: Client, group: str, search: str) -> list[wire.UserView]:
    found: list[wire.UserView] = []
    after: str | None = ""
    while after is not None:
        page = await client.users(after=after, group=group, search=search)
        found += page.items
        after = page.after
    return found


def _cells(user: wire.UserView) -> tuple[Any, ...]:
    return user.id, user.name, user.email, user.policy, user.mode or "", user.group


def _three(custom: list[str] | None) -> wire.Custom:
    """Up to three texts; ends with code 2 when there are more."""
    texts = [*(custom or []), "", "", ""]
    if len(custom or []) > 3:
        complain("There are three custom fields.")
        end(WRONG_USE)
    return texts[0], texts[1], texts[2]
