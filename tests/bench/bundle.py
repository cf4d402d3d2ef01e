"""The functions' bundle as it is deployed, with the libraries and the bytecode of this machine."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def deployed() -> Iterator[str]:
    """Build it; it is there until the block ends."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    with tempfile.TemporaryDirectory() as folder:
        words = ["make", "--no-print-directory", "build-bundle", f"ARTIFACTS_DIR={folder}", "THINGSYNC_BUILD=local"]
        subprocess.run(words, cwd=ROOT, env=own, check=True, stdout=sys.stderr)
        yield folder
