"""The management service's own voice, where the configuration names a subscription."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from station.config import Config
from station.emm.amapi import Subscription, load_credentials


@asynccontextmanager
async def open_hearing(config: Config) -> AsyncIterator[Subscription | None]:
    """The subscription of `emm.subscription`, with a token for Pub/Sub alone, hung up at the end of the block; None where there is
    none. Raises ConfigurationError."""
    emm = config.emm
    if emm.kind != "amapi" or not emm.subscription:
        yield None
        return
    subscription = Subscription(
        emm.subscription,
        emm.enterprise,
        endpoint=emm.endpoint,
        credentials=load_credentials(emm.key, endpoint=emm.endpoint, hearing=True),
        random=random.Random(f"{config.twin.seed}:hearing" if config.twin else None),
        simulated=emm.endpoint is not None,
    )
    try:
        yield subscription
    finally:
        await subscription.close()
