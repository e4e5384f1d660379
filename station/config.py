"""The configuration file (TOML): what a bench is made of. Every value has a default except the bench's name and its enterprise."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PrivateAttr, Tag, ValidationError, field_validator, model_validator

from station.domain.errors import ConfigurationError
from station.domain.policy import Mode

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def read_secret(path: Path, key: str) -> str:
    """The secret in a file of its own, without the line's end. Raises ConfigurationError naming the key of the configuration."""
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is no path, or no UTF-8 text is in it"
        raise ConfigurationError(  # without the path: somebody may have put the secret itself there
            f"The file that {key} names cannot be read: {cause}.", "Check that it is the path of a file, and that file's owner."
        ) from None


class Section(BaseModel):
    """Unknown keys are refused, so that a misspelt one never silently keeps its default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Emm(Section):
    """The management service. `key`: a service account's key file, never the key itself. `endpoint` only for an emulator.

    `subscription`: `projects/P/subscriptions/S` of Pub/Sub, for this bench alone, where enrollments are told of; empty where none is.
    """

    kind: Literal["amapi"] = "amapi"
    enterprise: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    key: Path | None = None
    endpoint: str | None = None
    minting: bool = True
    calls_per_minute: int = Field(default=50, ge=1, le=600)
    timeout_seconds: float = Field(default=30.0, gt=0)
    subscription: str = Field(default="", pattern=r"^(projects/[^/:\s]+/subscriptions/[^/:\s]+)?$")


class PreparedEmm(Section):
    """Users' codes that some console exported, instead of a service. `confirm`: what tells of devices, the console's list, or also
    somebody's word (attestation) where the batch takes it. `vault_key`: the file of the key that the codes are kept with; without it,
    one is made in the state folder."""

    kind: Literal["prepared"]
    confirm: Literal["list", "attestation"] = "list"
    vault_key: Path | None = None

    @property
    def calls_per_minute(self) -> int:
        """Nobody outside is asked anything."""
        return 600


class TinyMdmEmm(Section):
    """TinyMDM. `public_key`, `secret_key`: files with one key each; `account`: its id, for a manager's pair of keys. For the rest see
    station.emm.tinymdm.service.Settings and docs/tinymdm.md; for `vault_key`, PreparedEmm."""

    kind: Literal["tinymdm"]
    public_key: Path
    secret_key: Path
    account: str = Field(default="", max_length=80)
    endpoint: str | None = None
    minting: bool = True
    requests_per_second: float = Field(default=5.0, gt=0, le=50)
    timeout_seconds: float = Field(default=30.0, gt=0)
    zone: str = "UTC"
    policies: dict[str, Annotated[str, Field(pattern=r"^[A-Za-z0-9._~=-]{1,128}$")]] = Field(default_factory=dict)
    enrollment_types: dict[str, Mode] = Field(default_factory=dict)
    group_codes: bool = False
    code_query: dict[str, str] = Field(default_factory=lambda: {"prefix_type": "SERIAL_NUMBER"})
    wpco_query: dict[str, str] = Field(default_factory=dict)
    vault_key: Path | None = None

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is no time zone's name such as Europe/Paris") from None
        return name

    @property
    def calls_per_minute(self) -> int:
        """What the rate comes to."""
        return max(1, int(60 * self.requests_per_second))


def _kind(section: Any) -> str:
    """What kind of management service a section of the configuration is about."""
    kind = section.get("kind", "amapi") if isinstance(section, dict) else getattr(section, "kind", "")
    return str(kind)[:40]


AnyEmm = Annotated[
    Annotated[Emm, Tag("amapi")] | Annotated[TinyMdmEmm, Tag("tinymdm")] | Annotated[PreparedEmm, Tag("prepared")],
    Discriminator(_kind, custom_error_type="kind", custom_error_message="kind must be amapi, tinymdm or prepared"),
]


class Hardware(Section):
    """Parts by URL: v4l2:/dev/video0, http://..., file:..., serial:/dev/..., sim:DIR; empty where there is none.

    `screen_mm`: long side of the attached screen's picture, of the code's half where terminal and code share one; `distance_mm`: from
    it to a phone's camera. Both only for advice; without `screen_mm` a monitor that says its size is believed.
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
    held_poll: float = Field(default=60.0, gt=0)
    ahead: int = Field(default=2, ge=1, le=5)


class Roles(Section):
    """Groups of the machine whose members may act as what. Root and the service's own account are admins.

    `shared`: accounts that many people use, at which they sign in once somebody of the staff has a PIN or a badge; `lock_after`:
    seconds after which who does nothing there must sign in again.
    """

    operator: tuple[str, ...] = ("sixtap-operator",)
    lead: tuple[str, ...] = ("sixtap-lead",)
    admin: tuple[str, ...] = ("sixtap-admin",)
    shared: tuple[str, ...] = ("sixtap-kiosk",)
    lock_after: float = Field(default=300.0, gt=0, le=86400)


class Terminal(Section):
    """The operator's screen. `folders`: where files for it are laid, such as lists of users; it must be able to read them."""

    folders: tuple[Path, ...] = Field(default=(), max_length=10)


class Mail(Section):
    """The mail server that invitations go through. `from`: `Name <mailbox@domain>` or a mailbox alone. `port`: the usual one of
    `security` if none is given. `ca_file`: certificates (PEM) to trust instead of the system's. `lifetime_hours`: of a mailed code."""

    host: str = Field(min_length=1, max_length=253)
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_file: Path | None = None
    sender: str = Field(alias="from", min_length=3)
    reply_to: str = ""
    ca_file: Path | None = None
    timeout_seconds: float = Field(default=30.0, gt=0, le=600)
    lifetime_hours: int = Field(default=168, ge=1, le=720)

    @model_validator(mode="after")
    def _login_is_whole_and_safe(self) -> Mail:
        if bool(self.user) != (self.password_file is not None):
            raise ValueError("user and password_file belong together")
        if self.user and self.security == "none" and self.host not in LOOPBACK:
            raise ValueError("with security none, the password would cross the network in clear")
        return self

    def password(self) -> str:
        """From its own file; empty without one. Raises ConfigurationError."""
        return read_secret(self.password_file, "mail.password_file") if self.password_file else ""


class Twin(Section):
    """Set by `sixtap demo`: the folder of the world's sockets, and the seed of what is random in the service."""

    folder: Path
    seed: int = 0


class Config(Section):
    """One bench."""

    bench: str = Field(default="bench-1", pattern=r"^[A-Za-z0-9_-]{1,40}$")
    state: Path = Path("/var/lib/sixtap")
    socket: Path = Path("/run/sixtap/sixtap.sock")
    emm: AnyEmm
    hardware: Hardware = Hardware()
    rack: Rack = Rack()
    times: Times = Times()
    roles: Roles = Roles()
    terminal: Terminal = Terminal()
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")
    extras: dict[str, str | int | bool] = Field(default_factory=dict, repr=False)
    wifi_password_file: Path | None = None
    secrets: dict[str, Path] = Field(default_factory=dict, repr=False)
    mail: Mail | None = None
    twin: Twin | None = None
    _file: Path | None = PrivateAttr(default=None)

    @property
    def file(self) -> Path | None:
        """Where it was read from; None when it came from no file."""
        return self._file

    def read_from(self, path: Path) -> Config:
        """The same, which remembers its file."""
        self._file = path
        return self

    def provisioning_extras(self) -> dict[str, object]:
        """The extras for every code, with the Wi-Fi password from its own file. Raises ConfigurationError."""
        extras: dict[str, object] = dict(self.extras)
        if self.wifi_password_file is not None:
            extras["WIFI_PASSWORD"] = read_secret(self.wifi_password_file, "wifi_password_file")
        return extras

    def secret(self, name: str) -> str | None:
        """What `secret:NAME` in a policy stands for; None when [secrets] has no such name. Raises ConfigurationError."""
        return read_secret(self.secrets[name], f"secrets.{name}") if name in self.secrets else None


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
        config = Config.model_validate(document)
    except ValidationError as error:
        wrong = "; ".join(f"{_place(one['loc'])}: {one['msg']}" for one in error.errors())
        raise ConfigurationError(f"The configuration {path} is not usable: {wrong}.", "Correct these keys.") from None
    return config.read_from(path)


def _place(loc: tuple[int | str, ...]) -> str:
    """The key as it is written: the kind of [emm] is no part of it."""
    return ".".join(str(part) for at, part in enumerate(loc) if at != 1 or loc[0] != "emm" or len(loc) < 3)
