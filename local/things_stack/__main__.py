"""A simulator of The Things Stack's HTTP API: ``python -m local.things_stack --help``.

Serves ``/api/v3`` and ``/_control`` on 127.0.0.1 until SIGTERM or SIGINT; SIGKILL loses nothing either.
"""

import argparse
import os
import ssl
from pathlib import Path

from aiohttp import web

from local.private import OWNER_ONLY
from local.things_stack.access import Keys, is_well_formed
from local.things_stack.call import Deployment
from local.things_stack.claims import Claims
from local.things_stack.database import connect
from local.things_stack.devices import DeviceRecords
from local.things_stack.faults import Faults
from local.things_stack.repositories import Repositories
from local.things_stack.sessions import Sessions
from local.things_stack.web_application import web_application
from local.things_stack.webhooks import Webhooks

_SEED = Path(__file__).with_name("claimable.json")
_RECORDED_MODELS = Path(__file__).with_name("device-repository.json")


def _api_key(text: str) -> str:
    if not is_well_formed(text):
        raise argparse.ArgumentTypeError("an API key has the form NNSXS.<id>.<secret>")
    return text


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.things_stack", description=__doc__)
    parser.add_argument("--port", type=int, default=1885)
    parser.add_argument("--database", type=Path, required=True, help="SQLite file, made if it is not there")
    parser.add_argument("--application", required=True, help="ID of the application that there is")
    parser.add_argument(
        "--api-key",
        type=_api_key,
        default=os.environ.get("TTS_API_KEY"),
        help="a key with all rights on it; by default the one in TTS_API_KEY, which no list of processes shows",
    )
    parser.add_argument("--seed", type=Path, default=_SEED, help="JSON list of claimable devices")
    parser.add_argument(
        "--models", type=Path, action="append", default=[], help="JSON with further brands for the Device Repository"
    )
    parser.add_argument("--server-address", default="127.0.0.1", help="host set for the application's servers")
    parser.add_argument("--certificate", type=Path, help="PEM with a key and its certificates: serve https with them")
    arguments = parser.parse_args()
    if not arguments.api_key:
        parser.error("give an API key: TTS_API_KEY, or --api-key")
    return arguments


def _deployment(arguments: argparse.Namespace) -> Deployment:
    connection = connect(arguments.database)
    deployment = Deployment(
        application_id=arguments.application,
        server_address=arguments.server_address,
        keys=Keys(connection),
        devices=DeviceRecords(connection),
        claims=Claims(connection, arguments.seed),
        faults=Faults(connection),
        webhooks=Webhooks(connection),
        sessions=Sessions(connection),
        repositories=Repositories(connection, [_RECORDED_MODELS, *arguments.models]),
    )
    deployment.keys.put(arguments.api_key, arguments.application)
    deployment.claims.plant()
    return deployment


def _tls(certificate: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def main() -> None:
    arguments = _arguments()
    os.umask(OWNER_ONLY)  # the database holds keys
    application = web_application(_deployment(arguments))
    web.run_app(
        application,
        host="127.0.0.1",
        port=arguments.port,
        ssl_context=_tls(arguments.certificate),
        print=None,
        access_log=None,
        shutdown_timeout=1.0,  # calls under a long `delay` do not hold up the end
    )


if __name__ == "__main__":
    main()
