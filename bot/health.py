"""What a process says of itself: numbers in the order of the pipeline, and what is wrong, in words."""

from collections.abc import Mapping
from typing import Any

from bot.intake.supervise import Health

COUNTED = ("frames", "quotes", "refused", "standby", "conditions", "rings")
DELIVERED = ("claims", "sent", "edited", "waiting", "repeated", "failed")


def figures(engine: Mapping[str, Any], delivery: Mapping[str, Any]) -> Mapping[str, object]:
    """An engine's counters and a delivery's; `engine` is empty where this process has none."""
    return {
        **{name: engine[name] for name in COUNTED if engine},
        **{name: delivery[name] for name in DELIVERED},
        "engine_ms": {name: round(ms, 1) for name, ms in engine.get("latency_ms", {}).items()},
        "late_seconds": delivery["late_seconds"],
    }


def verdict(engine: Mapping[str, Any], stopped: str, feeds: Mapping[str, Health]) -> Mapping[str, object]:
    """`ok` false where alerts cannot be relied on; `stopped` says why nothing is sent, "" where all is."""
    troubles = [stopped]
    if engine:
        disputed = engine["standby"].get("disputed", 0)
        troubles.append(str(engine["trouble"]))
        troubles.append(f"feeds disagree on {disputed} instruments" if disputed else "")
    named = [trouble for trouble in troubles if trouble]
    told = {name: {"up": one.up, "reason": one.reason} for name, one in feeds.items()}
    return {"ok": not named, "troubles": named, "feeds": told}
