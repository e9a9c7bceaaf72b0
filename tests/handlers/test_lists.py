"""A chat's own lists: the watchlist and named lists as groups, which nobody else can reach."""

import pytest

from handlers.application import WORDS, _worded
from handlers.command import AddRule, DeleteRule, Language, Reply, SetWatch
from handlers.lists import LISTED, LISTS, Own, name_in, owner_of, symbol_of
from handlers.lists import shown as written
from handlers.making import OWN_RULES, rule_id
from handlers.parts import PARTS, changes, followed, part_id, parts
from rules.language import parse
from rules.model import Rule, Start
from tests.fakes.ports import (
    BANK,
    CHAT,
    EOPTOLINK,
    INNOLIGHT,
    MODULES,
    NOW,
    OTHER,
    Catalogue,
    World,
    founding,
)
from tests.handlers.test_alert import made
from tests.handlers.test_watch import labels, shown

WATCHLIST = f"@{CHAT}/watchlist"
MINE = f"@{CHAT}/mine"


def gone(reply: Reply) -> list[str]:
    """The rules an answer takes away."""
    return [effect.rule for effect in reply.effects if isinstance(effect, DeleteRule)]


@pytest.mark.parametrize(
    "word", ["@watchlist", "自选", "@自选", "自选股", "@chat/watchlist", "@WatchList", WATCHLIST]
)
async def test_the_watchlist_is_a_group_of_the_chat(word: str) -> None:
    """However it is called, it is the chat's own and named by its full symbol inside."""
    world = founding()
    await world.ask("watch", "300308 600036")
    reply = await world.ask("alert", f"{word} change > 2%")
    (rule,) = made(reply)
    assert (rule.symbol, rule.text) == (WATCHLIST, f"{WATCHLIST} change > 2%")
    assert shown(reply).startswith("✓ @watchlist change > 2%")
    assert "1. Watchlist change > 2%" in shown(await world.ask("alerts"))
    assert "1. 自选 涨跌幅 > 2%" in shown(await world.ask("alerts", language=Language.ZH))


async def test_any_of_the_watchlist_follows_what_is_watched() -> None:
    """One rule; a name that comes is heard from its next ring on, one that goes takes its part along."""
    world = founding()
    await world.ask("watch", "300308 @optical-modules")
    reply = await world.ask("alert", "any 自选 change > 5%")
    whole, *first = made(reply)
    assert [part.symbol for part in first] == [INNOLIGHT.symbol]  # a group on the watchlist is no member
    more = await world.ask("watch", "600036 300308")
    (part,) = [rule for rule in made(more) if rule.of]
    assert (part.symbol, part.of, part.start) == (BANK.symbol, whole.id, Start.NEXT)
    assert part.id == part_id(whole.id, BANK.symbol)
    less = await world.ask("unwatch", "300308")
    assert first[0].id in gone(less)
    assert part.id not in gone(less)
    undone = await world.tap(more, "Undo")
    assert part.id in gone(undone)
    lines = shown(await world.ask("alerts")).split("\n")
    assert lines[0] == "Your alerts: 1"
    assert lines[-1].startswith("1. any of Watchlist change > 5% (0 members)")
    await world.ask("delete", "1")
    assert not [rule for rule in world.book.held[CHAT].values() if not rule.watch]


async def test_a_whole_that_goes_with_its_list_gets_no_new_parts() -> None:
    """An answer that deletes the rule does not extend it."""
    world = founding()
    await world.ask("watch", "300308")
    (whole, *_) = made(await world.ask("alert", "any @watchlist change > 5%"))
    request = world.request("x")
    both = Reply(text="", effects=(DeleteRule(rule=whole.id), SetWatch(symbol=BANK.symbol, on=True)))
    assert await followed(request, world.ports, both) == both


async def test_a_named_list_holds_symbols_and_arms_nothing() -> None:
    """/watch @mine makes it, /list shows it, its members are asked like those of any group."""
    world = founding()
    reply = await world.ask("watch", "@mine 300308 300502 nosuch @optical-modules")
    assert reply.effects == tuple(
        SetWatch(symbol=symbol, on=True, list="mine") for symbol in (INNOLIGHT.symbol, EOPTOLINK.symbol)
    )
    text = shown(reply)
    assert text.startswith("@mine (2): Innolight, Eoptolink\nA group of your own: /alert any @mine")
    assert "A list holds no groups: @optical-modules" in text
    assert "nosuch" in text
    assert shown(await world.ask("list")).split("\n")[0] == "@mine (2): Innolight, Eoptolink"
    await world.ask("watch", "600036")
    assert shown(await world.ask("list")).split("\n")[-1] == "@mine (2): Innolight, Eoptolink"
    whole, *found = made(await world.ask("alert", "any @mine change > 5%"))
    assert (whole.symbol, [part.symbol for part in found]) == (MINE, [INNOLIGHT.symbol, EOPTOLINK.symbol])
    more = await world.ask("watch", f"{MINE} 600036 300308")
    assert [effect for effect in more.effects if isinstance(effect, SetWatch)] == [
        SetWatch(symbol=BANK.symbol, on=True, list="mine")
    ]
    assert [rule.symbol for rule in made(more)] == [BANK.symbol]
    less = await world.ask("unwatch", "@mine 300502 aapl zz")
    assert shown(less).split("\n") == ["@mine (2): Innolight, CMB", "Not watched: Apple", "I don't know zz."]
    assert gone(less) == [found[1].id]


async def test_a_list_goes_with_its_last_symbol() -> None:
    """/unwatch @mine takes all of it, from the watchlist as well."""
    world = founding()
    await world.ask("watch", "@mine 300308")
    armed = made(await world.ask("watch", "@mine"))
    assert {rule.symbol for rule in armed} == {MINE}
    reply = await world.ask("unwatch", "@mine")
    assert shown(reply) == "@mine is empty now, so it is gone."
    assert SetWatch(symbol=MINE, on=False) in reply.effects
    assert set(gone(reply)) == {rule.id for rule in armed}
    assert world.book.named[CHAT] == {}
    assert shown(await world.ask("unwatch", "@mine")).startswith("I don't know @mine")
    assert shown(await world.ask("watch", "@mine")).startswith("I don't know @mine")
    assert shown(await world.ask("alert", "@mine change > 2%")).startswith("@mine change > 2%")
    await world.ask("watch", "@mine 300308")
    assert shown(await world.ask("unwatch", "@mine 300308")) == "@mine is empty now, so it is gone."


async def test_lists_have_limits() -> None:
    """So many lists, so many symbols, and a list of nothing is none."""
    world = World()
    world.book.named[CHAT] = {f"l{number}": ["300308.SZ"] for number in range(LISTS)}
    assert shown(await world.ask("watch", "@mine 300308")) == "You have 20 lists; /unwatch one of them first."
    world.book.named[CHAT] = {"mine": [f"{number:06}.SZ" for number in range(LISTED)]}
    assert shown(await world.ask("watch", "@mine 600036")) == "@mine would pass the limit of 100 symbols."
    assert shown(await world.ask("list")).split("\n")[0].endswith("and 90 more")
    assert shown(await world.ask("watch", "@new nosuch")).startswith("I don't know nosuch")
    assert (await world.ask("watch", "@new nosuch")).effects == ()


async def test_a_group_that_all_share_is_no_list() -> None:
    """Both are watched, as ever."""
    world = founding()
    reply = await world.ask("watch", "@optical-modules 300308")
    assert [effect for effect in reply.effects if isinstance(effect, SetWatch)] == [
        SetWatch(symbol=MODULES.symbol, on=True),
        SetWatch(symbol=INNOLIGHT.symbol, on=True),
    ]


async def test_nobody_reaches_the_lists_of_another_chat() -> None:
    """Neither by the full symbol nor by the name; each chat's @mine is its own."""
    world = founding()
    await world.ask("watch", "300308")
    await world.ask("watch", "@mine 300308")
    for text in (WATCHLIST, MINE, f"any {MINE}"):
        reply = await world.ask("alert", f"{text} change > 2%", chat=OTHER)
        assert reply.effects == ()
        assert "is not a known symbol" in shown(reply)
    assert (await world.ask("watch", MINE, chat=OTHER)).effects == ()
    assert (await world.ask("quote", MINE, chat=OTHER)).buttons == ()
    await world.ask("watch", "@mine 600036", chat=OTHER)
    (rule, part) = made(await world.ask("alert", "any @mine change > 2%", chat=OTHER))
    assert (rule.symbol, part.symbol) == (f"@{OTHER}/mine", BANK.symbol)
    own = Own(Catalogue(), OTHER, {"watchlist": [], "mine": [BANK.symbol]})
    assert own.members(MINE) == ()
    assert own.members(MODULES.symbol) == (INNOLIGHT.symbol, EOPTOLINK.symbol)
    assert [one.symbol for one in own.near("3003")] == [INNOLIGHT.symbol]


async def test_an_empty_watchlist_has_nobody_to_ask() -> None:
    """Said before a rule is made that could never ring."""
    reply = await World().ask("alert", "@watchlist change > 2%")
    assert shown(reply) == "@watchlist has no members that I know."


def test_names_and_symbols() -> None:
    """What may name a list, and what a full symbol says."""
    names = [
        name_in(text) for text in ("@mine", "@chat/a-b", "mine", "@watchlist", "@chat", "@光", "@" + "x" * 31)
    ]
    assert names == ["mine", "a-b", "", "", "", "", ""]
    assert owner_of("@-100/mine") == ("-100", "mine")
    assert owner_of("300308.SZ") == owner_of("@banks") == ("", "")
    assert (written("@1/mine"), written("@banks"), written("600036.SH")) == ("@mine", "@banks", "600036.SH")
    assert symbol_of("1", "mine") == "@1/mine"


def test_the_chinese_word_for_the_list_may_begin_a_condition() -> None:
    """Alone it shows the list."""
    assert WORDS["自选"] == "list"
    assert _worded("自选", "自选", "") == ("list", "")
    assert _worded("自选 涨超2%", "自选", "涨超2%") == ("", "自选 涨超2%")


def whole(text: str, name: str = "w") -> tuple[Rule, Catalogue]:
    """A rule on every member of the one group there is."""
    line = parse(text, Catalogue().find)
    return (
        Rule(
            id=name,
            chat=CHAT,
            condition=line.condition.id,
            symbol=MODULES.symbol,
            text=text,
            created=NOW,
            whole=True,
        ),
        Catalogue(),
    )


def test_a_condition_is_asked_of_the_members_it_fits() -> None:
    """Limits exist in China alone; what is compared with one member is not asked of that member."""
    rule, master = whole("any @optical-modules limit up sealed")
    line = parse(rule.text, master.find)
    made_for = parts(rule, line, ["300308.SZ", "AAPL.US", "MSFT.US", "300502.SZ"], master)
    assert [part.symbol for part in made_for] == ["300308.SZ", "300502.SZ"]
    rule, master = whole("any @optical-modules strength(300308.SZ) > 2%")
    line = parse(rule.text, master.find)
    made_for = parts(rule, line, ["300308.SZ", "300502.SZ"], master)
    assert [part.text for part in made_for] == ["300502.SZ strength(300308.SZ) > 2%"]
    again = parse(made_for[0].text, {"300502.SZ": EOPTOLINK, "300308.SZ": INNOLIGHT}.get)
    assert made_for[0].condition == again.condition.id


async def test_members_it_cannot_be_asked_of_are_counted() -> None:
    """Some are left out and said so; where nobody is left there is no rule."""
    world = founding()
    object.__setattr__(world.master, "groups", {MODULES.symbol: ("300308.SZ", "AAPL.US")})
    reply = await world.ask("alert", "any @optical-modules limit up sealed")
    assert "1 left out: it cannot be asked of them" in shown(reply)
    object.__setattr__(world.master, "groups", {MODULES.symbol: ("AAPL.US",)})
    reply = await world.ask("alert", "any @optical-modules limit up sealed")
    assert shown(reply) == "Of no member of @optical-modules can that be asked."


async def test_parts_have_a_limit_of_their_own() -> None:
    """A whole counts once among a chat's alerts; its parts are bounded by what one market holds."""
    world = founding()
    object.__setattr__(
        world.master, "groups", {MODULES.symbol: [f"{n:06}.SZ" for n in range(PARTS // 2 + 1)]}
    )
    assert len(made(await world.ask("alert", "any @optical-modules change > 5%"))) == PARTS // 2 + 2
    reply = await world.ask("alert", "any @optical-modules change > 6%")
    assert "would pass the limit of 6000" in shown(reply)
    assert shown(await world.ask("alert", "any @optical-modules change > 5%")).startswith(
        "You have that alert"
    )
    for number in range(OWN_RULES - 1):
        await world.ask("alert", f"600036 price > {100 + number}")
    assert "You have 200 alerts" in shown(await world.ask("alert", "600036 price > 99"))
    assert labels(await world.ask("alerts"))[0] == "✕ 1"


def test_a_whole_that_reads_no_more_stays_as_it_is() -> None:
    """A later version may have dropped its form."""
    rule, master = whole("any @optical-modules change > 5%")
    old = Rule(
        id="w",
        chat=CHAT,
        condition="x",
        symbol=MODULES.symbol,
        text="any @optical-modules sings",
        created=NOW,
    )
    assert changes(old, [], ["300308.SZ"], master, NOW) == []
    assert [type(effect) for effect in changes(rule, [], ["300308.SZ"], master, NOW)] == [AddRule]


def test_ids_of_parts_tell_wholes_and_members_apart() -> None:
    """Sixteen hex digits, never a rule's own."""
    found = {part_id(one, two) for one in (rule_id(1, 0), rule_id(2, 0)) for two in ("A", "B")}
    assert len(found) == 4
    assert all(len(one) == 16 for one in found)
