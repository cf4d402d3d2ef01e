"""Where CloudFormation takes the answers of a custom resource, and nowhere else."""

import socket

import boto3
import pytest

from workflows.adapters.stack_answers import AnswerAddress, ForeignAnswerAddressError, StackAnswerLostError, put_answer

BUCKET = "cloudformation-custom-resource-response-"
OBJECT = (
    "/arn%3Aaws%3Acloudformation%3Aeu-west-1%3A123456789012%3Astack/thingsync/1%7CConfigure%7Cr-1?X-Amz-Signature=5f"
)
EMULATOR = "http://127.0.0.1:4566"


def client(region="eu-west-1", endpoint_url=None):
    return boto3.client(
        "cloudformation",
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id="-",
        aws_secret_access_key="-",
    )


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("region", "host"),
    [
        pytest.param("eu-west-1", f"{BUCKET}euwest1.s3-eu-west-1.amazonaws.com", id="regional, older name"),
        pytest.param("us-east-1", f"{BUCKET}useast1.s3.us-east-1.amazonaws.com", id="regional"),
        pytest.param("us-east-1", f"{BUCKET}useast1.s3.amazonaws.com", id="global"),
        pytest.param("eu-west-1", f"{BUCKET}euwest1.s3.dualstack.eu-west-1.amazonaws.com", id="dual-stack"),
        pytest.param("us-gov-west-1", f"{BUCKET}usgovwest1.s3-fips.us-gov-west-1.amazonaws.com", id="fips"),
        pytest.param("us-gov-west-1", f"{BUCKET}usgovwest1.s3-fips-us-gov-west-1.amazonaws.com", id="fips, older name"),
        pytest.param("cn-north-1", f"{BUCKET}cnnorth1.s3.cn-north-1.amazonaws.com.cn", id="China"),
        pytest.param("eusc-de-east-1", f"{BUCKET}euscdeeast1.s3.eusc-de-east-1.amazonaws.eu", id="sovereign cloud"),
        pytest.param("ap-southeast-7", f"{BUCKET}apsoutheast7.s3.ap-southeast-7.amazonaws.com", id="a newer region"),
    ],
)
def test_cloudformations_bucket_in_the_region_is_answered_by_any_of_s3s_names(region, host):
    url = f"https://{host}{OBJECT}"

    assert AnswerAddress.parse(url, client(region)).url == url


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://attacker.example.com/", id="another host"),
        pytest.param(f"http://{BUCKET}euwest1.s3.amazonaws.com/x", id="plain http"),
        pytest.param(f"https://{BUCKET}euwest1.s3.amazonaws.com:8443/x", id="another port"),
        pytest.param(f"https://{BUCKET}useast1.s3.amazonaws.com/x", id="another region's bucket"),
        pytest.param(f"https://{BUCKET}eu-west-1.s3.amazonaws.com/x", id="a bucket that anybody may own"),
        pytest.param(f"https://{BUCKET}euwest1-mine.s3.amazonaws.com/x", id="a bucket that begins like it"),
        pytest.param("https://mine.s3.amazonaws.com/x", id="a bucket of S3"),
        pytest.param(f"https://s3.amazonaws.com/mine/{BUCKET}euwest1.s3.amazonaws.com/x", id="the name in the path"),
        pytest.param(f"https://{BUCKET}euwest1.s3.amazonaws.com.example.com/x", id="the name in front of a domain"),
        pytest.param(f"https://{BUCKET}euwest1.s3.amazonaws.com@example.com/x", id="the name as a user"),
        pytest.param(f"https://me@{BUCKET}euwest1.s3.amazonaws.com/x", id="a user"),
        pytest.param(f"https://{BUCKET}euwest1.s3xamazonaws.com/x", id="a dot that is none"),
        pytest.param(f"https://{BUCKET}euwest1.s3.us-east-1.amazonaws.com/x", id="another region's S3"),
        pytest.param(f"https://{BUCKET}euwest1.s3.amazonaws.com.cn/x", id="another partition's S3"),
        pytest.param(f"https://{BUCKET}euwest1.s3.amazonaws.com", id="no object"),
        pytest.param(f" https://{BUCKET}euwest1.s3.amazonaws.com/x", id="white space in front"),
        pytest.param(f"https:\\\\{BUCKET}euwest1.s3.amazonaws.com/x", id="slashes that lean back"),
        pytest.param(f"{EMULATOR}/_ministack/cfn-response/1", id="the emulator's, on AWS"),
        pytest.param("http://169.254.169.254/latest/api/token", id="the metadata service"),
        pytest.param("file:///tmp/x", id="a file"),
        pytest.param("", id="nothing"),
    ],
)
def test_any_other_address_is_foreign(url):
    with pytest.raises(ForeignAnswerAddressError, match="not in CloudFormation's own bucket for eu-west-1, so nothing"):
        AnswerAddress.parse(url, client())


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"https://{BUCKET}euwest1.s3.amazonaws.com/x", id="S3 itself"),
        pytest.param("http://127.0.0.1:45667/x", id="a port that begins like its own"),
        pytest.param("http://127x0.0.1:4566/x", id="a dot that is none"),
        pytest.param(f"{EMULATOR}@127.0.0.1:9999/x", id="its address as a user"),
        pytest.param("https://127.0.0.1:4566/x", id="another scheme"),
    ],
)
def test_where_an_emulator_is_aws_the_answer_goes_there_alone(url):
    emulated = client(endpoint_url=EMULATOR)

    assert AnswerAddress.parse(f"{EMULATOR}/_ministack/cfn-response/1", emulated)
    with pytest.raises(ForeignAnswerAddressError, match="not in CloudFormation's own bucket"):
        AnswerAddress.parse(url, emulated)


def test_of_a_foreign_address_the_host_alone_is_shown():
    with pytest.raises(ForeignAnswerAddressError, match=r"is at 's3\.example\.com', not") as raised:
        AnswerAddress.parse("https://s3.example.com/x?X-Amz-Signature=5f1d0c", client())

    assert "5f1d0c" not in str(raised.value)


def test_the_address_is_in_no_text_since_everybody_who_has_it_may_answer():
    address = AnswerAddress.parse(f"{EMULATOR}/x?X-Amz-Signature=5f1d0c", client(endpoint_url=EMULATOR))

    assert "5f1d0c" not in repr(address)


def test_no_connection_is_an_error_that_does_not_show_the_address():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"
    address = AnswerAddress.parse(f"{nobody}/x?X-Amz-Signature=5f1d0c", client(endpoint_url=nobody))

    with pytest.raises(StackAnswerLostError, match="did not get the answer") as raised:
        put_answer(address, {"Status": "SUCCESS"})

    assert "5f1d0c" not in str(raised.value)
    assert raised.value.__cause__ is None
