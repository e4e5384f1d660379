"""Where the kiosk session's two windows stand on the screens there are, and how large the terminal's letters are there: pure.

Two screens or more: terminal and code have one each (sway's workspaces 1 and 2). One screen: they share it, the code first: on its
left half, on the upper half of a screen that stands upright. A window is known by its name (app id), never by a screen's number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

TERMINAL, CODE = "sixtap-tui", "sixtap-display"
_TERMINALS, _CODES = "1", "2"  # workspaces

LETTERS = "DejaVu Sans Mono"
_ADVANCE, _LINE = 0.602, 1.165  # of that font, in its size
_LARGEST, _SMALLEST = 21, 8  # pixels; 21: foot.ini's 16 points
_ROOM = ((80, 24), (61, 42))
"""Columns and rows in which the terminal has room for all of its buttons: lying, upright."""


@dataclass(frozen=True, slots=True)
class Area:
    """A screen's pixels, or a part's of them, as the session counts them, and the screen's name."""

    width: int
    height: int
    name: str = ""

    @property
    def upright(self) -> bool:
        return self.height > self.width


@dataclass(frozen=True, slots=True)
class _Window:
    """A window in the session's tree. workspace: its number; layout, order: of what stands there."""

    ident: int
    focused: bool
    screen: str
    workspace: str
    layout: str
    order: tuple[str, ...]


def screens(outputs: Any) -> list[Area]:
    """What is plugged in and on, by `swaymsg -t get_outputs`."""
    return [Area(one["rect"]["width"], one["rect"]["height"], one["name"]) for one in outputs if one.get("active")]


def terminals_area(found: Sequence[Area]) -> Area | None:
    """What the terminal has of the one screen, both halves being alike; None where it has one for itself."""
    if len(found) != 1:
        return None
    only = found[0]
    return Area(only.width, only.height // 2) if only.upright else Area(only.width // 2, only.height)


def letters(area: Area) -> int:
    """Pixels of the largest letters with which all of the terminal has room there; the smallest where none leave it."""
    for size in range(_LARGEST, _SMALLEST, -1):
        columns, rows = area.width // math.ceil(_ADVANCE * size), area.height // math.ceil(_LINE * size)
        if any(columns >= across and rows >= down for across, down in _ROOM):
            return size
    return _SMALLEST


def orders(found: Sequence[Area], tree: Any) -> list[str]:
    """What sway must be told next so that both windows come to stand as they should; nothing when they do."""
    windows = dict(_windows(tree))
    code, terminal = windows.get(CODE), windows.get(TERMINAL)
    if code is None or not found:
        return []
    alone = len(found) == 1
    home = _TERMINALS if alone else _CODES
    if code.workspace != home:
        return [f"[con_id={code.ident}] move container to workspace number {home}", *_to_the_terminal(terminal)]
    if not alone and terminal is not None and terminal.screen == code.screen:  # no screen has the name that the session was told
        other = next(one.name for one in found if one.name != terminal.screen)
        return [f'[con_id={code.ident}] move workspace to output "{other}"', *_to_the_terminal(terminal)]
    if alone and TERMINAL in code.order and terminal is not None:
        layout = "splitv" if found[0].upright else "splith"
        if code.layout != layout:
            return [f"[con_id={code.ident}] layout {layout}"]
        if code.order.index(CODE) > code.order.index(TERMINAL):
            return [f"[con_id={code.ident}] swap container with con_id {terminal.ident}"]
    return _to_the_terminal(terminal) if code.focused else []  # a tap on the code must not take the keys from the terminal


def _to_the_terminal(terminal: _Window | None) -> list[str]:
    return [f"[con_id={terminal.ident}] focus"] if terminal is not None else []


def _windows(tree: Any) -> Iterator[tuple[str, _Window]]:
    for output in tree.get("nodes", ()):
        for workspace in output.get("nodes", ()):
            yield from _inside(workspace, output["name"], str(workspace.get("num")))


def _inside(parent: Any, screen: str, workspace: str) -> Iterator[tuple[str, _Window]]:
    """The windows in a workspace, or in a frame that sway puts around those of one (since 1.8, to lay them out)."""
    nodes = parent.get("nodes", ())
    order = tuple(str(one.get("app_id")) for one in nodes)
    for one in nodes:
        if one.get("app_id"):
            layout = str(parent.get("layout"))
            yield one["app_id"], _Window(one["id"], bool(one.get("focused")), screen, workspace, layout, order)
        yield from _inside(one, screen, workspace)
