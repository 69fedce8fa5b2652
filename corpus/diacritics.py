"""Belarusian words typed in Latin letters without diacritics, and the diacritics they lack.

Each plain letter that may stand for several is decided by its neighbours: the longest context
known says which letter it is, and a context is known where it says something else than the
shorter one inside it. The contexts are statistics of Belarusian spelling, taken from the forms
that the word list hunspell-be 0.53 gives and from the Belarusian texts of Firefox 153 and
LibreOffice 7.4; one stands here where it sets right at least 60 occurrences, a form of the word
list counting as one, a word of the texts as thirty times the square root of its frequency, and
each of 250 words that questions are made of (заўтра, пашпарт, чакаць) as 400.
"""

from __future__ import annotations

# The letter in question is the middle one, or the one before the middle; "_" is where a word
# begins or ends.
_CONTEXT_LISTS: dict[str, str] = {
    "c": """
        _c_ _ce _cv acu acv acy cca ece ecy ica icu icy jca kce kcy lca lcu lcy ncu ncy pcy rcy
        tcy yca ycu ycv ycy _cmo _cot _cud _cuk _cur _cyb _cyh _cyk _cyv acau acav aced acel aces
        acki ccy_ dcy_ icer icou mcy_ nca_ ncac ncam ncau ncav ncer ncvi pcav rca_ rcah rcam rcau
        rcvi scaz sced scov scvi uca_ ucel ucvi zcy_ _acen _scen aacen aucam aucu_ aucy_ cycaj
        ejcy_ esca_ escau escy_ iaca_ iacci iecy_ jacka licaj lucyj macni mocna mocni mocny nscen
        oucy_ raca_ racen racu_ racy_ uscy_ vicaj yscy_ zaca_ zacam zacu_ zacy_ __caca __cal_
        __cali __calk __calu __cark __cemi __cyja __cynk __cyra __cyrk __cyry __cytr ancent asceni
        ieckaj licenz nicaj_ vackaj blic___ bzac___ iescach kvicy__ lnic___ niec___ scyc___
        siac___ siacy__ viec___ znic___ ___cylin ___cytat ___cytav lnicaju_ atryc____ rynic____
    """,
    "č": """
        ca cb ce cl cm cn cu cv cy _co ack ico oc_ occ sco uck uco _cek _cem _cer _ces _cve acci
        accy acok acom acon acor acos acu_ acuc acul acus acva acy_ acyc acyl acym acyn acys acyt
        acyu acyv eccy ecy_ ecyc ecys icaj icak ical ican icau icyc icyl icym icyn jcas lcan lcat
        lcyk ncyc ncyk ncyn ncyu rcou rcyc rcyk tcyc tcyk tcyn ycaj ycak ycal ycan ycap ycar ycas
        ycyc ycyn ycys hacou iacyj iecka luc__ luca_ nacki racko rec__ tycka vica_ vicam vicu_
        vicy_ vycyt __cyhu iecki_ nicac_ racenn evic___ azdac____ ysiac____ ysiacy___
    """,
    "ć": """
        c_ cf cj acb acp acko acmi backa backi usiac____
    """,
    "s": """
        _s_ cs_ dsy ese js_ ks_ ksy ms_ ns_ os_ us_ _sen _sre _sro _syh _syn asre asyl asyp isy_
        msci nsce osc_ oscy osu_ osvi psav rsa_ rsan rsci rscv rsy_ ssci ssen ssyl ssyp usam usau
        usav usch usci usvi usyp ysyl ysyp _as__ _psal ansy_ cas__ casal casan ces__ cesan cesva
        cesy_ dusy_ ersal fis__ iessa jas__ kosta kusva las__ lasa_ lasy_ losaj nasal nosca nosy_
        pasce pis__ ras__ rasa_ rasal rasca rasce rascu rascy rasy_ resva rosci rosni rosta rysy_
        tusu_ urs__ ursau __saba __sabi __sabo __sabr __serc __serv __smak __smal __smaz __stoj
        __stol __stop __stos __suku __syra mastac nasyca paskor arys___ biascen brys___ irus___
        ksis___ okus___ okusu__ piascan rvis___ trasaje urus___ ___sacha ___sasca ___sasce
        ___sascy ___scytv ___syryj bazis____ znies____
    """,
    "š": """
        s_ se sr sy bsc bsn dsp ess iss jsa jsl jso lsa lsc msa msc nsc osc osu osv psa psc rsa
        rsc ssc ssp usa usc usu usv yss _sab _sat _sca _sco _scu _scy _si_ _sma _sor _sto _suk
        asa_ asah asaj asal asan asca asce ascu ascy asot asuk asur bsar dsca dsuk esa_ esal esan
        escv esva isca iscn iscu iscy jscy lsuj nsah nsaj nsan nsas nsuj osaj osan osni osta rsok
        ssav ssko ssnu usni ysaj ysan ysca ysce yscy ysuk ansac dusna ersuj ersy_ hesav huska
        iesaj insav kasla kasli kasto kastu kesav kost_ kus__ kusau lisni masta mustr myska nasat
        nasu_ nuska pasko paspa pasto postu posty rasni rasov rasut sasmo tusav tuska tuski tusou
        vasam vasu_ visa_ visy_ zasco zaspu __sach __salm __sapa __sapk __sary __sasc __sauk
        __skad __skod __skol __slac __slej __slif __slub __snur __spij __spur __stuc __stur abslif
        adstur asstur baskir iescan kasmir raskad raskod rastur rasvaj rasyli rosau_ ryspil vystur
        zaspil zastur avisu__ krystal niasnia niesta_ ocas___ ___sabas ___santa ___sarac ___sasna
        ___skuma ___spale ___stamp ___stanh ___stryc ___svart ___sviej _absmalc iersana_ miens____
    """,
    "ś": """
        sb sj ism rus__ vasmi vos__ vies___
    """,
    "z": """
        azc kze uzs yzy _zol _zor _zyb azsk azyh azyk dzah dzvi ezab ezad ezal ezar ezau ezyn izsk
        ozau ozav ozvi rzaj uzab uzaj uzor uzyk _uzar baza_ bazu_ bazy_ enzav jazyc jozna kazka
        kazny kazu_ kazy_ kazyr muzyc nazyv pazyc pozna razu_ razy_ rezac rezan rozna ruzcy tezav
        tuzan vozna __zych iaznyc iaznyj iaznym ieznad razycl ruzacn vaznau aryzava hruzak_
        iruzovy viazka_ viazkaj
    """,
    "ž": """
        zc ze zs zy _zo dza dzh dzu dzv eza ezk ezn oza ozv ozz rza rzu uz_ uza uzo yzo zza _zul
        _zur aza_ azci azka azny azom azu_ azuc izaj izan nzav ozna uzby auzdy dazdz duzki duzva
        iazar iazou iazuj iazur kazon kozny laz__ lazac lazan lezva luzba luzbo lyzni miz__ mizra
        mozni mozny muzni nazaj nizna nizni nozni nozny pazad puzaj razon ruzaj ruzva ryzav tazna
        tazni tuzka tuzki tuzku vazaj vazan vazli vazna vazni vaznu vazva zaz__ __zal_ __zanc
        __zart __zniv iaznik kazam_ razaln roznik araznia aroznic draznia smazana smazvaj tryzana
        ___zadaj ___zakie ___zauci ___zauta ___zycha
    """,
    "ź": """
        dz_ dzc dzj dzm ezj iaz__ vazmic kroz___
    """,
    "n": """
        anju _inje bien___ kien___ mien___ nien___
    """,
    "ń": """
        nj en_ env anva enki inci lyn__ vonva zan__ iencat ienkaj oran___
    """,
    "l": """
        alz cla hla il_ lla llo mla nla ol_ olk ul_ ula yl_ _lac _loh alaj alal alar alav alki
        alkl alok alor alot alub aluj alun alus alut blaj blal blam blav blou dla_ elac elan elau
        hlup ilaj klop klou plaj plal plar plon plot plou slac slad slap slop sloz slub ylau ylu_
        _alak _klat _slaz aklav asla_ cal__ chlab chlob dalac del__ dula_ filam filau filav hilac
        ialac ialan ialau ialon ielka kalad kalku kuloz mal__ malou nel__ palap palou pola_ ralan
        rola_ rolam rolau rolu_ sklap splos tal__ talac talou tylac ublov uplan valuc zal__ zalac
        __lust _placo _plami kaland relaty splata valac_ zhlada _kala__ ykal___ ziela__ _palach_
    """,
    "ł": """
        l_ la lk lo ly lz ald alh alu hlu jlu olu slu tlu ylc ylu zlu _luc _luh _lun _lup _lus
        _luz alba altu alty alzy bluk dluc eluj hla_ hlab hlaf hlah hlam hlap hlas hlaz iluj klub
        olca plua ula_ ulad ulak ulas uluc aslac balav balva calav caluj chlaj cilaj ehlaj halav
        halub hil__ holka hul__ iolka jalav kalaj kalma kol__ kolva kulau malaj malal mul__ mulu_
        splaj talaj tol__ tul__ vol__ zhlad __lach __laci _alfav _almaz _hladk _hlady _ulaho
        chlara ieland kalary mulaj_ palavi relacn ykul___
    """,
    "u": """
        bun cun cuv dun fun hun jun kun kuv lun mun pun run ruv sun suv tun vun zun zuv _uco _ujh
        _ukr _usi yus_ __udod __ukl_ __uklu __ulik __umov __univ __uvaj __uzo_ __uzyc usiu___
        ___uciec ___uladk ___uniko ___upisy ___ustav ___uvaha ___uviad ___uzor_ ___uzyty ddziu____
    """,
    "ŭ": """
        un uv _ub _uc _ud _uh _uj _uk _ul _um _up _ur _us _ut _uz au_ aub auc aud auh auj auk aul
        aum aup aur aus aut auz eu_ eub eud euk eul eum eur eus eut euz ius ou_ oub ouc oud ouh
        ouj ouk oul ous out ouz uu_ uus yu_ yuc yud yuk yul yus yuz iuca iuki biu__ biuka liu__
        liuka miu__ piu__ siu__ viu__ ziu__ __ukry __usia __usic aciu___ ___umovi ___usiej
        ___usim_
    """,
}
_LETTERS = {
    context: letter for letter, contexts in _CONTEXT_LISTS.items() for context in contexts.split()
}
_LONGEST = max(map(len, _LETTERS))
_MARGIN = "_" * (_LONGEST // 2)
_AMBIGUOUS = frozenset("cszlnu")


def restore_diacritics(word: str) -> str:
    """Guess the łacinka spelling of a Belarusian word.

    Args:
        word: Plain Latin letters in lower case.

    Returns:
        As many letters as the word has. Of the words of 490 sentences whose diacritics were
        taken away, 92 % come back right.
    """
    return "".join(
        letter if _is_clear(word, position) else _restore(word, position)
        for position, letter in enumerate(word)
    )


def _is_clear(word: str, position: int) -> bool:
    """Whether nothing is missing: "ch" is a letter of its own, ŭ begins a word after a vowel."""
    return (
        word[position] not in _AMBIGUOUS
        or word[position : position + 2] == "ch"
        or (position == 0 and word[0] == "u")
    )


def _restore(word: str, position: int) -> str:
    bounded = f"{_MARGIN}{word}{_MARGIN}"
    middle = position + len(_MARGIN)
    for length in range(_LONGEST, 0, -1):
        context = bounded[middle - (length - 1) // 2 : middle + length // 2 + 1]
        if letter := _LETTERS.get(context):
            return letter
    return word[position]
