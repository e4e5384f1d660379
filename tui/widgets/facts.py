"""The bench in figures: both counts, the last result, lost parts; and the line at the top that says where one is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from station.wire import BatchView, Status
from tui.model import Model, phones_close, users_close
from tui.plain import plain
from tui.text import PART_LOST, PART_NOTICE, PARTS, SIMULATED, STATES, person, state_words
from tui.widgets.words import Words

DOES_NOT_CLOSE = "▲ DOES NOT ADD UP, call a lead: "


class TopBar(Horizontal):
    """Bench, batch, who is there; SIMULATED where it is."""

    DEFAULT_CSS = """
    TopBar {
        height: 1;
        background: $panel;
        padding: 0 1;
        #top-left { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        #top-stamp { width: auto; color: $on-tone; background: $ask; text-style: bold; }
        #top-you { width: auto; max-width: 40%; padding: 0 0 0 2; text-wrap: nowrap; text-overflow: ellipsis; color: $muted; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Words(id="top-left")
        yield Words(id="top-stamp")
        yield Words(id="top-you")

    def show(self, model: Model) -> None:
        status = model.status
        where = Content("sixtap").stylize("bold")
        if status is not None:
            where += Content(f"  {plain(status.bench, 24)}")
            where += Content(f"  ·  {plain(status.batch.name, 40)}" if status.batch else "  ·  no batch")
        self.query_one("#top-left", Words).say(where)
        stamped = status is not None and (status.simulated or (status.batch is not None and status.batch.simulated))
        self.query_one("#top-stamp", Words).say(f" ◆ {SIMULATED} ◆ " if stamped else "")
        self.query_one("#top-you", Words).say(f"{plain(model.you, 24)} ({model.role})" if model.you else "")


class Facts(Vertical):
    """Two counts that close, the last result, and what is lost."""

    DEFAULT_CSS = """
    Facts {
        height: auto;
        padding: 0 1 0 2;
        Words { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        .count { color: $muted; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Words(id="facts-users", classes="count")
        yield Words(id="facts-phones", classes="count")
        yield Words(id="facts-news")

    def show(self, model: Model) -> None:
        users, phones = self.query_one("#facts-users", Words), self.query_one("#facts-phones", Words)
        if model.batch is None:
            users.say("")
            phones.say("")
        else:
            users.say(_users(model.batch), None if users_close(model.batch.users) else "trouble")
            phones.say(_phones(model.batch, model.status), None if phones_close(model.batch.phones) else "trouble")
        news = self.query_one("#facts-news", Words)
        news.say(_news(model.status) if model.status and model.connected else "")


def _users(batch: BatchView) -> str:
    c = batch.users
    total = f"users  {c.received} = {c.verified} verified + {c.held} held + {c.failed} failed + {c.skipped} skipped + {c.open} open"
    return ("" if users_close(c) else DOES_NOT_CLOSE) + total


def _phones(batch: BatchView, status: Status | None) -> str:
    c = batch.phones
    total = f"phones {c.received} = {c.verified} verified + {c.in_rack} in rack + {c.set_aside} set aside + {c.failed} failed"
    by_hand = f"  (stand declared empty {status.overrides}x)" if status and status.overrides else ""
    return ("" if phones_close(c) else DOES_NOT_CLOSE) + total + by_hand


def _news(status: Status) -> Content:
    """Lost parts first: they change what is asked of the operator. Then the unit that finished last."""
    lost = [
        Content(f"▲ {PARTS.get(name, plain(name, 20))} lost: {PART_LOST.get(name, plain(part.detail, 60))}").stylize("bold $trouble")
        for name, part in sorted(status.parts.items())
        if part.state == "lost"
    ]
    lost += [
        Content(f"▲ {PART_NOTICE[name]}").stylize("bold $ask")
        for name, part in sorted(status.parts.items())
        if part.state == "ok" and part.detail and name in PART_NOTICE
    ]
    last = status.last
    if last is not None:
        sign, _, tone = STATES.get(last.state, ("?", "", "ask"))
        where = f", tray {last.tray}" if last.tray else ""
        lost.append(Content(f"{sign} last: {person(last)} {state_words(last.state, last.reason)}{where}").stylize(f"bold ${tone}"))
    return Content("   ").join(lost)
