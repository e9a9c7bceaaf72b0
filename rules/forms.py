"""How a condition behaves as a whole: state or crossing, and the bar whose close decides it."""

from datetime import timedelta

from rules.memory import DAY_BAR
from rules.model import At, Between, Leaf, Node, OnClose, Then
from rules.nodes import leaves_of, parts_of
from rules.signal import SIGNALS, Form, ParameterKind, named, phrase_of


def is_state(node: Node) -> bool:
    """Whether a condition is a state form throughout: true without anything having been false before."""
    if isinstance(node, Leaf):
        return phrase_of(node).form is Form.STATE
    return not isinstance(node, Then | At | OnClose) and all(map(is_state, parts_of(node)))


def is_crossing(node: Node) -> bool:
    """Whether a part rings by itself, so that `between` asks when it rang: a crossing, or a `then`."""
    return isinstance(node, Then) or ends(node)


def ends(node: Node) -> bool:
    """Whether a part is a crossing that is true until its session ends at most."""
    if isinstance(node, Between):
        return ends(node.part)
    return isinstance(node, Leaf) and phrase_of(node).form is Form.CROSSING


def is_anew(node: Node) -> bool:
    """Whether each bar decides a part anew, as CROSS does."""
    return isinstance(node, Leaf) and phrase_of(node).bars


def bar_of(node: Node) -> timedelta:
    """The bar whose close decides `X on close`: the largest that X leaves open, else the session's."""
    bars = {_bar(leaf) for leaf in leaves_of(node) if SIGNALS[leaf.signal].unfinished}
    return max(bars, default=DAY_BAR)


def _bar(leaf: Leaf) -> timedelta:
    parameters = named(SIGNALS[leaf.signal], phrase_of(leaf))
    for parameter, argument in zip(parameters, leaf.args, strict=True):
        if parameter.kind is ParameterKind.BAR and isinstance(argument, timedelta):
            return argument
    return DAY_BAR
