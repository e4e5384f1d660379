"""Families: all the symbols that differ in some octets of their content alone, as another user's enrollment token does.

A symbol's modules depend on the bits of its content affinely over GF(2): placing a bit, Reed-Solomon remainders and masks are all XOR
(ISO/IEC 18004:2015, 7.5 to 7.8). So the modules that one bit turns are the same in each symbol of a family, and no symbol need be
drawn to know them. Sets of modules are integers here: row-major, the first module highest, filled up to whole octets
(numpy.packbits' packing).
"""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import add, or_, xor
from typing import Any

from segno import consts

ALPHABET = (string.ascii_letters + string.digits).encode()
RELATIVES = 256
LEVELS = {"L": consts.ERROR_LEVEL_L, "M": consts.ERROR_LEVEL_M, "Q": consts.ERROR_LEVEL_Q, "H": consts.ERROR_LEVEL_H}
BITS = tuple(tuple(bit for bit in range(8) if octet << bit & 0x80) for octet in range(256))  # of each octet, the highest is 0
SURE = 36  # bits in a block: two random tokens agree in all of them once in a billion at the most
QR_POLYNOMIAL = 0x11D  # of the field GF(256); 7.5.2


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a version and level puts its bits (7.6 and 7.7).

    `places`: the module of each bit of the interleaved codewords, as row * size + column. `blocks`: each block's number of data
    codewords. `remainder`: error correction codewords in each block.
    """

    size: int
    places: tuple[int, ...] = field(repr=False)
    blocks: tuple[int, ...]
    remainder: int

    @property
    def capacity(self) -> int:
        """How many data codewords the symbol holds."""
        return sum(self.blocks)

    def block_of(self, codeword: int) -> tuple[int, int]:
        """The block of a data codeword, and its place there."""
        for block, length in enumerate(self.blocks):
            if codeword < length:
                return block, codeword
            codeword -= length
        raise IndexError("no such data codeword")

    def interleaved(self, codeword: int) -> int:
        """The place of a data codeword among all: the blocks take turns, and those that are longer by one end the row (7.6)."""
        block, place = self.block_of(codeword)
        return sum(min(place + (other < block), length) for other, length in enumerate(self.blocks))

    def correction(self, block: int, place: int) -> int:
        """The place of a block's error correction codeword among all."""
        return self.capacity + place * len(self.blocks) + block

    def modules(self, codeword: int) -> tuple[int, ...]:
        """The eight modules of an interleaved codeword, its highest bit first."""
        return self.places[8 * codeword : 8 * codeword + 8]

    @property
    def octets(self) -> int:
        return (self.size * self.size + 7) // 8

    def pack(self, modules: bytes) -> int:
        """Row-major octets of 0 and 1 as a set."""
        return int(modules.translate(b"01" + bytes(254)), 2) << (8 * self.octets - len(modules))

    def unpack(self, members: int) -> bytes:
        """A set as row-major octets of 0 and 1."""
        digits = f"{members >> (8 * self.octets - self.size**2):0{self.size**2}b}"
        return digits.encode().translate(bytes(48) + b"\0\1" + bytes(206))


@lru_cache(maxsize=8)
def layout(version: int, level: str) -> Layout:
    """The layout of a version (1 to 40) and level (L, M, Q, H)."""
    table: Any = consts.ECC  # segno's types call it an object
    groups = table[version][LEVELS[level]]
    blocks = tuple(group.num_data for group in groups for _ in range(group.num_blocks))
    return Layout(17 + 4 * version, tuple(_zigzag(version)), blocks, groups[0].num_total - groups[0].num_data)


def _zigzag(version: int) -> Iterator[int]:
    """Two columns at a time from the right, upward first, without the timing column and the function patterns (7.7.3)."""
    size, taken = 17 + 4 * version, _function_patterns(version)
    pairs = [right if right > 6 else right - 1 for right in range(size - 1, 0, -2)]
    for turn, right in enumerate(pairs):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        yield from (row * size + column for row in rows for column in (right, right - 1) if (row, column) not in taken)


def _function_patterns(version: int) -> set[tuple[int, int]]:
    """What holds no codewords: finders with separators and format information, timing, alignment, version information (6.3)."""
    size = 17 + 4 * version
    taken = {(row, column) for row in range(9) for column in range(9)}
    taken |= {(row, column) for row in range(9) for column in range(size - 8, size)}
    taken |= {(column, row) for row, column in taken if column >= size - 8}
    centres = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    for row, column in ((row, column) for row in centres for column in centres if (row, column) not in taken):
        taken |= {(row + down, column + right) for down in range(-2, 3) for right in range(-2, 3)}
    taken |= {(6, at) for at in range(size)} | {(at, 6) for at in range(size)}
    if version >= 7:
        corner = {(row, column) for row in range(6) for column in range(size - 11, size - 8)}
        taken |= corner | {(column, row) for row, column in corner}
    return taken


def _powers() -> tuple[bytes, bytes]:
    """GF(256)'s powers of 2, and the exponent of each of its other members than 0."""
    powers, exponents, member = bytearray(), bytearray(256), 1
    for exponent in range(255):
        powers.append(member)
        exponents[member] = exponent
        member = member << 1 ^ (QR_POLYNOMIAL if member & 0x80 else 0)
    return bytes(powers * 2), bytes(exponents)


POWERS, EXPONENTS = _powers()


def _times(one: int, two: int) -> int:
    """The product in GF(256)."""
    return POWERS[EXPONENTS[one] + EXPONENTS[two]] if one and two else 0


@lru_cache(maxsize=16)
def _remainders(length: int, codewords: int) -> tuple[tuple[int, ...], ...]:
    """For each data codeword of a block, the error correction codewords (there are `codewords`) that its lowest bit alone gives."""
    generator, root = [1], 1
    for _ in range(codewords):
        shifted = [*generator, 0]
        for place, factor in enumerate(generator):
            shifted[place + 1] ^= _times(factor, root)
        generator, root = shifted, _times(root, 2)
    tail = generator[1:]
    found = [tuple(tail)]
    while len(found) < length:  # one place further to the front is once more times x
        head, *rest = found[-1]
        found.append(tuple(low ^ _times(head, factor) for low, factor in zip([*rest, 0], tail, strict=True)))
    return tuple(reversed(found))


@lru_cache(maxsize=512)
def _turned(version: int, level: str, codeword: int) -> tuple[int, ...]:
    """For each bit of a data codeword, the highest first, what it turns, the error correction that depends on it included."""
    plan = layout(version, level)
    block, place = plan.block_of(codeword)
    factors = _remainders(plan.blocks[block], plan.remainder)[place]
    parities = [plan.modules(plan.correction(block, row)) for row in range(plan.remainder)]
    found = []
    for bit, module in enumerate(plan.modules(plan.interleaved(codeword))):
        members = bytearray(plan.octets)
        members[module >> 3] |= 0x80 >> (module & 7)
        for factor, places in zip(factors, parities, strict=True):
            for at in BITS[_times(factor, 0x80 >> bit)]:
                members[places[at] >> 3] |= 0x80 >> (places[at] & 7)
        found.append(int.from_bytes(members, "big"))
    return tuple(found)


def _octet(version: int, level: str, start: int) -> list[int]:
    """For each bit of the octet that begins at bit `start` of the data, the highest first, the modules that it turns."""
    return [_turned(version, level, bit // 8)[bit % 8] for bit in range(start, start + 8)]


def _sum(turned: Sequence[int], octet: int) -> int:
    return reduce(xor, (turned[bit] for bit in BITS[octet]), 0)


def effect(version: int, level: str, start: int, change: bytes) -> int:
    """The modules that a change (XOR) of the octets from bit `start` on turns."""
    return reduce(xor, (_sum(_octet(version, level, start + 8 * at), octet) for at, octet in enumerate(change)), 0)


def _plain(octet: int) -> bool:
    return 0x20 <= octet < 0x7F


@dataclass(frozen=True, slots=True)
class Family:
    """`varies`: the modules that any two members can differ in. `faint`: those of them that take few forms in all, because no more
    than a few letters of what differs lie in their block: too many strangers have the same there. `strangers`: what some hundred
    random members' octets turn."""

    varies: int = field(repr=False)
    faint: int = field(repr=False)
    strangers: Sequence[int] = field(repr=False)


@lru_cache(maxsize=32)
def family(version: int, level: str, start: int, plain: tuple[bool, ...]) -> Family:
    """All symbols whose octets from bit `start` on are anything.

    plain: for each octet whether it is ASCII: then letters and digits stand there, which differ in seven bits; otherwise in all eight.
    """
    dealer = random.Random(f"{version} {level} {start}")
    strangers = [0] * RELATIVES
    for at, ascii_only in enumerate(plain):
        turned = _octet(version, level, start + 8 * at)
        values = {octet: _sum(turned, octet) for octet in (ALPHABET if ascii_only else range(256))}
        dealt = dealer.choices(list(values.values()), k=RELATIVES)
        strangers = [stranger ^ value for stranger, value in zip(strangers, dealt, strict=True)]
    return Family(*_varying(version, level, start, plain), tuple(strangers))


def _varying(version: int, level: str, start: int, plain: tuple[bool, ...]) -> tuple[int, int]:
    """What varies, and the faint part of it."""
    plan, bits, members = layout(version, level), Counter[int](), Counter[int]()
    for at, ascii_only in enumerate(plain):
        for bit in range(start + 8 * at + ascii_only, start + 8 * at + 8):
            block = plan.block_of(bit // 8)[0]
            bits[block] += 1
            members[block] |= _turned(version, level, bit // 8)[bit % 8]
    most = max(bits.values(), default=0)
    faint = reduce(or_, (members[block] for block, count in bits.items() if count < min(SURE, most)), 0)
    return reduce(or_, members.values(), 0), faint


def relatives(
    modules: bytes, version: int, level: str, start: int, octets: bytes, text: bool = True
) -> tuple[bytes, tuple[bytes, ...]]:
    """What varies in a symbol when `octets`, which begin at bit `start` of its data, do, and some hundred members of that family.

    modules: row-major octets of 0 and 1. What varies comes in the same way: 0 never, 1 yes, 2 yes but faintly (see Family). The
    members are packed; the symbol itself is not among them. text: whether the octets are a text's; else all their bits may differ.
    """
    if not octets:
        return bytes(len(modules)), ()
    plan = layout(version, level)
    kin = family(version, level, start, tuple(text and _plain(octet) for octet in octets))
    own = plan.pack(modules)
    root = own ^ effect(version, level, start, octets)
    others = dict.fromkeys(root ^ stranger for stranger in kin.strangers)
    others.pop(own, None)
    varies = bytes(map(add, plan.unpack(kin.varies), plan.unpack(kin.faint)))
    return varies, tuple(other.to_bytes(plan.octets, "big") for other in others)
