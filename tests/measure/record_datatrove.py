"""Record what datatrove 0.10.1 says of the texts in tests/cases/parity/texts.toml.

Run it with a Python that has `datatrove[io,processing]==0.10.1`, spacy and nltk; it writes datatrove.json beside the
texts. The filters only say yes or no, so their numbers are taken from their own functions.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

CASES = Path(__file__).parent.parent / "cases" / "parity"
LANGUAGE = "eng"
C4_RULES = {
    "long_word": "too_long_word",
    "no_end_mark": "no_terminal_punc",
    "few_words": "too_few_words",
    "javascript": "javascript",
    "policy": "policy",
}


def gopher(text: str, words: list[str]) -> dict[str, float | None]:
    """Gopher quality and repetition."""
    from datatrove.pipeline.filters import gopher_quality_filter as quality
    from datatrove.pipeline.filters import gopher_repetition_filter as repetition
    from datatrove.utils.text import PUNCTUATION_SET

    spoken = [word for word in words if any(char not in PUNCTUATION_SET for char in word)]
    lines = text.splitlines()
    found: dict[str, float | None] = {
        "words_count": len(spoken),
        "mean_word_length": sum(map(len, spoken)) / len(spoken),
        "hash_ratio": text.count("#") / len(words),
        "ellipsis_ratio": (text.count("...") + text.count("…")) / len(words),
        "bullet_lines_fraction": sum(s.lstrip().startswith(("•", "-")) for s in lines) / len(lines),
        "ellipsis_lines_fraction": sum(s.rstrip().endswith(("...", "…")) for s in lines) / len(lines),
        "alphabetic_words_fraction": sum(any(c.isalpha() for c in word) for word in words) / len(words),
        "stop_words_count": len(set(quality.STOP_WORDS) & set(words)),
    }
    rules = repetition.GopherRepetitionFilter()
    for name, pieces in (
        ("paragraph", rules.paragraph_exp.split(text.strip())),
        ("line", rules._line_splitter.split(text)),
    ):
        copies, characters = repetition.find_duplicates(pieces)
        found[f"duplicate_{name}s_fraction"] = copies / len(pieces)
        found[f"duplicate_{name}_chars_fraction"] = characters / len(text)
    for n in (2, 3, 4):
        grams = repetition.get_n_grams(words, n)
        found[f"top_{n}_gram_fraction"] = repetition.find_top_duplicate(grams) / len(text) if grams else None
    for n in range(5, 11):
        found[f"duplicate_{n}_gram_fraction"] = repetition.find_all_duplicate(words, n) / len(text)
    return {f"datatrove_gopher_{name}": value for name, value in found.items()}


def fineweb(text: str, words: list[str]) -> dict[str, float]:
    """FineWeb quality."""
    from datatrove.pipeline.filters.gopher_repetition_filter import find_duplicates
    from datatrove.utils.text import TERMINAL_PUNCTUATION

    lines = [line for line in text.split("\n") if line.strip()]
    found = {
        "end_marked_lines_fraction": sum(line.endswith(tuple(TERMINAL_PUNCTUATION)) for line in lines) / len(lines),
        "short_lines_fraction": sum(len(line) <= 30 for line in lines) / len(lines),
        "duplicate_line_chars_fraction": find_duplicates(lines)[1] / len(text.replace("\n", "")),
        "line_breaks_ratio": text.count("\n") / len(words),
    }
    return {f"datatrove_fineweb_{name}": value for name, value in found.items()}


def c4(text: str) -> dict[str, float]:
    """C4's line rules, with its document rules switched off so that every line is seen."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import c4_filters

    rules = c4_filters.C4QualityFilter(
        filter_lorem_ipsum=False, filter_curly_bracket=False, min_num_sentences=0, language=LANGUAGE
    )
    counts: dict[str, int] = {}
    sentences = 0
    split = c4_filters.split_into_sentences

    def count(*names: str, **_: object) -> None:
        for name in names:
            counts[name] = counts.get(name, 0) + 1

    def counted_split(line: str, language: str) -> list[str]:
        nonlocal sentences
        found = split(line, language)
        sentences += len(found)
        return found

    rules.stat_update = count
    c4_filters.split_into_sentences = counted_split
    rules.filter(Document(text=text, id="text"))
    c4_filters.split_into_sentences = split
    total = counts["line-total"]
    found = {f"{ours}_lines_fraction": counts.get(f"line-filter-{name}", 0) / total for ours, name in C4_RULES.items()}
    found["sentences_count"] = sentences
    found["lorem_ipsum"] = float("lorem ipsum" in text.lower())
    found["curly_bracket"] = float("{" in text)
    found["long_lines_count"] = sum(len(line) >= 200 for line in text.splitlines())
    return {f"datatrove_c4_{name}": value for name, value in found.items()}


def main() -> None:
    """Write the values of every text."""
    from datatrove.utils.text import split_into_words

    recorded = {}
    for case in tomllib.loads((CASES / "texts.toml").read_text(encoding="utf-8"))["text"]:
        text = case["text"].strip("\n")
        words = split_into_words(text, LANGUAGE)
        values = {**gopher(text, words), **fineweb(text, words), **c4(text)}
        recorded[case["name"]] = {"words": list(words), "values": values}
    target = CASES / "datatrove.json"
    target.write_text(json.dumps(recorded, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
