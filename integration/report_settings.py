"""What a studio sets about reports: the order of roles in its credits."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

CreditRole = Literal[
    "director", "art_director", "background_artist", "layout_artist", "layout_corrector", "animation_director", "genzu_cleaner",
    "coordinator", "producer",
]  # fmt: skip
"""The roles of people, as entries have them; tools stand in a block of their own."""
USUAL_ORDER: tuple[CreditRole, ...] = (
    "director", "art_director", "background_artist", "layout_artist", "layout_corrector", "animation_director", "genzu_cleaner",
    "coordinator", "producer",
)  # fmt: skip
"""The order of most Japanese credit rolls, as far as backgrounds go."""


class CreditSettings(BaseModel):
    """How credits are listed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role_order: tuple[CreditRole, ...] = Field(USUAL_ORDER, min_length=1)
    """Roles in the order in which they are listed; what is not named comes after. Within a role people stand in order of name."""
