"""`sixtap policies`: what devices must obey, kept as versions, and what each management mode makes of it."""

from __future__ import annotations

import json as jsonlib
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, WRONG_USE, as_json, ask, complain, end, say, table
from station.domain.errors import WrongUse
from station.domain.policy import Mode, mode_of, policy_id
from station.domain.secretrefs import refuse_open_secrets
from station.policies.catalogue import found
from station.policies.difference import Difference, differences
from station.policies.reading import LARGEST, Document, read_document
from station.policies.validation import problems
from station.server.policyreports import report, row
from station.words import words
from station.words.policies import SUPPORTS, icon, sentence

app = typer.Typer(
    help="Policies: what devices must obey, and what each management mode makes of it.", no_args_is_help=True, rich_markup_mode=None
)

NameArgument = Annotated[str, typer.Argument(help="NAME, or NAME@VERSION.")]
VersionOption = Annotated[int | None, typer.Option("--version", min=1, help="A version; else the newest.")]
FILE_ENDINGS = (".json", ".yaml", ".yml")
LETTERS = {Mode.FULLY_MANAGED: "F", Mode.DEDICATED: "D", Mode.WPCO: "W", Mode.WORK_PROFILE: "P"}
LONGEST_VALUE = 60  # letters of a value in a line of a difference

t = words("en")


# --- keeping --------------------------------------------------------------------------------------------------------------


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A policy document of Google's, JSON or YAML.")],
    socket: SocketOption,
    name: Annotated[str, typer.Option("--name", help="Its name; else the document's own, else the file's.")] = "",
    json: JsonOption = False,
) -> None:
    """Keep a policy: a new version, if the content changed."""
    document = _read(file)
    ident = policy_id(name or str(document.get("name") or "") or file.stem)
    wrong = tuple(wire.Finding(**asdict(one)) for one in problems(document))
    if wrong:
        if json:
            as_json({"problems": [one.model_dump(mode="json") for one in wrong]})
        for one in wrong:
            complain(f"{one.path}: {sentence(t, one.reason, one.args)}")
        complain(f"{file}: Google would refuse it at {len(wrong)} place{'s'[: len(wrong) - 1]}. Nothing was imported.")
        end(WRONG_USE)
    refuse_open_secrets(document)
    facts = ask(socket, lambda client: client.command(wire.PutPolicy(name=ident, document=document))).facts
    if json:
        as_json({"name": ident, **facts})
    else:
        say(f"{ident}: version {facts['version']}{'' if facts['changed'] else ', unchanged'}.")


@app.command("list")
def list_policies(
    socket: SocketOption,
    name: Annotated[str, typer.Argument(help="A policy, to see all its versions.")] = "",
    json: JsonOption = False,
) -> None:
    """All policies, or all versions of one: which was pushed last, and what the management service has."""
    page = ask(socket, lambda client: client.policies(name))
    if json:
        as_json(page.model_dump(mode="json"))
        return
    theirs = "?" if page.service == "silent" else "-"
    columns = ("name", "version", "pushed", "service's own", "by", "digest")
    table(columns, [_listed(one, theirs) for one in page.items])
    if page.service == "silent":
        complain("The management service does not answer, or refuses; what it has is not known.")


def _listed(one: wire.PolicyView, theirs: str) -> tuple[object, ...]:
    pushed, service = one.pushed_version or "-", one.service_version or theirs
    return one.name, one.version or "-", pushed, service, one.actor or "-", one.digest[:12] or "-"


@app.command()
def show(name: NameArgument, socket: SocketOption, version: VersionOption = None, json: JsonOption = False) -> None:
    """A policy's document; with --json also which version it is."""
    ident, number = _one(name, version)
    kept = ask(socket, lambda client: client.policy(ident, number))
    if json:
        as_json(kept.model_dump(mode="json"))
    else:
        complain(f"{kept.policy.name}, version {kept.policy.version}, imported by {kept.policy.actor}")
        as_json(kept.document)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A file, NAME or NAME@VERSION. A NAME alone: against the version before.")],
    socket: SocketOption,
    new: Annotated[str, typer.Argument(help="What it is compared with, in the same way.")] = "",
    json: JsonOption = False,
) -> None:
    """What differs between two versions, two policies, or a policy and a file."""
    if new:
        places = differences(_document(socket, old), _document(socket, new))
    elif _file(old):
        raise WrongUse(f"{old} is compared with nothing.", "Name a second file, or a policy.")
    else:
        name, version = _parted(old)
        changes = ask(socket, lambda client: client.policy_changes(name, new=version))
        places = tuple(Difference(one.path, one.kind, one.old, one.new) for one in changes.items)
    if json:
        as_json([asdict(one) for one in places])
        return
    for one in places:
        say(_line(one))
    if not places:
        say("No difference.")


def _line(one: Difference) -> str:
    match one.kind:
        case "added":
            return f"+ {one.path}: {_value(one.new)}"
        case "removed":
            return f"- {one.path}: {_value(one.old)}"
        case "moved":
            return f"> {one.path}: another order, {_value(one.new)}"
    return f"~ {one.path}: {_value(one.old)} -> {_value(one.new)}"


def _value(value: object) -> str:
    text = jsonlib.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


@app.command()
def push(name: NameArgument, socket: SocketOption, version: VersionOption = None, json: JsonOption = False) -> None:
    """Give a version to the management service, for all devices of this policy."""
    ident, number = _one(name, version)
    facts = ask(socket, lambda client: client.command(wire.PushPolicy(name=ident, version=number))).facts
    if json:
        as_json({"name": ident, **facts})
    else:
        say(f"{ident}: version {facts['version']} was pushed; the management service calls it version {facts['service_version']}.")


# --- judging --------------------------------------------------------------------------------------------------------------


@app.command()
def check(
    policy: Annotated[str, typer.Argument(help="A file, which needs no service, or NAME, or NAME@VERSION.")],
    socket: SocketOption,
    mode: Annotated[str, typer.Option("--mode", help="fully_managed, dedicated, wpco or work_profile.")] = Mode.WPCO.value,
    android: Annotated[int | None, typer.Option("--android", min=1, max=99, help="Say also what needs a newer Android.")] = None,
    json: JsonOption = False,
) -> None:
    """Every option that a mode ignores, weakens or refuses, and why. Ends with 1 if there is one without any effect."""
    chosen = mode_of(mode)
    if file := _file(policy):
        judged = report(str(file), None, _read(file), chosen, android)
    else:
        name, version = _parted(policy)
        judged = ask(socket, lambda client: client.check_policy(name, chosen, version=version, android=android))
    as_json(judged.model_dump(mode="json")) if json else _print_report(judged)
    if any(one.support in ("invalid", "no") for one in judged.findings):
        end(FAILED)


def _print_report(judged: wire.PolicyReport) -> None:
    ascii_only = _ascii_only()
    table(
        ("", "option", "effect", "why", "basis"),
        [
            (
                icon(one.support, ascii_only=ascii_only),
                one.path,
                t(SUPPORTS[one.support]),
                sentence(t, one.reason, one.args),
                "" if one.support in ("invalid", "unknown") else _basis(one.stated),
            )
            for one in judged.findings
        ],
    )
    counts = {support: sum(one.support == support for one in judged.findings) for support in SUPPORTS}
    said = [f"{count} {t(SUPPORTS[support])}" for support, count in counts.items() if count]
    say(f"{judged.name} for {judged.mode}: {judged.options} options; {', '.join(said) or 'all of them work'}.")


@app.command()
def matrix(
    search: Annotated[str, typer.Option("--search", help="Only options whose name holds this.")] = "",
    mode: Annotated[str, typer.Option("--mode", help="Only options that this mode does not take as they are, and why.")] = "",
    stated: Annotated[bool, typer.Option("--stated", help="Only what Google's reference states.")] = False,
    json: JsonOption = False,
) -> None:
    """Every option of a policy, and what each management mode makes of it."""
    chosen = mode_of(mode) if mode else None
    rows = [row(option) for option in found(search, mode=chosen, stated=stated)]
    if json:
        as_json([one.model_dump(mode="json") for one in rows])
        return
    ascii_only = _ascii_only()
    if chosen:
        table(("", "option", "effect", "why", "Android", "basis"), [_cell(one, chosen, ascii_only) for one in rows])
    else:
        table((" ".join(LETTERS.values()), "option", "Android", "basis"), [_cells(one, ascii_only) for one in rows])
        say("   ".join(f"{letter} {mode}" for mode, letter in LETTERS.items()))
        say("   ".join(f"{icon(one, ascii_only=ascii_only)} {t(SUPPORTS[one])}" for one in ("yes", "profile", "partial", "no")))


def _cells(one: wire.MatrixRow, ascii_only: bool) -> tuple[str, ...]:
    icons = " ".join(icon(one.support[mode], ascii_only=ascii_only) for mode in LETTERS)
    return icons, one.field, least_android(one), _basis(one.stated)


def _cell(one: wire.MatrixRow, mode: Mode, ascii_only: bool) -> tuple[str, ...]:
    support, reason = one.support[mode], one.reasons[mode]
    least = str(one.minimum_android.get(mode, ""))
    why = sentence(t, reason.id, reason.args)
    return icon(support, ascii_only=ascii_only), one.field, t(SUPPORTS[support]), why, least, _basis(one.stated)


def least_android(one: wire.MatrixRow) -> str:
    """`9`, or where the modes differ `9 (wpco 15)`; empty where every Android will do."""
    by_number: dict[int, list[str]] = {}
    for mode, least in one.minimum_android.items():
        by_number.setdefault(least, []).append(mode)
    if not by_number:
        return ""
    usual = max(by_number, key=lambda least: len(by_number[least]))
    others = [f"{mode} {least}" for least, modes in by_number.items() if least != usual for mode in modes]
    return f"{usual} ({', '.join(others)})" if others else str(usual)


def _basis(stated: bool) -> str:
    return "stated" if stated else "assumed"


def _ascii_only() -> bool:
    """Where the output cannot show the icons."""
    try:
        "".join(map(icon, SUPPORTS)).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return True
    return False


# --- which document -------------------------------------------------------------------------------------------------------


def _file(text: str) -> Path | None:
    """The file that is meant: one that exists, or a name that only a file has. NAMEs of policies have no slash."""
    path = Path(text)
    return path if path.is_file() or "/" in text or path.suffix.lower() in FILE_ENDINGS else None


def _parted(text: str) -> tuple[str, int | None]:
    """NAME, or NAME@VERSION."""
    name, at, number = text.partition("@")
    if not at:
        return policy_id(name), None
    if not number.isascii() or not number.isdigit() or not 1 <= int(number[:9]) == int(number):
        raise WrongUse(f"{number[:40]!r} is no version.", "Write NAME@VERSION, such as default@2.")
    return policy_id(name), int(number)


def _one(text: str, version: int | None) -> tuple[str, int | None]:
    """NAME with the version of an option, or NAME@VERSION."""
    name, number = _parted(text)
    if number is not None and version is not None:
        raise WrongUse("Two versions are named.", "Write NAME@VERSION, or NAME --version VERSION.")
    return name, version if number is None else number


def _document(socket: Path, text: str) -> Document:
    if file := _file(text):
        return _read(file)
    name, version = _parted(text)
    return ask(socket, lambda client: client.policy(name, version)).document


def _read(file: Path) -> Document:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as why:
        complain(f"{file} cannot be read: {why.strerror}. Check its name.")
        end(WRONG_USE)
    return read_document(content, str(file))
