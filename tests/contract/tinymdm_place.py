"""TinyMDM's client and its stand-in on a real loopback socket, in virtual time, with the other side of it all at hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from hardware.simulated.loop import EPOCH, run_virtual, virtual_loop
from station.assembly.exported.pictures import only_code
from station.domain.evidence import Device
from station.domain.policy import Mode
from station.domain.prepared import PreparedCode
from station.emm.emulator import Rule
from station.emm.tinymdm import Keys, Settings, TinyMdm
from station.emm.tinymdm_standin import Console, StandIn, serve
from station.ports import Person, Token, TokenOrder
from station.store.vault import FolderVault, open_vault

BUNDLE = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"
WPCO = Settings(enrollment_types={"wpco": Mode.WPCO}, timeout=10)


@dataclass
class Minted:
    """The tokens that were minted, and whose they are."""

    users: dict[str, str] = field(default_factory=dict)

    async def knows(self, token: str) -> bool:
        return token in self.users

    async def user_of(self, token: str) -> str | None:
        return self.users.get(token)


@dataclass
class Place:
    """A service and its other side: the console, the phones, what arrived."""

    service: TinyMdm
    standin: StandIn
    console: Console
    vault: FolderVault
    book: Minted
    url: str
    policy: str
    accounts: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def fail(self, *rules: Rule) -> None:
        self.standin.faults.replace(rules)

    def arrived(self, method: str) -> list[dict[str, Any]]:
        return [entry for entry in self.standin.journal.resource() if entry["method"] == f"tinymdm.{method}"]

    async def person(self, user: str = "u_1", *, mode: Mode | None = None, wpco: bool = True, **more: Any) -> str:
        """Somebody whom TinyMDM knows, in a policy, with an exported code; their account."""
        (put,) = await self.service.put_users([Person(user, f"User {user}", f"{user}@example.com", **more)])
        assert put.account, put.problem
        self.console.assign_all(self.policy)
        content = self.console.code(self.standin.people.user(put.account), wpco=wpco)
        self.accounts[user] = put.account
        await self.vault.put(user, PreparedCode(content, "provisioning", mode=mode))
        self.said.append(content)
        return put.account

    def order(self, user: str = "u_1", mode: Mode = Mode.WPCO, **more: Any) -> TokenOrder:
        return TokenOrder(f"attempt of {user}", mode, "bench", 3600, user, self.accounts.get(user, ""), **more)

    async def mint(self, user: str = "u_1", mode: Mode = Mode.WPCO, **more: Any) -> Token:
        """A token, which the station writes down as it comes."""
        token = await self.service.mint(self.order(user, mode, **more))
        self.book.users[token.name] = user
        return token

    async def phone(self, content: str, path: str = "setup_wizard", serial: str = "R58N1") -> str:
        """A phone reads the code and enrolls; the device's id."""
        secret = json.loads(content)[BUNDLE]["enrollmentId"]
        self.said.append(secret)
        hardware = {"manufacturer": "Google", "model": "Pixel 8a", "serialNumber": serial, "imei": "350000000000006"}
        said = {"token": secret, "path": path, "androidVersion": "14", "apiLevel": 34, "hardware": hardware}
        ident: str = (await self.post("/phones/enroll", said))["device"]
        return ident

    async def apply(self, device: str) -> None:
        """The phone's policy is applied, a while after it enrolled."""
        await asyncio.sleep(60)
        await self.post("/phones/report", {"device": device, "phase": "applied"})

    async def post(self, path: str, body: object) -> dict[str, Any]:
        with virtual_loop().hold():
            async with aiohttp.ClientSession() as session, session.post(self.url + path, json=body) as answer:
                answer.raise_for_status()
                read: dict[str, Any] = await answer.json()
                return read

    async def every_device(self) -> list[Device]:
        return [device async for page in self.service.devices() for device in page]


@asynccontextmanager
async def place(settings: Settings = WPCO, *, manager: bool = False, minting: bool = True, **standin: Any) -> AsyncIterator[Place]:
    loop = virtual_loop()

    async def latency(seconds: float) -> None:
        with loop.lend():
            await asyncio.sleep(seconds)

    there = StandIn(3, lambda: EPOCH + timedelta(seconds=loop.time()), sleep=latency, **standin)
    console, book = Console(there), Minted()
    policy = console.policy("bench")
    keys = Keys(there.keys.public, there.keys.secret)
    if manager:
        keys = Keys(there.keys.manager_public, there.keys.manager_secret, there.keys.account)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        vault = open_vault(folder / "codes", folder / "key", make_key=True)
        url = await stack.enter_async_context(serve(there))
        service = TinyMdm(
            keys,
            Settings(**{name: getattr(settings, name) for name in settings.__slots__} | {"policies": {"bench": policy}}),
            endpoint=f"{url}/api/v1",
            vault=vault,
            book=book,
            decode=only_code,
            random=Random(5),
            simulated=True,
            minting=minting,
            during=loop.hold,
        )
        stack.push_async_callback(service.close)
        yield Place(service, there, console, vault, book, url, policy)


def within(act: Callable[[Place], Awaitable[None]], settings: Settings = WPCO, **more: Any) -> None:
    """Run `act` at a place of its own."""

    async def main() -> None:
        async with place(settings, **more) as there:
            await act(there)

    run_virtual(main())
