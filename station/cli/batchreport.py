"""A batch's figures for people: `sixtap batch report`."""

from __future__ import annotations

import time

from station import wire
from station.cli.printing import say, table

STEP_NAMES: dict[wire.ReportStep, str] = {
    "to_scan": "code up to scan",
    "to_device": "scan to device record",
    "to_verified": "device record to verified",
    "whole": "code up to verified",
}


def closing(batch: wire.BatchView) -> tuple[str, str]:
    """Both counts, which must close."""
    users, phones = batch.users, batch.phones
    said = f"users {users.received} = {users.verified} verified + {users.held} held + {users.failed} failed"
    counted = f"phones {phones.received} = {phones.verified} verified + {phones.in_rack} in rack + {phones.set_aside} set aside"
    return f"{said} + {users.skipped} skipped + {users.open} open", f"{counted} + {phones.failed} failed"


def print_report(report: wire.BatchReport) -> None:
    """Sentences, then a table for whatever there is."""
    say(f"{report.batch.name}: {report.units_per_hour:g} units an hour{', SIMULATED' if report.batch.simulated else ''}")
    for line in closing(report.batch):
        say(line)
    if report.first is None or report.last is None:
        say("No code was ordered yet.")
    else:
        say(f"From {_moment(report.first)} to {_moment(report.last)}.")
    if report.per_hour:
        table(("hour", "verified"), [(_moment(hour), count) for hour, count in report.per_hour])
    if report.step_seconds:
        steps = [(STEP_NAMES[name], f"{one.median:.0f}", f"{one.ninetieth:.0f}") for name, one in report.step_seconds.items()]
        table(("step", "median s", "nine of ten s"), steps)
    if report.failures:
        table(("held or failed", "times"), list(report.failures.items()))
    if report.operators:
        acts = [(report.names.get(name, name), one.acts, one.attested, one.overrides) for name, one in report.operators.items()]
        table(("operator", "acts", "scans attested", "stands declared empty"), acts)


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
