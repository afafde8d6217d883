"""IPTC digital source types that say a trained model took part.

Source: IPTC NewsCodes "Digital Source Type", http://cv.iptc.org/newscodes/digitalsourcetype/.
"""

PREFIX = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""What every term begins with when it is written in full."""

COMPOSITE_WITH_AI = PREFIX + "compositeWithTrainedAlgorithmicMedia"
"""A picture that a model made from a person's, or in which a part comes from a model."""
MADE_BY_AI = PREFIX + "trainedAlgorithmicMedia"
"""A picture a model made alone."""
DIGITAL_CREATION = PREFIX + "digitalCreation"
"""A picture a person made with digital tools."""
HUMAN_EDITS = PREFIX + "humanEdits"
"""Changes a person made."""

_SAID = {
    "trainedAlgorithmicMedia": "made by a trained model",
    "compositeWithTrainedAlgorithmicMedia": "made with the help of a trained model",
    "compositeSynthetic": "put together with synthetic parts",
}


def said_of_ai(term: str) -> str | None:
    """What `term`, short or in full, says about a model's part in plain words; None when it says nothing of it."""
    return _SAID.get(term.strip().rstrip("/").rpartition("/")[2])
