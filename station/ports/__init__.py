"""What the station needs from the world outside its rules: small Protocols, read-only properties, Literals.

Ports raise errors of `station.domain.errors`; implementations translate theirs. Times are seconds since the epoch (float).
"""

from station.ports.accounts import *  # noqa: F403  the ports are the sum of their parts
from station.ports.acting import *  # noqa: F403  the ports are the sum of their parts
from station.ports.codes import *  # noqa: F403  the ports are the sum of their parts
from station.ports.hardware import *  # noqa: F403  the ports are the sum of their parts
from station.ports.ledger import *  # noqa: F403  the ports are the sum of their parts
from station.ports.lookup import *  # noqa: F403  the ports are the sum of their parts
from station.ports.mail import *  # noqa: F403  the ports are the sum of their parts
from station.ports.policies import *  # noqa: F403  the ports are the sum of their parts
from station.ports.service import *  # noqa: F403  the ports are the sum of their parts
from station.ports.settings import *  # noqa: F403  the ports are the sum of their parts
from station.ports.staffing import *  # noqa: F403  the ports are the sum of their parts
