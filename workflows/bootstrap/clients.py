"""Lets each client of AWS that the instance has rehearse its calls."""

from contextlib import suppress

from workflows.adapters import aws
from workflows.adapters.rehearsal import rehearse


def rehearsed_clients() -> None:
    """Come after the parts that make clients: those that there are by now rehearse."""
    for client in aws.made_clients():
        with suppress(Exception):
            rehearse(client)
