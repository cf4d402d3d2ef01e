"""What holds for all contract tests."""

from tests import botocore_memory

models_read_once = botocore_memory.models_read_once
