"""MaximumConcurrency that comes from a stack's parameter is a string; AWS reads the number, MiniStack compares it."""

from typing import Any

from local.ministack.patching import Patch, Replacement


def _numeric(original: Replacement) -> Replacement:
    def most_batches_at_once(mapping: dict[str, Any], *more: object) -> int:
        scaling = mapping.get("ScalingConfig") or {}
        if "MaximumConcurrency" in scaling:
            scaling = {**scaling, "MaximumConcurrency": int(scaling["MaximumConcurrency"])}
        most: int = original({**mapping, "ScalingConfig": scaling}, *more)
        return most

    return most_batches_at_once


PATCHES = (Patch("services.lambda_svc", "_sqs_esm_concurrency", "d3e9d1e865aa", _numeric),)
