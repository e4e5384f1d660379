"""The configuration file (TOML): what a bench is made of. Every value has a default except the bench's name and its enterprise."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from station.domain.errors import ConfigurationError


class Section(BaseModel):
    """Unknown keys are refused, so that a misspelt one never silently keeps its default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Emm(Section):
    """The management service. `key`: a service account's key file, never the key itself. `endpoint` only for an emulator."""

    kind: Literal["amapi"] = "amapi"
    enterprise: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    key: Path | None = None
    endpoint: str | None = None
    minting: bool = True
    calls_per_minute: int = Field(default=50, ge=1, le=600)
    timeout_seconds: float = Field(default=30.0, gt=0)


class Hardware(Section):
    """Parts by URL: v4l2:/dev/video0, http://..., file:..., serial:/dev/..., sim:DIR; empty where there is none.

    `screen_mm`: long side of the attached screen's picture; `distance_mm`: from it to a phone's camera. Both only for advice.
    """

    camera: str = ""
    scanner: str = ""
    display: Path = Path("/run/sixtap/display.sock")
    display_users: tuple[str, ...] = ()
    screen_mm: float | None = Field(default=None, gt=0, le=2000)
    distance_mm: float | None = Field(default=None, gt=0, le=2000)


class Rack(Section):
    """Numbered trays; 0 where phones stay on the stand until they are verified."""

    trays: int = Field(default=10, ge=0, le=500)


class Times(Section):
    """Seconds. See station.bench.desk.Timing for what each is."""

    scan: float = Field(default=120.0, gt=0)
    idle: float = Field(default=600.0, gt=0)
    overdue: float = Field(default=1800.0, gt=0)
    renew_below: float = Field(default=1800.0, ge=0)
    poll: float = Field(default=5.0, gt=0)
    first_poll: float = Field(default=30.0, ge=0)
    ahead: int = Field(default=2, ge=1, le=5)


class Roles(Section):
    """Groups of the machine whose members may act as what. Root and the service's own account are admins."""

    operator: tuple[str, ...] = ("sixtap-operator",)
    lead: tuple[str, ...] = ("sixtap-lead",)
    admin: tuple[str, ...] = ("sixtap-admin",)


class Twin(Section):
    """Set by `sixtap demo`: the folder of the world's sockets, and the seed of what is random in the service."""

    folder: Path
    seed: int = 0


class Config(Section):
    """One bench."""

    bench: str = Field(default="bench-1", pattern=r"^[A-Za-z0-9_-]{1,40}$")
    state: Path = Path("/var/lib/sixtap")
    socket: Path = Path("/run/sixtap/sixtap.sock")
    emm: Emm
    hardware: Hardware = Hardware()
    rack: Rack = Rack()
    times: Times = Times()
    roles: Roles = Roles()
    extras: dict[str, str | int | bool] = Field(default_factory=dict, repr=False)
    wifi_password_file: Path | None = None
    twin: Twin | None = None

    def provisioning_extras(self) -> dict[str, object]:
        """The extras for every code, with the Wi-Fi password from its own file. Raises ConfigurationError."""
        extras: dict[str, object] = dict(self.extras)
        if self.wifi_password_file is not None:
            try:
                extras["WIFI_PASSWORD"] = self.wifi_password_file.read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, ValueError) as error:
                cause = error.strerror if isinstance(error, OSError) else "it is no path, or no UTF-8 text is in it"
                raise ConfigurationError(  # without the path: somebody may have put the password itself there
                    f"The file that wifi_password_file names cannot be read: {cause}.",
                    "Check that it is the path of a file, and that file's owner.",
                ) from None
        return extras


def load_config(path: Path) -> Config:
    """Read and check a configuration file. Raises ConfigurationError naming each wrong key; values are not repeated."""
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"The configuration {path} cannot be read: {error.strerror}.", "Name another with --config."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The configuration {path} is no valid TOML: {error}.", "Correct that line.") from None
    try:
        return Config.model_validate(document)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors())
        raise ConfigurationError(f"The configuration {path} is not usable: {wrong}.", "Correct these keys.") from None
