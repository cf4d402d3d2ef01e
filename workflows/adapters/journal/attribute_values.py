"""Plain values ↔ DynamoDB's typed ones. boto3's own serializer takes no int without a Decimal on the way back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from workflows.schemas.codec import Plain


def to_attributes(record: "Mapping[str, Plain]") -> "dict[str, AttributeValueTypeDef]":
    return {name: _to_attribute(value) for name, value in record.items()}


def from_attributes(attributes: "Mapping[str, AttributeValueTypeDef]") -> dict[str, Any]:
    return {name: _from_attribute(value) for name, value in attributes.items()}


def _to_attribute(value: "Plain") -> "AttributeValueTypeDef":
    match value:
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case list():
            return {"L": [_to_attribute(item) for item in value]}
    return {"M": to_attributes(value)}


def _from_attribute(attribute: "AttributeValueTypeDef") -> object:
    """Leave types that are never written here as they are; the schema refuses them."""
    match attribute:
        case {"N": number}:
            return int(number) if number.lstrip("-").isdecimal() else float(number)
        case {"L": items}:
            return [_from_attribute(item) for item in items]
        case {"M": record}:
            return from_attributes(record)
    [value] = attribute.values()
    return value
