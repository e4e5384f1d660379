"""The kiosk session as an operator has it: its two outputs, presses on the panel, programs that die and are started anew."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Literal

import cv2
import numpy as np

from tests.system.kiosk.keyboard import keyboard
from tests.system.kiosk.pointer import pointer
from tests.system.kiosk.stage import UNLOCKED, Stage

PATIENCE = 20.0  # seconds; a guard against a test that hangs, not a measure
_BETWEEN = 0.05  # seconds between two looks at what is not there yet
_ESCAPE = re.compile(r"\x1b(\[[0-9;:?<>=]*[A-Za-z]|\][^\x07\x1b]*(\x07|\x1b\\)|[=>()][0-9A-Z]?)")

Shot = np.ndarray[Any, Any]


class Kiosk:
    """`with Kiosk(stage, pictures) as kiosk:` has the compositor up; `terminal` and `window` are started by name.

    panel, attached: names of the outputs. pictures: the folder in which the newest picture of each output is found.
    """

    def __init__(self, stage: Stage, pictures: Path) -> None:
        self.panel, self.attached = stage.panel, stage.attached
        self._stage = stage
        self._pictures = pictures
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ending = ExitStack()
        self._outputs = [self.panel, self.attached][: stage.plugged]
        self._made = stage.plugged  # outputs without a device, so far

    def __enter__(self) -> Kiosk:
        with ExitStack() as stack:
            stack.callback(self._end_all)
            self._run("compositor", self._stage.compositor, self._stage.backend)
            self.until(self._wayland.exists)
            self._ending = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ending.close()

    def plug_in(self) -> None:
        """A pointer and a keyboard. Best before the terminal is started: it loses a press of what is plugged in only now."""
        self.pointer = self._ending.enter_context(pointer(self._wayland, self.panel))
        self.keyboard = self._ending.enter_context(keyboard(self._wayland))

    @property
    def said(self) -> str:
        """What the operator's terminal was sent since it was started, without its escape sequences."""
        file = self._stage.folder / "said"
        return _ESCAPE.sub("", file.read_bytes().decode(errors="replace")) if file.exists() else ""

    @property
    def heard(self) -> bytes:
        """The keys, presses and answers that the terminal passed on to the operator's program since it was started."""
        return (self._stage.folder / "heard").read_bytes()

    @property
    def log(self) -> str:
        """What the session's programs complained of."""
        return self._log.read_text(errors="replace")

    def start(self, name: Literal["terminal", "window"]) -> None:
        """Start it as its unit does."""
        self._run(name, self._stage.terminal if name == "terminal" else self._stage.window)

    def start_unlocked(self) -> None:
        """Start a terminal that is not locked, in the place of the operator's."""
        self._run("terminal", UNLOCKED)

    def kill(self, name: str) -> None:
        """End it as a crash does, and whatever is left of all that it had started as systemd does with a unit whose process ended."""
        started = self.started(name)
        self._running[name].kill()
        self._running.pop(name).wait(PATIENCE)
        for left in started:
            with suppress(ProcessLookupError):
                os.kill(left, signal.SIGTERM)
        self.until(lambda: not any(Path(f"/proc/{left}").exists() for left in started))

    def started(self, name: str) -> list[int]:
        """Every process that it started, directly or not."""
        return sorted(_below(self._running[name].pid))

    def windows(self) -> list[str]:
        """The programs that have a window, by their application ids."""
        return sorted(window["app_id"] for window in self._tree())

    @property
    def keys_go_to(self) -> str:
        """The program whose window has the keyboard."""
        return next((str(window["app_id"]) for window in self._tree() if window["focused"]), "")

    def plug_in_screen(self) -> str:
        """One more output from now on; its name."""
        self._told("swaymsg", "--", "create_output")
        self._made += 1
        self._outputs.append(f"HEADLESS-{self._made}")
        return self._outputs[-1]

    def pull_out_screen(self, output: str) -> bool:
        """It is there no more; False where this sway (before 1.8) cannot do that."""
        try:
            self._told("swaymsg", "--", f"output {output} unplug")
        except subprocess.CalledProcessError:
            return False
        self._outputs.remove(output)
        return True

    def _tree(self) -> Iterator[dict[str, Any]]:
        return _windows(json.loads(self._told("swaymsg", "--raw", "-t", "get_tree")))

    def shot(self, output: str) -> Shot:
        """What is on this output now: colours, `uint8`."""
        png = self._told("grim", "-o", output, "-")
        (self._pictures / f"{output}.png").write_bytes(png)
        return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR))

    def still(self, output: str) -> Shot:
        """The same, when two in a row are alike."""
        seen = [self.shot(output)]

        def alike() -> bool:
            seen.append(self.shot(output))
            return np.array_equal(seen[-1], seen[-2])

        self.until(alike)
        return seen[-1]

    def press(self, x: float, y: float) -> None:
        """A press on the operator's panel, at parts of its width and height."""
        self.pointer.press(x, y)

    def press_until(self, x: float, y: float, holds: Callable[[], object]) -> None:
        """Press, once a second (a button is deaf for a moment after it came), until that holds."""
        self.again_until(lambda: self.press(x, y), holds)

    def press_keys_until(self, *combinations: str, holds: Callable[[], object]) -> None:
        """The same with keys."""
        self.again_until(lambda: self.keyboard.press(*combinations), holds)

    def again_until(self, act: Callable[[], None], holds: Callable[[], object]) -> None:
        """Do this, once a second, until that holds."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                self._missing()
            act()
            again = time.monotonic() + 1.0
            while not holds() and time.monotonic() < again:
                time.sleep(_BETWEEN)

    def until(self, holds: Callable[[], object]) -> None:
        """Wait until that holds; both pictures are named when it does not."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                self._missing()
            time.sleep(_BETWEEN)

    def _missing(self) -> None:
        for output in self._outputs:
            self.shot(output)
        ended = {name: running.poll() for name, running in self._running.items()}
        raise AssertionError(f"it never came; see the pictures in {self._pictures}; {ended}; {self.log}")

    @property
    def _wayland(self) -> Path:
        return self._stage.runtime / "wayland-1"

    @property
    def _log(self) -> Path:
        return self._stage.folder / "log"

    def _run(self, name: str, command: Sequence[str], more: Mapping[str, str] = MappingProxyType({})) -> None:
        environment, whole = {**self._stage.environment, **more}, [*self._stage.within, *command]
        with self._log.open("ab") as log:
            self._running[name] = subprocess.Popen(whole, env=environment, cwd=self._stage.folder, stdout=log, stderr=log)

    def _told(self, *command: str) -> bytes:
        """What a program of the session prints."""
        whole = [*self._stage.within, *command]
        return subprocess.run(whole, env=self._stage.environment, stdout=subprocess.PIPE, check=True, timeout=PATIENCE).stdout

    def _end_all(self) -> None:
        for running in reversed(self._running.values()):  # the compositor last
            running.terminate()
            try:
                running.wait(5)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait(5)


def _below(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            yield child
            yield from _below(child)


def _windows(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if node.get("app_id"):
        yield node
    for inner in (*node["nodes"], *node["floating_nodes"]):
        yield from _windows(inner)
