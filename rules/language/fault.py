"""What the language answers to text that is no rule: the word, its column and what would fit there."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MOST_SHOWN = 40  # characters of a word that an error repeats
# Sentences by key, English and Chinese; `{word}` is the word the column points at.
SAID: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "long": ("a rule has at most {most} characters", "一条规则最多 {most} 个字符"),
        "control": ("a rule is one line of plain text", "规则须为一行普通文字"),
        "empty": (
            "a rule is missing; write a symbol and a condition, such as 300308.SZ change > 5%",
            "缺少规则；请写代码和条件，例如 300308.SZ 涨跌幅 > 5%",
        ),
        "first": (
            "a symbol must come before '{word}', such as 300308.SZ {word} ...",
            "'{word}' 前须写代码，例如 300308.SZ {word} ...",
        ),
        "symbol": (
            "'{word}' is not a known symbol; a code (300308, AAPL.US, BTCUSDT) or a known name would fit",
            "不认识代码 '{word}'；可写 300308、AAPL.US、BTCUSDT 或已知名称",
        ),
        "any": ("'any' wants a group, such as any @chinext", "'任一' 后须写分组，例如 任一 @chinext"),
        "condition": (
            "a condition must follow '{word}', such as change > 5%",
            "'{word}' 后须写条件，例如 涨跌幅 > 5%",
        ),
        "unknown": ("'{word}' is not understood here; {fits}", "此处不理解 '{word}'；{fits}"),
        "ended": ("the rule ends too soon after '{word}'; {fits}", "规则在 '{word}' 之后不完整；{fits}"),
        "mean": ("did you mean '{near}'?", "是否想写 '{near}'？"),
        "expected": ("{labels} would fit", "可写 {labels}"),
        "later": ("not available yet: {word}", "暂未支持：{word}"),
        "later on": ("not available yet: {word} on {symbol}", "暂未支持：{symbol} 上的 {word}"),
        "vague": (
            "'{word}' has no one measure; such as {near} would fit",
            "'{word}' 没有唯一的算法；可写 {near}",
        ),
        "absent": (
            "'{word}' is not among what rules can watch",
            "'{word}' 不在可监控的数据之内",
        ),
        "percent": ("'{word}' needs a percent sign: {word}%", "'{word}' 缺少百分号：{word}%"),
        "no percent": (
            "'{word}' is a percentage, a price or number fits here",
            "此处须写价格或数字，而非百分比 '{word}'",
        ),
        "bounds": (
            "'{word}' is out of bounds: {low} to {high} would fit",
            "'{word}' 超出范围：可写 {low} 至 {high}",
        ),
        "window": (
            "'{word}' is longer than a session of {symbol}: at most {most} would fit",
            "'{word}' 超过 {symbol} 一个交易时段：最长 {most}",
        ),
        "groups only": (
            "'{word}' exists on groups alone, such as @optical-modules",
            "'{word}' 只用于分组，例如 @optical-modules",
        ),
        "itself": (
            "'{word}' is the instrument itself; another one fits here",
            "'{word}' 就是它自己；此处应为另一标的",
        ),
        "not on": ("'{word}' does not exist on {symbol}", "{symbol} 没有 '{word}'"),
        "crossing": (
            "'not' cannot stand before a crossing such as '{word}'; a comparison would fit",
            "'非' 不能放在穿越类条件 '{word}' 之前；可写比较条件",
        ),
        "channel": (
            "'{word}' must be above the channel's lower end",
            "'{word}' 须大于通道下限",
        ),
        "positive": ("'{word}' must be above zero", "'{word}' 须大于零"),
        "sign": ("'{word}' stands without a sign here", "'{word}' 此处不带正负号"),
        "fall": (
            "'{word}' can never be: a price falls by less than 100%",
            "'{word}' 不可能出现：跌幅小于 100%",
        ),
        "whole": ("'{word}' must be a whole number", "'{word}' 须为整数"),
        "grid": (
            "'{word}' is off the grid: {symbol} is quoted with {decimals} decimals",
            "'{word}' 精度过细：{symbol} 报价为 {decimals} 位小数",
        ),
        "digits": ("'{word}' has too many digits", "'{word}' 位数过多"),
        "then": (
            "'{word}' wants a window of time, such as ... within 30m",
            "'{word}' 须有时间窗口，例如 ... 30分钟内",
        ),
        "chain": (
            "'{word}' after another wants brackets: (A then B within 30m) then C within 30m",
            "再写 '{word}' 须加括号：（A 然后 B 30分钟内） 然后 C 30分钟内",
        ),
        "clock": (
            "'{word}' is no time of day; one such as 14:50 would fit",
            "'{word}' 不是时刻；可写 14:50",
        ),
        "hours": (
            "'{word}' is outside the session of {symbol}: {low} to {high} would fit",
            "'{word}' 不在 {symbol} 的交易时段内：可写 {low} 至 {high}",
        ),
        "clocks": ("'{word}' must be after {before}", "'{word}' 须晚于 {before}"),
        "beside": (
            "'{word}' cannot stand beside '{other}': one of them would fit",
            "'{word}' 不能与 '{other}' 并用；只写其一",
        ),
        "excluded": (
            "'{word}' never comes: a window that ends at {end} excludes the close",
            "'{word}' 不会出现：{end} 结束的时段不含收盘",
        ),
        "lone": (
            "a ladder stands alone, nothing is joined to it: '{word}' does not fit here",
            "阶梯须单独成条，不可再加条件：此处不可写 '{word}'",
        ),
        "compared": (
            "only a comparison has steps, such as change > 5%, 8%, 10%: '{word}' does not fit here",
            "只有比较条件可写阶梯，例如 涨跌幅 > 5%、8%、10%：此处不可写 '{word}'",
        ),
        "beyond": (
            "'{word}' must lie beyond {before}: the steps of a ladder move away",
            "'{word}' 须比 {before} 更远：阶梯逐级远离",
        ),
        "rungs": (
            "'{word}' is one too many: a ladder has at most {most} steps",
            "'{word}' 过多：阶梯最多 {most} 级",
        ),
        "nodes": ("a rule has at most {most} parts", "一条规则最多 {most} 个部分"),
        "depth": ("a rule nests at most {most} deep", "规则最多嵌套 {most} 层"),
        "twice": ("'{word}' says again what an option before it said", "'{word}' 与前面的选项重复"),
        "date": (
            "'{word}' is not a date; one such as 2026-12-31 would fit",
            "'{word}' 不是日期；可写 2026-12-31",
        ),
        "session": (
            "'{word}' is no kind of session; auction, regular or extended would fit",
            "'{word}' 不是时段；可写 竞价、盘中、盘外",
        ),
        "duration": ("'{word}' is no duration; one such as 30m would fit", "'{word}' 不是时长；可写 30m"),
        "hysteresis": (
            "'{word}' is no hysteresis; a percentage from 0% to 50% would fit",
            "'{word}' 不是回差；可写 0% 至 50%",
        ),
        "note": ("a note has at most {most} characters", "备注最多 {most} 个字符"),
    }
)

# What an error offers, in Chinese; words of the language are offered as they are.
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "a number": "数字",
        "a price": "价格",
        "a percentage": "百分比",
        "an amount": "金额",
        "a whole number": "整数",
        "a symbol": "代码",
        "a window": "时长",
        "a span": "天数",
        "a condition": "条件",
        "a duration, 5m": "时长，如 5分钟",
        "a time, 14:50": "时刻，如 14:50",
        "the end": "结束",
    }
)


def say(key: str, language: str, **fields: object) -> str:
    """The sentence of `key` in `language`, its fields filled in."""
    english, chinese = SAID[key]
    return (chinese if language == "zh" else english).format(**fields)


class LanguageError(ValueError):
    """Text that is no rule: `reason` names the word and what would fit, `column` is 1-based."""

    def __init__(self, reason: str, *, column: int, word: str = "", language: str = "en") -> None:
        super().__init__(reason, column, word)
        self.reason, self.column, self.word, self.language = reason, column, word, language

    def __str__(self) -> str:
        place = f"（第 {self.column} 列）" if self.language == "zh" else f" (column {self.column})"
        return self.reason + place


class LaterError(LanguageError):
    """A form the language knows and whose signal is not built: "not available yet: ..."."""


class UnknownSymbolError(LanguageError):
    """A symbol that nobody knows; `word` is what stood in its place, for "did you mean"."""


class Trouble(Exception):  # noqa: N818 - never leaves the language: parse turns it into a LanguageError
    """A fault on its way to `rules.language.parse`, which knows the reader's language."""

    def __init__(self, key: str, start: int, word: str, **fields: object) -> None:
        super().__init__(key, start, word)
        self.key, self.start, self.word, self.fields = key, start, word, fields

    def told(self, language: str) -> LanguageError:
        """The public error, in words."""
        kind = LaterError if self.key.startswith("later") else LanguageError
        kind = UnknownSymbolError if self.key == "symbol" else kind
        shown = self.word if len(self.word) <= MOST_SHOWN else self.word[: MOST_SHOWN - 3] + "..."
        fields = {"word": shown, **self.fields}
        if isinstance(hint := fields.get("fits"), Hint):
            fields["fits"] = hint.told(language)
        return kind(
            say(self.key, language, **fields), column=self.start + 1, word=self.word, language=language
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What would fit at a place: the nearest word, or the labels of what does, in each language."""

    near: str = ""
    labels: tuple[str, ...] = ()
    chinese: tuple[str, ...] = ()

    def told(self, language: str) -> str:
        """The hint in words."""
        if self.near:
            return say("mean", language, near=self.near)
        if language == "zh":
            labels = (LABELS.get(label, label) for label in self.chinese or self.labels)
            return say("expected", language, labels="、".join(labels))
        return say("expected", language, labels=", ".join(self.labels))
