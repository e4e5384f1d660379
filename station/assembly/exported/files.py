"""Files of an export: what each is by its first octets, and what codes are in it. Folders and ZIP files are gone through."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from station.assembly.exported.documents import codes_of_pdf
from station.assembly.exported.found import Found, Unread
from station.assembly.exported.jsonfiles import codes_of_json
from station.assembly.exported.pictures import only_code
from station.domain.errors import BadPayload

LARGEST = 64_000_000  # octets of one file
MOST_FILES = 20_000
KINDS = "Give PNG or JPEG pictures, PDF or JSON files, or a folder or ZIP file of these."


def codes_in(paths: Sequence[Path]) -> Iterator[Found | Unread]:
    """Every code in these files and folders, in the order of their names; or why there is none where one was to be expected."""
    for path in paths:
        if not path.is_dir():
            yield from _file(path.name, path)
            continue
        inside = sorted(one for one in path.rglob("*") if one.is_file() and not _hidden(one.relative_to(path).as_posix()))
        if not inside:
            yield Unread(path.name, "There is no file in this folder.", KINDS)
        for one in inside:
            yield from _file(one.relative_to(path).as_posix(), one, among_others=True)


def _file(name: str, path: Path, *, among_others: bool = False) -> Iterator[Found | Unread]:
    try:
        if path.stat().st_size > LARGEST:
            yield Unread(name, f"It is larger than {LARGEST // 1_000_000} MB.", "Export fewer users at once.")
            return
        octets = path.read_bytes()
    except OSError as why:
        yield Unread(name, f"It cannot be read: {why.strerror}.", "Check its name and owner.")
        return
    if octets.startswith(b"PK\x03\x04"):
        yield from _zip(name, octets)
    else:
        yield from codes_of_file(name, octets, among_others=among_others)


def codes_of_file(name: str, octets: bytes, *, among_others: bool = False) -> Iterator[Found | Unread]:
    """The codes of one file. `among_others`: nobody named this very file, so it may be something else."""
    if octets.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        yield _picture(name, octets)
    elif b"%PDF-" in octets[:1024]:
        yield from codes_of_pdf(name, octets)
    else:
        text = _json_text(octets)
        if text is None:
            yield Unread(name, "It is none of the files that codes come in.", KINDS, harmless=among_others)
        else:
            yield from codes_of_json(name, text)


def _picture(name: str, octets: bytes) -> Found | Unread:
    try:
        content = only_code(octets)
    except BadPayload as why:
        return Unread(name, why.message, why.remedy)
    path = PurePosixPath(name)
    return Found(name, content, (path.stem, *(folder.name for folder in path.parents if folder.name)))


def _json_text(octets: bytes) -> str | None:
    try:
        text = octets.decode("utf-16" if octets.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    return text if text.lstrip()[:1] in ("{", "[") else None


def _zip(name: str, octets: bytes) -> Iterator[Found | Unread]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(octets))
    except zipfile.BadZipFile:
        yield Unread(name, "It is a damaged ZIP file.", "Export it again.")
        return
    with archive:
        inside = sorted(
            (one for one in archive.infolist() if not one.is_dir() and not _hidden(one.filename)), key=lambda i: i.filename
        )
        if not inside or len(inside) > MOST_FILES:
            yield Unread(name, f"{len(inside)} files are in it; it may hold 1 to {MOST_FILES}.", KINDS)
            return
        for one in sorted(inside, key=lambda one: one.filename):
            yield from _zipped(archive, one)


def _zipped(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> Iterator[Found | Unread]:
    if one.file_size > LARGEST:
        yield Unread(one.filename, f"It is larger than {LARGEST // 1_000_000} MB.", "Export fewer users at once.")
        return
    try:
        with archive.open(one) as file:
            octets = file.read(LARGEST)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):  # RuntimeError: a password is asked for
        locked = bool(one.flag_bits & 1)
        reason = "It is locked with a password." if locked else "It cannot be unpacked."
        yield Unread(one.filename, reason, "Unpack the ZIP file and give its folder.")
        return
    yield from codes_of_file(one.filename, octets, among_others=True)


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)
