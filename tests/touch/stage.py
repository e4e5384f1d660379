"""The kiosk session in the Debian 13 root: sway on an X server whose panel is a touchscreen, by the units' own command lines."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.system.kiosk.stage import HEADLESS, PANEL, Stage, environment, noted, outputs_as_wished
from tests.touch.root import within

SERVICE = Path("run/sixtap")  # the service's folder in the root
_UNITS = Path("usr/local/lib/systemd/system")
_RUNTIME = Path("run/sixtap-kiosk")
_PATH = "/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin"
_NOBODY = 65534
_X = f"""
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "DontVTSwitch" "true"
EndSection
Section "Device"
  Identifier "card"
  Driver "dummy"
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 1-1000
  VertRefresh 1-1000
  Modeline "panel" 83.5 {PANEL[0]} 1352 1480 1680 {PANEL[1]} 803 809 831
EndSection
Section "Screen"
  Identifier "screen"
  Device "card"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Virtual {PANEL[0]} {PANEL[1]}
    Modes "panel"
  EndSubSection
EndSection
Section "InputDevice"
  Identifier "finger"
  Driver "inputtest"
  Option "SocketPath" "/run/finger.sock"
  Option "DeviceType" "Touch"
EndSection
Section "ServerLayout"
  Identifier "kiosk"
  Screen "screen"
  InputDevice "finger" "SendCoreEvents"
EndSection
"""


@contextmanager
def touchscreen(root: Path) -> Iterator[tuple[str, Path]]:
    """An X server with a panel that is touched; its display, and the socket of the driver that is told of touches."""
    (root / "etc/sixtap-x.conf").write_text(_X)
    options = ["-config", "/etc/sixtap-x.conf", "-logfile", "/var/log/x.log", "-displayfd", "1", "-noreset", "-ac", "-nolisten", "tcp"]
    with (root / "var/log/x.out").open("wb") as log:
        server = subprocess.Popen([*within(root), "/usr/bin/Xorg", *options], stdout=subprocess.PIPE, stderr=log, env={"PATH": _PATH})
    assert server.stdout is not None
    try:
        number = server.stdout.readline().decode().strip()
        assert number, (root / "var/log/x.out").read_text()
        yield f":{number}", root / "run/finger.sock"
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()


@contextmanager
def in_debian_13(root: Path, display: str) -> Iterator[Stage]:
    """The session on that X server's display and a headless output, for the service in the root's folder of the service."""
    folder, runtime = root / "run/notes", root / _RUNTIME
    for old in (folder, runtime):
        shutil.rmtree(old, ignore_errors=True)
        old.mkdir(mode=0o700)
    shutil.chown(runtime, _NOBODY, _NOBODY)
    (root / "etc/sixtap/outputs.conf").write_text(outputs_as_wished("X11-1", "HEADLESS-1"))
    nobody = ["/usr/bin/setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    terminal = _started(root, "sixtap-tui")
    program = max(place for place, word in enumerate(terminal) if word.startswith("/opt/sixtap/"))
    yield Stage(
        panel="X11-1",
        attached="HEADLESS-1",
        folder=folder,
        runtime=runtime,
        compositor=[*nobody, *_started(root, "sixtap-kiosk")],
        # foot notes what the compositor tells it, so that a touch is known from a press
        terminal=[
            *("/usr/bin/env", "WAYLAND_DEBUG=1", *terminal[:program]),
            *noted(Path("/run/notes"), shlex.join(["env", "-u", "WAYLAND_DEBUG", *terminal[program:]])),
        ],
        window=_started(root, "sixtap-display"),
        environment=environment(Path("/") / _RUNTIME, _PATH),
        backend=HEADLESS | {"DISPLAY": display, "WLR_BACKENDS": "x11,headless", "WLR_HEADLESS_OUTPUTS": "1"},
        within=within(root),
    )


def _started(root: Path, unit: str) -> list[str]:
    """What the installed unit starts."""
    found = re.search(r"^ExecStart=(.+)$", (root / _UNITS / f"{unit}.service").read_text(), re.MULTILINE)
    assert found is not None
    return shlex.split(found[1])
