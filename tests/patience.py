"""Waiting for what must happen, however slow the machine is."""

from functools import partial

from local import waiting

# Nothing takes as long on a machine that does nothing else; a wait ends as soon as the thing has happened.
PATIENCE_S = 180

# In the end it returns what there is, for the test to judge.
eventually = partial(waiting.eventually, timeout_s=PATIENCE_S, every_s=0.01)
