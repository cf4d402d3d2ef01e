"""botocore's service models, read once: each account in moto makes new sessions, and each would read them again."""

import functools

import pytest
from botocore import session
from botocore.loaders import create_loader


@pytest.fixture(scope="session", autouse=True)
def models_read_once():
    """Let sessions share what they read from files, as the clients of one session do. moto has a loader of its own.

    boto3 adds its folder to the loader's search paths for each session. That does no harm.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "create_loader", functools.cache(create_loader))
        yield
