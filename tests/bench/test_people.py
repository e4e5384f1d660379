"""People of the roster: how they come in, are changed, get a policy, and leave it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from station.bench.people import Difference, Imported, find_user
from station.domain.enrollment import CLOSED, Attempt, HoldReason, State
from station.domain.errors import BadRoster, NotFound, RefuseUnit, SixtapError, WrongUse
from station.domain.policy import Mode
from station.domain.roster import Row
from station.ports import Actor, User
from tests.bench.rig import LEAD, Rig
from tests.bench.scenes import attempts, bench, clear, place, scan, set_up, shown_token, unit
from tests.bench.test_intake import order

ADMIN = Actor("ada", "admin")
KIOSK = Row(1, "Door", directory="door.1", anonymous=True)


def imported(rig: Rig, *rows: Row, **how: Any) -> Imported:
    return rig.act(rig.bench.people.import_users(ADMIN, rows, **how))


def users(rig: Rig, *idents: str) -> list[User]:
    found = [rig.loop.run_until_complete(rig.ledger.user(ident)) for ident in idents]
    return [user for user in found if user is not None]


def named(rig: Rig, who: str) -> User:
    return rig.loop.run_until_complete(find_user(rig.ledger, who))


def facts(rig: Rig, kind: str) -> list[dict[str, object]]:
    return [event.body for event in rig.loop.run_until_complete(rig.ledger.events(limit=1000)) if event.kind == kind]


def alive(rig: Rig, attempt: Attempt) -> bool:
    """Whether a phone could enroll with this attempt's code."""
    return rig.cloud.emulator.tokens._by_name[str(attempt.token)].active(rig.clock.moment())


# --- import -----------------------------------------------------------------------------------------------------------------


def test_users_are_known_again_by_their_address_whatever_its_capitals() -> None:
    with bench(started=False) as rig:
        first = imported(rig, Row(1, "Åsa", "asa@example.com"), Row(2, "Bo", "bo@example.com"))
        assert (first.added, first.changed, first.same) == (2, 0, 0)
        second = imported(rig, Row(1, "Åsa Berg", "ASA@example.com"), Row(2, "Cai", "cai@example.com"))
        assert (second.added, second.changed) == (1, 1)
        assert second.users[0] == first.users[0]
        (user,) = users(rig, second.users[0])
        assert (user.name, user.email) == ("Åsa Berg", "ASA@example.com")


def test_users_without_an_address_are_known_again_by_both_their_names() -> None:
    with bench(started=False) as rig:
        first = imported(rig, Row(1, "Åsa"), KIOSK, Row(3, "Door", directory="door.2", anonymous=True))
        assert first.added == 3
        again = imported(rig, Row(1, "ÅSA", group="Picking"), KIOSK)
        assert (again.users, again.changed, again.same) == (first.users[:2], 1, 1)
        assert imported(rig, Row(1, "Åsa", "asa@example.com")).added == 1  # somebody else, as far as anybody can tell


def test_the_same_file_again_writes_nothing() -> None:
    with bench(started=False) as rig:
        rows = (Row(1, "Åsa", "asa@example.com", group="Picking"), KIOSK)
        imported(rig, *rows)
        before = len(facts(rig, "UsersImported"))
        assert imported(rig, *rows).same == 2
        assert len(facts(rig, "UsersImported")) == before


def test_what_a_row_leaves_empty_stays() -> None:
    full = Row(1, "Åsa", "asa@example.com", "kiosk", "dedicated", "Picking", "asa.b", language="fr", custom=("a", "b", "c"))
    with bench(started=False) as rig:
        ident = imported(rig, full).users[0]
        imported(rig, Row(1, "Åsa Berg", "asa@example.com", custom=("", "x", "")))
        expected = User(
            ident, "Åsa Berg", "asa@example.com", "kiosk", Mode.DEDICATED, "Picking", "asa.b", language="fr", custom=("a", "x", "c")
        )
        assert users(rig, ident) == [expected]


def test_a_long_roster_keeps_its_order_and_its_names_out_of_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.bench.people.CHUNK", 20)
    with bench(started=False, users=1) as rig:
        rows = [Row(one, f"Unmistakable {one:04}", f"{one}@long.example") for one in range(1, 51)]
        imported(rig, *rows)
        made = rig.act(rig.bench.intake.create_batch(LEAD, order(), None))
        found = rig.loop.run_until_complete(rig.ledger.enrollments(batch=made.id, limit=1000))
        names = [rig.loop.run_until_complete(rig.ledger.user(one.user)) for one in found]
        assert [user.name for user in names if user] == [row.name for row in rows]
        recorded = facts(rig, "UsersImported")
        assert [len(body["users"]) for body in recorded[1:]] == [20, 20, 10]  # type: ignore[arg-type]  # it is a list of ids
        assert "Unmistakable" not in str(recorded)


def test_a_file_in_several_messages_keeps_its_order_in_whatever_order_they_come() -> None:
    with bench(started=False) as rig:
        first = imported(rig, Row(1, "A"), Row(2, "B"))
        third = imported(rig, Row(5, "E"), place=4, begun=first.begun)
        second = imported(rig, Row(3, "C"), Row(4, "D"), place=2, begun=first.begun)
        idents = [*first.users, *second.users, *third.users]
        assert idents == sorted(idents)
        assert [user.name for user in users(rig, *idents)] == ["A", "B", "C", "D", "E"]


def test_only_new_refuses_who_is_there() -> None:
    with bench(started=False) as rig:
        ident = imported(rig, Row(1, "Åsa", "asa@example.com"), only_new=True).users[0]
        with pytest.raises(WrongUse, match=f"there already: {ident}"):
            imported(rig, Row(1, "Another", "ASA@example.com"), only_new=True)
        assert users(rig, ident)[0].name == "Åsa"


def test_a_comparison_says_what_an_import_would_do_and_does_nothing() -> None:
    with bench(started=False) as rig:
        first = imported(rig, Row(1, "Åsa", "asa@example.com", group="Picking"), Row(2, "Bo", "bo@example.com"))
        rows = [Row(1, "Åsa", "asa@example.com", "kiosk", group="Packing"), Row(2, "Bo", "bo@example.com"), Row(3, "Cai")]
        before = rig.loop.run_until_complete(rig.ledger.head())
        told = rig.act(rig.bench.people.compare(rows))
        assert told == [Difference(first.users[0], ("policy", "group")), Difference(first.users[1], ()), Difference(None, ())]
        assert rig.loop.run_until_complete(rig.ledger.head()) == before


def test_a_user_may_have_a_mode_and_a_policy_of_their_own() -> None:
    with bench(started=False, users=1) as rig:
        row = Row(1, "Åsa", "asa@example.com", policy="enterprises/LC1/policies/kiosk", mode="dedicated")
        made = rig.act(rig.bench.intake.create_batch(LEAD, order(), imported(rig, row).users))
        found = rig.loop.run_until_complete(rig.ledger.enrollments(batch=made.id))
        assert [(one.mode, one.policy) for one in found] == [(Mode.DEDICATED, "kiosk")]


# --- finding ----------------------------------------------------------------------------------------------------------------


def test_a_user_is_named_by_id_address_or_a_name_that_nobody_else_has() -> None:
    with bench(started=False) as rig:
        one, two, three = imported(rig, Row(1, "Åsa", "asa@x.org"), Row(2, "Bo", "b1@x.org"), Row(3, "Bo", "b2@x.org")).users
        assert [named(rig, who).id for who in (one, "ASA@X.org", "åsa", "b2@x.org")] == [one, one, one, three]
        with pytest.raises(WrongUse, match="2 users are named 'bo'") as several:
            named(rig, "bo")
        assert two in several.value.remedy
        for nobody in ("", "Cai", "c@x.org", "%", "u_0"):
            with pytest.raises(NotFound, match="No user"):
                named(rig, nobody)


# --- editing, assigning -----------------------------------------------------------------------------------------------------


def test_an_edit_changes_what_it_names_and_tells_the_fields_only() -> None:
    with bench(started=False) as rig:
        ident = imported(rig, Row(1, "Åsa", "asa@example.com", "kiosk", group="Picking")).users[0]
        changed = rig.act(rig.bench.people.edit(ADMIN, "asa@example.com", {"name": "Åsa Berg", "group": "", "mode": "wpco"}))
        assert changed == ("name", "mode", "group")
        assert users(rig, ident) == [User(ident, "Åsa Berg", "asa@example.com", "kiosk", Mode.WPCO)]
        assert facts(rig, "UserEdited") == [{"user": ident, "columns": ["name", "mode", "group"]}]
        assert rig.act(rig.bench.people.edit(ADMIN, ident, {"group": ""})) == ()
        assert len(facts(rig, "UserEdited")) == 1


@pytest.mark.parametrize(
    ("values", "error", "says"),
    [
        ({"name": ""}, BadRoster, "needs a name"),
        ({"email": "nowhere"}, BadRoster, "no e-mail address"),
        ({"email": "BO@example.com"}, WrongUse, "Another user"),
        ({"policy": "a/b"}, WrongUse, "no policy name"),
        ({"mode": "kiosk"}, WrongUse, "no management mode"),
        ({"anonymous": True}, BadRoster, "directory"),
        ({"group": "x" * 201}, BadRoster, "longer than"),
    ],
)
def test_an_edit_that_cannot_stand_changes_nothing(values: dict[str, object], error: type[SixtapError], says: str) -> None:
    with bench(started=False) as rig:
        ident, _ = imported(rig, Row(1, "Åsa", "asa@example.com"), Row(2, "Bo", "bo@example.com")).users
        with pytest.raises(error, match=says):
            rig.act(rig.bench.people.edit(ADMIN, ident, values))
        assert users(rig, ident) == [User(ident, "Åsa", "asa@example.com")]


def assigned(rig: Rig, who: list[str] | None = None, **how: Any) -> tuple[int, int]:
    return rig.act(rig.bench.people.assign(ADMIN, who, **{"group": None, "policy": "kiosk", "mode": None, **how}))


def test_a_policy_is_given_to_some_users_to_a_group_or_to_all() -> None:
    with bench(started=False, users=1) as rig:
        rows = [Row(one, f"User {one}", f"u{one}@x.org", group="Odd" if one % 2 else "Even") for one in range(1, 6)]
        rest = [unit(rig).user]
        idents = imported(rig, *rows).users
        assert assigned(rig, ["User 2", idents[2], idents[2]]) == (2, 2)
        assert assigned(rig, group="Odd", mode=Mode.DEDICATED) == (3, 3)
        assert [(user.policy, user.mode) for user in users(rig, *idents)] == [
            ("kiosk", Mode.DEDICATED),
            ("kiosk", None),
            ("kiosk", Mode.DEDICATED),
            ("", None),
            ("kiosk", Mode.DEDICATED),
        ]
        assert assigned(rig) == (6, 2)
        told = [body["users"] for body in facts(rig, "PolicyAssigned") if body["policy"] == "kiosk"]
        assert sorted(ident for some in told if isinstance(some, list) for ident in some) == sorted([*idents, idents[2], *rest])
        with pytest.raises(NotFound, match="group 'None'"):
            assigned(rig, group="None")
        with pytest.raises(NotFound, match="'Nobody'"):
            assigned(rig, [idents[0], "Nobody"], policy="other")
        with pytest.raises(WrongUse, match="no policy name"):
            assigned(rig, policy="a/b")
        assert {user.policy for user in users(rig, *idents)} == {"kiosk"}


def test_whoever_waits_gets_a_code_of_the_new_policy_and_a_code_that_is_out_keeps_its_own() -> None:
    with bench(users=3) as rig:
        rig.wait(2.0)
        shown, waiting = unit(rig, 0), unit(rig, 1)
        assert (shown.state, waiting.state) == (State.SHOWING, State.QUEUED)
        old = attempts(rig, 1)[0]
        assert alive(rig, old)
        assert assigned(rig, [shown.user, waiting.user]) == (2, 2)
        assert (unit(rig, 0).policy, unit(rig, 1).policy) == ("default", "kiosk")
        assert attempts(rig, 1)[0].ended == "superseded"
        assert not alive(rig, old)
        set_up(rig, scan(rig))
        assert unit(rig, 0).state is State.VERIFIED


# --- leaving ----------------------------------------------------------------------------------------------------------------


def removed(rig: Rig, who: str) -> str:
    return rig.act(rig.bench.leaving.remove(ADMIN, who))


def test_who_waits_in_a_queue_leaves_it_with_every_code_void() -> None:
    with bench(users=3) as rig:
        rig.wait(2.0)
        place = unit(rig, 1)
        (minted,) = attempts(rig, 1)
        assert alive(rig, minted)
        name = users(rig, place.user)[0].name
        assert removed(rig, name) == place.user
        assert (unit(rig, 1).state, users(rig, place.user)) == (State.SKIPPED, [])
        assert not alive(rig, minted)
        assert facts(rig, "UserRemoved") == [{"user": place.user}]
        assert name not in str(rig.loop.run_until_complete(rig.ledger.events(limit=1000)))
        with pytest.raises(NotFound):
            removed(rig, place.user)
        set_up(rig, scan(rig))
        set_up(rig, scan(rig))
        assert [one.state for one in rig.queue()] == [State.VERIFIED, State.SKIPPED, State.VERIFIED]


def test_nobody_is_removed_while_their_code_is_up_or_their_phone_is_in_the_rack() -> None:
    with bench(users=2) as rig:
        rig.wait(2.0)
        place = unit(rig)
        with pytest.raises(WrongUse, match="is showing"):
            removed(rig, place.user)
        phone = scan(rig)
        with pytest.raises(WrongUse, match="is scanned"):
            removed(rig, place.user)
        rig.act(rig.bench.decisions.hold(LEAD, place.id, "look at it"))
        with pytest.raises(WrongUse, match="is held"):
            removed(rig, place.user)
        assert users(rig, place.user)
        rig.act(rig.bench.decisions.release(LEAD, place.id))
        set_up(rig, phone)
        assert unit(rig).state is State.VERIFIED
        removed(rig, place.user)
        assert (unit(rig).state, users(rig, place.user)) == (State.VERIFIED, [])


def test_a_code_given_out_at_the_desk_is_void_when_its_user_leaves() -> None:
    with bench(users=2) as rig:
        rig.wait(2.0)
        place = unit(rig, 1)
        attempt = rig.act(rig.bench.giving_out.show_code(ADMIN, place.user, None))
        assert unit(rig, 1).state is State.INVITED
        removed(rig, place.user)
        assert (unit(rig, 1).state, users(rig, place.user)) == (State.SKIPPED, [])
        assert not alive(rig, attempt)


def test_who_has_a_device_that_nobody_has_heard_of_yet_is_not_removed() -> None:
    with bench(users=2) as rig:
        rig.wait(2.0)
        place = unit(rig, 1)
        attempt = rig.act(rig.bench.giving_out.show_code(ADMIN, place.user, None))
        phone = rig.unbox()
        phone.token = rig.cloud.emulator.tokens._by_name[str(attempt.token)].value
        assert rig.cloud.enroll(phone)
        with pytest.raises((RefuseUnit, WrongUse)):
            removed(rig, place.user)
        assert users(rig, place.user)
        clear(rig)


def test_somebody_who_was_removed_is_not_queued_again() -> None:
    with bench(users=2) as rig:
        rig.wait(2.0)
        place, token = unit(rig, 1), str(attempts(rig, 1)[0].token)
        removed(rig, place.user)
        rig.cloud.appear(rig.unbox(), token)  # a phone had used the code before
        rig.wait(90.0)
        assert unit(rig, 1).reason is HoldReason.DUPLICATE
        with pytest.raises(WrongUse, match="was removed"):
            rig.act(rig.bench.decisions.release(LEAD, place.id))


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.15, 0.25, 0.35])
def test_somebody_who_is_removed_while_others_act_on_them_is_gone(delay: float) -> None:
    with bench(users=1, started=False) as rig:
        user = unit(rig).user

        async def at_once() -> None:
            removing = asyncio.ensure_future(rig.bench.leaving.remove(ADMIN, user))
            await asyncio.sleep(delay)
            others = (
                rig.bench.people.edit(ADMIN, user, {"group": "Night"}),
                rig.bench.giving_out.show_code(ADMIN, user),
                rig.bench.intake.create_batch(ADMIN, order("Again"), [user]),
            )
            await asyncio.gather(removing, *others, return_exceptions=True)

        rig.act(at_once())
        open_places = [one for one in rig.loop.run_until_complete(rig.ledger.enrollments_of(user)) if one.state not in CLOSED]
        assert bool(users(rig, user)) == bool(open_places)  # removed, or refused because they came into a queue


def test_a_new_policy_while_the_label_is_waited_for_voids_the_code_that_was_ready() -> None:
    with bench(users=1, label=True) as rig:
        assert (rig.desk.wants_label, attempts(rig)[0].ended) == (True, None)
        assigned(rig)
        rig.wait(5.0)
        phone = place(rig)
        rig.act(rig.bench.decisions.label(LEAD, phone.serial))
        rig.frames(4)
        assert rig.screen.symbol is not None
        token = rig.cloud.emulator.tokens._by_name[str(shown_token(rig))]
        assert (token.policy_name.rsplit("/", 1)[-1], token.revoked) == ("kiosk", False)


@pytest.mark.parametrize("delay", [0.1, 0.15, 0.2, 0.25])
def test_a_token_that_is_on_its_way_when_the_order_changes_is_not_used_after_a_crash(delay: float) -> None:
    with bench(users=2, started=False) as rig:
        rig.loop.create_task(rig.bench.intake.start(LEAD, rig.batches[0]))
        rig.wait(delay)
        assigned(rig)
        rig.crash()
        clear(rig)
        rig.wait(5.0)
        assert rig.screen.symbol is not None
        token = rig.cloud.emulator.tokens._by_name[str(shown_token(rig))]
        assert token.policy_name.rsplit("/", 1)[-1] == "kiosk"
