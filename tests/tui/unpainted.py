"""A terminal that nobody sees need not be painted: what Textual draws for it, and throws away, is most of a test's time.

What stands on the screen is drawn when a test reads it, by the same compositor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from textual import _wait
from textual._compositor import Compositor
from textual.screen import Screen

GRANULE = 0.004
"""Seconds in which a process that does nothing is idle; Textual's pilot waits for five times as long, several times at each key."""


@contextmanager
def unpainted() -> Iterator[None]:
    """Nothing is painted inside the block."""

    def nothing(
        self: Compositor, full: bool = False, screen_stack: list[Screen[object]] | None = None, simplify: bool = False
    ) -> None:
        self._dirty_regions.clear()

    paints, granule = Compositor.render_update, _wait.SLEEP_GRANULARITY
    Compositor.render_update, _wait.SLEEP_GRANULARITY = nothing, GRANULE  # type: ignore[method-assign]
    try:
        yield
    finally:
        Compositor.render_update, _wait.SLEEP_GRANULARITY = paints, granule  # type: ignore[method-assign]
