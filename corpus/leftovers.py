"""What scrapers leave between an article's lines: credits, buttons, ages, calls, consent.

A rule takes out only lines that are wholly such a leftover. A line that reads like a paragraph
(see `is_paragraph`) is never taken out, whatever it says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FLAGS = re.IGNORECASE | re.VERBOSE

_MARK = re.compile(r"(#{1,6}|-|\d{1,3}\.) ")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»“›)\]]*$")

_AGE = re.compile(
    r"""
    (?:(?:updated|posted|published|added|last\ updated)\W+)?
    (?: (?:about\ |over\ )?(?:\d{1,3}|an?|one|a\ few)\ ?
          (?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|months?|years?)\ ago
      | (?:\d{1,3}\ )?(?:секунд\w*|хвілін\w*|гадзін\w*|дзень|дні|дня|дзён|тыд\w+|месяц\w*
          |год|гады|гадоў)\ таму(?:\ назад)?
      | (?:\d{1,3}\ )?(?:sekund\w*|chvilin\w*|hadzin\w*|dzień|dni|dnia|dzion|tyd\w+|miesiac\w*
          |hod|hady|hadoŭ)\ tamu(?:\ nazad)?
      | (?:\d{1,3}\ )?(?:секунд\w*|сек\.|минут\w*|мин\.|час(?:а|ов)?|ч\.|день|дня|дней|недел\w+
          |месяц\w*|год|года|лет)\ (?:тому\ )?назад
      | (?:\d{1,3}\ )?(?:секунд\w*|хвилин\w*|хв\.?|годин\w*|год\.?|день|дні|днів|тиж\w+|місяц\w+
          |рік|роки|років)\ тому
      | (?:\d{1,3}\ )?(?:sekund\w*|minut\w*|min\.?|godzin\w*|godz\.?|dzień|dni|tydzień|tygodni\w*
          |miesiąc\w*|miesięcy|rok|lata|lat)\ temu
      | prieš\ (?:\d{1,3}\ )?(?:sekund\w*|minut\w*|min\.?|valand\w*|val\.?|dien\w*|d\.|savait\w*
          |mėnes\w*|mėn\.?|met\w*)
      | vor\ (?:\d{1,3}|eine[rm]|wenigen)\ (?:sekunden?|minuten?|min\.|stunden?|std\.|tag(?:en)?
          |wochen?|monat(?:en)?|jahr(?:en)?)
    )
    (?:[\s·•|,]+\d{1,6}(?:\ (?:comments?|views?|shares?|min\ read))?)*
    """,
    _FLAGS,
)
_AGENCY = r"""
    (?:@[\w.]+(?:/\w+)?|AFP|AP(?:\ Photo)?|Alamy|Anadolu(?:\ Agency)?|Associated\ Press|BNS|BelTA
    |Belta|БелТА|БЕЛТА|Depositphotos|dpa|DPA|ELTA|EPA(?:-EFE)?|East\ News|Flickr|Freepik
    |Getty(?:\ Images)?|Imago|IMAGO|Keystone|PAP|Pexels|Pixabay|Picture\ Alliance
    |picture\ alliance|Reuters|REUTERS|RIA\ Novosti|РИА\ Новости|Scanpix|Shutterstock|Sputnik
    |Спутник|TASS|ТАСС|UNIAN|УНІАН|УНИАН|Ukrinform|Укрінформ|Unsplash|Wikimedia(?:\ Commons)?
    |Wikipedia|iStock(?:photo)?)"""
_AGENCIES = re.compile(
    rf"[©(\s]*{_AGENCY}(?:[\s/|,©\-–—]+(?:via\s+|and\s+)?{_AGENCY})*[)\s]*\.?", re.VERBOSE
)
_CREDIT = re.compile(
    r"""
    (?:photo|photograph|photos|image|images|picture|pictures|media|video|illustration
      |фота|фотаздымак|здымак|ілюстрацыя|відэа|фото|фотография|снимок|иллюстрация|видео|світлина
      |ілюстрація|відео|fota|zdymak|fot\.?|foto|zdjęcie|zdjęcia|grafika|wideo|bild|bilder|grafik
      |nuotr\.?|nuotrauka|nuotraukos)
    (?:\ (?:credit|credits|source))?
    (?:\s*[:©/|–—]\s*|(?<=\.)\s+|\ (?:by|courtesy\ of|autorstwa)\ )
    (?P<who>\S.*)
    """,
    _FLAGS,
)
_ARCHIVE = re.compile(
    r"""(?:архи[вў]|архі[вў]|з\s?архіва|из\ архива|личн|пресс?-служб|прэс-служб|прес-служб
    |иллюстратив|ілюстрац|archyv|archiw|archiv|courtesy|file\ photo|illustrati|ilustrac
    |screenshot|скриншот|скрыншот|скріншот|zrzut|соцсети|сацсеткі|соцмережі|handout)""",
    _FLAGS,
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\) ?\d{4}|copyright (?:©|\(c\)|\d{4})|all rights reserved|все права защищены|"
    r"усе правы абаронены|усі права захищено|wszelkie prawa zastrzeżone|visos teisės saugomos|"
    r"alle rechte vorbehalten).*",
    re.IGNORECASE,
)
_WHOLE_ARTICLE = re.compile(
    r"""
    (?:read|view|see)\ (?:the\ )?(?:entire|full|whole|original|rest\ of\ the)
      \ (?:article|story|post|text)
    | continue\ reading | чытаць\ (?:цалкам|далей) | читать\ (?:полностью|далее|дальше)
    | читати\ (?:повністю|далі) | czytaj\ (?:całość|dalej) | (?:skaityti|skaityk)\ (?:toliau|visą)
      (?:\ straipsnį)? | (?:ganzen\ artikel|weiter)\s?lesen | weiterlesen
    """,
    _FLAGS,
)
_MORE = re.compile(
    rf"""
    (?: {_WHOLE_ARTICLE.pattern}
      | read\ (?:more|also|next) | (?:related|recommended)\ (?:stories|articles|topics|posts)
      | more\ on\ this\ story | you\ may\ also\ like | most\ read
      | чытайце\ (?:таксама|яшчэ|больш|падрабязней) | чытаць\ (?:таксама|яшчэ|больш|падрабязней)
      | гл(?:\.|ядзіце)\ таксама | паводле\ тэмы | čytajcie\ (?:taksama|jašče|bolš)
      | читайте\ (?:также|ещё|еще|подробнее) | читать\ (?:также|ещё|еще|подробнее)
      | по\ теме | материалы\ по\ теме
      | читайте\ (?:також|ще|докладніше|більше) | читати\ (?:також|ще|більше) | за\ темою
      | (?:prze)?czytaj\ (?:także|też|również|więcej|więcej\ na\ ten\ temat)
      | zobacz\ (?:także|też|również|więcej)
      | skaity(?:k|kite|ti)\ (?:daugiau|taip\ pat) | taip\ pat\ skaitykite
      | mehr\ (?:lesen|zum\ thema|dazu) | lesen\ sie\ (?:auch|mehr|dazu) | (?:lies|lesen)\ auch
    )
    """,
    _FLAGS,
)
_MORE_OF = re.compile(rf"(?:{_MORE.pattern}) \s*[:—–-]\s*\S.*", _FLAGS)
_NETWORK = re.compile(
    r"""facebook|fb|twitter|x|telegram|whats\s?app|viber|linkedin|instagram|reddit|pinterest|tumblr
    |messenger|threads|bluesky|mastodon|youtube|tiktok|vk|vkontakte|pocket|flipboard|skype|signal
    |фэйсбук|фейсбук|тэлеграм|телеграм|твітар|твиттер|твіттер|вайбер|ватсап|вконтакте
    |одноклассники|аднакласнікі|інстаграм|инстаграм|e-?mail|эл\.\ пошта|эл\.\ почта""",
    _FLAGS,
)
_SHARE = r"""
    share(?:\ (?:this(?:\ (?:article|story|post|page))?|on|via|with\ friends))?|tweet|pin\ it
    |copy(?:\ the)?\ link|link\ copied!?|print(?:\ this\ page)?|follow\ us
    |падзяліцца|падзяліся|падзяліцеся|скапіяваць\ спасылку|раздрукаваць|padzialicca|padzialisia
    |поделиться|поделись|поделитесь|(?:с)?копировать\ ссылку|распечатать
    |поширити|поділитис[яь]|поділіться|(?:с)?копіювати\ посилання|роздрукувати
    |udostępnij|podziel\ się|(?:s)?kopiuj\ link|drukuj
    |dalintis|dalinkitės|pasidalin(?:ti|kite)|kopijuoti\ nuorodą|spausdinti
    |teilen|link\ kopieren|drucken
"""
_SAYS_SHARE = re.compile(rf"(?:{_SHARE})(?!\w)", _FLAGS)
# What stands beside those that share, but may mean a stamp or a letter where it stands alone.
_OTHER_BUTTON = r"""
    save(?:\ article)?|bookmark|send|like|даслаць|друкаваць|сохранить|отправить|печать|друк
    |надіслати|зберегти|wyślij|zapisz|siųsti|senden|merken
"""
_BUTTONS = re.compile(
    rf"(?:(?:{_SHARE}|{_OTHER_BUTTON}|{_NETWORK.pattern})(?:[\s,|·•/:+&]+|$)){{1,12}}",
    _FLAGS,
)
_CALL = re.compile(
    r"""
    (?: (?:subscribe|sign\ up|follow) | падпі(?:сва|ш)\w+ | сачыце | podpis\w+ | подпи(?:сыва|ш)\w+
      | следите | підпи(?:су|ш)\w+ | стежте | (?:za)?subskryb\w+ | obserwuj\w* | zapisz\ się
      | prenumeruok\w* | užsiprenumeruok\w* | sekite? | abonnier\w+ | folge\w* )
    \b .{0,60}? \b
    (?: (?:us|нас|намі|нами|nas|mus|uns)(?:\ (?:on|in|via|у|ў|в|на|na|w|per|auf|bei)\b.{0,60})?
      | (?:our|наш\w*|nasz\w*|mūsų|unser\w*)\b .{0,40}?
        (?:telegram|тэлеграм|телеграм|viber|facebook|instagram|youtube|twitter|newsletter
          |podcast|канал|channel|kana[lł]|рассыл|розсилк|biuletyn|naujienlaišk)\w*.{0,40} )
    | subscribe | newsletter | (?:your|enter\ your|email)\ e?-?mail(?:\ address)?
    """,
    _FLAGS,
)
_CONSENT = re.compile(
    r"""
    (?:we|this\ (?:web)?site)\ uses?\ cookies.* | (?:accept|reject|allow|decline)\ (?:all\ )?cookies
    | (?:accept|reject)\ all | cookie\ (?:settings|policy|preferences)
    | manage\ (?:preferences|cookies)
    | (?:гэты\ )?сайт\ выкарыстоўвае\ (?:файлы\ )?(?:cookie|кукі).* | прыняць\ (?:усе|усё)
    | (?:мы|этот\ сайт|сайт)\ использу(?:ем|ет)\ (?:файлы\ )?(?:cookie|куки).*
    | принять\ (?:все|всё) | прийняти\ (?:всі|все)
    | (?:ми|цей\ сайт|сайт)\ використову(?:ємо|є)\ (?:файли\ )?(?:cookie|кукі).*
    | (?:ta\ strona|używamy|serwis)\ (?:używa\ |korzysta\ z\ )?(?:plików\ )?cookie.*
    | akceptuj(?:ę)?(?:\ wszystkie)? | (?:svetainėje|mes)\ naudoja(?:mi|me)\ slapuk.*
    | sutinku\ su\ slapukais | (?:wir|diese\ (?:web)?seite)\ verwende[tn]\ cookies.*
    | alle\ (?:cookies\ )?akzeptieren
    """,
    _FLAGS,
)
_ADVERT = re.compile(
    r"(?:advertisement|sponsored|skip ad|рэклама|реклама|reklama|reklaminis turinys|anzeige|"
    r"werbung|no comments|leave a comment|\d+ comments|comments(?: \(\d+\))?)",
    re.IGNORECASE,
)


def without_leftovers(lines: list[str]) -> list[str]:
    """The lines without those that are leftovers, by themselves or by their neighbours.

    Lines that become neighbours may show more of them: call it until nothing changes.

    Args:
        lines: As `corpus.cleaning.clean_characters` leaves them; blank ones are "".

    Returns:
        In the same order; the blank lines around a leftover stay.
    """
    keep = [not line or is_paragraph(line) or not _is_leftover(line) for line in lines]
    for start, end in _button_runs(lines):
        keep[start:end] = [False] * (end - start)
    for place in _captions(lines):
        keep[place] = False
    scraps = _trailing_scraps(lines)
    keep[scraps:] = [False] * (len(lines) - scraps)
    return [line for line, kept in zip(lines, keep, strict=True) if kept]


def is_paragraph(line: str) -> bool:
    """True for a line of at least twelve words that ends as a sentence does."""
    return len(line.split()) >= 12 and bool(_SENTENCE_END.search(line))


def without_mark(line: str) -> str:
    """The words of a heading or of a line in a list, without its mark; any other line as it is."""
    return line[mark.end() :] if (mark := _MARK.match(line)) else line


def _is_leftover(line: str) -> bool:
    if _is_doubled_credit(line):
        return True
    words = without_mark(line)
    if len(words) > 250 or " | " in words:
        return False
    bare = words.rstrip(" .!:…»>→")
    if _AGE.fullmatch(bare) or _MORE.fullmatch(bare):
        return True
    # A heading or a list may well name an agency, a trade or another page.
    return words == line and (
        any(rule.fullmatch(bare) for rule in (_CALL, _CONSENT, _COPYRIGHT, _ADVERT))
        or any(rule.fullmatch(line) for rule in (_AGENCIES, _MORE_OF))
        or _is_credit(line)
    )


def _is_credit(line: str) -> bool:
    """True for "Photo: Reuters", but not for "Photo: 35 × 45 mm" or a caption in words."""
    credit = _CREDIT.fullmatch(line)
    if credit is None:
        return False
    who = credit["who"]
    names = [word for word in re.split(r"[\s/|,&]+", who) if word not in {"", "–", "—", "-", "via"}]
    if not names or len(names) > 8 or re.search(r"[;:!?]|\.$|(?<!\w)\d", who.removesuffix(".")):
        return False
    if _ARCHIVE.match(who) or _AGENCIES.fullmatch(who):
        return True
    named = sum(word[0].isupper() or word[0] in '@©«"„“(' or "." in word[1:-1] for word in names)
    return named >= 0.6 * len(names) and (len(names) <= 4 or not who.endswith("."))


def _is_doubled_credit(line: str) -> bool:
    """True for a picture's description between its credit twice: "EPA A man on the leftEPA"."""
    if _SENTENCE_END.search(line) or _MARK.match(line) or len(line) > 500:
        return False
    for length in range(min(60, (len(line) - 1) // 2), 2, -1):
        credit = line[:length]
        if not line.endswith(credit) or line[length] != " " or credit != credit.strip():
            continue
        # Glued to the last word, or known: a sentence may begin and end with the same word.
        if _AGENCIES.fullmatch(credit) or (line[-length - 1].islower() and credit[0].isupper()):
            return True
    return False


def _captions(lines: list[str]) -> Iterator[int]:
    """Where a caption directly follows a description between two credits."""
    doubled = False
    for place, line in enumerate(lines):
        if not line:
            continue
        words = len(line.split())
        if (
            doubled
            and 4 <= words <= 30
            and not _SENTENCE_END.search(line)
            and not _MARK.match(line)
        ):
            yield place
        doubled = _is_doubled_credit(line)


def _button_runs(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Lines, blank ones between them, of nothing but buttons that share or print.

    Names of networks alone may be a list of ways to get in touch: one line of several, or one
    that says to share, must be among them.
    """
    start, sharing = None, False
    for place, line in enumerate([*lines, "."]):
        words = without_mark(line)
        if line and len(words) <= 250 and not line.startswith("#") and _BUTTONS.fullmatch(words):
            start = place if start is None else start
            networks = len(_NETWORK.findall(words))
            sharing = sharing or bool(_SAYS_SHARE.match(words)) or (words == line and networks > 1)
        elif line and start is not None:
            if sharing:
                yield start, place
            start, sharing = None, False


def _trailing_scraps(lines: list[str]) -> int:
    """Where the document ends: at a "Read Entire Article" with only scraps below it."""
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if _WHOLE_ARTICLE.fullmatch(without_mark(line).rstrip(" .:…»>")):
            return place
        if len(line.split()) > 8 or _SENTENCE_END.search(line) or len(lines) - place > 12:
            break
    return len(lines)
