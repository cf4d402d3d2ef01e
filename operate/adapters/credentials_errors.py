"""What AWS, or the lack of its settings, says about credentials ► what happened and the command that helps."""

import shlex
from difflib import get_close_matches

from botocore import exceptions as aws

from operate.adapters.aws import Clients
from operate.errors import NoCredentialsError

CREDENTIAL_ERRORS = (
    aws.LoginError,
    aws.NoCredentialsError,
    aws.NoRegionError,
    aws.PartialCredentialsError,
    aws.ProfileNotFound,
    aws.SSOError,
    aws.TokenRetrievalError,
)
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
UNKNOWN_KEY = {"InvalidClientTokenId", "UnrecognizedClientException"}
WRONG_SIGNATURE = {"InvalidSignatureException", "SignatureDoesNotMatch"}

_IN_ENVIRONMENT = "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"
_EXPIRED = "Your AWS session has expired."
_NOT_LOGGED_IN = "You are not logged in to AWS."
# The first that fits: what happened, and the command of the AWS CLI that helps.
_LOGINS: tuple[tuple[type[Exception], str, str], ...] = (
    (aws.SSOTokenLoadError, _NOT_LOGGED_IN, "aws sso login"),
    (aws.SSOError, _EXPIRED, "aws sso login"),
    (aws.TokenRetrievalError, _EXPIRED, "aws sso login"),
    (aws.LoginTokenLoadError, _NOT_LOGGED_IN, "aws login"),
    (aws.LoginError, _EXPIRED, "aws login"),
)


def explained_setting(error: Exception, clients: Clients) -> NoCredentialsError:
    """Return what one of ``CREDENTIAL_ERRORS`` means."""
    for kind, happened, login in _LOGINS:
        if isinstance(error, kind):
            return NoCredentialsError(f"{happened} Run: {login}{_option(clients)}")
    match error:
        case aws.ProfileNotFound():
            return NoCredentialsError(_no_profile(clients))
        case aws.NoRegionError():
            return NoCredentialsError(_no_region(clients))
        case aws.PartialCredentialsError():
            return NoCredentialsError(f"{str(error).rstrip('.')}. Set it, or name a profile: thingsync --profile NAME")
    return NoCredentialsError(_no_credentials(clients))


def explained_refusal(code: str, clients: Clients) -> NoCredentialsError | None:
    """Return what the error code of a call means, if it is about the credentials."""
    check = f"Check which credentials are used: aws configure list{_option(clients)}"
    if code in EXPIRED:
        return NoCredentialsError(_expired(clients))
    if code in UNKNOWN_KEY:
        return NoCredentialsError(
            f"AWS does not know the access key ({code}): it was deleted or switched off, or belongs to another kind of "
            f"region. {check}"
        )
    if code in WRONG_SIGNATURE:
        return NoCredentialsError(
            f"The secret access key is not that of the access key ({code}), or this machine's clock is wrong. {check}"
        )
    return None


def unknown_region(clients: Clients) -> str:
    """Return that the region does not exist and what is meant, if so; else nothing."""
    region, known = clients.session.region_name, clients.region_names()
    if not region or region in known:
        return ""
    similar = get_close_matches(region, known, n=1, cutoff=0)
    return f"There may be no AWS region {region}. Did you mean {similar[0]}? Give it by --region."


def _option(clients: Clients) -> str:
    return f" --profile {shlex.quote(clients.profile)}" if clients.profile else ""


def _no_profile(clients: Clients) -> str:
    known = ", ".join(clients.profile_names())
    there_are = f"There are: {known}." if known else "There are none yet."
    return f"There is no AWS profile {clients.profile}. {there_are} To make one: aws configure sso{_option(clients)}"


def _no_region(clients: Clients) -> str:
    return (
        "No AWS region is set. Give --region, for example --region eu-west-1, or set one for good: "
        f"aws configure set region eu-west-1{_option(clients)}"
    )


def _no_credentials(clients: Clients) -> str:
    if clients.profile:
        return f"The AWS profile {clients.profile} has no credentials. Run: aws configure sso{_option(clients)}"
    return (
        "There are no AWS credentials. Name a profile (thingsync --profile NAME, or AWS_PROFILE), make one "
        "(aws configure sso), or give --local for the local cloud."
    )


def _expired(clients: Clients) -> str:
    match clients.credentials_method():
        case "env" | "explicit":
            return (
                f"{_EXPIRED} Its credentials are in the environment. Set new ones, or use a profile: "
                f"unset {_IN_ENVIRONMENT}, then give --profile NAME"
            )
        case "shared-credentials-file":
            name = clients.profile or "default"
            return f"{_EXPIRED} Its credentials are in ~/.aws/credentials, profile {name}: write new ones there."
        case "login":
            return f"{_EXPIRED} Run: aws login{_option(clients)}"
    return f"{_EXPIRED} Run: aws sso login{_option(clients)}"
