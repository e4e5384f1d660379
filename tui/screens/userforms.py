"""What can be filled in of a user, and the orders that come of it."""

from __future__ import annotations

from collections.abc import Sequence

from station.wire import EditUser, PolicyView, UserRow, UserView
from station.words import N_, Catalogue, languages
from station.words.modes import MODES
from tui.plain import plain
from tui.screens.form import Field
from tui.text import NO_NAME, mode_name

NO_POLICY = N_("none yet")
BATCH_S_MODE = N_("as the batch says")
BENCH_S_LANGUAGE = N_("as the bench says")
NOBODY = UserView(id="", name="", email="", policy="", mode=None, group="")


def name_of(t: Catalogue, user: UserView) -> str:
    """What a user is called here: by name, else as in the directory."""
    return plain(user.name or user.directory, 60) or t(NO_NAME)


def policy_choices(t: Catalogue, policies: Sequence[PolicyView]) -> tuple[tuple[str, str], ...]:
    """Every policy by name, and that there is none."""
    return (("", t(NO_POLICY)), *((policy.name, plain(policy.name, 60)) for policy in policies))


def mode_choices(t: Catalogue) -> tuple[tuple[str, str], ...]:
    """Every management mode, and the batch's."""
    return (("", t(BATCH_S_MODE)), *((mode, mode_name(t, mode)) for mode in MODES))


def language_choices(t: Catalogue) -> tuple[tuple[str, str], ...]:
    """Every language that there is a catalogue for, and the bench's."""
    return (("", t(BENCH_S_LANGUAGE)), *languages().items())


def fields(t: Catalogue, user: UserView, policies: Sequence[PolicyView]) -> tuple[Field, ...]:
    """The lines of a user's form."""
    return (
        Field("name", t("Name"), user.name, wanted=not user.anonymous),
        Field("email", t("E-mail"), user.email, limit=254),
        Field("group", t("Group"), user.group),
        Field("directory", t("Name in the directory"), user.directory),
        Field("policy", t("Policy"), user.policy, choices=policy_choices(t, policies)),
        Field("mode", t("Mode"), user.mode or "", choices=mode_choices(t)),
        Field("language", t("Language"), user.language, choices=language_choices(t)),
    )


def new_fields(t: Catalogue, policies: Sequence[PolicyView]) -> tuple[Field, ...]:
    """The same for a user who is added, who may be invited at once."""
    choices = (("", t("no")), ("yes", t("yes")))
    return (*fields(t, NOBODY, policies), Field("send_email", t("Send the code by e-mail"), choices=choices))


def row(values: dict[str, str]) -> UserRow:
    """A new user, from the values of `new_fields`."""
    texts = {name: values[name] for name in ("name", "email", "policy", "group", "directory", "language")}
    return UserRow.model_validate(texts | {"mode": values["mode"] or None, "send_email": values["send_email"] == "yes"})


def edit(user: UserView, values: dict[str, str]) -> EditUser | None:
    """The order that makes a user as filled in; None when nothing was changed."""
    before = {field: getattr(user, field) or "" for field in values}
    changed = {field: value for field, value in values.items() if value != before[field]}
    return EditUser.model_validate({"user": user.id} | changed) if changed else None


def restored(user: UserView, command: EditUser) -> EditUser:
    """The order that makes a user again what they were before this one."""
    changed = command.model_dump(exclude={"command", "user"}, exclude_none=True)
    return EditUser.model_validate({"user": user.id} | {field: getattr(user, field) or "" for field in changed})
