"""What a process says of itself: numbers in the order of the pipeline, and what is wrong, in words."""

from collections.abc import Mapping
from typing import Any

from bot.feed import FEEDS
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
    troubles.append(_blind(feeds))
    named = [trouble for trouble in troubles if trouble]
    told = {name: {"up": one.up, "reason": one.reason} for name, one in feeds.items()}
    return {"ok": not named, "troubles": named, "feeds": told}


def _blind(feeds: Mapping[str, Health]) -> str:
    """Markets of which no source brings anything since one of theirs failed; empty where there are none."""
    markets = {name: FEEDS[name].markets for name in feeds}
    seeing = {market for name in feeds for market in markets[name] if feeds[name].up}
    down = {name: one for name, one in feeds.items() if not one.up and one.reason}
    blind = dict.fromkeys(market for name in down for market in markets[name] if market not in seeing)
    why = "; ".join(f"{name}: {one.reason}" for name, one in down.items())
    return f"no quotes of {', '.join(blind)} ({why})" if blind else ""
