"""Which key order and which mask each attempt's two forms get, so that codes which follow each other look as different as can be.

Two rules do it. Both hold for symbols as such: they were found by comparing all 192 pairs of an order and a mask on contents of many
kinds, and tests/benchmarks/dealing.py measures what they give.

Only even orders are dealt: no two of these twelve differ in that two runs of keys change places. So two of them never agree in more
than one run at its place, and even under one mask their symbols differ in about a fifth of all modules at the least. All twelve are
gone through before one comes again, which is further than the neighbours that count.

The eight masks (ISO/IEC 18004:2015, 7.8.2) are dealt in two halves, to even and odd places in turn. Masks that resemble each other, 0
and 7, or 5 and 1, 2 and 6, are in one half; across the halves two symbols differ in about two fifths of all modules, whatever their
orders.

So there are 96 classes. A place in the batch has eight of them to itself until they come again twelve places on: two for each of four
attempts. A further attempt gets the forms of an earlier one of this user, never those of a neighbour.

Contents of fewer than four keys have fewer orders, in the end masks alone. Then consecutive codes and the two forms of one code still
differ by their masks, in three tenths of all modules at the least; others near by may differ only in what their tokens give.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, permutations

from station.domain.payload import RUNS

HALVES = ((0, 4, 3, 7), (1, 2, 5, 6))  # in each, the masks that are two places apart take turns: they differ most
STEP = 5  # from one form's order to the other's. Odd: so that a place's second form is no other place's first


@dataclass(frozen=True, slots=True)
class Form:
    """How one content is written: which of the 24 orders of its runs of keys (payload.serialise), and which of the eight masks."""

    key_order: int
    mask: int


def _odd(order: tuple[int, ...]) -> bool:
    """Whether it takes an odd number of exchanges to reach this order."""
    return sum(one > two for one, two in combinations(order, 2)) % 2 == 1


ORDERS = tuple(tuple(at for at, order in enumerate(permutations(range(RUNS))) if _odd(order) is odd) for odd in (False, True))
DEALT = ORDERS[0]


def deal(position: int, number: int) -> tuple[Form, Form]:
    """The two forms of an attempt, by its enrollment's place in the batch and its own number, which counts from 1.

    Any form of it differs in its order or its mask from those of the ten places before and after, whatever attempt they are at.
    """
    half = HALVES[position % 2]
    first = Form(DEALT[position % len(DEALT)], half[(position // 2 + number - 1) % len(half)])
    return first, other_form(first)


def other_form(form: Form) -> Form:
    """The form that takes turns with a first one. It follows from that, so the ledger keeps the first alone."""
    orders = next(orders for orders in ORDERS if form.key_order in orders)
    half = next(half for half in HALVES if form.mask in half)
    order = orders[(orders.index(form.key_order) + STEP) % len(orders)]
    return Form(order, half[(half.index(form.mask) + 2) % len(half)])
