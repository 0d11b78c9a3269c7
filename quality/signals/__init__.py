"""All signals, by name. A signal measures a document and never decides, edits or drops.

One signal is one module `quality/signals/<family>/<name>.py` with a function `measure(document) -> Measurement`; its
id is its path (`repetition.duplicate_ngrams`) and its summary the first line of its docstring. The list below is
explicit: a module that is not on it does not exist, and the order of the list is the order of every result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from quality.records import Measurement
from quality.segment import Document
from quality.signals.encoding import damage_fraction
from quality.signals.information import (
    decorative_statistics,
    missing_attribution,
    missing_dates,
    missing_first_hand,
    missing_limits,
    missing_names,
    missing_numbers,
    missing_particulars,
    missing_quantities,
    missing_quotes,
)
from quality.signals.padding import (
    keyword_line,
    low_information,
    recap_section,
    restated_heading,
    truism_formula,
    vague_benefit,
)
from quality.signals.page import (
    absent_list,
    advertorial_shape,
    clickbait_title,
    gibberish,
    hidden_text,
    injected_links,
    keyword_stuffing,
    published_refusal,
    publisher_mentions,
    publisher_ranked_first,
    template_sections,
    title_body_mismatch,
)
from quality.signals.parity import COLUMNS
from quality.signals.promo import (
    affiliate_disclosure,
    call_to_action,
    channel_plug,
    coupon_price_pitch,
    cross_link,
    link_line,
    paid_links,
    publisher_plug,
    subscribe_newsletter,
)
from quality.signals.promo import named_block as promo_named_block
from quality.signals.repetition import (
    duplicate_lines,
    duplicate_ngrams,
    heading_echo,
    restated_sections,
    restated_sentences,
)
from quality.signals.residue import (
    byline_tag_block,
    comment_form,
    counter_line,
    foreign_script_widget,
    furniture_phrase,
    image_slug,
    related_block,
    separator_line,
    tail_links,
    toc_block,
)
from quality.signals.residue import named_block as residue_named_block

_MODULES: tuple[ModuleType, ...] = (
    # encoding
    damage_fraction,
    # promo
    affiliate_disclosure,
    call_to_action,
    channel_plug,
    coupon_price_pitch,
    cross_link,
    link_line,
    promo_named_block,
    paid_links,
    publisher_plug,
    subscribe_newsletter,
    # residue
    byline_tag_block,
    comment_form,
    counter_line,
    foreign_script_widget,
    furniture_phrase,
    image_slug,
    residue_named_block,
    related_block,
    separator_line,
    tail_links,
    toc_block,
    # padding
    keyword_line,
    low_information,
    recap_section,
    restated_heading,
    truism_formula,
    vague_benefit,
    # repetition
    duplicate_lines,
    duplicate_ngrams,
    heading_echo,
    restated_sections,
    restated_sentences,
    # information
    decorative_statistics,
    missing_attribution,
    missing_dates,
    missing_first_hand,
    missing_limits,
    missing_names,
    missing_numbers,
    missing_particulars,
    missing_quantities,
    missing_quotes,
    # title and page
    absent_list,
    advertorial_shape,
    clickbait_title,
    gibberish,
    hidden_text,
    injected_links,
    keyword_stuffing,
    published_refusal,
    publisher_mentions,
    publisher_ranked_first,
    template_sections,
    title_body_mismatch,
)


@dataclass(frozen=True, slots=True)
class Signal:
    """A named measurement."""

    id: str
    """Family and name, e.g. "promo.cross_link"."""
    family: str
    measure: Callable[[Document], Measurement]
    summary: str
    """One line that says what is measured, for catalogues and reports."""


def _signal(module: ModuleType) -> Signal:
    _, _, path = module.__name__.partition("signals.")
    summary = (module.__doc__ or "").strip().partition("\n")[0]
    return Signal(id=path, family=path.partition(".")[0], measure=module.measure, summary=summary)


SIGNALS: tuple[Signal, ...] = (
    *(_signal(module) for module in _MODULES),
    *(Signal(id=column.id, family="parity", measure=column.measure, summary=column.summary) for column in COLUMNS),
)
"""Every signal, in the order of its results; the published ones last, whose families of columns share a module."""


def measure_all(document: Document) -> dict[str, Measurement]:
    """Run every signal on one document; a signal that raises is a bug and is not caught here."""
    return {signal.id: signal.measure(document) for signal in SIGNALS}
