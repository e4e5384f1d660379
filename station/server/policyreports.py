"""Judgements of policies as the wire has them: what the service answers, and what the command line says of a file without one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from station import wire
from station.domain.policy import Mode
from station.policies.catalogue import Option
from station.policies.fitting import used
from station.policies.validation import check


def report(name: str, version: int | None, document: dict[str, Any], mode: Mode, android: int | None) -> wire.PolicyReport:
    """What a mode, and one Android version if that is given, makes of a document."""
    findings = tuple(wire.Finding(**asdict(one)) for one in check(document, mode, android))
    return wire.PolicyReport(name=name, version=version, mode=mode, android=android, options=len(used(document)), findings=findings)


def row(option: Option) -> wire.MatrixRow:
    """An option of the catalogue."""
    reasons = {
        str(mode): wire.Reason(id=reason.id, args={"instead": reason.instead} if reason.instead else {})
        for mode, reason in option.reasons.items()
    }
    return wire.MatrixRow(
        field=option.field,
        type=option.type,
        support={str(mode): support for mode, support in option.support.items()},
        minimum_android={str(mode): least for mode, least in option.minimum_android.items()},
        stated=option.stated,
        reasons=reasons,
    )
