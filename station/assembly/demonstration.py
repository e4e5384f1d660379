"""The demo as a run of processes: the world here, the service beside it, the terminal in front where there is one."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from hardware.simulated.conductor import Conductor
from hardware.simulated.faults import FAULTS
from hardware.simulated.loop import run_virtual
from station import wire
from station.assembly.twin import FaultOutcome, TwinOptions, run_batch, service_config, twin_world, write_report
from station.domain.errors import ConfigurationError

STARTS_WITHIN = 20.0  # real seconds
WATCHED_PACE = 6.0  # seconds of the twin for each of the watcher's
MARKS = {"verified": "ok", "held": "HELD", "failed": "FAILED", "skipped": "skipped"}


def all_faults(emm: str = "amapi") -> tuple[str, ...]:
    """The names of everything that can go wrong with a simulated phone, as far as the management service lets anybody notice.

    A swapped box shows by the serial number that the service reports; TinyMDM reports none of a WPCO phone.
    """
    return tuple(name for name in FAULTS if emm != "tinymdm" or name != "swapped_box")


def sample_users() -> Path:
    """The user file that ships."""
    installed = Path(str(files("station"))) / "installed" / "examples" / "users.csv"
    return installed if installed.exists() else Path(__file__).parents[2] / "examples" / "users.csv"


class Demonstration:
    """One demo in `folder`. Its methods return whether every user was verified."""

    def __init__(self, folder: Path, options: TwinOptions, *, report: Path | None, pace: float | None, stay: bool) -> None:
        self._folder = folder
        self._options = options
        self._report = report
        self._pace = pace
        self._stay = stay
        self._names: dict[str, str] = {}

    def headless(self) -> bool:
        """World in this process, service in another; one line for each unit that settles, and a summary."""
        self._folder.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        try:
            report, outcomes = run_virtual(self._world(), governor=Conductor(self._folder, expected=1, pace=self._pace))
        except (KeyboardInterrupt, asyncio.CancelledError):
            print("stopped before the end; nothing was reported", file=sys.stderr)
            return False
        if self._report is not None:
            write_report(self._report, report)
        self._summary(report, time.perf_counter() - started)
        self._faults(outcomes)
        count = report["count"]
        return bool(count["verified"] == count["received"])

    async def _world(self) -> tuple[dict[str, Any], list[FaultOutcome]]:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        async with twin_world(self._folder, self._options) as twin:
            config = self._folder / "sixtap.toml"
            config.write_text(as_toml(service_config(self._folder, twin.endpoint, self._options)), encoding="utf-8")
            command = (sys.executable, "-P", "-m", "station.cli", "serve", "--config", str(config))
            service = await asyncio.create_subprocess_exec(*command)
            try:
                run = asyncio.create_task(run_batch(twin, self._options, self._printer()))
                ended = asyncio.create_task(service.wait())
                done, _ = await asyncio.wait({run, ended}, return_when=asyncio.FIRST_COMPLETED)
                if ended in done:
                    run.cancel()
                    raise ConfigurationError(f"The service ended by itself (code {ended.result()}).", "Its message stands above.")
                if self._stay:
                    await ended
                return run.result()
            finally:
                with contextlib.suppress(ProcessLookupError):
                    service.terminate()
                await service.wait()

    def _printer(self) -> Callable[[wire.Event], None]:
        settled: dict[str, str] = {}

        def heard(event: wire.Event) -> None:
            if isinstance(event, wire.Snapshot | wire.Heard | wire.BadgeHeard):
                return
            if isinstance(event, wire.Status):
                for unit in (event.unit, event.last, *event.rack, *event.held):
                    if unit is not None:
                        self._names[unit.enrollment] = unit.user
                return
            to = str(event.body.get("to", ""))
            if to in MARKS and event.enrollment is not None and settled.get(event.enrollment) != to:
                settled[event.enrollment] = to
                user = self._names.get(event.enrollment, event.enrollment)
                why = f" ({event.body.get('reason')}: {event.body.get('detail', '')})" if to == "held" else ""
                print(f"{MARKS[to]:8} {user}{why}", flush=True)

        return heard

    def _summary(self, report: dict[str, Any], seconds: float) -> None:
        count, phones = report["count"], report["phones"]
        print(
            f"users    {count['received']} = {count['verified']} verified + {count['held']} held + {count['failed']} failed"
            f" + {count['skipped']} skipped + {count['open']} open"
        )
        print(
            f"phones   {phones['received']} = {phones['verified']} verified + {phones['in_rack']} in rack"
            f" + {phones['set_aside']} set aside + {phones['failed']} failed"
        )
        print(f"pace     {report['units_per_hour']} units an hour on the twin's clock; this run took {seconds:.1f} s. SIMULATED")

    def _faults(self, outcomes: list[FaultOutcome]) -> None:
        if outcomes:
            astray = [one for one in outcomes if not one.as_told]
            print(f"faults   {len(outcomes)} dealt, {len(outcomes) - len(astray)} ended where the table of faults says")
            for one in astray:
                print(f"         {one.fault}: {one.user} is {one.state} {one.reason or ''}")

    def on_terminal(self) -> bool:
        """World and service in the background, the terminal interface in front."""
        arguments = self._again_headless()
        log = Path(tempfile.gettempdir()) / "sixtap-demo.log"
        with log.open("wb") as out, subprocess.Popen(arguments, stdout=out, stderr=subprocess.STDOUT) as world:  # noqa: S603 - our own command
            try:
                socket = self._folder / "sixtap.sock"
                deadline = time.monotonic() + STARTS_WITHIN
                while not socket.exists():
                    if world.poll() is not None or time.monotonic() > deadline:
                        raise ConfigurationError(f"The twin did not start; {log} says why.", "")
                    time.sleep(0.05)
                screen = [sys.executable, "-P", "-m", "tui", "--socket", str(socket)]
                return subprocess.run(screen, check=False).returncode == 0  # noqa: S603 - our own module, no shell
            finally:
                world.terminate()

    def _again_headless(self) -> list[str]:
        options = self._options
        return [
            *(sys.executable, "-P", "-m", "station.cli", "demo", "--headless", "--stay"),
            *("--folder", str(self._folder), "--seed", str(options.seed), "--rack", str(options.trays)),
            *("--handling", str(options.handling), "--setup", str(options.setup), "--pace", str(self._pace or WATCHED_PACE)),
            *("--faults", ",".join(options.faults) or "none", "--witness", "pixels" if options.pixels else "sim"),
            *("--fleet", str(options.fleet), *(["--label"] if options.label else [])),
            *("--emm", options.emm, *(["--pubsub"] if options.hearing else []), *(["--generic"] if options.generic else [])),
            *(["--by-hand"] if options.by_hand else []),
            *("--users", str(self._users_file()), *(["--report", str(self._report)] if self._report else [])),
        ]

    def _users_file(self) -> Path:
        """The users of this run as a file of their own."""
        path = self._folder / "users.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(
                ("name", "email", "policy", "mode", "group", "directory", "anonymous", "send_email", "custom1", "custom2", "custom3")
            )
            for row in self._options.rows:
                flags = (int(row.anonymous), int(row.send_email))
                writer.writerow((row.name, row.email, row.policy, row.mode, row.group, row.directory, *flags, *row.custom))
        return path


def as_toml(document: dict[str, Any]) -> str:
    """Plain values as TOML: strings, numbers and tables of these, and tables in them. JSON's strings are TOML's basic strings."""
    lines = [f"{name} = {_value(value)}" for name, value in document.items() if not isinstance(value, dict)]
    for name, section in document.items():
        if isinstance(section, dict):
            lines += ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in section.items())]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {_value(each)}" for name, each in value.items()) + "}"
    return str(value) if isinstance(value, int | float) else json.dumps(str(value))
