"""How large an item is, as DynamoDB counts it.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

# Each item and each index entry takes so much more of the storage that is paid for.
INDEXED = 100
CONTAINER, ELEMENT = 3, 1


def size_of(item):
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(attribute):
    [(kind, value)] = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return (len(value.strip("-0.")) + 1) // 2 + 1
        case "L":
            return CONTAINER + sum(ELEMENT + _value(one) for one in value)
        case "M":
            return CONTAINER + sum(ELEMENT + len(name.encode()) + _value(one) for name, one in value.items())
    return 1
