"""What the bot says in English: Telegram HTML with fields that are escaped when filled in."""

from collections.abc import Mapping
from types import MappingProxyType

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "language.name": "English",
        "language.set": "I speak English here now.",
        "language.ask": "Which language?",
        "start": (
            "<b>Tickbell</b> watches markets tick by tick and rings you once, with the reason.\n\n"
            "1. Send a code or a name: <code>300308</code>, <code>btcusdt</code>, or a whole list\n"
            "2. Tap Watch: the usual alerts are armed, and you see at which prices they ring\n"
            "3. Add a level of your own: <code>/alert 300308 price &gt; 560</code>\n\n"
            "/near shows what is closest to ringing, /help the rest. Not advice."
        ),
        "help.head": "Send a code, a name or a list of them, or a command:",
        "help.tail": (
            "Examples: <code>/watch 300308 588330</code>, <code>/alert 300308 change &gt; 5%</code>, "
            "<code>/alert BTCUSDT price crosses above 100000 | once</code>. Not advice."
        ),
        "help.conditions": (
            "An alert is <code>symbol condition</code>, such as <code>300308 price &gt; 560</code>. "
            "Join with <code>and</code>, <code>or</code>, <code>not</code>, "
            "<code>A then B within 30m</code>; add <code>for 5m</code>, <code>at 14:50</code>, "
            "<code>between 10:00 and 14:30</code> or <code>on close</code>; steps are "
            "<code>change &gt; 5%, 8%, 10%</code>. Options come after "
            "<code>|</code>: <code>once</code>, <code>daily</code>, <code>every 30m</code>, "
            '<code>until 2026-12-31</code>, <code>note "..."</code>, <code>silent</code>.'
        ),
        "button.undo": "Undo",
        "button.ring": "Ring now",
        "button.watch": "Watch",
        "button.all": "Watch all",
        "button.refresh": "Refresh",
        "comma": ", ",
        "semicolon": "; ",
        "colon": ": ",
        "more": "... and {count} more",
        "unknown": "I don't know {words}.",
        "unknown.more": "and {count} more",
        "unknown.near": "Did you mean {near}?",
        "unknown.help": "A code such as 300308, AAPL.US or BTCUSDT fits here; /help shows the rest.",
        "command.unknown": "There is no {name}; /help lists what there is.",
        "command.near": "Did you mean /{name}?",
        "failed": "Sorry, that went wrong here and nothing was changed. Please try again.",
        "denied": "Only administrators of this group may change its alerts.",
        "toast.stale": "This button is no longer valid",
        "toast.nothing": "Nothing left to undo",
        "toast.undone": "Undone",
        "toast.deleted": "Deleted",
        "toast.quiet": "Nothing of it is true right now",
        "toast.fresh": "Refreshed",
        "undo.done": "Undone: {count} taken back.",
        "ring.done": "Ringing now:",
        "quote.usage": "Which symbol? For example <code>/quote 300308</code>",
        "quote.none": "no quote yet",
        "quote.auction": "(auction, indicative)",
        "quote.open": "open {price}",
        "quote.high": "high {price}",
        "quote.low": "low {price}",
        "quote.prev": "previous close {price}",
        "quote.amount": "traded {amount}",
        "quote.time": "as of {time}",
        "list.empty": "You watch nothing yet. Send a code, or <code>/watch 300308</code>",
        "list.head": "<b>Watching {count}</b>",
        "watch.usage": "What shall I watch? For example <code>/watch 300308 588330</code>",
        "watch.made": "<b>Watching {count} more</b>",
        "watch.already": "Watched already: {names}",
        "watch.quota": "You watch {have}; {new} more would pass the limit of {most}. /unwatch makes room.",
        "unwatch.usage": "Which one? For example <code>/unwatch 300308</code>",
        "unwatch.done": "No longer watching {names}.",
        "unwatch.absent": "Not watched: {names}",
        "part.rung": "{label}%",
        "part.extended": "{label}% out of hours",
        "part.record": "record {label}",
        "part.milestone": "{label} market value",
        "part.leaders": "leader no. {label}",
        "label.high": "high",
        "label.low": "low",
        "armed.ring": "{label} rings",
        "armed.ring.at": "{label} rings at {price}",
        "armed.silent": "{label} silent",
        "armed.silent.at": "{label} silent at {price}",
        "armed.true": "{label} is true already",
        "armed.move": "±{size}% in 5 min rings",
        "armed.edits": "card updates: {labels}",
        "armed.closed": "(last close {last})",
        "armed.count": "{count} alerts armed, prices come with the first quote",
        "alert.usage": (
            "What shall ring? For example <code>/alert 300308 price &gt; 560</code>; "
            "/help alert shows every form."
        ),
        "alert.long": "An alert has at most {most} characters.",
        "alert.made": "✓ <b>{rule}</b>",
        "alert.twice": "You have that alert already: {rule}. /alerts lists all.",
        "alert.quota": "You have {have} alerts; {new} more would pass the limit of {most}. /delete some.",
        "group.empty": "{group} has no members that I know.",
        "mode.once": "once",
        "mode.daily": "once a day",
        "mode.every": "every {minutes} min",
        "standing.unquoted": "no quote yet; it is checked from the first one on",
        "standing.now": "now {last}",
        "standing.closed": "last close {last}",
        "standing.was": "true at that price; it rings if the first quote agrees",
        "standing.value": "now {value} at {last}",
        "standing.rings": "rings at {price}, {away} away",
        "standing.waits": "not true yet",
        "standing.true": "<b>already true</b>, so it rings at once",
        "standing.beyond": "already beyond it, so it rings at the next crossing",
        "standing.so": "true now",
        "standing.step": "{step} {told}",
        "qualified.then": "within {window} after {first}",
        "qualified.held": "and then for {window}",
        "qualified.at": "decided at {clock}",
        "qualified.between": "between {start} and {end}",
        "qualified.close": "decided at the close",
        "reason.own": "checked on every quote; no single price rings it",
        "reason.history": "cannot be told yet: no daily bars are known",
        "reason.stale": "cannot be told now: the daily bars known are not up to date",
        "reason.session": "the market has no session today",
        "reason.close": "cannot be told yet: no previous close is known",
        "reason.trade": "no trade yet today",
        "reason.bars": "cannot be told yet: it needs {wanted} daily bars and {known} are known",
        "reason.other": "cannot be told now: {reason}",
        "alerts.empty": "No alerts of your own yet. For example <code>/alert 300308 price &gt; 560</code>",
        "alerts.head": "<b>Your alerts: {count}</b>",
        "alerts.armed": "{count} more are armed by /watch for {names}",
        "delete.usage": "Which one? <code>/delete 2</code> is number 2 of /alerts, <code>/delete all</code>",
        "delete.done": "Deleted: {count}",
        "delete.absent": "You have no alert {words}; /alerts lists yours.",
        "near.none": "You have no alerts yet. Send a code, or <code>/alert 300308 price &gt; 560</code>",
        "near.empty": "None of your {count} alerts has a price ahead right now.",
        "near.head": "<b>Closest to ringing</b> ({count})",
        "near.silent": "(silent)",
        "near.edit": "(card only)",
    }
)
