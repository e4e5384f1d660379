"""What an export holds: a code and what may say whose it is, or why a file gave none."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Found:
    """One code. `file`: the file's name, with folders as exported; `part`: its page or entry where there are several, counted from 1
    (2.3: the third code on page 2).

    `labels`: texts that may name the user, the surest first: the first one that names anybody decides.
    """

    file: str
    content: str = field(repr=False)
    labels: tuple[str, ...] = ()
    part: str | None = None

    @property
    def source(self) -> str:
        return self.file if self.part is None else f"{self.file}#{self.part}"


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, page or entry without a code that can be used, and what to do. `harmless`: it need not have held one."""

    source: str
    reason: str
    remedy: str = ""
    harmless: bool = False

    def __str__(self) -> str:
        return f"{self.source}: {self.reason} {self.remedy}".strip()
