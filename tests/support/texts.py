"""Fifty short texts in be (both scripts), ru, uk, pl, lt, en and de, and some that are odd."""

from __future__ import annotations

TEXTS = """\
Пасольства прымае наведвальнікаў па аўторках.
Дзе можна падоўжыць пашпарт за мяжой?
Аўтобус да Вільні спыняецца каля вакзала.
Бібліятэка шукае валанцёраў для дзіцячага гуртка.
Увечары на плошчы сабралася каля дзвюхсот чалавек.
Даведку аб несудзімасці перакладаюць прысяжныя перакладчыкі.
Падатковую дэкларацыю падаюць да канца красавіка.
Dzie možna padoŭžyć pašpart za miažoj?
Aŭtobus da Vilni spyniajecca kala vakzała.
Biblijateka šukaje vałancioraŭ dla dziciačaha hurtka.
Uviečary na płoščy sabrałasia kala dźviuchsot čałaviek.
Kolki kaštuje pierakład dakumientaŭ?
Zajaŭku možna padać praz internet.
Посольство принимает посетителей по вторникам.
Где можно продлить паспорт за границей?
Автобус до Вильнюса останавливается у вокзала.
Библиотека ищет волонтёров для детского кружка.
Вечером на площади собралось около двухсот человек.
Сколько стоит перевод документов?
Заявление можно подать через интернет.
Посольство приймає відвідувачів щовівторка.
Де можна продовжити паспорт за кордоном?
Автобус до Вільнюса зупиняється біля вокзалу.
Бібліотека шукає волонтерів для дитячого гуртка.
Скільки коштує переклад документів?
Заяву можна подати через інтернет.
Ambasada przyjmuje interesantów we wtorki.
Gdzie można przedłużyć paszport za granicą?
Autobus do Wilna zatrzymuje się przy dworcu.
Biblioteka szuka wolontariuszy do kółka dla dzieci.
Ile kosztuje tłumaczenie dokumentów?
Wniosek można złożyć przez internet.
Ambasada lankytojus priima antradieniais.
Kur galima pratęsti pasą užsienyje?
Autobusas į Vilnių sustoja prie stoties.
Biblioteka ieško savanorių vaikų būreliui.
Kiek kainuoja dokumentų vertimas?
Prašymą galima pateikti internetu.
The embassy receives visitors on Tuesdays.
Where can a passport be renewed abroad?
The bus to Vilnius stops near the railway station.
The library is looking for volunteers for its children's club.
About two hundred people gathered on the square in the evening.
How much does a translation of documents cost?
Die Botschaft empfängt dienstags Besucher.
Wo kann man den Reisepass im Ausland verlängern?
Der Bus nach Vilnius hält am Bahnhof.
Die Bibliothek sucht Freiwillige für ihre Kindergruppe.
Wie viel kostet die Übersetzung der Unterlagen?
Den Antrag kann man online stellen.
""".splitlines()

WILD = [
    "",
    " ",
    "  two  spaces   and    more  ",
    "tab\tline\nreturn\r\nform\x0cfeed no-break\u00a0space",
    "family 👨‍👩‍👧‍👦, flag 🇱🇹, thumb 👍🏽",
    "q\u0301 z\u0308 n\u0302x\u0301",  # marks that no letter is composed with
    "שלום עולם، مرحبا بالعالم",
    "Ｆｕｌｌ　ｗｉｄｔｈ　１２３",
    "½ ﬁ Ⅷ ㎏ ㈱ № ™",
    "soft\u00adhyphen zero\u200bwidth \ufeffmark",
    "https://example.org/a?b=c#d_e",
    "я" * 4096,
    "слова і word " * 315,
]
