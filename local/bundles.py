"""From the sources to what CloudFormation takes: a bundle made by the Makefile's rule, uploaded once per content.

The template's functions are built by ``make build-<LogicalId>``, the rule that ``sam build`` calls, and their places
in the template are rewritten as ``sam package`` does. That rule is one for all of them, so it is called once, and all
have one archive. (SAM itself builds and zips the same files once for each function.)
"""

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from local.emulator import aws_client
from local.places import BUILD, REGION, ROOT, TEMPLATE
from local.templates import parsed

BUCKET = "thingsync-artifacts"
BUNDLE = BUILD / "bundle"
SOURCES = (
    "template.yaml",
    "statemachine.asl.json",
    "Makefile",
    "requirements/functions.txt",
    "functions/**/*.py",
    "workflows/**/*.py",
)

Template = dict[str, Any]
Place = dict[str, str]

_bundles: dict[str, bytes] = {}


class BuildError(Exception):
    """``make build-bundle`` failed; the text is what it said."""


def sources_digest(root: Path = ROOT) -> str:
    """Changes when anything changes that a deployed stack is made of."""
    files = sorted(file for pattern in SOURCES for file in root.glob(pattern))
    return _digest({str(file.relative_to(root)): file.read_bytes() for file in files})


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()


def packaged_template(template_file: Path = TEMPLATE) -> str:
    """Build and upload; return the URL of the template to deploy.

    Raises:
        BuildError: the functions do not build.
    """
    _ensure_bucket()
    template: Template = parsed(template_file.read_text())
    bundle = _uploaded(_bundle(template_file.parent), ".zip")
    for resource in template["Resources"].values():
        _package(resource, template_file.parent, bundle)
    place = _uploaded(json.dumps(template, default=str).encode(), ".template")
    return f"{aws_client('s3').meta.endpoint_url}/{place['Bucket']}/{place['Key']}"


def _ensure_bucket() -> None:
    storage = aws_client("s3")
    with contextlib.suppress(storage.exceptions.BucketAlreadyOwnedByYou):
        storage.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})


def _package(resource: dict[str, Any], folder: Path, bundle: Place) -> None:
    properties = resource.get("Properties", {})
    if resource["Type"] == "AWS::Serverless::Function":
        properties["CodeUri"] = bundle
    definition = properties.get("DefinitionS3Location")
    if isinstance(definition, str):
        properties["DefinitionS3Location"] = _uploaded((folder / definition).read_bytes(), ".json")


def _bundle(folder: Path) -> bytes:
    """The functions' archive; who deploys several stacks of the same sources builds it once."""
    sources = sources_digest(folder)
    if sources not in _bundles:
        _bundles[sources] = _zipped(_built(folder))
    return _bundles[sources]


def _built(folder: Path) -> Path:
    shutil.rmtree(BUNDLE, ignore_errors=True)
    made = subprocess.run(
        ["make", "--no-print-directory", "build-bundle", f"ARTIFACTS_DIR={BUNDLE}"],
        cwd=folder,
        env={**_without_make(), "THINGSYNC_BUILD": "local"},
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise BuildError(f"The functions do not build:\n{made.stdout}{made.stderr}")
    return BUNDLE


def _without_make() -> dict[str, str]:
    """The environment without what an outer make hands to inner ones."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def _zipped(bundle: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        for file in sorted(bundle.rglob("*")):
            if file.is_file():
                name = zipfile.ZipInfo(str(file.relative_to(bundle)))
                zipped.writestr(name, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _uploaded(content: bytes, suffix: str) -> Place:
    place = {"Bucket": BUCKET, "Key": hashlib.sha256(content).hexdigest()[:32] + suffix}
    storage = aws_client("s3")
    if not storage.list_objects_v2(Bucket=BUCKET, Prefix=place["Key"])["KeyCount"]:
        storage.put_object(**place, Body=content)
    return place
