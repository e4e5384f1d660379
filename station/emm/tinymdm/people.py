"""Users at TinyMDM: found by their own id, their e-mail or (anonymous ones) their name; created where they are missing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from station.domain.errors import SixtapError, WrongUse
from station.emm.amapi.faults import Fault
from station.emm.amapi.records import text
from station.emm.tinymdm.calling import Caller
from station.emm.tinymdm.records import ident, results
from station.ports import Person, Put

Record = dict[str, object]

FRESH = 300.0  # seconds that a list of all users is good for: an import comes in many parts


class _Known:
    """Who TinyMDM lists. They are found by id, else by e-mail, else (who has no e-mail) by a name that one of those alone bears."""

    def __init__(self) -> None:
        self._by_id: dict[str, Record] = {}
        self._by_mail: dict[str, Record] = {}
        self._by_name: dict[str, list[Record]] = {}

    def add(self, record: Record) -> None:
        """Nothing is done with a record without an id."""
        account, mail = ident(record.get("id")), text(record.get("email")).casefold()
        if not account:
            return
        self._by_id[account] = record
        if mail:
            self._by_mail[mail] = record
        else:
            self._by_name.setdefault(text(record.get("name")), []).append(record)

    def find(self, person: Person) -> Record | None:
        """This person's record; what is written into it is seen by whoever finds it again."""
        if person.account in self._by_id:
            return self._by_id[person.account]
        if person.email and not person.anonymous:
            return self._by_mail.get(person.email.casefold())
        alike = self._by_name.get(person.name, [])
        return alike[0] if len(alike) == 1 else None


class People:
    """The users of one account."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._groups: dict[str, str] | None = None
        self._listed: tuple[float, _Known] | None = None

    async def put(self, people: Sequence[Person]) -> tuple[Put, ...]:
        """Make TinyMDM know them all, in their order.

        It is asked who is there before anybody is created, so doing it again creates nobody twice; what cannot be done for one is
        said in their `problem`. Raises SixtapError where nothing can be done for anybody.
        """
        if not people:
            return ()
        known = await self._known(FRESH)
        done: list[Put] = []
        for person in people:
            record = known.find(person)
            if record is not None:
                outcome = await self._updated(person, record)
            else:
                outcome = await self._created(person)
                record = {"id": outcome.account, "name": person.name, "email": "" if person.anonymous else person.email}
                record.update(_custom(person))
                known.add(record)
            done.append(await self._grouped(person, outcome, record))
        return tuple(done)

    async def _known(self, age: float = 0.0) -> _Known:
        """Who is there, as it was `age` seconds ago at most."""
        now = asyncio.get_running_loop().time()
        if self._listed is not None and now - self._listed[0] < age:
            return self._listed[1]
        found = _Known()
        async for page in self._caller.pages("users.list"):
            for record in results(page):
                found.add(dict(record))
        self._listed = (now, found)
        return found

    async def _created(self, person: Person) -> Put:
        mail = person.mail and bool(person.email) and not person.anonymous
        body: dict[str, object] = {"name": person.name, "is_anonymous": person.anonymous, "send_email": mail} | _custom(person)
        if person.email and not person.anonymous:
            body["email"] = person.email
        try:
            made = ident((await self._caller.attempt("users.create", body=body)).get("id"))
        except Fault as fault:
            return await self._looked_for(person, fault, mail)
        if made:
            return Put(person.user, made, created=True, mailed=mail)
        return await self._looked_for(person, Fault("garbled", maybe_done=True), mail)

    async def _looked_for(self, person: Person, fault: Fault, mail: bool) -> Put:
        """The answer was lost, or the service refused them, perhaps for being there already: only a look tells."""
        error = self._caller.readable(fault, "users.create")
        if not fault.maybe_done and not isinstance(error, WrongUse):
            raise error
        record = (await self._known()).find(person)
        if record is not None:
            return Put(person.user, ident(record.get("id")), created=fault.maybe_done, mailed=fault.maybe_done and mail)
        return Put(
            person.user, problem=f"{error.message} TinyMDM does not list them: import them again." if fault.maybe_done else str(error)
        )

    async def _updated(self, person: Person, record: Record) -> Put:
        account = ident(record.get("id"))
        wanted: dict[str, str] = {"name": person.name} | _custom(person)
        changed = {key: value for key, value in wanted.items() if text(record.get(key)) != value}
        if changed:
            try:
                await self._caller.call("users.update", account, body={"name": person.name} | changed)
            except WrongUse as why:
                return Put(person.user, account, problem=str(why))
            record.update(changed)
        return Put(person.user, account)

    async def _grouped(self, person: Person, outcome: Put, record: Record) -> Put:
        if not person.group or not outcome.account or outcome.problem:
            return outcome
        try:
            group = await self._group(person.group)
            if group == ident(record.get("group_id")):
                return outcome
            await self._caller.call("groups.add", group, outcome.account)
            record["group_id"] = group
        except SixtapError as why:
            return Put(outcome.user, outcome.account, outcome.created, outcome.mailed, str(why))
        return outcome

    async def _group(self, name: str) -> str:
        """The id of a group by its name; made where there is none."""
        if self._groups is None:
            found: dict[str, str] = {}
            async for page in self._caller.pages("groups.list"):
                found |= {text(record.get("name")): ident(record.get("id")) for record in results(page)}
            self._groups = found
        if not self._groups.get(name):
            self._groups[name] = ident((await self._caller.call("groups.create", body={"name": name})).get("id"))
        return self._groups[name]


def _custom(person: Person) -> dict[str, str]:
    return {f"custom_field_{place}": value for place, value in enumerate(person.custom, 1) if value}
