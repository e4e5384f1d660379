"""A Debian 13 root in a folder, as the README orders: its packages, and the product in an environment of its own.

debootstrap makes it from the mirror that this machine's own apt reads, and it is kept. Programs run in it by `within`, each with
mounts that nobody else sees and that are gone with it. The product's dependencies are fetched by this machine's pip, and installed
offline.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("SIXTAP_TOUCH_ROOT", "/var/tmp/sixtap-trixie"))  # noqa: S108 - kept between runs, root's own
ONLY_FOR_TESTS = ("xserver-xorg-core", "xserver-xorg-video-dummy", "grim")
CURRENT = "/opt/sixtap/current"
_ENTER = """
mount -t proc proc "$0/proc" &&
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$0/dev/pts" &&
mount --bind "$0/dev/pts/ptmx" "$0/dev/ptmx" &&
mount -t tmpfs tmpfs "$0/dev/shm" &&
exec chroot "$0" "$@"
"""


class CannotBeMade(Exception):
    """What stops it on this machine, in a sentence."""


def within(root: Path) -> tuple[str, ...]:
    """What stands before a command line that shall run in this root."""
    return ("unshare", "--mount", "sh", "-c", _ENTER, str(root))


def stops() -> str:
    """Why no such root can be made or entered here; empty when nothing is known to stop it."""
    if os.geteuid() != 0:
        return "only root can make and enter a Debian 13 root: sudo make test-kiosk"
    absent = [name for name in ("debootstrap", "unshare", "chroot", "mount", "apt-get") if _program(name) is None]
    return f"no {', '.join(absent)} on this machine" if absent else ""


def debian_13() -> Path:
    """The root, with this checkout's product installed. Made where it is not there, or not as this checkout wants it.

    CannotBeMade when something stops it.
    """
    kept = FOLDER / f"trixie-{_wanted()}"
    if not kept.exists():
        for old in FOLDER.glob("trixie-*"):
            shutil.rmtree(old)
        FOLDER.mkdir(parents=True, exist_ok=True)
        new = FOLDER / "trixie-new"
        _make(new)
        new.rename(kept)
    _install(kept)
    return kept


def _wanted() -> str:
    """A name for all that goes into it, apart from the product itself."""
    dependencies = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["dependencies"]
    parts = (*_packages(), *dependencies, (CHECKOUT / "constraints.txt").read_text())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _packages() -> tuple[str, ...]:
    """Those that the README tells to install, and those that stand in for a screen and a finger."""
    told = re.search(r"^ +apt install (.+)$", (CHECKOUT / "README.md").read_text(), re.MULTILINE)
    assert told is not None
    return (*told[1].split(), *ONLY_FOR_TESTS)


def _make(root: Path) -> None:
    _run("debootstrap", "--variant=minbase", "trixie", str(root), _mirror())
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    inside = (*within(root), "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive")
    _run(*inside, "apt-get", "-q", "update")
    _run(*inside, "apt-get", "-q", "-y", "--no-install-recommends", "install", *_packages())
    _run(*inside, "apt-get", "clean")
    wheels = root / "var/wheels"
    wheels.mkdir()
    _fetch(_wheel(wheels), wheels)
    _run(*within(root), "/usr/bin/python3", "-m", "venv", CURRENT)


def _mirror() -> str:
    """Where this machine's own apt has Debian from."""
    asked = ("apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(LABEL) $(COMPONENT)", "Created-By: Packages")
    for line in _run(*asked).splitlines():
        address, *what = line.split()
        if what == ["Debian", "Debian", "main"]:
            return address
    raise CannotBeMade("this machine's apt reads no Debian mirror")


def _wheel(folder: Path) -> Path:
    """This checkout's wheel, in the folder."""
    for old in folder.glob("sixtap-*.whl"):
        old.unlink()
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT))
    (made,) = folder.glob("sixtap-*.whl")
    return made


def _fetch(wheel: Path, folder: Path) -> None:
    """The wheels that it needs on Debian 13: Python 3.13, glibc 2.41."""
    machine = platform.machine()
    tags = [f"--platform=manylinux_2_{minor}_{machine}" for minor in range(17, 42)] + [f"--platform=manylinux2014_{machine}"]
    python = ["--python-version=3.13", "--implementation=cp", "--abi=cp313", "--abi=abi3", "--abi=none", "--only-binary=:all:"]
    wanted = ["-c", str(CHECKOUT / "constraints.txt"), "-d", str(folder), str(wheel)]
    _run(sys.executable, "-m", "pip", "download", "--quiet", *python, *tags, *wanted)


def _install(root: Path) -> None:
    """The checkout's product, from its wheel."""
    wheel = _wheel(root / "var/wheels")
    python = (*within(root), f"{CURRENT}/bin/python")
    offline = ("--quiet", "--no-index", "--find-links=/var/wheels")
    _run(*python, "-m", "pip", "install", *offline, f"/var/wheels/{wheel.name}")
    _run(*python, "-m", "pip", "install", *offline, "--no-deps", "--force-reinstall", f"/var/wheels/{wheel.name}")
    _run(*within(root), f"{CURRENT}/bin/sixtap", "install", "--root", "/")


def _run(*command: str) -> str:
    """What it prints. CannotBeMade, with the end of what it complained of, when it fails."""
    with tempfile.TemporaryFile("w+") as complaints:
        ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=complaints, text=True, env=_environment(), check=False)
        if ran.returncode != 0:
            complaints.seek(0)
            said = "\n".join((ran.stdout + complaints.read()).splitlines()[-15:])
            raise CannotBeMade(f"{' '.join(command[:6])}... ended with {ran.returncode}:\n{said}")
    return ran.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


def _program(name: str) -> str | None:
    return shutil.which(name, path=_environment()["PATH"])
