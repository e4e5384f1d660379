"""A finger on the panel of a Debian 13 kiosk, with its foot, its sway and the product as it is installed there."""

from __future__ import annotations

from tests.system.kiosk.bench import code_up, now, token_of
from tests.system.kiosk.places import CONSENT, PRIMARY, STAND_IS_EMPTY, YES_IT_READ_THE_CODE
from tests.system.kiosk.session import Kiosk
from tests.system.service import Service
from tests.touch.finger import Finger

QUEUE = (0.56, 0.92)


def test_taps_start_a_batch_bring_the_code_up_and_say_that_it_was_read(service: Service, kiosk: Kiosk, touch: Finger) -> None:
    kiosk.again_until(lambda: touch.tap(*PRIMARY), lambda: "Choose a batch" in kiosk.said)
    kiosk.again_until(lambda: touch.tap(*PRIMARY), lambda: "Before Monday starts" in kiosk.said)
    kiosk.again_until(lambda: touch.tap(*CONSENT), lambda: now(service).batch)
    kiosk.again_until(lambda: touch.tap(*STAND_IS_EMPTY), lambda: now(service).code_up)
    code_up(service, kiosk)
    assert token_of(kiosk.shot(kiosk.panel)) is None
    kiosk.again_until(lambda: touch.tap(*YES_IT_READ_THE_CODE), lambda: now(service).step.id == "to_tray")
    kiosk.until(lambda: token_of(kiosk.shot(kiosk.attached)) is None)
