"""Phrases by which a model declines, doubts or refers to its task, in some twenty languages.

The tables hold vocabulary; `answer_speech` says where it counts. The syntax is explained in
`phrase_patterns`.
"""

from collections.abc import Mapping

DECLINING: Mapping[str, str] = {
    "en": """
        i ~[don't|do not|can't] see ~[attachment*|file*|image*|document*|link*|video*|picture*|
        photo*|audio],
        i wouldn't be able, [can't|cannot|won't] recommend specific,
        i'm not [a|an|your|] ~[doctor|lawyer|advisor|adviser|therapist|attorney|accountant|
        pharmacist],
        i ~[can't|cannot|can not|couldn't|could not|won't|will not] [help|assist|provide|answer|
        do that|do this|give|offer|tell|access|open|view|see|browse|read|hear|listen|watch|play|
        draw|comply|fulfil*|complete|process|generate|create|write|compose|produce|support|discuss|
        engage|share|advise|recommend any|check|look up|look that up|retrieve|fetch|predict|speak|
        verify|confirm|reproduce|participate|run|execute|send|call|book|make|translate|summari*|
        analy*|review|continue|diagnose|prescribe|locate|find|identify|do it|go there|touch|
        take part|be able|in good conscience|responsibly|directly|actually|really|currently|
        legally|ethically],
        i ~[can't|cannot|won't|will not] [be ~[helping|assisting|writing|providing|doing|sharing|
        giving]],
        i [am|'m|was|'ve been|have been] ~[unable|not able|not allowed|not permitted|
        not in a position|not comfortable|not equipped|not qualified|not authori*|not going to|
        not willing|not capable|not programmed|not designed|not supposed|forbidden|prohibited|
        incapable|uncomfortable|going to [decline|pass|have to]],
        i'm ~[unable|not able|not allowed|not permitted|not in a position|not comfortable|
        not equipped|not qualified|not authori*|not going to|not willing|not capable|
        not programmed|not designed|not supposed|forbidden|prohibited|incapable|uncomfortable|
        going to [decline|pass|have to]],
        i ~wasn't able,
        i ~[don't|do not] ~have [access|the ability|the capability|the means|the tools|permission|
        real-time|live|browsing|eyes|ears|any way|a way|a live|a connection|internet|
        the clearance],
        i ~[don't|do not] ~[feel comfortable|do that|support|write|provide|offer|give out|share|
        help with|assist|take part|participate],
        i have no [way|access|ability|means|permission|connection|eyes|ears], i ~lack,
        i [must|have to|need to|will|'ll|should|do|would|'ll have to|will have to] ~[decline|pass|
        refuse|stop there|say no|turn * down|sit * out|bow out|draw the line|leave * there],
        i'll pass,
        i [decline|refuse|draw the line], i'd [rather|prefer|sooner] not,
        i would [rather|prefer|sooner] not,
        i prefer not, i'd ~decline, i'm ~declining,
        [isn't|aren't|not|wasn't] ~something i['m|'ll|'d|] ~[can|could|will|do|am|was|want|feel|
        handle|offer|able|willing|comfortable|going|allowed],
        [nothing|hardly anything] i can, more than i can, there's no way [for me|i can],
        [that's|that is|this is|it's|it is] ~[a] no from me, no can do, not my place,
        i'm afraid not,
        i'm afraid [i ~[can't|cannot|won't|don't]|that's not|that isn't],
        [beyond|outside|exceeds|past] ~[of] [my|what i], beyond me, against my,
        not [within|in] my,
        my [guidelines|programming|policies|policy|content polic*|capabilities|abilities] ~[don't|
        doesn't|do|prevent*|prohibit*|forbid*|limit*|only|are limited],
        as an ai, as a language model, as a large language model, as an artificial,
        as a text-based,
        as a virtual assistant, as a chatbot,
        [being|i'm|i am] [only|just|] ~[a text-based|a text-only|text-only|a language model],
        [isn't|is not|not] possible [here|for me], [unable|not able] to [help|assist|provide|
        comply|answer|fulfil*|complete|continue|process|access],
        [can't|cannot|won't] [help|assist] you ~with [that|this],
        no way [of|to] [process*|access*|verify*|check*|see*|open*|know*],
        not ~able to [help|assist], not going to happen,
        you'll ~[need|have] to [look|ask] elsewhere,
        not going to [help|write|do|provide|assist|explain|walk|give],
        against [the|our] [rules|policy],
        [this|that|your|the|such] ~[request|question|topic|task|subject|content|ask] ~[falls|
        violates|goes|is|crosses|would] ~[outside|beyond|violat*|against|off-limits|off limits|
        out of scope|not allowed|prohibited|inappropriate],
        out of scope, outside the scope, off the table, off limits, off-limits, not touching,
        nope not, knowledge [cutoff|cut-off],
        training [data|cutoff] ~[ends|stops|only|doesn't|ended],
        [only|just] [work with|process|handle|read|understand|deal with|produce|generate] text,
        text-only, limited to text,
        no access to ~[real-time|live|the internet|your|that|external|files],
        [without|lacking] [browsing|the ability|live access|access to ~[real-time|live|current|
        the internet|the web]],
        [there's no|there is no|there isn't any] way ~i ~[can|could|would|know],
        i [don't|do not] see [a|an|any] * [in|attached|here], i wouldn't [share|help|do|write|say],
        [sadly|regretfully|alas|afraid] ~[that's|that is|this is|it's|not|no],
        [i'd|i'll|i will|let's|going to] ~[skip|sit this|sit that|pass on|steer clear|leave that],
        not [willing|prepared|about|inclined] to [help|write|do|give|share|provide|produce|explain|
        assist], [refuse|decline|declining|refusing] to,
        [consider|take] [this|that|it] [a|as a] no, ask ~someone else,
        count me out, leave me out of, i don't do that, hard pass, i * hands are tied,
        my hands are tied,
        i must ~[respectfully|] decline,
        no [image|audio|file|attachment|document|video|picture] ~came through,
        [can't|cannot|couldn't|won't|can not|will not|not going to] be …[here|by me|in this chat|
        at my end|on my end|from my side|through me], [nothing|no ~[image|file|attachment|photo|
        picture|document|audio|recording|screenshot|video|link|text]] ~[came through|arrived|
        is attached|was attached|reached me|is visible|seems to be attached|has reached|to look at|
        shows up], blank slate, [no|without a] memory of ~[past|previous|earlier|our|other|prior|
        what|any], i [don't|do not] ~[retain|keep|store|carry over|hold on to|have memory|
        have feelings|do opinions|take sides], [instructions|prompt] ~[is|are|stay*|remain*] ~[
        confidential|private|internal|hidden], [for|due to|because of|owing to] ~copyright [reasons|
        law|restrictions|protection|rules], [not|never] [mine|my call|my job|my place] to, [out of|
        outside|beyond|exceeds] ~my [reach|hands|remit|scope|power*|role|control|depth|abilities|
        capabilities|pay grade], i'll ~[leave that|stay out|steer clear|stop short|refrain|abstain|
        stay neutral], i'd ~[stay out|stay neutral|leave that], no ~[browser|internet|network|
        microphone|camera|phone line|calendar|inbox|live feed|live data|web access] ~[here|on my|
        at my|in this|for me|access], from inside this chat, [this|the] [chat|conversation] ~[only|
        just|is limited|can't|cannot|doesn't|has no], that's [a no|not happening|off the cards], [
        has|have] to stay that way, [not|isn't|aren't] ~[available|accessible|visible|reachable|
        known] to me, [there's|there is] no way for me, [came back with] ~[authorisation|
        authorization|permission|access] error, [this|the] ~[assistant|bot|service|helpdesk] only ~[
        handles|answers|covers|deals|supports|helps], outside its scope,
        not something to be done here, take sides on
    """,
    "de": """
        helfe ich ~nicht, helf ich ~nicht, nicht [helfen|weiterhelfen|behilflich sein], als ki,
        als sprachmodell,
        als ki-*, als künstliche intelligenz, als [reines|textbasiert*|großes] *modell,
        nicht ~[in der lage|imstande|befugt|berechtigt],
        nicht ~meine* [fähigkeiten|möglichkeiten|aufgabe*|kompetenz*],
        [übersteigt|sprengt|außerhalb] …mein*, lehne ich ~ab,
        ich lehne …ab, muss ich ~[passen|ablehnen], muss ~[passen|ablehnen],
        kein* zugriff auf ~[live*|echtzeit*|das internet|aktuelle*|externe*|ihre|deine|
        persönliche*],
        ist mir ~[nicht|leider nicht] ~möglich,
        mir fehlt …[zugriff|zugang|möglichkeit|berechtigung],
        da* mache ich nicht mit, nicht in meiner macht, das geht [von hier aus|bei mir] nicht,
        möchte ich ~nicht,
        werde ich ~nicht,
        [kann|darf|konnte|könnte|will] ich ~[nicht|kein*|nichts|nur ablehnen], ich [kann|darf|
        konnte|will|werde|möchte] ~[nicht|kein*|nichts] …[helfen|geben|anbieten|erstellen|
        verfassen|schreiben|beantworten|abrufen|öffnen|sehen|ansehen|zugreifen|ausführen|
        unterstützen|einsehen|lesen|hören|verraten|nennen],
        gehör* nicht zu [dem|den|meinen], [liegt|liegen] mir ~[nicht|kein*], [mir|uns] ~[nicht|
        kein*|leider nicht] ~[zugänglich|möglich|erlaubt|gestattet|sichtbar|vor], für mich ~[nicht|
        unmöglich|unerreichbar|unsichtbar|tabu|kein*], [bei mir|hier] ~[ist|sind|kam|kamen] ~[kein*|
        nicht|leider nicht] ~[angekommen|eingegangen|sichtbar|an], [von hier aus|in diesem chat|
        im chat] ~[kann|lässt sich|geht|ist|sind|werden] ~[kein*|nicht], hier ~[nicht|
        leider nicht] ~[vorgesehen|weitergegeben|bereitgestellt|wiedergegeben],
        urheberrechtlichen gründen, [sehe|verzichte|nehme] ich ~[ab|abstand|darauf], [davon|da|hier|
        dabei] [sehe|lasse|mache|bin] ich ~[ab|die finger|raus|nicht], [halte|enthalte] ich mich,
        ich [enthalte|halte] mich ~[raus|heraus|zurück|der|da|hier|bei], übersteigt ~mein*,
        jenseits mein*, [funktion|fähigkeit|möglichkeit|befugnis|berechtigung] ~[fehlt|habe ich|
        steht] ~[mir|nicht], steht mir ~nicht, [das|dazu|dafür|hierzu] ~[gibt es von mir|
        bekommen sie von mir|bekommst du von mir] ~[nicht|kein*], von mir ~[nicht|kein*]
    """,
    "fr": """
        en tant qu'[ia|intelligence|assistant*|modèle], en tant que [modèle|simple|assistant*],
        pas en mesure,
        impossible [de|d'] ~[vous|te|répondre|donner|rédiger|écrire|accéder|faire|aider|fournir],
        m'est ~[impossible|interdit], [préfère|préfèrerais|préférerais] ~ne pas,
        [pas|plus] ~accès,
        je refuse, je [me|m'] [vois|] ~[contraint|dans l'obligation|abstiens|abstiendrai],
        dépasse mes,
        [mes|de mes] [compétences|capacités|possibilités] …[pas|limit*],
        je [dois|vais devoir] ~[décliner|refuser|passer],
        je décline, hors de [ma|mes], hors de question, [ne|n'] …pas ~[vous|t'] ~aider,
        n'ayant [pas|aucun*],
        dépasse [le cadre|mes|ce que|les limites], [au-delà|en dehors|hors] de [mes|mon|ma|
        ce que je], [hors|pas] [de|à] ma portée, [préfère|préférerais|vais|dois|
        souhaite] ~m'abstenir, m'abstenir de, [n'est|ne sont|n'a|n'ont] ~[pas|aucun*] ~[possible|
        accessible*|visible*|disponible*|permis|autorisé*|parvenu*] ~[ici|pour moi|de ma part|
        jusqu'à moi], ne ~m'est ~[pas|guère|plus], m'est pas, [ne|n'] ~[m'est|me sont|m'a|m'ont|me|
        m'] ~[pas|aucun*], [raison|raisons|cause|motif] ~[de|des|du] ~droits d'auteur, [aucun*|
        nulle] [fichier|image|pièce jointe|photo|document|audio] …[parvenu*|reçu*|visible*|joint*],
        je ne ~[conserve|garde|dispose|possède|prends|donne|fournis|souhaite|veux|vais|traite|
        navigue|vois|reçois|suis] ~[pas|aucun*|qu'], [ne|n'] ~[relève*|entre*|fait|font] ~pas ~[
        partie|de mes|dans mes], je vais ~[décliner|refuser|passer mon tour], très peu pour moi,
        ce sera sans moi, je m'y refuse, [m'est|me sont|m'en est] ~[inaccessible*|interdit*|
        impossible*]
    """,
    "es": """
        como [modelo|ia|inteligencia|asistente|una ia|un modelo], no [puedo|podré|podría|pude|
        voy a|pienso|me es|soy capaz|tengo acceso|tengo la capacidad|tengo forma|tengo manera|
        dispongo|cuento con|estoy en condiciones|estoy capacitad*|estoy autorizad*|
        es algo que ~pueda|son algo que ~pueda|
        me está permitido|me corresponde|me siento cómod*|proporciono|ofrezco|doy|ayudo|hago|
        realizo|estoy en posición|logro|consigo|quiero|quisiera|te ~ayudaré|le ~ayudaré|
        está* ~en mi* mano*|es algo que], me niego, prefiero no,
        debo [rechazar|negarme|declinar], [fuera de|excede|supera] mis, me temo que no,
        me resulta imposible,
        me es imposible, [imposible|incapaz] …[para mí|ayudar], lamento no poder, siento no poder,
        paso de,
        tendré que [negarme|declinar|rechazar|pasar], carezco de ~[acceso|capacidad|permiso*],
        [fuera|más allá] [de mi*|de lo que|del alcance], [supera|sobrepasa|excede] ~[mi|mis|lo que],
        escapa a mi*, no [está|están|queda|entra|entran] ~[a|en|dentro de|entre] ~[mi*|mi alcance|
        mis], [motivos|razones|cuestiones|temas] de ~[derechos|copyright|propiedad intelectual], [
        por|debido a] ~derechos de autor, [ningún|ninguna|el|la|tu] ~[archivo|imagen|foto|audio|
        documento|adjunto|enlace|captura] ~[ha llegado|llegó|me llegó|adjunt*|se ve|es visible|
        me ha llegado], no ~[me ~ha llegado|me llegó|me llega|ha llegado|se ha adjuntado|aparece|
        veo|recibo|recibí|he recibido] ~[ningún*|el|la|nada|ninguna], no [divulgo|informo|conservo|
        guardo|almaceno|
        retengo|recuerdo|navego|accedo|manejo|trabajo|opino|tomo|emito|facilito|comparto|revelo|
        escribo|redacto|genero|participo|colaboro|poseo|tengo ~[memoria|conexión|ojos|modo|manera|
        permiso|acceso|sentimientos|opinión|opiniones]], no [se puede|es posible|está permitido|
        cabe|resulta posible|se pueden] ~[desde aquí|en este chat|facilitar*|proporcionar*|
        reproducir*], [aquí|desde aquí|en este chat|desde este chat] no ~[puedo|tengo|dispongo], [
        declino|rehúso|rechazo|me abstengo|me abstendré|paso] ~[de|hacer|esta|este|participar|esa|
        ese|opinar|dar|la|responder], [este chat|esta conversación] ~[solo|sólo|no|únicamente],
        mejor no, va a ser que no, no cuentes conmigo, conmigo no cuentes, tengo que ~[rechazar|
        declinar|negarme|decir que no]
    """,
    "pt": """
        como [modelo|uma ia|ia|inteligência|assistente|um modelo], não [é coisa que eu|
        são coisa que eu|posso|consigo|poderei|
        poderia|pude|vou|sou capaz|tenho acesso|tenho como|tenho a capacidade|tenho permissão|
        estou autorizad*|estou em condições|estou apt*|me é|é possível para mim|forneço|ofereço|
        faço|dou|ajudo|disponho|me sinto confortável|irei|quero|está ao meu alcance|
        é algo que eu], me recuso, recuso-me, prefiro não,
        [além|fora] d[as|os|o|a] ~minh*, fora do meu, terei que recusar, [devo|preciso] recusar,
        ficar devendo,
        sou incapaz, lamento não poder, infelizmente não [dá|é possível|posso],
        impossível para mim,
        além do que ~[me|posso|consigo|sou], [além|fora] ~[do meu|da minha|dos meus|das minhas|
        de mim], não ~[chegou|chegaram|recebi|veio|vejo] ~[aqui|até aqui|nenhum*|a mim|arquivo|
        imagem|anexo|ficheiro|o|a], [nenhum*|o|a] [arquivo|imagem|foto|áudio|documento|anexo|
        ficheiro|link|captura] ~[não] ~[chegou|veio|aparece|foi|consta], [não|nem] ~[pode|podem|
        é possível|dá para|dá pra|será|posso] ~[ser|] ~[fornecid*|partilhad*|compartilhad*|
        divulgad*|reproduzid*|revelad*|disponibilizad*|transcrev*|reproduzir|fornecer|partilhar|
        compartilhar], [questões|motivos|razões|causa] d* ~direitos, [por|
        devido a*] ~direitos autorais, não ~[divulgo|exponho|informo|guardo|conservo|armazeno|
        retenho|navego|acesso|acedo|
        opino|tomo|escrevo|gero|partilho|compartilho|revelo|colaboro|participo|mantenho|possuo|
        tenho ~[memória|acesso|ligação|conexão|olhos|forma|meios|permissão|opinião|opiniões|
        sentimentos|ferramenta*]], [este chat|esta conversa|neste chat] ~[só|apenas|não] ~[trabalh*|
        consigo|é|dá|há|funciona*|aceita*|lid*|tenho|posso], [este chat|esta conversa] ~[trabalha|
        só|apenas|não], [declino|recuso|abstenho-me|me abstenho|dispenso|passo] ~[de|a|esse|este|
        participar|o|opinar|essa|esta|fazer|fornecer|responder|ajudar], melhor não,
        não conte comigo, prefiro ~não, terei [de|que] ~[recusar|declinar], [tenho|vou ter] [de|
        que] ~[recusar|declinar]
    """,
    "it": """
        in quanto [ia|intelligenza|modello|assistente], come [modello|ia|intelligenza|assistente],
        non [posso|riesco|potrò|potrei|sono in grado|sono capace|sono autorizzat*|sono abilitat*|
        mi è possibile|mi è consentito|ho accesso|ho modo|ho la possibilità|ho la capacità|
        dispongo|fornisco|intendo|voglio|scrivo|aiuto|ti aiuterò|ti aiuto|me la sento|mi occupo|
        rientra* …mi*|è una cosa che|è qualcosa che|sono nella posizione],
        mi rifiuto, preferisco non, preferirei non, mi è impossibile,
        [fuori|oltre|al di là] d* mi*,
        devo [rifiutare|declinare], sono costrett* a [rifiutare|declinare], non li fornisco,
        non lo faccio,
        non [è|sono|viene|vengono|può|possono|sarà] ~[consentit*|permess*|possibile|visibil*|
        disponibil*|accessibil*|lecit*] ~[qui|riportar*|fornir*|riprodurr*|condivider*|da qui|
        in questa|in chat|per me|fornit*|riportat*|riprodott*|condivis*|divulgat*], [nessun*|
        alcun*] [immagine|file|allegato|foto|documento|audio|link|screenshot|video|contenuto] ~[è|
        e'|mi|risulta|ha|]~ [visibile|arrivat*|allegat*|pervenut*|ricevut*|presente], non [mi|ci] ~[
        è|sono|risulta|risultano|arriva|spetta|compete|è dato|sento] ~[arrivat*|pervenut*|possibile|
        consentit*|permess*|di|visibil*|alcun*|nessun*], non [divulgo|diffondo|conservo|memorizzo|
        mantengo|navigo|
        accedo|tratto|esprimo|prendo|scrivo|genero|condivido|rivelo|partecipo|possiedo|elaboro|vedo|
        collaboro|ho ~[memoria|accesso|connessione|occhi|strumenti|opinioni|sentimenti|alcun*]], [
        motivi|ragioni|questioni] di ~[copyright|diritt*|proprietà], [fuori|esula|esulano|
        al di fuori|oltre|va oltre|vanno oltre] d* ~mi*, [esula|esulano|va oltre|vanno oltre|supera|
        superano|al di là] ~[dalle|di|le|ciò|quello|i|quanto|dai] ~mi*, [fuori|oltre] ~[portata|
        quello che posso|ciò che posso], [declino|rifiuto|mi astengo|mi asterrò|passo|evito] ~[di|
        il|la|questa|su|da|dal|l'invito], [questa chat|in questa chat] ~[solo|non|soltanto] ~[è|
        posso|si|lavoro|ho|vedo|riesco|testo|gestisc*], meglio di no, non contare su di me,
        non se ne parla, [devo|preferisco|voglio] ~[tirarmi indietro|astenermi|fermarmi qui|
        starne fuori]
    """,
    "nl": """
        als [ai|taalmodel|kunstmatige|een ai|chatbot],
        [kan|mag|wil|ga|zal|kon|help] ik ~[niet|geen|niets] ~,
        ik [kan|mag|wil|ga|zal|kon|help] ~[niet|geen|je niet|u niet] …[helpen|geven|schrijven|
        maken|openen|meewerken|bekijken|inzien|beantwoorden|verstrekken|doen|meehelpen|
        ondersteunen], niet in staat,
        geen toegang tot ~[live*|realtime|internet|actuele|je|uw|jouw|externe], niet [mogelijk|
        toegestaan] …, ga ik …niet …, werk ik niet aan mee,
        [buiten|boven] mijn,
        ik [moet|zal] …[weigeren|afhaken|passen|bedanken], ik weiger, liever niet,
        niet kunnen helpen,
        [voor|bij] mij ~[niet|onbereikbaar|onmogelijk|onzichtbaar|geen|ontoegankelijk], [
        vanuit hier|in deze chat|vanaf hier|in dit gesprek] ~[helaas|kan|mag|is|zijn|wordt|kunnen|
        ] ~[niet|geen|helaas niet], mag ~hier ~niet, vanwege ~auteursrecht*,
        om auteursrechtelijke redenen, auteursrechtelijke redenen, [valt|ligt|gaat] ~[buiten|boven|
        verder dan] ~[mijn|wat ik|het bereik], [buiten|boven] ~[mijn|wat ik|mijn bereik], er ~[is|
        zijn|zit|staat] ~[geen|niets] ~[bestand|afbeelding|bijlage|foto|document|audio|link|
        screenshot|plaatje] ~, [ontvang*|zie|heb|bewaar|onthoud|bezit|ondersteun|schrijf|geef|deel|
        maak|verstrek|lever|doe|beschik] ik ~[geen|niet|niets|er niet], ik ~[ontvang|ontving|zie|
        heb|bewaar|onthoud|bezit|ondersteun|schrijf|geef|deel|maak|verstrek|lever|doe|beschik|
        spreek] ~[geen|niet] ~[toegang|geheugen|bijlage*|bestand*|afbeelding*|verbinding|live|
        actuele|realtime|mening|voorkeur|over|hierover|over een|aan|mee|uit|berichten|gesprekken|
        ontvangen|gekregen], [daar|hier|dat|dit] [werk|doe|begin|waag|laat|sla|weiger|schrijf|maak|
        deel|ga|pas] ik ~[niet|over|aan mij voorbij|me|voor], begin ik niet aan, houd ik me buiten,
        onthoud ik me, ik onthoud me, [bedank|pas] ik ~voor, zie ik ~van af, ik zie er van af,
        doe ik niet, [sla|laat] ik ~[liever |]~over, sla ik over
    """,
    "pl": """
        nie [rozpozna*|identyfiku*|prowadz*|wykonuj*|oferuj*|świadcz*|tworz*|generuj*],
        jako [model*|sztuczna|ai|asystent*], nie [mogę|potrafię|umiem|podam|pomogę|będę|zamierzam|
        chcę|jestem w stanie|mam dostępu|mam możliwości|mam wglądu|mam uprawnień|dysponuję|
        udzielam|udostępniam|zrobię|napiszę|udzielę|wolno mi|zajmuję się|obsługuję|jest to możliwe|
        wchodzi* w mo*|odtworzę|otworzę],
        odmawiam, muszę odmówić, wolę nie, wolał* nie, poza* moimi, wykracza poza,
        [nie] …w stanie,
        poza ~[moim|moimi|mną|tym co mogę], [przekracza|wykracza] ~[moje|poza|zakres],
        wykraczają poza, wolał*by* ~[tego|nie|tu], nie da się ~[tu|tutaj|stąd|ich|tego|w tym], nie [
        mam ~[pamięci|połączenia|narzędzi|oczu|zdania|opinii|uczuć|dostępu|możliwości|podglądu|
        wglądu|wpływu|jak]|przechowuję|zapamiętuję|zachowuję|widzę ~[żadn*|pliku|zdjęcia|załącznika|
        obrazu|linku|tu]|otrzymał*m|dostał*m|dotarł* ~|działam|obsługuję|wyrażam|zajmuję|ujawniam|
        pośredniczę|wykonam|przyłożę|podejmę|podejmuję|napiszę|wygeneruję|stworzę|sprawdzę|
        zadzwonię|wyślę|zobaczę|usłyszę|przeczytam|przewidzę|doradzę|zdradzę|przytoczę|zacytuję|
        udostępnię|ocenię], [żaden|żadne|żadna] [plik*|zdjęci*|załącznik*|obraz*|dokument*|
        nagrani*] …[dotar*|nie przysz*], działam bez, [względu na|powodu|powodów] ~praw* autorsk*,
        praw autorskich …nie, [pozostaj*|leż*|jest|są] ~poza ~[moim|moimi], [mogę|można] [tu|
        tutaj] ~nie, [tutaj|tu|stąd|w tym czacie|w tej rozmowie] nie ~[mogę|widzę|mam|podam],
        zmuszon* …odmów*, [muszę|zmuszon*|pozwolę sobie] ~[odmówić|spasować|podziękować|
        się powstrzymać], powstrzymam się, wstrzymam się, nie dla mnie, [tego|tym|takich] ~nie ~[
        zrobię|napiszę|podam|zajmę|podejmę|udzielę|udzielam|robię|tworzę], nie [leży|mieści się|
        wchodzi|leżą] w ~zakres*
    """,
    "ru": """
        как [ии|искусственный|языковая|языковой|большая], являюсь …[ии|модель*], не [могу|смогу|
        буду|стану|умею|имею доступа|имею возможности|имею права|располагаю|занимаюсь|вправе|
        готов* [помо*|предостав*]|в состоянии|в силах|помогу|предоставляю|поддерживаю|
        вижу вложени*|получится|хочу|намерен*|способен|способна],
        [нет|отсутствует] доступа к ~[интернет*|сети|реальн*|вашим|актуальн*|свежим],
        доступа …у меня, у меня …доступа, [вынужден*|должен|должна] отказать*, отказываюсь,
        откажусь,
        [выходит|выходят] за …[мо*|рамки|пределы], это мне не,
        мне [нельзя|не разрешено|запрещено|недоступн*],
        воздержусь, предпочту не, предпочел* …не, мне не под силу, вне моих, за пределами моих,
        вынужден* ~[отказ*|отклон*|воздерж*], [откажусь|отказываюсь|воздержусь|воздерживаюсь|
        отклоняю|уклонюсь|пас], не ~[получится|удастся|вижу|получил*|дошл*|дошел] ~[файл*|вложени*|
        изображени*|фото*|картинк*|ссылк*|аудио*|документ*|скриншот*|привести|показать|выполнить|
        посмотреть|узнать|открыть|помочь|у меня|здесь|в чат*], [файл|вложение|изображение|фото|
        картинка|аудио|документ|скриншот|ссылка|запись] ~не ~[приш*|дош*|отобра*|прикреп*|загруз*|
        вид*|откры*|дошел], я ~не ~[вижу|слышу|храню|запоминаю|сохраняю|подключен*|звоню|отправляю|
        выражаю|раскрываю|участвую|пишу|создаю|даю|ставлю|врач|юрист|консультирую|обладаю|выполняю|
        открываю|просматриваю|отслеживаю|получил*|получаю], [у меня|мне] ~[нет|не] ~[доступа|памяти|
        возможност*|подключени*|выхода|инструмент*|глаз|функци*|права|полномочий|доступн*|видн*|
        дано|позволен*|положен*|следует|хотелось], за ~[пределами|рамками|рамки] ~[мо*|того что],
        вне ~[мо*|компетенции], [недоступн*|неподвластн*|не под силу] мне, мне ~[недоступн*|
        неподвластн*|не под силу], [из-за|по причине|в силу|соображениям] авторск*, [отсюда|
        в этом чате|в чате] ~не ~[могу|могут|можно|получится|видно|вижу|может|буду|предоставл*|
        привод*], [увольте|без меня|я пас], не [в моей|в моих|моя|мое|мой|в мо*] ~, [раскрывать|
        предоставлять|разглашать|передавать] ~[здесь|их|это] ~[недопустимо|нельзя|запрещено|
        не могу]
    """,
    "uk": """
        як [мовна|штучний|ші],
        не [можу|зможу|буду|вмію|маю доступу|маю змоги|маю можливості|в змозі|готов*|здатн*],
        відмовляюся, змушен* відмовити*
    """,
    "cs": """
        jako [jazykový|umělá|ai], [nemohu|nemůžu|nedokážu|neumím|nesmím|nebudu|nejsem schopen|
        nejsem schopna|nemám přístup*|nemám možnost|nepomohu|nepomůžu|nedovedu|odmítám]
    """,
    "sv": """
        [kan|får|vill|kommer|tänker] jag ~[inte|inga|ingen|inget], jag [kan|får|vill|kommer|har|
        tänker] ~[inte|inga|ingen tillgång] ~[att |]~[hjälpa|svara|ge|skriva|göra|öppna|se|
        tillgång|möjlighet], som [ai|språkmodell],
        jeg [kan|har|vil] ~[ikke|ingen] ~[at |]~[hjelpe|hjælpe|svare|gi|give|skrive|tilgang|
        adgang],
        kan jeg ~ikke …[hjelpe|hjælpe], som [ai|språkmodell|sprogmodel]
    """,
    "ro": "nu [pot|am acces|sunt capabil*|voi], refuz, imi pare rau, îmi pare rău dar nu",
    "vi": """
        [tôi|mình|em] ~[không thể|không có quyền|chưa thể|không được phép|từ chối],
        với tư cách là
    """,
    "id": """
        saya ~[tidak|tak|belum] [bisa|dapat|mampu|memiliki akses|punya akses|diizinkan|akan],
        sebagai [ai|model bahasa|asisten],
        tidak [bisa|dapat] [membantu|memberikan|memenuhi]
    """,
    "el": "δεν [μπορώ|είμαι σε θέση|έχω πρόσβαση|επιτρέπεται], ως [γλωσσικό|τεχνητή]",
    "he": "[איני|אינני|אני לא] [יכול*|מסוגל*|רשאי*], לא אוכל, אין לי [גישה|אפשרות]",
    "hu": "nem [tudok|tudom|áll módomban|segíthetek|vagyok képes|férek hozzá]",
    "tr": """
        bir [yapay zeka|yapay zekâ|dil modeli] …, yapay ze[ka|kâ] ~olarak, dil modeli olarak,
        yardımcı ~[olamam|olamıyorum|olamayacağım|olmayacağım|olamayız],
        erişimim [yok|bulunm*|olmad*], yetkim ~yok,
        [mümkün|elimde|elimden] ~değil …, elimden gelm*, reddediyorum, reddetmek zorundayım,
        yeteneğim ~yok,
        imkanım ~yok,
        [benim|bizim] ~[yapabileceklerimin|yeteneklerimin|kapasitemin|sınırlarımın|yetkimin|elimde*|
        haddim*|işim|görevim] ~[dışında*|değil|ötesinde|aşıyor], [yapabileceklerimin|yeteneklerimin|
        yetkimin|kapasitemin|kapsamımın|imkanlarımın|bilgimin|uzmanlığımın|sınırlarımın] ~[dışında*|
        ötesinde|aşıyor], *[ımın|imin|umun|ümün] dışında, [yapmayı|etmeyi|yazmayı|paylaşmayı|
        vermeyi|söylemeyi|yorumlamayı|cevaplamayı] ~[reddediyorum|tercih etm*|doğru bulm*|
        uygun bulm*|düşünm*], tercih etmem, *[memeyi|mamayı] tercih *, telif ~[hakkı|hakları] ~[
        nedeni*|sebebi*|gereği|yüzünden], [dosya|görsel|resim|fotoğraf|ek|belge|ses|video|bağlantı|
        ekran görüntüsü|mesaj*] ~[ulaşmadı|gelmedi|göremiyorum|iletilmedi|tarafıma], [bana|tarafıma|
        elime] ~[ulaşan|ulaşmadı|gelmedi|ulaşmış|geçmedi] ~[yok|değil|], [buradan|burada|
        bu sohbette|bu ortamda|buraya] ~[mümkün değil|yapılamaz|yapılamıyor|paylaşılamaz|verilemez|
        sunulamaz|mümkün olmuyor|*amam|*emem], [erişim*|bağlantım|hafızam|belleğim|yetkim|
        yetkinliğim|iznim|aracım|internetim|imkânım|imkanım|yeteneğim|becerim|özelliğim|fikrim|
        bilgim|verim|duygularım|görüşüm] ~[yok|bulunm*|değil|mevcut değil|olmad*], [geri çevir*|
        red cevabı|uzak dur*|kaçınıyorum|kaçınacağım|pas geç*], *[mem|mam] doğru olmaz, *[mem|
        mam] söz konusu değil
    """,
    "zh": """
        [我|本人|这边|目前|暂时] …[无法|不能|没法|没办法|不会帮|不会提供|不会撰写|不会写|不可以|
        不便|拒绝|不愿|做不到|帮不了|帮不上|帮不到|没有权限|无权|不支持|不具备|没有能力|无能为力|
        不擅长|不打算|不提供|不方便|没有联网|不想],
        无法[回答|提供|协助|帮助|完成|满足|查询|访问|联网|处理|为您|为你|给出|获取|读取|打开|生成|
        执行|听|查看|识别], 不能[帮你|帮您|协助|提供|回答|满足],
        恕[我|不|难], 我[可|真|也|还|是|]…[做不了|做不到|办不到|办不了], 超出…我, 爱莫能助,
        无可奉告,
        作为[一|一个|一名|]…[ai|人工智能|语言模型|助手], 帮不了, 帮不上忙,
        我[不|没][帮|写|做|提供],
        [無法|沒辦法|不能|不會][回答|提供|協助|幫|完成|滿足|查詢],
        不[便|予|宜|方便|适合]…[在此|在这里|提供|展示|透露|公开|分享|披露|复述|给出|评价|评论|置评|
        发表|全文|代劳], [版权|著作权][原因|限制|保护|问题|的关系|所限|法], [没有|没|未|未能|沒有][
        收到|看到|接收到|上传|附上|附带|看见]…[图|文件|附件|截图|链接|照片|音频|视频|文档|内容], [
        没有|没|沒|沒有]办法…[判断|得知|查|看|听|替|帮|读|打开|访问|获取], [不在|超出|超过]我…[能力|
        范围|权限|职责], [本对话|当前对话|对话中]…[无法|不能|没法|只支持|只能|不支持|不具备|没有], [
        只能|仅能|仅限|仅支持|只支持|只会]…[处理|文字|文本|聊天], [拒绝|婉拒|谢绝|不予|不接受|免谈|
        不作|不做]…[请求|要求|协助|回答|提供|评价|评论|这类|此类|此事], [这个|这种|此类|这类|这样的|
        这事]…[忙]…[不能|没法|不会|帮不], [还是|宁可|选择]不…[为好|说|写|做|参与|评|回答], [记不住|
        不会记住|不保留|不会保留|不存储|没有保存|不保存|看不到|看不见|听不到|打不开|读不到|查不到|
        打不了|拨不了|发不了|连不上|上不了网]
    """,
    "ja": """
        [お|ご]…[できません|出来ません|できかねます|なれません|できない], かねます, かねる,
        対応しておりません,
        対応していません, [お断り|ご遠慮|遠慮させ|控えさせ|差し控え|辞退], 力になれ[ません|ない],
        言語モデル,
        ai[として|なので|ですので|であるため|のため], 人工知能として,
        [能力|機能|権限|手段]…[ありません|ございません|持って],
        [アクセス|閲覧|検索|確認|取得|再生|視聴|実行|提供|作成|生成|執筆|回答|お答え]…[できません|
        できない|できかね],
        持ち合わせて[いません|おりません|いない], 無理です, 手伝え[ません|ない], 教えられません,
        書けません,
        [する|お答えする|お伝えする|提供する]ことは…[できません|いたしません|致しません|しません],
        応じ[られません|かね|ることはでき], 範囲[外|を超え],
        [引き受け|手伝い|協力]…[しません|できません|ません],
        記憶…[残りません|残らない|保持して|持ち越], [画像|ファイル|添付|写真|音声|動画|リンク|
        スクリーンショット|資料|データ]…[届いて|受け取れて|受け取って|添付されて|見えて|
        表示されて]い[ません|ない], 著作権[の|上|が]…[ため|関係|都合|理由|観点], 著作権[で|
        により]保護, [機能|権限|手段|能力|環境|記憶|資格|立場]…[ございません|備わって|持ちません|
        持っていません|にありません|ではありません], 仕組みになって, [わたし|私|当方|このチャット|
        当チャット]…[できません|できない|かね], [電話|送金|外出|診断|処方|予測|断言|引用|転載|再現|
        お見せ|お伝え|お教え|ご案内|手配|加担|助言|賛同|表明|推奨|ご紹介]…[できません|できない|
        いたしかね|しかね|致しかね|いたしません|しません|控え|する手段|する機能|わけにはいき], [
        わけには][いき|まいり|参り]ません, [お受け|お引き受け|お応え|お答え|ご案内|お見せ|お伝え]…[
        できません|できない|かね|いたしかね|難しい|しません|ません], [見合わせ|見送ら|遠慮|辞退|
        控え][させ|ます|ておき|たい], やめておきます, お役に立て[ません|ない|そうに], 対象外,
        守備範囲, 手に負え, [書け|教えられ|答えられ|話せ]ません, 公開してい[ません|ない], 非公開
    """,
    "ko": """
        드릴 수 [없|가 없], [도와|답변|알려|제공해|안내해|말씀|처리해|작성해|번역해|써|답|
        보여]*[드리지|드리기|드릴][ 수는| 수가| 수도| 수|는|가|도|] [못|없|어렵|힘들|않],
        [제공|접근|확인|답변|지원|조회|열람|실행|작성|생성|재생|도움|이행|수행|들어|도와|처리|
        알려]…수[는|가|] [없|가 없], 양해 [부탁|바랍|해],
        언어 모델, [ai|인공지능|챗봇][로서|로써|이기 때문|이라서|라서|이므로|로는|로], 권한이 없[습|
        어|네],
        접근 권한, 기능이 없, 능력이 없,
        [거절|사양]…[하|드|할], 도울 수 없, 도와줄 수 없, 해줄 수 없, 해 줄 수 없, 할 수 없는 일,
        제 [능력|권한|역할] 밖, 범위를 벗어,
        [제공하지|돕지] 않[습|아|기|을], 못 [도와|해|알려|써], 드리지 [않|못],
        드리기 [어렵|곤란|힘들],
        [제가|저는|전|저로서는|제 쪽에서] …[없|않|못|아닙|아니|불가|어렵|곤란],
        [접근|확인|조회|제공|지원|답변|처리]…[불가|안 됩|안 돼|안됩|어렵|곤란], 곤란합니다, 삼가,
        도와줄 수는,
        저작권[ 문제|상|법|보호|으로|이 있|때문|을 이유]…, [드리기|드리기는|드리긴|드릴 수는|
        해 드리기|말하기|답하기|알려주기|제공하기|밝히기|보여주기] [어렵|힘들|곤란|조심|불가능|
        적절하지|부적절], [기능이|기능은] [없습|제공되지 않], [능력이|기억이|기억은|수단이|자격이] [
        없|남지|남아 있지|아닙], [첨부|파일|이미지|사진|링크|문서|음성|영상|스크린샷|자료]…[보이지|
        도착하지|전달되지|첨부되지|받지] [않|못], [이 대화|이 채팅]…[불가능|수 없|지 않|어렵|안 됩|
        못|않], [저는|제가|저로선]…[수 없|못합|못해|않습|않아|없습|없어], [제|저의] [능력|권한|역할|
        범위|영역]…[밖|벗어|넘어], [돕지|응하지|답하지|공개하지|말하지|드리지|기억하지] [않습|않아|
        않겠|못합|못해], [거절|사양|거부|삼가]…[하겠|합니다|할게|드립|드려|드릴|할 수밖에], [통화|
        예약|예측|진단|송금|평가|의견]…[못합|할 수 없|할 수는 없|드릴 수]
    """,
    "ar": """
        [لا|لن|لم|ولا|فلا] [استطيع|يمكنني|اقدر|يحق لي|اساعد*|اتمكن|يسعني|اقدم|امتلك|املك ~[صلاحي*|
        القدرة|وصول]|يجوز لي|اكتب|ازودك|استطع], لست [قادر*|مخول*|مؤهل*|في وضع],
        ليس[ت|] ~[لدي|بوسعي|بامكاني|بمقدوري|من صلاحي*],
        بصفتي, كنموذج, كوني نموذج*, باعتباري,
        [ارفض|اعتذر] ~[عن|ان|] …,
        [تعذر|يتعذر|يستحيل] علي, [مش|ما|مو] [هقدر|اقدر|بقدر|هساعد*|حقدر|بساعد*|راح ~اقدر],
        خارج [نطاق|قدر*|صلاحي*],
        [ليس|ليست|ليسا] ~[ضمن|من|في] ~[قدراتي|مهامي|صلاحياتي|امكاناتي|اختصاصي],
        افضل [الا|عدم], غير [قادر*|مصرح|مخول*] ~[على|لي],
        [اعتذر|نعتذر|اعتذاري] ~[عن|لعدم|منك], [لا|لم|لن|ما] [تتوفر|يتوفر|تتوافر|يتوافر|تصلني|يصلني|
        اري|ارى|احتفظ|احفظ|اتذكر|اصل|اتصفح|ادخل|ابدي|اشارك|اكشف|افصح|ارغب|اود|انوي|اشجع|اعطي|اقوم|
        اتصل|اتعامل|اسمع|امارس|ادعم|اتابع|ازود|انتج|انشئ|انشر|ارسل|اقرا|اقترح|اوصي|اصف|اشخص|استقبل|
        اتلق] ~, [لا|لم|لن] [يمكن|يسمح|يجوز|يصح|يتاح|يتسني|تتاح] ~[لي|من هنا|تزويد*|
        في هذه المحادثة], [خارج|يتجاوز|تتجاوز|يفوق] ~[قدراتي|امكانياتي|امكاناتي|صلاحياتي|قدرتي|
        ما يمكنني|ما استطيع], [غير|ليس|ليست] ~[متاح*|ممكن*|متوفر*|مسموح*|ظاهر*|من مهامي] ~[لي|لدي|
        امامي], [بسبب|لاسباب|لدواعي|نظرا|بموجب|بحكم] ~[حقوق|تتعلق بحقوق|ل*حقوق], محمي* بحقوق, [ارفض|
        امتنع|اتحفظ|نرفض] ~[عن|تقديم*|كتابة*|هذا|علي|ذلك|المشاركة|ان], [ليس*|لا] ~[لدي|عندي|بحوزتي|
        املك|امتلك] ~[وصول|ذاكرة|صلاحي*|امكاني*|قدرة|اتصال|اداة|ادوات|راي|مشاعر|وسيلة|طريقة|بيانات],
        انا مجرد [نموذج|برنامج], احتراما ل*حقوق
    """,
    "hi": """
        [मैं|हम|मुझसे|मेरे|मेरी|मुझे] …नहीं …[सक*|पा*|कर*|दे*|बता*|है|हूँ|हूं|हो|दू*|लिख*],
        [मेरी|मेरे] …[पहुँच|पहुंच|पास|क्षमता|बस] …नहीं,
        [असमर्थ|अक्षम|संभव नहीं|मना कर*|इनकार], [मदद|सहायता] नहीं, एआई …[नहीं|होने], भाषा मॉडल,
        [main|mai|mein] …[nahi|nahin] …[sakta|sakti|karunga|paunga], [madad|help] [nahi|nahin],
        यहाँ ~[देना|बताना|लिखना|साझा करना] ~[संभव|उचित|मुमकिन|ठीक] नहीं, मेरी ~[क्षमता|सीमा|दायरे|
        पहुँच|पहुंच|हद] ~[से|के] ~[बाहर|परे], मेरे ~[बस|दायरे|अधिकार] ~[से|के] ~बाहर, कॉपीराइट …[
        वजह|कारण|चलते|नहीं|के तहत], [फ़ाइल|फाइल|तस्वीर|चित्र|फोटो|फ़ोटो|लिंक|ऑडियो|वीडियो|दस्तावेज़|
        अटैचमेंट|छवि|स्क्रीनशॉट|संलग्न*] …[नहीं|नही] …[मिली|मिला|दिख रह*|आई|आया|पहुँच*|पहुंच*], इस [
        चैट|बातचीत] …नहीं, [नहीं|नही] ~[सकता|सकती|पाता|पाती|पाऊँगा|पाऊँगी|पाऊंगा|पाऊंगी|सकूँगा|
        सकूँगी|सकूंगा|सकूंगी] ~[हूँ|हूं], [नहीं|नही] ~[पाऊँगा|पाऊँगी|पाऊंगा|पाऊंगी|सकूँगा|सकूँगी|
        सकूंगा|सकूंगी], [नहीं|नही] [करूँगा|करूँगी|करूंगा|करूंगी|दूँगा|दूँगी|दूंगा|दूंगी|लिखूँगा|
        लिखूँगी|लिखूंगा|लिखूंगी|बताऊँगा|बताऊंगा|चाहूँगा|चाहूँगी|चाहूंगा|चाहूंगी], [इनकार|मना|
        परहेज] ~[करता|करती|करूँ*|करूं*], मेरे [लिए|पास] …[नहीं|असंभव|नामुमकिन], [याद|स्मृति|
        रिकॉर्ड] ~नहीं ~[रख*|रह*], [बचना|बचूँगा|बचूँगी] ~[चाहूँगा|चाहूँगी|चाहूंगा|चाहूंगी]
    """,
    "th": "[ฉัน|ผม|ดิฉัน]…ไม่สามารถ, ไม่สามารถช่วย, ขออภัย…ไม่",
}

DOUBTING: Mapping[str, str] = {
    "en": """
        [couldn't|can't|cannot] tell you, wouldn't like to say,
        i'm not ~[sure|certain|confident|positive|familiar|aware of|an expert],
        i am not ~[sure|certain|confident|positive|familiar], [not|never] [entirely|completely|
        totally|100%|absolutely|fully|quite|really|very|at all|too] [sure|certain|confident],
        not sure [tbh|but|though|if|whether|about|which|on|exactly],
        not sure, unsure, i'm uncertain, i [don't|do not|dunno] ~know, dunno,
        don't know [for sure|exactly|offhand],
        no idea, [no|not a|haven't a|without a] clue,
        i ~[might|may|could] ~be ~[wrong|mistaken|off|misremembering|mixing|confusing|way off],
        i could ~well be, [my|a|best|wild|rough|educated|lucky|pure|total|complete] guess,
        i'm ~[guessing|speculating|assuming|drawing a blank|blanking|out of my depth|
        on shaky ground], i'd ~guess,
        i'd have to guess, just guessing, guesswork,
        [hard|difficult|tough|tricky|impossible] to [say|know|tell|pin down|be sure|be certain],
        if memory serves,
        [if|as far as|from what] i ~[recall|remember|know|can tell|understand|gather],
        if i'm not mistaken, to the best of my [knowledge|recollection], don't quote me,
        [don't|wouldn't|can't|not] hold me to,
        i ~[can't|cannot|couldn't|could not|can not|won't] ~[be ~[sure|certain|positive|confident]|
        say|tell|confirm|verify|vouch|swear|promise|guarantee|remember|recall|pin ~down|put a date|
        name], i ~wouldn't ~[bet|swear|stake|rely|trust|count|quote|take], [pinch|grain] of salt,
        i want to say, off the top of my head, i'm ~fuzzy,
        [only|just|purely|merely] [my|an] [assumption|guess|speculation|impression|hunch],
        [pure|mere|sheer] [speculation|conjecture|guess*],
        who knows, beats me, your guess is as good, i ~[don't|do not] ~have ~[reliable|enough|
        solid|sufficient|definitive|precise|exact|specific|verified|any|that|the|good|firm|
        concrete] ~[information|info|data|details|figure*|record*|knowledge|source*|answer|numbers|
        evidence|idea],
        i ~[don't|do not] ~[remember|recall], i've forgotten,
        i [have|'ve] ~[never|not] [heard|come across|read], i haven't heard,
        i [seem to|vaguely|dimly|half] [recall|remember], as tentative, [information|knowledge|
        memory] … is ~[thin|limited|patchy|hazy|fuzzy|shaky|rusty|sketchy|spotty|vague],
        [doesn't|don't] ring a bell, nothing comes to mind, [it|that] [is|'s] unclear to me,
        it's ~unclear, it is ~unclear,
        not ~[in|part of] my [knowledge|training], i'm ~stumped, you've got me [there|stumped],
        anyone's guess, i have a [feeling|hunch],
        could be [wrong|mistaken], [might|may] be [wrong|mistaken], couldn't say,
        can't say for [sure|certain], wouldn't know, i'm torn,
        take ~with caution, please [double-check|verify|treat],
        you['d|] ~[should|better] ~double-check, search me, no certainty,
        unless i'm ~[misremembering|mistaken|wrong|misinformed|confusing|mixing], i'd ~[
        double-check|verify|check|confirm] ~[that|it|this], [may|might|could] ~be ~[outdated|
        out of date|out-of-date|stale|obsolete|inaccurate|incorrect], [may|might|could] [
        have changed|have since|since have|well have changed], [as of|since|at the time of] my [
        last|latest|training|knowledge|most recent] *, my [information|knowledge|data|info|memory|
        figures|sources|training] ~[is|are|may|might|could|only|stops|ends|goes|doesn't|isn't|
        on this|here], to my knowledge, i ~[couldn't|could not|can't|cannot|haven't been able to|
        wasn't able to|failed to|was unable to|am unable to|didn't manage to] ~[verify|confirm|find|
        locate|check|corroborate|trace|establish|determine|substantiate], [verify|confirm] …[isn't|
        wasn't|not] ~[able|possible], [unfamiliar|not familiar|not acquainted|no familiarity] with,
        [nothing|no ~[record*|trace|information|mention|reference|entry|details|data|results|
        reliable|source*]] ~[comes up|turned up|came up|about|on that|under that|i can find|
        i could find|i have found|of that name|by that name|available to me], not that i ~[know|
        am aware|recall|remember], quoting from memory, going from memory, i think?, i ~[can only|
        could only|would only be] ~[guess*|speculat*|assum*|estimat*], [educated|rough|wild] [guess|
        estimate], [escapes me|slips my mind|slipped my mind], [isn't|not] something i [know|recall|
        remember|was able|could|have], grain of salt, don't take my word, take [that|this|it] ~with,
        [i've|i have] ~no ~[information|record|details|data|recollection|knowledge|way of knowing],
        i'm ~[not up to date|rusty|not versed|no expert|not too familiar|only guessing|
        half guessing|going from memory|going by memory], outside my knowledge
    """,
    "de": """
        nicht ~[sicher|gewiss|im bilde|im klaren], unsicher,
        [keine|null|nicht die leiseste|keinen] [ahnung|schimmer|plan], überfragt,
        [weiß|weiss|wüsste] ich ~nicht, ich [weiß|weiss|wüsste] ~nicht, weiß nicht,
        [kenne|erinnere] ich ~nicht, schwer zu [sagen|beurteilen],
        schwierig zu sagen, kann ich …nicht [sagen|beurteilen|bestätigen|garantieren],
        [reine|pure|bloße] [spekulation|vermutung],
        [nur|bloß|lediglich] ~[geraten|eine vermutung|meine vermutung|vermuten|raten|spekulieren],
        [ins blaue|auf gut glück],
        ich ~[rate|tippe|vermute|schätze] ~, [würde|müsste] ich ~[raten|tippen|vermuten|schätzen],
        [irre|täusche|vertue] ich mich, [täuschen|irren],
        kann mich ~[irren|täuschen], ohne gewähr, wenn ich mich ~[recht|richtig|nicht],
        soweit ~mir, soweit ich ~[weiß|mich], meines wissens, meine* [vermutung|schätzung|annahme],
        entzieht sich …, aus dem [kopf|gedächtnis], bin ich ~[nicht|unsicher|raus|überfragt],
        keine [gesicherten|verlässlichen|genauen|zuverlässigen] …,
        nicht [beschwören|festlegen|dafür verbürgen], nicht die hand ins feuer,
        da muss ich passen, mag sein, glaub ich,
        nach [meinem|meiner] [stand|kenntnis*|wissen*|erinnerung|letzten stand|information*|
        einschätzung], mein* ~[wissensstand|kenntnisstand|stand|wissen|angaben|daten|informationen|
        gedächtnis|erinnerung] ~[ist|sind|kann|könnte*|reicht|endet|nach|mag], [könnte*|kann|können|
        mag|dürfte*|vielleicht|möglicherweise|inzwischen|mittlerweile|eventuell] ~[inzwischen|
        mittlerweile|schon|sich|aber|bereits|auch|natürlich|] ~[veraltet|überholt|
        nicht mehr aktuell|nicht aktuell|ungenau], [kann|können|könnte*|dürfte*|
        mag] sich …geändert haben, nicht mehr [ganz aktuell|auf dem neuesten|ganz aktuell], [ist|
        sind|war|wäre|sagt] mir ~[nicht|kein*|nichts|unbekannt|leider nicht] ~[bekannt|geläufig|
        vertraut|untergekommen|], mir ~[nicht|kein*|leider nicht] ~[bekannt|geläufig|vertraut|
        erinnerlich|untergekommen|sicher], mir …[nicht bekannt|unbekannt], [konnte|kann|lässt|ließ|
        habe] ~[sich|ich|das|es|dazu|darüber] ~[nicht|nichts|kein*] ~[verifizier*|überprüf*|
        nachprüf*|bestätig*|gefunden|finden|herausfinden|ermitteln|belegen|mit sicherheit], [
        noch nie|nie] [davon |]gehört, wenn mich nicht alles, [nagel*|leg*] mich ~nicht, [müsste|
        muss] [ich|man] ~[nachschlagen|nachsehen|nachschauen|recherchieren], aus dem bauch, [keine|
        wenig|nichts] ~[informationen|angaben|belege|quellen|hinweise|verlässliches|genaues] ~[dazu|
        darüber|vor|gefunden|über|zu|finden|sagen], mit [vorsicht|vorbehalt], unter vorbehalt,
        aus der erinnerung, vom hörensagen, ohne [garantie|es genau|gewissheit], [grob|
        wild] geschätzt, glaube ich jedenfalls, würde ich ~[nachprüfen|gegenprüfen|nochmal|nicht], [
        lege|würde] ich ~meine hand, im dunkeln
    """,
    "fr": """
        pas ~[sûr|sûre|certain|certaine|convaincu*], aucune idée, [ne|n'|] sais ~pas,
        sais [pas|plus] ~, je l'ignore, si je me souviens ~bien, si je me rappelle ~bien, j'ignore,
        difficile à dire,
        difficile de ~[dire|savoir|répondre],
        [dur|compliqué] à dire, peux me tromper, [sauf|si je ne me] …[erreur|trompe|abuse],
        [de|si ma] mémoire, [je dirais|à vue de nez|au pif|au hasard|au jugé],
        je [devine|suppose|spécule|m'avance|présume],
        [simple|pure] [supposition|hypothèse|conjecture|spéculation],
        qu'une [supposition|hypothèse|intuition], sous [toutes|] réserve*,
        sans [garantie|certitude], à vérifier, autant que je sache, à ma connaissance,
        je [n'ai|n'ai pas] …[information*|certitude*|donnée*|souvenir*|idée],
        pas [certitude|d'information*|de certitude], je ne [garantis|jurerais|mettrais|parierais],
        je ne [me souviens|connais|saurais|pourrais] ~, je crois [bien|] que …mais, je sèche,
        [il se peut|possible] que je,
        [peut|peuvent|pourrait|pourraient] ~[avoir|s'être] ~[changé|évolué|modifié*], [peut|peuvent|
        pourrait|pourraient] ~être ~[dépassé*|obsolète*|périmé*|inexact*|erroné*|daté*], [ont|a|
        aurait|auraient] ~pu ~[changer|évoluer|être modifié*], [mes|ma|mon] ~[information*|donnée*|
        connaissance*|mémoire|source*|souvenir*|savoir] ~[date*|peu*|pourraient|s'arrête*|remonte*|
        est|sont|me|ne|reste*|à ce sujet], [n'ai|ai] ~[pas|rien|aucun*] ~[trouvé|trace|retrouvé|pu|
        réussi|connaissance|su|souvenir|entendu|trouver], je n'ai ~[rien|pas|jamais|aucun*] ~[
        trouvé|trouver|pu|entendu|connaissance|trace|de source], [ne me|me] dit ~rien, [ne m'est|
        m'est] ~[pas|inconnu*] ~[connu*|familier*|familière*], [m'est|me sont] ~inconnu*, m'échappe,
        [pincettes|toute réserve|sous réserve|sous toutes réserves], [sauf|à moins d'une|
        hors] erreur, [je peux|je pourrais|il se peut|peut-être que je] ~[que|] ~[me tromper|
        fasse erreur|confonde|confondre|faire erreur], [de ce que|d'après ce que|pour ce que|
        du peu que] j'*, que je sache, [n'en|en] ~[sais|jurerais|suis|mettrais] ~[rien|pas|pas sûr],
        ne prenez pas ~, à vue de, [pas|guère] familier, familière avec, [de mémoire|de tête]
    """,
    "es": """
        no ~estoy ~[segur*|ciert*|convencid*], [no lo|no] sé, no sabría, no tengo ~[ni idea|idea|
        claro|certeza|la certeza|información|datos|constancia|seguridad|conocimiento*],
        ni idea, ni [la más remota|puta|pajolera] idea,
        difícil [de|] [decir|saber|responder|precisar], podría [estar equivocad*|equivocarme],
        puedo [equivocarme|estar equivocad*], si no [me equivoco|recuerdo mal],
        si mal no recuerdo, si ~recuerdo bien, [no me|no lo|no] [acuerdo|recuerdo|consta|suena],
        [solo|sólo|pura|simple|mera] [una|] ~[suposición|conjetura|especulación], adivinando,
        a ojo, creo recordar,
        hasta donde [sé|yo sé], que yo sepa,
        no [podría|puedo|sabría] ~[asegurar*|confirmar*|decir*|garantizar*|precisar*|afirmar*],
        no me [hagas|haga] [mucho|] caso, no pondría la mano, desconozco, lo ignoro, me suena,
        [cógelo|tómalo|tómelo] con pinzas, a ciencia cierta, vaya usted a saber, no me atrevo,
        habría que [confirmarlo|verificarlo|comprobarlo],
        [puede|pueden|podría|podrían|quizá|quizás] ~[haber|estar|haya|hayan] ~[cambiado|
        desactualizad*|desfasad*|obsolet*|variado|anticuad*], [puede|pueden|podría|podrían] haber ~[
        cambiado|variado], [mi|mis] ~[información|datos|conocimiento*|memoria|fuentes|recuerdo*] ~[
        es|son|puede*|podría*|llega*|no|se|está|están|sobre|data*|al respecto], [no|tampoco] [he|
        pude|logré|consigo|puedo|encuentro|encontré|hallo|hallé|he logrado|he podido|
        he conseguido] ~[encontr*|hall*|verific*|confirm*|comprob*|información|constancia|dato*|
        registro*|referencia*|ningun*|rastro|nada sobre|oído|localiz*], no me [suena|consta|
        es familiar|resulta familiar|fío|la juego], no estoy [al tanto|familiarizad*|al corriente|
        al día], no [conozco|ubico|identifico|caigo|recuerdo], salvo [error|que me], [según|
        por lo que|hasta donde] ~[recuerdo|tengo entendido|sé|me consta|llega mi*|mi conocimiento|
        alcanzo], tengo entendido, con pinzas, [cierta|mucha] cautela, mejor suposición, [me puedo|
        puede que me|quizá me|podría] ~[equivocar*|equivoque|confundir*|estar confundid*|
        confundiendo], a bote pronto, así de memoria, no [pondría|apostaría|lo juraría|juraría], [
        esté|estén|está|están] ~desactualizad*, no [encontré|he encontrado|hallé]
    """,
    "pt": """
        não ~[tenho|estou|há] ~[certeza|cert*|segur*], [não|nem|num] sei, sei lá, não saberia,
        não [faço|tenho] ~[ideia|a menor ideia|a mínima ideia|informaç*|dados|conhecimento*|
        segurança],
        sem ideia, difícil [de|] [dizer|saber|precisar|afirmar],
        [posso|poderia|devo] [estar ~[errad*|enganad*|equivocad*]|me enganar|me equivocar],
        se bem ~me [lembro|recordo], se não [me engano|estou enganad*|me falha], [salvo|
        se a] …[engano|memória],
        [só|apenas|mero|puro|um] ~[palpite|chute|suposição|especulação], chutando, no chute,
        [chuto|arrisco|chutaria], pelo que [sei|lembro|me lembro], que eu saiba,
        até onde [sei|eu sei], [não|nem] ~[me lembro|lembro|recordo|conheço|garanto|juro],
        [pode|podem|possa] estar [incorret*|errad*|desatualizad*],
        não [posso|consigo|sei] ~[garantir|confirmar|afirmar|precisar|dizer|assegurar],
        desconheço, ao certo, não boto a mão, vale confirmar, de cabeça,
        [pode|podem|poderá|talvez|poderia|poderiam] ~[ter|estar|haver] ~[mudado|sofrido|
        desatualizad*|defasad*|ultrapassad*|imprecis*], [pode|podem] [já |]ter ~[mudado|mudad*], [
        minha|minhas|meu|meus|a minha|os meus] ~[informação|informações|dados|conhecimento*|memória|
        fontes|lembrança*] ~[é|são|pode*|vai|vão|não|está|estão|sobre|só|param|termina*], não ~[
        encontrei|achei|encontro|localizei|consegui|pude|tenho|disponho] ~[de|] ~[inform*|registo*|
        registro*|nada|encontrar|verificar|confirmar|dados|referência*|nenhum*|certeza|conhecimento|
        como], não ~[conheço|reconheço|me é familiar|estou familiarizad*|estou a par|me diz|
        me recordo|ouvi falar|me lembro|consta], salvo erro, tanto quanto sei, [ao que|pelo que|
        do que] ~[sei|lembro|recordo|me consta], tanto quanto ~[sei|me lembro|julgo|me recordo],
        com ~[reserva*|cautela|ressalva*|um grão de sal|pinças], [posso|poderia] ~[estar a|] ~[
        confund*|enganar*|errar|me enganar], a olho, não [juraria|apostaria|ponho|poria|
        me comprometo|arrisco], [desconheço|ignoro], não [encontrei|achei|localizei]
    """,
    "it": """
        non ~sono ~[sicur*|cert*|convint*|del tutto|espert*], [non|boh non] ~so, boh, non saprei,
        non ne ho …idea, [nessuna|non ho] idea,
        non ho ~[la certezza|certezz*|idea|informazioni|dati|notizie|elementi],
        difficile [da|a] dir*,
        difficile ~dire, [posso|potrei] [sbagliarmi|sbagliare],
        se non [sbaglio|erro|ricordo male], memoria non m* inganna, se ~ricordo bene, [vado|
        tiro] a [memoria|indovinare|
        caso],
        tirando a indovinare,
        [solo|pura|mera|semplice] ~[ipotesi|supposizione|congettura|speculazione],
        per quanto [ne so|ricordo|mi risulta], a occhio, ad occhio, a naso, non [ricordo|
        mi ricordo|mi risulta|conosco|garantisco|giurerei|metterei la mano|posso [garantire|
        confermare|assicurare|dirlo]], con le pinze, salvo errori, da verificare, ignoro, chissà,
        azzardo, a memoria,
        non ci giurerei, mi pare di ricordare, beneficio d* inventario,
        [potrebbe|potrebbero] ~[essere|essersi|aver|avere] ~[cambiat*|variat*|superat*|aggiornat*|
        obsolet*|datat*|inesatt*|imprecis*|errat*|sbagliat*|modificat*], [mie|mia|miei|mio] ~[
        informazion*|dati|conoscenz*|memoria|fonti|ricordi] ~[è|sono|si|potrebb*|può|arriva*|non|
        risal*|su], non [ho|sono|trovo|risulta|risultano|riesco|c'è|ci sono|mi] ~[stato|stata|
        riuscit*|potuto|trovato|reperito|trovo|a|alcun*|nessun*] ~[a|] ~[trov*|verific*|conferm*|
        informazioni|tracc*|notizi*|riscontr*|alcun*|nulla|niente|sentito|reperire|rintracciare|
        controllare], non [conosco|mi è not*|mi dice|mi suona|mi è familiare|ho familiarità|ho mai|
        ne ho mai|ho presente|ricordo|rammento], salvo [errore|errori], [stando a|per] quel* che [
        so|ricordo|mi risulta], [a|per] quanto [mi|ne|io] ~, a mia conoscenza, che io sappia, [di|
        con] precis* non, con ~[beneficio|riserva|cautela|le pinze], [prendi*|prenda*|consider*] ~[
        con|come] ~[stima|riserva|cautela|pinze|le pinze|approssima*], [potrei|posso] ~[sbagliare|
        sbagliarmi|confonder*|ricordare male|errare], ricordo male, vado a, a spanne,
        a occhio e croce, non [ci|lo|ne] ~[metterei|giurerei|sono sicur*|scommetterei|so],
        non ho trovato
    """,
    "nl": """
        niet ~[zeker|precies|exact] ~, onzeker, [weet|zou] ik ~[niet|zo niet],
        ik [weet|zou] ~[het|dat|] ~niet, [geen|totaal geen] [idee|flauw idee|benul|zicht op],
        moeilijk te zeggen, lastig te zeggen, [ik|] ~gok, [een|mijn|slechts een] gok,
        [puur|slechts|alleen] ~[giswerk|speculatie|een vermoeden],
        durf ~[ik|het|dat] ~niet, ik [durf|herinner|ken] …niet,
        kan [het mis|me vergissen|mij vergissen], als ik me ~[niet vergis|goed herinner],
        als ik het ~goed ~[heb|onthoud],
        voor zover ik, uit mijn hoofd, uit het blote hoofd, zou het niet,
        geen [betrouwbare|zekere|exacte] …, moet ik ~[je|u|] schuldig blijven,
        niet op vast, niet voor instaan, pin me er niet, onder voorbehoud, naar ik meen, meen ik,
        [kan|kunnen|mogelijk|misschien|zou|zouden] ~[inmiddels|intussen|ondertussen] ~[veranderd|
        achterhaald|verouderd|gewijzigd|aangepast|onjuist], niet meer actueel, mijn ~[informatie|
        kennis|gegevens|geheugen|bronnen|data] ~[is|zijn|kan|kunnen|loopt|gaat|stopt|reikt|laat|
        hierover|over], heb ik ~[niets|geen|niet] ~[gevonden|kunnen|informatie|gegevens|gehoord], [
        kon|kan|heb] ik ~[niet|niets|geen|nergens] ~[vinden|verifiëren|controleren|bevestigen|
        nagaan|terugvinden|achterhalen|kunnen], ik [kon|kan|heb] ~[niet|niets|geen|dat niet|
        dit niet|er niets] ~[vinden|verifiëren|controleren|bevestigen|nagaan|gevonden|met zekerheid|
        achterhalen|over], [zegt|doet] me ~niets, [ken|herken] ik ~niet, ik ben ~niet ~[bekend|
        vertrouwd|op de hoogte], niet bekend [met|bij], bij mij ~[niet|onbekend], mij ~[niet bekend|
        onbekend], niet met zekerheid, [naar|bij] mijn weten, [uit|op] [mijn |]geheugen, op gevoel,
        met ~[voorbehoud|korrel*|slag om de arm], slag om de arm, korreltje zout, kan ~[ernaast|
        fout|verkeerd|het verkeerd|me ook|mis] ~[zitten|hebben|vergissen|], vergis ik me, [als|
        tenzij] ik ~me ~[vergis|niet vergis], houd me ~niet, [natte|wilde|ruwe] [vinger|gok|
        schatting], voor zover [mij|ik] ~, [mogelijk|misschien|wellicht] ~[verouderd|achterhaald]
    """,
    "pl": """
        nie ~[jestem|mam] ~[pewien|pewna|pewny|pewności|pojęcia|zdania|informacji|wiedzy|danych|
        przekonania], nie wiem, [bladego|zielonego] pojęcia,
        trudno [powiedzieć|stwierdzić|orzec|określić], [mogę|mogłem|mogłam] się [mylić|pomylić],
        nie [pamiętam|kojarzę|znam|potrafię powiedzieć|dam głowy|założ*|przysięg*|umiem powiedzieć|
        ręczę|gwarantuję], o ile [się nie mylę|dobrze pamiętam|pamiętam|wiem|mnie pamięć],
        [strzelam|zgaduję|obstawiam],
        [tylko|czyste|to] ~[domysł*|przypuszczenie|zgadywanie|spekulacj*|strzał],
        ręki …nie dam, głowy …nie dam, ręki sobie uciąć, z tego co [wiem|pamiętam], na oko,
        coś mi się kojarzy, ciężko powiedzieć,
        [mogł*|mógł|mogły] ~[się|ulec] ~[zmieni*|zmianie], [może|mogą] być ~[nieaktualn*|
        przestarzał*|niedokładn*], [moja|moje|moich|mojej] ~[wiedza|dane|informacje|wiedzy|pamięć|
        źródła|danych] ~[się|może|mogą|jest|są|nie|kończ*|sięga*|na|o|wynika], [z|wedle|według|
        o ile] ~[tego|mojej|mi|moich] ~[co|wiedzy|wiadomo|danych|informacji] ~[wiem|pamiętam|
        kojarzę|mi wiadomo], co wiem, według mojej wiedzy, według moich, nie ~[znalazł*m|znajduję|
        natrafił*m|trafił*m|udało mi się|zdołał*m|spotkał*m|słyszał*m|natknął*m|mam ~[informacji|
        wiedzy|danych|potwierdzenia|źródeł]] ~, nie ~[jest mi|są mi|znany mi|znane mi] ~, nie ~[
        potwierdzę|zweryfikuję|zagwarantuję|odpowiem|przypominam|orientuję|jestem na bieżąco|założę|
        podam dokładn*|powiem dokładn*|powiem na pewno|jestem w stanie|jestem przekonan*|dam sobie|
        gwarantuję|upieram], nic mi ~[nie|o tym] ~, nieznan* mi, nie jest mi znan*, z ~[dystansem|
        rezerwą|przymrużeniem|ostrożnością], [o ile|jeśli] ~[się nie mylę|pamięć|dobrze], na ~[
        wyczucie|czuja|chybił], mogę [się |]~[mylić|pomylić|źle], pamięć mnie ~, być może się mylę,
        pewności ~nie, głowy nie, [szacuję|strzelał*bym|zgadywał*bym]
    """,
    "ru": """
        не ~[уверен*|знаю|помню|ручаюсь|припомню|скажу|в курсе|берусь|поручусь|могу [сказать|
        утверждать|гарантировать|подтвердить|ручаться]],
        [без|понятия|представления] [понятия|не имею], понятия не, трудно сказать, сложно сказать,
        тяжело сказать, затрудняюсь, [могу|могла|мог] ~ошиб*,
        [если|насколько] ~[мне не изменяет|не ошибаюсь|я не ошибаюсь|я помню|помню|я знаю|
        мне известно|правильно помню], [наугад|навскидку|гадаю|предполагаю|по памяти],
        [лишь|только|просто|чист*|мо*] [догадк*|предположени*|гадани*|домысл*],
        точных [сведений|данных] …нет, [достоверн*|надежн*|точн*] …[нет|не располагаю|не имею],
        ошибаюсь, бог его знает, кто его знает, не поручусь, вроде бы, боюсь [соврать|ошибиться],
        за точность не, неизвестно мне, мне неизвестн*, мне не известн*, хз,
        [мог|могла|могли|могло] ~[уже|с тех пор|быть|] ~[измени*|устарел*|поменя*|обнови*|неточн*|
        устареть|смениться|неверн*], [мо*] ~[данн*|сведени*|информаци*|знани*|памят*|источник*] ~[
        устарел*|мог*|может|ограничен*|неполн*|заканчива*|обрыва*|на|об|подводит|не|относятся],
        мне не удалось, не ~[нашел|нашла|нашел|нахожу|встречал*|слышал*|припоминаю|известно|
        известен|известна|знаком*|подтвержу|проверял*|проверить|гарантирую|вспомню|возьмусь|рискну|
        поклянусь|утверждаю|исключаю] ~, [информации|данных|сведений|упоминаний] ~[о|об|про|на] …[
        нет|не], [нет|никаких] ~[информации|данных|сведений|упоминаний] [о|об|про], нет уверенности,
        на ~моей памяти, по ~[моим|моей|памяти] ~[данным|сведениям|информации|памяти|], насколько ~[
        я|мне|могу|помнится], [если|коли] ~[память|не путаю|я не путаю|мне не], [путаю|путать|
        напутать], не ~[точно|наверняка|поручусь|наверное], точно ~не, врать не, [за|с] ~[
        достоверность|точность|уверенностью] ~не, [первое|впервые] слышу
    """,
    "uk": """
        не ~[впевнен*|певен|певна|знаю|пам'ятаю], важко сказати, гадки не маю, можу помил*,
        без поняття, навмання, якщо не помиляюсь
    """,
    "cs": """
        [nevím|nejsem si jist*|nemám tušení|nemám ponětí|netuším|těžko říct|nepamatuji],
        můžu se mýlit, mohu se mýlit, pokud se nemýlím, hádám, odhaduji
    """,
    "sv": """
        [vet|är] [jag|] ~inte ~[säker|riktigt|] ~, jag ~[vet|minns] ~inte, ingen aning,
        svårt att säga, gissar, gissning, kan ha fel, om jag minns, ikke sikker, vet ikke,
        ved ikke, aner ikke, ingen [anelse|ide]
    """,
    "ro": "nu [sunt sigur*|știu|stiu], habar nu, greu de spus, s-ar putea să greșesc",
    "vi": """
        [tôi|mình] ~[không|chưa] [chắc|biết|rõ|nhớ], không [chắc|rõ] ~, khó nói, có thể tôi sai,
        tôi đoán
    """,
    "id": """
        [tidak|kurang|belum|nggak|gak] [yakin|tahu|pasti|ingat|tau], entahlah, sulit dikatakan,
        mungkin saya salah, tebakan, menebak
    """,
    "el": """
        δεν [είμαι ~σίγουρ*|ξέρω|γνωρίζω|θυμάμαι], δύσκολο να πω, μπορεί να κάνω λάθος, ιδέα δεν
    """,
    "he": "[לא|איני|אינני] [בטוח*|יודע*|זוכר*], אין לי מושג, קשה לומר, ניחוש",
    "hu": "nem [tudom|vagyok ~biztos|emlékszem], fogalmam sincs, nehéz megmondani, tippelek",
    "tr": """
        emin ~değilim, [tam|] bilmiyorum, bilemiyorum, bilemem, bilemedim, bilmem, fikrim yok,
        hiçbir fikrim, [söylemek|demek|kestirmek] ~[zor|güç], yanılıyor ~olabilirim,
        yanılabilirim, yanılmıyorsam, hatırlamıyorsam, doğru hatırlıyorsam, hatırlamıyorum,
        hatırladığım kadarıyla, bildiğim kadarıyla,
        tahmin* [yürüt*|ediyor*|sadece|etmek|ederim], tahminim*, [sadece|yalnızca|] ~bir tahmin,
        atıyorum, sallıyorum, kesin ~[bilgi*|bir şey] ~[yok|değil|söyleyemem*], kesin ~konuş*,
        garanti edemem, teyit ed*, emin olama*, pek hatırla*, bilgim ~[yok|sınırlı],
        [değişmiş|güncelliğini|güncel|eskimiş|hatalı|yanlış|eksik] ~[olabilir*|yitirmiş|kaybetmiş|
        olmayabilir*|hatırlıyor*], [bilgilerim|bilgim|verilerim|hafızam|kaynaklarım] ~[güncel|eski|
        sınırlı|yanıltm*|beni|eksik|yetersiz|yok|kısıtlı|yeterli], [rastlamadım|bulamadım|
        rastlayamadım|karşılaşmadım|duymadım|ulaşamadım|doğrulayamadım|teyit edemedim], bilgi* ~[
        bulamad*|rastla*], bilmediğim*, [bildiğime|hatırladığıma|bildiğim|hatırladığım] ~[göre|
        kadarı*], aklımda kal*, [yanılıyor|karıştırıyor|yanlış hatırlıyor] ~[da|] ~olabilirim,
        karıştırıyor *, [kesin|net|tam|emin] ~[konuşamam|söyleyemem|olamam|değilim|bir şey|
        bilmiyorum|olamıyorum|olarak bilmiyorum|bilgi*], [tahminimce|tahminen|kabaca|göz kararı|
        ezbere|ezberden], [temkinli|ihtiyatla|şüpheyle] ~, aşina değilim, tanımıyorum, [haberim|
        malumatım|bilgim] ~yok, iddialı değilim, söz veremem, garanti veremem, başım üstüne yemin
    """,
    "zh": """
        不[太|是很|大|敢|能|完全|十分|怎么|][确定|肯定|清楚|了解|记得|知道|确信|敢保证|敢说],
        [没|没有|沒有]…[把握|印象|可靠|确切|准确],
        [说|讲]不[好|准|清|上来], 难说, 很难[说|确定|讲|判断], 不好说,
        [纯属|只是|仅是|全凭|我]…[猜测|瞎猜|推测|猜的|猜],
        可能…[记错|有误|不准|搞错|弄错|错], 记不[清|得|太], 印象中, 没听说过, 不得而知, 一无所知,
        拿不准, 吃不准, 仅供参考, 凭记忆, 如果我没记错,
        [要是|如果]没记错, 没记错的话, 据我所知, 不知道, 不清楚, 不確定,
        [可能|也许|或许|恐怕|说不定][已经|已|会|也|][有所|有|]…[过时|变动|调整过|不准确|有出入|
        有偏差|改了|变了], 我的[信息|知识|数据|资料|记忆|了解]…[过时|有限|截止|滞后|不全|不够|不准|
        停留], [没有|没|未|未能]…[查到|找到|检索到|搜到]…[信息|资料|记录|记载|相关|这], [没|没有|未|
        未能|无法]…[听说|听过|核实|证实|考证], [不|并不|不太|不是很][熟悉|熟|了解|掌握|敢打包票|
        敢断言|敢下|保证|一定对|一定准], 无从[得知|考证|知晓|查证], [凭|靠|按|就|据][印象|记忆|
        我了解|我所知|我知道|感觉], [印象|记忆]…[模糊|里|中|不深], [瞎|乱|随便|大胆|斗胆|只能|
        姑且]猜, [可能|也许|或许]…[是我记|我记|我弄|我搞|我错], 别当真, 不作准, 没把握, 打不了包票,
        说不上来, 记混, 记岔
    """,
    "ja": """
        [わか|分か|判][りません|らない|りかね|りませ], [知り|存じ][ません|ない], 知らない,
        存じ上げ[ません|ない],
        自信[は|が|も]…[ない|ありません|ござい], 定か[で|では][ない|ありません|ございません],
        [確か|確実|断定|断言|保証|確信]…[ありません|できません|できない|ない|持てません],
        [うろ覚え|推測|憶測|当てずっぽう|勘です|おぼろげ],
        間違って[い|]る[かも|可能性], 間違い[かも|の可能性],
        記憶が[曖昧|あいまい|確か|正しけれ|定か], 確証…[ありません|ない|ございません],
        [はっきり|正確|詳しく|詳細]…[わか|分か|覚え|言え|申し|ではない|存じ|把握]…[ない|ません],
        はっきりしません,
        覚えて[いません|いない|おりません], 見当[が|も]つ[き|か], 何とも[言え|申し],
        難しい[ところ|質問]です, 心当たり,
        [見つかりませんでした|見当たりません|見つけられません], 聞いたことが[あり|な], [存じ|
        心当たりが|覚えが|情報が|確証が|確信が|知識が|馴染みが|把握して][ません|ありません|ござい|
        おりません|ない|いません|なく], [情報|知識|データ|内容|記憶|料金|時間|制度]…[古い|古く|
        変わって|変更され|最新ではない|最新でない|不確か|不正確|誤って]…[可能性|かもしれ|おそれ|
        恐れ], [変わって|変更されて|改定されて|古くなって|異なって|間違えて|誤って|勘違いして|
        記憶違い|思い違い]…[可能性|かもしれ|おそれ|恐れ|でしたら|なら], [私の|わたしの]…[知る限り|
        知識|記憶|理解|把握], [知る|覚えている|把握している|記憶している]限り, [記憶|私見|推定|憶測|
        想像]…[ですが|では|だと|に頼|によれば|違い|の域], [検証|裏付け|断定|断言|明言|確約|確証]…[
        できません|できない|できていません|できませんでした|取れ|しかね|いたしかね|られません|
        が持て|はできかね], 詳しくな, 詳しくあり, 自信[が|は|も|まで], 鵜呑みに, 参考程度, [多分|
        たぶん|おそらく|確か]…[自信|思いますが|はず|だったと|気がし]
    """,
    "ko": """
        정보[가|는|도]…없, 추측[만|에 불과], [제게|저에게|저한테]…없,
        [잘|정확히|정확히는|확실히|확실히는|저도|글쎄요|사실|솔직히|자세히|자세히는] …모르,
        모르겠, 모릅니다, 몰라요, 확실하지[는|] 않, 확실치 않,
        확신[할 수|이|은|하지|하기|을]…[없|않|어렵|못], 장담[은|할|하기|하지]…[못|없|어렵|않],
        자신[은|이] 없,
        기억이 [안|잘|나지|가물|흐|정확|확실|희미], 틀릴 수[도|] 있, 틀렸을 수,
        [추측|짐작|추정]일 뿐,
        [추측|짐작]…[입니다|이에요|이에|예요|인데|이라],
        말씀드리기[는|] 어렵, 단정[하기|할|은|지]…[어렵|없|못], 단언, 알지 못[합|해|하],
        알 수[는|가|] 없, 아는 바가 없, 정보가 [없|부족|확실],
        찍어, 보장[할|은|하]…[없|못], 가물가물, 기억이 맞[다면|으면|는다면],
        [제가|내가|저의] [알기로|알기론|아는 한|아는 바|기억하기로|기억으로|기억이|지식|정보|짐작|
        추측|예상|생각], [변경되|인상되|개정되|바뀌|달라졌|달라지|틀렸|틀릴|착각]…[을 수|수도|
        가능성], [최신|정확|확실]…[아닐 수|않을 수], [정보|자료|기록|내용]를 [찾지 못|찾을 수 없|
        못 찾], [들어 본|들어본|접해 본|접해본|본] [적이|적은|바가]…[없|않], [확답|확언|단정|장담|
        보증|확신]…[못|없|어렵|않], [생소|낯선|익숙하지|잘 알지|아는 것이|아는 게]…[않|못|없|합니다|
        네요|이에요|이라], [참고만|참고용|참고로만|어림|대략적인 추정|감으로|기억에 의존|기억에만|
        헷갈리네|헷갈립니다|헷갈려서|가물], [제가 알고 있는|기억나는]…[없|않|모르]
    """,
    "ar": """
        لست ~[متاكد*|واثق*|علي يقين|على يقين|متيقن*|ادري], [لا|لم|ما|مش|ولا] [اعرف|ادري|اعلم|اتذكر|
        اذكر|عارف*|متاكد*|اجزم|اضمن|اظن اني اعرف|استطيع [الجزم|التاكيد|تحديد|ان اجزم|تاكيد]|
        يمكنني [الجزم|التاكيد|تاكيد|تحديد]|يحضرني],
        ليس* ~لدي ~[معلوم*|فكرة|علم|يقين|بيانات], [لا|ما] [املك|اجد] ~معلوم*, لا فكرة [لدي|عندي],
        ما عندي [فكره|فكرة|علم|خبر], معنديش [فكرة|فكره],
        [من الصعب|يصعب] ~[القول|الجزم|تحديد|التاكيد|علي], قد اكون مخط*,
        [ربما|قد] [اكون|اخطئ|اخطي], [مجرد|محض|هذا] تخمين, اخمن,
        [اذا|ان] ~كنت اتذكر, حسب ~[علمي|ذاكرتي|ما اذكر|معرفتي|ما اعلم],
        ان لم تخني, على حد علمي, غير [متاكد*|واثق*|متيقن*], الله اعلم, والله اعلم, علمي علمك,
        اعتقد ان* …لكن,
        [قد|ربما|لعل*|يمكن ان] ~[تكون|يكون|تتغير|يتغير|تغير*|اكون|طرا*|تبدل*|اختلف*] ~[قد|المعلوم*|
        الاسعار|هذه|هذا] ~[تغير*|قديم*|غير دقيق*|غير محدث*|مخط*|خاطئ*|واهم*|متقادم*|تغيير|نسيت|خلطت|
        اخلط|اخطات], [معلوماتي|بياناتي|معرفتي|ذاكرتي] ~[قد|ربما|محدود*|قديم*|ليست|لا|تتوقف|تعود|غير|
        حتي|عن], [لم|لا|ما|لن] [اعثر|اجد|اسمع|اصادف|يصادف*|يمر|اتوصل|اتحقق|اتاكد|اتمكن|استطع|يتسن|
        يسبق|اطلع|اقف|استحضر|احيط|تحضرني|يحضرني|اثق|اميز|اتعرف|تسعفني|اقطع|ازعم|احزر|القى|لقيت|
        سمعت] ~, [حسب|وفق|وفقا|بحسب|علي حد|علي قدر|بقدر|فيما|في حدود|علي ما] ~[ما|علمي|معرفتي|
        معلوماتي|اعلم|اعرف|اتذكر|اذكر|ذاكرتي|ل*معلوماتي|ظني|اظن|اعتقد], [ان|اذا] لم ~[تخن*|اكن|اخطئ|
        تخذلني], [يصعب|من الصعب|يتعذر] ~[علي|التاكد|الجزم|التحقق|الحسم|القطع|تاكيد*|تحديد*], [
        تخميني|ظني|تقديري|تخمين|تقدير] ~[فقط|لا اكثر|شخصي|مني|انه*|مجرد], [غير|لست] ~[مطلع*|
        علي دراية|ملم*|علي علم|معروف* لدي|مالوف*|متاكد*|جازم*], [لا علم|لا دراية|ليس لي علم] ~,
        خذ* ~[هذا|ها|المعلوم*|ذلك] ~بحذر
    """,
    "hi": """
        [मुझे|मैं|हमें] …[नहीं|न] …[पता|मालूम|यकीन|याद|जानकारी|जानता|जानती],
        [पता|मालूम|यकीन|याद|निश्चित|पक्का|भरोसा|ठीक] …नहीं, नहीं …[पता|मालूम|जानता|जानती],
        कह* …[मुश्किल|कठिन|नहीं सक*],
        [अंदाज़ा|अंदाजा|अनुमान|अटकल|तुक्का] …[है|हूँ|भर|लगा*|ही|मात्र], निश्चित रूप से …नहीं,
        गलत हो सक*, ग़लत हो सक*, [जहाँ तक|जहां तक] मुझे, [अगर|यदि] ~मुझे ~[सही|ठीक] याद,
        [पक्की|सही|ठोस|विश्वसनीय|सटीक] जानकारी …नहीं,
        [pata|malum|yakeen|yaad|sure|pakka|idea] [nahi|nahin], [nahi|nahin] pata,
        sure [nahi|nahin],
        [पुरानी|पुराना|ग़लत] ~[हो|भी] ~सक*, बदल ~[गई|गया|गए|गयी|चुकी|चुका|चुके] ~[हो|होगी|
        होगा|हों], [मेरी|मेरे] [जानकारी|जानकारियाँ|ज्ञान|याददाश्त|अनुसार|हिसाब|ख़याल|ख्याल|अनुमान|
        स्मृति|समझ|डेटा] ~[के अनुसार|में|से|पुरान*|सीमित|तक|के|का|अधूरी|है|सही], [जहाँ तक|जहां तक] [
        मैं|मुझे|मेरी|याद|जानकारी] ~, [पुष्टि|सत्यापन|दावा|गारंटी|जाँच|जांच|तसदीक] ~[नहीं|न] ~[कर*|
        दे*|हो*|है], [जानकारी|प्रमाण|रिकॉर्ड] ~[नहीं|न] ~[मिल*|पाई|पाया|उपलब्ध], [नहीं|कभी नहीं|न] [
        सुना|पता|मालूम|जानता|जानती|याद|पहचान*|खोज*|ढूँढ*] ~, [परिचित|वाकिफ़|वाकिफ|अवगत|आश्वस्त|
        निश्चित|यकीन|दावे|पक्का|पक्के|ठीक-ठीक|ठीक ठीक|सटीक] ~[तौर|रूप|से] ~[नहीं|कह*], [याद नहीं|
        भूल हो|भूल रहा|भूल रही|चूक हो], [अंदाज़ा|अंदाज़|अंदाजा|अनुमान|अटकल] ~[ही|भर|मात्र|से|लगा*|
        है], [बताना|कहना] ~[मुश्किल|कठिन], [चूक|गलती|ग़लती|भूल] ~हो ~सक*
    """,
    "th": "ไม่แน่ใจ, ไม่ทราบ, ไม่รู้",
}

TENTATIVE: Mapping[str, str] = {
    "en": """
        i [think|believe|guess|suppose|reckon|assume|imagine|suspect|feel like], maybe, perhaps,
        probably, possibly, might, may be, may have,
        could be, could have been, presumably, likely, somewhere [around|in|between], hmm, hm, uh,
        um, or so, or something, kind of, sort of, supposedly
    """,
    "de": """
        vielleicht, möglicherweise, vermutlich, wahrscheinlich, wohl, eventuell, glaube ~,
        denke ~, schätze ~, könnte*, dürfte, müsste, irgendwann, irgendwo, hm, hmm, äh, naja,
        oder so, oder?
    """,
    "fr": """
        peut-être, sans doute, probablement, je [crois|pense|dirais|suppose], il me semble,
        me semble-t-il, euh, hmm, bof, aux alentours, dans ces eaux, pourrait, possible,
        quelque chose comme, environ
    """,
    "es": """
        quizá, quizás, tal vez, a lo mejor, creo, diría, probablemente, posiblemente, me parece,
        supongo, imagino, eh, hmm, pues, sobre las, puede que, podría, por ahí, o así,
        más o menos
    """,
    "pt": """
        talvez, acho que, acho, creio, provavelmente, possivelmente, penso que, parece-me,
        me parece, suponho, deve ser, hmm, pode ser, poderia, por volta, sei lá, algo assim
    """,
    "it": """
        forse, credo, penso, probabilmente, magari, mi pare, mi sembra, direi, suppongo, immagino,
        potrebbe, dovrebbe, beh, mah, ehm, più o meno, all'incirca
    """,
    "nl": """
        misschien, waarschijnlijk, mogelijk, denk ik, ik denk, geloof ik, volgens mij, wellicht,
        vermoedelijk, zou kunnen, hmm, tja, eh, ongeveer, of zo, dacht ik, vermoed ik
    """,
    "pl": """
        może, chyba, prawdopodobnie, być może, wydaje mi się, sądzę, myślę, pewnie, zapewne,
        przypuszczam, hmm, jakoś, mniej więcej, coś koło, bodajże
    """,
    "ru": """
        возможно, наверное, наверно, кажется, вроде, вероятно, думаю, может быть, может,
        скорее всего, по-моему, полагаю, видимо, хм, эм, примерно, где-то, что-то около, похоже
    """,
    "tr": """
        belki, galiba, sanırım, muhtemelen, herhalde, olabilir, sanki, gibi, zannedersem, hmm,
        yani, olsa gerek, bence, tahminen
    """,
    "zh": "可能, 也许, 大概, 好像, 应该是, 或许, 似乎, 估计, 吧, 嗯",
    "ja": """
        かもしれ, たぶん, 多分, おそらく, と思います, 気がします, でしょうか, だったような,
        うーん, ええと, と思う, らしい, みたい
    """,
    "ko": "아마, 것 같, 듯, 글쎄, 음, 일지도, 일 수도, 었을까, 않을까",
    "ar": """
        ربما, اعتقد, اظن, لعل, قد يكون, قد تكون, يحتمل, من المحتمل, على الارجح, غالبا, تقريبا,
        يمكن, اعتقد ان*
    """,
    "hi": """
        शायद, हो सकता, लगता है, संभवतः, लगभग, संभव है, मेरे ख़याल, मेरे ख्याल, shayad, lagta hai
    """,
}

SORRY = """
    sorry, i'm sorry, i am sorry, so sorry, apologies, my apologies, i apologi*e, unfortunately,
    regrettably, i'm afraid, i regret, i wish i could, as much as i'd,
    es tut mir ~leid, tut mir ~leid, entschuldig*, leider, bedaure, bedauere, verzeih*,
    sorry aber,
    désolé*, je suis ~désolé*, navré*, malheureusement, je regrette, pardon, excus*, hélas,
    lo siento, lo lamento, lamento, lamentablemente, perdón, perdona, disculp*,
    desafortunadamente, por desgracia, me temo, ojalá,
    desculp*, sinto muito, lamento, infelizmente, peço desculpa*, perdão, me desculp*,
    quem me dera,
    mi dispiace, mi spiace, purtroppo, scusa*, spiacente, sono spiacente, mi scuso, chiedo scusa,
    het spijt me, spijt me, sorry maar, helaas, excuses, jammer genoeg, mijn excuses,
    przepraszam, przykro mi, niestety, wybacz*,
    извин*, прости*, к сожалению, сожалею, увы, приношу извинения, жаль,
    вибач*, на жаль, перепрошую, omlouvám se, bohužel, promiňte, je mi líto, tyvärr, förlåt,
    ursäkta, beklager, desværre, dessverre, undskyld,
    îmi pare rău, din păcate, xin lỗi, rất tiếc, tiếc là, maaf, mohon maaf, sayangnya, λυπάμαι,
    συγγνώμη, δυστυχώς, מצטער*, סליחה, לצערי, sajnálom, sajnos, elnézést,
    üzgünüm, maalesef, kusura bakma*, özür dilerim, ne yazık ki, affedersin*, çok üzgünüm,
    抱歉, 对不起, 很遗憾, 遗憾, 不好意思, 對不起, 可惜, 请谅解,
    申し訳, すみません, すいません, ごめんなさい, ごめん, 恐れ入り, 残念ながら, あいにく, 恐縮,
    죄송, 미안, 유감, 아쉽, 안타깝, 송구,
    عذرا, اسف*, المعذرة, للاسف, معذرة, سامحني, اعتذر, يؤسفني, نعتذر,
    क्षमा, माफ़*, माफ*, खेद, दुर्भाग्य*, sorry, maaf, ขออภัย, ขอโทษ
"""

NEGATIONS = """
    not, no, none, can't, cannot, won't, don't, doesn't, isn't, aren't, couldn't, wouldn't,
    unable, impossible, never, nothing, haven't,
    nicht, kein*, nie, niemals, nichts, nein, unmöglich, ne, n', pas, aucun*, jamais, rien, ni,
    nada, nunca, imposible, não, nem, impossível, incapaz,
    non, nessun*, mai, niente, impossibile, niet, geen, niets, nooit, onmogelijk, nie, żadn*, nic,
    niemożliwe, не, нет, нельзя, невозможно, немає,
    inte, ingen, inga, inget, ikke, nem*, neum*, neděl*, nejs*, nedok*, nu, không, chưa, tidak,
    bukan, belum, tak, δεν, לא, אין, sincs,
    yok, değil, hayır, imkansız, *amam, *emem, *amıyor*, *emiyor*, *amayız, *emeyiz, *mayacağım,
    *meyeceğim, *miyorum, *mıyorum,
    不, 无, 没, 無, 沒, ません, ない, かね, 無理, 못, 없, 않, 어렵, 안, لا, لن, لم, ليس*, لست,
    غير, بدون, مش, ما,
    نہیں, नहीं, असमर्थ, मत, nahi, nahin, ไม่
"""

TASK = """
    help, helping, assist, assistance, request*, comply, content, write, writing, create, compose,
    generate, produce, draft, provide, fulfil*, translat*, summari*, rewrite, rephrase, edit,
    correct, that kind, this kind, that sort, such ~[a|an|content|text|message*],
    story, poem, letter, essay, script, joke*, image*, pdf, file*, attachment*, link*, document,
    guidelines, policy, as an ai, language model, answer, continue, code, this task, this one,
    [anyone|someone|people], harmful, illegal, misinformation, impersonat*, copyright*, lyrics,
    helfe*, hilf*, *brief, *briefe, *gedichte, witze, behilflich, anfrage, bitte nicht, inhalt*,
    schreiben, verfassen, erstellen,
    übersetz*, zusammenfass*, formulieren, text*, unterstütz*, dabei, witz*, gedicht*, brief*,
    beantworten, mitmachen, ki, sprachmodell,
    aider, aide, demande, requête, contenu*, écrire, rédig*, générer, créer, traduire, résumer,
    produire, texte*, histoire*, blague*, message*, fournir, répondre, ia, poème*,
    ayud*, solicitud, petición, contenido*, escrib*, redact*, generar, crear, traduc*, resum*,
    texto*, historia*, chiste*, mensaje*, poema*, ia, cumplir, atender, eso, proporcionar,
    ajud*, pedido, solicitação, conteúdo*, escrev*, redig*, gerar, criar, traduz*, resum*, texto*,
    história*, piada*, mensage*, poema*, atender, isso, fornecer,
    aiut*, richiesta, contenut*, scriv*, redig*, gener*, crear*, tradur*, riassum*, test*, storia,
    barzellett*, messagg*, poesi*, fornire, soddisfare, collabor*,
    help*, verzoek, inhoud, schrijven, opstellen, maken, vertal*, samenvat*, tekst*, verhaal*,
    grap*, gedicht*, bericht*, meewerken, beantwoorden, hieraan, hier,
    pomó*, pomo*, prośb*, prośbie, treśc*, treści, napis*, pisać, stworzy*, tworzy*, przetłum*,
    tłumacz*, streści*, tekst*, żart*, wiersz*, wiadomości, spełni*, instrukcji,
    помо*, запрос*, просьб*, контент*, напис*, писать, созда*, состав*, сочин*, перев*, текст*,
    шутк*, анекдот*, стих*, истори*, сообщени*, выполнить, этим, таким, материал*,
    допомо*, запит*, напис*, текст*, pomoci, žádost*, napsat, text*, hjälpa, hjelpe, hjælpe,
    begäran, skriva, skrive, text*, giúp, yêu cầu, viết, membantu, permintaan, menulis, ajuta,
    βοηθήσω, לעזור, segít*,
    yardım*, iste*, talep*, içerik*, yaz*, oluştur*, üret*, çevir*, özetle*, metin*, şiir*, şaka*,
    fıkra*, mesaj*, karşıla*, yerine,
    帮, 协助, 请求, 要求, 内容, 写, 撰写, 编写, 创作, 生成, 提供, 翻译, 总结, 满足, 这类, 此类,
    文章, 诗, 故事, 笑话, 幫, 協助, 寫,
    お手伝い, 冗談, ジョーク, 詩, 手紙, 物語, 小説, メール, ことはできません, ことはできない,
    リクエスト, ご依頼, 依頼, ご要望, ご質問, 内容, コンテンツ, 書く, 作成, 作る, 作れ,
    執筆, 生成, 翻訳, 要約, お応え, お答え, 応じ, 文章,
    対応, 協力,
    도와, 도움, 요청, 요구, 내용, 콘텐츠, 작성, 만들, 생성, 번역, 요약, 제공, 글을, 시를, 이야기,
    농담, 써 드, 써드, 답변, 응할,
    مساعد*, اساعد*, طلب*, الطلب, محتوى, محتوي, كتابة, اكتب, انشاء, ترجم*, تلخيص, نص, تقديم, نكت*,
    قصيدة, قصة, رسالة, تلبية, تنفيذ, ذلك, هذا النوع,
    मदद, सहायता, अनुरोध, सामग्री, लिख*, बना*, अनुवाद, सारांश, तैयार, इसमें, कविता, कहानी, संदेश,
    पूरा, madad, help, likh*,
    lyrics, audio, recording, transcri*, reproduc*, copyright*, send, in this chat, this request,
    wiedergeben, liedtext*, songtext*, urheberrecht*, senden, abschicken, paroles, reprodui*,
    droits d'auteur, envoyer, letra, reproducir, derechos de autor, enviar, correos, reproduzir,
    direitos autorais, riport*, riprodu*, diritto d'autore, inviare, songtekst*, weergeven,
    auteursrecht*, versturen, przytocz*, autorsk*, wysłać, złożenie, привести, авторск*, просьбы,
    отправить, şarkı sözleri*, telif, gönder*, paylaş*, 歌词, 版权, 发送, 歌詞, 著作権, 送信,
    가사, 저작권, 부탁, 글은, 보내, كلمات, حقوق النشر, ارسال, बोल, कॉपीराइट, भेज*
"""
"""Words by which a refusal names what was asked of the model; letters and stories have others."""


class FirstPerson:
    """Words of a language that together say that the speaker does not: `first`, `negations`.

    `except_with` are verbs of advice, with which the clause is an answer.
    """

    def __init__(self, first: str, negations: str, except_with: str = "") -> None:
        """Each is a list of words separated by spaces."""
        self.first = frozenset(first.split())
        self.negations = frozenset(negations.split())
        self.except_with = frozenset(except_with.split())


FIRST_PERSON: Mapping[str, FirstPerson] = {
    "en": FirstPerson(
        "i my me mine",
        "not no t never nothing cannot unable impossible without nor neither beyond outside "
        "against",
        "think believe recommend suggest see advise mean mind worry bother use say start change "
        "changed found find need agree if let because when which who notice spot call like expect "
        "regret doubt wait know sure hesitate forget wouldn advice opinion view objections problem",
    ),
    "de": FirstPerson(
        "ich mir mich meine meiner meinen meinem meines",
        "nicht kein keine keinen keiner keinem nichts nie niemals unmöglich",
        "würde empfehle rate denke glaube finde sehe meine halte sagen wollte hoffe kenne "
        "wenn falls ob dass gefunden geändert meinem meiner",
    ),
    "fr": FirstPerson(
        "je j m mon ma mes moi",
        "ne n pas aucun aucune impossible rien jamais",
        "recommande conseille pense crois dirais conseillerais recommanderais vois trouve si que",
    ),
    "es": FirstPerson(
        "puedo podré podría tengo sé sabría estoy soy voy doy dispongo ofrezco hago mi mí mis "
        "poseo cuento logro consigo accedo quiero debo he permito recuerdo conozco yo",
        "no ni nada nunca tampoco imposible",
        "recomiendo creo pienso aconsejo recomendaría veo que si",
    ),
    "pt": FirstPerson(
        "posso consigo poderei tenho sei vou sou estou disponho forneço faço dou meu minha meus "
        "minhas mim eu devo quero lembro conheço possuo",
        "não nem nunca nada impossível",
        "recomendo acho penso creio aconselho recomendaria vejo que se",
    ),
    "it": FirstPerson(
        "posso riesco potrò potrei sono ho fornisco dispongo intendo voglio mio mia miei mie me mi "
        "io possiedo accedo faccio ricordo conosco saprei",
        "non nessun nessuna impossibile niente mai",
        "consiglio credo penso consiglierei raccomando vedo direi che se",
    ),
    "nl": FirstPerson(
        "ik mij me mijn",
        "niet geen nooit niets onmogelijk",
        "zou denk geloof vind zie raad als dat of",
    ),
    "pl": FirstPerson(
        "mogę potrafię jestem mam mnie mi mój moje moich moim moimi wiem podam pomogę będę umiem "
        "chcę zamierzam znam pamiętam dysponuję ja piszę tworzę udzielam",
        "nie żadnych żadnego nigdy",
        "polecam sądzę myślę radzę że jeśli",
    ),
    "ru": FirstPerson(
        "я мне меня мной мой моя мое мои моих моей моего могу буду смогу стану умею знаю имею",
        "не нет нельзя невозможно",
        "думаю советую рекомендую бы считаю вижу что если советовал",
    ),
    "uk": FirstPerson("я мені мене моїх можу маю знаю", "не немає ні", "думаю раджу що якщо"),
    "sv": FirstPerson(
        "jag mig min mitt mina jeg mine", "inte ingen inga inget ikke", "tror tycker skulle om att"
    ),
    "vi": FirstPerson("tôi mình", "không chưa", "nghĩ khuyên nếu"),
    "id": FirstPerson("saya aku", "tidak belum bukan tak", "pikir sarankan jika kalau"),
}
"""Languages in which a first person and a negation in one clause decline or doubt."""

NEGATED_FIRST_PERSON = """
    *[amam|emem|amıyorum|emiyorum|umuyorum|mayacağım|meyeceğim|amayacağım|emeyeceğim|mıyorum|
    miyorum|muyorum|müyorum|amadım|emedim],
    我[不|无法|没|沒|無法|未], 我[也|还|暂时|目前|真的|实在|并|只|就|个人][不|无法|没],
    [لا|لن|لم] ا[ستطيع|ملك|علم|عرف|قدر|تمكن|ساعد*|قدم|متلك]
"""
"""Words and phrases that do so by themselves."""
