"""A process that lives in a simulated world: `python follower_process.py DIR PART [ARGUMENT]`. The tests of the link start it."""

from __future__ import annotations

import asyncio
import random
import socket
import sys
from pathlib import Path

from hardware.errors import HardwareError
from hardware.simulated.follower import Follower
from hardware.simulated.loop import run_virtual, virtual_loop


def say(*words: object) -> None:
    print(*words, flush=True)


async def diary(folder: str, seed: str) -> None:
    """Timers, threads and talk with the world, all at once; every step is written down."""
    loop = virtual_loop()
    reader, writer = await asyncio.open_unix_connection(str(Path(folder) / "talk.sock"))
    replies: asyncio.Queue[str] = asyncio.Queue()

    async def walk(name: int) -> None:
        draw = random.Random(f"{seed} {name}")
        for step in range(30):
            match draw.choice(["sleep", "talk", "thread", "chatter", "call"]):
                case "sleep":
                    await asyncio.sleep(draw.choice([0.1, 0.5, draw.random()]))
                case "talk":
                    writer.write(f"{name}.{step}\n".encode())
                    say(loop.time(), name, step, "got", await replies.get())
                case "thread":
                    await asyncio.gather(*(asyncio.to_thread(sum, range(draw.choice([1, 100_000]))) for _ in range(3)))
                case "chatter":
                    for _ in range(draw.randrange(20)):
                        await asyncio.sleep(0)
                case "call":  # at a moment of its own: when a thread speaks is not for the loops to say
                    await asyncio.sleep(draw.random())
                    answer = await asyncio.to_thread(call, folder, f"{name}.{step}")
                    say(loop.time(), name, step, "called", answer)
            say(loop.time(), name, step)

    async def listen() -> None:
        while line := await reader.readline():
            replies.put_nowait(line.decode().strip())

    listening = asyncio.create_task(listen())
    async with asyncio.TaskGroup() as group:
        for name in range(5):
            group.create_task(walk(name))
    writer.close()
    await listening


def call(folder: str, what: str, where: str = "call.sock") -> str:
    """A blocking request to the world, which takes its (virtual) time to answer."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(Path(folder) / where))
        line.sendall(f"{what}\n".encode())
        return line.makefile().readline().strip()


async def tick(seconds: str) -> None:
    """Says every full second; tells at the start where it lives."""
    loop = virtual_loop()
    say("start", loop.time(), loop.epoch.isoformat())
    while True:
        await asyncio.sleep(float(seconds))
        say("tick", loop.time())


async def block(folder: str) -> None:
    """Does what it should not: waits for the world in its loop's own thread."""
    await asyncio.sleep(1)
    say(call(folder, "blocked", "quick.sock"), virtual_loop().time())


async def stay(word: str) -> None:
    """Waits for a long time; cleans up when the world ends, with a thread's help."""
    try:
        await asyncio.sleep(1000)
    finally:
        await asyncio.sleep(5)
        await asyncio.to_thread(say, "cleaned up", word)


def main(folder: str, part: str, argument: str = "") -> None:
    parts = {"diary": lambda: diary(folder, argument), "tick": lambda: tick(argument), "block": lambda: block(folder)}
    parts["stay"] = lambda: stay(argument)
    try:
        run_virtual(parts[part](), governor=Follower(folder))
    except HardwareError as error:
        say(error)
        sys.exit(3)


if __name__ == "__main__":
    main(*sys.argv[1:])
