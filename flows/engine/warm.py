"""What every worker needs, loaded once by the process that they are forked from.

Models, word lists and compiled phrases take a second and tens of megabytes. The fork server imports this module before
it forks the first worker; it assesses one made-up page, so that whatever a page needs is there, and the workers share it.
What is loaded then lives as long as the process and is kept out of the garbage collector's rounds.
"""

from __future__ import annotations

import gc

from quality.pipeline import assess

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A lamp for a small desk</title></head><body><article>
<h1>A lamp for a small desk</h1>
<p>The lamp was tested for nine weeks on two desks, and the second one had room for nothing else. It weighs 2 kg.</p>
<p>“It is bright enough,” said Ana Ruiz, who read by it every evening in March 2024. The hinge squeaks, however.</p>
<p>KupiÅ\x82a ksiÄ\x85Å¼kÄ\x99 i lampÄ\x99, bo byÅ\x82o ciemno. Subscribe to our newsletter for more.</p>
</article></body></html>"""
"""A page with prose, an appeal and a damaged line, so that the repair's tables are loaded too."""


def warm_up() -> None:
    """Load everything that an assessment needs, and freeze it."""
    assess(PAGE.encode(), url="https://warm.example/lamp")
    gc.collect()
    gc.freeze()


warm_up()
