"""The journal in moto's DynamoDB, in this process; each test has a table of its own."""

import boto3
import pytest
from moto import mock_aws

from tests.journal_table import TableStorage, WholeJournal, create_table


@pytest.fixture(scope="module")
def client():
    with mock_aws():
        yield boto3.client("dynamodb", region_name="eu-west-1", aws_access_key_id="any", aws_secret_access_key="any")


@pytest.fixture
def table_name(client):
    return create_table(client)


@pytest.fixture
def journal(client, table_name):
    return WholeJournal(client, table_name)


@pytest.fixture
def storage(client, table_name):
    return TableStorage(client, table_name)
