"""What there is to see on the stand: the picture on each display, and the truth about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hardware.readings import Quad, Screen, Sighting
from hardware.simulated import lens, screens
from hardware.simulated.attached import Look
from hardware.simulated.optics import Pose, Shown
from hardware.simulated.phone import Phone
from hardware.simulated.symbol import Symbol

CLEAN_Z: Final = 17.0  # standard deviations above other tokens' codes: what the comparison finds in the pictures of such a view


def attached(look: Look) -> Shown:
    """The attached screen's picture."""
    return Shown(look.key, lambda: look.pixels)


def shown(phone: Phone) -> Shown:
    """The picture on a phone's display. RuntimeError if its viewfinder has no picture, as in a world without pixels."""
    if phone.state not in ("viewfinder", "gallery"):
        dark = phone.handset.pace.dark
        return Shown(f"{phone.display} {dark}", lambda: screens.screen(phone.display, dark))
    view = phone.view
    if view is None or view.picture is None:
        raise RuntimeError(f"{phone.id} shows a {phone.state} without a picture")
    picture, draw = view.picture, screens.viewfinder if phone.state == "viewfinder" else screens.gallery
    return Shown(f"{phone.id} {phone.state} {view.key}", lambda: draw(picture))


def screen_of(phone: Phone) -> Screen:
    """What its display shows, in a sighting's words."""
    if phone.display == "off":
        return "dark"
    if phone.state in ("viewfinder", "gallery"):
        return "code" if _symbol(phone) is not None else "viewfinder"
    return "before" if phone.state == "welcome" and phone.went_back else "other"


def symbol_in_view(phones: Sequence[Phone]) -> Symbol | None:
    """The symbol that the first phone with one shows."""
    return next((symbol for phone in phones if (symbol := _symbol(phone)) is not None), None)


def sighting(number: int, at: float, phones: Sequence[tuple[Pose, Phone]], hand: bool) -> Sighting:
    """The truth about the stand: of two phones the one that shows the code counts, else the first."""
    if not phones:
        return Sighting(number, at, "unsure" if hand else "empty", "none", 0)
    pose, phone = next((each for each in phones if _symbol(each[1]) is not None), phones[0])
    screen = screen_of(phone)
    lit = sum(each.display != "off" for _, each in phones)
    a, b, c, d = pose.quad
    quad: Quad = (a, b, c, d)
    score, z = (1.0, CLEAN_Z) if screen == "code" else (0.0, 0.0)
    return Sighting(number, at, "phone", screen, lit, score, quad, _pixels_per_module(pose, phone), z=z)


def _symbol(phone: Phone) -> Symbol | None:
    return phone.view.look.symbol if phone.view is not None else None


def _pixels_per_module(pose: Pose, phone: Phone) -> float | None:
    """Frame pixels per module in the middle of the view."""
    symbol, view = _symbol(phone), phone.view
    if symbol is None or view is None:
        return None
    return symbol.pitch * phone.eye.lens.scale(view.look.pitch_mm) * screens.WIDTH / lens.WIDTH * pose.scale
