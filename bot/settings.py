"""Every setting, declared once: name, default, meaning; read from the environment, never at import."""

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One environment variable as the README's table shows it."""

    name: str
    default: str
    summary: str
    secret: bool = False  # also read from the file named by <NAME>_FILE; never logged
    required: bool = False  # its feed does not start without it


SETTINGS = (
    Setting(
        name="TICKBELL_TELEGRAM_TOKEN",
        default="",
        summary="the bot's token from @BotFather; without it the playground stands in",
        secret=True,
    ),
    Setting(
        name="TICKBELL_TELEGRAM_URL",
        default="https://api.telegram.org",
        summary="base URL of the Bot API; a self-hosted Bot API server, or a test's",
    ),
    Setting(
        name="TICKBELL_REDIS_URL",
        default="",
        summary="redis://, rediss:// or unix://; cluster=true in the query for a cluster; empty: embedded",
        secret=True,
    ),
    Setting(name="TICKBELL_DATA_DIR", default=".tickbell", summary="folder of the embedded store and keys"),
    Setting(
        name="TICKBELL_HISTORY",
        default="",
        summary="folder of <symbol>.csv daily bars; empty: <data>/history",
    ),
    Setting(
        name="TICKBELL_KLINES",
        default="",
        summary=(
            "sources of daily and minute bars: tencent, eastmoney, sina, binance, okx, coinbase, alpaca, "
            "yahoo (days alone); empty: those of the live feeds; off: none"
        ),
    ),
    Setting(
        name="TICKBELL_TENCENT_KLINES_URL",
        default="https://web.ifzq.gtimg.cn",
        summary="base URL of Tencent's daily bars",
    ),
    Setting(
        name="TICKBELL_EASTMONEY_KLINES_URL",
        default="https://push2his.eastmoney.com",
        summary="base URL of Eastmoney's daily and minute bars",
    ),
    Setting(
        name="TICKBELL_SINA_KLINES_URL",
        default="https://money.finance.sina.com.cn",
        summary="base URL of Sina's daily bars",
    ),
    Setting(
        name="TICKBELL_TENCENT_MINUTES_URL",
        default="https://ifzq.gtimg.cn",
        summary="base URL of Tencent's minute bars",
    ),
    Setting(
        name="TICKBELL_SINA_MINUTES_URL",
        default="https://quotes.sina.cn",
        summary="base URL of Sina's minute bars",
    ),
    Setting(
        name="TICKBELL_YAHOO_KLINES_URL",
        default="https://query1.finance.yahoo.com",
        summary="base URL of Yahoo's daily bars",
    ),
    Setting(
        name="TICKBELL_CALENDAR",
        default="",
        summary="CSV of own days, market,date,kind: closed, open, half, or times such as 09:30-11:30",
    ),
    Setting(
        name="TICKBELL_ADJUST",
        default="ratio",
        summary=(
            "how older prices are adjusted: ratio, or affine as Chinese terminals do where a history has "
            "the columns a and b"
        ),
    ),
    Setting(
        name="TICKBELL_GROUPS",
        default="",
        summary="CSV of your own groups: group,name,english,pinyin,aliases,members; read again on change",
    ),
    Setting(
        name="TICKBELL_FEEDS",
        default="binance,tencent",
        summary="live feeds, comma-separated; of those of one market the first speaks, the others stand by",
    ),
    Setting(
        name="TICKBELL_SYMBOLS",
        default="",
        summary="symbols to stream even when nobody listens, comma-separated",
    ),
    Setting(
        name="TICKBELL_WEB_HOST", default="127.0.0.1", summary="address of the web server; loopback only"
    ),
    Setting(
        name="TICKBELL_WEB_PORT",
        default="8780",
        summary="its port; 0 takes a free one; health and playground",
    ),
    Setting(name="TICKBELL_LANGUAGE", default="en", summary="language of new chats: en or zh"),
    Setting(
        name="TICKBELL_PRESETS",
        default="",
        summary="other conditions behind anomalies' names: rocket=rise(5m) >= 4%; bid wall=bid wall > 80M",
    ),
    Setting(
        name="TICKBELL_REPLAY_FILE", default="", summary="quotes file or recording that the feed replay plays"
    ),
    Setting(
        name="TICKBELL_RECORD",
        default="",
        summary="folder to record live feeds into, to be replayed later; empty: nothing is recorded",
    ),
    Setting(
        name="TICKBELL_CLOCK",
        default="",
        summary="time at which live feeds' clock starts, to serve them recordings; empty: the machine's",
    ),
    Setting(name="TICKBELL_LOG", default="warning", summary="debug, info, warning or error"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Values by name, defaults filled in; `feed_url` looks up an endpoint's replacement."""

    values: Mapping[str, str]
    hidden: tuple[str, ...] = ()  # names of the feeds' own secrets

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def get(self, name: str, default: str = "") -> str:
        """The value of an optional setting such as TICKBELL_BINANCE_WS_URL."""
        return self.values.get(name) or default

    def feed_url(self, feed: str, endpoint: str, default: str) -> str:
        """The base URL in force of a feed's endpoint."""
        return self.get(f"TICKBELL_{feed}_{endpoint}_URL".upper(), default)

    @property
    def data_dir(self) -> Path:
        """The data folder."""
        return Path(self["TICKBELL_DATA_DIR"])

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must never reach a log."""
        names = (*(setting.name for setting in SETTINGS if setting.secret), *self.hidden)
        return tuple(filter(None, map(self.get, names)))

    def __repr__(self) -> str:
        return f"Settings({len(self.values)} values)"


def load(environ: Mapping[str, str] | None = None, more: Iterable[Setting] = ()) -> Settings:
    """Read every TICKBELL_ variable, with the settings of feeds where they are given as `more`.

    SettingsError names an unreadable or exposed secret file.
    """
    environ = os.environ if environ is None else environ
    values = {name: value for name, value in environ.items() if name.startswith("TICKBELL_")}
    own = tuple(more)
    for setting in (*SETTINGS, *own):
        if setting.secret and (file := environ.get(setting.name + "_FILE")):
            values[setting.name] = _secret(setting.name, Path(file))
        values.setdefault(setting.name, setting.default)
    return Settings(values, tuple(setting.name for setting in own if setting.secret))


def _secret(name: str, file: Path) -> str:
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE: {file} cannot be read") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"{name}_FILE: {file} is open to others; run: chmod 600 {file}")
    return text
