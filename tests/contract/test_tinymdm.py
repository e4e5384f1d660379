"""What the client of TinyMDM promises the station, against the stand-in: a server on a real loopback socket, in virtual time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from hardware.simulated.loop import EPOCH
from station.domain.errors import (
    MintUncertain,
    QuotaExceeded,
    RefuseUnit,
    ServiceRefused,
    ServiceUnreachable,
    SixtapError,
    TokenGone,
    WrongUse,
)
from station.domain.policy import EXPECTED_RECORD, Mode
from station.emm.emulator import Rule
from station.emm.tinymdm import Keys, TinyMdm
from station.emm.tinymdm_standin import Quirks
from station.ports import ManagementService, Person
from tests.contract.tinymdm_place import WPCO, Place, within

GROUPS = replace(WPCO, group_codes=True, wpco_query={"wpco": "1"})

# --- an exported code's way -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("manager", [False, True])
@pytest.mark.parametrize(("mode", "path"), [(Mode.WPCO, "setup_wizard"), (Mode.FULLY_MANAGED, "setup_wizard")])
def test_a_phone_that_reads_an_exported_code_becomes_a_device_that_names_its_user(mode: Mode, path: str, manager: bool) -> None:
    async def act(there: Place) -> None:
        service: ManagementService = there.service
        account = await there.person(wpco=mode is Mode.WPCO)
        token = await there.mint(mode=mode)
        assert (token.name, token.expires) == (f"users/{account}", None)
        code = await service.code(token.name)
        assert (code.content, code.expires) == (there.said[0], None)
        assert await there.every_device() == []
        ident = await there.phone(code.content, path)
        enrolled = await service.device(f"devices/{ident}")
        assert enrolled is not None
        assert (enrolled.token, enrolled.applied_state) == (token.name, "PROVISIONING")
        assert enrolled.enrolled == EPOCH.timestamp()
        assert (enrolled.management_mode, enrolled.ownership) == EXPECTED_RECORD[mode]
        await there.apply(ident)
        [applied] = await there.every_device()
        assert applied == await service.device(f"devices/{ident}")
        assert (applied.applied_state, applied.policy, applied.applied_policy) == ("ACTIVE", "bench", "bench")
        assert (applied.android, applied.simulated) == ("14", True)
        assert applied.serial == ("R58N1" if mode is Mode.FULLY_MANAGED else "")

    within(act, manager=manager)


def test_nothing_is_minted_while_a_device_is_listed_for_the_user() -> None:
    async def act(there: Place) -> None:
        await there.person()
        await there.phone((await there.service.code((await there.mint()).name)).content)
        with pytest.raises(RefuseUnit, match="500001") as caught:
            await there.mint()
        assert "console" in caught.value.remedy

    within(act)


def test_a_permanent_code_outlives_its_revoking() -> None:
    async def act(there: Place) -> None:
        await there.person()
        assert there.service.capabilities.permanent
        token = await there.mint()
        await there.service.revoke(token.name)
        assert await there.mint() == token
        assert (await there.service.code(token.name)).content
        assert [page async for page in there.service.tokens()] == []

    within(act)


def test_what_is_missing_for_a_code_is_said() -> None:
    async def act(there: Place) -> None:
        account = await there.person(mode=Mode.FULLY_MANAGED)
        with pytest.raises(RefuseUnit, match="for the mode fully_managed"):
            await there.mint()
        with pytest.raises(RefuseUnit, match="who this user is"):
            await there.service.mint(replace(there.order(mode=Mode.FULLY_MANAGED), account=""))
        with pytest.raises(RefuseUnit, match="No code was imported") as caught:
            await there.mint("u_2")
        assert "sixtap codes import" in caught.value.remedy
        await there.vault.purge("u_1")
        with pytest.raises(TokenGone):
            await there.service.code(f"users/{account}")
        with pytest.raises(WrongUse):
            await there.service.code("enterprises/E/enrollmentTokens/1")

    within(act)


def test_a_part_that_only_watches_hands_out_no_codes() -> None:
    async def act(there: Place) -> None:
        assert not there.service.capabilities.mints
        for refused in (there.service.mint(there.order()), there.service.code("users/1"), there.service.revoke("users/1")):
            with pytest.raises(WrongUse):
                await refused
        assert await there.every_device() == []

    within(act, minting=False)


def test_policies_are_the_consoles_own() -> None:
    async def act(there: Place) -> None:
        for refused in (there.service.put_policy("bench", {}), there.service.policy("bench"), anext(there.service.policies())):
            with pytest.raises(WrongUse, match="console"):
                await refused

    within(act)


# --- a group for each enrollment --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.WPCO, Mode.FULLY_MANAGED])
def test_without_an_exported_code_a_group_of_its_own_enrolls_the_phone(mode: Mode) -> None:
    async def act(there: Place) -> None:
        token = await there.mint("u_9", mode)
        code = await there.service.code(token.name)
        ident = await there.phone(code.content)
        await there.apply(ident)
        [device] = await there.every_device()
        assert (device.token, device.policy) == (token.name, "bench")
        assert (device.management_mode, device.ownership) == EXPECTED_RECORD[mode]
        await there.service.revoke(token.name)  # a device is in it: it stays
        assert len(there.standin.people.groups) == 1

    within(act, GROUPS)


def test_a_groups_code_is_gone_when_it_is_revoked() -> None:
    async def act(there: Place) -> None:
        token = await there.mint("u_9")
        code = await there.service.code(token.name)
        await there.service.revoke(token.name)
        await there.service.revoke(token.name)
        assert not there.standin.people.groups
        with pytest.raises(RefuseUnit):
            await there.service.code(token.name)
        with pytest.raises(aiohttp.ClientResponseError):
            await there.phone(code.content)

    within(act, GROUPS)


def test_a_wpco_code_of_a_group_is_refused_while_nobody_says_how_to_ask_for_it() -> None:
    async def act(there: Place) -> None:
        with pytest.raises(RefuseUnit, match="not publicly known") as caught:
            await there.mint("u_9")
        assert "wpco_query" in caught.value.remedy
        assert there.arrived("groups.create") == []

    within(act, replace(GROUPS, wpco_query={}))


def test_a_group_that_no_policy_takes_is_removed_again() -> None:
    async def act(there: Place) -> None:
        with pytest.raises(RefuseUnit, match="no such policy"):
            await there.service.mint(replace(there.order("u_9"), policy="4040"))
        assert not there.standin.people.groups

    within(act, GROUPS)


@pytest.mark.parametrize(("kind", "made"), [("drop_before", 0), ("drop_after", 1), ("status", 0)])
def test_a_lost_answer_to_making_a_group_is_uncertain_and_the_call_was_made_once(kind: Any, made: int) -> None:
    async def act(there: Place) -> None:
        there.fail(Rule("tinymdm.groups.create", kind, times=0))
        with pytest.raises(MintUncertain):
            await there.mint("u_9")
        assert len(there.arrived("groups.create")) == 1
        assert len(there.standin.people.groups) == made

    within(act, GROUPS)


def test_one_groups_code_serves_many_phones() -> None:
    async def act(there: Place) -> None:
        assert there.service.capabilities.generic
        await there.person()  # an exported code is for one user, and is not taken for this
        token = await there.mint(uses=3)
        code = await there.service.code(token.name)
        for serial in ("A", "B", "C"):
            await there.phone(code.content, serial=serial)
        assert [device.token for device in await there.every_device()] == [token.name] * 3

    within(act, GROUPS)


# --- people -----------------------------------------------------------------------------------------------------------------


def test_users_are_created_once_with_their_flags_group_and_custom_fields() -> None:
    people = [
        Person("u_1", "Zoë", "zoe@example.com", group="Picking", custom=("a", "", "c"), mail=True),
        Person("u_2", "Dock 7", anonymous=True, mail=True),
        Person("u_3", "Ben", "ben@example.com", group="Picking"),
    ]

    async def act(there: Place) -> None:
        first = await there.service.put_users(people)
        assert [(put.user, put.created, put.mailed, put.problem) for put in first] == [
            ("u_1", True, True, ""),
            ("u_2", True, False, ""),
            ("u_3", True, False, ""),
        ]
        users = [there.standin.people.user(put.account) for put in first]
        assert [user.mailed for user in users] == [1, 0, 0]
        assert (users[0].custom, users[1].anonymous, users[0].group) == (
            {"custom_field_1": "a", "custom_field_3": "c"},
            True,
            users[2].group,
        )
        again = await there.service.put_users([replace(people[0], custom=("b", "", "c")), *people[1:]])
        assert [(put.account, put.created, put.mailed) for put in again] == [(put.account, False, False) for put in first]
        assert users[0].custom["custom_field_1"] == "b"
        assert [len(there.arrived(method)) for method in ("users.create", "users.update", "groups.create", "groups.add")] == [
            3,
            1,
            1,
            2,
        ]

    within(act)


def test_a_user_whom_the_console_refuses_is_reported_and_the_others_are_made() -> None:
    async def act(there: Place) -> None:
        bad, good = await there.service.put_users([Person("u_1", "Ana", "ana(at)example"), Person("u_2", "Ben", "ben@example.com")])
        assert not bad.account
        assert "e-mail" in bad.problem
        assert "ana(at)" not in bad.problem
        assert good.created

    within(act)


def test_a_user_whose_creation_was_not_answered_is_looked_for_and_not_made_twice() -> None:
    async def act(there: Place) -> None:
        there.fail(Rule("tinymdm.users.create", "drop_after"))
        (put,) = await there.service.put_users([Person("u_1", "Ana", "ana@example.com")])
        assert put.created
        assert len(there.standin.people.users) == 1
        there.fail(Rule("tinymdm.users.create", "drop_before"))
        (lost,) = await there.service.put_users([Person("u_2", "Ben", "ben@example.com")])
        assert not lost.account
        assert "again" in lost.problem

    within(act)


# --- when things fail, rates, pages -----------------------------------------------------------------------------------------

FAILURES = [Rule("*", "status", status=status, times=3) for status in (429, 500, 503)]
FAILURES += [Rule("*", "drop_before", times=3), Rule("*", "drop_after", times=3)]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda rule: f"{rule.kind} {rule.status}")
def test_what_only_reads_gets_over_three_failures(failure: Rule) -> None:
    async def act(there: Place) -> None:
        await there.person()
        await there.phone(there.said[0])
        acts: list[Callable[[], Awaitable[Any]]] = [
            there.service.check,
            there.every_device,
            lambda: there.service.device("devices/500001"),
        ]
        for one in acts:
            there.fail(failure)
            before, sent = len(there.standin.journal.resource()), sum(there.service.calls.values())
            await one()
            assert len(there.standin.journal.resource()) - before == sum(there.service.calls.values()) - sent == 4

    within(act)


@pytest.mark.parametrize(("status", "tries", "error"), [(429, 5, QuotaExceeded), (503, 1, MintUncertain), (403, 1, ServiceRefused)])
def test_a_post_is_sent_again_only_when_patience_is_asked_for(status: int, tries: int, error: type[SixtapError]) -> None:
    async def act(there: Place) -> None:
        there.fail(Rule("tinymdm.groups.create", "status", status=status, times=0))
        with pytest.raises(error):
            await there.mint("u_9")
        assert len(there.arrived("groups.create")) == tries

    within(act, GROUPS)


@pytest.mark.parametrize("shape", ["text", "object", "page", "nothing"])
def test_a_refusal_of_any_shape_is_read(shape: Any) -> None:
    async def act(there: Place) -> None:
        wrong = TinyMdm(
            Keys("not-the-public-key", "not-the-secret-key"),
            WPCO,
            endpoint=f"{there.url}/api/v1",
            vault=there.vault,
            book=there.book,
            decode=lambda _: "",
            random=there.service._caller._random,
            simulated=True,
        )
        with pytest.raises(ServiceRefused) as caught:
            await wrong.check()
        assert ("Invalid API key" in caught.value.message) == (shape != "nothing")
        assert not {"<", "not-the"} & set(caught.value.message.split())
        await wrong.close()

    within(act, quirks=Quirks(refusals=shape))


def test_a_service_that_stays_away_is_unreachable_within_seconds() -> None:
    async def act(there: Place) -> None:
        there.fail(Rule("*", "drop_before", times=0))
        began = asyncio.get_running_loop().time()
        with pytest.raises(ServiceUnreachable):
            await there.service.check()
        assert asyncio.get_running_loop().time() - began < 15

    within(act)


def test_an_answer_that_does_not_come_is_given_up() -> None:
    async def act(there: Place) -> None:
        there.fail(Rule("tinymdm.enterprise.info", "latency", seconds=300, times=0))
        with pytest.raises(ServiceUnreachable, match="in time"):
            await there.service.check()

    within(act)


def test_thousands_of_devices_come_in_pages_and_never_above_five_calls_a_second() -> None:
    async def act(there: Place) -> None:
        for _ in range(3):
            assert len({device.name for device in await there.every_device()}) == 2500
        assert there.service.calls["devices.list"] == 9
        assert {entry["status"] for entry in there.arrived("devices.list")} == {200}

    within(act, fleet=2500)


def test_licences_left_are_known() -> None:
    async def act(there: Place) -> None:
        assert await there.service.licences() == (40, 30)

    within(act, fleet=30, licences=40)


@pytest.mark.parametrize(
    "quirks",
    [Quirks(dates="iso"), Quirks(dates="day_first", float_versions=True), Quirks(numeric_ids=True, empty_numbers=False)],
    ids=["iso", "day first", "numeric"],
)
def test_records_are_read_whichever_way_they_are_written(quirks: Quirks) -> None:
    async def act(there: Place) -> None:
        account = await there.person()
        ident = await there.phone(there.said[0])
        await there.apply(ident)
        [device] = await there.every_device()
        assert (device.token, device.applied_policy, device.android) == (f"users/{account}", "bench", "14")
        assert device.enrolled == pytest.approx(EPOCH.timestamp(), abs=2)

    within(act, quirks=quirks)


def test_a_type_that_nobody_explained_gives_no_mode_and_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    async def act(there: Place) -> None:
        await there.person()
        await there.phone(there.said[0])
        for _ in range(2):
            [device] = await there.every_device()
            assert (device.management_mode, device.ownership) == ("", "")

    within(act, replace(WPCO, enrollment_types={}))
    assert [record.message for record in caplog.records if record.levelno == logging.WARNING] == [
        "TinyMDM reports the enrollment type 'wpco': say under [emm.enrollment_types] which mode that is."
    ]


# --- secrets ----------------------------------------------------------------------------------------------------------------


def test_no_secret_is_in_a_log_a_repr_or_an_error_and_no_key_goes_with_a_picture(caplog: pytest.LogCaptureFixture) -> None:
    shown: list[str] = []

    async def act(there: Place) -> None:
        await there.person()
        token = await there.mint()
        group = await there.mint("u_9")
        codes = [await there.service.code(token.name), await there.service.code(group.name)]
        shown.extend((repr(codes), repr(there.service._caller._keys), repr(there.book)))
        await there.phone(codes[0].content)
        await there.phone(codes[1].content)
        there.fail(Rule("*", "drop_after", times=0))
        for failing in (
            there.service.code(group.name),
            there.every_device(),
            there.service.put_users([Person("u_3", "Ana", "a@b.cd")]),
        ):
            with pytest.raises(SixtapError) as caught:
                await failing
            shown.append(repr(caught.value) + str(caught.value))
        keys = there.standin.keys
        shown.append(caplog.text)
        secrets = [*there.said, keys.public, keys.secret, *(code.content for code in codes), "a@b.cd", *there.standin.pictures]
        for text in shown:
            assert not [secret for secret in secrets if secret in text]
        assert {entry["status"] for entry in there.standin.journal.resource() if entry["method"] == "picture"} == {200}

    caplog.set_level(logging.DEBUG)
    within(act, GROUPS)
    assert "Next try in" in caplog.text
