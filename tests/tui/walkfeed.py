"""What the service answers on the walk through every screen: a bench in the middle of its day, nobody real."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from station.wire import (
    Advice,
    AttemptView,
    BatchReport,
    EvidenceView,
    Examination,
    LookupHit,
    LookupPage,
    Note,
    OperatorActs,
    PartState,
    PreflightItem,
    Recorded,
    Settings,
    SettingView,
    Snapshot,
    StaffView,
    Status,
    StepTime,
    UnitView,
)
from tests.tui.desk_answers import OPTIONS, PEOPLE, POLICIES, REPORT, symbol, verdicts
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.test_settings_screen import IDLE, LANGUAGE, SCAN
from tests.tui.wire_events import BATCH, HELD, NOW, OTHER_BATCH, PARTS, RACK, recorded, snapshot, status, unit

SETTINGS = Settings(
    file="/etc/sixtap/sixtap.toml",
    items=(
        SettingView(key="bench", value="bench-1", source="file"),
        LANGUAGE,
        SettingView(key="rack.trays", value=8, source="file"),
        SettingView(key="emm.key", value=True, source="file", secret=True),
        SettingView(key="mail.password_file", value=False, secret=True),
        SettingView(key="hardware.camera", value="v4l2:/dev/video0", source="file"),
        SCAN,
        IDLE,
    ),
)
USERS = "Nom;Courriel;Bureau;envoyer email\nZoé;zoe@example.org;1;1\nBo;bo@example.org;2;0\nBen;ben@;3;0\n"
"""A list as a spreadsheet wrote it, with a row that cannot be used."""
HOUR = int(NOW) // 3600 * 3600
BATCHES = (BATCH, OTHER_BATCH, BATCH.model_copy(update={"id": "b3", "name": "Depot East", "state": "ready"}))
CREW = (
    StaffView(id="s_ben", name="Ben Okafor", role="operator", has_pin=True, has_badge=False),
    StaffView(id="s_eva", name="Eva Lund", role="operator", has_pin=False, has_badge=True),
    StaffView(id="s_lea", name="Lea Roth", role="lead", has_pin=True, has_badge=True),
    StaffView(id="s_mar", name="Maria Costa", role="admin", has_pin=True, has_badge=True),
)
NOTES = (
    Note(model="Pixel 8a", text="Tap the upper third, slowly."),
    Note(model="Galaxy A16", text="Wait for the list of languages first."),
)
TALLY = BatchReport(
    batch=BATCH,
    per_hour=((HOUR, 4), (HOUR + 3600, 12), (HOUR + 3 * 3600, 1)),
    units_per_hour=8.5,
    step_seconds={
        "to_scan": StepTime(median=42, ninetieth=95, units=17),
        "to_device": StepTime(median=210, ninetieth=420, units=17),
        "to_verified": StepTime(median=12, ninetieth=31, units=17),
        "whole": StepTime(median=400, ninetieth=3723, units=17),
    },
    failures={"overdue": 3, "mismatch": 1, "failed": 2},
    operators={
        "Maria Costa": OperatorActs(acts=31, attested=2, overrides=1),
        "Ben Okafor": OperatorActs(acts=118, attested=0, overrides=0),
    },
    first=NOW,
    last=NOW + 9000,
)
FOUND = Examination.model_validate(
    {
        "reading": {"seen": True, "ppm": 6.25, "blur": 0.8, "black": 20.0, "white": 210.0, "text": "sixtap"},
        "advice": (Advice(id="straighten", args={"degrees": 31}),),
        "changes": (Advice(id="camera_moved", args={"pixels": 9}),),
        "compared": True,
        "kept": False,
    }
)
CHECKS = (
    PreflightItem(id="permanent_mode", level="advice", args={"mode": "wpco"}),
    PreflightItem(id="google_account", level="advice", args={"policy": "field"}),
    PreflightItem(id="disk", level="ok", args={}),
)
LOST = PARTS | {"display": PartState(state="lost", detail="HDMI-1: no signal"), "scanner": PartState(state="absent")}


def day(**more: object) -> Status:
    """The bench at work."""
    known: dict[str, Any] = {"view": "phone", "rack": RACK, "held": HELD}
    return status("place_phone", **(known | more))


def greeting(now: Status, **more: object) -> Snapshot:
    """What the service says to an admin who signed in at the panel."""
    return snapshot(now, you="Maria Costa", role="admin", signed_in=True, shared=True, **more)


def story_of(user: str = "Aylin Öztürk") -> UnitView:
    """A unit that was scanned, with everything that a story can have."""
    kinds = (("CodeShown", "showing"), ("ScanWitnessed", "scanned"), ("PhonePlaced", ""), ("DeviceEnrolled", "enrolled"))
    attempt = AttemptView(
        id="a1",
        number=1,
        channel="bench",
        token="enterprises/LC1/enrollmentTokens/abcdefghijklmnop",  # noqa: S106 - a token's name
        expires=NOW + 3600,
        shown=NOW - 300,
        scanned=NOW - 240,
        ended=None,
        device="enterprises/LC1/devices/0123456789abcdef",
        phone="p1",
    )
    witnessed = {"frames": 14, "best_score": 0.91, "picture_before": "ab", "picture_after": "cd"}
    return UnitView(
        unit=unit(10, user, "enrolled", tray=2, since=NOW - 240),
        attempts=(attempt,),
        evidence=(
            EvidenceView(kind="witness", at=NOW - 240, actor="camera", attempt="a1", facts=witnessed),
            EvidenceView(kind="label", at=NOW - 320, actor="scanner", attempt="a1", facts={"kind": "serial", "value": "R58N1"}),
        ),
        events=tuple(
            recorded(seq, kind).model_copy(update={"at": NOW - 400 + 60 * seq, "body": {"to": to}})
            for seq, (kind, to) in enumerate(kinds, start=1)
        ),
        device={"model": "Pixel 8a", "serial": "R58N1", "android": "15"},
        label="R58N1",
    )


def picture(shade: int) -> bytes:
    """What a camera might have seen, in flat colours: a phone, its display, something on it."""
    seen = np.full((96, 160, 3), (60, 54, 48), np.uint8)
    seen[8:88, 56:104] = (24, 22, 20)
    seen[16:80, 60:100] = (shade, shade, shade)
    if shade > 128:
        seen[32:64, 64:96] = (16, 16, 16)
        seen[40:56, 72:88] = (shade, shade, shade)
    return bytes(cv2.imencode(".png", seen)[1])


def record_of(length: int = 160) -> tuple[Recorded, ...]:
    """The bench's record."""
    kinds, actors = ("CodeShown", "ScanWitnessed", "DeviceEnrolled", "Verified"), ("bench", "camera", "service", "bench")
    made = (
        recorded(seq, kinds[seq % 4]).model_copy(update={"actor": actors[seq % 4], "at": NOW - 60 * (length - seq)})
        for seq in range(1, length + 1)
    )
    return tuple(one.model_copy(update={"enrollment": f"e{one.seq // 4}", "hash": "0a1b2c3d4e5f" + "9" * 52}) for one in made)


def walk_feed(language: str = "en") -> RecordedFeed:
    """A service that has an answer to everything that the walk asks."""
    feed = RecordedFeed(
        [greeting(day(), language=language)],
        batches=BATCHES,
        units=[unit(1, "Anna Schmidt", "verified"), *HELD, *(unit(number, f"Person {number:03}") for number in range(12, 300))],
    )
    feed.people, feed.kept, feed.written, feed.options, feed.report = PEOPLE, POLICIES, NOTES, OPTIONS, REPORT
    feed.crew, feed.tallied, feed.checks, feed.record = CREW, TALLY, CHECKS, record_of()
    feed.configured = SETTINGS
    feed.symbol, feed.story = symbol("short"), story_of()
    feed.pictures = {"before": picture(220), "after": picture(90)}
    feed.facts = {
        "show_code": {"enrollment": "e1", "attempt": "a1"},
        "create_batch": {"batch": "b3"},
        "self_test": FOUND.model_dump(mode="json"),
        "compare_users": verdicts,
        "keep_rows": {"begun": 7, "kept": 0},
    }
    hits = (
        LookupHit(
            unit=unit(4, "Anna Schmidt", "held", reason="overdue", tray=3), batch="Monday", matched="user", bench="bench-2", at=NOW
        ),
        LookupHit(unit=unit(9, "Annika Berg", "queued"), batch=BATCH.name, matched="user", bench="", at=None),
    )
    feed.found = {"ann": LookupPage(items=hits, more=True)}
    return feed
