"""AWS in process by moto, behind the clients that the functions use."""

import pytest
from moto import mock_aws


@pytest.fixture
def account(monkeypatch):
    """Credentials that open nothing, and a region."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.fixture
def cloud(account):
    with mock_aws():
        yield
