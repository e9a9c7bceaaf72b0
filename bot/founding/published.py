"""26 November 2025 as far as it was published, and what is made up between the published figures.

Published: previous close, open, high, low, close and limit-up of five stocks, the fund's gains, who led, and
that 300308's record stood at 542.01. Made up, and marked so where it is shown: every path and time within the
day, the histories, volumes, share counts, indices and the whole crowd of other instruments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

DAY = date(2025, 11, 26)
LABEL = "26 November 2025, a reconstruction: made-up paths between published figures"
SOURCE = "reconstruction"  # what the quotes name as theirs

# 300308's 129 daily closes before the day: with them its averages and MACD have the published levels.
STEPS, FLAT, TOP = 30, 282.76, 500.00
TAIL = (
    *(478.00, 493.00, 509.00, 518.00, 505.00, 492.00, 476.00, 464.00, 462.00, 462.27),
    *(491.20, 482.60, 476.50, 469.00, 469.22, 469.50, 468.10, 475.20, 479.66),
)
CLOSES = (
    *((FLAT,) * 80),
    *(round(FLAT + (TOP - FLAT) * step / STEPS, 2) for step in range(1, STEPS + 1)),
    *TAIL,
)
RECORD, RECORD_CLOSE = 542.01, 518.00  # the record high was made on the day that closed at 518.00

# The fund's closes: beneath its 5- and 10-day averages the day before, the 60-day one above the day's high.
# A rise since spring, so that no record low is near; then the top and the fall that the day takes back.
FUND_CLOSES = (
    *(round(0.62 + 0.0055 * day, 3) for day in range(90)),
    *(round(1.1154 - 0.0006 * day, 3) for day in range(50)),
    *(1.092, 1.088, 1.083, 1.079, 1.074, 1.070, 1.066, 1.063, 1.060, 1.058),
    *(1.055, 1.057, 1.052, 1.049, 1.042),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One instrument's day; prices in currency, volume in shares (0 for an index: no trades of its own)."""

    symbol: str
    prev_close: float
    open: float
    high: float
    low: float
    close: float
    limit_up: float | None = None
    limit_down: float | None = None
    indicated: float  # the auction's first indication; it fades into the open
    volume: float = 0
    shares: int | None = None
    peak: float = 1.1  # of the made-up history, as a multiple of the day's high
    path: Sequence[tuple[str, float]]  # what the price was at a Chinese wall-clock time, exactly


INNOLIGHT = Figure(
    symbol="300308.SZ",
    prev_close=479.66,
    open=475.20,
    high=556.88,
    low=470.40,
    close=543.22,
    limit_up=575.59,
    limit_down=383.73,
    indicated=508.00,
    volume=46_000_000,
    shares=1_111_117_000,
    path=(
        ("09:30:00", 475.20),
        ("09:36:00", 470.40),
        ("09:42:00", 474.30),
        ("09:47:00", 478.20),
        ("09:53:00", 482.60),  # over its 20-day average
        ("10:20:00", 487.50),
        ("10:45:00", 492.00),
        ("11:00:00", 500.00),
        ("11:06:00", 504.50),  # +5 %
        ("11:30:00", 510.20),
        ("13:00:00", 511.00),
        ("13:10:00", 517.00),
        ("13:15:00", 529.00),  # +10 %, more than 2 % in five minutes
        ("13:25:00", 536.00),
        ("13:31:00", 541.50),
        ("13:32:00", 542.01),  # the record: a tie is no new high
        ("13:32:05", 542.01),
        ("13:32:10", 542.30),
        ("13:37:30", 548.30),
        ("13:38:30", 548.99),
        ("13:38:35", 549.00),  # the first cent above 610 billion
        ("13:41:00", 550.90),
        ("13:42:00", 551.43),
        ("13:42:05", 551.44),  # MACD golden cross at 551.4385
        ("13:43:00", 551.60),
        ("13:43:05", 551.61),  # +15 % is 551.609
        ("13:50:00", 556.88),
        ("13:56:00", 553.40),
        ("14:01:00", 550.90),
        ("14:02:00", 550.34),
        ("14:02:05", 550.33),  # 0.2 % beneath the golden cross: withdrawn
        ("14:10:00", 546.60),
        ("14:25:00", 544.00),
        ("14:40:00", 545.50),
        ("14:57:00", 543.60),
    ),
)
EOPTOLINK = Figure(
    symbol="300502.SZ",
    prev_close=304.72,
    open=302.00,
    high=341.61,
    low=297.55,
    close=331.12,
    limit_up=365.66,
    limit_down=243.78,
    indicated=309.00,
    volume=31_000_000,
    shares=993_000_000,
    peak=1.2,
    path=(
        ("09:30:00", 302.00),
        ("09:40:00", 297.55),
        ("10:20:00", 305.00),
        ("11:00:00", 314.00),
        ("11:30:00", 317.60),
        ("13:00:00", 318.20),
        ("13:15:00", 326.00),
        ("13:30:00", 333.20),  # 45 % of its band is +9 %
        ("13:46:00", 341.61),
        ("14:10:00", 336.40),
        ("14:57:00", 331.40),
    ),
)
TFC = Figure(
    symbol="300394.SZ",
    prev_close=147.73,
    open=144.87,
    high=161.83,
    low=142.68,
    close=156.95,
    limit_up=177.28,
    limit_down=118.18,
    indicated=149.90,
    volume=28_000_000,
    shares=777_000_000,
    peak=1.25,
    path=(
        ("09:30:00", 144.87),
        ("09:45:00", 142.68),
        ("10:30:00", 147.10),
        ("11:30:00", 150.90),
        ("13:00:00", 151.20),
        ("13:20:00", 156.00),
        ("13:40:00", 159.60),
        ("13:48:00", 161.83),  # the third leader: +9.54 %
        ("14:00:00", 160.10),
        ("14:30:00", 158.00),
        ("14:57:00", 157.10),
    ),
)
VICTORY = Figure(
    symbol="300476.SZ",
    prev_close=265.05,
    open=262.11,
    high=285.00,
    low=259.00,
    close=277.00,
    limit_up=318.06,
    limit_down=212.04,
    indicated=267.00,
    volume=21_000_000,
    shares=870_000_000,
    peak=1.2,
    path=(
        ("09:30:00", 262.11),
        ("09:38:00", 259.00),
        ("10:30:00", 268.00),
        ("11:30:00", 273.20),
        ("13:00:00", 273.50),
        ("13:52:00", 285.00),
        ("14:30:00", 279.00),
        ("14:57:00", 277.30),
    ),
)
CAMBRICON = Figure(
    symbol="688256.SH",
    prev_close=1260.00,
    open=1245.00,
    high=1340.16,
    low=1234.01,
    close=1314.66,
    limit_up=1512.00,
    limit_down=1008.00,
    indicated=1268.00,
    volume=9_500_000,
    shares=421_000_000,
    peak=1.15,
    path=(
        ("09:30:00", 1245.00),
        ("09:42:00", 1234.01),
        ("10:40:00", 1271.00),
        ("11:30:00", 1294.00),
        ("13:00:00", 1296.00),
        ("13:54:00", 1340.16),
        ("14:30:00", 1321.00),
        ("14:57:00", 1315.50),
    ),
)
FUND = Figure(
    symbol="588330.SH",
    prev_close=1.042,
    open=1.039,
    high=1.087,  # +4.32 %
    low=1.036,
    close=1.081,  # +3.74 %
    limit_up=1.250,
    limit_down=0.834,
    indicated=1.044,
    volume=1_150_000_000,
    path=(
        ("09:30:00", 1.039),
        ("09:40:00", 1.036),
        ("10:10:00", 1.044),
        ("10:40:00", 1.053),
        ("11:30:00", 1.062),
        ("13:00:00", 1.063),
        ("13:30:00", 1.076),
        ("13:51:00", 1.087),
        ("14:20:00", 1.080),
        ("14:57:00", 1.081),
    ),
)
CHINEXT = Figure(
    symbol="399006.SZ",
    prev_close=2980.93,
    open=2972.40,
    high=3070.20,
    low=2961.75,
    close=3044.69,
    indicated=2983.00,
    path=(
        ("09:30:00", 2972.40),
        ("09:40:00", 2961.75),
        ("11:30:00", 3021.00),
        ("13:00:00", 3022.00),
        ("13:52:00", 3070.20),
        ("14:57:00", 3045.50),
    ),
)
STAR = Figure(
    symbol="000688.SH",
    prev_close=1302.10,
    open=1297.00,
    high=1331.80,
    low=1292.40,
    close=1315.04,
    indicated=1303.00,
    path=(
        ("09:30:00", 1297.00),
        ("09:42:00", 1292.40),
        ("11:30:00", 1311.00),
        ("13:00:00", 1311.60),
        ("13:54:00", 1331.80),
        ("14:57:00", 1315.60),
    ),
)
NAMED = (INNOLIGHT, EOPTOLINK, TFC, VICTORY, CHINEXT, CAMBRICON, FUND, STAR)
GROUPS = {"@optical-modules": ("300308.SZ", "300502.SZ", "300394.SZ")}

# The crowd: codes that no exchange has given out, names that no company bears as far as we know.
CROWD_SZ, CROWD_SH = 200, 100
Name = tuple[str, str, str]  # Chinese, English, initials
_FIRST = """
青岚 Qinglan ql; 云栈 Yunzhan yz; 墨川 Mochuan mc; 沐辰 Muchen mc; 砚池 Yanchi yc; 栖原 Qiyuan qy;
朔野 Shuoye sy; 霁光 Jiguang jg; 榆湾 Yuwan yw; 汀兰 Tinglan tl; 岫岩 Xiuyan xy; 漱石 Shushi ss;
澜汐 Lanxi lx; 禾丘 Heqiu hq; 逐鹿 Zhulu zl; 望舒 Wangshu ws; 听松 Tingsong ts; 观澜 Guanlan gl;
拂晓 Fuxiao fx; 扶桑 Fusang fs
"""
_LAST = """
虚构电子 Electronics xgdz; 虚构机械 Machines xgjx; 虚构材料 Materials xgcl; 虚构能源 Energy xgny;
虚构软件 Software xgrj; 虚构医药 Pharma xgyy; 虚构食品 Foods xgsp; 虚构物流 Logistics xgwl;
虚构光学 Optics xggx; 虚构化工 Chemicals xghg; 虚构纺织 Textiles xgfz; 虚构农业 Farms xgny;
虚构传媒 Media xgcm; 虚构环保 Recycling xghb; 虚构汽配 Parts xgqp
"""


def _names(text: str) -> tuple[Name, ...]:
    words = (entry.split() for entry in text.split(";"))
    return tuple((chinese, english, initials) for chinese, english, initials in words)


FIRST, LAST = _names(_FIRST), _names(_LAST)
