"""The bench in figures: both counts, the last result, lost parts; and the line at the top that says where one is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from station.wire import BatchView, Status
from station.words import N_, Catalogue
from tui.model import Model, late, phones_close, users_close
from tui.plain import plain
from tui.text import LATE, PART_LOST, PART_NOTICE, PARTS, ROLES, SIMULATED, STATES, person, state_words
from tui.widgets.words import Words

DOES_NOT_CLOSE = N_("▲ DOES NOT ADD UP, call a lead:")


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
        t, status = model.t, model.status
        where = Content("sixtap").stylize("bold")
        if status is not None:
            where += Content(f"  {plain(status.bench, 24)}")
            where += Content(f"  ·  {plain(status.batch.name, 40) if status.batch else t('no batch')}")
        self.query_one("#top-left", Words).say(where)
        stamped = status is not None and (status.simulated or (status.batch is not None and status.batch.simulated))
        self.query_one("#top-stamp", Words).say(f" ◆ {t(SIMULATED)} ◆ " if stamped else "")
        self.query_one("#top-you", Words).say(f"{plain(model.you, 24)} ({t(ROLES[model.role])})" if model.you else "")


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
            users.say(users_total(model.t, model.batch), None if users_close(model.batch.users) else "trouble")
            phones.say(phones_total(model.t, model.batch, model.status), None if phones_close(model.batch.phones) else "trouble")
        news = self.query_one("#facts-news", Words)
        news.say(_news(model, model.status) if model.status and model.connected else "")


def users_total(t: Catalogue, batch: BatchView) -> str:
    """The count of users, with a warning before one that does not close."""
    c = batch.users
    total = t(
        "users  {received} = {verified} verified + {held} held + {failed} failed + {skipped} skipped + {open} open", **c.model_dump()
    )
    return ("" if users_close(c) else t(DOES_NOT_CLOSE) + " ") + total


def phones_total(t: Catalogue, batch: BatchView, status: Status | None) -> str:
    """The same of phones; of the bench's own status how often the stand was declared empty."""
    c = batch.phones
    total = t(
        "phones {received} = {verified} verified + {in_rack} in rack + {set_aside} set aside + {failed} failed", **c.model_dump()
    )
    by_hand = "  " + t("(stand declared empty {times}x)", times=status.overrides) if status and status.overrides else ""
    return ("" if phones_close(c) else t(DOES_NOT_CLOSE) + " ") + total + by_hand


def _news(model: Model, status: Status) -> Content:
    """Lost parts first: they change what is asked of the operator. Then the unit that finished last."""
    t = model.t
    lost = [
        Content(_lost(t, name, part.detail)).stylize("bold $trouble")
        for name, part in sorted(status.parts.items())
        if part.state == "lost"
    ]
    lost += [
        Content(f"▲ {t(PART_NOTICE[name], detail=plain(part.detail, 30))}").stylize("bold $ask")
        for name, part in sorted(status.parts.items())
        if part.state == "ok" and part.detail and name in PART_NOTICE
    ]
    late_trays = [str(unit.tray) for unit in status.rack if unit.tray and late(model, unit)]
    if late_trays:
        told = t.plural(
            "tray {trays}: see whether it asks for a tap",
            "trays {trays}: see whether they ask for a tap",
            len(late_trays),
            trays=", ".join(late_trays[:5]),
        )
        lost.append(Content(f"{LATE[0]} {told}").stylize("bold $act"))
    last = status.last
    if last is not None:
        sign, _, tone = STATES.get(last.state, ("?", "", "ask"))
        where = ", " + t("tray {tray}", tray=last.tray) if last.tray else ""
        told = t("last: {user} {state}", user=person(t, last), state=state_words(t, last.state, last.reason))
        lost.append(Content(f"{sign} {told}{where}").stylize(f"bold ${tone}"))
    return Content("   ").join(lost)


def _lost(t: Catalogue, name: str, detail: str) -> str:
    part = t(PARTS[name]) if name in PARTS else plain(name, 20)
    return t("▲ {part} lost: {meaning}", part=part, meaning=t(PART_LOST[name]) if name in PART_LOST else plain(detail, 60))
