"""Which mask segno would choose for a code, without drawing it eight times: its penalties on integers that hold a whole symbol.

The penalties are those of ISO/IEC 18004:2015, 7.8.3.1, as segno takes them. A symbol is one integer here, row by row with four light
modules behind each row: so one shift moves all of it by a row or a column, and what lies beyond an edge is light.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from station.domain.family import layout
from station.domain.foreign import MASKS

GUARD = 4


class Masking:
    """Chooses among the masks of one version and level, as segno does."""

    def __init__(self, version: int, level: str) -> None:
        plan = layout(version, level)
        self._size, self._step = plan.size, plan.size + GUARD
        rows, columns = np.divmod(np.array(plan.places), plan.size)
        self._masks: list[int] = []
        for turns in MASKS:
            pattern = np.zeros((plan.size, plan.size), np.uint8)
            pattern[rows, columns] = [turns(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]
            self._masks.append(self._number(pattern))
        self._judged = self._number(_without_information(version))
        self._all = self._number(np.ones((plan.size, plan.size), np.uint8))

    def chosen(self, modules: NDArray[np.uint8]) -> int:
        """The mask that segno would choose for a symbol drawn under mask 0: shape (size, size), 1 is dark."""
        plain = self._number(modules) & self._judged ^ self._masks[0]
        return min(range(8), key=lambda mask: self._penalty(plain ^ self._masks[mask]))

    def _number(self, modules: NDArray[np.uint8]) -> int:
        wide = np.packbits(np.pad(modules, ((0, 0), (0, GUARD))))
        return int.from_bytes(wide.tobytes(), "big") >> 8 * len(wide) - self._size * self._step

    def _penalty(self, dark: int) -> int:
        light, score = dark ^ self._all, 0
        for along in (1, self._step):
            for one in (dark, light):
                score += _runs(one, along)
            score += 40 * _finders(dark, light, along)
        for one in (dark, light):
            pair = one & one >> 1
            score += 3 * (pair & pair >> self._step).bit_count()
        share = dark.bit_count() / self._size**2
        return score + 10 * int(abs(100 * share - 50) / 5)


def _runs(one: int, along: int) -> int:
    """Of each run of five and more alike, its length less two."""
    two = one & one >> along
    five = two & two >> 2 * along & one >> 4 * along
    return five.bit_count() + 2 * (five & ~(five >> along)).bit_count()


def _finders(dark: int, light: int, along: int) -> int:
    """How often 1:1:3:1:1 stands with four light modules before or behind it; those that overlap count once."""
    core = dark << 2 * along & dark << 3 * along & dark << 4 * along
    found = dark & light << along & core & light << 5 * along & dark << 6 * along
    before = dark >> along | dark >> 2 * along | dark >> 3 * along | dark >> 4 * along
    behind = dark << 7 * along | dark << 8 * along | dark << 9 * along | dark << 10 * along
    found &= ~(before & behind)
    if not found & (found >> 4 * along | found >> 6 * along):
        return found.bit_count()
    counted: set[int] = set()
    while found:  # from the first module on, which is the highest bit
        at = found.bit_length() - 1
        found ^= 1 << at
        if at + 4 * along not in counted and at + 6 * along not in counted:
            counted.add(at)
    return len(counted)


def _without_information(version: int) -> NDArray[np.uint8]:
    """1 but where format and version information stand: segno judges a symbol before they are in it."""
    size = 17 + 4 * version
    kept = np.ones((size, size), np.uint8)
    for place in (*range(6), 7, 8, *range(size - 8, size)):
        kept[8, place] = kept[place, 8] = 0
    if version >= 7:
        kept[:6, size - 11 : size - 8] = kept[size - 11 : size - 8, :6] = 0
    return kept
