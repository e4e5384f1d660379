"""The kiosk session without a screen: the product's own sway and foot configuration, its terminal and its window of codes.

The compositor runs as an unprivileged user, for it refuses root; terminal and window are the test's own user's, whom the service's
sockets admit.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np

from tests.system.kiosk.pointer import Pointer

ROOT = Path(__file__).parents[3]
CONFIGURED = ROOT / "systemd" / "kiosk"
PANEL, ATTACHED = "HEADLESS-1", "HEADLESS-2"
MODES = {PANEL: (1280, 800), ATTACHED: (1920, 1080)}
PROGRAMS = ("sway", "swaymsg", "foot", "grim", "script", "setpriv")
PATIENCE = 20.0  # seconds; a guard against a test that hangs, not a measure
_BETWEEN = 0.05  # seconds between two looks at what is not there yet
_ESCAPE = re.compile(r"\x1b(\[[0-9;:?<>=]*[A-Za-z]|\][^\x07\x1b]*(\x07|\x1b\\)|[=>()][0-9A-Z]?)")
_HEADLESS = {"WLR_BACKENDS": "headless", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}

Shot = np.ndarray[Any, Any]


class Kiosk:
    """`with Kiosk(service_socket, display_socket) as kiosk:` has the compositor up; `terminal` and `window` are started by name.

    plugged: how many outputs there are at the start. panel: the operator's, in pixels.
    """

    def __init__(
        self, socket: Path, display: Path, pictures: Path, *, plugged: int = 2, panel: tuple[int, int] = MODES[PANEL]
    ) -> None:
        self._modes = {**MODES, PANEL: panel}
        self._plugged = list(MODES)[:plugged]
        self._commands = {"terminal": self._terminal(socket), "window": self._window(display)}
        self._pictures = pictures
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ending = ExitStack()
        self._made = plugged
        self._pointer: Pointer | None = None

    def __enter__(self) -> Kiosk:
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sixtap-kiosk-")))
            self._folder.chmod(0o711)  # the compositor's user passes through
            self._runtime = self._folder / "run"
            self._runtime.mkdir(mode=0o700)
            stack.callback(self._end_all)
            self._start_compositor()
            self._ending = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ending.close()

    @property
    def said(self) -> str:
        """What the operator's terminal was sent since it was started, without its escape sequences."""
        file = self._folder / "said"
        return _ESCAPE.sub("", file.read_bytes().decode(errors="replace")) if file.exists() else ""

    def start(self, name: str) -> None:
        """Start `terminal` or `window`."""
        self._run(name, self._commands[name](), self._wayland())

    def shot(self, output: str) -> Shot:
        """What is on this output now: colours, `uint8`. The file in the folder of pictures is named after the output."""
        file = self._pictures / f"{output}.png"
        subprocess.run(["grim", "-o", output, str(file)], env=self._wayland(), check=True, timeout=PATIENCE)
        return np.asarray(cv2.imread(str(file)))

    def plug_in(self) -> str:
        """One more output from now on; its name."""
        self._sway("create_output")
        self._made += 1
        self._plugged.append(f"HEADLESS-{self._made}")
        return self._plugged[-1]

    def pull_out(self, output: str) -> bool:
        """It is there no more; False where this sway (before 1.8) cannot do that."""
        try:
            self._sway(f"output {output} unplug")
        except subprocess.CalledProcessError:
            return False
        self._plugged.remove(output)
        return True

    @property
    def keys_go_to(self) -> str:
        """The name of the window that has the keyboard."""
        asked = subprocess.run(["swaymsg", "-r", "-t", "get_tree"], env=self._wayland(), check=True, capture_output=True)
        found, left = "", [json.loads(asked.stdout)]
        while left:
            one = left.pop()
            found = one.get("app_id") or "" if one["focused"] else found
            left += one["nodes"]
        return found

    def _sway(self, order: str) -> None:
        subprocess.run(["swaymsg", "--", order], env=self._wayland(), check=True, timeout=PATIENCE, capture_output=True)

    def press(self, x: float, y: float) -> None:
        """A press on the operator's panel, at parts of its width and height."""
        if self._pointer is None:  # one for all presses: the terminal loses a press of a pointer that came only now
            self._pointer = self._ending.enter_context(Pointer(self._runtime / "wayland-1", PANEL))
        self._pointer.press(x, y)

    def press_until(self, x: float, y: float, holds: Callable[[], object]) -> None:
        """Press, once a second (a button is deaf for a moment after it came), until that holds."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                self._missing()
            self.press(x, y)
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
        for output in self._plugged:
            self.shot(output)
        ended = {name: running.poll() for name, running in self._running.items()}
        raise AssertionError(f"it never came; see {self._pictures}/HEADLESS-*.png; {ended}; {(self._folder / 'log').read_text()}")

    def _start_compositor(self) -> None:
        outputs = self._folder / "outputs.conf"
        modes = [f"output {name} mode --custom {width}x{height}@60Hz" for name, (width, height) in self._modes.items()]
        outputs.write_text("\n".join([f"set $panel {PANEL}", f"set $attached {ATTACHED}", *modes, ""]))
        config = (CONFIGURED / "sway.conf").read_text()
        assert "/etc/sixtap/outputs.conf" in config
        (self._folder / "sway.conf").write_text(config.replace("/etc/sixtap/outputs.conf", str(outputs)))
        command = ["sway", "--config", str(self._folder / "sway.conf")]
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self._runtime, nobody.pw_uid, nobody.pw_gid)
            command = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", *command]
        self._run("compositor", command, {**self._plain(), **_HEADLESS, "WLR_HEADLESS_OUTPUTS": str(len(self._plugged))})
        self.until((self._runtime / "wayland-1").exists)

    def _terminal(self, socket: Path) -> Callable[[], list[str]]:
        tui = f"{sys.executable} -P -m tui --socket {socket} --kiosk"
        arranged = [sys.executable, "-P", "-m", "hardware.display.arranging"]
        foot = ["foot", f"--config={CONFIGURED / 'foot.ini'}", "--app-id=sixtap-tui", "--title=sixtap"]
        return lambda: [
            *arranged,
            *foot,
            "script",
            "--quiet",
            "--flush",
            "--return",
            "--command",
            f"exec {tui}",
            str(self._folder / "said"),
        ]

    def _window(self, display: Path) -> Callable[[], list[str]]:
        return lambda: [sys.executable, "-P", "-m", "hardware.display", "--socket", str(display)]

    def _run(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        with (self._folder / "log").open("ab") as log:
            self._running[name] = subprocess.Popen(command, env=environment, cwd=self._folder, stdout=log, stderr=log)

    def _plain(self) -> dict[str, str]:
        path = f"{os.environ['PATH']}:/usr/sbin:/usr/bin"
        return {
            "PATH": path,
            "LANG": "C.UTF-8",
            "HOME": str(self._runtime),
            "XDG_RUNTIME_DIR": str(self._runtime),
            "SWAYSOCK": str(self._runtime / "sway.sock"),
        }

    def _wayland(self) -> dict[str, str]:
        wayland = {"WAYLAND_DISPLAY": str(self._runtime / "wayland-1"), "SDL_VIDEODRIVER": "wayland"}
        return {**self._plain(), **wayland, "PYTHONPATH": str(ROOT)}

    def _end_all(self) -> None:
        for name in ("terminal", "window", "compositor"):
            running = self._running.pop(name, None)
            if running is not None:
                running.terminate()
                try:
                    running.wait(5)
                except subprocess.TimeoutExpired:
                    running.kill()
                    running.wait(5)


def absent() -> list[str]:
    """The programs that the session needs and this machine has not."""
    return [name for name in PROGRAMS if shutil.which(name) is None]
