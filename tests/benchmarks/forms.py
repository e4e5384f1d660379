"""Whether a code that takes turns between two forms keeps a phone waiting: `python -m tests.benchmarks.forms [PHONES] [SEED]`.

The same phones of the twin stand before the attached screen twice: once it takes turns, once it shows the first form all the time.
Each phone's viewfinder is open and aimed when the code comes up; measured is from there to its read, in the twin's seconds. Phones
look through their own lens at the pixels of the window that the product ships; no service takes part.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import string
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hardware.display.memory import MemoryWindow
from hardware.display.server import DisplayServer
from hardware.simulated.loop import run_virtual
from hardware.simulated.phone import Phone
from hardware.simulated.world import World
from station.domain.dealing import deal
from station.domain.payload import ADMIN, BUNDLE, PREFIX, TOKEN, Payload, parse
from station.domain.symbol import KnownSymbol, draw

CODES = 6
NOBODY = "http://127.0.0.1:1"  # a management service that no phone reaches: setup is not the question
LONG = 1e6  # seconds of setup


def read_times(phones: int, seed: int, *, turns: bool, simple: bool = False) -> list[float]:
    """Seconds from the code's coming up to each phone's read. `simple`: phones read the screen's own pixels."""
    with tempfile.TemporaryDirectory(prefix="forms-") as made:
        return run_virtual(_visits(Path(made), phones, seed, turns, simple))


async def _visits(folder: Path, phones: int, seed: int, turns: bool, simple: bool) -> list[float]:
    codes = [_code(number) for number in range(min(CODES, phones))]
    times = []
    async with _bench(folder, seed, simple) as (server, world):
        for number in range(phones):
            phone = world.unbox()
            await world.place(phone)
            await world.tap_six(phone)
            await _until(world, phone, "viewfinder")
            forms = codes[number % len(codes)]
            await server.show(forms if turns else forms[:1])
            up = world.now()
            await _until(world, phone, "setup")
            times.append(world.now() - up)
            await server.blank()
            await world.take_away(phone)
    return times


@asynccontextmanager
async def _bench(folder: Path, seed: int, simple: bool) -> AsyncIterator[tuple[DisplayServer, World]]:
    """The attached screen with its window, and the world before it."""
    server, window = DisplayServer(folder / "display.sock"), MemoryWindow(folder / "display.sock", width=1080, height=1920)
    world = World(seed=seed, screen=lambda: window.pixels, emulator=NOBODY, setup_seconds=LONG, simple=simple)
    window.on_flip = world.screen_changed
    there = asyncio.Event()
    server.on_change = there.set
    await server.start()
    showing = asyncio.create_task(window.run())
    try:
        await there.wait()
        async with world:
            yield server, world
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
        await server.close()


async def _until(world: World, phone: Phone, state: str) -> None:
    while phone.state != state:
        world.changed.clear()
        await world.changed.wait()


def _code(number: int) -> tuple[KnownSymbol, ...]:
    """The two forms of some user's code, as they are dealt to that place of a batch."""
    token = "".join(random.Random(f"token {number}").choices(string.ascii_uppercase, k=20))
    return tuple(draw(_payload(token), order=form.key_order, mask=form.mask) for form in deal(number, 1))


def _payload(token: str) -> Payload:
    return parse(
        json.dumps(
            {
                ADMIN: "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
                PREFIX + "DEVICE_ADMIN_SIGNATURE_CHECKSUM": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
                PREFIX
                + "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": "https://play.google.com/managed/downloadManagingApp?identifier=setup",
                BUNDLE: {TOKEN: token},
            }
        )
    )


def main(arguments: Sequence[str]) -> None:
    """Measure both ways and tell."""
    phones, seed = int(arguments[0]) if arguments else 240, int(arguments[1]) if len(arguments) > 1 else 11
    still, turning = (read_times(phones, seed, turns=turns) for turns in (False, True))
    table = Table("code up to read, seconds", "one form", "two forms", "longer, by phone", title=f"{phones} phones, seed {seed}")
    longer = [two - one for one, two in zip(still, turning, strict=True)]
    for name, figure in (("median", 0.5), ("p95", 0.95), ("longest", 1.0)):
        one, two, more = (_share(times, figure) for times in (still, turning, longer))
        table.add_row(name, f"{one:.3f}", f"{two:.3f}", f"{more:.3f}")
    table.add_row("mean", *(f"{statistics.mean(times):.3f}" for times in (still, turning, longer)))
    Console(width=100).print(table)
    print(f"{sum(more > 1e-6 for more in longer)} of {phones} phones read one camera frame later: theirs was torn between two forms")


def _share(times: Sequence[float], share: float) -> float:
    """What this share of the times does not exceed."""
    return sorted(times)[max(0, round(share * len(times)) - 1)]


if __name__ == "__main__":
    main(sys.argv[1:])
