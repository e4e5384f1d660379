"""The twin's management services: which stand-in answers the phones, what the service's configuration says of it, and what an
administrator does at its console before a batch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import aiohttp

from station import wire
from station.assembly.exported import Found, codes_in, owners
from station.client import Client
from station.domain.called import People, Person
from station.domain.errors import WrongUse
from station.domain.policy import Mode
from station.domain.roster import Row
from station.emm import tinymdm_standin
from station.emm.emulator import Emulator, serve
from station.emm.tinymdm_standin import Console, StandIn

Emm = Literal["amapi", "tinymdm"]
ENTERPRISE = "LC00sixtap"
SUBSCRIPTION = "projects/twin/subscriptions/twin"
POLICY = {"statusReportingSettings": {"networkInfoEnabled": True, "softwareInfoEnabled": True, "hardwareStatusEnabled": True}}
POLICY_ID = "900"  # of the batch's policy at the stand-in for TinyMDM
PUBLIC_KEY, SECRET_KEY = "tinymdm-public.key", "tinymdm-secret.key"

Now = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]


def android_section(endpoint: str, *, hearing: bool) -> dict[str, Any]:
    """`[emm]` of a service that asks the emulator at `endpoint`."""
    return {"enterprise": ENTERPRISE, "endpoint": endpoint, "subscription": SUBSCRIPTION if hearing else ""}


def tinymdm_section(folder: Path, endpoint: str, policy: str) -> dict[str, Any]:
    """`[emm]` of a service that asks the stand-in for TinyMDM at `endpoint`; the keys lie in `folder`."""
    return {
        "kind": "tinymdm",
        "public_key": str(folder / PUBLIC_KEY),
        "secret_key": str(folder / SECRET_KEY),
        "endpoint": f"{endpoint}/api/v1",
        "policies": {policy: POLICY_ID},
        "enrollment_types": {"wpco": str(Mode.WPCO), "work_profile": str(Mode.WORK_PROFILE)},
    }


@asynccontextmanager
async def android_cloud(
    seed: int, now: Now, fleet: int, sleep: Sleep, policy: str, *, hearing: bool
) -> AsyncIterator[tuple[Emulator, str]]:
    """The emulator of the Android Management API, served, with the policy pushed; and its URL."""
    emulator = Emulator(ENTERPRISE, seed, now, fleet, sleep=sleep)
    if hearing:
        emulator.notifications.make_ready(SUBSCRIPTION, now())
    async with serve(emulator) as endpoint:
        url = f"{endpoint}/v1/enterprises/{ENTERPRISE}/policies/{policy}"
        async with aiohttp.ClientSession() as session, session.patch(url, json=POLICY) as answer:
            answer.raise_for_status()
        yield emulator, endpoint


@asynccontextmanager
async def tinymdm_cloud(
    folder: Path, seed: int, now: Now, fleet: int, sleep: Sleep, policy: str
) -> AsyncIterator[tuple[StandIn, str]]:
    """The stand-in for TinyMDM, served, with the policy made; and its URL. Its keys are written into `folder`."""
    standin = StandIn(seed, now, fleet=fleet, sleep=sleep)
    Console(standin).policy(policy, POLICY_ID)
    (folder / PUBLIC_KEY).write_text(standin.keys.public, encoding="utf-8")
    (folder / SECRET_KEY).write_text(standin.keys.secret, encoding="utf-8")
    async with tinymdm_standin.serve(standin) as endpoint:
        yield standin, endpoint


async def export_codes(standin: StandIn, client: Client, rows: Sequence[Row], mode: str, folder: Path) -> None:
    """At the console: everybody gets the policy, and their codes are exported; at the bench: the pictures are imported.

    Raises WrongUse when a picture cannot be read or is nobody's: the twin made them, so that is a fault of the product.
    """
    console = Console(standin)
    console.assign_all(POLICY_ID)
    company = [row for row in rows if (row.mode or mode) == Mode.WPCO]
    await asyncio.to_thread(
        console.export, folder, wpco=[text for row in company for text in (row.email, row.name, row.directory) if text]
    )
    read = await asyncio.to_thread(lambda: list(codes_in([folder])))
    good, bad = owners([one for one in read if isinstance(one, Found)], await _people(client), said={}, mode=None)
    wrong = [*(one for one in read if not isinstance(one, Found)), *bad]
    if wrong:
        raise WrongUse(f"The console's export cannot be used: {wrong[0]}", "")
    codes = [
        wire.ExportedCode.model_validate({"user": one.person.id, "content": one.found.content, "source": one.found.source})
        for one in good
    ]
    await client.command(wire.PutCodes(codes=tuple(codes)))


async def _people(client: Client) -> People:
    people: list[Person] = []
    after: str | None = ""
    while after is not None:
        page = await client.users(after=after, limit=1000)
        people += [Person(user.id, user.name, user.email, user.account) for user in page.items]
        after = page.after
    return People(people)
