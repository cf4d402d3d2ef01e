"""How far a reader has to jump: our own frames between a handler and the socket, counted as a device is created."""

import sys
from pathlib import Path

import pytest
import urllib3

from functions import create_device

ROOT = Path(create_device.__file__).parents[1]
OWN = [str(ROOT / folder) for folder in ("functions", "workflows")]
FRAMES_AT_MOST = 11


@pytest.fixture
def stacks(monkeypatch):
    """Note our own frames, the handler's first, at each request to The Things Stack; urllib3 is what sends them."""
    noted = []
    urlopen = urllib3.HTTPConnectionPool.urlopen

    def noting(pool, method, url, **more):
        noted.append(own_frames(sys._getframe(1)))
        return urlopen(pool, method, url, **more)

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", noting)
    return noted


def own_frames(frame):
    frames = []
    while frame:
        if frame.f_code.co_filename.startswith(tuple(OWN)):
            frames.insert(0, f"{Path(frame.f_code.co_filename).relative_to(ROOT)}:{frame.f_code.co_name}")
        frame = frame.f_back
    return frames


def test_from_creating_a_device_to_the_socket_are_at_most_eleven_frames(pipeline, stacks):
    assert pipeline.run(pipeline.event("created")).status == "SUCCEEDED"

    assert len(stacks) == 4
    assert {frames[0] for frames in stacks} == {"functions/create_device.py:handler"}
    deepest = max(stacks, key=len)
    assert len(deepest) <= FRAMES_AT_MOST, "\n".join(deepest)
