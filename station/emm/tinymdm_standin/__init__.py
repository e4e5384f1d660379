"""A stand-in for TinyMDM's API and console: stateful, on a real loopback HTTP server, shipped with the product.

What is publicly known of the real service is imitated, oddities included; what is not known is invented, and all of that stands in
`invented.py`. No route wipes, locks or changes a device.
"""

from .console import Console
from .people import Quirks
from .serving import run, serve
from .state import Keys, StandIn

__all__ = ["Console", "Keys", "Quirks", "StandIn", "run", "serve"]
