"""The bench's policies: documents kept as versions under names, and given to the management service."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from station.bench.record import Record
from station.domain.errors import NotFound, SixtapError, WrongUse
from station.domain.policy import policy_id
from station.domain.secretrefs import filled, refuse_open_secrets
from station.ports import Actor, Change, Fact, Policies, PolicyVersion, StoredPolicy

PATIENCE = 8.0
"""Seconds that a list waits for the management service."""

OWN_FIELDS = ("name", "version")
"""What the management service sets in a document; it is no part of what is kept."""


@dataclass(frozen=True, slots=True)
class AtService:
    """The versions that the management service has, by policy. `silent`: it did not answer; `none`: it has no policies to see."""

    answer: Literal["answered", "silent", "none"]
    versions: dict[str, int]


class PolicyBook:
    """Keeps, reads and pushes policies. `secret` says what `secret:NAME` in a document stands for, None when it does not know."""

    def __init__(self, record: Record, service: Policies, secret: Callable[[str], str | None]) -> None:
        self._record = record
        self._service = service
        self._secret = secret

    async def put(self, actor: Actor, name: str, document: dict[str, Any]) -> tuple[StoredPolicy, bool]:
        """Keep it as a new version, unless the newest has the same content; True when it is new.

        Raises WrongUse for a name that is none, and for a document with a password written out: the ledger keeps none.
        """
        name = policy_id(name)
        content = {key: value for key, value in document.items() if key not in OWN_FIELDS}
        refuse_open_secrets(content)
        try:
            digest = hashlib.sha256(json.dumps(content, sort_keys=True, allow_nan=False).encode()).hexdigest()
        except ValueError:
            raise WrongUse("The document holds a number that JSON cannot say.", "Write another one.") from None
        async with self._record.turn:
            newest = await self._record.ledger.policy(name)
            if newest is not None and newest.digest == digest:
                return newest, False
            number = newest.version + 1 if newest else 1
            text = json.dumps(content, ensure_ascii=False)
            kept = StoredPolicy(name, number, text, digest, self._record.clock.now(), actor.name)
            fact = Fact("PolicyKept", {"policy": name, "version": number, "digest": digest})
            await self._record.commit(Change(actor, policies=(kept,), facts=(fact,)))
        return kept, True

    async def push(self, actor: Actor, name: str, version: int | None = None) -> tuple[StoredPolicy, PolicyVersion]:
        """Give a version, the newest if none is named, to the management service; what it had under this name is replaced.

        The intent is recorded first; a push that was cut short is given again. Raises NotFound, WrongUse for a secret without a
        file, and what the service raises.
        """
        chosen = await self.version(name, version)
        content: dict[str, object] = json.loads(chosen.document)
        content = {name: filled(value, self._known) for name, value in content.items()}
        facts = {"policy": chosen.name, "version": chosen.version, "digest": chosen.digest}
        await self._record.commit(Change(actor, facts=(Fact("PolicyPushOrdered", {**facts}),)))
        written = await self._service.put_policy(chosen.name, content)
        pushed = replace(chosen, pushed=self._record.clock.now())
        fact = Fact("PolicyPushed", {**facts, "service_version": written.version})
        await self._record.commit(Change(actor, policies=(pushed,), facts=(fact,)))
        return pushed, written

    async def version(self, name: str, version: int | None = None) -> StoredPolicy:
        """One version, the newest if none is named. Raises NotFound."""
        found = await self._record.ledger.policy(policy_id(name), version)
        if found is None:
            which = f"no version {version} of a policy" if version is not None else "no policy"
            raise NotFound(f"The bench keeps {which} named {name!r}.", "List them with: sixtap policies list")
        return found

    def _known(self, name: str) -> str:
        secret = self._secret(name)
        if secret is None:
            message = f"The document refers to secret:{name}, which this bench has no file for."
            raise WrongUse(message, f"Name the file in the bench's configuration, under [secrets]: {name} = PATH")
        return secret

    async def newest(self) -> tuple[StoredPolicy, ...]:
        """The newest version of each policy, by name."""
        return await self._record.ledger.policies()

    async def versions(self, name: str) -> tuple[StoredPolicy, ...]:
        """All versions of one, oldest first. Raises NotFound."""
        return await self._record.ledger.policy_versions((await self.version(name)).name)

    async def at_service(self) -> AtService:
        """What the management service has now; it gets PATIENCE seconds to say so."""
        found: dict[str, int] = {}
        try:
            async with asyncio.timeout(PATIENCE):
                async for page in self._service.policies():
                    found |= {policy.id: policy.version for policy in page}
        except WrongUse:
            return AtService("none", {})
        except (SixtapError, TimeoutError):
            return AtService("silent", {})
        return AtService("answered", found)


def pushed_last(versions: tuple[StoredPolicy, ...]) -> int | None:
    """The version that was given to the management service last."""
    given = [(policy.pushed, policy.version) for policy in versions if policy.pushed is not None]
    return max(given)[1] if given else None
