"""Hostile pages, generated: each must end within its limit as an article or as a failure with a name."""

from __future__ import annotations

import gzip
from collections.abc import Callable

SENTENCE = "The council approved the new bridge on Monday after a hearing that lasted four hours. "


def _html(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html lang='en'><head><title>t</title>{head}</head><body>{body}</body></html>".encode()


PAGES: dict[str, Callable[[], bytes]] = {
    "huge_page": lambda: _html("<p>" + SENTENCE * 1_200_000 + "</p>"),
    "table_rows": lambda: _html("<table>" + "<tr><td>1</td><td>x</td></tr>" * 1_000_000 + "</table>"),
    "table_rows_small": lambda: _html("<table>" + "<tr><td>1</td><td>word</td></tr>" * 100_000 + "</table>"),
    "paragraphs": lambda: _html(f"<p>{SENTENCE}</p>" * 50_000),
    "nesting": lambda: _html("<div>" * 100_000 + SENTENCE * 20 + "</div>" * 100_000),
    "nesting_inline": lambda: _html("<b>" * 100_000 + SENTENCE * 20),
    "nesting_lists": lambda: _html("<ul><li>" * 30_000 + SENTENCE * 20),
    "links": lambda: _html("<a href='https://x.example/?a=1'>link text here</a> " * 1_000_000),
    "links_small": lambda: _html("<p>" + "<a href='https://x.example/?a=1'>link</a> word " * 100_000 + "</p>"),
    "entity_bomb": lambda: (
        b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">'
        b"]><html><body><p>" + b"&c;&amp;&lt;" * 200_000 + b"</p></body></html>"
    ),
    "endless_line": lambda: _html("<p>" + "word " * 800_000 + "</p>"),
    "endless_word": lambda: _html("<p>" + "x" * 4_000_000 + "</p>"),
    "spaces": lambda: _html("<p>" + " \t\u00a0" * 1_000_000 + "end</p>"),
    "dots": lambda: _html("<p>" + "." * 2_000_000 + "</p><p>" + "A. " * 500_000 + "</p>"),
    "quotes": lambda: _html("<p>" + "'\"“”’‘" * 500_000 + "</p>"),
    "pipes": lambda: _html("<p>" + "| a | b " * 300_000 + "</p>"),
    "commas": lambda: _html("<p>" + "best shoes, " * 300_000 + "</p>"),
    "null_bytes": lambda: _html("<p>" + SENTENCE * 20 + "</p>").replace(b" ", b"\0"),
    "only_nulls": lambda: b"\0" * 3_000_000,
    "mixed_encodings": lambda: b"".join(
        line.encode(codec) + b"\n"
        for line in ("Grüße aus Köln und Übersee", "Ñandú, señor", "façade naïve")
        for codec in ("utf-8", "latin-1", "cp1252", "utf-16-le")
        for _ in range(2_000)
    ),
    "surrogates": lambda: ("<p>" + SENTENCE * 10 + "\ud800\udfff" * 5_000 + "</p>").encode("utf-8", "surrogatepass"),
    "mojibake": lambda: _html("<p>" + "Russiaâ€™s β Ã© Â " * 200_000 + "</p>"),
    "bidi": lambda: _html("<p>" + "\u202e\u2066\u200b\u200fabc" * 300_000 + "</p>"),
    "attributes": lambda: _html("<div " + " ".join(f"data-a{n}='x'" for n in range(200_000)) + ">" + SENTENCE * 20),
    "class_names": lambda: _html("<p class='" + "btn share " * 300_000 + "'>" + SENTENCE * 20 + "</p>"),
    "json_ld": lambda: _html(SENTENCE * 20, "<script type='application/ld+json'>" + "[" * 100_000 + "</script>"),
    "unclosed": lambda: b"<" * 1_000_000,
    "comments": lambda: _html("<!-- x -->" * 300_000 + SENTENCE * 20),
    "scripts": lambda: _html("<script>if(a<b){}</script>" * 100_000 + "<p>" + SENTENCE * 20 + "</p>"),
    "gzip_body": lambda: gzip.compress(b"x" * 50_000_000),
    "utf16": lambda: _html("<p>" + SENTENCE * 30 + "</p>").decode().encode("utf-16"),
    "same_sentence": lambda: _html("<p>" + SENTENCE * 20_000 + "</p>"),
    "same_heading": lambda: _html(f"<h2>The new bridge</h2><p>{SENTENCE}</p>" * 8_000),
    "cjk": lambda: _html("<p>" + "委员会周一批准了新桥。" * 60_000 + "</p>"),
}
"""Name to maker of the bytes."""
