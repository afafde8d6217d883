"""The words of a background's mood, Japanese and English, and prompts made of them."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Season(StrEnum):
    """The season of a scene."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class TimeOfDay(StrEnum):
    """The time of day of a scene."""

    MORNING = "morning"
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    """The weather of a scene."""

    CLEAR = "clear"
    CLOUDY = "cloudy"
    RAIN = "rain"
    FOG = "fog"


class LightSide(StrEnum):
    """The side of the frame the light comes from."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """Everything that changes the paint of a scene and none of its lines."""

    season: Season
    """Season."""
    time: TimeOfDay
    """Time of day."""
    weather: Weather
    """Weather."""
    light: LightSide = LightSide.LEFT
    """Where the light comes from, unless the scene shows the sun."""


ENGLISH: dict[StrEnum, tuple[str, ...]] = {
    Season.SPRING: ("spring", "cherry blossom", "spring blossoms"),
    Season.SUMMER: ("summer", "midsummer", "green summer"),
    Season.AUTUMN: ("autumn", "fall foliage", "autumn leaves"),
    Season.WINTER: ("winter", "snowy winter", "snow covered"),
    TimeOfDay.MORNING: ("morning", "early morning", "dawn"),
    TimeOfDay.DAY: ("day", "daytime", "noon", "afternoon"),
    TimeOfDay.DUSK: ("dusk", "sunset", "evening", "twilight"),
    TimeOfDay.NIGHT: ("night", "midnight", "moonlit night"),
    Weather.CLEAR: ("clear", "clear sky", "sunny", "fine weather", "fine"),
    Weather.CLOUDY: ("cloudy", "overcast", "cloudy sky"),
    Weather.RAIN: ("rain", "rainy", "raining"),
    Weather.FOG: ("fog", "mist", "foggy", "haze"),
    LightSide.LEFT: ("light from the left", "left light"),
    LightSide.RIGHT: ("light from the right", "right light"),
}
"""English words of each part of a mood, the plainest first."""

JAPANESE: dict[StrEnum, tuple[str, ...]] = {
    Season.SPRING: ("春", "桜の咲く春", "桜"),
    Season.SUMMER: ("夏", "真夏", "盛夏"),
    Season.AUTUMN: ("秋", "紅葉の秋", "紅葉"),
    Season.WINTER: ("冬", "雪の積もる冬", "雪景色"),
    TimeOfDay.MORNING: ("朝", "早朝", "朝方"),
    TimeOfDay.DAY: ("昼", "昼間", "日中", "デイ"),
    TimeOfDay.DUSK: ("夕方", "夕景", "夕焼け", "夕暮れ"),
    TimeOfDay.NIGHT: ("夜", "夜景", "夜中", "月夜"),
    Weather.CLEAR: ("晴れ", "快晴", "晴天"),
    Weather.CLOUDY: ("曇り", "曇り空", "曇天"),
    Weather.RAIN: ("雨", "雨天", "小雨"),
    Weather.FOG: ("霧", "霧の中", "もや"),
    LightSide.LEFT: ("左からの光", "左光源"),
    LightSide.RIGHT: ("右からの光", "右光源"),
}
"""Japanese words of each part of a mood, the plainest first."""

ELEMENTS_ENGLISH: dict[str, tuple[str, ...]] = {
    "mountains": ("mountains", "mountain village"),
    "hills": ("hills", "countryside", "field"),
    "river": ("river", "stream", "riverside"),
    "road": ("road", "path", "country road"),
    "houses": ("houses", "village", "farmhouse", "town"),
    "trees": ("trees", "woods", "forest"),
    "poles": ("telegraph poles", "power lines"),
    "clouds": ("clouds", "cumulus"),
}
"""English words of what a scene shows."""

ELEMENTS_JAPANESE: dict[str, tuple[str, ...]] = {
    "mountains": ("山", "山里"),
    "hills": ("丘", "田舎", "野原", "田園"),
    "river": ("川", "小川", "川辺"),
    "road": ("道", "田舎道", "通学路"),
    "houses": ("家", "村", "民家", "町"),
    "trees": ("木", "林", "森"),
    "poles": ("電柱", "電線"),
    "clouds": ("雲", "入道雲"),
}
"""Japanese words of what a scene shows."""

HEADS: tuple[str, ...] = ("", "", "anime background", "background art", "アニメの背景", "背景美術")
"""Openings a prompt may have."""

SHARE_JOINED = 0.3
"""Share of Japanese prompts whose words are joined by の instead of commas."""
SHARE_MIXED = 0.15
"""Share of prompts in which every word chooses its language."""


def all_words() -> list[str]:
    """Every word and phrase a training prompt may hold."""
    tables = (ENGLISH, JAPANESE, ELEMENTS_ENGLISH, ELEMENTS_JAPANESE)
    phrases = [phrase for table in tables for group in table.values() for phrase in group]
    return [*phrases, *(head for head in HEADS if head)]


def plain_prompt(mood: Mood, language: str) -> str:
    """The plainest prompt of a mood in ``en`` or ``ja``: season, time and weather."""
    table, comma = (ENGLISH, ", ") if language == "en" else (JAPANESE, "、")
    return comma.join(table[part][0] for part in (mood.season, mood.time, mood.weather))


def prompt_for(mood: Mood, elements: tuple[str, ...], rng: np.random.Generator) -> str:
    """A training prompt: the mood's words in a random order and language, sometimes with some of the elements."""
    japanese = rng.random() < 0.5
    mixed = rng.random() < SHARE_MIXED
    parts: list[StrEnum] = [mood.season, mood.time, mood.weather]
    if rng.random() < 0.25:
        parts.append(mood.light)

    def in_japanese() -> bool:
        return bool(rng.random() < 0.5) if mixed else japanese

    def pick(group: tuple[str, ...]) -> str:
        return group[0] if rng.random() < 0.4 else group[int(rng.integers(len(group)))]

    chosen = [pick((JAPANESE if in_japanese() else ENGLISH)[part]) for part in parts]
    rng.shuffle(chosen)
    named: list[str] = []
    if elements and rng.random() < 0.4:
        order = [elements[int(i)] for i in rng.permutation(len(elements))][: int(rng.integers(1, 4))]
        named = [pick((ELEMENTS_JAPANESE if in_japanese() else ELEMENTS_ENGLISH)[name]) for name in order]
    head = HEADS[int(rng.integers(len(HEADS)))]
    comma = "、" if japanese and rng.random() < 0.6 else ", "
    if japanese and rng.random() < SHARE_JOINED:
        chosen = ["の".join(chosen)]
    return comma.join(word for word in (head, *chosen, *named) if word)
