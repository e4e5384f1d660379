"""One virtual clock for several processes: what the world and those that live in it say to each other about time.

The world's loop has the `Conductor`, the service's a `Follower`; they meet at DIR/clock.sock, a Unix stream socket.

    world -> follower   a line of JSON: {"epoch": the moment in UTC that is time 0}, once
    world -> follower   TURN: the time, the turn's number, whether answers of executors may be delivered
    follower -> world   STATUS: the turn's number, its next timer, its holds, its busy jobs, its undelivered answers, a kind:
                        REST and STILL end the turn (STILL: nothing was to be done); HOLDS: its holds have changed;
                        WAKE: something came, it asks for a turn

Whose turn it is. A process runs callbacks only in its own turn, and there is one turn in the whole run. The world's ends
when it is quiet; then each follower has one, in the order in which they came; it ends when that follower is quiet too. If
something became readable for the world meanwhile, or a follower asks for a turn, it goes round again without time passing.
While the world holds for one alone (a driver's thread that has a picture), nobody gets a turn.
Otherwise executors' answers are delivered, once no thread is busy that does not wait for a loan, or else, when the holds and loans
of all are balanced, the world moves time to the earliest timer of all. Of timers of the same time the world's come first.

Why the same inputs give the same order of events:
(1) Within a process asyncio runs callbacks in the order of their causes: timers by time and then by the order in which they
    were set, sockets in the order in which they were registered, executors' answers in the order of the jobs.
(2) No two processes run at once, so nobody sees half of what another does.
(3) What was sent over a Unix socket before a turn ended is readable when the next begins: `send` puts it into the receiver's
    queue before it returns. Loopback TCP is delivered within `send` as well (a soft interrupt on the same processor), which a
    busy kernel may put off: who waits for an answer over TCP is better off holding time until it comes.
(4) Time moves only when there is nothing left to do.
Outside this argument are processes that are not on the link; what a thread sends, or calls, while something else goes on at the same
virtual instant; and a turn that takes longer than PATIENCE while others send: they meet the run at a real, not a virtual, moment.
"""

from __future__ import annotations

import errno
import socket
import struct
from pathlib import Path
from typing import Final

from hardware.errors import DeviceNotOpened

TURN: Final = struct.Struct("<dQ?")
STATUS: Final = struct.Struct("<QdiiIB")
REST: Final = 0
STILL: Final = 1
HOLDS: Final = 2
WAKE: Final = 3

NEVER: Final = float("inf")
PATIENCE: Final = 2.0  # real seconds that the world waits for a turn's end, or for a hold of one alone; then it goes on beside it


def clock_path(folder: str | Path) -> Path:
    """Where the world listens for followers."""
    return Path(folder) / "clock.sock"


def connect(path: Path) -> socket.socket:
    """A blocking connection to one of the world's sockets; DeviceNotOpened where no world listens."""
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        link.connect(str(path))
    except OSError as error:
        link.close()
        raise DeviceNotOpened(f"no simulated world at {path}: {_cause(error)}; start the world first") from error
    return link


def listen(path: Path) -> socket.socket:
    """A listening, non-blocking socket at `path`; what a dead world left there is removed. DeviceNotOpened where it cannot be."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket() and _answers(path):
            raise OSError(errno.EADDRINUSE, "another world is there")
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        listener.listen(16)
    except OSError as error:
        listener.close()
        raise DeviceNotOpened(
            f"the simulated world cannot listen at {path}: {_cause(error)}; give it a short, writable folder"
        ) from error
    listener.setblocking(False)
    return listener


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(path)) == 0


def _cause(error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ECONNREFUSED):
        return "nothing listens there"
    return error.strerror or str(error)
