"""Run the patched MiniStack in the foreground: ``python -m local.ministack --port 4566 --state .local``.

It accepts only calls with the access key ID of its environment variable AWS_ACCESS_KEY_ID.
"""

import argparse
import os
import sys
from pathlib import Path

from local.ministack import traces
from local.ministack.function_environment import CREDENTIAL_VARIABLES
from local.private import OWNER_ONLY

HOST = "127.0.0.1"
REGION = "eu-west-1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True, help="folder for code, scratch files and traces")
    arguments = parser.parse_args()
    if not all(os.environ.get(name) for name in CREDENTIAL_VARIABLES):
        parser.error(f"{' and '.join(CREDENTIAL_VARIABLES)} must be set: the emulator accepts these alone")
    os.umask(OWNER_ONLY)
    configure(arguments.port, arguments.state.resolve())
    sys.argv[1:] = []  # MiniStack would parse them
    serve()


def configure(port: int, state: Path) -> None:
    """Set what MiniStack reads at import. It must listen on the loopback interface and nowhere else."""
    scratch = state / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        AWS_ENDPOINT_URL=f"http://{HOST}:{port}",
        AWS_XRAY_DAEMON_ADDRESS=traces.collect(state / "traces.jsonl"),
        BIND_HOST=HOST,
        GATEWAY_PORT=str(port),
        IOT_MTLS_ENABLED="0",  # its port 8883 binds 0.0.0.0 whatever BIND_HOST says
        MINISTACK_HOST=HOST,
        MINISTACK_REGION=REGION,
        S3_DATA_DIR=str(scratch / "s3"),
        SFTP_ENABLED="0",
        STATE_DIR=str(scratch / "state"),
        TMPDIR=str(scratch),
    )


def serve() -> None:
    from local.ministack.patches import apply_all  # noqa: PLC0415 - MiniStack reads the environment at import
    from local.ministack.patching import ministack_module  # noqa: PLC0415

    apply_all()
    ministack_module("app").main()


if __name__ == "__main__":
    main()
