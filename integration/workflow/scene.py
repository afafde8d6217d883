"""What a shot's fields say about its place, and the show's own words for it, as the render service is told."""

from dataclasses import replace
from unicodedata import normalize

from integration.production import Background
from integration.settings import ProjectSettings
from render_service.contract import Scene


def scene_of(background: Background, rules: ProjectSettings, *, added: str = "") -> Scene:
    """The words of `background`, with those house words of the show whose terms stand in them.

    What the art director `added` for one round comes before their note on the background, which may be cut at its end.
    """
    scene = Scene(
        place=background.place,
        season=background.season,
        time_of_day=background.time_of_day,
        weather=background.weather,
        light=background.light,
        art_note=", ".join(filter(None, (added, background.art_note))),
    )
    said = _plain("\n".join(scene.fields().values()))
    return replace(scene, house_words={term: words for term, words in rules.words.items() if _plain(term) in said})


def _plain(text: str) -> str:
    return normalize("NFKC", text).casefold()
