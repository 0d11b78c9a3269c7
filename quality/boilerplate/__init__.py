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

__all__ = [
    "RESCUE_MARGIN",
    "BoilerplateModel",
    "ScoredPage",
    "lines_from_blocks",
    "main_container",
    "marked_container",
    "promise_of_blocks",
    "score_page",
    "take_out_furniture",
]
