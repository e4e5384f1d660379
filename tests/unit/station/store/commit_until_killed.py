"""Started by test_crash: commits journeys to the ledger given, tells of each that was acknowledged, and kills itself in the nth.

Arguments: path, where (before_commit, after_commit, or the beginning of an SQL statement), n.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import Engine, event

from station.domain.enrollment import Attempt, Enrollment, Phone, Requeued, ShowOrdered, advance
from station.domain.policy import Mode
from station.ports import BENCH, Batch, Change, Fact
from station.store.ledger import SqlLedger, open_ledger


class Clock:
    def now(self) -> float:
        return 1000.0


def dying(left: int) -> Callable[..., None]:
    """Kills this process when it is called for the nth time."""
    calls = iter(range(left - 1))

    def called(*_: object) -> None:
        if next(calls, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    return called


def arm(ledger: SqlLedger | None, where: str, left: int) -> None:
    die = dying(left)
    if ledger is not None and where in {"before_commit", "after_commit"}:
        setattr(ledger, where, die)
    elif ledger is None and " " in where:

        def watch(*seen: Any) -> None:
            if str(seen[2]).strip().startswith(where):
                die()

        event.listen(Engine, "before_cursor_execute", watch)


async def main(path: str, where: str, left: int) -> None:
    arm(None, where, left)
    async with open_ledger(path, bench="a", clock=Clock()) as ledger:
        enrollment = Enrollment("e", "b", 1, "u", Mode.DEDICATED, "kiosk")
        await ledger.commit(Change(BENCH, batches=(Batch("b", "B", Mode.DEDICATED, "kiosk"),), enrollments=(enrollment,)))
        arm(ledger, where, left)
        for number in count(1):
            order, back = ShowOrdered(f"a{number}"), Requeued()
            shown = advance(enrollment, order)
            enrollment = advance(shown, back)
            written = await ledger.commit(
                Change(
                    BENCH,
                    moves=((shown, order), (enrollment, back)),
                    attempts=(Attempt(f"a{number}", "e", number),),
                    phones=(Phone(f"p{number}", "b", "e", f"a{number}", "set_aside"),),
                    facts=(Fact("PhoneSetAside", {"number": number}),),
                )
            )
            print(written[-1].seq, written[-1].hash, flush=True)


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
