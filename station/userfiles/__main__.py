"""Reads one user file in a process of its own: `python -P -m station.userfiles HOW < FILE`, which prints a wire.UserFile.

What somebody carried in on a stick is unpacked here, where it can at worst end this process: neither the screen nor the service.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import sys
from typing import BinaryIO, cast

from station import wire
from station.domain.columns import FIELDS, Columns, beheld
from station.domain.errors import BadRoster, WrongUse
from station.domain.roster import RowProblem
from station.domain.rosterrows import Cells
from station.userfiles.reading import How, UserFile, first_rows, read_stream

MEMORY = 1 << 30  # octets that this process may have
SAMPLES, LONGEST_SAMPLE = 3, 60


def described(stream: BinaryIO, how: How, most: int) -> wire.UserFile:
    """All that can be said of this file, which can be sought in; its good rows unless there are more than `most`."""
    try:
        with read_stream(stream, how) as checked:
            return _described(checked, first_rows(stream, how), most)
    except (BadRoster, WrongUse) as why:
        problems = getattr(why, "problems", ())
        try:
            sample = first_rows(stream, how)
        except (BadRoster, WrongUse):
            return wire.UserFile(refused=why.message, remedy=why.remedy, problems=_problems(problems, Columns(())))
        columns = beheld(sample, how.maps, how.headed)
        return wire.UserFile(
            refused=why.message,
            remedy=why.remedy,
            headed=bool(columns.headers),
            columns=_columns(columns, sample),
            problems=_problems(problems, columns),
        )


def _described(checked: UserFile, sample: list[Cells], most: int) -> wire.UserFile:
    columns, broken = checked.columns, checked.broken
    rows = list(checked.rows()) if checked.good <= most and broken is None else []
    return wire.UserFile(
        refused=broken.message if broken else "",
        remedy=broken.remedy if broken else "",
        headed=bool(columns.headers),
        columns=_columns(columns, sample),
        notes=checked.notes,
        rows=tuple(wire.UserRow.model_validate(row.values()) for row in rows),
        lines=tuple(row.line for row in rows),
        good=checked.good,
        bad=checked.bad,
        duplicates=checked.duplicates,
        invited=checked.invited,
        problems=_problems(checked.problems, columns),
        more_problems=checked.more_problems,
    )


def _columns(columns: Columns, sample: list[Cells]) -> tuple[wire.FileColumn, ...]:
    users = [cells for _, cells in (sample[1:] if columns.headers else sample)][:SAMPLES]
    headers = columns.headers or ("",) * len(columns.fields)
    return tuple(
        wire.FileColumn(
            header=header[:LONGEST_SAMPLE],
            field=field,
            samples=tuple(cells[place].strip()[:LONGEST_SAMPLE] if place < len(cells) else "" for cells in users),
        )
        for place, (header, field) in enumerate(zip(headers, columns.fields, strict=True))
    )


def _problems(problems: object, columns: Columns) -> tuple[wire.FileProblem, ...]:
    found = [one for one in cast("tuple[object, ...]", problems) if isinstance(one, RowProblem)]
    return tuple(_problem(one, columns) for one in found)


def _problem(one: RowProblem, columns: Columns) -> wire.FileProblem:
    field = one.column if one.column in FIELDS else ""
    column = int(one.column) if one.column.isdigit() else columns.fields.index(field) + 1 if field in columns.fields else None
    return wire.FileProblem(line=one.line, column=column, field=field, value=one.value, reason=one.reason)


def main() -> None:
    """Read the file from the standard input; HOW is JSON: `maps`, `headed` and `most`."""
    with contextlib.suppress(OSError, ValueError):  # a kiosk's sandbox may not let it be set
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked = json.loads(sys.argv[1])
    with os.fdopen(os.memfd_create("users"), "w+b") as stream:  # on no disk: it holds names
        shutil.copyfileobj(sys.stdin.buffer, stream)
        said = described(stream, How(asked["maps"], headed=asked["headed"]), asked["most"])
    sys.stdout.buffer.write(said.model_dump_json().encode())


if __name__ == "__main__":
    main()
