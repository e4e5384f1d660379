"""The management service that the configuration names, and where it keeps prepared codes."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from station.assembly.tinymdm import open_tinymdm
from station.config import Config, Emm, PreparedEmm, TinyMdmEmm
from station.emm.amapi.credentials import load_credentials
from station.emm.amapi.service import AndroidManagementService
from station.emm.prepared import PreparedService
from station.ports import Clock, CodeVault, DeviceBook, Ledger, ManagementService, Roster
from station.store.shelf import FileShelf
from station.store.vault import FolderVault, open_vault


class CountingService(ManagementService, Protocol):
    """A management service that counts its calls by method."""

    @property
    def calls(self) -> Counter[str]: ...


@dataclass(frozen=True, slots=True)
class Managed:
    """`vault`: where users' prepared codes are kept, for services that make none; `book`: who takes devices from people, where no
    service tells of them; `roster`: the service's own users, where it has such."""

    service: CountingService
    vault: CodeVault | None = None
    book: DeviceBook | None = None
    roster: Roster | None = None


def open_management(config: Config, clock: Clock, ledger: Ledger) -> Managed:
    """The service of `[emm]`. Raises ConfigurationError."""
    match config.emm:
        case Emm() as emm:
            return Managed(_android(config, emm))
        case PreparedEmm() as emm:
            vault, shelf = _vault(config, emm.vault_key), FileShelf(config.state / "devices.json")
            takes_word = emm.confirm == "attestation"
            service = PreparedService(vault, shelf, clock, takes_word=takes_word, simulated=config.twin is not None)
            return Managed(service, vault, service)
        case TinyMdmEmm() as emm:
            vault = _vault(config, emm.vault_key)
            tinymdm = open_tinymdm(config, emm, vault, ledger)
            return Managed(tinymdm, vault, roster=tinymdm)


def _android(config: Config, emm: Emm) -> AndroidManagementService:
    return AndroidManagementService(
        emm.enterprise,
        endpoint=emm.endpoint,
        credentials=load_credentials(emm.key, endpoint=emm.endpoint),
        calls_per_minute=emm.calls_per_minute,
        timeout_seconds=emm.timeout_seconds,
        random=random.Random(config.twin.seed if config.twin else None),
        simulated=emm.endpoint is not None,
        minting=emm.minting,
    )


def _vault(config: Config, key: Path | None) -> FolderVault:
    """A key that the configuration names must be there; its own is made when it is missing."""
    return open_vault(config.state / "codes", key or config.state / "vault.key", make_key=key is None)
