"""A finger on the panel of a Debian 13 kiosk, with its foot, its sway and the product as it is installed there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import cv2

from tests.system.kiosk.bench import code_up, done, now, token_of
from tests.system.kiosk.locked import lead_nowhere, lead_out_of_an_unlocked_one
from tests.system.kiosk.places import CONSENT, PRIMARY, QUEUE, STAND_IS_EMPTY, YES_IT_READ_THE_CODE
from tests.system.kiosk.session import Kiosk
from tests.system.service import Service
from tests.touch.finger import Finger
from tests.touch.root import CHECKOUT, within


def test_taps_start_a_batch_bring_the_code_up_and_say_that_it_was_read(service: Service, kiosk: Kiosk, touch: Finger) -> None:
    kiosk.again_until(lambda: touch.tap(*PRIMARY), lambda: "Choose a batch" in kiosk.said)
    kiosk.again_until(lambda: touch.tap(*PRIMARY), lambda: "Before Monday starts" in kiosk.said)
    kiosk.again_until(lambda: touch.tap(*CONSENT), lambda: now(service).batch)
    kiosk.again_until(lambda: touch.tap(*STAND_IS_EMPTY), lambda: now(service).code_up)
    code_up(service, kiosk)
    assert token_of(kiosk.still(kiosk.panel)) is None
    keep_to_look_at(kiosk)
    kiosk.again_until(lambda: touch.tap(*YES_IT_READ_THE_CODE), lambda: now(service).step.id == "to_tray")
    kiosk.until(lambda: token_of(kiosk.shot(kiosk.attached)) is None)
    touched(kiosk)


def test_a_finger_that_moves_scrolls_the_queue(service: Service, kiosk: Kiosk, touch: Finger) -> None:
    done(service, "batch", "start", "Monday")
    kiosk.until(lambda: now(service).step.id == "clear_stand")
    kiosk.again_until(lambda: touch.tap(*QUEUE), lambda: "User 05" in kiosk.said)
    assert "User 38" not in kiosk.said
    upwards = [(0.3, 0.7 - step / 50) for step in range(20)]
    kiosk.again_until(lambda: touch.drag(upwards), lambda: "User 38" in kiosk.said)
    touched(kiosk)


def test_the_keys_of_this_terminal_lead_nowhere_either(root: Path, kiosk: Kiosk) -> None:
    kiosk.plug_in()
    lead_nowhere(kiosk, root)
    lead_out_of_an_unlocked_one(kiosk, root)


def test_this_terminal_understands_all_of_its_configuration(root: Path) -> None:
    check = [*within(root), "/usr/bin/foot", "--check-config", "--config=/usr/local/share/sixtap/foot.ini"]
    ran = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (ran.returncode, re.findall("err|warn", ran.stderr)) == (0, [])


def keep_to_look_at(kiosk: Kiosk) -> None:
    """Both outputs, for a person's eyes."""
    folder = CHECKOUT / ".bench"
    folder.mkdir(exist_ok=True)
    for name, output in (("panel", kiosk.panel), ("attached", kiosk.attached)):
        cv2.imwrite(str(folder / f"touch-{name}.png"), kiosk.shot(output))


def touched(kiosk: Kiosk) -> None:
    """What came to the terminal were touches, not presses that somebody made of them on the way."""
    assert re.search(r"wl_touch#\d+\.down\(", kiosk.log)
    assert not re.search(r"wl_pointer#\d+\.button\(", kiosk.log)
