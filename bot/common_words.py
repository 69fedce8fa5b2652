"""The words by which a question shows that it goes on with the one before it, in each language.

Belarusian is there in both scripts where it matters how a word is spelt. See `bot/followups.py`.
"""

from __future__ import annotations

from typing import Final

# How one goes on; words that begin whole questions in another language are left out.
OPENINGS: Final = """
а і й ды дык и ну та a i ale o ir bet and or but then und aber oder dann
"""

PAIRS: Final = frozenset(
    {
        *("што наконт", "što nakont", "што з", "što z", "что насчёт", "что насчет", "что с"),
        *("що щодо", "що з", "co z", "kas dėl", "what about", "how about", "what if"),
    }
)

# With what one takes an answer before one goes on.
THANKS: Final = """
дзякуй дзякую дзякі dziakuj dziakuju dziaki спасибо спасиб спс благодарю
дякую дякс dziękuję dzięki dzieki ačiū aciu dėkui dekui thanks thank thx danke
вялікі vialiki большое щиро bardzo labai you schön vielen dank
ок окей окэй ok okay okej добра dobra добре хорошо gerai gut good зразумела зразумеў
zrazumieła zrazumieŭ zrazumieu зрозуміло зрозумів зрозуміла понятно понял поняла ясно ясна jasne
jasna jasno rozumiem supratau aišku aisku verstanden klar super супер клас класс fajnie ага aha угу
"""

# What points back to something that was said before, or adds to it; "ich" and "to" are left out,
# as what they are in Polish they are not in German and English.
POINTING: Final = """
яго яе іх ім ён яна яны такі такую такога
jaho jaje im jon jana jany heta hetaha hetym taki takuju takoha гэта гэтага гэтым гэтую
его её ее их им ими это этого этим эту такой такую такого
його її їх їм це цього цим цю такий таку такого
tego jego jej nim nią nich taki taką takiego
jį ją jos jie jų jiems jam jai toks tokį tokia juos jas
it its they them their those
dieser dieses sie ihn ihm ihnen dahin dafür davon damit dazu
таксама taksama тоже также також też również auch
"""

# What any question may have: words that ask, words that bind, and what is asked of everything.
COMMON: Final = """
як якая якія якое які якім якой што чаго чым дзе куды адкуль калі колькі каму каго хто чаму
навошта ці не так у ў на па пра для з са за да ад без пад пры тут можна трэба патрэбна патрэбны
патрэбныя патрэбен мне я мы нам ёсць няма быць будзе чакаць каштуе каштуюць цана платна
бясплатна грошай дакументы паперы запісацца ісці ўзяць рабіць атрымаць доўга хутка дзень дні
днях час адрас тэлефон хопіць яшчэ менавіта почым калі гадоў дзён мой мая маё мае маю тым тых
той жа ўжо вось хіба

как какая какие какое какой каким что чего чем где куда откуда когда сколько кому кого кто
почему зачем ли не так в на по про для с со за до от без под при тут здесь можно нужно надо
нужен нужны нужна мне я мы нам есть нет быть будет ждать стоит стоят цена платно бесплатно денег
документы бумаги записаться идти взять делать получить долго быстро день дни дням время адрес
телефон почём ещё именно если скольки лет дней мой моя моё мои мою тем тех тот же уже вот

як яка які яке яким що чого чим де куди звідки коли скільки кому кого хто чому навіщо чи не так
у в на по про для з із за до від без під при тут можна треба потрібно потрібен потрібні потрібна
мені я ми нам є немає бути буде чекати коштує коштують ціна платно безкоштовно безплатно грошей
документи папери записатися йти взяти робити отримати довго швидко день дні час адреса телефон
почім ще якщо скількох років днів мій моя моє мої мою тим тих той же вже ось

jak jaka jakie jaki jakim co czego czym gdzie dokąd skąd kiedy ile komu kogo kto czemu dlaczego
czy nie tak w we na po o dla z ze za do od bez pod przy tu tutaj można trzeba potrzebny
potrzebne potrzeba potrzebuję mi mnie ja my nam jest są nie będzie czekać kosztuje kosztują cena
płatne darmo bezpłatne bezpłatnie pieniędzy dokumenty papiery zapisać iść wziąć zrobić dostać
długo szybko dzień dni czas adres telefon jeszcze się muszę mam mogę jeśli jeżeli gdy lat jakaś
jakieś jakiś mój moja moje moją tych ten ta te już

kaip kokia kokie koks kokius ko kas kuo kur iš kada kiek kam ką kodėl ar ne taip į už prie nuo
iki be su dėl čia galima reikia reikės man aš mes mums yra nėra būti bus laukti kainuoja kaina
mokama nemokama nemokamai pinigų dokumentai dokumentų registruotis užsirašyti eiti paimti daryti
gauti ilgai greitai diena dienomis laikas adresas telefonas dar turiu galiu jei jeigu jis metų
dienų mano tą tas jau

how what which where when who whom whose why is are am was were be been being do does did can
could should would will must may have has had i me my we us you your one a an the to of in on at
for from with without by about not no if long much many soon far cost costs price free paid
money papers documents apply register sign up get go take wait need needed it open day days time
address phone there here any some else when years old that this those already

wie welche welcher welches welchen was wo wohin woher wann wem wen wer warum wieso ob nicht so
in im an am auf zu zum zur für von vom mit ohne bei aus um ich mir mich wir uns man ist sind war
wird kann darf muss soll brauche braucht haben hat habe gibt kostet kosten preis kostenlos
umsonst geld viel viele lange schnell tag tage tagen uhr zeit adresse telefon unterlagen
dokumente papiere anmelden gehen nehmen machen bekommen warten noch hier ein eine einen der die
den dem wenn falls als jahre mein meine meinen etwas das es dies schon
"""
