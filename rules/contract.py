"""Whether a class keeps a contract, asked once of each: of a Protocol `isinstance` asks ten microseconds."""

KEPT: dict[tuple[type, type], bool] = {}


def keeps(kind: type, contract: type) -> bool:
    """Whether instances of a class have every method of a runtime-checkable Protocol."""
    key = kind, contract
    if key not in KEPT:
        KEPT[key] = issubclass(kind, contract)
    return KEPT[key]
