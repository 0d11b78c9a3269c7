"""Links of headings to themselves are no text of theirs."""

from __future__ import annotations

import pytest

from quality import assess

PROSE = "".join(
    f"<p>In step {number} the daemon closed the socket after {number + 4} seconds and wrote the error to the log.</p>"
    for number in range(6)
)


@pytest.mark.parametrize(
    "link",
    [
        '<a class="headerlink" href="#a" title="Link to this heading">¶</a>',
        '<a class="headerlink" href="#a"><svg></svg></a>',
        ' <a class="anchor" aria-hidden="true" href="#a">#</a>',
        '<a href="#a">§</a>',
    ],
)
def test_a_link_of_a_heading_to_itself_is_no_text(link: str) -> None:
    html = (
        f"<html><head><title>Changes in 4.2</title></head><body><main><article><h1>Changes in 4.2{link}</h1>{PROSE}"
        f'<h2 id="a">Added{link}</h2>{PROSE.replace("daemon", "client")}</article></main></body></html>'
    )
    found = assess(html.encode(), url="https://docs.lampd.example/changes")
    assert found.title == "Changes in 4.2"
    lines = found.text.split("\n")
    assert "Added" in lines
    assert not any(mark in found.text for mark in "¶#§")


def test_a_heading_that_is_a_link_stays() -> None:
    html = f'<html><body><main><article><h1><a href="/c">C# and §5</a></h1>{PROSE}</article></main></body></html>'
    assert "C# and §5" in assess(html.encode(), url="https://docs.lampd.example/c").text
