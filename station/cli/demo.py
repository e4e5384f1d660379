"""`sixtap demo`: the whole product on the digital twin."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from station.cli.printing import FAILED, WRONG_USE, complain, end
from station.cli.userimport import read_file, refuse_bad
from station.domain.roster import Row

MOST = 2000


def demo(
    users: Annotated[Path | None, typer.Option(help="A user file (CSV); a sample ships.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="No screen: one line for each unit, and a summary.")] = False,
    devices: Annotated[int | None, typer.Option(min=1, max=MOST, help="How many users; more than the file has are made up.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same run.")] = 7,
    faults: Annotated[str, typer.Option(help="What goes wrong: none, all, or names joined by commas.")] = "none",
    rack: Annotated[int, typer.Option(min=0, max=500, help="Trays; 0: each phone stays on the stand until it is verified.")] = 10,
    handling: Annotated[float, typer.Option(min=0, help="Seconds of handwork for each phone.")] = 20.0,
    setup: Annotated[float, typer.Option(min=5, help="Seconds that a phone sets itself up.")] = 150.0,
    witness: Annotated[str, typer.Option(help="pixels: the camera looks at pictures. sim: it is told.")] = "pixels",
    label: Annotated[bool, typer.Option("--label", help="Demand each box's label before its code is shown.")] = False,
    fleet: Annotated[int, typer.Option(min=0, help="Devices that the service has already.")] = 0,
    emm: Annotated[str, typer.Option(help="The management service: amapi (Google's), or tinymdm with exported codes.")] = "amapi",
    pubsub: Annotated[bool, typer.Option("--pubsub", help="The service hears of devices by Pub/Sub (amapi).")] = False,
    generic: Annotated[bool, typer.Option("--generic", help="One generic code for all phones, and no users (amapi).")] = False,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="You start the batch and decide; the twin's hands do what the screen says.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Write what came of it as JSON.")] = None,
    pace: Annotated[float, typer.Option(min=0, help="Seconds of the twin for each second of yours; 0: as fast as it goes.")] = 0.0,
    folder: Annotated[Path | None, typer.Option(help="Keep the service's files here.", hidden=True)] = None,
    stay: Annotated[bool, typer.Option("--stay", help="Keep running when all is done.", hidden=True)] = False,
) -> None:
    """Run world, service and terminal over a user file, with simulated phones on real pixels."""
    from station.assembly.demonstration import Demonstration, all_faults
    from station.assembly.twin import TwinOptions

    if witness not in {"pixels", "sim"}:
        complain("--witness must be pixels or sim.")
        end(WRONG_USE)
    if emm not in {"amapi", "tinymdm"} or ((pubsub or generic) and emm != "amapi"):
        complain("--emm must be amapi or tinymdm; --pubsub and --generic go with amapi only.")
        end(WRONG_USE)
    rows = _rows(users, devices)
    known = all_faults(emm)
    wrong = known if faults == "all" else tuple(name for name in faults.split(",") if name and name != "none")
    unknown = [name for name in wrong if name not in known]
    if unknown:
        complain(f"The twin knows no fault named {unknown[0]!r}. It knows: {', '.join(known)}.")
        end(WRONG_USE)
    options = TwinOptions(
        seed=seed,
        pixels=witness == "pixels",
        trays=rack,
        handling=handling,
        setup=setup,
        faults=wrong,
        label=label or "swapped_box" in wrong,
        fleet=fleet,
        emm="tinymdm" if emm == "tinymdm" else "amapi",
        hearing=pubsub,
        generic=generic,
        by_hand=by_hand,
        rows=rows,
    )
    quiet = headless or not sys.stdout.isatty()
    with tempfile.TemporaryDirectory(prefix="sixtap-") as made:
        run = Demonstration(folder or Path(made), options, report=report, pace=pace or None, stay=stay)
        good = run.headless() if quiet else run.on_terminal()
    if not good:
        end(FAILED)


def _rows(users: Path | None, devices: int | None) -> tuple[Row, ...]:
    from station.assembly.demonstration import sample_users

    path = users or sample_users()
    with read_file(path) as checked:
        refuse_bad(path, checked)
        rows = list(checked.rows())
    if devices is not None:
        more = [Row(number, f"User {number:02d}", f"more{number}@example.com") for number in range(len(rows) + 1, devices + 1)]
        rows = [*rows, *more][:devices]
    if not rows:
        complain(f"{path} holds no users.")
        end(WRONG_USE)
    return tuple(rows)
