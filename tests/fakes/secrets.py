"""Secrets in memory, by ARN; kept honest by ``tests.ports.device_secrets``."""

import json

from workflows.domain.identifiers import split_reference
from workflows.ports.secrets import DeviceSecrets


class FakeDeviceSecrets(DeviceSecrets):
    def __init__(self, texts):
        self.texts, self.reads = texts, []

    def read(self, reference):
        self.reads.append(reference)
        arn, json_key = split_reference(reference)
        text = self.texts.get(arn)
        return text if text is None or json_key is None else self._field(text, json_key)

    def _field(self, text, json_key):
        try:
            value = json.loads(text)[json_key]
        except (ValueError, LookupError, TypeError):
            return None
        return value if isinstance(value, str) else None
