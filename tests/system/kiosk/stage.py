"""Where the kiosk session's programs run, and their command lines: here, on this machine without a screen."""

from __future__ import annotations

import os
import pwd
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]
CONFIGURED = ROOT / "systemd" / "kiosk"
PROGRAMS = ("sway", "swaymsg", "foot", "grim", "script", "setpriv")
PANEL, ATTACHED = (1280, 800), (1920, 1080)  # pixels
HEADLESS = {"WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}  # a compositor without graphics and input devices
UNLOCKED = (
    "foot",
    "--config=/dev/null",
    "cat",
)  # a terminal with the configuration that it brings along, and no program of ours in it


@dataclass(frozen=True, slots=True)
class Stage:
    """A place for one session.

    panel, attached: names of the two outputs. plugged: how many of them are there at the start.
    folder, runtime: where programs write, and where the compositor's sockets come, as the
    test sees them. terminal, window, compositor: command lines, each behind `within`. In `folder`: `said`, `heard`.
    environment: of all of them; backend: the compositor's besides.
    """

    panel: str
    attached: str
    folder: Path
    runtime: Path
    compositor: Sequence[str]
    terminal: Sequence[str]
    window: Sequence[str]
    environment: Mapping[str, str]
    backend: Mapping[str, str]
    within: Sequence[str] = field(default=())
    plugged: int = 2


@contextmanager
def here(socket: Path, display: Path, *, plugged: int = 2, panel: tuple[int, int] = PANEL) -> Iterator[Stage]:
    """The checkout's own sway and foot configuration, its terminal and its window, for the service at these sockets, with one
    output or two. panel: pixels of the operator's.

    The compositor runs as an unprivileged user, for it refuses root; terminal and window are the test's own user's, whom the service's
    sockets admit.
    """
    with tempfile.TemporaryDirectory(prefix="sixtap-kiosk-") as made:
        folder = Path(made)
        folder.chmod(0o711)  # the compositor's user passes through
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        outputs = folder / "outputs.conf"
        outputs.write_text(outputs_as_wished("HEADLESS-1", "HEADLESS-2", panel))
        config = (CONFIGURED / "sway.conf").read_text()
        assert "/etc/sixtap/outputs.conf" in config
        (folder / "sway.conf").write_text(config.replace("/etc/sixtap/outputs.conf", str(outputs)))
        compositor = ["sway", "--config", str(folder / "sway.conf")]
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(runtime, nobody.pw_uid, nobody.pw_gid)
            compositor = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", *compositor]
        arranged = [sys.executable, "-P", "-m", "hardware.display.arranging"]
        foot = ["foot", f"--config={CONFIGURED / 'foot.ini'}", "--app-id=sixtap-tui", "--title=sixtap"]
        yield Stage(
            panel="HEADLESS-1",
            attached="HEADLESS-2",
            folder=folder,
            runtime=runtime,
            compositor=compositor,
            terminal=[*arranged, *foot, *noted(folder, f"{sys.executable} -P -m tui --socket {socket} --kiosk")],
            window=[sys.executable, "-P", "-m", "hardware.display", "--socket", str(display)],
            environment=environment(runtime, f"{os.environ['PATH']}:/usr/sbin:/usr/bin") | {"PYTHONPATH": str(ROOT)},
            backend=HEADLESS | {"WLR_BACKENDS": "headless", "WLR_HEADLESS_OUTPUTS": str(plugged)},
            plugged=plugged,
        )


def outputs_as_wished(panel: str, attached: str, pixels: tuple[int, int] = PANEL) -> str:
    """What outputs.conf says of these two outputs, with the size of each."""
    modes = [f"output {name} mode --custom {x}x{y}" for name, (x, y) in ((panel, pixels), (attached, ATTACHED))]
    return "\n".join([f"set $panel {panel}", f"set $attached {attached}", *modes, ""])


def noted(folder: Path, command: str) -> list[str]:
    """The command line that runs this one on a terminal; what it says goes to `said` in the folder, what it is told to `heard`."""
    logs = [f"--log-out={folder / 'said'}", f"--log-in={folder / 'heard'}"]
    return ["script", "--quiet", "--flush", "--return", *logs, "--command", f"exec {command}"]


def environment(runtime: Path, path: str) -> dict[str, str]:
    """What the programs see. `runtime` and `path`: as they see them."""
    folders = {
        "HOME": str(runtime),
        "XDG_RUNTIME_DIR": str(runtime),
        "WAYLAND_DISPLAY": str(runtime / "wayland-1"),
        "SWAYSOCK": str(runtime / "sway.sock"),
    }
    return folders | {"PATH": path, "LANG": "C.UTF-8", "SDL_VIDEODRIVER": "wayland"}


def absent() -> list[str]:
    """The programs that the session needs and this machine has not."""
    return [name for name in PROGRAMS if shutil.which(name) is None]
