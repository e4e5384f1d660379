"""A user file is read apart from who asks: by a process of its own, which an ill-made or ill-meant file can at worst end.

It tells nobody anything and asks the service nothing. Who may import what it found is the service's to say, of whoever is signed in
at the connection by which the rows come (wire.KeepRows).
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress

from pydantic import ValidationError

from station.wire import MOST_WHOLE, UserFile

PATIENCE = 120.0  # seconds until a file is given up
GIVEN_UP = UserFile(
    refused="The file could not be read: it is too large, or damaged.", remedy="Save the users alone as CSV UTF-8, and try again."
)


async def read_apart(content: bytes, maps: Mapping[str, str], headed: bool | None) -> UserFile:
    """What this file holds. `maps`: from a column's number (from 1) to its field, `-` leaves it out; `headed`: whether the first row
    names the columns, None where it shall be found out. Ends the process when it is cancelled."""
    how = json.dumps({"maps": dict(maps), "headed": headed, "most": MOST_WHOLE})
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "station.userfiles", how),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # what Python says of an error could hold names
        )
    except OSError:
        return GIVEN_UP
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate(content)
        return UserFile.model_validate_json(said)
    except (TimeoutError, ValidationError):
        return GIVEN_UP
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
