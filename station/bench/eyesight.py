"""The bench's eyesight: the camera examined by the attached screen's own code, its calibration, and the screens that it was taught."""

from __future__ import annotations

import asyncio
from typing import Any

from station.bench.desk import Desk
from station.bench.record import Record
from station.domain.errors import PartLost, SixtapError, WrongUse
from station.domain.symbol import KnownSymbol, known
from station.ports import BENCH, Actor, Change, Display, Examiner, Fact, ScreenPage, Witness

CONTENT = b"sixtap self-test " + b"ABCDEFGHJKLMNPQRSTUV" + b" - not an enrollment code - "
"""Harmless for a phone that reads it. What varies stands where a token would, so that it is compared as codes are."""
VARIES = range(17, 37)
USUAL = 440  # octets: an enrollment code's content, so that the modules are of the usual size (version 14)
LONGEST = 40.0  # seconds at a batch's start; the twin's camera is slow at rest
WORSE = "it sees worse than when it was calibrated: sixtap self-test says what to do"


def self_test_page() -> KnownSymbol:
    """The code by which the camera is examined, always the same."""
    return known(CONTENT.ljust(USUAL, b"."), mask=3, varies=VARIES)


class Eyesight:
    """What people do with the camera and the attached screen between units."""

    def __init__(self, record: Record, display: Display, witness: Witness | None) -> None:
        self._record = record
        self._display = display
        self._witness = witness

    @property
    def _desk(self) -> Desk:
        return self._record.desk

    def _examiner(self) -> Examiner:
        examiner = self._witness.examiner if self._witness is not None else None
        if examiner is None:
            raise WrongUse("This bench has no camera that could be examined or taught.", "Set hardware.camera in the configuration.")
        return examiner

    async def self_test(self, actor: Actor, *, keep: bool = False) -> dict[str, Any]:
        """Examine the camera; with `keep` that becomes the bench's calibration. Facts: reading, advice, changes, kept."""
        examiner = self._examiner()
        self._must_be_free()
        self._desk.testing = True  # before anything is waited for: no code comes up from here on
        try:
            facts = await self._tested(examiner, keep)
        finally:
            self._desk.testing = False
            self._desk.ring()
        body: dict[str, object] = {name: [one["id"] for one in facts[name]] for name in ("advice", "changes")}
        kind = "CameraCalibrated" if facts["kept"] else "CameraTested"
        await self._record.commit(Change(actor, facts=(Fact(kind, body),)))
        return facts

    async def shift_start(self) -> list[dict[str, Any]]:
        """What got worse since the calibration; nothing where none is kept, or the stand is not free. Never stops a batch."""
        desk = self._desk
        examiner = self._witness.examiner if self._witness is not None else None
        if examiner is None or not examiner.calibrated or desk.view != "empty":
            return []
        try:
            self._must_be_free()
        except SixtapError:
            return []
        try:
            async with asyncio.timeout(LONGEST):
                facts = await self.self_test(BENCH)
        except (SixtapError, TimeoutError) as why:
            text = str(why) or "It took too long."
            self._notice(f"its self-test failed: {text}")
            return [{"id": "not_tested", "args": {"why": text}}]
        found: list[dict[str, Any]] = facts["changes"] if facts["reading"]["seen"] else facts["advice"]
        self._notice(WORSE if found else "")
        return found

    def _notice(self, detail: str) -> None:
        """Say it of a camera that works; of one that is lost there is more to say."""
        if self._desk.parts["camera"].state == "ok":
            self._desk.part("camera", "ok", detail)

    async def teach(self, actor: Actor, kind: str, name: str) -> None:
        """Keep what the phone on the stand shows, under a name."""
        if self._desk.code_up or self._desk.testing:
            raise WrongUse("A code is on the attached screen.", "Teach a screen between two codes; pause the batch.")
        await self._examiner().teach(kind, name)
        await self._record.commit(Change(actor, facts=(Fact("ScreenTaught", {"screen": f"{kind}:{name}"}),)))

    async def forget(self, actor: Actor, name: str) -> None:
        """Remove a taught screen."""
        await self._examiner().forget(name)
        await self._record.commit(Change(actor, facts=(Fact("ScreenForgotten", {"screen": name}),)))

    def taught(self) -> tuple[str, ...]:
        """Taught screens as KIND:NAME; none where no camera is."""
        examiner = self._witness.examiner if self._witness is not None else None
        return examiner.taught() if examiner is not None else ()

    async def show_page(self, actor: Actor, page: ScreenPage) -> None:
        """A page by which a person checks the attached screen, or nothing; the next code takes its place."""
        if page == "blank":
            self._must_show_no_code()
        else:
            self._must_be_free()
        self._desk.testing = True  # no code comes up before the page is: it would be covered
        try:
            await self._display.page(page)
        finally:
            self._desk.testing = False
            self._desk.ring()
        await self._record.commit(Change(actor, facts=(Fact("PageShown", {"page": page}),)))

    def _must_show_no_code(self) -> None:
        if self._desk.testing:
            raise WrongUse("The camera is being examined already.", "Wait for that.")
        if self._desk.code_up:
            raise WrongUse("A unit is before the camera.", "Do that between two units: pause the batch.")

    def _must_be_free(self) -> None:
        desk = self._desk
        self._must_show_no_code()
        if desk.on_stand() is not None or desk.view in {"phone", "code", "two_phones"}:
            raise WrongUse("A phone is on the stand.", "Take it off: the camera must see the attached screen.")
        if not self._display.attached:
            raise PartLost("No window of the attached screen is there.", "Start it.")

    async def _tested(self, examiner: Examiner, keep: bool) -> dict[str, Any]:
        """Show the page, look, take it down."""
        page = await asyncio.to_thread(self_test_page)
        try:
            if self._witness is not None:
                self._witness.expect((page,))
            await self._display.show((page,))
            return await examiner.self_test(page, keep_it=keep)
        finally:
            await asyncio.shield(self._over())

    async def _over(self) -> None:
        if self._witness is not None:
            self._witness.expect(())
        try:
            await self._display.blank()
        except PartLost as why:
            self._desk.part("display", "lost", str(why))
