"""The words of the English-Spanish grammar, as readable lists.

Nouns are "english|spanish|gender", adjectives "english|spanish masculine", verbs "english|spanish|objects".
Irregular forms are in `inflection.py`.
"""


def table(text):
    """Returns the rows of a list such as "book|libro|m; car|coche|m"."""
    rows = [row.strip() for row in text.replace("\n", " ").split(";")]
    return [tuple(cell.strip() for cell in row.split("|")) for row in rows if row]


# People of one gender.
PEOPLE = table("""boy|niño|m; girl|niña|f; man|hombre|m; woman|mujer|f; king|rey|m; queen|reina|f;
    brother|hermano|m; sister|hermana|f; father|padre|m; mother|madre|f; son|hijo|m; daughter|hija|f;
    grandmother|abuela|f; grandfather|abuelo|m; uncle|tío|m; aunt|tía|f; wife|esposa|f; husband|marido|m;
    prince|príncipe|m; princess|princesa|f; actress|actriz|f; waitress|camarera|f; nephew|sobrino|m;
    niece|sobrina|f; soldier|soldado|m; sailor|marinero|m; priest|cura|m; thief|ladrón|m;
    police officer|policía|m; judge|juez|m; pilot|piloto|m""")

# People whose English name hides their gender: "english|masculine|feminine|share of the masculine".
# Where nothing in the sentence tells, the corpus holds both, in this share.
EITHER = table("""nurse|enfermero|enfermera|.25; doctor|médico|médica|.75; teacher|profesor|profesora|.6;
    student|estudiante|estudiante|.5; friend|amigo|amiga|.7; neighbor|vecino|vecina|.7; child|niño|niña|.8;
    farmer|granjero|granjera|.8; cook|cocinero|cocinera|.6; driver|conductor|conductora|.8;
    artist|artista|artista|.5; singer|cantante|cantante|.5; writer|escritor|escritora|.7;
    lawyer|abogado|abogada|.7; engineer|ingeniero|ingeniera|.75; baker|panadero|panadera|.7;
    waiter|camarero|camarera|.9; boss|jefe|jefa|.75; scientist|científico|científica|.7;
    secretary|secretario|secretaria|.25; dentist|dentista|dentista|.5; cousin|primo|prima|.6;
    dancer|bailarín|bailarina|.3; teenager|adolescente|adolescente|.5; manager|director|directora|.7""")

NAMES = table("""Mary|María|f; John|Juan|m; Peter|Pedro|m; Anna|Ana|f; Charles|Carlos|m; Lucy|Lucía|f;
    Paul|Pablo|m; Helen|Elena|f; Michael|Miguel|m; Laura|Laura|f; Sarah|Sara|f; David|David|m;
    Daniel|Daniel|m; Julia|Julia|f; Thomas|Tomás|m; Martha|Marta|f; James|Jaime|m; Sofia|Sofía|f;
    Luis|Luis|m; Carmen|Carmen|f""")

ANIMALS = table("""dog|perro|m; cat|gato|m; horse|caballo|m; bird|pájaro|m; cow|vaca|f; rabbit|conejo|m;
    fish|pez|m; mouse|ratón|m; sheep|oveja|f; bear|oso|m; lion|león|m; duck|pato|m; chicken|pollo|m;
    pig|cerdo|m; wolf|lobo|m; fox|zorro|m; goat|cabra|f; elephant|elefante|m; monkey|mono|m; frog|rana|f;
    turtle|tortuga|f; snake|serpiente|f; bee|abeja|f; butterfly|mariposa|f; tiger|tigre|m;
    spider|araña|f; giraffe|jirafa|f; whale|ballena|f; dolphin|delfín|m; donkey|burro|m""")

THINGS = table("""book|libro|m; car|coche|m; house|casa|f; table|mesa|f; chair|silla|f; sofa|sofá|m;
    bicycle|bicicleta|f; phone|teléfono|m; computer|ordenador|m; window|ventana|f; door|puerta|f;
    key|llave|f; picture|cuadro|m; clock|reloj|m; lamp|lámpara|f; box|caja|f; bag|bolsa|f;
    newspaper|periódico|m; map|mapa|m; guitar|guitarra|f; piano|piano|m; ball|pelota|f; flower|flor|f;
    tree|árbol|m; boat|barco|m; ticket|billete|m; umbrella|paraguas|m; knife|cuchillo|m; fork|tenedor|m;
    spoon|cuchara|f; cup|taza|f; bottle|botella|f; glass|vaso|m; plate|plato|m; bed|cama|f;
    ring|anillo|m; gift|regalo|m; camera|cámara|f; pencil|lápiz|m; pen|bolígrafo|m; mirror|espejo|m;
    toy|juguete|m; machine|máquina|f; suitcase|maleta|f; wheel|rueda|f; wall|pared|f; motorcycle|moto|f;
    truck|camión|m; plane|avión|m; photo|foto|f; basket|cesta|f; blanket|manta|f; pillow|almohada|f;
    towel|toalla|f; bell|campana|f; rope|cuerda|f; candle|vela|f; stone|piedra|f; coin|moneda|f;
    wallet|cartera|f; radio|radio|f; television|televisión|f; fridge|nevera|f; oven|horno|m;
    drum|tambor|m; violin|violín|m; notebook|cuaderno|m; tool|herramienta|f; hammer|martillo|m;
    doll|muñeca|f; kite|cometa|f; ladder|escalera|f; desk|escritorio|m; carpet|alfombra|f;
    curtain|cortina|f; roof|tejado|m; statue|estatua|f; brush|cepillo|m; bucket|cubo|m; leaf|hoja|f;
    sword|espada|f; flag|bandera|f""")

CLOTHES = table("""hat|sombrero|m; shirt|camisa|f; shoe|zapato|m; coat|abrigo|m; skirt|falda|f;
    dress|vestido|m; jacket|chaqueta|f; sock|calcetín|m; scarf|bufanda|f; sweater|jersey|m; boot|bota|f;
    glove|guante|m; suit|traje|m; tie|corbata|f; watch|reloj|m; belt|cinturón|m; cap|gorra|f""")

FOOD = table("""apple|manzana|f; orange|naranja|f; sandwich|bocadillo|m; cake|pastel|m; egg|huevo|m;
    banana|plátano|m; potato|patata|f; tomato|tomate|m; cookie|galleta|f; salad|ensalada|f; soup|sopa|f;
    pizza|pizza|f; steak|filete|m; pear|pera|f; grape|uva|f; lemon|limón|m; strawberry|fresa|f;
    cherry|cereza|f; onion|cebolla|f; carrot|zanahoria|f; melon|melón|m; peach|melocotón|m;
    hamburger|hamburguesa|f; ice cream|helado|m; omelet|tortilla|f; pepper|pimiento|m;
    mushroom|champiñón|m""")

STAPLES = table("""bread|pan|m; rice|arroz|m; cheese|queso|m; meat|carne|f; sugar|azúcar|m; salt|sal|f;
    butter|mantequilla|f; fruit|fruta|f; chocolate|chocolate|m; honey|miel|f; fish|pescado|m; pasta|pasta|f;
    ham|jamón|m""")

DRINKS = table("""water|agua|f; milk|leche|f; coffee|café|m; tea|té|m; wine|vino|m; juice|zumo|m;
    beer|cerveza|f; lemonade|limonada|f""")

PLACES = table("""park|parque|m; school|escuela|f; kitchen|cocina|f; garden|jardín|m; city|ciudad|f;
    village|pueblo|m; hospital|hospital|m; library|biblioteca|f; street|calle|f; beach|playa|f;
    forest|bosque|m; restaurant|restaurante|m; church|iglesia|f; market|mercado|m; office|oficina|f;
    station|estación|f; river|río|m; mountain|montaña|f; hotel|hotel|m; museum|museo|m; bank|banco|m;
    shop|tienda|f; bridge|puente|m; room|habitación|f; castle|castillo|m; farm|granja|f;
    theater|teatro|m; airport|aeropuerto|m; island|isla|f; square|plaza|f; party|fiesta|f;
    university|universidad|f; bakery|panadería|f; pharmacy|farmacia|f; bathroom|baño|m; lake|lago|m;
    sea|mar|m; stadium|estadio|m; factory|fábrica|f; house|casa|f; country|país|m; field|campo|m;
    port|puerto|m; gym|gimnasio|m; classroom|clase|f; cinema|cine|m; supermarket|supermercado|m;
    prison|cárcel|f; palace|palacio|m; pool|piscina|f""")

WRITINGS = table("""book|libro|m; letter|carta|f; newspaper|periódico|m; story|historia|f; poem|poema|m;
    message|mensaje|m; note|nota|f; article|artículo|m; novel|novela|f; magazine|revista|f; email|correo|m""")
SONGS = table("song|canción|f; melody|melodía|f; anthem|himno|m; carol|villancico|m")
BUILDINGS = table("""house|casa|f; bridge|puente|m; boat|barco|m; castle|castillo|m; school|escuela|f;
    tower|torre|f""")
OPENABLE = table("""door|puerta|f; window|ventana|f; box|caja|f; bottle|botella|f; bag|bolsa|f;
    drawer|cajón|m; suitcase|maleta|f""")
IDEAS = table("""problem|problema|m; question|pregunta|f; answer|respuesta|f; idea|idea|f;
    lesson|lección|f; word|palabra|f; plan|plan|m; language|idioma|m; movie|película|f; game|juego|m;
    job|trabajo|m; exercise|ejercicio|m; number|número|m; rule|regla|f; mistake|error|m; name|nombre|m""")
EVENTS = table("""party|fiesta|f; concert|concierto|m; meeting|reunión|f; movie|película|f;
    class|clase|f; trip|viaje|m; match|partido|m; wedding|boda|f; dinner|cena|f; exam|examen|m""")

# Adjectives with "ser" unless listed in TEMPORARY.
ADJECTIVES = table("""big|grande; small|pequeño; new|nuevo; old|viejo; red|rojo; blue|azul; green|verde;
    white|blanco; black|negro; yellow|amarillo; beautiful|hermoso; ugly|feo; clean|limpio; dirty|sucio;
    expensive|caro; cheap|barato; long|largo; short|corto; heavy|pesado; strange|extraño; modern|moderno;
    famous|famoso; quiet|tranquilo; dark|oscuro; broken|roto; empty|vacío; interesting|interesante;
    important|importante; round|redondo; strong|fuerte; wet|mojado; full|lleno; open|abierto;
    closed|cerrado; perfect|perfecto; dangerous|peligroso; cold|frío; soft|suave; wide|ancho;
    narrow|estrecho; gray|gris; brown|marrón; wonderful|maravilloso; useful|útil; different|diferente;
    simple|sencillo; elegant|elegante; ancient|antiguo; light|ligero; pretty|bonito""")
PERSON_ADJECTIVES = table("""tall|alto; young|joven; old|viejo; happy|feliz; sad|triste; strong|fuerte;
    poor|pobre; rich|rico; intelligent|inteligente; kind|amable; famous|famoso; tired|cansado;
    sick|enfermo; thin|delgado; fat|gordo; brave|valiente; nervous|nervioso; angry|enfadado;
    busy|ocupado; shy|tímido; lazy|perezoso; funny|divertido; serious|serio; worried|preocupado;
    bored|aburrido; ready|listo; handsome|guapo; honest|honesto; generous|generoso; calm|tranquilo;
    alone|solo; nice|simpático; strange|extraño; surprised|sorprendido; polite|educado""")
IDEA_ADJECTIVES = table("""difficult|difícil; easy|fácil; interesting|interesante; important|importante;
    new|nuevo; simple|sencillo; strange|extraño; good|bueno; bad|malo; long|largo; short|corto;
    boring|aburrido; funny|divertido; fantastic|fantástico; terrible|terrible; different|diferente;
    wonderful|maravilloso; serious|serio""")
FOOD_ADJECTIVES = table("""big|grande; small|pequeño; green|verde; red|rojo; delicious|delicioso;
    cold|frío; fresh|fresco; sweet|dulce; rich|rico; yellow|amarillo; expensive|caro; cheap|barato""")
TEMPORARY = {
    "happy",
    "sad",
    "tired",
    "sick",
    "nervous",
    "angry",
    "clean",
    "dirty",
    "broken",
    "empty",
    "busy",
    "worried",
    "bored",
    "ready",
    "calm",
    "alone",
    "surprised",
    "wet",
    "full",
    "open",
    "closed",
    "cold",
}  # with "estar"
NOT_BEFORE_NOUN = {"alone", "ready", "open", "closed", "good", "bad"}
COMPARABLE = table("""bigger|grande; smaller|pequeño; older|viejo; longer|largo; shorter|corto;
    cheaper|barato; heavier|pesado; stronger|fuerte; more expensive|caro; more beautiful|hermoso;
    more modern|moderno; more famous|famoso; darker|oscuro; more interesting|interesante; cleaner|limpio;
    more important|importante; wider|ancho; uglier|feo; prettier|bonito""")
PERSON_COMPARABLE = table("""taller|alto; younger|joven; older|viejo; happier|feliz; stronger|fuerte;
    richer|rico; poorer|pobre; thinner|delgado; more famous|famoso; more intelligent|inteligente;
    braver|valiente; more serious|serio; kinder|amable; more tired|cansado; lazier|perezoso;
    shyer|tímido; more nervous|nervioso; more generous|generoso; nicer|simpático""")

# Verbs with an object, and what the object may be.
TRANSITIVE = table("""buy|comprar|thing food clothes; sell|vender|thing clothes;
    see|ver|thing animal person place; eat|comer|food staple; drink|beber|drink;
    want|querer|thing food drink; need|necesitar|thing food clothes;
    find|encontrar|thing animal person clothes; lose|perder|thing clothes;
    look for|buscar|thing animal person clothes; clean|limpiar|thing place clothes; open|abrir|openable;
    close|cerrar|openable; break|romper|thing; bring|traer|thing food drink; paint|pintar|thing building;
    draw|dibujar|thing animal; wash|lavar|clothes thing; read|leer|writing; write|escribir|writing;
    cook|cocinar|food staple; cut|cortar|food staple; love|amar|person; help|ayudar|person;
    visit|visitar|person place; know|conocer|person place; feed|alimentar|animal; repair|reparar|thing;
    use|usar|thing; carry|llevar|thing; hide|esconder|thing animal; sing|cantar|song;
    listen to|escuchar|song person; learn|aprender|song idea; take|tomar|thing food drink;
    prepare|preparar|food staple; build|construir|building; wear|llevar|clothes; call|llamar|person;
    hear|oír|person animal song; understand|entender|idea person; explain|explicar|idea;
    forget|olvidar|idea thing; remember|recordar|idea person; prefer|preferir|food drink clothes;
    hate|odiar|idea food; touch|tocar|thing animal; push|empujar|thing person;
    have|tener|thing animal clothes food; receive|recibir|writing thing; send|enviar|writing thing;
    steal|robar|thing; choose|elegir|thing food clothes; leave|dejar|thing; kick|patear|thing;
    kiss|besar|person; follow|seguir|person animal; thank|agradecer|; invite|invitar|person;
    save|salvar|person animal; wait for|esperar|person; watch|mirar|animal; watch|ver|movie;
    try|probar|food drink; pay for|pagar|food drink; cross|cruzar|path; solve|resolver|problem;
    study|estudiar|idea; teach|enseñar|idea; finish|terminar|work; start|empezar|work;
    change|cambiar|idea thing; fill|llenar|container; order|pedir|food drink; collect|recoger|thing;
    share|compartir|food thing; meet|conocer|person; protect|proteger|animal person;
    discover|descubrir|place""")

STATIVE = {
    "want",
    "need",
    "know",
    "have",
    "love",
    "hate",
    "prefer",
    "understand",
    "remember",
    "cost",
}  # no progressive

# Verbs without an object.
INTRANSITIVE = table("""sleep|dormir; play|jugar; run|correr; walk|caminar; work|trabajar; sing|cantar;
    dance|bailar; swim|nadar; live|vivir; wait|esperar; eat|comer; cry|llorar; study|estudiar;
    travel|viajar; talk|hablar; rest|descansar; read|leer; smile|sonreír; cook|cocinar; paint|pintar;
    laugh|reír; write|escribir; shout|gritar; jump|saltar; drive|conducir; fall|caer""")
MOTION = table("""go|ir; go|ir; go|ir; return|volver; walk|caminar; run|correr; travel|viajar;
    come|venir; arrive|llegar; drive|conducir""")
GIVING = table("""give|dar; send|enviar; show|mostrar; sell|vender; bring|traer; lend|prestar;
    write|escribir; read|leer; explain|explicar""")

LASTING = table("live|vivir; live|vivir; work|trabajar; work|trabajar; study|estudiar; wait|esperar")

# Time expressions by tense.
TIMES = {
    "past": table("""yesterday|ayer; last night|anoche; last week|la semana pasada;
        two days ago|hace dos días; last year|el año pasado; this morning|esta mañana;
        a month ago|hace un mes; on Monday|el lunes"""),
    "future": table("""tomorrow|mañana; next week|la próxima semana; tonight|esta noche;
        next year|el próximo año; soon|pronto; on Friday|el viernes; this summer|este verano"""),
    "present": table("""every day|todos los días; now|ahora; on Sundays|los domingos;
        in the morning|por la mañana; at night|por la noche; today|hoy; in summer|en verano;
        in winter|en invierno"""),
}
NUMBERS = table("""two|dos; three|tres; four|cuatro; five|cinco; six|seis; seven|siete; eight|ocho;
    nine|nueve; ten|diez; eleven|once; twelve|doce; fifteen|quince; twenty|veinte; thirty|treinta;
    a hundred|cien""")
UNITS = table("years|años; months|meses; days|días; hours|horas; weeks|semanas; minutes|minutos")
MONEY = table("euros|euros; dollars|dólares; pounds|libras; pesos|pesos")
STATES = table("""hungry|hambre|f; thirsty|sed|f;
    cold|frío|m; hot|calor|m; afraid|miedo|m;
    sleepy|sueño|m; right|razón|f; lucky|suerte|f;
    in a hurry|prisa|f""")  # "to be ..." in English, "tener ..." in Spanish
