"""Answers to CloudFormation: one PUT to the address that came with a custom resource's request."""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Self

import orjson
import urllib3

from workflows.adapters.things_stack.trust import public_context
from workflows.values import value

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

# ConfigureFunction's timeout must hold both.
CONNECT_TIMEOUT_S = 1.0
READ_TIMEOUT_S = 4.0
ANSWER_TIMEOUT_S = CONNECT_TIMEOUT_S + READ_TIMEOUT_S

_TIMEOUT = urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S)


class StackAnswerLostError(Exception):
    """CloudFormation did not get the answer. The text leaves out the address: anyone who has it may answer."""


class ForeignAnswerAddressError(Exception):
    """The answer would go to an address that is not CloudFormation's. The text names its host alone."""


@value
class AnswerAddress:
    """A presigned URL of CloudFormation's own bucket: no answer goes anywhere else."""

    url: str = field(repr=False)

    @classmethod
    def parse(cls, url: str, client: "CloudFormationClient") -> Self:
        """Accept ``url`` if it leads to where ``client``'s CloudFormation takes answers.

        That is a bucket of its own in S3, by any of S3's names in the region; where the client's endpoint is no
        regional one of AWS (an emulator, by the variable AWS_ENDPOINT_URL), it is the endpoint itself.

        Raises:
            ForeignAnswerAddressError: it leads elsewhere.
        Source:
            The bucket's name: AWS CloudFormation user guide, "Considerations for CloudFormation VPC endpoints".
        """
        region, endpoint = client.meta.region_name, client.meta.endpoint_url
        _, of_aws, url_suffix = endpoint.partition(f"https://cloudformation.{region}.")
        home = _bucket_in(region, url_suffix) if of_aws else re.escape(endpoint)
        if re.match(f"{home}/", url) is None:
            host = re.sub("[/?#].*", "", url.partition("://")[2], flags=re.DOTALL)
            raise ForeignAnswerAddressError(
                f"The ResponseURL is at {host!r}, not in CloudFormation's own bucket for {region}, so nothing was done."
            )
        return cls(url)


def _bucket_in(region: str, url_suffix: str) -> str:
    """Return the pattern of every https origin of the bucket: by S3's global, regional, FIPS and dual-stack names."""
    bucket = f"cloudformation-custom-resource-response-{region.replace('-', '')}"
    s3 = rf"s3(?:-fips)?(?:\.dualstack)?(?:[.-]{re.escape(region)})?"
    return rf"https://{bucket}\.{s3}\.{re.escape(url_suffix)}"


def put_answer(address: AnswerAddress, answer: Mapping[str, str]) -> None:
    """Send ``answer``.

    Raises:
        StackAnswerLostError: no connection, or CloudFormation takes no answer to this request any more.
    """
    pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=False, ssl_context=public_context())
    # The signature covers an empty content type.
    try:
        answered = pool.request("PUT", address.url, body=orjson.dumps(answer), headers={"content-type": ""})
    except urllib3.exceptions.HTTPError as error:
        raise StackAnswerLostError(f"CloudFormation did not get the answer ({type(error).__name__}).") from None
    if answered.status >= 400:
        raise StackAnswerLostError(
            f"CloudFormation refused the answer (HTTP {answered.status}): it is late or a second."
        )
