"""Values to rows and back, field by field."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, cast

from sqlalchemy import RowMapping

from station.domain.enrollment import Attempt, Enrollment, HoldReason, Phone, State
from station.domain.evidence import Device, Evidence
from station.domain.policy import Mode
from station.ports import Batch, Effect, ModelNote, Preference, Recorded, StaffMember, StoredPolicy, User
from station.store.plain import from_json, to_json

Row = RowMapping
_as_json = json.JSONEncoder(ensure_ascii=False).encode  # made once: `dumps` makes one for each call
Values = dict[str, object]


def user_values(user: User) -> Values:
    """`email_folded` and `name_folded` are what addresses and names are compared by, whatever their capitals."""
    return {
        "id": user.id,
        "name": user.name,
        "name_folded": user.name.casefold(),
        "email": user.email,
        "email_folded": user.email.casefold(),
        "policy": user.policy,
        "mode": None if user.mode is None else user.mode.value,
        "group": user.group,
        "directory": user.directory,
        "anonymous": user.anonymous,
        "language": user.language,
        "custom": _as_json(user.custom),
        "account": user.account,
    }


def user(row: Row) -> User:
    return User(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        policy=row["policy"],
        mode=None if row["mode"] is None else Mode(row["mode"]),
        group=row["group"],
        directory=row["directory"],
        anonymous=row["anonymous"],
        language=row["language"],
        custom=cast("tuple[str, str, str]", tuple(json.loads(row["custom"]))),
        account=row["account"],
    )


def batch_values(batch: Batch) -> Values:
    return {
        "id": batch.id,
        "name": batch.name,
        "mode": batch.mode.value,
        "policy": batch.policy,
        "state": batch.state,
        "identity": batch.identity,
        "attestation": batch.attestation,
        "minimum_android": batch.minimum_android,
        "token_lifetime": batch.token_lifetime,
        "simulated": batch.simulated,
        "created": batch.created,
        "started": batch.started,
        "generic": batch.generic,
        "prefix": batch.prefix,
        "naming": batch.naming,
        "names": batch.names,
    }


def batch(row: Row) -> Batch:
    return Batch(
        id=row["id"],
        name=row["name"],
        mode=Mode(row["mode"]),
        policy=row["policy"],
        state=row["state"],
        identity=row["identity"],
        attestation=row["attestation"],
        minimum_android=row["minimum_android"],
        token_lifetime=row["token_lifetime"],
        simulated=row["simulated"],
        created=row["created"],
        started=row["started"],
        generic=row["generic"],
        prefix=row["prefix"],
        naming=row["naming"],
        names=row["names"],
    )


def enrollment_values(enrollment: Enrollment) -> Values:
    return {
        "id": enrollment.id,
        "batch": enrollment.batch,
        "position": enrollment.position,
        "user": enrollment.user,
        "mode": enrollment.mode.value,
        "policy": enrollment.policy,
        "state": enrollment.state.value,
        "reason": None if enrollment.reason is None else enrollment.reason.value,
        "detail": enrollment.detail,
        "attempt": enrollment.attempt,
        "attempts": enrollment.attempts,
        "tray": enrollment.tray,
        "due": enrollment.due,
        "revision": enrollment.revision,
    }


def enrollment(row: Row) -> Enrollment:
    return Enrollment(
        id=row["id"],
        batch=row["batch"],
        position=row["position"],
        user=row["user"],
        mode=Mode(row["mode"]),
        policy=row["policy"],
        state=State(row["state"]),
        reason=None if row["reason"] is None else HoldReason(row["reason"]),
        detail=row["detail"],
        attempt=row["attempt"],
        attempts=row["attempts"],
        tray=row["tray"],
        due=row["due"],
        revision=row["revision"],
    )


def plain_values(value: Attempt | Phone | Effect | StoredPolicy | ModelNote | Preference | StaffMember) -> Values:
    """Of a value whose fields are columns of their own, one by one."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def attempt(row: Row) -> Attempt:
    return Attempt(**_named(Attempt, row))


def phone(row: Row) -> Phone:
    return Phone(**_named(Phone, row))


def effect(row: Row) -> Effect:
    return Effect(**_named(Effect, row))


def policy(row: Row) -> StoredPolicy:
    return StoredPolicy(**_named(StoredPolicy, row))


def note(row: Row) -> ModelNote:
    return ModelNote(**_named(ModelNote, row))


def preference(row: Row) -> Preference:
    return Preference(**_named(Preference, row))


def staff(row: Row) -> StaffMember:
    return StaffMember(**_named(StaffMember, row))


def _named(kind: type[Any], row: Row) -> dict[str, Any]:
    return {field.name: row[field.name] for field in fields(kind)}


_DEVICE_TEXTS = (
    *("name", "token", "reference", "management_mode", "ownership", "state", "applied_state"),
    *("policy", "applied_policy", "serial", "imei", "model", "android"),
)


def device_values(device: Device) -> Values:
    texts: Values = {name: getattr(device, name) for name in _DEVICE_TEXTS}
    return {**texts, "enrolled": device.enrolled, "simulated": device.simulated}


def device(row: Row) -> Device:
    return Device(**{name: row[name] for name in _DEVICE_TEXTS}, enrolled=row["enrolled"], simulated=row["simulated"])


def evidence_values(evidence: Evidence) -> Values:
    return {
        "attempt": evidence.attempt,
        "kind": evidence.kind,
        "at": evidence.at,
        "actor": evidence.actor,
        "facts": to_json(evidence.facts, f"{evidence.kind} evidence of attempt {evidence.attempt}"),
    }


def evidence(row: Row) -> Evidence:
    return Evidence(
        row["kind"],
        row["at"],
        row["actor"],
        row["attempt"],
        cast("dict[str, str | int | float | bool | None]", from_json(row["facts"])),
    )


def recorded_values(event: Recorded) -> Values:
    return {
        "bench": event.bench,
        "seq": event.seq,
        "at": event.at,
        "actor": event.actor,
        "role": event.role,
        "kind": event.kind,
        "batch": event.batch,
        "enrollment": event.enrollment,
        "body": to_json(event.body, event.kind),
        "previous": event.previous,
        "hash": event.hash,
    }


def recorded(row: Row) -> Recorded:
    return Recorded(
        seq=row["seq"],
        at=row["at"],
        bench=row["bench"],
        actor=row["actor"],
        role=row["role"],
        kind=row["kind"],
        batch=row["batch"],
        enrollment=row["enrollment"],
        body=from_json(row["body"]),
        previous=row["previous"],
        hash=row["hash"],
    )
