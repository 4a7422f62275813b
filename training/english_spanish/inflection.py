"""Forms of English and Spanish words: plurals, agreement and conjugation, regular by rule and irregular by
list.
"""

from functools import cache

PERSONS = 5  # yo, tú, él/ella, nosotros, ellos: the order of every list of verb forms

ENGLISH_PLURALS = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "mouse": "mice",
    "sheep": "sheep",
    "fish": "fish",
    "wolf": "wolves",
    "knife": "knives",
    "thief": "thieves",
    "leaf": "leaves",
    "wife": "wives",
    "police officer": "police officers",
}
EL_FEMININE = {"agua"}  # feminine, yet with "el" and "un" in the singular

# Past and participle of irregular English verbs, and spellings before -ing.
ENGLISH_VERBS = {
    row.split()[0]: row.split()[1:]
    for row in """buy bought bought; sell sold sold; see saw seen;
        eat ate eaten; drink drank drunk; find found found; lose lost lost;
        break broke broken; bring brought brought; draw drew drawn;
        read read read; write wrote written; cut cut cut; know knew known;
        feed fed fed; hide hid hidden; sing sang sung; take took taken;
        build built built; wear wore worn; hear heard heard;
        understand understood understood; forget forgot forgotten;
        have had had; send sent sent; steal stole stolen;
        choose chose chosen; leave left left; pay paid paid;
        teach taught taught; meet met met; sleep slept slept; run ran run;
        swim swam swum; drive drove driven; fall fell fallen; go went gone;
        come came come; give gave given; show showed shown; lend lent lent;
        prefer preferred preferred; stop stopped stopped;
        travel traveled traveled; hit hit hit; throw threw thrown;
        let let let; beat beat beaten; make made made; feel felt felt;
        kick kicked kicked; spill spilled spilled; get got got;
        cost cost cost; pull pulled pulled; kill killed killed;
        think thought thought; say said said; lie lied lied;
        burn burned burned; turn turned turned; bite bit bitten;
        open opened opened; listen listened listened; visit visited visited;
        answer answered answered; discover discovered discovered;
        remember remembered remembered; order ordered ordered""".replace("\n", " ").split(";")
}
DOUBLED = {"run", "cut", "swim", "stop", "forget", "prefer", "hit", "let", "get"}

# Irregular Spanish forms; the tenses not given are regular.
SPANISH_VERBS = {
    "ser": {
        "present": "soy eres es somos son",
        "past": "fui fuiste fue fuimos fueron",
        "imperfect": "era eras era éramos eran",
    },
    "estar": {
        "present": "estoy estás está estamos están",
        "past": "estuve estuviste estuvo estuvimos estuvieron",
    },
    "haber": {"present": "he has ha hemos han"},
    "ir": {
        "present": "voy vas va vamos van",
        "past": "fui fuiste fue fuimos fueron",
        "imperfect": "iba ibas iba íbamos iban",
        "gerund": "yendo",
        "participle": "ido",
    },
    "ver": {
        "present": "veo ves ve vemos ven",
        "past": "vi viste vio vimos vieron",
        "imperfect": "veía veías veía veíamos veían",
        "participle": "visto",
    },
    "dar": {"present": "doy das da damos dan", "past": "di diste dio dimos dieron"},
    "tener": {
        "present": "tengo tienes tiene tenemos tienen",
        "past": "tuve tuviste tuvo tuvimos tuvieron",
        "stem": "tendr",
    },
    "venir": {
        "present": "vengo vienes viene venimos vienen",
        "past": "vine viniste vino vinimos vinieron",
        "stem": "vendr",
        "gerund": "viniendo",
    },
    "querer": {
        "present": "quiero quieres quiere queremos quieren",
        "past": "quise quisiste quiso quisimos quisieron",
        "stem": "querr",
    },
    "poder": {"present": "puedo puedes puede podemos pueden"},
    "encontrar": {"present": "encuentro encuentras encuentra encontramos encuentran"},
    "perder": {"present": "pierdo pierdes pierde perdemos pierden"},
    "buscar": {"past": "busqué buscaste buscó buscamos buscaron"},
    "abrir": {"participle": "abierto"},
    "cerrar": {"present": "cierro cierras cierra cerramos cierran"},
    "romper": {"participle": "roto"},
    "traer": {
        "present": "traigo traes trae traemos traen",
        "past": "traje trajiste trajo trajimos trajeron",
        "gerund": "trayendo",
        "participle": "traído",
    },
    "leer": {"past": "leí leíste leyó leímos leyeron", "gerund": "leyendo", "participle": "leído"},
    "caer": {
        "present": "caigo caes cae caemos caen",
        "past": "caí caíste cayó caímos cayeron",
        "gerund": "cayendo",
        "participle": "caído",
    },
    "escribir": {"participle": "escrito"},
    "descubrir": {"participle": "descubierto"},
    "conocer": {"present": "conozco conoces conoce conocemos conocen"},
    "agradecer": {"present": "agradezco agradeces agradece agradecemos agradecen"},
    "construir": {
        "present": "construyo construyes construye construimos construyen",
        "past": "construí construiste construyó construimos construyeron",
        "gerund": "construyendo",
    },
    "oír": {
        "present": "oigo oyes oye oímos oyen",
        "past": "oí oíste oyó oímos oyeron",
        "imperfect": "oía oías oía oíamos oían",
        "stem": "oir",
        "gerund": "oyendo",
        "participle": "oído",
    },
    "entender": {"present": "entiendo entiendes entiende entendemos entienden"},
    "explicar": {"past": "expliqué explicaste explicó explicamos explicaron"},
    "recordar": {"present": "recuerdo recuerdas recuerda recordamos recuerdan"},
    "preferir": {
        "present": "prefiero prefieres prefiere preferimos prefieren",
        "past": "preferí preferiste prefirió preferimos prefirieron",
        "gerund": "prefiriendo",
    },
    "tocar": {"past": "toqué tocaste tocó tocamos tocaron"},
    "elegir": {
        "present": "elijo eliges elige elegimos eligen",
        "past": "elegí elegiste eligió elegimos eligieron",
        "gerund": "eligiendo",
    },
    "seguir": {
        "present": "sigo sigues sigue seguimos siguen",
        "past": "seguí seguiste siguió seguimos siguieron",
        "gerund": "siguiendo",
    },
    "pedir": {
        "present": "pido pides pide pedimos piden",
        "past": "pedí pediste pidió pedimos pidieron",
        "gerund": "pidiendo",
    },
    "probar": {"present": "pruebo pruebas prueba probamos prueban"},
    "pagar": {"past": "pagué pagaste pagó pagamos pagaron"},
    "cruzar": {"past": "crucé cruzaste cruzó cruzamos cruzaron"},
    "resolver": {"present": "resuelvo resuelves resuelve resolvemos resuelven", "participle": "resuelto"},
    "empezar": {
        "present": "empiezo empiezas empieza empezamos empiezan",
        "past": "empecé empezaste empezó empezamos empezaron",
    },
    "recoger": {"present": "recojo recoges recoge recogemos recogen"},
    "proteger": {"present": "protejo proteges protege protegemos protegen"},
    "dormir": {
        "present": "duermo duermes duerme dormimos duermen",
        "past": "dormí dormiste durmió dormimos durmieron",
        "gerund": "durmiendo",
    },
    "jugar": {"present": "juego juegas juega jugamos juegan", "past": "jugué jugaste jugó jugamos jugaron"},
    "sonreír": {
        "present": "sonrío sonríes sonríe sonreímos sonríen",
        "past": "sonreí sonreíste sonrió sonreímos sonrieron",
        "imperfect": "sonreía sonreías sonreía sonreíamos sonreían",
        "stem": "sonreir",
        "gerund": "sonriendo",
        "participle": "sonreído",
    },
    "reír": {
        "present": "río ríes ríe reímos ríen",
        "past": "reí reíste rio reímos rieron",
        "imperfect": "reía reías reía reíamos reían",
        "stem": "reir",
        "gerund": "riendo",
        "participle": "reído",
    },
    "conducir": {
        "present": "conduzco conduces conduce conducimos conducen",
        "past": "conduje condujiste condujo condujimos condujeron",
    },
    "volver": {"present": "vuelvo vuelves vuelve volvemos vuelven", "participle": "vuelto"},
    "llegar": {"past": "llegué llegaste llegó llegamos llegaron"},
    "mostrar": {"present": "muestro muestras muestra mostramos muestran"},
    "costar": {"present": "cuesto cuestas cuesta costamos cuestan"},
    "enviar": {"present": "envío envías envía enviamos envían"},
    "andar": {"past": "anduve anduviste anduvo anduvimos anduvieron"},
}


@cache
def english_plural(noun):
    """Returns the plural of an English noun."""
    if noun in ENGLISH_PLURALS:
        return ENGLISH_PLURALS[noun]
    if noun.endswith(("s", "x", "ch", "sh")) or noun in ("potato", "tomato"):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


@cache
def spanish_plural(word):
    """Returns the plural of a Spanish noun or adjective."""
    special = {
        "joven": "jóvenes",
        "examen": "exámenes",
        "jersey": "jerséis",
        "gris": "grises",
        "paraguas": "paraguas",
    }
    if word in special:
        return special[word]
    if word.endswith("z"):
        return word[:-1] + "ces"
    if word[-1] in "ns" and word[-2] in "áéíóú":
        return word[:-2] + "aeiou"["áéíóú".index(word[-2])] + word[-1] + "es"
    return word + ("s" if word[-1] in "aeiouáéó" else "es")


@cache
def agreeing(adjective, gender, plural):
    """Returns the form of a Spanish adjective for a gender ("m" or "f") and number."""
    if gender == "f" and adjective.endswith("o"):
        adjective = adjective[:-1] + "a"
    return spanish_plural(adjective) if plural else adjective


def article(word):
    """Returns an English word with "a" or "an"."""
    silent = word.startswith("hon")
    return (
        "an " if silent or (word[0] in "aeiou" and not word.startswith(("uni", "use", "eu", "one"))) else "a "
    ) + word


@cache
def english_verb(verb):
    """Returns the forms of an English verb by name: base, s, past, participle, ing. A particle stays ("look
    for").
    """
    head, _, particle = verb.partition(" ")
    past, participle = ENGLISH_VERBS.get(head, (None, None))
    if past is None:
        consonant_y = head.endswith("y") and head[-2] not in "aeiou"
        past = head + "d" if head.endswith("e") else head[:-1] + "ied" if consonant_y else head + "ed"
        participle = past
    if head.endswith(("s", "sh", "ch", "x", "o")):
        third = head + "es"
    elif head.endswith("y") and head[-2] not in "aeiou":
        third = head[:-1] + "ies"
    else:
        third = {"have": "has"}.get(head, head + "s")
    if head in DOUBLED:
        ing = head + head[-1] + "ing"
    elif head == "lie":
        ing = "lying"
    else:
        ing = (head[:-1] if head.endswith("e") and not head.endswith("ee") else head) + "ing"
    forms = {"base": head, "s": third, "past": past, "participle": participle, "ing": ing}
    return {name: f"{form} {particle}".strip() for name, form in forms.items()}


ENDINGS = {
    "a": {
        "present": "o as a amos an",
        "past": "é aste ó amos aron",
        "imperfect": "aba abas aba ábamos aban",
    },
    "e": {"present": "o es e emos en", "past": "í iste ió imos ieron", "imperfect": "ía ías ía íamos ían"},
    "i": {"present": "o es e imos en", "past": "í iste ió imos ieron", "imperfect": "ía ías ía íamos ían"},
}


@cache
def spanish_verb(infinitive):
    """Returns the forms of a Spanish verb: five persons for each tense, and infinitive, gerund and
    participle.
    """
    stem, vowel = infinitive[:-2], infinitive[-2].replace("í", "i")
    special = SPANISH_VERBS.get(infinitive, {})
    forms = {
        tense: [stem + ending for ending in endings.split()] for tense, endings in ENDINGS[vowel].items()
    }
    future = special.get("stem", infinitive)
    forms["future"] = [future + ending for ending in ["é", "ás", "á", "emos", "án"]]
    forms["conditional"] = [future + ending for ending in ["ía", "ías", "ía", "íamos", "ían"]]
    forms["gerund"] = stem + ("ando" if vowel == "a" else "iendo")
    forms["participle"] = stem + ("ado" if vowel == "a" else "ido")
    forms["infinitive"] = infinitive
    for name, form in special.items():
        if name != "stem":
            forms[name] = form if name in ("gerund", "participle") else form.split()
    return forms
