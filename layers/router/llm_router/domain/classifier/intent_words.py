"""Words that express an intent, by intent, in some twenty languages.

The table holds vocabulary, not rules: the weight of each intent is learned. A star marks a stem.
Chinese and Japanese words are pairs of characters, since their texts have no spaces. A word may be
missing or mean something else in another language; the weights are fitted with that noise.
"""

from collections.abc import Mapping

INTENT_WORDS: Mapping[str, str] = {
    "social": """
        hi hello hey thanks thank bye lol haha* hehe* cheers morning birthday joke funny love
        lovely hallo danke tschüss guten witz bonjour salut merci mdr hola gracias jaja* chiste
        ciao grazie salve barzelletta olá oi obrigad* kkk* piada hoi doei bedankt dank cześć
        dzięki hej ahoj tack merhaba selam teşekkür* şaka привет* спасибо пока анекдот хаха*
        ахаха* привіт дякую مرحبا شكرا السلام ههه* नमस्ते धन्यवाद 안녕* 고마* 감사* ㅋㅋ* ㅎㅎ*
        xin chào halo terima שלום سلام γεια bună สวัสดี* 你好 谢谢 再见 哈哈 笑话 こん にち あり
        がと おは
    """,
    "lookup": """
        who when where which capital mean means meaning plural synonym opposite antonym stand name
        many much old spell spelled spelling called wer wann wo welche* wieviel* viele heißt
        hauptstadt bedeutet lautet mehrzahl nenne qui quand où combien capitale signifi* pluriel
        synonyme contraire quién cuándo dónde cuál cuánt* significa sinónimo chi quando dove
        quant* plurale contrario quem onde qual feminino wie wanneer waar hoeveel hoofdstad
        betekent meervoud kto kiedy gdzie ile stolica znaczy antonim jaki jaka kim nerede* neresi
        kaç hangi demek başkent* кто когда где сколько какая какой столица* означает слово من أين
        متى كم عاصمة معنى कौन कब कहाँ कितन* राजधानी मतलब किसने 누구* 언제 어디* 얼마* 며칠* 뜻*
        수도* vad betyder столиця thủ ibu hlavní ποια capitala 谁的 哪里 多少 首都 什么 意思 作者
        几个 誰で いつ どこ いく つで 意味 読み 何で
    """,
    "edit": """
        translat* convert spell typo fix correct* rewrite rephrase synonym extract classif* label
        sort alphabetical* round count list capitalize sentiment positive negative true false yes
        übersetz* korrigier* sortier* schreibt umwandel* positiv negativ ja tradui* corrig* range
        mets positif négatif oui traduc* traduz* corrige ordena* pon positiv* negativ* traduci
        correggi metti coloque extrai* vertaal* corrigeer zet positief negatief przetłumacz*
        popraw podaj pisze çevir* düzelt sırala hecele olumlu olumsuz переведи* исправь поставь
        положительн* отрицательн* пишется найди ترجم صحح استخرج رتب إيجابي سلبي نعم अनुवाद
        सकारात्मक नकारात्मक बहुवचन 번역* 정렬* 긍정* 부정* 翻译 提取 排序 正面 负面 改成 英文 訳し
        抜き 並べ 肯定 否定 英語
    """,
    "explain": """
        explain* why how describ* summar* compar* differen* overview advantage* pros cons tips
        advice recommend* suggest* paraphras* outline erklär* warum wieso weshalb beschreib* fass*
        fasse vergleich* unterschied* vorteil* nachteil* tipps empfiehl funktioniert woran
        expliqu* pourquoi comment décri* résum* différence* avantage* inconvénient* conseil*
        propose fonctionne explica* explíca* explique porqué qué cómo descri* resum* diferencia*
        diferença* compara* ventaja* desventaja* vantage* desvantage* recomiend* suger* funciona
        consej* spieg* perché come riassum* differenza* confront* vantagg* svantagg* consigli*
        funziona nascono por como resuma leg uitleg* waarom hoe beschrij* vat samenvat* verschil*
        vergelijk* nadelen geef werkt wyjaśni* dlaczego opisz* streść różnic* porównaj* zalet*
        wad* zaproponuj działa açıkla* neden nasıl anlat* özetle* fark* karşılaştır* artıları
        eksileri öner* объясн* почему опиш* кратко разниц* сравни* плюс* минус* работает посоветуй
        اشرح لماذا كيف صف لخص الفرق قارن مزايا اقترح समझा* क्यों वर्णन सारांश अंतर तुलना फायदे
        सुझा* कैसे 설명* 왜 요약* 차이* 비교* 장단점* 장점* 추천* 방법* förklara поясни* giải
        jelaskan vysvětli εξήγησε הסבר توضیح explică อธิบาย* 解释 为什 怎么 如何 概括 总结 区别
        比较 优点 缺点 建议 原因 説明 なぜ まと 違い 比較 長所 仕組 教え 考え
    """,
    "write": """
        write draft compose create letter email mail poem story function script post recipe
        itinerary plan speech toast schreib* brief gedicht geschichte funktion rezept rede
        trainingsplan écri* rédig* lettre poème histoire fonction discours menu escrib* carta
        correo cuento poema función receta scriv* lettera favola poesia funzione itinerario
        escrev* conto função cardápio legenda schrijf* verhaal functie maak schema napisz* list
        wiersz* funkcj* opowiadanie yaz* mektup* şiir* fonksiyon* напиши* письмо стих* функци*
        составь рассказ сочини اكتب رسالة قصيدة دالة خطة लिखि* पत्र कविता फ़ंक्शन योजना 써 쓰*
        작성* 이메일* 편지* 시를 함수* 계획* skriv viết tulis написати напиши 写一 邮件 函数 计划
        短诗 故事 書い メー 関数 物語 旅行 プラ
    """,
    "prove": """
        prove proves proved proving proof* deriv* justif* rigorous* theorem* lemma* show
        demonstrate induction bijection counterexample* generali* irrational converg* beweis*
        zeige* herleit* leite begründ* satz stetig* irrational* démontr* prouve* montre* dédui*
        justifi* raisonnement théorème demuestr* demostr* deduc* deriva justifica* razon* teorema*
        dimostr* deduci prova* demonstr* prove* dedu* bewij* toon onderbouw* udowodni* wykaż*
        wyprowadź uzasadni* twierdzeni* rozumowanie kanıtla* ispat* türet gerekçe* докаж* доказат*
        вывед* обоснуй* обоснован* теорем* рассуждени* أثبت برهن اشتق علل حجة سिद्ध सिद्ध प्रमाण*
        तर्क 증명* 보이* 유도* 논하* 엄밀* 근거* bevisa доведи* chứng buktikan dokaž* απόδειξε
        הוכח ثابت พิสูจน์* จงพิสูจน์* 证明 推导 论证 求证 证一 証明 示せ 導出 論じ 厳密
    """,
    "build": """
        design* architect* implement* optimi* refactor* migrat* strateg* distribut* scal* develop*
        construct* formulat* algorithm* complexity tradeoff* entwirf* entwick* architektur
        implementier* optimier* umzug strategie* migrier* konstruier* conçoi* concev* implément*
        élabor* stratégi* architecture diseñ* desarroll* implementa* elabor* estrateg*
        arquitectura progett* svilupp* strategi* architettura projet* desenvolv* estratég*
        arquitetura ontwerp* ontwikkel* implementeer zaprojektuj* opracuj* zaimplementuj*
        architektur* tasarla* gerçekle* mimari* geliştir* strateji* спроектируй* разработай*
        реализуй* архитектур* стратеги* صمم نفذ بنية طور استراتيجية डिज़ाइन संरचना लागू रणनीति
        विकसित 설계* 구현* 아키텍처* 개발* 전략* 设计 架构 实现 制定 战略 优化 権衡 設計 実装 構築
        戦略 权衡
    """,
    "diagnose": """
        debug* bug bugs deadlock* leak* crash* root cause race latency hangs memory downtime
        rollback fails outage thread threads lock locks verklemm* ursache absturz hängt
        speicherleck verlier* ausfall* bloque* fuite panne verrou causa fallo* fuga perde memória
        vaza* oorzaak vastlo* loopt przyczyn* zaklesz* wyciek awari* neden* kilitlen* sızıntı
        причин* зависа* утечк* поток* откат* السبب تتوقف تسرب कारण अटक* 원인* 교착* 누수* 死锁
        锁的 泄漏 崩溃 デッ 障害 原因
    """,
    "weigh": """
        analys* analyz* evaluat* critique assess* argue argument* weigh discuss* defend reconcil*
        risks alternatives conclude objections assumptions evidence analysier* bewert* prüf*
        abwäg* grenze diskut* einwänd* risik* alternativ* évalu* discut* défend* critiqu*
        arguments risques analiz* evalú* evalua* riesgos objecion* analizz* valut* confront*
        argoment* analis* avali* analyseer weeg beoordeel* bespreek afweg* przeanalizuj* oceń*
        ryzyk* değerlendir* tartış* analiz savlar* проанализируй* оцени* довод* обсуди* риск*
        компромисс* حلل قيم ناقش حجج विश्लेषण मूल्यांकन चर्चा 분석* 평가* 논의* 위험* 分析 评估
        论点 风险 評価 論点
    """,
    "medicine": """
        patient* diagnos* differential therap* dose* renal fibrillation pregnan* fever chest
        syndrome potassium chronic treatment patienten* differentialdiagnos* niereninsuff* fieber
        therapie fièvre diagnostic paciente* fiebre diagnóstic* insuficiencia tratamiento
        tratamento paziente febbre diagnosi terapeutic* koorts differentiaaldiagnos* pacjent*
        gorączk* leczeni* hasta* tanı* tedavi* пациент* лихорадк* диагност* лечени* مريض* حمى
        التشخيص रोगी बुखार निदान उपचार 환자* 발열* 진단* 치료* neonat* newborn neugeboren* 患者
        诊断 治疗 発熱 診断 新生
    """,
    "law": """
        liab* clause* contract* statut* jurisdiction* litigation plaintiff* tort* gdpr hipaa
        complian* shareholder* fiduciary enforceab* haft* klausel* vertrag* gläubiger* insolvenz*
        dsgvo gesellschaft* responsabilit* pacte jurisprudence contrato* cláusula*
        responsabilidad* accionista* acionista* patto clausola contratto aansprakelijk*
        aandeelhouder* faillissement odpowiedzialnoś* umow* wierzyciel* sorumlulu* sözleşme*
        ответственност* договор* соглашени* акционер* مسؤولية عقد إفلاس जिम्मेदारी दिवालिया अनुबंध
        책임* 계약* 파산* 责任 债权 协议 股东 契約 株主 責任
    """,
    "mathematics": """
        prime primes integral* matri* eigenvalue* continuous compact group* polynomial*
        differential topolog* homolog* manifold* bounded theorem graph* probabil* distribution*
        irrational rational primzahl* stetige* kompakt* gruppe* polynom* gleichung* metrik
        premiers espace* compact* continue différentielle entiers primos conjunto* polinomi*
        dominio cuerpo gruppo serie polinômio* raiz priemgetal* liczb* grup* ciągł* asal sayı*
        küme* uzay* простых чис* непрерывн* множеств* уравнени* عدد متتالية दालة अभाज्य परिमेय
        अपरिमेय संख्या* 소수* 함수의 연속* 素数 连续 无穷 函数 定理 連続 空間 無限 方程
    """,
    "systems": """
        kubernetes postgres* kafka raft paxos shard* replicat* throughput concurren* async* cache*
        queue* compiler* heap* mutex atomic* cluster* serializ* crdt grammar regex parser lockfree
        region* rust consisten* tls jvm kernel assembly verteilt* ausfallsicher* replikation
        chiffré* répliqu* consistencia distribuid* distribuit* gedistribueerd* rozproszon* dağıtık
        распределён* репликац* موزع वितरित 분산* 并发 分布 容灾 并行 分散 冗長
    """,
    "finance": """
        portfolio* hedg* deriv* valuation option* covenant* tax* sensitivit* arbitrage volatil*
        revenue steuer* bewertung kapital* fiscal* impuesto* inversión investiment* investimento*
        tribut* cobertura copertura podatk* vergi* налог* инвест* ضريب* निवेश 투자* 세금* 税务
        投资 融资 投資 税金
    """,
    "bounds": """
        must never only exactly without least most within under every each all full complete steps
        guarantee* constraint* ohne höchstens mindestens nie genau jede* vollständig* sans chaque
        exactement sin cada exactamente completo* senza ogni sem zonder elke volledig* bez każd*
        pełn* olmadan her tam без кажд* полн* بدون كل كاملة बिना प्रत्येक पूरा 없이 모든 각 完整
        每个 不得 必须 すべ 完全 必ず
    """,
}
