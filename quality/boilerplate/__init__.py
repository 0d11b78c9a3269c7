"""What of a page is its main text, and what is furniture around it: a model of the page's blocks beside trafilatura."""

from quality.boilerplate.main_text import is_better_from_blocks, lines_from_blocks, take_out_furniture
from quality.boilerplate.model import ScoredPage, score_page

__all__ = ["ScoredPage", "is_better_from_blocks", "lines_from_blocks", "score_page", "take_out_furniture"]
