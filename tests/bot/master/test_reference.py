"""The master: what people type, what shapes mean, who is in a group."""

import csv
from collections import Counter
from decimal import Decimal

import pytest

from bot.master.listing import shaped
from bot.master.pinyin import sounds
from bot.master.reference import DATA, Reference
from rules.model import Instrument, Kind

MASTER = Reference.load()

FOUND = [
    ("300308", "300308.SZ"),
    (" 300308 ", "300308.SZ"),
    ("sz300308", "300308.SZ"),
    ("SZ300308", "300308.SZ"),
    ("sz.300308", "300308.SZ"),
    ("300308.sz", "300308.SZ"),
    ("300308.XSHE", "300308.SZ"),
    ("中际旭创", "300308.SZ"),
    ("zjxc", "300308.SZ"),
    ("Innolight", "300308.SZ"),
    ("zhongjixuchuang", "300308.SZ"),
    ("Zhong Ji Xu Chuang", "300308.SZ"),
    ("中际", "300308.SZ"),
    ("旭创", "300308.SZ"),
    ("易盛", "300502.SZ"),
    ("New Essex", "300502.SZ"),
    ("xinyisheng", "300502.SZ"),
    ("guizhoumaotai", "600519.SH"),
    ("zhongguopingan", "601318.SH"),
    ("zhaoshangyinhang", "600036.SH"),
    ("wankea", "000002.SZ"),
    ("shangzheng50", "000016.SH"),
    ("victory giant", "300476.SZ"),
    ("３００３０８", "300308.SZ"),
    ("万 科Ａ", "000002.SZ"),
    ("600519.SS", "600519.SH"),
    ("茅台", "600519.SH"),
    ("000001", "000001.SZ"),
    ("sh000001", "000001.SH"),
    ("上证指数", "000001.SH"),
    ("000300", "000300.SH"),
    ("399006", "399006.SZ"),
    ("688256", "688256.SH"),
    ("588330", "588330.SH"),
    ("510300", "510300.SH"),
    ("159915", "159915.SZ"),
    ("113050", "113050.SH"),
    ("123456", "123456.SZ"),
    ("301999", "301999.SZ"),
    ("003816", "003816.SZ"),
    ("605499", "605499.SH"),
    ("689009", "689009.SH"),
    ("920002", "920002.BJ"),
    ("430047", "430047.BJ"),
    ("837092", "837092.BJ"),
    ("bj899050", "899050.BJ"),
    ("00700", "00700.HK"),
    ("hk00700", "00700.HK"),
    ("r_hk00700", "00700.HK"),
    ("hk0700", "00700.HK"),
    ("700.hk", "00700.HK"),
    ("腾讯", "00700.HK"),
    ("aapl", "AAPL.US"),
    ("usAAPL", "AAPL.US"),
    ("ABCD", "ABCD.US"),
    ("msty.us", "MSTY.US"),
    ("BRK.B", "BRK.B.US"),
    ("brk.b", "BRK.B.US"),
    ("^GSPC", "SPX.US"),
    ("btcusdt", "BTCUSDT.BINANCE"),
    ("BTC", "BTCUSDT.BINANCE"),
    ("比特币", "BTCUSDT.BINANCE"),
    ("PEPEUSDT", "PEPEUSDT.BINANCE"),
    ("ethbtc.binance", "ETHBTC.BINANCE"),
    ("btc-usdt", "BTC-USDT.OKX"),
    ("SOL-USDT-SWAP", "SOL-USDT-SWAP.OKX"),
    ("btc-usd", "BTC-USD.COINBASE"),
    ("BTC-USDC.COINBASE", "BTC-USD.COINBASE"),
    ("EURC-USDC.COINBASE", "EURC-USDC.COINBASE"),
    ("btc-eur.kraken", "BTC-EUR.KRAKEN"),
    ("FAKEPACA.US", "FAKEPACA.US"),
    ("@optical-modules", "@optical-modules"),
    ("@光模块", "@optical-modules"),
    ("光模块", "@optical-modules"),
]


@pytest.mark.parametrize(("text", "symbol"), FOUND)
def test_what_people_type_is_found(text: str, symbol: str) -> None:
    """Codes by prefix, other vendors' spellings, names, aliases and initials."""
    found = MASTER.find(text)
    assert found is not None
    assert found.symbol == symbol


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "zjxd",
        "abcd",
        "999999",
        "12345678",
        "300308.XX",
        "a/b",
        "..",
        "@none",
        "@",
        "@300308",
        "../x.SZ",
    ],
)
def test_what_is_unknown_is_not_guessed(text: str) -> None:
    """Lower-case words are no tickers, strange codes no instruments, and an instrument is no group."""
    assert MASTER.find(text) is None


SHAPES = [
    ("300308.SZ", Kind.STOCK, 3, 10, "0.2"),
    ("600519.SH", Kind.STOCK, 3, 10, "0.1"),
    ("688981.SH", Kind.STOCK, 3, 10, "0.2"),
    ("920002.BJ", Kind.STOCK, 3, 10, "0.3"),
    ("588330.SH", Kind.FUND, 3, 1, "0.2"),
    ("510300.SH", Kind.FUND, 3, 1, "0.1"),
    ("159999.SZ", Kind.FUND, 3, 1, "0.1"),
    ("113050.SH", Kind.FUND, 3, 1, "0.2"),
    ("123456.SZ", Kind.FUND, 3, 1, "0.2"),
    ("900901.SH", Kind.STOCK, 3, 1, "0.1"),
    ("000001.SH", Kind.INDEX, 8, 10**6, None),
    ("399001.SZ", Kind.INDEX, 8, 10**6, None),
    ("899050.BJ", Kind.INDEX, 8, 10**6, None),
    ("HSI.HK", Kind.INDEX, 8, 10**6, None),
    ("00700.HK", Kind.STOCK, 3, 10, None),
    ("AAPL.US", Kind.STOCK, 4, 100, None),
    ("PEPEUSDT.BINANCE", Kind.COIN, 8, 1, None),
    ("X-USDT.OKX", Kind.COIN, 8, 1, None),
    ("ETH-USD.COINBASE", Kind.COIN, 8, 1, None),
    ("ETH-BTC.KRAKEN", Kind.COIN, 8, 1, None),
    ("@any", Kind.GROUP, 8, 1, None),
    ("ODD.XX", Kind.STOCK, 8, 1, None),
]


@pytest.mark.parametrize(("symbol", "kind", "decimals", "tick", "limit"), SHAPES)
def test_a_symbols_shape_tells_board_tick_and_limit(
    symbol: str, kind: Kind, decimals: int, tick: int, limit: str | None
) -> None:
    """What the master does not list is described by its code alone."""
    made = shaped(symbol)
    assert (made.kind, made.decimals, made.tick) == (kind, decimals, tick)
    assert made.limit == (None if limit is None else Decimal(limit))


def test_a_symbols_shape_tells_the_least_order() -> None:
    """STAR asks for 200 shares, bonds for ten, New York for one; nobody buys an index."""
    lots = {symbol: shaped(symbol).lot for symbol, *_ in SHAPES}
    assert (lots["300308.SZ"], lots["688981.SH"], lots["920002.BJ"], lots["510300.SH"]) == (
        100,
        200,
        100,
        100,
    )
    assert (lots["113050.SH"], lots["123456.SZ"], lots["AAPL.US"]) == (10, 10, 1)
    assert (lots["00700.HK"], lots["399001.SZ"], lots["X-USDT.OKX"], lots["@any"]) == (None,) * 4


def test_the_founding_day_is_listed_in_two_languages() -> None:
    """Names, initials and shares as the story tells them."""
    innolight = MASTER.get("300308.SZ")
    assert (innolight.name, innolight.english, innolight.pinyin) == ("中际旭创", "Innolight", "zjxc")
    assert innolight.shares == 1_111_117_000
    others = [MASTER.get(symbol).english for symbol in ("300502.SZ", "300394.SZ", "300476.SZ", "688256.SH")]
    assert others == ["Eoptolink", "TFC", "Victory Giant", "Cambricon"]
    fund = MASTER.get("588330.SH")
    assert (fund.name, fund.kind, fund.limit, fund.tick) == ("双创龙头ETF", Kind.FUND, Decimal("0.2"), 1)
    assert MASTER.get("159915.SZ").limit == Decimal("0.2")
    assert MASTER.members("@optical-modules") == ("300308.SZ", "300502.SZ", "300394.SZ")
    assert MASTER.get("SPX.US").kind is Kind.INDEX
    assert MASTER.get("SPX.US").decimals == 8


def found_by(text: str) -> str:
    """The symbol that a text means."""
    found = MASTER.find(text)
    assert found is not None, text
    return found.symbol


def test_every_row_of_the_master_finds_itself() -> None:
    """No name, alias or initials of one row is taken by another, and every member of a group is a symbol.

    A group may be called what an index is, behind @.
    """
    words: Counter[str] = Counter()
    for name in ("instruments.csv", "groups.csv"):
        with (DATA / name).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                symbol = row.get("symbol") or row["group"]
                own = {row["name"], row["english"], row["pinyin"], *row.get("aliases", "").split(";")} - {""}
                shared = (
                    {word for word in own if MASTER.also(found_by(word), word)} if "group" in row else set()
                )
                words.update({word.casefold().replace(" ", "") for word in own - shared})
                for text in (symbol, *own - shared, *(f"@{word}" for word in shared)):
                    assert found_by(text) == symbol, text
    assert [word for word, count in words.items() if count > 1] == []
    for group in MASTER.groups():
        assert MASTER.members(group)
        for member in MASTER.members(group):
            assert MASTER.find(member) == MASTER.get(member)


def test_near_offers_parts_of_names_and_misspellings() -> None:
    """The closest matches to a text nothing matched, each instrument once."""
    assert MASTER.near("zjxd")[0].symbol == "300308.SZ"
    assert "300308.SZ" in [found.symbol for found in MASTER.near("中际")]
    assert MASTER.near("inolight")[0].symbol == "300308.SZ"
    assert MASTER.near("qqqqqqqq") == ()
    assert MASTER.near("  ") == ()
    assert len(MASTER.near("etf", 2)) == 2


def test_names_that_several_share_are_listed_and_not_guessed() -> None:
    """A piece or a sound of several names means none of them; all are offered."""
    for text in ("科技", "etf"):
        assert MASTER.find(text) is None
    offered = MASTER.near("科技", 3)
    assert len(offered) == 3
    assert all("科技" in one.name for one in offered)
    master = Reference.load()
    twins = [
        Instrument(symbol="600001.SH", name="中机旭窗"),
        Instrument(symbol="600002.SH", name="演示重庆"),
        Instrument(symbol="600003.SH", name="演示虫情"),
    ]
    master.extend(twins, {})
    assert master.find("yanshichongqing") is None
    assert master.near("yanshichongqing", 2) == (twins[1], twins[2])
    assert master.find("zhongjixuchuang") is None
    assert {one.symbol for one in master.near("zhongjixuchuang", 2)} == {"300308.SZ", "600001.SH"}
    assert master.find("zjxc") == master.get("300308.SZ"), "initials that the master itself gives stand"


def test_a_name_without_ideographs_has_no_sound() -> None:
    """Letters and digits of a Chinese name are typed as they are."""
    assert sounds("BYD") == ()
    assert sounds("沪深300ETF") == ("hushen300etf", "hs300etf")
    assert sounds("万科A") == ("wankea", "wka")


def test_the_demo_adds_its_own_instruments_and_groups() -> None:
    """Made-up instruments are found like listed ones; a known symbol is replaced, a group's members too."""
    master = Reference.load()
    made_up = Instrument(symbol="301001.SZ", name="演示一号", english="Demo One", pinyin="ysyh1")
    changed = Instrument(symbol="300308.SZ", name="中际旭创", shares=1)
    master.extend([made_up, changed], {"@demo": ["301001.SZ"], "@optical-modules": ["300308.SZ"]})
    assert master.find("演示一号") == made_up
    assert master.find("ysyh1") == made_up
    assert master.find("zjxc") == changed
    assert master.members("@demo") == ("301001.SZ",)
    assert master.members("@optical-modules") == ("300308.SZ",)
    assert master.find("@demo") == shaped("@demo")
    assert master.members("@none") == ()


def test_a_code_of_two_markets_follows_its_prefix() -> None:
    """000001 is Ping An Bank, not the index; 000300 exists in Shanghai alone."""
    assert [MASTER.find(code) for code in ("000001", "000300")] == [
        MASTER.get("000001.SZ"),
        MASTER.get("000300.SH"),
    ]
