"""Function words of the languages that the labelled articles cover: articles, prepositions, pronouns, auxiliaries.

RedPajama-V2 and Data-Juicer count stop words against lists of their own; these are shorter and hold only words that
carry no topic, so the share is lower than theirs and comparable between languages.
"""

from __future__ import annotations

_LISTS: dict[str, str] = {
    "en": """
        the a an and or but if of to in on at by for with from as is are was were be been being it its this that
        these those he she they we you i his her their our your my not no do does did have has had will would
        can could should may might must there which who whom what when where how than then so also into about
        over after before between under out up down more most some any all such only just because while during
        through
    """,
    "de": """
        der die das den dem des ein eine einen einem einer eines und oder aber wenn von zu zum zur in im an am
        auf aus bei mit nach für über unter vor als ist sind war waren sein wird werden wurde wurden es er sie
        wir ihr ich nicht kein keine auch noch nur so wie dass daß sich hat haben hatte kann können soll muss um
        durch gegen ohne bis seit dieser diese dieses mehr schon sehr man was wer wo
    """,
    "fr": """
        le la les l un une des du de d et ou mais si en dans sur sous par pour avec sans est sont était été être
        ont a avait il elle ils elles on nous vous je ne pas plus que qu qui quoi dont où ce cette ces cet son
        sa ses leur leurs au aux se s comme aussi tout tous très y c n j même entre après avant depuis
    """,
    "es": """
        el la los las un una unos unas de del y o u e pero si en con por para sin sobre entre hasta desde es son
        era fue ser está están ha han había no más que quien cual como cuando donde se su sus lo le les al a muy
        también ya este esta estos estas ese esa eso esto yo nos mi tu todo todos
    """,
    "pt": """
        o a os as um uma uns umas de do da dos das e ou mas se em no na nos nas por para com sem sobre entre até
        é são era foi ser está estão tem têm não mais que quem qual como quando onde seu sua seus suas ao aos à
        às muito também já este esta isso isto ele ela eles elas eu nos pelo pela
    """,
    "it": """
        il lo la i gli le l un uno una di del della dei delle dello e o ma se in nel nella nei con per da dal
        dalla su sul sulla tra fra è sono era stato essere ha hanno aveva non più che chi cui come quando dove
        si suo sua suoi loro al alla ai alle anche già questo questa quello io noi ci ne
    """,
    "pl": """
        i w we z ze na do od po za o u przy przez dla bez nad pod przed między jest są był była było były być
        będzie nie się to ten ta te tego tej tym że który która które których jak jako gdy gdzie kiedy co kto
        czy ale lub oraz a także też tylko już jego jej ich on ona oni my ja mnie może
    """,
    "nl": """
        de het een en of maar als van te in op aan bij met naar voor over onder uit om door is zijn was waren
        wordt worden werd er hij zij ze we wij je ik niet geen ook nog maar zo dan dat die deze dit heeft hebben
        had kan kunnen zou moet wat wie waar hoe meer al
    """,
}


def _known() -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in _LISTS.items()}


FUNCTION_WORDS = _known()
"""Lower-case function words by ISO 639-1 code."""


def function_words(language: str | None) -> frozenset[str] | None:
    """Return the function words of a language, None where there is no list."""
    return FUNCTION_WORDS.get(language or "")
