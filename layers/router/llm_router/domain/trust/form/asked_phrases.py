"""Phrases of questions that show the form that an answer may have, in some twenty languages.

The tables hold vocabulary; `asked` says where it counts. The syntax is explained in
`phrase_patterns`.
"""

from .phrase_patterns import Phrases

EDITING = Phrases("""
    translat*, correct*, proofread*, proof-read, summar*, tl;dr, tldr, extract*, condense*,
    shorten*, abridge*,
    fix ~[the |my |this |]~[grammar|spelling|typos|english|punctuation|wording], grammar only,
    fix grammar,
    transcribe, transliterat*, subtitle*, pull out, list ~all ~[quotes|phrases|sentences],
    what's ~[wrong|the error] [with|in] this sentence,
    translation of,
    übersetz*, korrigier*, fass* ~zusammen, zusammenfass*, kürz*, extrahier*, rechtschreibung,
    grammatik, tippfehler, in einem satz,
    tradui*, traduc*, corrig*, résum*, extrai*, les fautes, l'orthographe,
    tradúc*, traduz*, resum*, resúm*, extra*, ortografía,
    para [o |]~[português|inglês|espanhol|alemão], revis*,
    tradur*, traduci, correggi*, correggere, riassum*, sintetizz*, estra*, lingua di questo,
    vertaal*, vertal*, corrigeer*, vat ~samen, samenvat*, spelling, nakijken,
    verbeter ~[de |]~[tekst|zin*|spelling],
    przetłumacz*, tłumacz*, popraw*, przepisz, streść*, streszcz*, podsumuj*, skróć, wyciągnij,
    перевед*, перевод*, перевест*, исправь*, исправит*, кратко изложи, резюмируй, сократи*,
    ошибки, одним предложением, перескажи, извлеки, подытож*,
    переклад*, виправ*, стисло, přelož*, oprav*, shrň, översätt*, rätta, sammanfatta, oversett,
    oversæt, dịch*, sửa lỗi, terjemahkan, terjemah*, perbaiki, ringkas*, traduceți, tradu,
    μετάφρασ*, תרגם, תרגמי, fordítsd, fordíts,
    [çevir*|tercüme et*|düzelt*|özetle*|özet*|kısalt*], tek cümlede, yazım hata*, anlamı ne,
    翻译, 翻譯, 译成, 译为, 纠正, 病句, 错别字, 概括, 总结, 缩写, 摘录, 提取,
    翻訳, 訳し, 和訳, 英訳, 添削, 校正, 要約, まとめて, 抜き出, 抜粋, 誤字,
    번역, 옮겨, 고쳐, 교정, 요약, 줄여, 발췌, 뽑아, 맞춤법, 한 줄 요약,
    ترجم*, ترجمة, صحح*, صححي, تصحيح, لخص*, تلخيص, اختصر*, استخرج*, الاخطاء,
    अनुवाद*, सुधार*, ठीक करो, शुद्ध कर*, सारांश, संक्षेप*, translate kar*,
    แปล, สรุป, แก้ไข
""")
"""Editing a given text: translating, correcting, summarising, extracting."""

INTO_LANGUAGE = Phrases("""
    [into|in|to] [english|german|french|spanish|italian|portuguese|dutch|polish|russian|turkish|
    chinese|japanese|korean|arabic|hindi|ukrainian|swedish|czech|latin],
    mean in [english|german|french|spanish],
    auf [deutsch|englisch|französisch|spanisch|italienisch],
    ins [deutsche|englische|französische|spanische|italienische|russische|türkische],
    en [français|anglais|allemand|espagnol|italien],
    al [español|inglés|alemán|francés|italiano], en [español|inglés|alemán|francés|italiano],
    pra [português|inglês|espanhol], em [português|inglês|espanhol],
    in [italiano|inglese|tedesco|francese|spagnolo],
    naar het [nederlands|engels|duits|frans], in het [nederlands|engels|duits|frans],
    na [polski|angielski|niemiecki|francuski], po [polsku|angielsku|niemiecku|francusku],
    на [русский|английский|немецкий|французский|испанский|украинский],
    [türkçeye|ingilizceye|almancaya|türkçesi|ingilizcesi],
    成英文, 成中文,
    日本語に, 英語に,
    영어로, 한국어로, 우리말로,
    الي [العربية|الانجليزية|الفرنسية], للعربية, بالعربية, للانجليزية, بالانجليزية,
    [हिंदी|हिन्दी|अंग्रेज़ी|अंग्रेजी] में,
    hindi me*, english me*
""")
"""Languages to answer in: a translation if the question quotes a text."""

CITING = Phrases("""
    [example*|sample*|instance*] of, [give|show|name|list] ~[example*|sample*|excuses], excuses,
    beispiele für, beispiel für,
    [nenne|gib] ~beispiel*, ausreden, exemple* de, exemples d'*, excuses pour, ejemplo* de,
    excusas, exemplo* de, desculpas para, esempi* di, scuse per, voorbeeld* van, smoesjes,
    przykład*, wymówki, примеры, пример, отговорки, örnek ~[ver|cümle*], bahaneler, 例子, 举例,
    例句, 借口, 例を, 言い訳, 예를, 예시, 핑계, مثال, امثلة, اعذار, उदाहरण, बहाने,
    what [should|do|can|would|could|must] [i|we|you|one|he|she|they|a|the] …[say|answer|reply|
    respond|tell|write],
    rewrite, rewrit*, rephras*, paraphras*, reword*, simplify this,
    improve ~[wording|text|sentence|english], polish ~[this|my|the|up], quote*, quotes, quotation,
    [put|turn|convert|change|transform] ~[this|that|it|the following|these] ~[in|into|to],
    make ~[this|it|that] ~[more|less|sound|polite*|formal*|shorter|longer|nicer|friendlier|
    better], [more|less] [formal|polite|casual|friendly|direct|diplomatic],
    [how|what] ~[do|does|would|can|could|should|to|is|'s] …[reply|respond],
    [code|source|todo] comment, comment for,
    [title|name|lyrics|line|lines] of ~[that|the|a|this] ~[song|film|movie|book|poem|play|quote],
    [that|the|a|which|what] ~[song|line|saying|proverb|idiom|motto|catchphrase|quote] ~,
    line [when|where|that|from], famous [line|quote|words], catchphrase*, songs, sayings,
    proverbs, idioms, titles, phrases, slang, synonyms, expressions,
    [which|what] [sentence|line|phrase],
    formulier*, umformulier*, schreib* ~um, zitier*, zitat*,
    was [sage ich|schreibe ich] …, höflicher, förmlicher,
    [lied|song|titel|spruch|sprichwort|redewendung|satz aus],
    netter, freundlicher, diplomatischer, professioneller, anders [sagen|ausdrücken|formuliert],
    sag* das, autrement, diplomat*, mieux dit, suaviza, más suave, de otra forma, mais suave,
    de outro jeito, in modo più, diversamente, grzecznie*, uprzejmie*, oficjalnie*, łagodnie*,
    inaczej, przerób, zmień, ubierz, ładniej, kulturaln*, vriendelijker, netter, anders zeggen,
    помягче, мягче, вежливее, по-другому, иначе, kibarca, resmi bir dille, 委婉, 客气, 正式一点,
    優しく,
    やわらかく, ビジネス, 柔らかく, 부드럽게, 공손, 격식, بلطف, بشكل رسمي, बेहतर ढंग,
    reformul*, réécri*, paraphras*, cite, citation*, quelle est la [réplique|phrase|citation] …,
    plus [poli*|formel*|soutenu*|court*], [chanson|proverbe|dicton|expression|réplique],
    reescrib*, parafras*, cita, citas, qué frase* …, más [educad*|formal*|cort*|amable*],
    [hazlo|ponlo|pásalo],
    canción, refrán, dicho, frase,
    reescrev*,
    mais [formal*|educad*|curt*], música, ditado, provérbio, frase,
    riscriv*, riformul*, citazion*, più [formal*|gentile|cortese|cort*], canzone,
    proverbio, modo di dire, frase,
    herschrijf*, herformuleer, parafraseer, citeer, citat*, beleefder, formeler,
    liedje, spreekwoord, gezegde, uitdrukking,
    przeredaguj, sparafrazuj, cytat*, zacytuj,
    uprzejm*, bardziej formaln*, piosenk*, przysłowi*, powiedzeni*, zwrot*,
    перепиши*, перефразируй*, переформулируй*, процитируй, цитат*, по-[русски|английски|немецки],
    вежлив*, официальн*, песн*,
    пословиц*, поговорк*, фраз*,
    yeniden [yaz*|ifade*], alıntıla*, daha [resmi|kibar|nazik|kısa],
    [şarkı*|atasöz*|deyim*|replik*|söz*] …,
    改写, 改成, 改得, 润色, 修改, 引用, 原话, 更礼貌,
    更正式, 用英语, 用中文, 英文怎么, 台词, 歌名, 哪首歌,
    语录, 成语, 俗语, 谚语,
    直して, 言い換え, 書き換え, 書き直し, 引用, 敬語に, 丁寧に, 英語で, 日本語で,
    セリフ, 曲名, ことわざ, 名言, 台詞,
    수정해, 바꿔, 다듬, 인용, 존댓말로, 공손하게, 정중하게, 대사,
    노래 제목, 속담, 명언,
    اعد صياغة, اعد كتابة, صياغة, اقتبس*,
    اكثر [تهذيب*|رسمية], اغنية, مثل, حكمة,
    दोबारा लिख*, फिर से लिख*, औपचारिक, विनम्र, मुहावरा, कहावत, गाना
""")
"""Rewording, or naming words of others: quotations, titles, sayings."""

SAYING = Phrases("""
    [how|what] ~[do|does|would|can|could|should|to|is|'s] …[say|write|put|phrase|express],
    how ~[do|can|should|would] i tell [my|him|her|them|someone|somebody|a|the],
    what [did|does|do|would|will|has|is] …[say|said|saying|answer|reply|respond|shout|print],
    wie [sagt|schreibt|sage] …, was [sagt|sagte|antwortet*] …,
    [comment|qu'est-ce qu*] …[dit|dire|écri*], que [dit|répond] …, qu'a …[dit|répondu],
    [cómo|como] …[dice*|decir*|digo|escribe*], qué [dice|dijo|respond*] …,
    o que [disse|diz|respond*] …, [como se|como] [diz|dizer|escreve*|falo],
    [come si|come] [dice|dico|scrive*|direbbe|risponde*] …,
    [cosa|che cosa|che] [dice|disse|ha detto] …,
    hoe [zeg|schrijf] …, wat [zegt|zei|antwoordde] …,
    [jak się|jak] [mówi|mowi|powiedzieć|napisać|pisze] …, co [powiedział*|odpowiedział*] …,
    как [сказать|будет|пишется] …, что [сказал*|ответил*] …,
    nasıl [denir|söylenir|yazılır|derim], ne [dedi|demiş|cevap verdi|diyor],
    怎么说, 怎么写, 怎么讲, 说了什么, 怎么说的,
    何と言う, 何て言う, なんて言う, 何と言い, 何て言い, なんと言っ, 何と言っ,
    뭐라고, 어떻게 말, 어떻게 써, كيف [اقول|نقول|تقول|يقال] …, ماذا [قال*|يقول|تعني] …,
    कैसे कह*, क्या कहा
""")
"""Questions about what to say, and what somebody says."""

MACHINES = Phrases("""
    siri, alexa, cortana, hal, chatgpt, chatbot*, bot, bots, *assistant*, asistente*, assistente*,
    asystent*, ассистент*, 助手, アシスタント, 비서, échec, failure, fehler*, fallo, errore
""")
"""Speakers that may be quoted with a refusal."""

NAMING = Phrases("""
    [how|what] ~[do|does|would|can|could|should|to|is|'s] …call*, wie [heißt|nennt|lautet] …,
    hoe heet …
""")
"""Questions about names; of a language if it or a quotation is named."""

COMPLETING = Phrases("""
    fill in, fill [the|this|each] ~[blank*|gap*], complete [the|this|these|following] ~sentence*,
    missing word*, ergänz* …[satz|sätze|lücke*|wort], vervollständig* …satz, lückentext, setz* ~ein,
    complète* …phrase*, texte à trous, complet* …[oración|oraciones|frase*], rellena, preench*,
    completa …frase*, vul …in, maak …zin af, uzupełni*, дополни* …предложен*, вставь*,
    закончи* предложен*, boşlu* doldur*, cümleyi tamamla*, 填空, 补全, 完成句子, 穴埋め, 空欄,
    빈칸, املا الفراغ*, اكمل الجمل*, रिक्त स्थान, वाक्य पूरा
""")
"""Exercises with a gap."""

TRANSFORMING = Phrases("""
    negate, negation of, negative [form|sentence*|version], [in|into|make] ~negative,
    reported speech, [into|to|in|as|using] [direct|indirect] speech,
    contraction of [i|cannot|can not|do not|will not],
    vernein*, verneinung, negier*, [direkte*|indirekte*|wörtliche*] rede,
    forme négative, à la négative, négation de, discours [direct|indirect|rapporté],
    forma negativa, en [negativo|negativa], a la negativa, para a negativa,
    niega la, negación de, estilo [directo|indirecto],
    na negativa, negação de, discurso [direto|indireto|directo|indirecto],
    in negativo, negazione di, discorso [diretto|indiretto], volgi al negativo,
    ontkenn*, ontken, [directe|indirecte] rede, przecz*, zaprzecz*, mow* [zależn*|niezależn*],
    отрицательн*, отрицание, [прямая|прямую|косвенная|косвенную|прямой|косвенной] реч*,
    olumsuz*, [dolaylı|doğrudan] anlatım*, 否定句, 否定形, 否定式, 间接引语, 直接引语, 転述,
    否定文, 間接話法, 直接話法, 부정문, 부정형, 간접 화법, 직접 화법, 간접화법, 직접화법,
    انف الجمل*, صيغة النفي, الكلام [المنقول|المباشر], नकारात्मक, निषेधात्मक
""")
"""Exercises whose results may deny: negation, reported and direct speech."""

PLAYING = Phrases("""
    roleplay, role-play, role play, pretend*, imagine you, imagine you're, act as, act like,
    you are ~[now|] [old|king|queen|captain|sir|lady|lord|a pirate|a grumpy|an ancient|a wizard|
    a character], you're [a pirate|a grumpy|an old] ~, in character, be my, play the [role|part],
    speak like, talk like, answer as, answer like, as if you [were|are], persona,
    spiel* ~[einen|eine|den|die] ~rolle*, rollenspiel, tu so, du bist ~[jetzt|ein pirat],
    joue le rôle, fais comme si, tu es ~[maintenant|un pirate], dans le rôle, mets-toi, haz de,
    finge, actúa como, eres [ahora|un pirata], en el papel, finja, aja como, faz de conta,
    fai finta, fingi, nei panni, recita, interpreta, doe alsof, kruip in de, udawaj, wciel się,
    zagraj, притворись, представь*, ты теперь, в роли, от лица, rol yap, gibi davran, canlandır,
    sen bir korsan,
    扮演, 假装, 假设你是, 你现在是, 模仿, なりきって, 演じ, 役で, ふりをし, 연기해, 인 척,
    처럼 말, 역할, تظاهر, تقمص, العب دور,
    انت الان, अभिनय, कल्पना करो
""")
"""Speaking in a role."""

CREATING = Phrases("""
    [write|draft|compose|create|invent|generate|make up|come up with|craft|pen|give|need|want|make|
    do|tell|build|implement|add|show|prepare|improvise|continue|suggest] ~[me|us|] ~[a|an|the|some|
    two|three|four|five|one|my|another|short|funny|quick|polite|brief|few|more|new|little|
    \\d] ~[small|polite|quick|funny|sad|brief|simple|one-line|formal|short|]…[letter|email|e-mail|
    mail|message|text|dm|tweet|post|caption|sms|note|reply|response|replies|answer*|apology|
    rejection|refusal|excuse|resignation|invitation|poem|limerick|haiku|verse*|song|lyrics|rap|
    story|tale|fable|scene|dialog*|dialogue|monologue|conversation|exchange|script|sketch|joke|
    riddle|pun|character|speech|toast|novel|chapter|diary|opening|sentence*|sonnet|template|
    announcement|review|blurb|ad|slogan|headline|line|lines|string|strings|placeholder*|
    error message*|faq|function|class|comment|code|regex|script|test|tests|json|html|yaml|
    component|page|program],
    write, draft, compose, rhyme, roleplay, role-play, role play, pretend*, imagine you,
    imagine you're, act as,
    you are ~[now|] [a|an|the|old|my|king|queen|captain|dr*|mr*|mrs*|sir|lady|lord],
    you're [a|an|my] ~, in character, be my, play the [role|part], speak like, talk like,
    answer as, answer like, in the [style|voice] of, from the [perspective|point of view|pov] of,
    as if you [were|are], first person, poem, limerick, haiku, short story,
    tell ~[me|us|] ~a ~[story|joke|tale|riddle|lie], joke, dialogue, dialog, monologue, [polite|
    short|quick|brief|formal] ~[decline|rejection|refusal|text|mail|email|message|reply|note|
    excuse],
    template*, canned, messages, replies, greeting*, voicemail, fallback*, captions, auto-reply,
    autoreply, out of office, out-of-office, [text|message|email|mail|letter|note|sms|whatsapp|dm|
    reply|excuse] [to|for|message|that|saying|from], lyrics,
    chorus, regex, sql query, i18n, error messages*, [python|bash|js|sql|java|html|css|yaml|json|
    csv|openapi|shell|typescript|rust|go|php] [func|function|script|snippet|code|for|to|with|that|
    which|example|program|keys|file|list], bash:, what should …[say|write|reply|answer],
    function that, code for, script that, comment above, song about, story about, poem about,
    lines about,
    [schreib*|verfass*|entwirf|entwerf*|dicht*|erfind*|erzähl*|formulier*|erstell*|programmier*|
    implementier*|reim*|mach* mir] ~, [gedicht|brief|absage|mail|e-mail|nachricht|sms|whatsapp|
    geschichte|märchen|dialog|witz|szene|entschuldigung|kündigung|rede|haiku|songtext|lied|vorlage|
    antwort|funktion|skript|rollenspiel|monolog|krimi|sketch|absagebrief|krankmeldung|limerick|
    fabel|strophe], spiel* ~[einen|eine|den|die], tu so, du bist ~[ein|eine|der|die|jetzt|],
    [écri*|rédig*|compos*|invent*|imagin*|racont*|génér*|crée*|prépar*|code|implément*] ~, [poème|
    lettre|mail|courriel|email|e-mail|message|sms|texto|histoire|conte|dialogue|blague|scène|
    excuse|discours|haïku|chanson|paroles|modèle|réponse|fonction|script|refus|monologue|rap|
    limerick|nouvelle|lettre de], joue le rôle, fais comme si, tu es ~[un|une|le|la],
    dans le rôle, mets-toi,
    [escrib*|escríb*|redact*|compón|invent*|imagina|cuéntame|cuenta|genera|crea|haz|hazme|prepara|
    programa|implementa] ~, [poema|carta|correo|mail|email|e-mail|mensaje|whatsapp|sms|cuento|
    microcuento|microrrelato|relato|historia|diálogo|chiste|escena|excusa|discurso|haiku|canción|
    letra|plantilla|respuesta|función|script|monólogo|fábula|verso|versos|copla|guion], haz de,
    finge, eres ~[un|una|el|la], actúa como, en el papel, ponte en,
    [escrev*|redij*|redig*|compõe|compon*|invent*|imagin*|cont* uma|conta|gera|gere|cria|crie|faz|
    faça|prepar*|implement*] ~, [poema|carta|email|e-mail|mail|mensagem|whatsapp|zap|sms|bilhete|
    conto|história|diálogo|piada|cena|desculpa|discurso|música|samba|letra|modelo|resposta|função|
    monólogo|crônica|fábula|estrofe|verso|rap|roteiro|legenda], finge, finja, aja como,
    você é ~[um|uma|o|a], és ~[um|uma], faz de conta,
    [scriv*|compon*|invent*|immagin*|raccont*|gener*|crea|prepara|redigi|implementa] ~, [poesia|
    lettera|mail|email|e-mail|messaggio|whatsapp|sms|biglietto|racconto|storia|favola|fiaba|
    dialogo|barzelletta|battuta|scena|scusa|discorso|canzone|testo|modello|risposta|funzione|
    monologo|filastrocca|haiku|sonetto|messaggio d'errore|copione], fingi, fai finta,
    sei ~[un|una|il|la], recita, interpreta, mettiti nei panni, nei panni di,
    [schrijf*|verzin*|bedenk*|stel ~op|vertel*|genereer|maak|dicht|opstellen|implementeer] ~,
    [gedicht|brief|mail|e-mail|email|bericht|berichtje|appje|app|sms|verhaal|verhaaltje|sprookje|
    dialoog|gesprek|mop|grap|grapje|scène|excuus|toespraak|lied|liedje|sjabloon|antwoord|functie|
    monoloog|limerick|haiku|afmelding|melding|foutmelding|versje|fabel], doe alsof,
    je bent ~[een|de], speel, kruip in de,
    [napisz*|stwórz|wymyśl|ułóż|opowiedz|wygeneruj|przygotuj|zredaguj|zaimplementuj] ~, [wiersz*|
    list [do|od|motywacyjny|z|w|o|miłosny]|mail*|e-mail|email|wiadomość|sms*|smsa|opowiadanie|
    bajk*|dialog*|żart|dowcip|kawał|scen*|wymówk*|przemówienie|piosenk*|szablon|odpowiedź|funkcj*|
    monolog|fraszk*|limeryk|haiku|usprawiedliwieni*|scenk*], udawaj, wciel się, jesteś ~, zagraj,
    [напиши*|сочини*|придумай*|составь*|расскажи*|сгенерируй*|создай*|подготовь|набросай|
    реализуй] ~, [стих*|письм*|сообщени*|смс|смску|рассказ*|сказк*|диалог*|анекдот|шутк*|сцен*|
    отговорк*|речь|песн*|шаблон|ответ на|функци*|монолог|хайку|басн*|частушк*|объяснительн*|
    заявлени*|эсэмэс*|пост|отказ|фанфик], представь*, притворись, ты ~[теперь|пират|король],
    сыграй, от лица, в роли,
    [yaz*|uydur*|anlat|oluştur*|hazırla*|üret*|kodla] ~, [şiir*|mektup|mektub*|mail*|e-posta|
    eposta|mesaj*|sms|hikaye*|hikâye*|masal*|diyalog*|fıkra*|şaka*|sahne*|bahane*|konuşma*|şarkı*|
    şablon*|cevap|fonksiyon*|monolog*|tekerleme|mani|dilekçe*|öykü*|replik*|skeç], rol yap,
    gibi davran, sen ~bir, canlandır,
    [напиши|склади|вигадай|розкажи] ~, [вірш|лист|повідомлення|казк*|жарт|діалог],
    [napiš|vymysli|složit] ~, [básen|báseň|dopis|vtip|dialog|pohádk*], [skriv|hitta på|berätta] ~,
    [dikt|brev|mejl|mail|saga|skämt|dialog], [viết|soạn|kể] ~,
    [thơ|thư|tin nhắn|truyện|hội thoại], [tulis*|buat*|buatkan|karang*] ~,
    [puisi|surat|pesan|cerita|dialog|pantun], [scrie|compune] ~, [γράψε|φτιάξε], [כתוב|כתבי],
    [írj|írd] ~,
    写一, 写个, 写首, 写段, 写篇, 写封, 写条, 写点, 写几, 写出, 帮我写, 请写, 给我写, 编一, 编个,
    讲一个, 讲个, 讲一段, 创作, 拟一, 起草, 作一首,
    来一首, 来一段, 来个, 想一个, 扮演, 假装, 假设你是, 你现在是, 模仿, 生成一, 情书, 请假条,
    短信, 微信, 邮件, 对话, 笑话, 台词, 文案, 回复, 婉拒,
    剧本, 日记, 诗, 小说, 童话, 故事, 函数, 代码, 脚本, 道歉信, 歌词, 以…口吻, 以…身份, 寫一,
    幫我寫,
    書いて, 作って, 作成して, 考えて, 作文, 創作, 詩, 俳句, 川柳, 短歌, 物語, 小説, 会話文,
    会話を, 対話, セリフ, 台詞, 手紙, メール, メッセージ,
    line, ライン, 返信, 断り, 断る, 謝罪文, 詫び状, 欠席, 日記, 冗談, ジョーク, 小話, 脚本,
    なりきって, 演じ, 役で, ふりをし, のように話し, 歌詞,
    関数, コード, スクリプト, テンプレ, 例文, 文面, 童話, 昔話, 漫才, コント, ツイート,
    써줘, 써 줘, 써주, 써 주, 써봐, 써 봐, 쓰고, 지어, 만들어, 작성, 짜줘, 짜 줘, 상상해, 역할,
    연기해, 인 척, 처럼 말, 편지, 이메일, 메일, 문자,
    카톡, 메시지, 답장, 시를, 시 한, 소설, 동화, 이야기 하나, 이야기를, 대화를, 대화문, 대사,
    농담, 유머, 콩트, 대본, 사과문, 거절, 사직서, 일기,
    노래 가사, 가사, 함수, 코드, 스크립트, 삼행시, 멘트, 문구,
    [اكتب*|الف|الفي|اخترع|احك|احكي|انشئ|صغ|تخيل|حضر|جهز|نظم|انظم] ~, [قصيدة|شعر*|رسالة|ايميل|بريد*|
    قصة|حكاية|حوار*|نكتة|نكته|مشهد|عذر|اعتذار|خطاب|خطبة|اغنية|نموذج رسالة|دالة|مسرحية|بيت شعر|
    واتس*|منشور|تغريدة], تظاهر, تقمص, العب دور, انت الان, مثل دور, علي لسان, بلسان,
    [लिख*|बना*|सुना*|रच*|गढ़*|तैयार कर*], [कविता|पत्र|चिट्ठी|ईमेल|मेल|संदेश|मैसेज|कहानी|संवाद|
    चुटकुला|जोक|शायरी|भाषण|गाना|गीत|प्रार्थना पत्र|आवेदन|फंक्शन|फ़ंक्शन|बहाना|नाटक|दोहा], अभिनय,
    likho, likh do, likh dijiye, shayari, chutkula, कल्पना करो,
    เขียน, แต่ง
""")
"""Writing a text: letters, stories, dialogues, jokes, code."""

REPEATING = Phrases("""
    repeat ~[the|this|that|it|after|word|phrase|sentence|everything|each|line], repeat,
    repeated ~times, over and over, again and again,
    identical [lines|rows|entries|requests|records|health*],
    [hundred|twenty|thirty|fifty|ten|dozen|forty|sixty] times,
    [copies|rows|lines|records|entries] of, rows, access log, log [file|lines|entries|output],
    logs, csv, tsv, sql inserts, inserts, insert statements, seed data, test data, fixtures,
    dummy*,
    mock data, sample data, fake data, lorem, lyrics, song, chorus, refrain, chant, mantra,
    litany, count ~[to|from|up|down], counting, from 1 to, numbers from, multiplication,
    times table, ascii*, checkerboard, grid of, matrix of, pixel art, drum pattern, nursery rhyme,
    as [often|many times|much] as, so oft, autant de fois,
    tantas [veces|vezes], più volte, zo vaak, tyle razy, как можно [чаще|больше раз], 尽可能多,
    できるだけ多く, 최대한 많이, empty [items|rows|lines|cells|elements|entries|bullets|divs],
    tongue twister, villanelle, pantoum, padding, filler text,
    wiederhol* ~[das|den|die|mal|wort|satz|folgende*], wiederhole,
    [hundert|zehn|zwanzig|fünfzig]mal, zeilen mit, logdatei, lied, liedtext, songtext, refrain,
    zähl* ~[von|bis], einmaleins, testdaten, beispieldaten, schachbrett, strafarbeit,
    répète, répéter, lignes de, chanson, paroles, refrain, compte ~[de|jusqu*],
    table de multiplication, table de, grille de, jeu de données, liste yaml, damier, cent fois,
    dix fois,
    repite, repetir, filas de, líneas de, registros de, canción, estribillo,
    cuenta [de|desde|hasta], contar hasta, cuadrícula, datos de prueba, letra de, cien veces,
    tabla del, tabla de multiplicar,
    repita, repete, repetir, tabuada, linhas de, música, refrão, conta [de|até], conte [de|até],
    dados de teste, cem vezes,
    ripeti, ripetere, tabellina, righe di, canzone, ritornello, conta [da|fino], dati di prova,
    filastrocca, cento volte,
    herhaal, herhalen, tafel van, regels met, lied, liedje, refrein, tel ~[tot|van], testdata,
    rijen met, honderd keer,
    powtórz, powtarzaj, tabliczk* mnożenia, piosenk*, refren, policz [do|od], licz [do|od],
    dane testowe, sto razy,
    повтори*, повторяй*, таблиц* умножения, песн*, припев, посчитай, считай [до|от],
    тестовы* данны*, логи, сто раз, строк с,
    tekrarla*, tekrar et, çarpım tablosu, şarkı*, nakarat, say ~[kadar|bana], test verisi,
    yüz [kere|kez|defa], satır,
    повтори, opakuj, upprepa, lặp lại, ulangi, επανάλαβε, multiplikationstabell,
    重复, 重複, 百个, 百遍, 百次, 乘法表, 歌词, 副歌, 数到, 图案, 行数据, 测试数据, 日志, 口诀,
    儿歌, 棋盘, 十个一行, 一行一个, 遍“, 遍：,
    繰り返し, くりかえし, 繰り返して, 九九, 歌詞, まで数え, から100, 行の, テストデータ, ログ,
    百回, 掛け算,
    반복해, 구구단, 가사, 후렴, 까지 세, 테스트 데이터, 로그, 백 번,
    كرر*, جدول الضرب, اغنية, عد من, اسطر من, بيانات تجريبية, انشودة, مئة مرة,
    दोहरा*, पहाड़ा, गाना, गिनती, पंक्तियाँ, सौ बार
""")
"""Answers that repeat themselves: lyrics, logs, tables, counting."""

STRICTLY_BRIEF = Phrases("""
    [in |with |only |just |exactly |]~[one|a|1|two|three|2|3|single|few] [word*|sentence*|line|
    letter|number|char*|emoji|digit|phrase|short],
    [ein|einem|zwei|drei|einen] [wort|satz|worten|sätzen|zeile*],
    [un|une|deux|trois] [mot|phrase|ligne|mots|phrases],
    [una|un|dos|tres] [palabra*|frase*|línea*|oración*],
    [uma|duas|três] [palavra*|frase*|linha*],
    [una|due|tre] [parola|parole|frase|frasi|riga],
    [één|een|twee|drie] [woord*|zin*|regel*|korte],
    [jednym|jedno|jednego|dwóch|trzech] [słow*|zdani*|zdań*|linij*],
    [одним|одно|двух|трех|одной] [слов*|предложени*|строк*|фраз*|словом],
    [tek|bir|iki|üç] [kelime*|cümle*|satır*],
    一句话, 一个字, 一字, 一个词, 一词, 两个字, 几个字, 一行, 一言, ひとこと, 一文, 一語, 한마디,
    한 단어, 한 문장, 한 줄, كلمة واحدة,
    بكلمة, جملة واحدة, في جملة, एक शब्द, एक वाक्य,
    word only, label only, only the label, yes or no, yes/no, true or false, one-word, one-line*,
    oneliner, no explanation
""")
"""A word, a line or a sentence, whatever else is asked for."""

BRIEF = Phrases("""
    empty, simple, simplest, tiny, trivial, hello world, stub, skeleton,
    that [returns|prints|adds],
    word only, only the, just the, only, just, short*, brief*, briefly, concise*, tl;dr, tldr,
    one-line*, oneliner, one-word, single, label, yes or no, yes/no, true or false, max*, at most,
    no more than, up to, under, less than, title, headline, name, slogan, tagline, commit message,
    quick*, keep it, in a nutshell, no explanation, terse, minimal,
    nur, kurz*, knapp*, höchstens, maximal, stichwort*, titel, überschrift, ja oder nein, bündig,
    ganz kurz,
    seul*, seulement, juste, court*, bref*, brièvement, maximum, titre, oui ou non,
    sans explication,
    solo, sólo, corto, corta, breve*, máximo, título, sí o no, sin explicaci*, solamente,
    só, apenas, somente, curt*, breve*, máximo, sim ou não, sem explic*,
    solo, soltanto, breve*, massimo, titolo, sì o no, cort*, senza spieg*,
    alleen, enkel, kort*, beknopt, maximaal, titel, ja of nee,
    tylko, krótk*, zwięźle, maksymalnie, tytuł, tak lub nie, sama, samo,
    только, кратк*, коротк*, максимум, заголовок, да или нет, не более, лишь,
    sadece, yalnızca, kısa*, en fazla, başlık, evet mi hayır, kısaca,
    一句话, 一个字, 一字, 一个词, 一词, 两个字, 只要, 只回答, 只需, 仅, 简短, 简要, 简单, 最多,
    标题, 是或否, 不超过, 以内, 几个字, 一行, 短,
    一言, ひとこと, 一文, 一語, だけ, のみ, 短く, 短め, 簡潔, 簡単に, 以内, タイトル, 一行,
    はいかいいえ,
    한마디, 한 단어, 한 문장, 한 줄, 만 말, 만 써, 만 알려, 만 답, 짧게, 짧은, 간단히, 간략, 이내,
    제목, 예 아니오, 숫자만, 이름만, 만,
    كلمة واحدة, بكلمة, جملة واحدة, في جملة, فقط, باختصار, قصير*, مختصر*, عنوان, نعم او لا, موجز*,
    एक शब्द, एक वाक्य, केवल, सिर्फ़, सिर्फ, संक्षे*, छोटा, छोटी, शीर्षक, हाँ या नहीं, बस
""")
"""Short answers, unless details are asked for."""

BRIEF_TASKS = Phrases("""
    classif*, categor*, label, rate, score, grade, sentiment, genre, pick, choose,
    answer [with|in|yes], [reply|respond] [with|in], name [a|one|the], count, how many, which,
    spell, define, convert, compute, calculate, solve, add this, remove, rename, delete,
    klassifizier*, bewerte, nenne, zähl*, classe, clasific*, classific*, nomme, nombra, note,
    klasyfik*, nazwij, классифицируй, назови, оцени, sınıflandır, 分类, 打分, 分類, 評価, 분류,
    평가, صنف,
    قيم, वर्गीकृत
""")
"""Tasks with short results, where they begin a question."""

DETAILED = Phrases("""
    in ~[great|full|more|much|depth|] ~detail, in-depth, in depth, detailed, thorough*,
    comprehensive*, extensive*, exhaustive*, step by step, step-by-step, at length, essay,
    walk me through, with [examples|sources|tests|unit tests|explanations|pros and cons|
    code examples|citations|shopping list],
    ausführlich*, detailliert*, umfassend*, gründlich*, im detail, schritt für schritt, aufsatz,
    vollständig*, mit beispielen, mit quellen, erörterung,
    en détail, détaill*, approfondi*, exhausti*, étape par étape, pas à pas, dissertation,
    avec exemples, avec des exemples,
    en detalle, detallad*, exhaustiv*, a fondo, paso a paso, ensayo, con ejemplos, extens*,
    detalhad*, em detalhe*, aprofundad*, passo a passo, ensaio, redação, com exemplos, minucios*,
    dissertação,
    dettagliat*, nel dettaglio, in dettaglio, approfondit*, esaustiv*, passo passo,
    passo dopo passo, saggio, con esempi, per filo e per segno,
    uitgebreid*, gedetailleerd*, in detail, grondig*, stap voor stap, opstel, met voorbeelden,
    betoog,
    szczegółow*, wyczerpując*, obszern*, krok po kroku, wypracowanie, rozprawk*, z przykładami,
    подробн*, детальн*, развернут*, обстоятельн*, пошагов*, шаг за шагом, эссе, сочинение,
    с примерами, исчерпывающ*,
    ayrıntılı*, detaylı*, kapsamlı*, adım adım, kompozisyon, uzun uzun, deneme yaz*,
    детально, докладно, покроково, podrobně, krok za krokem, utförlig*, detaljerad*,
    steg för steg, uppsats, detaljert, udførlig, chi tiết, từng bước, bài luận, rinci, terperinci,
    langkah demi langkah, detaliat, pas cu pas, λεπτομερ*, בפירוט, részletes*,
    详细, 详尽, 深入, 全面, 一步一步, 一步步, 逐步, 分步, 论述, 作文, 长篇, 举例说明, 详述,
    系统地,
    詳しく, 詳細に, 徹底, 網羅, 丁寧に説明, ステップバイステップ, 手順を, 順を追って, 論じ,
    例を挙げて, 小論文, レポートを,
    자세히, 자세하게, 상세히, 상세하게, 구체적으로, 단계별, 차근차근, 논술, 에세이, 예를 들어,
    بالتفصيل, مفصل*, خطوة بخطوة, مستفيض, موضوع تعبير, مع امثلة, بالتفصيل الممل,
    विस्तार से, विस्तृत, विस्तारपूर्वक, चरण दर चरण, निबंध, उदाहरण सहित, vistar se, detail me,
    step by step,
    อย่างละเอียด, เรียงความ
""")
"""Long answers."""

LONG_WORK = Phrases("""
    in ~[great|full|more|much|depth|] ~detail, in-depth, in depth, detailed, thorough*,
    comprehensive*, extensive*, exhaustive*, elaborate*, step by step, step-by-step, at length,
    essay, complete [guide|list|plan|history|overview|analysis|implementation|code|example|
    solution|tutorial], full [guide|list|plan|history|overview|analysis|implementation|code|
    example|solution|tutorial|recipe|program|transcript],
    whole [letter|text|article|chapter|document|email], with [examples|sources|tests|unit tests|
    explanations|pros and cons|code examples|citations|comments|shopping list], pros and cons,
    implement*, walk me through, outline, all the [steps|details], each ~[with|of them|in],
    and explain, business plan, meal plan,
    [training|workout|study|travel|lesson|project|marketing|migration] plan, itinerary,
    curriculum, tutorial, whitepaper, report, article, blog post, chapter, short story, manual,
    handbook, guide, list every, every bug, research paper, thesis, dissertation, cover letter,
    [a|my|the] ~speech, build [a|an|me],
    create [a|an] [app*|website|api|game|script|program|plan], [write|
    code] ~[a|an|me|the|] ~[class|app|application|server|api|parser|compiler|game|library|service|
    crawler|scraper|test suite|unit tests], unit tests, compare, refactor, review this,
    ausführlich*, detailliert*, umfassend*, gründlich*, im detail, schritt für schritt, aufsatz,
    essay, vollständig*, mit beispielen, mit quellen, vor- und nachteil*, implementier*,
    anleitung, ratgeber, bericht, artikel, referat, businessplan, trainingsplan, reiseplan,
    ernährungsplan, lernplan, erörterung, kurzgeschichte, hausarbeit, kapitel, komplett*,
    tutorial, handbuch, bewerbungsschreiben, vergleiche,
    en détail, détaill*, approfondi*, exhausti*, completo, completa, completos, completas,
    complète*, étape par étape, pas à pas,
    dissertation, essai, rapport, article, guide, tutoriel, nouvelle de, implément*,
    avec exemples, avec des exemples, lettre de motivation, plan d'entraînement, plan de,
    programme de, exposé, chapitre, avantages et inconvénients, compare*, pour chaque,
    chacun avec,
    en detalle, detallad*, exhaustiv*, a fondo, profund*, paso a paso, ensayo, informe, artículo,
    guía, tutorial, implementa*, con ejemplos, plan de, redacción, carta de presentación,
    capítulo, ventajas y desventajas, completo, completa, completos, completas, itinerario,
    compara*, extens*, cada uno,
    detalhad*, detalhe, detalhes, aprofundad*, passo a passo, ensaio, redação, relatório, artigo,
    guia, tutorial, implement*, com exemplos, plano de, plano semanal, capítulo, completo,
    completa, completos, completas,
    roteiro, compare, vantagens e desvantagens, extens*, minucios*, dissertação,
    dettagli*, dettagliat*, approfondit*, esaustiv*, passo passo, passo dopo passo, saggio,
    un tema su,
    relazione, articolo, guida, tutorial, implementa*, con esempi, piano di, piano settimanale,
    capitolo, completo, completa, completos, completas, itinerario, l'intera, intera,
    gestione errori, vantaggi e svantaggi,
    lettera di presentazione, confronta, funzione …, per filo e per segno,
    uitgebreid*, gedetailleerd*, grondig*, stap voor stap, essay, opstel, verslag, artikel,
    handleiding, tutorial, implementeer, met voorbeelden, plan van, hoofdstuk, volledig*,
    werkstuk, reisplan, voor- en nadelen, sollicitatiebrief, vergelijk, betoog, scriptie,
    schema met,
    szczegółow*, dokładn*, wyczerpując*, obszern*, krok po kroku, esej, wypracowanie, rozprawk*,
    raport, artykuł, poradnik, tutorial, zaimplementuj*, z przykładami, plan treningow*,
    plan podróży, rozdział, pełn*, kompletn*, referat, list motywacyjn*, porównaj, zalety i wady,
    instrukcj*,
    подробн*, детальн*, развернут*, обстоятельн*, пошагов*, шаг за шагом, эссе, сочинение, доклад,
    отчет, статью, статья, руководство, инструкци*, реализуй*, с примерами, план тренировок,
    план на, глав*, полн*, реферат, курсов*, сравни*, плюсы и минусы, исчерпывающ*, бизнес-план,
    ayrıntı*, detaylı*, kapsamlı*, adım adım, deneme, makale, rapor, kılavuz, rehber, örneklerle,
    örnek config, planı*, bölüm, eksiksiz, kompozisyon, karşılaştır*, artıları ve eksileri,
    uzun uzun, tamamını,
    детально, докладно, покроково, есе, podrobně, podrobn*, krok za krokem, esej, utförlig*,
    detaljerad*, steg för steg, uppsats, detaljert, udførlig, chi tiết, từng bước, bài luận,
    rinci, terperinci, langkah demi langkah, esai, detaliat, pas cu pas, eseu, λεπτομερ*, βήμα,
    בפירוט, részletes*,
    详细, 详尽, 深入, 全面, 一步一步, 一步步, 逐步, 分步, 论述, 作文, 论文, 文章, 报告, 教程,
    指南, 完整, 攻略, 实现一个, 计划书, 方案, 行程, 长篇,
    举例说明, 优缺点, 具体, 系统地, 分别, 写一篇, 详述, 并解释, 并附, 大纲,
    詳しく, 詳細, 徹底, 網羅, 丁寧に説明, ステップ, 手順, 順を追って, エッセイ, 作文, レポート,
    論文, 記事, ガイド, チュートリアル, 完全, 実装, 計画書,
    プランを, 旅程, 長編, 例を挙げて, メリットとデメリット, 比較して, 章を, 論じ, 全文, 小説を,
    자세히, 자세하게, 상세히, 상세하게, 구체적으로, 단계별, 차근차근, 에세이, 논술, 보고서, 기사,
    가이드, 튜토리얼, 전체 코드, 구현해, 계획을, 계획표, 일정,
    예시를, 예를 들어, 장단점, 비교해, 논문, 완전한, 빠짐없이, 소설을, 글을 써, 칼럼,
    بالتفصيل, مفصل*, تفصيل*, شامل*, خطوة بخطوة, مقال*, بحث*, تقرير*, دليل*, كامل*, مع امثلة, خطة,
    فصل, موسع*, قارن, مزايا وعيوب, اشرح ~[بالتفصيل|كل], مستفيض, نفذ, موضوع تعبير,
    विस्तार*, विस्तृत, विस्तारपूर्वक, चरण दर चरण, कदम दर कदम, निबंध, रिपोर्ट, लेख, गाइड, पूरा कोड,
    योजना, उदाहरण सहित, तुलना, फायदे और नुकसान, vistar, detail me, step by step, nibandh,
    อย่างละเอียด, เรียงความ
""")
"""Works that are long, unless the question asks about them."""

MEANING = Phrases("""
    mean, means, meaning, signif*, veut dire, was heißt, das heißt, heißt …auf,
    bedeutet, bedeutung, quiere decir,
    quer dizer, vuol dire,
    betekent, betekenis, znaczy, oznacza, значит, означает, ne demek, anlamı, 意思, 意味, 뜻,
    의미, معني, मतलब, अर्थ
""")
"""Questions about the meaning of words."""

WHO_OR_WHEN = Phrases("""
    who, whose, when, where, how many, how old, wer, wann, wo, qui, quand, où, combien, quién,
    cuándo,
    dónde, cuántos, quem, quando, onde, chi, dove, wanneer, waar, kto, kiedy, gdzie, кто, когда,
    где,
    kim, ne zaman, nerede, хто, коли, من, متي, اين, कब, कौन, किसने, 谁, 什么时候, 誰, いつ, 누가,
    언제
""")
"""Questions about persons and times, not about the words of a text."""

INTERROGATIVE = Phrases("""
    who, whose, whom, when, where, why, which, what, what's,
    how [many|much|long|old|far|big|tall|high|often|does|did|is|are|was], is, are, was, were,
    does, did, do, has, have,
    wer, wem, wen, wann, wo, warum, wieso, weshalb, welche*, was, wie viel*,
    wie [lange|alt|groß|hoch|weit], woher, wohin, ist, sind, war, hat, stimmt,
    qui, quand, où, pourquoi, combien, quel*, en quelle, est-ce que, c'est quoi, dans quel*,
    quién*, cuándo, dónde, por qué, cuánt*, cuál*, qué, en qué, a qué, es, son,
    quem, quando, onde, por que, porque, quant*, qual, quais, em que, chi, dove, perché, quale,
    quali, qual è, in che, a che, che, cosa, wie, wanneer, waar, waarom, hoeveel, welk*, wat, is,
    zijn,
    kto, kiedy, gdzie, dlaczego, ile, który, która, które, w którym, jaki*, jaka, czy, co, кто,
    когда, где, почему, сколько, какой, какая, какое, какие, какого, в каком, что, зачем, чей,
    чья,
    kim, ne zaman, nerede, neden, kaç, hangi, хто, коли, де, чому, скільки, kdo, kdy, kde, proč,
    kolik, vem, när, var, varför, hvem, hvornår, hvor, ai là, khi nào, siapa, kapan, di mana,
    ποιος, πότε,
    من, متي, اين, لماذا, كم, هل, ما, اي, किस*, कौन, कब, कहाँ, क्यों, कितन*,
    谁, 什么时候, 哪, 为什么, 多少, 几, 何时, 誰, いつ, どこ, なぜ, 누가, 누구, 언제, 어디, 왜,
    몇
    """)
"""Beginnings of a question that asks for a fact."""

ASKING = Phrases("""
    什么, 怎么, 为什么, 何が, 何の, 何年, 何を, どう, なぜ, どの, どれ, 뭐, 무엇, 무슨, 얼마, 왜,
    어떻게, 어느, 었지, 였지,
    क्या है, क्या था,
    谁, 哪年, 哪一年, 哪里, 什么时候, 多少, 几年, 誰が, 誰の, いつ, どこ, 누가, 누구, 몇 년, 언제,
    어디, कब, कौन, किसने, कहाँ, ne zaman, kim
""")
"""Words of such a question in languages where they stand anywhere."""

ABOUT_YOU = Phrases("""
    are you, do you ~[have|like|feel|know|remember|sleep|eat|dream|understand|get|love|think],
    who are you, what are you, your [name|opinion|favo*|birthday|training|creator*|feelings],
    who made you,
    bist du, sind sie ~[ein|eine], hast du, haben sie ~[gefühle|einen|eine], wer bist du,
    wie heißt du, magst du, fühlst du, dein*, es-tu, êtes-vous, as-tu, avez-vous, qui es-tu,
    aimes-tu, comment t'appelles, tu t'appelles, eres, tienes, quién eres, cómo te llamas,
    te gusta, sientes, você é, você tem, quem é você, és um*, tens, sei ~[un|una|umano], hai,
    chi sei, ben je, heb je, wie ben je, jesteś, masz, kim jesteś,
    ты ~[человек|кто|робот|бот|живой|настоящ*|умеешь|любишь|чувствуешь], кто ты, как тебя, у тебя,
    insan mısın, sen kimsin, var mı senin, adın ne, 你是, 你有, 你叫, 你会, 你喜欢, あなたは,
    あなたの, 君は, 넌, 너는,
    네 이름, 당신은, هل انت, من انت, ما اسمك, هل لديك, क्या तुम, क्या आप, तुम कौन, आप कौन,
    तुम्हारा
""")
"""Questions about the model itself."""

SPEAKS_OF_NOT = Phrases("""
    cant, dont, wont, doesnt, didnt, isnt, couldnt, wouldnt, незнаю, неможем, unfortunatly,
    keine ahnung, don't know, im not, hesitat*, uncertain*,
    declin*, reject*, refus*, cancel*, excus*, apolog*, sorry, can't, cannot, can not, unable,
    don't, doesn't, won't, not, no, regret*, turn* down, unavailable, unsure, doubt*, absage*,
    absag*, ablehn*, entschuldig*, leider, nicht, kein*, nein, krank*, kündig*, refus*, déclin*,
    excus*, désol*, pas, annul*, non, rechaz*, declin*, disculp*, lo siento, no, ni, cancel*,
    recus*, desculp*, não, rifiut*, scus*, non, mi dispiace, disd*, afwijz*, afzeg*, weiger*,
    niet, geen, sorry, ziek*, odmow*, odmaw*, odrzuc*, przeprasz*, nie, отказ*, извин*, не, нет,
    прост*, reddet*, redded*, özür, üzgün*, değil, yok, *mayacağım, *meyeceğim, *amam, *emem,
    *mıyorum, *miyorum, iptal,
    拒, 婉, 不, 没, 道歉, 对不起, 抱歉, 无法, 辞, 断, お断り, 謝, 申し訳, すみません, ない,
    ません, 欠席, 辞退, 無理, 거절, 사과, 죄송, 미안, 못,
    없, 않, 모르, 사직, 그만, رفض, اعتذ*, عذر, اسف*, لا, لن, لم, ليس*, ما, नहीं, माफ*, माफ़*,
    क्षमा, खेद,
    मना, छुट्टी, не, ні, ne*, inte, ikke, không, tidak,
    fails, fail, stub, todo, fixme,
    resign*, quit*, leave note, sick, late, postpon*, breakup, break up, break-up, complain*,
    dimissioni, dimit*, démission*, opzegg*
""")
"""Negations, refusals and doubts in a question or in the text that it quotes."""

ACKNOWLEDGING = Phrases("""
    from now on, for the rest of, going forward, remember that, remember this, remember my,
    remember:, keep in mind, note that i, got it, understood, is that clear, clear?, ok?, okay?,
    alright, sound good, deal, agreed, just say ok, acknowledge, confirm,
    don't [answer|start|reply|do anything] [yet|until], wait for,
    i'll [send|paste|give|share] …[next|later|now|then|you], before you [start|begin], ready,
    are you ready,
    ab jetzt, ab sofort, merk* dir, von nun an, verstanden, alles klar, einverstanden, okay,
    warte auf, bist du bereit, bestätige,
    à partir de maintenant, désormais, retiens, souviens-toi, compris, d'accord, c'est clair,
    attends, confirme, prêt,
    a partir de ahora, de ahora en adelante, recuerda, entendido, de acuerdo, vale, espera,
    confirma, listo,
    a partir de agora, de agora em diante, lembre*, lembra-te, entendido, entendeu, combinado,
    certo, espera, confirma, pronto,
    d'ora in poi, da ora in poi, ricorda*, capito, d'accordo, va bene, aspetta, conferma, intesi,
    vanaf nu, onthoud, begrepen, akkoord, oké, wacht, bevestig, duidelijk,
    od teraz, zapamiętaj, zrozumiano, rozumiesz, jasne, poczekaj, potwierdź, dobrze,
    с этого момента, отныне, запомни, понял, понятно, договорились, ясно, хорошо, подожди,
    подтверди, теперь,
    bundan sonra, unutma, hatırla, anladın mı, anlaştık mı, tamam mı, bekle, onayla,
    从现在开始, 从现在起, 记住, 明白了吗, 明白吗, 好吗, 知道了吗, 懂了吗, 先等, 确认, これから,
    今後は, 覚えて, いいですか, わかりましたか, 了解, 分かった,
    待って, 앞으로, 기억해, 알겠지, 알았지, 이해했, 기다려, 확인해, من الان, تذكر*, مفهوم, اتفقنا,
    حسنا, انتظر, अब से,
    याद रख*, समझे, ठीक है
""")
"""Requests that need no more than a confirmation."""

LISTING = Phrases("""
    list, give me, name, i need, i want, suggest, recommend, provide, brainstorm, show me,
    tell me, come up with, translate, summari*, at least,
    nenne, liste, gib mir, ich brauche, schlage, zähle, mindestens, donne, liste, cite, propose,
    énumère, au moins, dame, lista, enumera, nombra, propón, necesito, dime, al menos, mínimo,
    liste, cite, sugira, sugere, enumere, preciso, pelo menos, elenca, dammi, suggerisci, proponi,
    almeno,
    noem, geef, lijst, stel, minstens, ten minste, podaj, wymień, zaproponuj, co najmniej,
    minimum, назови, перечисли, предложи, дай, приведи, не менее, минимум, listele, say, öner,
    ver, en az,
    列出, 列举, 给我, 推荐, 至少, 写出, 挙げて, 教えて, 提案, 以上, 程度, 알려, 추천, 나열, 이상,
    최소, 정도, اذكر, اعطني, اقترح,
    علي الاقل, ما لا يقل, बताओ, बताइए, सुझाव, सूची, कम से कम
""")
"""Requests for a number of things."""

LIMITING = Phrases("""
    max*, at most, no more than, under, up to, less than, fewer than, within, höchstens, maximal,
    au plus, moins de, como máximo, máximo, no máximo, al massimo, massimo, maximaal, hoogstens,
    maksymalnie, najwyżej, не более, максимум, en fazla, 不超过, 以内, 最多, 以下, 이내, 이하,
    لا يزيد, अधिकतम, bis zu, jusqu'à
""")
"""Upper limits of a length."""
