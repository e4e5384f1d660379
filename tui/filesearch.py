"""Files of users that can be reached from this terminal: on sticks, in the bench's folder, where the person is at home."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from station.words import N_

MOUNTS: tuple[Path, ...] = (Path("/media"), Path("/run/media"), Path("/mnt"))
"""Where sticks are mounted."""

ENDINGS = (".csv", ".xlsx")
DEEPEST = 4
"""Folders below a mount's that are looked into: the person's, the stick's, and two of its own."""
MOST_LISTED, MOST_SEEN = 200, 5000
"""Files that are listed, and entries that are looked at in one place."""
LARGEST = 32 << 20
"""Octets of a file that is taken."""

GONE = N_("{path} is not there.")
DENIED = N_("This terminal may not read {path}.")
NO_FILE = N_("{path} is no file.")
TOO_LARGE = N_("{path} has {size} MB; at the screen a file may have {most}.")
BROKEN = N_("{path} could not be read to its end.")
REMEDIES: dict[str, str] = {
    GONE: N_("Put the stick back, or choose another file."),
    DENIED: N_("Let its owner allow it, or choose another file."),
    NO_FILE: N_("Write the path of one file."),
    TOO_LARGE: N_("Save the users alone as CSV UTF-8, or import it with: sixtap users import FILE"),
    BROKEN: N_("Put the stick back and choose the file again, or copy it elsewhere first."),
}


class Unreadable(Exception):
    """A file that cannot be taken. `why`: a key of REMEDIES; `args`: what it speaks of."""

    def __init__(self, why: str, **said: object) -> None:
        super().__init__(why)
        self.why = why
        self.said = said


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that lies somewhere. `size`: octets; `at`: when it was last written (seconds since the epoch)."""

    path: Path
    size: int
    at: float


def found(laid: Sequence[str] = ()) -> tuple[FoundFile, ...]:
    """Every file of users, newest first; what cannot be looked into is passed over. `laid`: the bench's own folders."""
    places = [(root, DEEPEST) for root in MOUNTS] + [(Path(folder), 1) for folder in laid]
    with contextlib.suppress(OSError, RuntimeError):  # no home, or a working folder that was removed
        places += [(Path.home(), 0), (Path.cwd(), 0)]
    files: dict[Path, FoundFile] = {}
    for root, depth in places:
        for entry in _entries(root, depth):
            with contextlib.suppress(OSError):
                known = entry.stat()
                files[Path(entry.path)] = FoundFile(Path(entry.path), known.st_size, known.st_mtime)
    return tuple(sorted(files.values(), key=lambda one: (-one.at, one.path))[:MOST_LISTED])


def _entries(root: Path, depth: int) -> Iterator[os.DirEntry[str]]:
    """Files with the right ending, breadth first, so that the topmost come before a great many others."""
    folders, seen = [(str(root), depth)], 0
    while folders:
        folder, left = folders.pop(0)
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                seen += 1
                if seen > MOST_SEEN:
                    return
                if entry.name.startswith((".", "~$")):  # hidden, or the lock of an open workbook
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders += [(entry.path, left - 1)] if left else []
                elif entry.name.lower().endswith(ENDINGS) and entry.is_file():
                    yield entry


def load(path: Path) -> bytes:
    """The whole file. Raises Unreadable."""
    try:
        # without waiting: a pipe or a device is no file of users
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(number, "rb") as file:
            known = os.fstat(number)
            if not stat.S_ISREG(known.st_mode):
                raise Unreadable(NO_FILE, path=str(path))
            if known.st_size > LARGEST:
                raise Unreadable(TOO_LARGE, path=str(path), size=-(-known.st_size // (1 << 20)), most=LARGEST >> 20)
            return file.read(LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        raise Unreadable(GONE, path=str(path)) from None
    except PermissionError:
        raise Unreadable(DENIED, path=str(path)) from None
    except IsADirectoryError:
        raise Unreadable(NO_FILE, path=str(path)) from None
    except (OSError, ValueError):
        raise Unreadable(BROKEN, path=str(path)) from None
