"""The console's side of the stand-in: what a person does there and the API does not offer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from . import invented
from .app import drawn
from .people import User
from .state import StandIn


class Console:
    """An administrator at the console."""

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin

    def policy(self, name: str, ident: str = "") -> str:
        """Make a policy; its id, which may be chosen here."""
        return self._standin.people.policy(name, ident)

    def assign_all(self, policy: str) -> None:
        """Put every user who has no policy into this one."""
        people = self._standin.people
        for user in people.users.values():
            if not people.policy_of(user):
                people.assign(policy, user.id)

    def code(self, user: User, *, wpco: bool) -> str:
        """The content of a user's permanent code, with the WPCO box ticked or not."""
        return invented.content(self._standin.people.code(user.id, group=False, wpco=wpco).secret)

    def export(self, folder: Path, *, wpco: bool | Iterable[str] = True) -> tuple[Path, ...]:
        """Every user's permanent code as a PNG file named by e-mail, or by the console's id of who has none.

        `wpco`: the box for all of them, or the e-mails and names of those for whom it is ticked.
        """
        ticked = set() if isinstance(wpco, bool) else {each.casefold() for each in wpco}
        folder.mkdir(parents=True, exist_ok=True)
        written: list[Path] = []
        for user in self._standin.people.users.values():
            if user.made:
                continue
            box = wpco if isinstance(wpco, bool) else bool(ticked & {user.email.casefold(), user.name.casefold()})
            path = folder / f"{(user.email or user.id).replace('/', '_')}.png"
            path.write_bytes(drawn(self.code(user, wpco=box)))
            written.append(path)
        return tuple(written)
