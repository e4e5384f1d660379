"""Google's Android Management API as a management service: enrollment tokens, device records, policies."""

from station.emm.amapi.credentials import load_credentials
from station.emm.amapi.hearing import Subscription
from station.emm.amapi.service import AndroidManagementService

__all__ = ["AndroidManagementService", "Subscription", "load_credentials"]
