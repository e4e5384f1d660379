"""A simulated phone's life: from its welcome screen through six taps, the scan and setup to its home screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from hardware.simulated import screens
from hardware.simulated.android import Provisioning, Refused, can_join, check
from hardware.simulated.attached import Eye, Preview
from hardware.simulated.cloud import Cloud, NotServed
from hardware.simulated.faults import Fault, State
from hardware.simulated.handset import Handset

CONNECTS: Final = 0.12  # share of setup after which the network is needed
LINGERS: Final = 2.0
"""How long after a viewfinder closed the camera should still film at its full rate, in seconds."""


class Around(Protocol):
    """What a phone needs of the world. `air`: the Wi-Fi networks in reach, see `android.can_join`."""

    @property
    def cloud(self) -> Cloud: ...
    @property
    def air(self) -> Mapping[str, str] | None: ...
    def now(self) -> float: ...
    def phone_changed(self, phone: Phone) -> None: ...


class Phone:
    """One phone. Hands call `tap_six`, `tap`, `pick_up`; the world sets `preview`; `live` is its life as a coroutine.

    has_read: it read a code. photograph: the still picture that it shows in the state "gallery". error: why it could not be set
    up, in words, without any secret. device: the name that the management service gave it. went_back: its viewfinder was open and
    closed without a read.
    """

    def __init__(self, number: int, handset: Handset, fault: Fault, around: Around) -> None:
        self.id = f"phone-{number}"
        self.number = number
        self.handset = handset
        self.fault = fault
        self.eye = Eye(handset.lens)
        self.state: State = "boxed"
        self.display: screens.Name = "off"
        self.preview: Preview | None = None
        self.photograph: Preview | None = None
        self.companion: Phone | None = None
        self.has_read = False
        self.went_back = False
        self.error: str | None = None
        self.device: str | None = None
        self._around = around
        self._poke = asyncio.Event()
        self._six_taps = False
        self._was_picked_up = False
        self._share = 0.0
        self._closed_at: float | None = None

    @property
    def serial(self) -> str:
        return self.handset.identity.serial

    @property
    def imei(self) -> str:
        return self.handset.identity.imei

    @property
    def model(self) -> str:
        return self.handset.identity.model

    @property
    def android(self) -> str:
        """Android's version, such as "14"."""
        return self.handset.identity.android

    @property
    def label_serial(self) -> str:
        """The serial number printed on its box."""
        return self.handset.label.serial

    @property
    def label_imei(self) -> str:
        """The IMEI printed on its box."""
        return self.handset.label.imei

    @property
    def wants(self) -> str | None:
        """ "accept" while it waits for a tap on its terms."""
        return "accept" if self.state == "waiting" else None

    @property
    def view(self) -> Preview | None:
        """What a camera's picture on its display shows: what its own camera sees now, or what it once saw."""
        return self.preview if self.state == "viewfinder" else self.photograph

    @property
    def to_be_pulled(self) -> bool:
        """The hands should take it away now, while its viewfinder shows the code (fault pulled_away)."""
        return self.fault.pulled_away and not self._was_picked_up and self._sees_code

    @property
    def scan_possible(self) -> bool:
        """Its viewfinder is open, about to open, or has just closed; or it shows what may be taken for one."""
        just_closed = self._closed_at is not None and self._around.now() - self._closed_at < LINGERS
        opens = self.state == "welcome" and self._six_taps
        return self.state in ("viewfinder", "gallery") or opens or just_closed

    def tap_six(self) -> None:
        """Six taps in one place."""
        if self.state == "welcome" and self.fault.takes_taps and not self._six_taps:
            self._six_taps = True
            self._tell()

    def tap(self) -> None:
        """A tap on what it asks for; without effect while it asks for nothing."""
        if self.state == "waiting":
            self._show("setup", "profile")

    def pick_up(self) -> None:
        """A hand took it off the stand."""
        self._was_picked_up = True
        self._poke.set()

    def see(self, preview: Preview | None) -> None:
        """Its camera sees this now; None where there is no attached screen before it."""
        if preview is not self.preview:
            self.preview = preview
            self._tell()

    async def live(self) -> None:
        """Switches on and lives until it comes to rest."""
        if self.fault.in_use:
            self._show("in_use", "lock")
            return
        self._show("welcome", "welcome")
        text = await self._scan()
        if text is not None:
            self.has_read = True
            await self._set_up(text)

    async def _scan(self) -> str | None:
        """The text that it read; None if it came to rest without one."""
        first = True
        while True:
            await self._until(lambda: self._six_taps)
            await asyncio.sleep(self.handset.pace.opens)
            self._six_taps = False
            self._show("viewfinder", "welcome")
            text = await self._watch(first)
            self._closed_at = self._around.now()
            self.eye.close()
            seen, self.preview = self.preview, None
            if text is not None:
                return text
            if self.fault.dies is not None:
                self._show("off", "off")
                return None
            if self.fault.photo:
                self.photograph = seen
                self._show("gallery", "welcome")
                return None
            first, self.went_back = False, True
            self._show("welcome", "welcome")

    async def _watch(self, first: bool) -> str | None:
        """One opening of the viewfinder: the text, or None if it closed without a read."""
        lasts = 0.0 if self.fault.photo else self.fault.dies if self.fault.dies is not None else self.fault.gives_up if first else None
        if lasts is None:
            return await self._read()
        await self._until(lambda: self._sees_code)
        await asyncio.sleep(lasts)
        return None

    async def _read(self) -> str:
        """A scanner reads each frame by itself: whichever form of a code it holds, but not one that is torn between two.

        Its pace begins with the first frame that can be read, and begins anew only when the code has left the view.
        """
        while True:
            await self._until(lambda: self._readable)
            try:
                async with asyncio.timeout(self.handset.pace.reads):
                    await self._until(lambda: not self._code_in_view)
            except TimeoutError:
                await self._until(lambda: self._readable or not self._code_in_view)
                if self._readable and self.preview is not None and self.preview.text is not None:
                    return self.preview.text

    @property
    def _code_in_view(self) -> bool:
        return self.state == "viewfinder" and self.preview is not None and self.preview.look.symbol is not None

    @property
    def _sees_code(self) -> bool:
        return self.state == "viewfinder" and self.preview is not None and self.preview.text is not None

    @property
    def _readable(self) -> bool:
        held_back = self.fault.pulled_away and not self._was_picked_up
        return self._sees_code and self.fault.reads and not held_back

    async def _set_up(self, text: str) -> None:
        """Downloads, enrolls, waits for its taps, applies its policy."""
        self._show("setup", "setup")
        try:
            order = check(text)
            if await self._reach_network(order):
                await self._enroll(order.token)
                await self._finish()
        except (Refused, NotServed) as failure:
            await asyncio.sleep(2.0)
            self._fail(str(failure), "error")

    async def _reach_network(self, order: Provisioning) -> bool:
        await self._work_until(CONNECTS)
        if self.fault.error_after_read:
            raise Refused("the management app could not be installed")
        if order.wifi is not None and not can_join(order.wifi, self._around.air):
            self._fail("cannot join the Wi-Fi network that the code names", "offline")
            return False
        if self.fault.held_up:
            self._show("setup", self.fault.held_up_showing)
            await asyncio.sleep(self.fault.held_up)
        return not self.fault.never_connects

    async def _enroll(self, token: str) -> None:
        self._show("setup", "downloading")
        await self._work_until(self.handset.pace.enrolls)
        identity = self.handset.identity
        hardware = {
            "brand": identity.brand,
            "manufacturer": identity.manufacturer,
            "model": identity.model,
            "serialNumber": identity.serial,
            "imei": identity.imei,
        }
        order = {"token": token, "path": self.fault.path, "androidVersion": identity.android}
        answer = await self._around.cloud.ask("/phones/enroll", order | {"apiLevel": identity.api_level, "hardware": hardware})
        self.device = str(answer["device"])

    async def _finish(self) -> None:
        """The person's taps, then the policy, then the home screen."""
        self._show("setup", "profile")
        for share in self.handset.pace.taps:
            await self._work_until(share)
            self._show("waiting", "accept")
            await self._until(lambda: self.state != "waiting")
        if not self.fault.policy_applies:
            return
        await self._work_until(1.0)
        report = {"device": self.device, "phase": "applied", "androidVersion": self.android}
        await self._around.cloud.ask("/phones/report", report)
        self._show("done", "home")

    async def _work_until(self, share: float) -> None:
        """Works on until that share of its setup is done."""
        await asyncio.sleep((share - self._share) * self.handset.pace.setup)
        self._share = share

    def _fail(self, reason: str, display: screens.Name) -> None:
        self.error = reason
        self._show("error", display)

    def _show(self, state: State, display: screens.Name) -> None:
        self.state, self.display = state, display
        self._tell()

    def _tell(self) -> None:
        self._poke.set()
        self._around.phone_changed(self)

    async def _until(self, fulfilled: Callable[[], bool]) -> None:
        """Waits for a hand or the camera to make it so. Only its own life waits here."""
        while not fulfilled():
            self._poke.clear()
            await self._poke.wait()
