"""What a management service that tells of devices by itself must do for the station: Pub/Sub against the emulator, over HTTP.

All of it runs in virtual time; the wait of a pull is the emulator's.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import aiohttp
import pytest
from google.auth.credentials import AnonymousCredentials
from googleapiclient.discovery import build

from hardware.simulated.loop import EPOCH, run_virtual, virtual_loop
from station.domain.errors import ServiceRefused
from station.domain.evidence import Device
from station.domain.policy import Mode
from station.emm.amapi import AndroidManagementService, Subscription, load_credentials
from station.emm.emulator import Emulator, Rule, serve
from station.emm.emulator.longpoll import HOLD
from station.emm.emulator.notifying import ANDROID_DEVICE_POLICY
from station.ports import Hearing, TokenOrder

NAME = "projects/p/subscriptions/bench"
TOPIC = "projects/p/topics/bench"
HOME = "enterprises/LC00sixtap"
TOKEN_EXTRA = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105  # the name of an extra
BUNDLE = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"
Batches = AsyncGenerator[Sequence[Device], None]


@dataclass
class Place:
    """A line, the service that it belongs to, and phones on the other side."""

    line: Subscription
    service: AndroidManagementService
    url: str
    emulator: Emulator

    @property
    def port(self) -> Hearing:
        return self.line

    async def enroll(self, serial: str = "R58N1") -> str:
        token = await self.service.mint(TokenOrder("a1", Mode.WPCO, "default", 3600))
        value = json.loads((await self.service.code(token.name)).content)[BUNDLE][TOKEN_EXTRA]
        hardware = {"brand": "google", "manufacturer": "Google", "model": "Pixel 8a", "serialNumber": serial}
        said = {"token": value, "path": "setup_wizard", "androidVersion": "14", "apiLevel": 34, "hardware": hardware}
        name: str = (await self.tell("/phones/enroll", said))["device"]
        return name

    async def tell(self, path: str, body: object) -> dict[str, Any]:
        async with aiohttp.ClientSession() as session, session.post(self.url + path, json=body) as answer:
            answer.raise_for_status()
            read: dict[str, Any] = await answer.json()
            return read


@asynccontextmanager
async def place(*, ready: bool = True) -> AsyncIterator[Place]:
    loop = virtual_loop()

    async def waiting(seconds: float) -> None:
        with loop.lend():
            await asyncio.sleep(seconds)

    emulator = Emulator(seed=3, now=lambda: EPOCH + timedelta(seconds=loop.time()), sleep=waiting)
    if ready:
        emulator.notifications.make_ready(NAME, emulator.now())
    async with serve(emulator) as url:
        settings: dict[str, Any] = {"endpoint": url, "credentials": load_credentials(None, endpoint=url), "simulated": True}
        line = Subscription(NAME, HOME, random=Random(5), **settings)
        service = AndroidManagementService(HOME, random=Random(5), **settings)
        try:
            yield Place(line, service, url, emulator)
        finally:
            await line.close()
            await service.close()


def within(act: Callable[[Place], Awaitable[None]], *, ready: bool = True) -> None:
    async def main() -> None:
        async with place(ready=ready) as there:
            await act(there)

    run_virtual(main())


async def said(heard: Batches) -> list[Device]:
    """The next batch with anything in it."""
    async for devices in heard:
        if devices:
            return list(devices)
    raise AssertionError("it is over")


def test_a_phone_that_enrolls_reports_and_leaves_is_heard_of_at_once() -> None:
    async def act(there: Place) -> None:
        loop = asyncio.get_running_loop()
        await there.service.put_policy("default", {})
        name = ""

        async def enroll() -> None:
            nonlocal name
            name = await there.enroll()

        async def report() -> None:
            await there.tell("/phones/report", {"device": name, "phase": "applied"})

        async def leave() -> None:
            await there.tell("/phones/leave", {"device": name})

        async with aclosing(there.port.heard()) as heard:
            for doing, state in ((enroll, "PROVISIONING"), (report, "ACTIVE"), (leave, "DELETED")):
                listening = asyncio.create_task(said(heard))
                await asyncio.sleep(200)  # more than one pull
                began = loop.time()
                await doing()
                [device] = await listening
                assert (device.name, device.state, device.reference, device.simulated) == (name, state, "a1", True)
                assert loop.time() == began

    within(act)


def test_what_is_not_dealt_with_is_told_again_and_what_is_not_is_not() -> None:
    async def act(there: Place) -> None:
        loop = asyncio.get_running_loop()
        name = await there.enroll()
        for _ in range(2):
            async with aclosing(there.port.heard()) as heard:  # closed before the next is asked for
                assert [device.name for device in await said(heard)] == [name]
        assert loop.time() == 10.0
        async with aclosing(there.port.heard()) as heard:
            assert len(await said(heard)) == 1
            assert await anext(heard) == ()
        assert loop.time() == pytest.approx(20.0 + HOLD)

    within(act)


def test_duplicates_in_one_pull_are_one_and_what_is_no_device_is_none() -> None:
    async def act(there: Place) -> None:
        there.emulator.faults.replace([Rule("notifications.ENROLLMENT", "garbage"), Rule("notifications.ENROLLMENT", "duplicate")])
        names = [await there.enroll(serial) for serial in ("A", "B", "C")]
        async with aclosing(there.port.heard()) as heard:
            assert [device.name for device in await said(heard)] == names[1:]
            assert await anext(heard) == ()
        assert there.line.calls == {"subscriptions.pull": 2, "subscriptions.acknowledge": 1}

    within(act)


def test_an_idle_line_costs_a_call_a_minute_and_says_that_it_is_well() -> None:
    async def act(there: Place) -> None:
        loop = asyncio.get_running_loop()
        async with aclosing(there.port.heard()) as heard:
            for _ in range(60):
                assert await anext(heard) == ()
        assert loop.time() == pytest.approx(60 * HOLD, abs=0.1)
        assert there.line.calls.total() == 60

    within(act)


def test_other_calls_do_not_wait_for_the_pull_and_time_stands_still_in_them() -> None:
    async def act(there: Place) -> None:
        loop = asyncio.get_running_loop()
        async with aclosing(there.port.heard()) as heard:
            listening = asyncio.create_task(said(heard))
            await asyncio.sleep(5)
            for _ in range(20):
                await there.service.check()
            assert loop.time() == 5
            name = await there.enroll()
            assert ([device.name for device in await listening], loop.time()) == ([name], 5)

    within(act)


def test_the_end_of_the_listener_is_the_end_of_the_wait_at_the_other_side() -> None:
    async def act(there: Place) -> None:
        loop = virtual_loop()
        listening = asyncio.create_task(said(there.port.heard()))
        await asyncio.sleep(5)
        assert loop.holds.loans() == 1
        listening.cancel()
        await there.line.close()
        await asyncio.sleep(0.1)
        assert loop.holds.loans() == 0
        assert loop.time() == pytest.approx(5.1)

    within(act)


def test_a_subscription_that_is_gone_is_refused_and_the_next_one_is_heard() -> None:
    async def act(there: Place) -> None:
        there.emulator.pubsub.delete_subscription(NAME, there.emulator.now())
        with pytest.raises(ServiceRefused, match=NAME):
            await said(there.port.heard())
        there.emulator.pubsub.create_subscription(NAME, TOPIC, 0, there.emulator.now())
        name = await there.enroll()
        async with aclosing(there.port.heard()) as heard:
            assert [device.name for device in await said(heard)] == [name]

    within(act)


def test_a_subscription_that_is_listened_to_outlives_a_quiet_month() -> None:
    async def act(there: Place) -> None:
        async with aclosing(there.port.heard()) as heard:
            await anext(heard)
            await asyncio.sleep(30 * 86400)
            await anext(heard)
            await asyncio.sleep(30 * 86400)
            assert await anext(heard) == ()
            await asyncio.sleep(32 * 86400)
            with pytest.raises(ServiceRefused, match="31 days"):
                await anext(heard)

    within(act)


def test_the_set_up_of_the_documentation_through_googles_own_client_makes_enrollments_heard() -> None:
    def set_up(url: str) -> None:
        anonymous: Any = AnonymousCredentials()  # type: ignore[no-untyped-call]
        options = {"api_endpoint": url}
        pubsub: Any = build("pubsub", "v1", credentials=anonymous, client_options=options)
        amapi: Any = build("androidmanagement", "v1", credentials=anonymous, client_options=options)
        projects = pubsub.projects()
        projects.topics().create(name=TOPIC, body={}).execute()
        grant = {"bindings": [{"role": "roles/pubsub.publisher", "members": [ANDROID_DEVICE_POLICY]}]}
        projects.topics().setIamPolicy(resource=TOPIC, body={"policy": grant}).execute()
        projects.subscriptions().create(name=NAME, body={"topic": TOPIC, "ackDeadlineSeconds": 60}).execute()
        body = {"pubsubTopic": TOPIC, "enabledNotificationTypes": ["ENROLLMENT", "STATUS_REPORT"]}
        amapi.enterprises().patch(name=HOME, updateMask="pubsubTopic,enabledNotificationTypes", body=body).execute()
        pubsub.close()
        amapi.close()

    async def act(there: Place) -> None:
        await asyncio.to_thread(set_up, there.url)
        name = await there.enroll()
        async with aclosing(there.port.heard()) as heard:
            assert [device.name for device in await said(heard)] == [name]

    within(act, ready=False)
