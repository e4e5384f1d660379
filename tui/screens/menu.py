"""The sheets behind Menu: other places, the language, and the way out for who is signed in."""

from __future__ import annotations

from station.wire import ROLES, ChangeSetting, EditUser, PushPolicy, may
from station.words import languages
from tui.messages import Place
from tui.model import Model
from tui.screens.sheet import Choice, Sheet
from tui.screens.userforms import BENCH_S_LANGUAGE

MENU: tuple[Place, ...] = ("users", "policies", "language", "hardware", "report", "record", "lookup", "handover", "lock")


def menu_sheet(model: Model) -> Sheet:
    """Closed with the place that was chosen. Admins' places are only there for admins."""
    t, choices = model.t, []
    if may(model.role, EditUser(user="-")):
        choices.append(Choice("users", t("Users"), t("find, add, invite, show a code")))
    if may(model.role, PushPolicy(name="-")):
        choices.append(Choice("policies", t("Policies"), t("versions, checks, options and modes")))
    choices.append(Choice("language", t("Language"), languages()[t.language]))
    parts = t("what works, settings") if may(model.role, ChangeSetting(key="")) else t("what works, the camera's self-test")
    choices.append(Choice("hardware", t("Bench parts"), parts))
    choices.append(Choice("report", t("Report"), t("units an hour, times, holds of a batch")))
    if ROLES.index(model.role) >= ROLES.index("lead"):
        choices.append(Choice("record", t("Record"), t("who did what and when; is it unchanged?")))
    choices.append(Choice("lookup", t("Look up"), t("a phone or a person")))
    if model.signed_in:
        choices.append(Choice("handover", t("Hand over"), t("to who comes after you")))
        choices.append(Choice("lock", t("Lock"), t("sign out; the bench goes on")))
    return Sheet(t, t("MENU"), t("Where to?"), choices, tone="act")


def language_sheet(model: Model) -> Sheet:
    """Closed with the code of a language, or "bench" for the bench's own."""
    t = model.t
    own = [Choice(code, name, "✔" if code == t.language else "") for code, name in list(languages().items())[:8]]
    say = t("Which language do you read? It is kept for you.")
    return Sheet(t, t("LANGUAGE"), say, [*own, Choice("bench", t(BENCH_S_LANGUAGE))], tone="act")
