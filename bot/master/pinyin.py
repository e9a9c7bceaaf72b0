"""How Chinese names sound: full pinyin and its initials, polyphones as the phrase they stand in has them."""

from functools import lru_cache

from pypinyin import lazy_pinyin


@lru_cache(maxsize=8192)  # the whole market is read again when its list is refreshed
def sounds(name: str) -> tuple[str, ...]:
    """What may be typed for a Chinese name: "中际旭创" -> zhongjixuchuang, zjxc; nothing for other names."""
    if name.isascii():
        return ()
    syllables = lazy_pinyin(name)
    initials = (
        part[:1] if not part.isascii() or part.isalpha() else part for part in _split(name, syllables)
    )
    return "".join(syllables).lower(), "".join(initials).lower()


def _split(name: str, syllables: list[str]) -> list[str]:
    """Syllables whose letters count once; letters and digits that the name itself has count all."""
    own = {part for part in syllables if part in name}
    return [piece for part in syllables for piece in (part if part in own else (part,))]
