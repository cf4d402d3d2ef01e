"""Lets each client of AWS that the instance has rehearse its calls."""

from contextlib import suppress

from workflows.adapters import aws
from workflows.adapters.rehearsal import rehearse


def rehearsed_clients() -> None:
    """Go before nothing: it takes the clients that the parts before it have made."""
    for client in aws.made_clients():
        with suppress(Exception):
            rehearse(client)
