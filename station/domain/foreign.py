"""Symbols that others drew: what they say about themselves, and what of them varies when part of their content does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from station.domain.errors import BadPayload
from station.domain.family import Layout, effect, layout, relatives
from station.domain.symbol import TAIL, KnownSymbol, header

FORMAT_MASK = 0b101010000010010  # 7.9.1
FORMAT_GENERATOR = 0b10100110111
FORMAT_LEVELS = "MLHQ"  # of the two bits 00, 01, 10, 11; table 12
MOST_WRONG = 3  # bits that the format information can mend; annex C
# where the upper left copy's bits stand, the highest first; figure 25
FORMAT_PLACES = (*((8, at) for at in (0, 1, 2, 3, 4, 5, 7, 8)), *((at, 8) for at in (7, 5, 4, 3, 2, 1, 0)))
MASKS: tuple[Callable[[int, int], bool], ...] = (  # light and dark change places where this is so, in row i and column j; table 10
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
NUMERIC, ALPHANUMERIC, BYTE, KANJI = 1, 2, 4, 8  # mode indicators; table 2
ECI = 7
SKIPPED = {3: 4 + 16, 5: 4, 9: 4 + 8}  # structured append and FNC1, which hold no content: their bits
PADDING = b"\xec\x11"  # 7.4.10
TERMINATOR = 4
UNCLEAN = "Read its modules again, from a clean and whole picture."
COUNT_BITS = {NUMERIC: (10, 12, 14), ALPHANUMERIC: (9, 11, 13), BYTE: (8, 16, 16), KANJI: (8, 10, 12)}  # versions 1, 10, 27; table 3


def foreign(modules: bytes, size: int, varies: range | None = None) -> KnownSymbol:
    """A QR symbol that somebody drew, as it stands: modules are row-major, size * size bytes of 0 and 1, 1 is dark.

    varies: which octets of its content differ between its relatives; then the content must be readable as the modules stand, for
    nothing is mended here. The content is that of its longest segment; where that is not in byte mode, the octets are those that its
    bits fill. Without `varies` it is 20 octets at the content's end, or at the data's end where the content is not readable: any
    bits of the data make a family. Raises BadPayload for what is no QR symbol (Model 1, Micro QR and rMQR are none here), and for
    octets outside of the content.
    """
    version, over = divmod(size - 17, 4)
    if over or not 1 <= version <= 40 or len(modules) != size * size or modules.strip(b"\0\1"):
        raise BadPayload(
            f"These modules are no QR symbol: {len(modules)} of them, {size} in a row.",
            "Give size * size modules, 1 dark and 0 light, without quiet zone; a QR symbol has 21, 25, 29 ... 177 in a row.",
        )
    level, mask = _format(modules, size)
    data = _data(modules, layout(version, level), mask)
    place = _some_of(data, version) if varies is None else _part(varies, data, version)
    octets = data.octets(place.start, place.octets)
    moving, others = relatives(modules, version, level, place.start, octets, place.text)
    return KnownSymbol(size, modules, moving, others, version, mask, level)


def _part(varies: range, data: _Bits, version: int) -> _Segment:
    """Some octets of the content."""
    whole = max(_segments(data, version), key=lambda segment: segment.bits, default=_Segment(0, 0, True))
    if varies.step != 1 or not 0 <= varies.start < varies.stop <= whole.octets:
        raise BadPayload(
            f"The octets {varies.start}:{varies.stop} are not inside of the symbol's content, which has {whole.octets}.",
            "Correct the range.",
        )
    return _Segment(whole.start + 8 * varies.start, 8 * len(varies), whole.text)


def _some_of(data: _Bits, version: int) -> _Segment:
    """What can stand for a token: as many octets as one has, or as there are."""
    anything = _Segment(header(version), data.count - header(version), False)
    try:
        whole = max(_segments(data, version), key=lambda segment: segment.bits, default=anything)
    except BadPayload:
        whole = anything
    start = whole.start + 8 * max(0, whole.octets - TAIL)
    return _Segment(start, min(8 * TAIL, data.count - start), whole.text)


def padded(symbol: KnownSymbol) -> KnownSymbol:
    """The same content as encoders draw it that fill up to the letter of 7.4.10. Ours (segno 1.6) puts one octet 0 in between."""
    plan = layout(symbol.version, symbol.level)
    data = _data(symbol.modules, plan, symbol.mask)
    end = max(segment.start + segment.bits for segment in _segments(data, symbol.version))
    used = min(len(data.codewords), (end + TERMINATOR + 7) // 8)
    filled = data.codewords[:used] + (PADDING * len(data.codewords))[: len(data.codewords) - used]
    change = bytes(ours ^ theirs for ours, theirs in zip(data.codewords, filled, strict=True))
    moved = effect(symbol.version, symbol.level, 0, change)
    others = tuple((int.from_bytes(other, "big") ^ moved).to_bytes(plan.octets, "big") for other in symbol.relatives)
    return replace(symbol, modules=plan.unpack(plan.pack(symbol.modules) ^ moved), relatives=others)


def _format(modules: bytes, size: int) -> tuple[str, int]:
    """Level and mask: the valid format information that is the nearest to one of its two copies (7.9)."""
    upright, mirrored = (_nearest_format(modules, size, turn) for turn in (False, True))
    finders = _wrong_in_finders(modules, size)
    # by chance half of a finder's modules would be wrong; decorated symbols have finders of odd forms
    if upright[0] > MOST_WRONG or mirrored[0] < upright[0] or finders > (0.33 if upright[0] else 0.45):
        raise BadPayload(
            "These modules are no QR symbol: they have no finder patterns, or no format information, where those belong.",
            "Give them upright, 1 dark and 0 light, row by row from the top, and not mirrored.",
        )
    return FORMAT_LEVELS[upright[1] >> 3], upright[1] & 7


def _nearest_format(modules: bytes, size: int, mirrored: bool) -> tuple[int, int]:
    """How many bits are wrong at the least, and the five bits of format information that they should be then."""
    second = (*((size - 1 - at, 8) for at in range(7)), *((8, size - 8 + at) for at in range(8)))
    copies = []
    for places in (FORMAT_PLACES, second):
        turned = ((column, row) if mirrored else (row, column) for row, column in places)
        copies.append(int("".join(str(modules[row * size + column]) for row, column in turned), 2))
    return min(((_format_bits(five) ^ copy).bit_count(), five) for five in range(32) for copy in copies)


def _wrong_in_finders(modules: bytes, size: int) -> float:
    """The share of wrong modules in the worst of the three finder patterns (6.3.3)."""
    places = [(row, column) for row in range(7) for column in range(7)]
    return max(
        sum(modules[(top + i) * size + left + j] == (max(abs(i - 3), abs(j - 3)) == 2) for i, j in places) / len(places)
        for top, left in ((0, 0), (0, size - 7), (size - 7, 0))
    )


def _format_bits(five: int) -> int:
    """Five bits of format information with their ten bits of error correction (annex C)."""
    rest = five << 10
    for shift in range(4, -1, -1):
        if rest >> shift + 10 & 1:
            rest ^= FORMAT_GENERATOR << shift
    return (five << 10 | rest) ^ FORMAT_MASK


@dataclass(frozen=True, slots=True)
class _Bits:
    """A symbol's data codewords in the order of its content."""

    codewords: bytes = field(repr=False)

    @property
    def count(self) -> int:
        return 8 * len(self.codewords)

    def number(self, start: int, length: int) -> int:
        """The number that some bits are."""
        if start + length > self.count:
            raise BadPayload("The symbol's content ends in the midst of a header.", UNCLEAN)
        return int.from_bytes(self.codewords, "big") >> (self.count - start - length) & ((1 << length) - 1)

    def octets(self, start: int, count: int) -> bytes:
        return self.number(start, 8 * count).to_bytes(count, "big")


def _data(modules: bytes, plan: Layout, mask: int) -> _Bits:
    turns = MASKS[mask]
    bits = [modules[place] ^ turns(*divmod(place, plan.size)) for place in plan.places]
    codewords = (plan.interleaved(codeword) for codeword in range(plan.capacity))
    return _Bits(bytes(int("".join(map(str, bits[8 * at : 8 * at + 8])), 2) for at in codewords))


@dataclass(frozen=True, slots=True)
class _Segment:
    """Bits that hold content: where they begin, how many they are, and whether they are a text's octets."""

    start: int
    bits: int
    text: bool

    @property
    def octets(self) -> int:
        return self.bits // 8


def _segments(data: _Bits, version: int) -> Iterator[_Segment]:
    """What holds content, segment by segment (7.4.1, 7.4.8, 8)."""
    at = 0
    while at + 4 <= data.count and (mode := data.number(at, 4)):
        if mode == ECI:  # the designator's leading ones tell how long it is; table 4
            first = data.number(at + 4, 8)
            at += 4 + (8 if first < 0x80 else 16 if first < 0xC0 else 24)
        elif mode in SKIPPED:
            at += SKIPPED[mode]
        elif mode in COUNT_BITS:
            length = COUNT_BITS[mode][(version >= 10) + (version >= 27)]
            start = at + 4 + length
            at = start + _content_bits(mode, data.number(at + 4, length))
            if at > data.count:
                raise BadPayload("The symbol's content is longer than the symbol.", UNCLEAN)
            yield _Segment(start, at - start, mode == BYTE)
        else:
            raise BadPayload("The symbol's content is in a mode that ISO/IEC 18004 does not know.", UNCLEAN)


def _content_bits(mode: int, count: int) -> int:
    """How many bits so many characters take (7.4.3 to 7.4.6)."""
    if mode == NUMERIC:
        return count // 3 * 10 + (0, 4, 7)[count % 3]
    if mode == ALPHANUMERIC:
        return count // 2 * 11 + count % 2 * 6
    return (13 if mode == KANJI else 8) * count
