"""The emulator as a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request

import pytest

PROGRAM = "from station.emm.emulator import run; run(0, fleet=12, seed=4)"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_announces_its_address_serves_and_ends_on_a_signal(ending: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:")
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"{url}/v1/enterprises/LC00sixtap/devices", timeout=10) as response:
                assert len(json.load(response)["devices"]) == 10
            process.send_signal(ending)
            _, errors = process.communicate(timeout=10)
            assert (process.returncode, errors) == (0, "")
        finally:
            process.kill()


def test_a_subscription_that_it_was_given_is_there_from_the_start() -> None:
    name = "projects/p/subscriptions/bench-1"
    program = f"from station.emm.emulator import run; run(0, subscription={name!r})"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"{url}/v1/{name}", timeout=10) as response:
                assert json.load(response)["topic"] == "projects/p/topics/bench-1"
            with opener.open(f"{url}/v1/enterprises/LC00sixtap", timeout=10) as response:
                assert json.load(response)["pubsubTopic"] == "projects/p/topics/bench-1"
        finally:
            process.kill()
