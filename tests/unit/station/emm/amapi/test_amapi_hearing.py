"""Pub/Sub pull through Google's client library: what is asked, what is made of the answers, and how it ends."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import httplib2
import pytest

from hardware.simulated.loop import run_virtual
from station.domain.errors import ConfigurationError, QuotaExceeded, ServiceRefused, ServiceUnreachable, SixtapError
from station.domain.evidence import Device
from station.emm.amapi import Subscription, load_credentials
from station.ports import Hearing

if TYPE_CHECKING:
    from tests.unit.station.emm.amapi.conftest import Script

Serving = Callable[..., Any]
NAME = "projects/p/subscriptions/bench"
LOCAL = "http://127.0.0.1:9"
DEVICE = {"name": "enterprises/E/devices/D1", "enrollmentTokenName": "T1", "state": "ACTIVE"}


def build(url: str = LOCAL, name: str = NAME, **changes: Any) -> Subscription:
    settings: dict[str, Any] = {"credentials": load_credentials(None, endpoint=LOCAL), "random": Random(0), "simulated": False}
    return Subscription(name, "enterprises/E", **({"endpoint": url} | settings | changes))


@asynccontextmanager
async def line(url: str, **changes: Any) -> AsyncIterator[Subscription]:
    subscription = build(url, **changes)
    try:
        yield subscription
    finally:
        await subscription.close()


def message(record: object, kind: object = "ENROLLMENT", ack: str = "a1") -> dict[str, Any]:
    data = record if isinstance(record, str) else base64.b64encode(json.dumps(record).encode()).decode()
    return {"ackId": ack, "message": {"data": data, "attributes": {"notificationType": kind}, "messageId": "1"}}


def hear(url: str, batches: int = 1, **changes: Any) -> list[tuple[Device, ...]]:
    """The first batches, each taken and dealt with."""

    async def main() -> list[tuple[Device, ...]]:
        found: list[tuple[Device, ...]] = []
        async with line(url, **changes) as subscription, aclosing(subscription.heard()) as heard:
            async for devices in heard:
                found.append(tuple(devices))
                if len(found) == batches:
                    break
        return found

    return run_virtual(main())


def test_it_fits_the_port_and_says_what_to_grant_when_nothing_is_ever_said() -> None:
    hearing: Hearing = build()
    assert "android-cloud-policy@system.gserviceaccount.com" in hearing.when_silent
    assert "roles/pubsub.publisher" in hearing.when_silent


@pytest.mark.parametrize(
    "name", ["", "bench", "projects/p/topics/bench", "projects/p/subscriptions/a/b", "projects/p/subscriptions/s:pull"]
)
def test_what_is_no_subscription_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="no subscription's name"):
        build(name=name)


def test_google_is_never_asked_without_a_key() -> None:
    with pytest.raises(ConfigurationError, match=r"pubsub\.googleapis\.com needs a key"):
        build(endpoint=None)


def test_the_key_is_used_for_pub_sub_alone(private_key: str) -> None:
    key = {"type": "service_account", "client_email": "b@p", "private_key": private_key, "token_uri": "https://o.example/t"}
    scopes = [load_credentials(json.dumps(key).encode(), hearing=hearing).scopes for hearing in (True, False)]  # type: ignore[attr-defined]
    assert scopes == [["https://www.googleapis.com/auth/pubsub"], ["https://www.googleapis.com/auth/androidmanagement"]]


def test_pulls_reads_the_device_and_acknowledges_only_when_the_next_is_asked_for(script: type[Script], serve: Serving) -> None:
    plan = script(script.answer(200, {"receivedMessages": [message(DEVICE)]}), script.answer(200, {}))

    async def main(url: str) -> None:
        async with line(url) as subscription, aclosing(subscription.heard()) as heard:
            [device] = await anext(heard)
            assert (device.name, device.token, device.state) == ("enterprises/E/devices/D1", "T1", "ACTIVE")
            assert len(plan.requests) == 1
            assert tuple(await anext(heard)) == ()

    with serve(plan) as url:
        run_virtual(main(url))
    paths = [path.partition("?")[0] for path in plan.sent("POST")]
    assert paths == [f"/v1/{NAME}:pull", f"/v1/{NAME}:acknowledge", f"/v1/{NAME}:pull"]
    bodies = [json.loads(body) for *_, body in plan.requests]
    assert bodies == [{"maxMessages": 100}, {"ackIds": ["a1"]}, {"maxMessages": 100}]


def test_a_taker_that_fails_acknowledges_nothing(script: type[Script], serve: Serving) -> None:
    plan = script(script.answer(200, {"receivedMessages": [message(DEVICE)]}))

    async def main(url: str) -> None:
        async with line(url) as subscription, aclosing(subscription.heard()) as heard:
            async for _ in heard:
                raise KeyError

    with serve(plan) as url, pytest.raises(KeyError):
        run_virtual(main(url))
    assert len(plan.requests) == 1


@pytest.mark.parametrize(
    "received",
    [
        message("no base64 %"),
        message(base64.b64encode(b"\xff\xfe{").decode()),
        message(base64.b64encode(b"[" * 100_000).decode()),
        message([DEVICE]),
        message({"state": "ACTIVE"}),
        message(DEVICE | {"name": "enterprises/E2/devices/D1"}),
        message(DEVICE | {"name": "enterprises/E/devices/D1/operations/1"}, "COMMAND"),
        message(DEVICE, None),
        {"ackId": "a1", "message": {"messageId": "1"}},
        {"ackId": "a1"},
    ],
)
def test_what_cannot_be_read_or_is_not_meant_for_us_is_dropped_and_does_not_come_again(
    received: dict[str, Any], script: type[Script], serve: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    good = message(DEVICE, "STATUS_REPORT", "a2")
    plan = script(script.answer(200, {"receivedMessages": [received, good]}), script.answer(200, {}))
    with serve(plan) as url:
        [[device], last] = hear(url, 2)
    assert (device.name, last) == ("enterprises/E/devices/D1", ())
    assert json.loads(plan.requests[1][3]) == {"ackIds": ["a1", "a2"]}
    assert "ACTIVE" not in caplog.text


@pytest.mark.parametrize("received", [None, "x", [None, 7, {}], [{"message": None, "ackId": 9}]])
def test_an_odd_answer_is_an_empty_one(received: object, script: type[Script], serve: Serving) -> None:
    plan = script(script.answer(200, {"receivedMessages": received}), script.answer(200, {}))
    with serve(plan) as url:
        assert hear(url, 2) == [(), ()]
    assert [":acknowledge" in path for path in plan.sent("POST")] == [False, False]


def test_one_device_is_told_once_a_batch_as_it_was_last_told_of(script: type[Script], serve: Serving) -> None:
    told = [message(DEVICE, ack="a1"), message(DEVICE, ack="a1"), message(DEVICE | {"state": "DELETED"}, ack="a2")]
    plan = script(script.answer(200, {"receivedMessages": told}))
    with serve(plan) as url:
        [[device]] = hear(url)
    assert device.state == "DELETED"


def test_empty_answers_that_come_at_once_are_not_asked_for_again_at_once(script: type[Script], serve: Serving) -> None:
    plan = script(script.answer(200, {}))

    async def main(url: str) -> float:
        async with line(url) as subscription, aclosing(subscription.heard()) as heard:
            for _ in range(10):
                await anext(heard)
        return asyncio.get_running_loop().time()

    with serve(plan) as url:
        assert run_virtual(main(url)) == 9.0


# --- failures -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", ["silence", "deadline"])
def test_a_pull_that_ends_without_an_answer_found_nothing(nothing: str, script: type[Script], serve: Serving) -> None:
    plan = script(
        "silence" if nothing == "silence" else script.refusal(504), script.answer(200, {"receivedMessages": [message(DEVICE)]})
    )
    with serve(plan) as url:
        first, second = hear(url, 2, hold_seconds=0.2)
    assert (first, len(second), len(plan.requests)) == ((), 1, 2)


@pytest.mark.parametrize("step", ["drop_after", "reset", "busy"])
def test_a_line_that_breaks_is_taken_up_again(step: str, script: type[Script], serve: Serving) -> None:
    broken = script.refusal(503) if step == "busy" else step
    plan = script(broken, broken, broken, script.answer(200, {"receivedMessages": [message(DEVICE)]}))
    with serve(plan) as url:
        assert len(hear(url)[0]) == 1
    assert len(plan.requests) == 4


@pytest.mark.parametrize(
    ("status", "reason", "error", "says"),
    [
        (403, "", ServiceRefused, "roles/pubsub.subscriber"),
        (403, "SERVICE_DISABLED", ServiceRefused, "Enable the Cloud Pub/Sub API"),
        (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", ServiceRefused, "auth/pubsub"),
        (404, "", ServiceRefused, "31 days"),
        (400, "", ServiceRefused, "pull subscription"),
        (401, "", ServiceRefused, "key"),
        (429, "", QuotaExceeded, "quotas of Pub/Sub"),
        (503, "", ServiceUnreachable, "Listening for notifications failed"),
    ],
)
def test_a_refusal_says_what_to_do(
    status: int, reason: str, error: type[SixtapError], says: str, script: type[Script], serve: Serving
) -> None:
    plan = script(script.refusal(status, reason=reason))
    with serve(plan) as url, pytest.raises(error) as caught:
        hear(url)
    assert says in str(caught.value)
    assert NAME in str(caught.value) or status in {403, 401, 429, 503}


# --- hanging up ---------------------------------------------------------------------------------------------------------------


def hangs_up(plan: Script, url: str) -> float:
    """Seconds of real time from the end of a bench that listens to the end of its line."""

    async def main() -> float:
        subscription = build(url)
        listening = asyncio.create_task(anext(subscription.heard()))
        await asyncio.to_thread(plan.silent.wait, 10)
        listening.cancel()
        began = time.monotonic()
        await subscription.close()
        return time.monotonic() - began

    return asyncio.run(main())


def test_closing_does_not_wait_for_a_pull_that_waits(script: type[Script], serve: Serving) -> None:
    plan = script("silence")
    with serve(plan) as url:
        assert hangs_up(plan, url) < 5


def test_closing_does_not_wait_over_tls_either(
    script: type[Script],
    serve: Serving,
    certified: tuple[ssl.SSLContext, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context, trusted = certified
    monkeypatch.setattr(httplib2, "CA_CERTS", str(trusted))
    plan = script("silence")
    with serve(plan, context) as url:
        assert hangs_up(plan, url) < 5


def test_after_closing_nothing_is_asked(script: type[Script], serve: Serving) -> None:
    plan = script(script.answer(200, {}))

    async def main(url: str) -> None:
        subscription = build(url)
        heard = subscription.heard()
        await anext(heard)
        await subscription.close()
        with pytest.raises(RuntimeError, match="shutdown"):
            await anext(heard)

    with serve(plan) as url:
        run_virtual(main(url))
    assert len(plan.requests) == 1
