"""The witness that knows the truth, and the scanner of a simulated bench."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from tempfile import TemporaryDirectory

import pytest

from hardware.readings import Sighting
from hardware.simulated.attach import SimScanner, SimWitness
from hardware.simulated.conductor import Conductor
from hardware.simulated.loop import run_virtual, virtual_loop
from hardware.simulated.stage import Stage
from tests.unit.hardware.simulated.followers import follower
from tests.unit.hardware.simulated.staging import Notes, Scene, Symbol, staged

OURS, THEIRS = Symbol(b"\x01\x00\x01"), Symbol(b"\x00\x00\x01")
CODE = Sighting(0, 0.0, "phone", "code", 1, 1.0, ((1.5, 2.0), (3.0, 2.0), (3.0, 4.0), (1.0, 4.0)), 3.5)


@pytest.fixture
def folder() -> Iterator[str]:
    with TemporaryDirectory(prefix="sixtap") as path:  # pytest's own are too long for a Unix socket
        yield path


def test_the_witness_tells_the_truth(folder: str) -> None:
    async def story(stage: Stage) -> list[tuple[float, object]]:
        notes, witness = Notes(), SimWitness(folder)
        assert witness.simulated
        witness.expect((OURS,))
        witness.start(notes.take, notes.take, notes.back)
        heard = [await notes.next() for _ in range(3)]
        witness.close()
        return heard

    heard = staged(folder, Scene(sighting=CODE, digest=OURS.digest), story)
    assert heard == [(at, replace(CODE, number=number, at=at, form=0)) for number, at in enumerate((0.0, 10.0, 20.0), 1)]


@pytest.mark.parametrize("expected", [THEIRS, None])
def test_another_code_than_the_expected_one_is_only_a_viewfinder(folder: str, expected: Symbol | None) -> None:
    async def story(stage: Stage) -> object:
        notes, witness = Notes(), SimWitness(folder)
        witness.expect((OURS,))
        witness.expect((expected,) if expected else ())
        witness.start(notes.take, notes.take, notes.back)
        _, sighting = await notes.next()
        witness.close()
        return sighting

    sighting = staged(folder, Scene(sighting=CODE, digest=OURS.digest), story)
    assert sighting == replace(CODE, number=1, screen="viewfinder", score=0.0, ppm=None)


def test_a_code_in_two_forms_is_seen_in_either(folder: str) -> None:
    async def story(stage: Stage) -> list[object]:
        notes, witness = Notes(), SimWitness(folder)
        witness.expect((OURS, THEIRS))
        witness.start(notes.take, notes.take, notes.back)
        seen: list[object] = []
        for digest in (OURS.digest, THEIRS.digest, OURS.digest, "another"):
            scene.change(digest=digest)
            _, sighting = await notes.next()
            assert isinstance(sighting, Sighting)
            seen.append((sighting.screen, sighting.form))
        witness.close()
        return seen

    scene = Scene(sighting=CODE)
    assert staged(folder, scene, story) == [("code", 0), ("code", 1), ("code", 0), ("viewfinder", None)]


def test_what_the_witness_expects_counts_from_the_next_sighting_on(folder: str) -> None:
    async def story(stage: Stage) -> list[object]:
        notes, witness = Notes(), SimWitness(folder)
        witness.start(notes.take, notes.take, notes.back)
        screens: list[object] = []
        for symbol in (OURS, THEIRS, OURS, None):
            _, sighting = await notes.next()
            assert isinstance(sighting, Sighting)
            screens.append(sighting.screen)
            witness.expect((symbol,) if symbol else ())
        witness.close()
        return screens

    scene = Scene(sighting=CODE, digest=OURS.digest)
    assert staged(folder, scene, story) == ["viewfinder", "code", "viewfinder", "code"]


def test_a_witness_that_is_unplugged_says_so_once_and_comes_back(folder: str) -> None:
    async def story(stage: Stage) -> list[tuple[float, object]]:
        notes, witness = Notes(), SimWitness(folder)
        witness.start(notes.take, notes.take, notes.back)
        heard = [await notes.next()]
        virtual_loop().call_at(1, stage.unplug, "witness")
        virtual_loop().call_at(60.5, stage.replug, "witness")
        heard += [await notes.next() for _ in range(3)]
        witness.close()
        return [(at, word.at if isinstance(word, Sighting) else word) for at, word in heard]

    gone = f"simulated witness {folder}/witness.sock: it is unplugged; plug it in again"
    assert staged(folder, Scene(), story) == [(0, 0), (1, gone), (60.5, "back"), (60.5, 60.5)]


def test_a_witness_that_starts_unplugged_says_so(folder: str) -> None:
    async def story(stage: Stage) -> list[object]:
        notes = Notes()
        stage.unplug("witness")
        witness = SimWitness(folder)
        witness.start(notes.take, notes.take, notes.back)
        heard = [(await notes.next())[1]]
        stage.replug("witness")
        heard.append((await notes.next())[1])
        witness.close()
        return heard

    heard = staged(folder, Scene(), story)
    assert "unplugged" in str(heard[0])
    assert heard[1] == "back"


def test_a_witness_finds_the_next_world(folder: str) -> None:
    said: list[object] = []
    heard = threading.Semaphore(0)

    def take(word: object) -> None:
        said.append(word.at if isinstance(word, Sighting) else word)
        heard.release()

    async def first(stage: Stage) -> SimWitness:
        witness = SimWitness(folder)
        witness.start(take, take, lambda: take("back"))
        await asyncio.to_thread(heard.acquire, timeout=10)
        return witness

    async def second(stage: Stage) -> None:
        for _ in range(3):  # lost, back, and a sighting
            assert await asyncio.to_thread(heard.acquire, timeout=10)

    witness = staged(folder, Scene(), first)
    staged(folder, Scene(), second)
    witness.close()
    assert said[:4] == [0, f"simulated witness {folder}/witness.sock: its world has ended; start it again", "back", 0]


def test_nothing_is_said_after_close(folder: str) -> None:
    async def story(stage: Stage) -> None:
        notes, witness = Notes(), SimWitness(folder)
        witness.start(notes.take, notes.take, notes.back)
        await notes.next()
        witness.close()
        await asyncio.sleep(100)
        assert notes.said.empty()
        assert stage.attached("witness") == 0
        SimWitness(folder).close()

    staged(folder, Scene(busy_view=True), story)


def test_a_follower_hears_each_sighting_at_its_time(folder: str) -> None:
    """The witness's thread has no part in the link; what it says still comes before time moves."""
    conductor = Conductor(folder)

    async def service() -> None:
        notes, witness = Notes(), SimWitness(folder)
        witness.start(notes.take, notes.take, notes.back)
        for _ in range(100):
            at, sighting = await notes.next()
            assert isinstance(sighting, Sighting)
            assert sighting.at == at
        await asyncio.to_thread(witness.close)

    async def world() -> float:
        async with Stage(folder, Scene(busy_view=True)):
            await conductor.wait_for(1)
            conductor.expected = 0
            await conductor.wait_for(0)
        return virtual_loop().time()

    with follower(folder, service):
        assert run_virtual(world(), governor=conductor) == pytest.approx(9.9)


def test_what_follows_from_sightings_comes_in_the_same_order_in_every_run(folder: str) -> None:
    """What the service does about a sighting, and the world about that, is due together with the next sighting."""

    def run() -> list[str]:
        conductor, log = Conductor(folder), list[str]()

        class Filmed(Scene):
            def truth(self) -> Sighting:
                log.append(f"{virtual_loop().time()} filmed")
                return super().truth()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.readline():
                await asyncio.sleep(0.1)
                log.append(f"{virtual_loop().time()} answered")
            writer.close()

        async def service() -> None:
            _, writer = await asyncio.open_unix_connection(f"{folder}/talk.sock")
            notes, witness = Notes(), SimWitness(folder)
            witness.start(notes.take, notes.take, notes.back)
            for _ in range(60):
                await notes.next()
                writer.write(b"seen\n")
            witness.close()
            writer.close()
            await writer.wait_closed()

        async def world() -> None:
            async with Stage(folder, Filmed(busy_view=True)), await asyncio.start_unix_server(answer, f"{folder}/talk.sock"):
                await conductor.wait_for(1)
                conductor.expected = 0
                await conductor.wait_for(0)
                await asyncio.sleep(1)

        with follower(folder, service):
            run_virtual(world(), governor=conductor)
        return log[:110]

    runs = [run() for _ in range(4)]
    assert all(one == runs[0] for one in runs)


def test_the_scanner_reads_labels_to_the_letter(folder: str) -> None:
    labels = ["R58M12ABCDE", "]C0 353226100000012\x1d", 'quote " \\ [b]', "Größe ☂", "two\nlines"]

    async def story(stage: Stage) -> list[object]:
        notes, scanner = Notes(), SimScanner(folder)
        scanner.start(notes.take, notes.take, notes.back)
        heard = []
        for label in labels:
            assert await stage.scan(label)
            heard.append((await notes.next())[1])
        scanner.close()
        return heard

    assert staged(folder, Scene(), story) == labels


def test_labels_scanned_at_once_come_in_order(folder: str) -> None:
    async def story(stage: Stage) -> list[object]:
        notes, scanner = Notes(), SimScanner(folder)
        scanner.start(notes.take, notes.take, notes.back)
        assert all(await asyncio.gather(*(stage.scan(f"label {number}") for number in range(20))))
        heard = [(await notes.next())[1] for _ in range(20)]
        scanner.close()
        return heard

    assert staged(folder, Scene(), story) == [f"label {number}" for number in range(20)]


def test_a_label_that_nobody_reads_is_lost(folder: str) -> None:
    async def story(stage: Stage) -> None:
        assert not await stage.scan("before there is a reader")
        notes, scanner = Notes(), SimScanner(folder)
        scanner.start(notes.take, notes.take, notes.back)
        assert await stage.scan("heard")
        stage.unplug("scanner")
        assert not await stage.scan("while it is unplugged")
        stage.replug("scanner")
        assert await stage.scan("heard again")
        scanner.close()
        heard = [(await notes.next())[1] for _ in range(4)]
        assert [heard[0], heard[2], heard[3]] == ["heard", "back", "heard again"]
        assert not await stage.scan("after it was closed")

    staged(folder, Scene(), story)
