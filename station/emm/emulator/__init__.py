"""A stand-in for Google's Android Management API: stateful, on a real loopback HTTP server, shipped with the product.

It answers the methods that enroll and watch devices, validates every request against the discovery document that the
installed google-api-python-client carries, and fails in Google's shapes. No route wipes, deletes or changes a device.
"""

from .app import build_app
from .faults import Rule
from .serving import run, serve
from .state import Emulator

__all__ = ["Emulator", "Rule", "build_app", "run", "serve"]
