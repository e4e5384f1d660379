"""Queries and orders about policies: what is kept, what the management service has, what a mode makes of it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.bench.policybook import AtService, PolicyBook, pushed_last
from station.domain.errors import WrongUse
from station.domain.policy import Mode, mode_of
from station.policies.catalogue import found
from station.policies.difference import differences
from station.policies.validation import problems
from station.ports import Actor, StoredPolicy
from station.server.asking import Queries, number
from station.server.policyreports import report, row


async def order(bench: Bench, actor: Actor, command: wire.PutPolicy | wire.PushPolicy) -> dict[str, object]:
    """Keep a document, or give one to the management service. A document that Google would refuse is not kept (WrongUse)."""
    match command:
        case wire.PutPolicy(name=name, document=document):
            wrong = problems(document)
            if wrong:
                more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
                raise WrongUse(
                    f"The document is not what Google's reference allows, at {wrong[0].path[:200]} ({wrong[0].reason}){more}.",
                    "Look at all of it with: sixtap policies check FILE",
                )
            kept, changed = await bench.policybook.put(actor, name, document)
            return {"version": kept.version, "changed": changed}
        case wire.PushPolicy(name=name, version=version):
            pushed, written = await bench.policybook.push(actor, name, version)
            return {"version": pushed.version, "service_version": written.version}


def queries(bench: Bench) -> Queries:
    """Paths, what answers them, and what arguments they take."""
    answers = Answers(bench.policybook)
    return (
        ("/v1/policies", answers.policies, ("name",)),
        ("/v1/policy", answers.policy, ("name", "version")),
        ("/v1/policycheck", answers.report, ("name", "version", "mode", "android")),
        ("/v1/policychanges", answers.changes, ("name", "old", "new")),
        ("/v1/matrix", answers.matrix, ("search", "mode", "stated")),
    )


class Answers:
    """One method for each query; errors say what is wrong with it."""

    def __init__(self, book: PolicyBook) -> None:
        self._book = book

    async def policies(self, request: web.Request) -> wire.PolicyPage:
        """The newest of each and those that only the management service has, or all versions of one."""
        name = request.query.get("name", "")
        theirs = await self._book.at_service()
        if name:
            versions = await self._book.versions(name)
            return wire.PolicyPage(items=tuple(_view(one, versions, theirs) for one in versions), service=theirs.answer)
        newest = await self._book.newest()
        items = [_view(one, await self._book.versions(one.name), theirs) for one in newest]
        kept = {one.name for one in newest}
        items += [
            wire.PolicyView(name=one, version=0, service_version=number)
            for one, number in sorted(theirs.versions.items())
            if one not in kept
        ]
        return wire.PolicyPage(items=tuple(items), service=theirs.answer)

    async def policy(self, request: web.Request) -> wire.PolicyDocument:
        """One version with its content."""
        chosen = await self._chosen(request, "version")
        return wire.PolicyDocument(policy=await self._one(chosen), document=json.loads(chosen.document))

    async def report(self, request: web.Request) -> wire.PolicyReport:
        """One version, judged for a mode."""
        chosen, android = await self._chosen(request, "version"), number(request, "android") or None
        mode = mode_of(request.query.get("mode", Mode.WPCO))
        return report(chosen.name, chosen.version, json.loads(chosen.document), mode, android)

    async def changes(self, request: web.Request) -> wire.PolicyChanges:
        """What one version changed: `new`, or the newest, against `old`, or the one before it."""
        new = await self._chosen(request, "new")
        before = number(request, "old")
        old = await self._book.version(new.name, before or max(new.version - 1, 1))
        places = differences(json.loads(old.document), json.loads(new.document))
        items = tuple(wire.PolicyChange(**asdict(one)) for one in places)
        return wire.PolicyChanges(old=await self._one(old), new=await self._one(new), items=items)

    async def matrix(self, request: web.Request) -> wire.MatrixPage:
        """The catalogue, or that part of it which is asked for."""
        mode, query = request.query.get("mode", ""), request.query
        options = found(query.get("search", ""), mode=mode_of(mode) if mode else None, stated=query.get("stated") == "1")
        return wire.MatrixPage(items=tuple(row(option) for option in options))

    async def _chosen(self, request: web.Request, which: str) -> StoredPolicy:
        return await self._book.version(request.query.get("name", ""), number(request, which) or None)

    async def _one(self, policy: StoredPolicy) -> wire.PolicyView:
        """As lists show it, without asking the management service."""
        return _view(policy, await self._book.versions(policy.name), AtService("none", {}))


def _view(policy: StoredPolicy, versions: tuple[StoredPolicy, ...], theirs: AtService) -> wire.PolicyView:
    shown = {name: value for name, value in asdict(replace(policy, document="")).items() if name != "document"}
    return wire.PolicyView(**shown, pushed_version=pushed_last(versions), service_version=theirs.versions.get(policy.name))
