"""Prepared codes as a management service: what is handed out to whom, and what it says where it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import pytest

from station.domain.errors import BadPayload, PartLost, RefuseUnit, SixtapError, TokenGone, WrongUse
from station.domain.evidence import ATTESTED, LISTED, Device
from station.domain.policy import Mode
from station.domain.prepared import PreparedCode, token_of
from station.emm.prepared import PreparedService
from station.ports import Clock, ManagementService, Token, TokenOrder
from station.store.shelf import FileShelf
from station.store.vault import FolderVault, open_vault

T = TypeVar("T")
CODE = PreparedCode('{"android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME": "a.b/.C"}', "provisioning", varying=("x",))
LINK = PreparedCode("https://enterprise.google.com/android/enroll?et=ABC", "link")
ORDER = TokenOrder("a_1", Mode.WPCO, "default", 7200, "u_1")


class At:
    """A clock that stands."""

    def now(self) -> float:
        return 1.8e9


def do(work: Coroutine[object, object, T]) -> T:
    return asyncio.run(work)


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    return open_vault(tmp_path / "codes", tmp_path / "key", make_key=True)


@pytest.fixture
def service(tmp_path: Path, vault: FolderVault) -> PreparedService:
    clock: Clock = At()
    return PreparedService(vault, FileShelf(tmp_path / "devices.json"), clock, takes_word=True, simulated=False)


def test_a_user_s_code_is_handed_out_as_it_was_imported(service: PreparedService, vault: FolderVault) -> None:
    port: ManagementService = service
    do(vault.put("u_1", CODE))
    assert do(port.mint(ORDER)) == Token("prepared/u_1", None)
    found = do(port.code("prepared/u_1"))
    assert (found.content, found.link, found.varying, found.expires) == (CODE.content, "", ("x",), None)
    do(port.revoke("prepared/u_1"))
    assert do(port.code("prepared/u_1")) == found, "nobody but the console can revoke it"
    assert port.capabilities.permanent
    assert not port.capabilities.generic


def test_a_work_profile_s_link_is_a_link(service: PreparedService, vault: FolderVault) -> None:
    do(vault.put("u_1", LINK))
    do(service.mint(TokenOrder("a_1", Mode.WORK_PROFILE, "default", 7200, "u_1")))
    found = do(service.code("prepared/u_1"))
    assert (found.content, found.link) == ("", LINK.content)


def test_a_day_until_which_codes_are_valid_is_the_token_s(service: PreparedService, vault: FolderVault) -> None:
    do(vault.put("u_1", PreparedCode(CODE.content, "provisioning", expires=1.9e9)))
    assert do(service.mint(ORDER)).expires == 1.9e9


NOT_HANDED_OUT: list[tuple[PreparedCode | None, TokenOrder, type[SixtapError], str]] = [
    (None, ORDER, RefuseUnit, "No code was imported for this user. Export it"),
    (PreparedCode(CODE.content, "provisioning", mode=Mode.FULLY_MANAGED), ORDER, RefuseUnit, "for the mode fully_managed; wpco was"),
    (PreparedCode(CODE.content, "provisioning", expires=1.7e9), ORDER, RefuseUnit, "not valid any more"),
    (LINK, ORDER, BadPayload, "work profile's link"),
    (CODE, TokenOrder("a_1", Mode.WORK_PROFILE, "p", 60, "u_1"), BadPayload, "by a link"),
    (CODE, TokenOrder("a_1", Mode.WPCO, "p", 60, "", uses=5), RefuseUnit, "cannot serve many phones"),
]


@pytest.mark.parametrize(("code", "order", "error", "says"), NOT_HANDED_OUT)
def test_what_cannot_be_handed_out_is_said_with_a_remedy(
    service: PreparedService, vault: FolderVault, code: PreparedCode | None, order: TokenOrder, error: type[SixtapError], says: str
) -> None:
    if code is not None:
        do(vault.put("u_1", code))
    with pytest.raises(error, match=says) as refused:
        do(service.mint(order))
    assert refused.value.remedy


def test_who_has_no_code_is_told_before_a_batch_starts(service: PreparedService, vault: FolderVault) -> None:
    do(vault.put("u_2", CODE))
    assert do(service.condition(["u_1", "u_2", "u_3"])).codeless == ("u_1", "u_3")


def test_a_purged_code_is_gone_and_other_names_are_no_codes(service: PreparedService) -> None:
    with pytest.raises(TokenGone):
        do(service.code("prepared/u_1"))
    with pytest.raises(WrongUse):
        do(service.code("users/1"))


def test_policies_are_the_console_s(service: PreparedService) -> None:
    async def listed() -> None:
        async for _ in service.policies():
            pass

    for work in (service.put_policy("p", {}), service.policy("p"), listed()):
        with pytest.raises(WrongUse, match="Policies are the console's own"):
            do(work)


# --- devices -----------------------------------------------------------------------------------------------------------------


async def devices(service: PreparedService) -> list[Device]:
    return [device async for page in service.devices() for device in page]


def test_a_list_stands_in_the_place_of_the_one_before_and_outlives_a_restart(service: PreparedService, tmp_path: Path) -> None:
    one, two = (Device(f"listed/{at}", token_of(f"u_{at}"), serial=f"S{at}", enrolled=at) for at in (1.0, 2.0))
    do(service.take_list([one, two]))
    do(service.take_list([two]))
    [left] = do(devices(service))
    assert (left.name, left.state, left.enrolled) == ("listed/2.0", LISTED, 2.0)
    assert do(FileShelf(tmp_path / "devices.json").read()) == (left,)
    assert do(service.device("listed/2.0")) == left
    assert do(service.device("listed/1.0")) is None


def test_a_vouched_for_device_stays_until_the_list_has_that_user_s(service: PreparedService) -> None:
    vouched = Device("attested/a_1", token_of("u_1"), state=ATTESTED, serial="S1", enrolled=1.0)
    do(service.take_word(vouched))
    do(service.take_list([Device("listed/2", token_of("u_2"))]))
    assert vouched in do(devices(service))
    do(service.take_list([Device("listed/9", token_of("u_1"), serial="S9"), Device("listed/1", token_of("u_1"), serial="S1")]))
    assert [(one.name, one.state) for one in do(devices(service))] == [("listed/9", LISTED), ("attested/a_1", LISTED)]


def test_two_devices_of_one_user_never_get_one_name(service: PreparedService) -> None:
    do(service.take_list([Device("listed/1", token_of("u_1"), enrolled=5.0)]))
    do(service.take_list([Device("listed/1", token_of("u_1"), enrolled=5.0), Device("listed/1-2", token_of("u_1"), enrolled=5.0)]))
    assert [one.name for one in do(devices(service))] == ["listed/1", "listed/1-2"]


@pytest.mark.parametrize("damage", ["", "{", '[{"nome": 1}]', "[1]"])
def test_a_damaged_list_is_said_and_may_be_brought_again(service: PreparedService, tmp_path: Path, damage: str) -> None:
    (tmp_path / "devices.json").write_text(damage, encoding="utf-8")
    with pytest.raises(PartLost, match=r"is damaged\. Import it again"):
        do(devices(service))
    do(service.take_list([Device("listed/1", token_of("u_1"))]))
    assert len(do(devices(service))) == 1
