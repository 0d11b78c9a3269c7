"""What of a page is its main text, and what is furniture around it: a model of the page's blocks beside trafilatura."""

from quality.boilerplate.main_text import (
    RESCUE_MARGIN,
    lines_from_blocks,
    main_container,
    marked_container,
    promise_of_blocks,
    take_out_furniture,
)
from quality.boilerplate.model import BoilerplateModel, ScoredPage, score_page
from quality.boilerplate.shaping import discarded_texts, main_text_weights, named_text, shaped, unnamed

__all__ = [
    "RESCUE_MARGIN",
    "BoilerplateModel",
    "ScoredPage",
    "discarded_texts",
    "lines_from_blocks",
    "main_container",
    "main_text_weights",
    "marked_container",
    "named_text",
    "promise_of_blocks",
    "score_page",
    "shaped",
    "take_out_furniture",
    "unnamed",
]
