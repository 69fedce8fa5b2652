"""What people say to a bot without asking anything of its documents, in seven languages.

The phrases are compared folded: in any script, without diacritics, with typing errors. So what
differs in that only stands here once. Phrases of one kind are separated by "/"; a word in
[brackets] may be left out.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus.models import Language


class Kind(Enum):
    """What small talk is about; where a text has several kinds, the last one counts.

    A call is answered as a greeting is, but its words may begin a question as well.
    """

    CALL = auto()
    GREETING = auto()
    THANKS = auto()
    GOODBYE = auto()
    WELLBEING = auto()
    ABILITY = auto()
    IDENTITY = auto()
    PRIVACY = auto()


PHRASES: Final[Mapping[Language, Mapping[Kind, str]]] = {
    "be": {
        Kind.CALL: """
            здароў / салют / жыве беларусь / ты тут / вы тут / ёсць хто / ёсць тут хто /
            ёсць хто тут
        """,
        Kind.GREETING: """
            гэй / прывітанне / прывітанкі / прывет / прывіт / вітаю / вітаем / вітанкі / вітаначкі /
            вітанне / добры дзень / дзень добры / добрага дня / дабрыдзень / добры вечар /
            вечар добры / добрай раніцы / добры ранак / добрага ранку / добрага вечара / здароўкі /
            здаравенькі / здаровенькі булі / чалом
        """,
        Kind.THANKS: """
            дзякуй / дзякую / дзякуем / дзякі / дзякс / дзенькую / дзенкуй / вялікае дзякуй /
            удзячны / удзячная / удзячныя / малайчына / маладзец / ты супер / супер / выдатна /
            цудоўна / добра / окей / зразумела / зразумеў / ясна / дапамагло
        """,
        Kind.GOODBYE: """
            да пабачэння / пабачэння / пабачымся / бывай / бывайце / да сустрэчы / да спаткання /
            усяго добрага / усяго найлепшага / дабранач / добрай ночы / спакойнай ночы / пакуль /
            да заўтра / на ўсё добрае / добрых выходных
        """,
        Kind.WELLBEING: """
            як справы / як твае справы / як вашы справы / як у цябе справы / як у вас справы /
            як ты / як вы / як маешся / як маецеся / як ты маешся / як вы маецеся / як жыццё /
            як жывеш / як жывеце / як пажываеш / як настрой / як дзела / як ся маеш / што новага /
            што робіш
        """,
        Kind.ABILITY: """
            што ты ўмееш / што вы ўмееце / што ўмееш / што ты ўмееш рабіць / што ты можаш /
            што ты можаш рабіць / што ты робіш / што ты ведаеш / пра што ты ведаеш /
            чым ты можаш дапамагчы / чым можаш дапамагчы / як ты можаш дапамагчы /
            чым ты мне можаш дапамагчы / чым дапаможаш / ты мне дапаможаш / можаш дапамагчы /
            дапамажы / дапамажыце / памажы / памажыце / пра што можна пытацца /
            пра што можна спытаць / пра што можна цябе спытаць / што можна спытаць /
            што ў цябе можна спытаць / што можна пытаць / як табой карыстацца /
            як карыстацца ботам / як карыстацца гэтым ботам / як ты працуеш / як гэта працуе /
            як працуе бот / як працуе гэты бот / навошта ты / навошта ты патрэбны /
            навошта гэты бот / можна пытанне / можна спытаць / можна задаць пытанне /
            у мяне пытанне / у мяне ёсць пытанне / ёсць пытанне / хачу спытаць / магу спытаць /
            на якіх мовах ты гаворыш / на якіх мовах ты размаўляеш / якія мовы ты ведаеш /
            якія мовы ты разумееш / ты гаворыш па беларуску / ты размаўляеш па беларуску /
            ты разумееш па беларуску / ты ведаеш беларускую / ты разумееш беларускую /
            адкуль ты бярэш адказы / адкуль ты гэта ведаеш / адкуль твае адказы
        """,
        Kind.IDENTITY: """
            хто ты / ты хто / хто вы / вы хто / хто ты такі / хто ты такая / хто вы такія /
            ты хто такі / ты хто такая / хто гэта / што ты / што ты такое / што гэта за бот /
            што за бот / што гэта такое / ты бот / вы бот / гэта бот / ты робат / вы робат /
            ты чалавек / вы чалавек / ты жывы / ты жывая / ты сапраўдны / ты чалавек ці бот /
            ты бот ці чалавек / з кім я размаўляю / ты штучны інтэлект / гэта штучны інтэлект /
            ты нейрасетка / ты chatgpt / ты gpt / як цябе завуць / як цябе зваць / як вас завуць /
            як тваё імя / якое тваё імя / хто цябе зрабіў / хто цябе стварыў / хто вас стварыў /
            хто вас зрабіў / хто цябе напісаў / хто цябе прыдумаў / хто твой аўтар /
            хто твой стваральнік / хто твой гаспадар / хто за табой стаіць /
            хто зрабіў гэтага бота / хто зрабіў бота / хто стварыў гэтага бота / хто стварыў бота /
            чый ты / чый ты бот / чый гэта бот / адкуль ты / раскажы пра сябе /
            раскажыце пра сябе
        """,
        Kind.PRIVACY: """
            ты захоўваеш [мае] пытанні / захоўваеш ты [мае] пытанні / вы захоўваеце [мае] пытанні /
            захоўваюцца [мае] пытанні / [мае] пытанні захоўваюцца / ты запісваеш [мае] пытанні /
            запісваеш ты [мае] пытанні / хто бачыць [мае] пытанні / хто чытае [мае] пытанні /
            хто чытае [мае] паведамленні / хто бачыць [мае] паведамленні / гэта ананімна /
            ты ананімны / бот ананімны / ты бяспечны / бяспечна табе пісаць / бяспечны гэты бот /
            гэты бот бяспечны / бот бяспечны / ты збіраеш [мае] даныя / збіраеш ты [мае] даныя /
            ты захоўваеш [мае] даныя / захоўваеш ты [мае] даныя
        """,
    },
    "ru": {
        Kind.CALL: """
            здорова / здоров / хай / алло / салют / ку / ты здесь / вы здесь / есть кто /
            есть кто живой / тут есть кто / кто нибудь есть
        """,
        Kind.GREETING: """
            хей / привет / приветы / приветик / приветики / превет / приветствую / приветствуем /
            здравствуйте / здравствуй / здрасьте / здрасти / здарова / добрый день / день добрый /
            доброго дня / доброго времени суток / добрый вечер / вечер добрый / доброго вечера /
            доброе утро / утро доброе / доброго утра / хелло
        """,
        Kind.THANKS: """
            спасибо / спосибо / спасиб / спасибки / спасибочки / пасиб / пасибо / спс / благодарю /
            благодарим / благодарствую / благодарен / благодарна / признателен / признательна /
            мерси / от души / молодец / умница / ты супер / супер / отлично / прекрасно / класс /
            круто / хорошо / понятно / понял / поняла / ясно / окей / помогло / хороший бот
        """,
        Kind.GOODBYE: """
            до свидания / досвидания / до свиданья / пока / пока пока / до встречи / увидимся /
            прощай / прощайте / всего доброго / всего хорошего / всех благ / удачи / удачного дня /
            хорошего дня / хорошего вечера / спокойной ночи / доброй ночи / до завтра /
            хороших выходных
        """,
        Kind.WELLBEING: """
            как дела / как твои дела / как ваши дела / как у тебя дела / как у вас дела /
            как делишки / как ты / как вы / как поживаешь / как поживаете / как жизнь / как сам /
            как сама / как оно / как настроение / что нового / что делаешь / чем занимаешься
        """,
        Kind.ABILITY: """
            что ты умеешь / что вы умеете / что умеешь / что ты умеешь делать / что ты можешь /
            что вы можете / что ты можешь делать / что ты делаешь / что ты знаешь /
            о чем ты знаешь / чем ты можешь помочь / чем можешь помочь / чем вы можете помочь /
            как ты можешь помочь / чем ты мне можешь помочь / чем поможешь / ты мне поможешь /
            можешь помочь / помоги / помогите / о чем можно спросить / о чем можно спрашивать /
            о чем тебя можно спросить / что можно спросить / что у тебя можно спросить /
            что можно спрашивать / как тобой пользоваться / как пользоваться ботом /
            как пользоваться этим ботом / как ты работаешь / как это работает / как работает бот /
            как работает этот бот / зачем ты / зачем ты нужен / зачем этот бот / для чего ты /
            для чего этот бот / можно вопрос / можно спросить / можно задать вопрос /
            у меня вопрос / у меня есть вопрос / есть вопрос / хочу спросить / могу спросить /
            на каких языках ты говоришь / на каких языках говоришь / какие языки ты знаешь /
            какие языки ты понимаешь / ты говоришь по русски / ты понимаешь по русски /
            ты понимаешь русский / вы говорите по русски / говоришь по русски /
            откуда ты берешь ответы / откуда ты это знаешь / откуда ответы
        """,
        Kind.IDENTITY: """
            кто ты / ты кто / кто вы / вы кто / кто ты такой / кто ты такая / кто вы такие /
            ты кто такой / ты кто такая / кто это / что ты / что ты такое / что это за бот /
            что за бот / что это такое / ты бот / вы бот / это бот / ты робот / вы робот /
            ты человек / вы человек / это человек / ты живой / ты живая / ты настоящий /
            ты человек или бот / ты бот или человек / с кем я говорю / с кем я общаюсь /
            ты искусственный интеллект / это искусственный интеллект / ты ии / ты нейросеть /
            ты нейронка / ты chatgpt / ты чат gpt / ты gpt / как тебя зовут / как вас зовут /
            как тебя звать / как твое имя / твое имя / кто тебя сделал / кто тебя создал /
            кто вас создал / кто вас сделал / кто тебя написал / кто тебя придумал /
            кто твой автор / кто твой создатель / кто твой хозяин / кто за тобой стоит /
            кто сделал этого бота / кто сделал бота / кто создал этого бота / кто создал бота /
            чей ты / чей ты бот / чей это бот / откуда ты / расскажи о себе / расскажите о себе /
            расскажи про себя
        """,
        Kind.PRIVACY: """
            ты хранишь [мои] вопросы / хранишь ты [мои] вопросы / вы храните [мои] вопросы /
            хранятся [мои] вопросы / [мои] вопросы сохраняются / сохраняются [мои] вопросы /
            ты сохраняешь [мои] вопросы / ты записываешь [мои] вопросы / кто видит [мои] вопросы /
            кто читает [мои] вопросы / кто читает [мои] сообщения / кто видит [мои] сообщения /
            это анонимно / ты анонимный / бот анонимный / ты безопасный / безопасно тебе писать /
            безопасен этот бот / этот бот безопасен / бот безопасен / бот безопасный /
            ты собираешь [мои] данные / вы собираете [мои] данные / ты хранишь [мои] данные /
            ты сохраняешь [мои] данные
        """,
    },
    "uk": {
        Kind.CALL: """
            здоров / агов / алло / хай / слава україні / ти тут / ви тут / є хто / є тут хто
        """,
        Kind.GREETING: """
            гей / привіт / привітик / привітики / вітаю / вітаємо / вітання / привітання /
            добрий день / день добрий / доброго дня / добридень / добрий вечір / вечір добрий /
            доброго вечора / доброго ранку / добрий ранок / здрастуйте / здоровенькі були
        """,
        Kind.THANKS: """
            дякую / дякуємо / дяки / дякс / щиро дякую / вдячний / вдячна / спасибі / молодець /
            ти супер / супер / чудово / класно / добре / гаразд / зрозуміло / зрозумів / зрозуміла /
            ясно / окей / допомогло
        """,
        Kind.GOODBYE: """
            до побачення / допобачення / бувай / бувайте / до зустрічі / побачимось / побачимося /
            прощавай / прощавайте / на все добре / всього найкращого / всього доброго /
            гарного дня / гарного вечора / добраніч / спокійної ночі / до завтра / хай щастить
        """,
        Kind.WELLBEING: """
            як справи / як твої справи / як ваші справи / як у тебе справи / як у вас справи /
            як ти / як ви / як ся маєш / як ся маєте / як маєшся / як життя / як живеш /
            як поживаєш / як настрій / що нового / що робиш
        """,
        Kind.ABILITY: """
            що ти вмієш / що ви вмієте / що вмієш / що ти вмієш робити / що ти можеш /
            що ти можеш робити / що ти робиш / що ти знаєш / чим ти можеш допомогти /
            чим можеш допомогти / як ти можеш допомогти / чим допоможеш / ти мені допоможеш /
            можеш допомогти / допоможи / допоможіть / про що можна питати / про що можна спитати /
            про що можна запитати / що можна запитати / що можна спитати / що в тебе можна спитати /
            як тобою користуватися / як користуватися ботом / як користуватись ботом /
            як користуватися цим ботом / як ти працюєш / як це працює / як працює бот /
            як працює цей бот / навіщо ти / навіщо ти потрібен / навіщо цей бот / можна питання /
            можна запитати / можна спитати / можна поставити питання / у мене питання /
            маю питання / є питання / хочу запитати / хочу спитати / якими мовами ти говориш /
            якими мовами ти розмовляєш / які мови ти знаєш / ти говориш українською /
            ти розмовляєш українською / ти розумієш українську / ти знаєш українську /
            звідки ти береш відповіді / звідки ти це знаєш
        """,
        Kind.IDENTITY: """
            хто ти / ти хто / хто ви / ви хто / хто ти такий / хто ти така / хто ви такі /
            ти хто такий / хто це / що ти / що ти таке / що це за бот / що за бот / що це таке /
            ти бот / ви бот / це бот / ти робот / ви робот / ти людина / ви людина / ти живий /
            ти жива / ти справжній / ти людина чи бот / ти бот чи людина / з ким я розмовляю /
            ти штучний інтелект / це штучний інтелект / ти нейромережа / ти chatgpt /
            як тебе звати / як тебе звуть / як вас звати / як твоє імя / як тебе кличуть /
            хто тебе зробив / хто тебе створив / хто вас створив / хто тебе написав /
            хто твій автор / хто твій творець / хто за тобою стоїть / хто зробив цього бота /
            хто зробив бота / хто створив цього бота / хто створив бота / чий ти / чий ти бот /
            чий це бот / звідки ти / розкажи про себе / розкажіть про себе
        """,
        Kind.PRIVACY: """
            ти зберігаєш [мої] питання / зберігаєш ти [мої] питання / ви зберігаєте [мої] питання /
            зберігаються [мої] питання / [мої] питання зберігаються / ти записуєш [мої] питання /
            хто бачить [мої] питання / хто читає [мої] питання / хто читає [мої] повідомлення /
            хто бачить [мої] повідомлення / це анонімно / ти анонімний / бот анонімний /
            ти безпечний / безпечно тобі писати / цей бот безпечний / бот безпечний /
            ти збираєш [мої] дані / ти зберігаєш [мої] дані
        """,
    },
    "pl": {
        Kind.CALL: """
            elo / dobry / jesteś tam / jesteś tu / jest tu kto / jest tam kto
        """,
        Kind.GREETING: """
            halo / cześć / hej / hejka / hejo / heja / witam / witaj / witajcie / witamy / siema /
            siemka / siemanko / dzień dobry / dobry wieczór / szczęść boże / serwus
        """,
        Kind.THANKS: """
            dziękuję / dziękujemy / dzięki / dzięki wielkie / wielkie dzięki / dzięks / dziękówa /
            podziękował / dziękuwa / stokrotne dzięki / jestem wdzięczny / jestem wdzięczna /
            brawo / jesteś super / super / świetnie / dobrze / dobra / okej / jasne / rozumiem /
            zrozumiałem / zrozumiałam / spoko / pomogło / dobry bot
        """,
        Kind.GOODBYE: """
            do widzenia / do zobaczenia / na razie / nara / narka / papa / pa / pa pa / żegnaj /
            żegnam / do usłyszenia / trzymaj się / trzymajcie się / dobranoc / miłego dnia /
            miłego wieczoru / dobrej nocy / spokojnej nocy / do jutra / wszystkiego dobrego /
            wszystkiego najlepszego
        """,
        Kind.WELLBEING: """
            jak się masz / jak się macie / jak się czujesz / co słychać / co tam / co u ciebie /
            co u was / co u ciebie słychać / jak leci / jak tam / jak życie / jak żyjesz /
            co nowego / co robisz / jak samopoczucie
        """,
        Kind.ABILITY: """
            co umiesz / co potrafisz / co ty umiesz / co ty potrafisz / co możesz /
            co możesz robić / co możesz zrobić / co wiesz / o czym wiesz / co pan potrafi /
            w czym możesz pomóc / w czym możesz mi pomóc / jak możesz pomóc / jak możesz mi pomóc /
            w czym pomagasz / pomożesz / pomożesz mi / możesz pomóc / możesz mi pomóc / pomóż /
            pomóż mi / pomóżcie / pomocy / o co można pytać / o co można zapytać / o co mogę pytać /
            o co mogę zapytać / jak cię używać / jak z ciebie korzystać / jak korzystać z bota /
            jak korzystać z tego bota / jak używać bota / jak działasz / jak to działa /
            jak działa bot / jak działa ten bot / po co jesteś / do czego służysz /
            do czego służy ten bot / mam pytanie / mogę zapytać / mogę zadać pytanie /
            można pytanie / chcę zapytać / chciałbym zapytać / chciałabym zapytać /
            w jakich językach mówisz / jakie języki znasz / jakie znasz języki / mówisz po polsku /
            rozumiesz po polsku / rozumiesz polski / znasz polski / skąd bierzesz odpowiedzi /
            skąd to wiesz
        """,
        Kind.IDENTITY: """
            kim jesteś / kto ty jesteś / kto ty / ty kto / kim ty jesteś / kim pan jest /
            kim pani jest / kto to / czym jesteś / co to za bot / co ty jesteś / co to jest za bot /
            jesteś botem / jesteś bot / jesteś robotem / jesteś człowiekiem / to bot /
            to jest bot / jesteś żywy / jesteś prawdziwy / jesteś człowiekiem czy botem /
            jesteś botem czy człowiekiem / z kim rozmawiam / jesteś sztuczną inteligencją /
            to sztuczna inteligencja / jesteś chatgpt / jesteś ai / jak masz na imię /
            jak się nazywasz / jak ci na imię / twoje imię / kto cię stworzył / kto cię zrobił /
            kto cię napisał / kto jest twoim autorem / kto jest twoim twórcą / kto za tobą stoi /
            kto stworzył tego bota / kto zrobił tego bota / kto stworzył bota / czyj jesteś /
            czyj to bot / skąd jesteś / opowiedz o sobie / powiedz coś o sobie
        """,
        Kind.PRIVACY: """
            zapisujesz [moje] pytania / przechowujesz [moje] pytania / zapisujecie [moje] pytania /
            [moje] pytania są zapisywane / są zapisywane [moje] pytania /
            kto widzi [moje] pytania / kto czyta [moje] pytania / kto czyta [moje] wiadomości /
            kto widzi [moje] wiadomości / jesteś anonimowy / to jest anonimowe / jest anonimowo /
            jesteś bezpieczny / ten bot jest bezpieczny / bot jest bezpieczny /
            zbierasz [moje] dane / przechowujesz [moje] dane / zapisujesz [moje] dane
        """,
    },
    "lt": {
        Kind.CALL: """
             ei / ar čia kas nors yra / tu čia / ar tu čia
        """,
        Kind.GREETING: """
            labas / labukas / labuka / laba diena / labas rytas / labą rytą / labas vakaras /
            labą vakarą / sveiki / sveikas / sveika / sveikute / sveikinu / sveikinimai /
            sveikutis
        """,
        Kind.THANKS: """
            ačiū / ačiūkas / dėkui / dėkoju / dėkojame / labai ačiū / didelis ačiū / esu dėkingas /
            esu dėkinga / šaunuolis / šaunu / puiku / super / gerai / aišku / supratau /
            supratom / okei / padėjo
        """,
        Kind.GOODBYE: """
            viso gero / viso / viso labo / iki / iki pasimatymo / iki greito / pasimatysim /
            pasimatysime / sudie / sudiev / ate / atia / ate ate / labanakt / labos nakties /
            labanaktis / geros dienos / gero vakaro / gražios dienos / sėkmės / iki rytojaus
        """,
        Kind.WELLBEING: """
            kaip sekasi / kaip tau sekasi / kaip jums sekasi / kaip einasi / kaip laikaisi /
            kaip laikotės / kaip gyveni / kaip gyvenate / kaip reikalai / kaip tu / kaip jūs /
            kaip jautiesi / kaip nuotaika / kas naujo / ką veiki
        """,
        Kind.ABILITY: """
            ką moki / ką tu moki / ką tu gali / ką gali / ką mokate / ką tu moki daryti /
            ką gali padaryti / ką žinai / ką tu žinai / kuo gali padėti / kuo tu gali padėti /
            kuo galite padėti / kaip gali padėti / gali padėti / ar gali padėti / padėk / padėkite /
            padėk man / apie ką galima klausti / ko galima klausti / ko galiu klausti /
            ko galiu paklausti / apie ką galiu klausti / kaip tavimi naudotis / kaip naudotis botu /
            kaip naudotis šiuo botu / kaip tu veiki / kaip veiki / kaip tai veikia /
            kaip veikia botas / kaip veikia šis botas / kam tu reikalingas / kam šis botas /
            turiu klausimą / turiu klausimų / galiu paklausti / ar galiu paklausti /
            galima klausimą / noriu paklausti / kokiomis kalbomis kalbi / kokias kalbas moki /
            ar kalbi lietuviškai / kalbi lietuviškai / ar supranti lietuviškai /
            supranti lietuviškai / iš kur žinai / iš kur atsakymai
        """,
        Kind.IDENTITY: """
            kas tu / kas tu esi / kas tu toks / kas tu tokia / kas jūs / kas jūs esate / tu kas /
            kas esi / kas čia / kas čia per botas / kas tai per botas / koks čia botas / tu botas /
            ar tu botas / ar tu esi botas / esi botas / jūs botas / ar jūs botas / čia botas /
            tu robotas / ar tu robotas / esi robotas / tu žmogus / ar tu žmogus / esi žmogus /
            ar esi žmogus / ar jūs žmogus / tu gyvas / ar tu gyvas / ar tu tikras /
            tu žmogus ar botas / tu botas ar žmogus / su kuo kalbu / tu dirbtinis intelektas /
            ar tu dirbtinis intelektas / tu chatgpt / koks tavo vardas / tavo vardas /
            kuo tu vardu / kuo vardu / kaip tave vadinti / kas tave sukūrė / kas jus sukūrė /
            kas tave padarė / kas tave parašė / kas tavo autorius / kas tavo kūrėjas /
            kas už tavęs stovi / kas sukūrė šį botą / kas sukūrė botą / kieno tu / kieno šis botas /
            iš kur tu / papasakok apie save / papasakokite apie save
        """,
        Kind.PRIVACY: """
            saugai [mano] klausimus / tu saugai [mano] klausimus / saugote [mano] klausimus /
            įrašai [mano] klausimus / tu įrašai [mano] klausimus / [mano] klausimai saugomi /
            [mano] klausimai yra saugomi / kas mato [mano] klausimus / kas skaito [mano] klausimus /
            kas skaito [mano] žinutes / kas mato [mano] žinutes / tai anonimiška /
            tu anonimiškas / tu saugus / šis botas saugus / botas saugus / renki [mano] duomenis /
            tu renki [mano] duomenis / saugai [mano] duomenis / tu saugai [mano] duomenis
        """,
    },
    "en": {
        Kind.CALL: """
            yo / morning / evening / are you there / are you here / anyone here / anybody here /
            is anyone here / is anybody there
        """,
        Kind.GREETING: """
            hi / hello / hey / hiya / heya / hallo there / howdy / greetings / good day /
            good morning / good afternoon / good evening / hi there / hello there / hey there /
            nice to meet you
        """,
        Kind.THANKS: """
            thanks / thank you / thank u / thanx / thnx / thx / tnx / cheers / much appreciated /
            appreciated / i appreciate it / that helped / this helped / great / awesome / perfect /
            cool / nice / good bot / well done / good job / got it / i see / understood /
            all right / alright / super
        """,
        Kind.GOODBYE: """
            bye / bye bye / goodbye / good bye / see you / see ya / see you later / cya / later /
            farewell / take care / good night / goodnight / have a good day / have a nice day /
            have a great day / have a good one / until tomorrow
        """,
        Kind.WELLBEING: """
            how are you / how are you doing / how are u / how r u / how do you do /
            how is it going / how's it going / what's up / wassup / sup / how have you been /
            how do you feel / how are you today / how are things / what's new / how you doing /
            what are you doing
        """,
        Kind.ABILITY: """
            what can you do / what can u do / what do you do / what do you know /
            what do you know about / what can you help with / what can you help me with /
            how can you help / how can you help me / can you help / can you help me /
            could you help me / help / help me / i need help / what can i ask / what can i ask you /
            what should i ask / what questions can i ask / how do i use you / how to use you /
            how do i use this / how do i use this bot / how to use this bot / how do you work /
            how does it work / how does this work / how does this bot work / how does the bot work /
            what are you for / what is this bot for / what is this for / i have a question /
            can i ask / can i ask a question / can i ask you something / may i ask /
            may i ask a question / can i ask you a question / which languages do you speak /
            what languages do you speak / which languages do you know / do you speak english /
            do you understand english / where do you get your answers /
            where do your answers come from / how do you know that
        """,
        Kind.IDENTITY: """
            who are you / who r u / who are u / what are you / who is this / who is it /
            who's this / what is this / what's this / what is this bot / what bot is this /
            are you a bot / you are a bot / are you bot / are you a robot / is this a bot /
            are you human / are you a human / are you a person / are you a real person /
            are you real / are you alive / are you a human or a bot / are you a bot or a human /
            are you a person or a bot / who am i talking to / am i talking to a bot /
            are you an ai / are you ai / is this ai / are you chatgpt / are you chat gpt /
            are you gpt / what is your name / what's your name / your name / who made you /
            who created you / who built you / who wrote you / who developed you /
            who programmed you / who runs you / who owns you / who is your creator /
            who is your author / who is behind you / who is behind this bot / who made this bot /
            who created this bot / who runs this bot / whose bot are you / whose bot is this /
            where are you from / tell me about yourself / tell about yourself / introduce yourself
        """,
        Kind.PRIVACY: """
            do you store [my] questions / do you save [my] questions / do you keep [my] questions /
            do you record [my] questions / do you log [my] questions / are [my] questions stored /
            are [my] questions saved / are [my] questions logged / who sees [my] questions /
            who reads [my] questions / who can see [my] questions / who can read [my] questions /
            who reads [my] messages / who can read [my] messages / who sees [my] messages /
            is this anonymous / is it anonymous / am i anonymous / are you anonymous /
            are you safe / is this bot safe / is the bot safe / is it safe to write to you /
            is it safe to ask you / do you collect [my] data / do you store [my] data /
            do you save [my] data / do you keep [my] data
        """,
    },
    "de": {
        Kind.CALL: """
            tag / morgen / abend / bist du da / sind sie da / ist da jemand / ist jemand da
        """,
        Kind.GREETING: """
            hallo / hallöchen / hallihallo / guten tag / guten morgen / moin / moin moin /
            guten abend / grüß gott / grüß dich / grüßt euch / grüezi / servus / schönen guten tag /
            hey / hi
        """,
        Kind.THANKS: """
            danke / danke schön / dankeschön / dankesehr / danke sehr / vielen dank / besten dank /
            herzlichen dank / tausend dank / dank dir / ich danke / dankbar / super / toll /
            prima / klasse / sehr gut / gut / gut gemacht / alles klar / verstanden / verstehe /
            ach so / okay / in ordnung / hat geholfen / das hat geholfen / guter bot
        """,
        Kind.GOODBYE: """
            tschüss / tschüssi / tschau / ciao / auf wiedersehen / wiedersehen / bis bald /
            bis dann / bis später / bis morgen / mach's gut / gute nacht / schönen tag noch /
            schönen tag / schönen abend / schönen abend noch / einen schönen tag noch / alles gute /
            lebe wohl
        """,
        Kind.WELLBEING: """
            wie geht's / wie geht es / wie geht es dir / wie geht's dir / wie geht es ihnen /
            wie geht's ihnen / wie läuft's / was geht / was geht ab / alles gut /
            alles gut bei dir / was machst du / was gibt's neues / wie fühlst du dich
        """,
        Kind.ABILITY: """
            was kannst du / was können sie / was kannst du alles / was kannst du tun /
            was kannst du machen / was weißt du / was weißt du alles / wobei kannst du helfen /
            wobei kannst du mir helfen / wie kannst du helfen / wie kannst du mir helfen /
            kannst du helfen / kannst du mir helfen / können sie helfen / können sie mir helfen /
            hilfe / hilf mir / ich brauche hilfe / was kann ich fragen / was kann ich dich fragen /
            was darf ich fragen / wie benutze ich dich / wie benutzt man dich /
            wie benutze ich den bot / wie benutze ich diesen bot / wie funktionierst du /
            wie funktioniert das / wie funktioniert der bot / wie funktioniert dieser bot /
            wozu bist du da / wofür bist du da / wozu dient dieser bot / ich habe eine frage /
            hab eine frage / ich hätte eine frage / darf ich fragen / darf ich was fragen /
            darf ich etwas fragen / kann ich dich etwas fragen / eine frage /
            welche sprachen sprichst du / welche sprachen kannst du / welche sprachen verstehst du /
            sprichst du deutsch / verstehst du deutsch / kannst du deutsch /
            sprechen sie deutsch / woher hast du die antworten / woher weißt du das
        """,
        Kind.IDENTITY: """
            wer bist du / wer bist du denn / wer sind sie / wer seid ihr / du bist wer /
            was bist du / wer ist das / wer ist da / was ist das / was ist das hier /
            was ist das für ein bot / bist du ein bot / du bist ein bot / sind sie ein bot /
            ist das ein bot / bist du ein roboter / sind sie ein roboter / bist du ein mensch /
            sind sie ein mensch / bist du echt / bist du menschlich /
            bist du ein mensch oder ein bot / bist du ein bot oder ein mensch /
            mit wem spreche ich / mit wem rede ich / bist du eine ki / ist das eine ki /
            bist du eine künstliche intelligenz / bist du chatgpt / wie heißt du / wie heißen sie /
            wie ist dein name / was ist dein name / dein name / wer hat dich gemacht /
            wer hat dich erstellt / wer hat dich erschaffen / wer hat dich gebaut /
            wer hat dich programmiert / wer hat dich entwickelt / wer ist dein schöpfer /
            wer ist dein autor / wer steckt hinter dir / wer steckt dahinter / wer betreibt dich /
            wer betreibt diesen bot / wer hat diesen bot gemacht / wem gehörst du /
            wessen bot bist du / woher kommst du / erzähl von dir / erzähl über dich /
            stell dich vor
        """,
        Kind.PRIVACY: """
            speicherst du [meine] fragen / speichern sie [meine] fragen /
            werden [meine] fragen gespeichert / wer sieht [meine] fragen /
            wer liest [meine] fragen / wer liest [meine] nachrichten /
            wer sieht [meine] nachrichten / wer kann [meine] fragen sehen /
            wer kann [meine] fragen lesen / ist das anonym / bist du anonym / bin ich anonym /
            ist der bot sicher / ist dieser bot sicher / sammelst du [meine] daten /
            speicherst du [meine] daten
        """,
    },
}

# How people address those they talk to, and what they put around a request.
COURTESIES: Final = """
    шаноўныя / шаноўны / шаноўная / шаноўнае спадарства / спадарства / спадары / сябры / сябра /
    сяброўкі / сябры мае / дарагія / калегі / людзі / народ / землякі / усім / вам / табе /
    калі ласка / каліласка / прашу / будзьце ласкавы / падкажыце / падкажы / скажыце / скажы /
    уважаемые / уважаемый / друзья / дорогие / коллеги / ребята / ребят / господа / девочки / всем /
    тебе / пожалуйста / плиз / пж / пжл / будьте добры / подскажите / подскажи / скажите /
    извините / простите / шановні / шановне панство / друзі / панове / усі / всім / тобі /
    будь ласка / підкажіть / підкажи / скажіть / szanowni państwo / państwu / państwo / wszystkim /
    kochani / drodzy / przyjaciele / panie / pani / panu / tobie / ci / proszę / przepraszam /
    ludzie / gerbiamieji / gerbiami / mieli / mielieji / draugai / visiems / visi / žmonės / tau /
    jums / prašau / prašom / prašyčiau / atsiprašau / all / everyone / everybody / guys / folks /
    friends / dear / team / people / please / pls / plz / sir / madam / excuse me / sorry /
    zusammen / alle / allen / allerseits / leute / liebe / lieber / freunde / ihr lieben / euch /
    dir / ihnen / bitte / entschuldigung
"""

# What adds nothing to a phrase beside it, though by itself it is no small talk.
FILLERS: Final = """
    бот / боце / ботик / боцік / даведка / bota / botas / botai / вялікі / вялікая / вялікае /
    велізарны / вельмі / шчыры / шчыра / усё / дужа / за адказ / за адказы / за дапамогу /
    за інфармацыю / за хуткі адказ / за ўсё / загадзя / ўжо / ці / мае / мой / а / і / ну / ой / о /
    ага / так / ладна / жа / тады / там / сёння / наогул / увогуле / большое / огромное /
    большущее / очень / за ответ / за ответы / за помощь / за информацию / за все /
    за быстрый ответ / заранее / уже / ли / вообще / же / тогда / сегодня / да / велике / великий /
    щиро / дуже / за відповідь / за допомогу / наперед / заздалегідь / взагалі / сьогодні /
    bardzo / serdecznie / pięknie / wielkie / ślicznie / ogromnie / za odpowiedź / za pomoc /
    za informację / za wszystko / z góry / no / to / więc / moje / dzisiaj / mi / labai /
    nuoširdžiai / didelis / už atsakymą / už pagalbą / už informaciją / už viską / iš anksto / na /
    tai / ir / ar / mano / šiandien / very much / so much / a lot / lots / many / very / so /
    really / for the answer / for your answer / for your help / for the help / for the info /
    for everything / in advance / and / oh / well / today / then / now / mate / dude / buddy /
    again / that / it / vielmals / sehr / recht / herzlich / herzlichen / vielen / für die antwort /
    für die hilfe / für deine hilfe / für ihre hilfe / für alles / im voraus / und / ach / also /
    denn / mal / meine / ganz / heute / du
"""

# What says something in every language.
SIGNS: Final[Mapping[str, Kind]] = {
    "ok": Kind.THANKS,
    "okay": Kind.THANKS,
    "ок": Kind.THANKS,
    "👋": Kind.GREETING,
    "🙏": Kind.THANKS,
    "👍": Kind.THANKS,
    "👌": Kind.THANKS,
    "❤": Kind.THANKS,
    "💚": Kind.THANKS,
    "🤝": Kind.THANKS,
}
