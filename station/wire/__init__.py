"""All that a client can say to the service, or hear from it: commands, queries' answers, the snapshot, events.

Transport (station.server, station.client): a Unix socket that speaks HTTP. `POST /v1/commands` takes one Command and answers Done or
Problem; `GET /v1/...` answers queries, paged by `after` and `limit`, and `GET /v1/picture` with a PNG; `GET /v1/events` is a WebSocket
that sends one Snapshot, then Recorded and Status messages as they happen. Sentences are the client's: the wire carries ids and
arguments.
"""

from station.wire.answers import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.camera import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.codes import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.commands import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.lookup import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.messages import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.orders import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.people import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.policies import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.prepared import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.reports import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.scans import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.settings import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.staff import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.status import *  # noqa: F403  the vocabulary is the sum of its parts
from station.wire.userfiles import *  # noqa: F403  the vocabulary is the sum of its parts
