"""What botocore and moto find out again and again, found out once.

Each account in moto makes new sessions, and each would read botocore's service models again. For each call moto looks
for the methods of the class that answers it.
"""

import functools

import pytest
from botocore import session
from botocore.loaders import create_loader
from moto.core import responses, utils


@pytest.fixture(scope="session", autouse=True)
def models_read_once():
    """Let sessions share what they read from files, as the clients of one session do. moto has a loader of its own.

    boto3 adds its folder to the loader's search paths for each session. That does no harm.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "create_loader", functools.cache(create_loader))
        patch.setattr(responses, "method_names_from_class", functools.cache(utils.method_names_from_class))
        yield
