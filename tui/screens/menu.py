"""The sheets behind Menu: other places, and the language."""

from __future__ import annotations

from station.wire import EditUser, PushPolicy, may
from station.words import languages
from tui.messages import Place
from tui.model import Model
from tui.screens.sheet import Choice, Sheet
from tui.screens.userforms import BENCH_S_LANGUAGE

MENU: tuple[Place, ...] = ("users", "policies", "language", "lookup")


def menu_sheet(model: Model) -> Sheet:
    """Closed with the place that was chosen. Admins' places are only there for admins."""
    t, choices = model.t, []
    if may(model.role, EditUser(user="-")):
        choices.append(Choice("users", t("Users"), t("find, add, invite, show a code"), "act"))
    if may(model.role, PushPolicy(name="-")):
        choices.append(Choice("policies", t("Policies"), t("versions, checks, options and modes"), "act"))
    choices.append(Choice("language", t("Language"), languages()[t.language]))
    choices.append(Choice("lookup", t("Look up"), t("a phone or a person")))
    return Sheet(t, t("MENU"), t("Where to?"), choices, tone="act")


def language_sheet(model: Model) -> Sheet:
    """Closed with the code of a language, or "bench" for the bench's own."""
    t = model.t
    own = [Choice(code, name, "✔" if code == t.language else "") for code, name in list(languages().items())[:8]]
    say = t("Which language do you read? It is kept for you.")
    return Sheet(t, t("LANGUAGE"), say, [*own, Choice("bench", t(BENCH_S_LANGUAGE))], tone="act")
