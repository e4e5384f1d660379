"""A walk through every screen of the terminal: one app, keys and taps as a person's, a name for each place where one can stop.

Whoever adds a screen adds a stop. What walks: the kept shots, the documentation's pictures, names that want to be more.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from station.wire import Problem
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import Terminal, at_the_bench
from tests.tui.walkfeed import BATCHES, LOST, USERS, day, greeting
from tests.tui.wire_events import BATCH, HELD, NOW, asked, idle, snapshot, status, unit
from tui import filesearch
from tui.screens.answer import QuestionSheet
from tui.screens.batches import BatchesScreen
from tui.screens.bench import BenchScreen
from tui.screens.code import CodeScreen
from tui.screens.columns import ColumnsScreen
from tui.screens.filechoice import FileScreen
from tui.screens.form import Form
from tui.screens.hardware import HardwareScreen
from tui.screens.holds import HoldsScreen
from tui.screens.importing import ImportSheet
from tui.screens.matrix import CheckScreen
from tui.screens.pick import Pick
from tui.screens.pinpad import PinPad
from tui.screens.policies import PoliciesScreen
from tui.screens.reassign import ReassignScreen
from tui.screens.rowcheck import RowsScreen
from tui.screens.settings import SettingsScreen
from tui.screens.sheet import Sheet
from tui.screens.signin import SignInScreen
from tui.screens.story import StoryScreen
from tui.screens.unit import UnitSheet
from tui.screens.users import UsersScreen
from tui.screens.wizard import WizardScreen
from tui.widgets.bigbutton import BigButton
from tui.widgets.keyboard import Keyboard
from tui.widgets.searchlist import SearchList

Stops = AsyncIterator[str]
Look = Callable[[Terminal, str], Awaitable[None]]


async def at_the_stand(terminal: Terminal) -> Stops:
    """What an operator sees all day."""
    yield "bench"
    await terminal.press("f2")
    await terminal.on(Sheet)
    yield "set-aside"
    await terminal.press("escape")
    terminal.feed.play(asked("not_scanned", "scanned", "show_again", "set_aside", "fail"))
    await terminal.on(QuestionSheet)
    yield "question"
    await terminal.press("f4")
    yield "question-sure"
    terminal.feed.play(status("scan_label"))
    await terminal.on(BenchScreen)
    await terminal.tap("#label")
    await terminal.until(lambda: terminal.app.screen.query(Keyboard))
    yield "keyboard"
    await terminal.tap("#step-say")
    terminal.feed.play(day())
    await terminal.drawn()
    await terminal.press("f6")
    yield "help"
    await terminal.press("f1")
    await terminal.on(Form)
    yield "note"
    await terminal.press("escape", "escape")


async def units(terminal: Terminal) -> Stops:
    """The queue, one unit, its story, what is held."""
    await terminal.press("f4")
    yield "queue"
    await terminal.press("f1")
    await terminal.on(UnitSheet)
    yield "unit"
    await terminal.press("escape", "down", "down", "down", "down", "f1")
    await terminal.on(UnitSheet)
    await terminal.tap(next(choice for choice in terminal.choices() if choice.label == terminal.app.t("Reassign…")))
    await terminal.on(ReassignScreen)
    yield "reassign"
    await terminal.press("escape", "home", "f6")
    await terminal.on(StoryScreen)
    yield "story"
    await terminal.press("escape", "escape", "f5")
    await terminal.on(HoldsScreen)
    yield "holds"
    await terminal.press("f6")
    await terminal.on(Sheet)
    yield "holds-sure"
    await terminal.press("escape", "escape", "f8")
    yield "look-up"
    await terminal.press(*"ann")
    await terminal.until(lambda: ("lookup", "ann") in terminal.feed.asked)
    yield "look-up-found"
    await terminal.press("escape")


async def users(terminal: Terminal) -> Stops:
    """The roster, its forms and sheets, a code at a desk."""
    await terminal.press("f7")
    await terminal.on(Sheet)
    yield "menu"
    await terminal.press("f1")
    await terminal.on(UsersScreen)
    yield "users"
    await terminal.press("f1")
    await terminal.on(Form)
    yield "user-form"
    await terminal.press("escape", "f2")
    await terminal.on(Form)
    yield "new-user"
    await terminal.press("escape", "f3")
    await terminal.on(Pick)
    yield "user-policy"
    await terminal.press("f1")
    await terminal.on(Sheet)
    yield "user-policy-whom"
    await terminal.press("escape", "f4")
    await terminal.on(Sheet)
    yield "invite"
    await terminal.press("escape", "f6")
    await terminal.on(Pick)
    yield "group"
    await terminal.press("escape", "f7")
    await terminal.on(Sheet)
    yield "remove-user"
    await terminal.press("escape", "f5")
    await terminal.on(Sheet)
    yield "show-code"
    await terminal.press("f1")
    await terminal.on(CodeScreen)
    yield "code"
    await terminal.press("escape", "escape")


async def policies(terminal: Terminal) -> Stops:
    """Policies, what modes make of them."""
    await terminal.press("f7", "f2")
    await terminal.on(PoliciesScreen)
    yield "policies"
    await terminal.press("f4")
    await terminal.on(Sheet)
    yield "push"
    await terminal.press("escape", "f1")
    yield "versions"
    await terminal.press("escape", "f2")
    await terminal.on(Sheet)
    yield "check-for"
    await terminal.press("f3")
    await terminal.on(CheckScreen)
    yield "check"
    await terminal.press("escape", "f3")
    yield "matrix"
    await terminal.press("escape", "escape")


async def places(terminal: Terminal) -> Stops:
    """What else is behind Menu."""
    await terminal.press("f7", "f3")
    yield "language"
    terminal.feed.play(day(parts=LOST))
    await terminal.press("escape", "f7", "f4")
    await terminal.on(HardwareScreen)
    yield "parts"
    await terminal.press("f1")
    await terminal.drawn()
    yield "self-test"
    await terminal.press("f2")
    await terminal.on(Sheet)
    yield "calibrate"
    terminal.feed.play(day())
    await terminal.press("escape", "f3")
    await terminal.on(SettingsScreen)
    yield "settings"
    await terminal.press("escape", "escape", "f7", "f5")
    yield "report"
    await terminal.press("f1")
    await terminal.on(Pick)
    yield "report-batch"
    await terminal.press("escape", "escape", "f7", "f6")
    yield "record"
    await terminal.press("f1")
    yield "record-holds"
    await terminal.press("escape", "f7", "f8")
    yield "hand-over"
    await terminal.press("escape")


async def batches(terminal: Terminal) -> Stops:
    """Starting a batch, making one step by step."""
    terminal.feed.batched = tuple(
        batch.model_copy(update={"state": "ready" if batch.state == "ready" else "paused"}) for batch in BATCHES
    )
    terminal.feed.play(idle(next_user=""))
    await terminal.drawn()
    yield "bench-idle"
    await terminal.press("f1")
    await terminal.on(BatchesScreen)
    yield "batches"
    await terminal.press("down", "down", "f1")
    await terminal.on(Sheet)
    yield "before-start"
    await terminal.press("escape", "f2")
    await terminal.on(Sheet)
    yield "new-batch"
    await terminal.press("f4")
    await terminal.on(FileScreen)
    await terminal.until(lambda: not terminal.button("take").disabled)
    yield "file"
    await terminal.press("f1")
    await terminal.on(ColumnsScreen)
    yield "file-columns"
    await terminal.press("f1")
    await terminal.on(RowsScreen)
    yield "file-rows"
    terminal.feed.hold()
    await terminal.press("f2")
    await terminal.on(ImportSheet)
    yield "file-importing"
    await terminal.press("escape")
    terminal.feed.let_go()
    await terminal.on(RowsScreen)
    for before in (ColumnsScreen, FileScreen, Sheet):
        await terminal.press("escape")
        await terminal.on(before)
    terminal.app.clear_notifications()
    await terminal.press("f2")
    await terminal.on(Pick)
    yield "new-batch-group"
    await terminal.press("escape", "f3")
    await terminal.on(Sheet)
    yield "new-batch-mode"
    await terminal.press("f3")
    await terminal.on(Pick)
    yield "new-batch-policy"
    await terminal.press("f1")
    await terminal.on(Form)
    yield "new-batch-details"
    await terminal.press(*"May", "tab", "tab", "tab", *"20", "f1")
    await terminal.on(WizardScreen)
    yield "new-batch-page"
    await terminal.press("f1")
    await terminal.until(lambda: type(terminal.app.screen) is Sheet)
    yield "batch-made"
    await terminal.press("escape", "escape")


async def trouble(terminal: Terminal) -> Stops:
    """What is said when something is refused, gone, or was cut short; then nobody is there."""
    terminal.feed.play(day())
    await terminal.drawn()
    terminal.feed.refuse(Problem(kind="NotReady", message="A code is up.", remedy="Wait until it was scanned, then pause."))
    await terminal.press("f1")
    await terminal.until(lambda: terminal.notices)
    yield "refused"
    terminal.app.clear_notifications()
    terminal.feed.hang_up()
    await terminal.until(lambda: not terminal.app.model.connected)
    yield "service-gone"
    cut = (unit(12, "Anna Schmidt", "held", reason="interrupted", since=NOW - 90), *HELD)
    terminal.feed.come_back(greeting(day(held=cut), language=terminal.app.model.language))
    await terminal.on(HoldsScreen)
    yield "after-a-stop"
    terminal.feed.come_back(snapshot(status(batch=BATCH), you="kiosk", shared=True, locked=True, language=terminal.app.model.language))
    await terminal.on(SignInScreen)
    await terminal.until(lambda: terminal.button("name-1").label)
    yield "sign-in"
    await terminal.press("f1")
    await terminal.on(PinPad)
    await terminal.press("4", "8", "2")
    yield "pin"


WALK = (at_the_stand, units, users, policies, places, batches, trouble)
"""Each begins and ends at the bench, but for the last."""


async def stroll(terminal: Terminal, look: Look) -> None:
    """Stop everywhere, and look: all that was asked for is there by then."""
    for part in WALK:
        async for name in part(terminal):
            await terminal.drawn()
            await look(terminal, name)


def walk(feed: RecordedFeed, look: Look, *, size: tuple[int, int], language: str = "", sixteen: bool = False) -> None:
    """All screens, on a terminal of this size, in this language."""

    async def run() -> None:
        async with at_the_bench(feed, size=size, language=language, sixteen=sixteen) as terminal:
            await stroll(terminal, look)

    with same_everywhere(), a_stick():
        asyncio.run(run())


@contextmanager
def a_stick() -> Iterator[None]:
    """One stick with a list of users, and no other files anywhere; its path is the same on every machine."""
    before, home, mounts = Path.cwd(), os.environ.get("HOME"), filesearch.MOUNTS
    with tempfile.TemporaryDirectory() as made:
        file = Path(made, "media", "LEA", "personnel.csv")
        file.parent.mkdir(parents=True)
        file.write_bytes(USERS.encode("cp1252"))
        os.utime(file, (NOW, NOW))
        os.environ["HOME"], filesearch.MOUNTS = made, (Path("media"),)
        os.chdir(made)
        try:
            yield
        finally:
            os.chdir(before)
            filesearch.MOUNTS = mounts
            os.environ.pop("HOME") if home is None else os.environ.update(HOME=home)


@contextmanager
def same_everywhere() -> Iterator[None]:
    """Moments by one clock, and buttons that hear each press at once: what is drawn is the same on every machine."""
    zone, settle, pause = os.environ.get("TZ"), BigButton.SETTLE, SearchList.MOMENT
    os.environ["TZ"] = "UTC"
    time.tzset()
    BigButton.SETTLE, SearchList.MOMENT = 0.0, 0.02
    try:
        yield
    finally:
        BigButton.SETTLE, SearchList.MOMENT = settle, pause
        os.environ.pop("TZ") if zone is None else os.environ.update(TZ=zone)
        time.tzset()
