"""Which of the languages served a text is written in, and in which script.

lingua tells languages apart inside one script. It knows Belarusian in Cyrillic only and takes
łacinka for Polish or Lithuanian, so the Latin side is weighed here: lingua's opinion, the small
words that no sentence does without, the letters, and for Belarusian lingua's opinion of the
same text in Cyrillic.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from lingua import Language as LinguaLanguage
from lingua import LanguageDetector, LanguageDetectorBuilder

from corpus.models import DetectedLanguage
from corpus.transliteration import belarusian_to_cyrillic, belarusian_to_lacinka

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import Language, Script

# Enough to be sure, and little enough that a book costs no more than a page.
_LETTERS_READ = 2000
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")

_BY_LINGUA: dict[LinguaLanguage, Language] = {
    LinguaLanguage.BELARUSIAN: "be",
    LinguaLanguage.RUSSIAN: "ru",
    LinguaLanguage.UKRAINIAN: "uk",
    LinguaLanguage.POLISH: "pl",
    LinguaLanguage.LITHUANIAN: "lt",
    LinguaLanguage.ENGLISH: "en",
    LinguaLanguage.GERMAN: "de",
}
# What lingua knows in each script.
_KNOWN: dict[Script, tuple[Language, ...]] = {
    "Cyrl": ("be", "ru", "uk"),
    "Latn": ("pl", "lt", "en", "de"),
}

# The small words that hardly a sentence does without, with and without their diacritics.
_SMALL_WORD_LISTS: dict[Language, str] = {
    "be": """
        abo ad adkul ale b bo bolej bols bolš by byla byli bylo byu była było byŭ camu chacu
        chaču chto ci ciabie ciapier cym da dla do dobra dyk dzie heta hetaha hetaj hetu hetuju
        hety hetyja hetym i ich ja jaho jaje jak jakaja jaki jakija jakoje jakuju jamu jana jano
        jany jasce jašče joj jon josc jość kab kali kolki kozny kožny krychu kudy maja maje
        majho majo mianie mnie moj moza mozna moža možna my na nam nas naš ni niama nie nielha
        nima pa pasla pavinna pavinny paśla pierad potym pra praz sa shto siabie sionnia sto
        stolki svaja svaje svajo svaju svoj szto tabie tady taja tak taksama tam toj toje tolki
        treba tut tvaja tvoj ty tyja u ucora usiaho usie usio uzo učora uže užo vam vas vaš
        viedaje viedaju vielmi vy z za zaraz znou znoŭ zrabic zrabić čamu čym što štoby ŭ
    """,
    "pl": """
        ale bez bo by bylo był była było co czy czym dla dlaczego do gdzie go i ile ja jak jaka
        jaki jakie jakiej jesli jest jestem jeszcze jeśli juz już kiedy kto ktora ktore ktory
        która które który ma mam mi mnie moj moja moze mozna może można my mój na nic nie niej o
        od on ona oni oraz po pod przed przez przy sie się skad skąd są ta tak tam te tego tej
        ten to trzeba ty tylko tym u w we z za ze zeby że żeby
    """,
    "lt": """
        aciu ačiū apie ar as aš bet bus buvo cia čia del dėl gali galiu iki ir iš jau jei ji jie
        jis jo jos jus jusu jūs jūsų ka kad kada kaip kas kiek kodel kodėl kokia kokie koks kur
        ką labai man mano mes ne nera nes nors nuo nėra o per po prie reikia sau savo su tai
        taip tas tik tu turi uz už yra į šis
    """,
    "en": """
        a about am an and any are as at be been but by can did do does for from get had has have
        he her him his how i if in is it me my no not of on one or our she so that the their
        them there they this to was we were what when where which who why will with would you
        your
    """,
    "de": """
        aber als am an auch auf aus bei bin bis da das dass dem den der des die du ein eine
        einem einen einer er es fur für habe haben hat ich ihr im in ist ja kann kein keine man
        mein meine mich mir mit muss nach nicht noch oder sich sie sind so um und uns von vor
        wann war warum was wenn wer werden wie wir wird wo zu zum zur
    """,
}
_SMALL_WORDS = {language: frozenset(words.split()) for language, words in _SMALL_WORD_LISTS.items()}
# What the spelling of a language does not have. In łacinka softness is always written, so e
# and i do not follow just any consonant; and an unstressed o becomes a, so that hardly a word
# has two.
_FOREIGN: dict[Language, re.Pattern[str]] = {
    "be": re.compile(
        r"[wqxgąęóėįųūżäöüß]|rz|[sc]z|th|sch|o.*o|[bdfkmnptv]e|[tdrčšž]i|(?<![nvčc]a)(?<=[aiu])s$"
    ),
    "pl": re.compile(r"[čšžvŭėįųūqxäöüß]"),
    "lt": re.compile(r"[wqxćśźńłŭóżäöüß]|ch"),
    "en": re.compile(r"[čšžćśźńłŭóżąęėįųūäöüß]"),
    "de": re.compile(r"[čšžćśźńłŭóżąęėįųū]"),
}
# Who writes Belarusian so might as well write Polish.
_NOT_LACINKA = re.compile(r"[wqxżąęóį]|[scr]z")
# Polish has no v and seldom an h outside ch, Lithuanian no ł; the rest are endings.
_BELARUSIAN = re.compile(
    r"v|(?<![cgkpstw])h(?=[aouyrlłi])|(?:cca|[ao]ha|[aiy]ja|[aij]cie|sia|[aeoiy]u)$"
)
# Diacritics say something only where they were typed.
_BELARUSIAN_MARKS = re.compile(r"ŭ|[čšž].*[ćśźńł]|[ćśźńł].*[čšž]|[ayiu]ć$")
# Weights in nats: one word of spelling is worth 1. The best of several settings on 500 short
# Tatoeba sentences a language, whose faults also suggested words and spellings above. So these
# figures are those of a development set: told are 479 in łacinka, 453 in łacinka without
# diacritics, 458 as passports write, 237 in Polish letters; 497 in Polish, 494 in Polish without
# diacritics, 500 in Lithuanian, 495 in Lithuanian without diacritics.
_LEAST_PROBABILITY = 0.01
_SMALL_WORD = 1.5
_BELARUSIAN_IS_RARER = 0.8


def detect_language(text: str) -> DetectedLanguage:
    """Tell the language and the script of a text.

    Only about the first 2,000 letters are read.

    Returns:
        Always one of the languages served, however foreign the text is. A text without
        Cyrillic and Latin letters (empty, digits, emoji) counts as English in Latin script,
        with confidence 0.
    """
    words = _first_words(text)
    letters = "".join(words)
    cyrillic, latin = len(_CYRILLIC.findall(letters)), len(_LATIN.findall(letters))
    if not cyrillic and not latin:
        return DetectedLanguage("en", "Latn", 0.0)
    # Words in the other script are names of programs and forms: they say nothing.
    if cyrillic >= latin:
        evidence = _ask([word for word in words if _CYRILLIC.search(word)], "Cyrl")
        language = max(evidence, key=evidence.__getitem__)
        return DetectedLanguage(language, "Cyrl", evidence[language])
    return _weigh_latin([word for word in words if _LATIN.search(word)])


def _first_words(text: str) -> list[str]:
    """Words in lower case, until there are letters enough."""
    words: list[str] = []
    length = 0
    for match in _WORD.finditer(unicodedata.normalize("NFC", text[: 4 * _LETTERS_READ]).lower()):
        words.append(match[0])
        length += len(match[0])
        if length >= _LETTERS_READ:
            break
    return words


def _weigh_latin(words: Sequence[str]) -> DetectedLanguage:
    text = " ".join(words)
    in_lacinka = belarusian_to_lacinka(text).split(" ")
    evidence = {
        language: math.log(max(probability, _LEAST_PROBABILITY))
        + sum(_weigh_word(word, language) for word in words)
        for language, probability in _ask(words, "Latn").items()
    }
    in_cyrillic = _ask(belarusian_to_cyrillic(text).split(" "), "Cyrl")["be"]
    evidence["be"] = (
        math.log(max(in_cyrillic, _LEAST_PROBABILITY))
        + sum(map(_weigh_belarusian, words, in_lacinka))
        - _BELARUSIAN_IS_RARER
    )
    language = max(evidence, key=evidence.__getitem__)
    total = sum(math.exp(value - evidence[language]) for value in evidence.values())
    return DetectedLanguage(language, "Latn", 1 / total)


def _weigh_word(word: str, language: Language) -> float:
    """How much a word says for a language, in nats; negative where it says against it."""
    weight = _SMALL_WORD if word in _SMALL_WORDS[language] else 0.0
    return weight - 1 if _FOREIGN[language].search(word) else weight


def _weigh_belarusian(word: str, in_lacinka: str) -> float:
    """The same for Belarusian, which is typed in several ways.

    Args:
        word: As it was typed.
        in_lacinka: The same word, if it is Belarusian, with its diacritics.
    """
    weight = _SMALL_WORD if {word, in_lacinka} & _SMALL_WORDS["be"] else 0.0
    if _NOT_LACINKA.search(word) or _FOREIGN["be"].search(in_lacinka):
        return weight - 1
    if _BELARUSIAN_MARKS.search(word) or _BELARUSIAN.search(word) or _BELARUSIAN.search(in_lacinka):
        return weight + 1
    return weight


def _ask(words: Sequence[str], script: Script) -> dict[Language, float]:
    """What lingua gives each language that it knows in this script; adds up to 1."""
    values = _detector(script).compute_language_confidence_values(" ".join(words))
    return {_BY_LINGUA[value.language]: value.value for value in values}


@cache
def _detector(script: Script) -> LanguageDetector:
    """Lingua's detector of high accuracy: 124 MB for Cyrillic, 102 MB for Latin script.

    Its low accuracy takes 14 MB for both, but is wrong on 8 % of short Russian sentences
    instead of 2 %.
    """
    languages = [language for language, served in _BY_LINGUA.items() if served in _KNOWN[script]]
    return LanguageDetectorBuilder.from_languages(*languages).build()
