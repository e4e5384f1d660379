from __future__ import annotations

import asyncio
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

import station.emm.amapi as package
from hardware.simulated.loop import run_virtual
from station.domain.errors import (
    ConfigurationError,
    ServiceRefused,
    ServiceUnreachable,
    SixtapError,
    TokenGone,
    WrongUse,
)
from station.domain.policy import Mode
from station.emm.amapi import AndroidManagementService, load_credentials
from station.emm.amapi.transport import METHODS, Transport
from station.ports import Code, ManagementService, PolicyVersion, TokenOrder

if TYPE_CHECKING:
    from tests.unit.station.emm.amapi.conftest import Opening, Script

Serving = Callable[..., Any]
LOCAL = "http://127.0.0.1:9"
TOKEN = "enterprises/E/enrollmentTokens/T1"  # noqa: S105  # a name, no secret


def build(**changes: Any) -> AndroidManagementService:
    settings: dict[str, Any] = {
        "endpoint": LOCAL,
        "credentials": load_credentials(None, endpoint=LOCAL),
        "random": Random(0),
        "simulated": False,
    }
    enterprise = changes.pop("enterprise", "enterprises/E")
    return AndroidManagementService(enterprise, **(settings | changes))


def test_it_fits_the_port() -> None:
    service: ManagementService = build()
    assert service.capabilities.mints
    assert service.capabilities.single_use
    assert not service.capabilities.simulated


@pytest.mark.parametrize("enterprise", ["", "enterprises/", "enterprises/E/devices", "E F", "enterprise/E", "E/../F"])
def test_an_enterprise_name_that_cannot_be_is_refused(enterprise: str) -> None:
    with pytest.raises(ConfigurationError, match="no enterprise name"):
        build(enterprise=enterprise)


def test_the_bare_id_of_an_enterprise_will_do() -> None:
    assert build(enterprise="LC0123").enterprise == "enterprises/LC0123"


@pytest.mark.parametrize("changes", [{"calls_per_minute": 0}, {"timeout_seconds": 0}, {"endpoint": "http://mdm.example"}])
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        build(**changes)


@pytest.mark.parametrize("endpoint", [None, "https://mdm.example"])
def test_google_is_never_asked_without_a_key(endpoint: str | None) -> None:
    with pytest.raises(ConfigurationError, match="needs a key"):
        build(endpoint=endpoint)


def test_building_one_does_not_load_the_client_library() -> None:
    program = (
        "import random, sys; from station.emm.amapi import *; url = 'http://127.0.0.1:9';"
        "key = load_credentials(None, endpoint=url);"
        "AndroidManagementService('E', endpoint=url, credentials=key, random=random.Random(), simulated=True);"
        "sys.exit(str(sorted({'googleapiclient', 'httplib2', 'google.oauth2.service_account'} & set(sys.modules))))"
    )
    root = Path(__file__).parents[5]
    ended = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert ended.stderr.strip() == "[]"


# --- what it may do at all ------------------------------------------------------------------------------------------------------


def test_nothing_in_the_code_could_wipe_or_change_a_device() -> None:
    sources = "\n".join(path.read_text() for path in Path(package.__file__).parent.glob("*.py"))
    assert "devices.list" in sources  # the search below looks at the right files
    for forbidden in (
        r"issueCommand",
        r"\bwipe\(",
        r"devices\W{1,5}(delete|patch|issue)",
        r"enterprises\W{1,5}(delete|patch|create)",
    ):
        assert not re.search(forbidden, sources, re.IGNORECASE), forbidden


def test_only_the_methods_that_are_listed_can_be_called() -> None:
    assert not {method for method in METHODS["androidmanagement"] if method.startswith("devices.")} - {"devices.list", "devices.get"}
    transport = Transport(load_credentials(None, endpoint=LOCAL), LOCAL, 1)
    for method in ("devices.delete", "devices.patch", "devices.issueCommand", "webTokens.create"):
        with pytest.raises(ValueError, match="not among the calls"):
            transport.call(method, {"name": "enterprises/E/devices/D"})


@pytest.mark.parametrize(
    "act",
    [
        lambda service: service.mint(TokenOrder("a", Mode.WPCO, "p", 3600)),
        lambda service: service.code(TOKEN),
        lambda service: service.revoke(TOKEN),
    ],
)
def test_a_service_that_only_confirms_touches_no_token(act: Callable[[AndroidManagementService], Any]) -> None:
    service = build(minting=False)
    assert not service.capabilities.mints
    with pytest.raises(WrongUse, match="configured for minting"):
        run_virtual(act(service))
    assert not service.calls


@pytest.mark.parametrize(
    "act",
    [
        lambda service: service.code("enterprises/OTHER/enrollmentTokens/T1"),
        lambda service: service.code("enterprises/E/devices/T1"),
        lambda service: service.code("T1"),
        lambda service: service.revoke("enterprises/E/enrollmentTokens/"),
        lambda service: service.revoke("enterprises/E/enrollmentTokens/T1?x=y"),
        lambda service: service.device("enterprises/E/devices/a/b"),
        lambda service: service.device("enterprises/E/devices/../policies"),
        lambda service: service.policy("no policy"),
        lambda service: service.put_policy("", {}),
        lambda service: service.mint(TokenOrder("x" * 1025, Mode.WPCO, "p", 3600)),
        lambda service: service.mint(TokenOrder("a", Mode.WPCO, "p", 59)),
        lambda service: service.mint(TokenOrder("a", Mode.WPCO, "p/ä", 3600)),
    ],
)
def test_what_cannot_be_a_name_or_an_order_is_never_sent(act: Callable[[AndroidManagementService], Any]) -> None:
    service = build()
    with pytest.raises(WrongUse):
        run_virtual(act(service))
    assert not service.calls


# --- what is sent and answered --------------------------------------------------------------------------------------------------


def test_the_name_and_version_that_the_service_sets_are_not_sent_back(script: type[Script], serve: Serving, opened: Opening) -> None:
    plan = script(script.answer(200, {"name": "enterprises/E/policies/p", "version": "4"}))

    async def main(url: str) -> PolicyVersion:
        async with opened(url) as service:
            return await service.put_policy("p", {"name": "enterprises/E/policies/other", "version": "3", "cameraDisabled": True})

    with serve(plan) as url:
        assert run_virtual(main(url)) == PolicyVersion("p", 4)
    [(verb, path, _, body)] = plan.requests
    assert (verb, path.partition("?")[0]) == ("PATCH", "/v1/enterprises/E/policies/p")
    assert json.loads(body) == {"cameraDisabled": True}


def test_a_captive_portals_page_is_no_empty_list_of_devices(script: type[Script], serve: Serving, opened: Opening) -> None:
    async def main(url: str) -> list[object]:
        async with opened(url) as service:
            return [page async for page in service.devices()]

    with serve(script(script.answer(200, b"<html>Sign in</html>"))) as url, pytest.raises(ServiceUnreachable, match="captive portal"):
        run_virtual(main(url))


@pytest.mark.parametrize(
    "answer", [{}, {"qrCode": ""}, {"qrCode": 7}, {"qrCode": "{}"}, {"expirationTimestamp": "2026-01-05T08:00:00Z"}]
)
def test_a_token_without_content_is_gone(answer: dict[str, object], script: type[Script], serve: Serving, opened: Opening) -> None:
    async def main(url: str) -> Code:
        async with opened(url) as service:
            return await service.code(TOKEN)

    with serve(script(script.answer(200, answer))) as url, pytest.raises(TokenGone):
        run_virtual(main(url))


# --- threads, cancelling, secrets -----------------------------------------------------------------------------------------------


def test_eight_threads_and_two_hundred_calls_all_succeed(script: type[Script], serve: Serving, opened: Opening) -> None:
    async def main(url: str) -> tuple[list[int], int]:
        async with opened(url) as service:

            async def calls() -> int:
                documents = [await service.policy("p") for _ in range(25)]
                return sum(document == {"name": "enterprises/E/policies/p"} for document in documents)

            right = await asyncio.gather(*(calls() for _ in range(8)))
            return right, service.calls["policies.get"]

    with serve(script(script.answer(200, {"name": "enterprises/E/policies/p"}))) as url:
        right, sent = asyncio.run(main(url))
    assert right == [25] * 8
    assert sent == 200


def test_a_cancelled_call_leaves_the_service_usable(script: type[Script], serve: Serving, opened: Opening) -> None:
    plan = script("silence", script.answer(200, {}))

    async def main(url: str) -> dict[str, int]:
        async with opened(url, timeout_seconds=0.3) as service:
            slow = asyncio.create_task(service.check())
            await asyncio.to_thread(plan.silent.wait)
            slow.cancel()
            with pytest.raises(asyncio.CancelledError):
                await slow
            await service.check()
            return dict(service.calls)

    with serve(plan) as url:
        assert asyncio.run(main(url)) == {"policies.list": 2}


def test_no_traceback_and_no_log_line_holds_what_was_sent_or_answered(
    script: type[Script], serve: Serving, opened: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    passphrase = "Sesam-öffne-dich"  # noqa: S105  # nobody's
    echoed = f"Invalid value: {passphrase} {json.dumps(passphrase)}"
    plan = script(
        script.refusal(503, echoed),
        script.answer(403, echoed.encode()),
        script.refusal(400, echoed),
        script.answer(200, f'{{"qrCode": "{passphrase}"'.encode()),
    )
    document: dict[str, object] = {"openNetworkConfiguration": {"WiFi": {"Passphrase": passphrase}}}
    caught: list[BaseException] = []

    async def main(url: str) -> None:
        async with opened(url) as service:
            for act in (service.put_policy("p", document), service.put_policy("p", document), service.code(TOKEN)):
                with pytest.raises(SixtapError) as failed:
                    await act
                caught.append(failed.value)

    caplog.set_level(logging.DEBUG)
    with serve(plan) as url:
        run_virtual(main(url))
    assert [type(error) for error in caught] == [ServiceRefused, WrongUse, ServiceUnreachable]
    assert "Next try in" in caplog.text
    for text in (caplog.text, *(repr(error) + str(error) for error in caught)):
        assert "Sesam" not in text
    assert all(error.__context__ is None and error.__cause__ is None for error in caught)
