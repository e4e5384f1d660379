"""Calls that change nothing, or nothing more the second time, are tried again; refusals are final."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from hardware.simulated.loop import run_virtual
from station.domain.errors import QuotaExceeded, ServiceRefused, ServiceUnreachable, SixtapError, WrongUse

if TYPE_CHECKING:
    from tests.unit.station.emm.amapi.conftest import Opening, Script

Serving = Callable[..., Any]
TOKEN = "enterprises/E/enrollmentTokens/T1"  # noqa: S105  # a name, no secret


def check(opened: Opening, url: str, **settings: Any) -> tuple[float, dict[str, int]]:
    """Virtual seconds that one `check` takes, and the calls that it sent."""

    async def main() -> tuple[float, dict[str, int]]:
        async with opened(url, **settings) as service:
            await service.check()
            return asyncio.get_running_loop().time(), dict(service.calls)

    return run_virtual(main())


@pytest.mark.parametrize("step", ["reset", "refusal", "garbled"])
def test_a_call_that_changes_nothing_is_tried_again(step: str, script: type[Script], serve: Serving, opened: Opening) -> None:
    failing = {"refusal": script.refusal(503), "garbled": script.answer(200, b"<html>")}.get(step, step)
    with serve(script(failing, failing, failing, script.answer(200, {}))) as url:
        seconds, calls = check(opened, url)
    assert calls == {"policies.list": 4}
    assert 1.75 < seconds < 5.25


def test_a_call_that_goes_on_failing_ends_after_five_tries(script: type[Script], serve: Serving, opened: Opening) -> None:
    plan = script(script.refusal(503, "Down."))
    with serve(plan) as url, pytest.raises(ServiceUnreachable, match=r"503 \(Down\.\)"):
        check(opened, url)
    assert len(plan.requests) == 5


def test_silence_ends_too(script: type[Script], serve: Serving, opened: Opening) -> None:
    plan = script("silence")
    with serve(plan) as url, pytest.raises(ServiceUnreachable, match="in time"):
        check(opened, url, timeout_seconds=0.05)
    assert len(plan.requests) == 5


def test_nobody_listening_ends_too(opened: Opening) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ServiceUnreachable, match="accepts no connections"):
        check(opened, url)


def test_a_wait_that_the_service_asks_for_is_kept(script: type[Script], serve: Serving, opened: Opening) -> None:
    with serve(script(script.refusal(429, Retry_After="40"), script.answer(200, {}))) as url:
        seconds, calls = check(opened, url)
    assert 40 <= seconds <= 41
    assert calls == {"policies.list": 2}


def test_a_wait_that_is_too_long_is_left_to_the_caller(script: type[Script], serve: Serving, opened: Opening) -> None:
    plan = script(script.refusal(429, Retry_After="3600"))
    with serve(plan) as url, pytest.raises(QuotaExceeded):
        check(opened, url)
    assert len(plan.requests) == 1


@pytest.mark.parametrize(
    ("status", "reason", "error", "words"),
    [
        (400, "", WrongUse, "Said no"),
        (401, "", ServiceRefused, "key file"),
        (403, "", ServiceRefused, "roles/androidmanagement.user"),
        (403, "SERVICE_DISABLED", ServiceRefused, "Enable it"),
        (404, "", ServiceRefused, "enterprises/E"),
        (302, "", ServiceUnreachable, "captive portal"),
        (501, "", ServiceUnreachable, "501"),
    ],
)
def test_a_refusal_is_final_and_readable(
    status: int, reason: str, error: type[SixtapError], words: str, script: type[Script], serve: Serving, opened: Opening
) -> None:
    plan = script(script.refusal(status, reason=reason, Location="http://127.0.0.1:1/"))
    with serve(plan) as url, pytest.raises(error, match=words):
        check(opened, url)
    assert len(plan.requests) == 1


def test_a_revocation_whose_answer_was_lost_is_settled_by_the_next_try(script: type[Script], serve: Serving, opened: Opening) -> None:
    plan = script("reset", script.refusal(404))

    async def main(url: str) -> None:
        async with opened(url) as service:
            await service.revoke(TOKEN)

    with serve(plan) as url:
        run_virtual(main(url))
    assert plan.sent("DELETE") == [f"/v1/{TOKEN}?alt=json"] * 2
