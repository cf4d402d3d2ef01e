"""Waiting for what must happen, however slow the machine is."""

import time

# Nothing takes as long on a machine that does nothing else; whoever waits goes on as soon as it has happened.
PATIENCE_S = 180
GLANCE_S = 0.01


def eventually(look, holds=bool):
    """Look until what is seen holds, then return it; in the end return what there is, for the test to judge."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds(seen := look()) and time.monotonic() < deadline:
        time.sleep(GLANCE_S)
    return seen
