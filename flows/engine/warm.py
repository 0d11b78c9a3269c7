"""What every worker needs, loaded once by the process that they are forked from.

Models, word lists and compiled phrases take a second and tens of megabytes. The fork server imports this module before
it forks the first worker; it assesses one made-up page, so that whatever a page needs is there, and the workers share it.
What is loaded then lives as long as the process and is kept out of the garbage collector's rounds.
"""

from __future__ import annotations

import gc
from contextlib import suppress
from functools import cache
from tempfile import gettempdir

from flows.engine.chunks import EngineError
from quality import language
from quality.pipeline import assess

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A lamp for a small desk</title></head><body><article>
<h1>A lamp for a small desk</h1>
<p>The lamp was tested for nine weeks on two desks, and the second one had room for nothing else. It weighs 2 kg.</p>
<p>“It is bright enough,” said Ana Ruiz, who read by it every evening in March 2024. The hinge squeaks, however.</p>
<p>KupiÅ\x82a ksiÄ\x85Å¼kÄ\x99 i lampÄ\x99, bo byÅ\x82o ciemno. Subscribe to our newsletter for more.</p>
</article></body></html>"""
"""A page with prose, an appeal and a damaged line, so that the repair's tables are loaded too."""


@cache
def load_everything() -> None:
    """Load what an assessment needs, once a process. Raises EngineError when a page cannot be assessed for want of it."""
    try:
        language.load()
    except OSError as error:
        raise EngineError(
            f"the language model cannot be unpacked into a temporary file: {error}. Is {gettempdir()} full? "
            "TMPDIR names another folder."
        ) from error
    failure = assess(PAGE.encode(), url="https://warm.example/lamp").failure
    if failure is not None:
        raise EngineError(
            f"no page can be assessed here; one that was made up failed at {failure.stage}: {failure.error}"
        )


def warm_up() -> None:
    """Load everything that an assessment needs, and freeze it."""
    load_everything()
    gc.collect()
    gc.freeze()


with suppress(EngineError):  # the fork server would die of it; a worker tries again and reports it
    warm_up()
