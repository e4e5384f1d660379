"""What a service would answer an admin: people, policies, options, a code."""

from __future__ import annotations

from typing import Any

import segno

from station.wire import (
    AttemptView,
    CodeSymbol,
    CompareUsers,
    Finding,
    MatrixRow,
    Note,
    PolicyReport,
    PolicyView,
    Reason,
    UnitView,
    UserView,
)
from tests.tui.wire_events import NOW, unit


def someone(number: int, name: str, **more: object) -> UserView:
    known = {"email": f"user{number}@example.com", "policy": "field", "mode": None, "group": "Depot"}
    return UserView.model_validate({"id": f"u{number:04}", "name": name} | known | more)


PEOPLE = (
    someone(1, "Anna Schmidt"),
    someone(2, "Bogdan Ilić", policy="", group="Office"),
    someone(3, "李小龍", mode="wpco", directory="li.xiaolong"),
    someone(4, "", email="", directory="kiosk-4", mode="dedicated"),
    *(someone(number, f"Person {number:03}") for number in range(5, 251)),
)
POLICIES = (
    PolicyView(name="field", version=1, at=NOW - 90_000, actor="maria", digest="a", pushed=NOW - 80_000, pushed_version=1),
    PolicyView(name="field", version=2, at=NOW - 9_000, actor="maria", digest="b", pushed=NOW - 80_000, pushed_version=1),
    PolicyView(name="office", version=1, at=NOW - 5_000, actor="maria", digest="c", pushed=NOW - 4_000, pushed_version=1),
    PolicyView(name="console", version=0),
)
OPTIONS = (
    MatrixRow(
        field="cameraAccess",
        type="string",
        support={"fully_managed": "yes", "dedicated": "yes", "wpco": "yes", "work_profile": "partial"},
        minimum_android={"fully_managed": 5, "dedicated": 5, "wpco": 11, "work_profile": 5},
        stated=True,
        reasons={"work_profile": Reason(id="camera_access")},
    ),
    MatrixRow(
        field="adjustVolumeDisabled",
        type="boolean",
        support={"fully_managed": "yes", "dedicated": "yes", "wpco": "no", "work_profile": "no"},
        minimum_android={},
        stated=True,
        reasons={"wpco": Reason(id="fully_managed_only"), "work_profile": Reason(id="fully_managed_only")},
    ),
    MatrixRow(
        field="shortSupportMessage",
        type="object",
        support={"fully_managed": "yes", "dedicated": "yes", "wpco": "profile", "work_profile": "profile"},
        minimum_android={"fully_managed": 7},
        stated=False,
        reasons={"wpco": Reason(id="profile_only"), "work_profile": Reason(id="profile_only")},
    ),
)
REPORT = PolicyReport(
    name="field",
    version=2,
    mode="wpco",
    options=40,
    findings=(
        Finding(path="adjustVolumeDisabled", support="no", reason="fully_managed_only"),
        Finding(path="applications[2].autoUpdateMode", support="invalid", reason="bad_value", args={"value": "[red]X[/]"}),
        Finding(path="shortSupportMessage", support="profile", reason="profile_only", stated=False),
    ),
)
NOTES = (
    Note(model="Pixel 8a", text="Tap the upper third, slowly."),
    Note(model="Galaxy A16", text="[bold]Wait[/] for the language list first."),
)


def symbol(content: str = '{"android.app.extra": "%s"}' % ("x" * 420), *, expires: float | None = NOW + 3600) -> CodeSymbol:
    rows = [list(row) for row in segno.make_qr(content, error="l").matrix]
    modules = "".join("1" if cell else "0" for row in rows for cell in row)
    return CodeSymbol(attempt="a1", user="Anna Schmidt", mode="wpco", size=len(rows), modules=modules, expires=expires)


def story(*, ended: str | None = None, device: str | None = None) -> UnitView:
    attempt = AttemptView(
        id="a1",
        number=1,
        channel="desk",
        token="t",  # noqa: S106 - a token's name
        expires=NOW + 3600,
        shown=NOW,
        scanned=None,
        ended=ended,
        device=device,
        phone=None,
    )
    return UnitView(unit=unit(1, "Anna Schmidt", "invited"), attempts=(attempt,), evidence=(), events=())


def verdicts(command: CompareUsers) -> dict[str, Any]:
    """Bo is there with another group, Zoé as she is; the others are new."""
    known = {"bo@example.org": ("changed", ("group",)), "zoe@example.org": ("same", ())}
    told = [known.get(row.email, ("new", ())) for row in command.rows]
    return {"verdicts": [{"row": at, "what": what, "user": None, "columns": columns} for at, (what, columns) in enumerate(told)]}
