"""`sixtap doctor`: is this bench in order?"""

from __future__ import annotations

import shutil

from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, as_json, ask, end, say
from station.client import Client
from station.wire import Health, PartState, Status

LOW_DISK = 500e6  # bytes


def doctor(socket: SocketOption, json: JsonOption = False) -> None:
    """Look at the running service and its parts, and say what to do about what is wrong."""

    async def look(client: Client) -> tuple[Health, Status]:
        return await client.health(), await client.status()

    health, status = ask(socket, look)
    findings = [_finding(name, part) for name, part in health.parts.items()]
    free = shutil.disk_usage("/").free
    findings.append(("disk", free > LOW_DISK, f"{free / 1e9:.1f} GB free" + ("" if free > LOW_DISK else ": make room")))
    findings.append(("bench", status.step.id != "stopped", str(status.step.args.get("reason", "runs"))))
    good = all(fine for _, fine, _ in findings)
    if json:
        as_json(
            {
                "good": good,
                "health": health.model_dump(mode="json"),
                "findings": [{"what": w, "good": g, "says": s} for w, g, s in findings],
            }
        )
    else:
        for what, fine, says in findings:
            say(f"{'ok  ' if fine else 'BAD '} {what}: {says}")
        say(f"version {health.version}, ready after {health.ready_seconds} s, {health.figures.get('memory_mb', 0)} MB")
    if not good:
        end(FAILED)


def _finding(name: str, part: PartState) -> tuple[str, bool, str]:
    if name == "display" and part.state == "ok" and part.detail:
        return name, True, f"code too small on the attached screen: {part.detail} a module"
    return name, part.state != "lost", part.detail or part.state
