"""Walks over a condition's tree, for whoever need not know its kinds of nodes."""

from rules.model import And, Leaf, Node, Or, Remembered, Then


def parts_of(node: Node) -> tuple[Node, ...]:
    """The nodes right beneath one, in the order written."""
    match node:
        case Leaf():
            return ()
        case And() | Or():
            return node.parts
        case Then():
            return node.first, node.second
    return (node.part,)


def leaves_of(node: Node) -> tuple[Leaf, ...]:
    """All leaves, in the order written."""
    if isinstance(node, Leaf):
        return (node,)
    return tuple(leaf for part in parts_of(node) for leaf in leaves_of(part))


def remembers(node: Node) -> bool:
    """Whether more than the present quote decides: `then` or a qualifier stands somewhere in it."""
    return isinstance(node, Remembered) or any(map(remembers, parts_of(node)))
