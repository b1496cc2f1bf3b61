"""The words of every interview guide, whatever the role: said, done and left unsaid."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class Avoided(NamedTuple):
    """A subject that must not be asked about, and why."""

    subject: str
    reason: str


BEFORE = (
    _("Elegí las preguntas antes de leer candidaturas: las mismas, en igual orden, para todas."),
    _("Una copia por persona que entrevista y por candidatura; cada quien califica por su lado."),
    _("Contale antes a la persona cuánto dura, quiénes van a estar y si necesita algún ajuste."),
)

OPENING = (
    _(
        "Gracias por tu tiempo. Me llamo ______ y me acompaña ______. Vamos a conversar sobre el "
        "puesto de %(role)s durante unos %(minutes)s minutos."
    ),
    ngettext_lazy(
        "Te vamos a hacer la misma pregunta que a todas las personas que se postularon. Así "
        "comparamos respuestas y no simpatías.",
        "Te vamos a hacer las mismas preguntas que a todas las personas que se postularon, en el "
        "mismo orden. Son %(count)s. Así comparamos respuestas y no simpatías.",
        "count",
    ),
    _(
        "Contestá con un caso tuyo siempre que puedas: qué pasaba, qué hiciste vos y cómo terminó. "
        "Si no te pasó en un trabajo, vale un estudio o un proyecto propio. Pensalo sin apuro."
    ),
    _(
        "Mientras hablás vamos a tomar notas. Es para acordarnos bien de lo que dijiste, así que "
        "no te preocupes si miramos el papel."
    ),
    _(
        "Al final queda un rato reservado para lo que quieras preguntar del puesto, del equipo o "
        "de los próximos pasos. ¿Empezamos?"
    ),
)

RATING = _(
    "Marcá un número apenas termina la respuesta, comparándola con las anclas de 1, 3 y 5; "
    "2 y 4 quedan en el medio. Si una pregunta no se hizo, dejá la fila vacía: no es un 1."
)

SUMMARY = _(
    "Todas las preguntas pesan lo mismo. Pasen sus números y conversen donde difieran en dos "
    "puntos o más, con las notas delante. Los números no se suman: ordenan esa conversación, y la "
    "decisión la toman ustedes."
)

AVOIDED = (
    Avoided(
        _("Edad o año en que terminó los estudios"),
        _("No dice cómo trabaja. Si importa la experiencia, preguntá qué hizo y durante cuánto."),
    ),
    Avoided(
        _("Embarazo, hijos, pareja o planes familiares"),
        _("Discrimina. Describí horarios, guardias y viajes, y preguntá a todas si pueden."),
    ),
    Avoided(
        _("Salud, discapacidad, medicación o terapia"),
        _("Son datos sensibles. Describí la tarea y preguntá si hace falta algún ajuste."),
    ),
    Avoided(
        _("Religión, ideología, voto o actividad gremial"),
        _("Son libertades protegidas: no pueden pesar en la decisión, así que no hay qué anotar."),
    ),
    Avoided(
        _("Nacionalidad, origen, color de piel o acento"),
        _("Alcanza con saber si puede trabajar en el lugar y si maneja los idiomas de la tarea."),
    ),
    Avoided(
        _("Género u orientación sexual"),
        _("No tienen relación con el puesto. Tratá a la persona como ella se presenta."),
    ),
    Avoided(
        _("Sueldo anterior, deudas o con quién vive"),
        _("Arrastra desigualdades viejas. Decí el rango del puesto y preguntá qué espera."),
    ),
    Avoided(
        _("«¿Sos una persona ordenada?» y otras preguntas de carácter"),
        _("La respuesta conveniente es obvia. Pedí un hecho, qué hizo y qué pasó después."),
    ),
)

CLOSING = (
    _("Preguntá si quiere agregar algo que no haya salido en la conversación."),
    _("Respondé sus preguntas. Lo que no sepas, anotalo y decí cuándo lo vas a contestar."),
    _("Contá qué pasos faltan, quién decide y en qué fecha va a tener respuesta, sea cual sea."),
    _("Agradecé sin adelantar cómo le fue."),
    _("A solas, revisá tus números dentro de los diez minutos. Después comparen, no antes."),
)

# Behind what every form of a profile says of its responsible use.
RESPONSIBLE_NOTES = _(
    "Sumá una muestra de trabajo u otra evidencia del oficio. No escribas acá nombres ni "
    "documentos: alcanza con el número de candidatura. Las notas son datos personales: guardalas "
    "con el proceso y borralas cuando venza el plazo."
)

AGREEMENT = _(
    "Para marcar entre dos. Lo que quede en «A discutir» se resuelve antes de publicar: después "
    "cuesta semanas."
)

# Of the process: (stage, what is looked at).
STAGES = (
    (_("Llamada"), _("Requisitos, condiciones y lo difícil")),
    (_("Entrevista 1"), _("La mitad de las preguntas; los rasgos críticos entre las dos")),
    (_("Entrevista 2"), _("La otra mitad, sin repetir ninguna")),
    (_("Muestra de trabajo"), _("Cómo trabaja, con la pauta delante")),
    (_("Referencias"), _("Los mismos comportamientos, vistos por otra persona")),
)

ADVERT_ENDING = _(
    "No hace falta foto, edad ni estado civil. Si necesitás algún ajuste para participar, "
    "decinos cuál."
)

CALL = (
    _(
        "Hola, soy ______, de ______. Te llamo por tu postulación a %(role)s. ¿Tenés quince "
        "minutos ahora o preferís otro momento?"
    ),
    _(
        "Te cuento el puesto, te hago tres preguntas y queda tiempo para las tuyas. A todas las "
        "personas les preguntamos lo mismo."
    ),
)

CALL_ENDING = (
    _("Dijiste el pago, el lugar, la modalidad y el horario, y preguntaste si le sirven."),
    _("Contestaste sus preguntas; las que no sabías quedaron anotadas con fecha."),
    _("Dijiste qué sigue y en qué fecha tiene respuesta, sea cual sea."),
)

SAMPLE = (
    _("La misma consigna, el mismo tiempo y el mismo material para todas las personas."),
    _("Avisá antes cuánto dura y preguntá si hace falta algún ajuste."),
    _("Es un ejercicio: lo que entregue no se usa en la empresa."),
    _("Dos personas califican por separado y después comparan."),
)

REFERENCES = (
    _("Pedile permiso a la persona y que sea ella quien elija a quién llamar."),
    _("Las mismas tres preguntas para todas. Buscá hechos con fecha, no elogios."),
    _("No preguntes por salud, familia, ideología, gremio ni sueldo anterior."),
)

REFERENCE_OPENING = _(
    "Hola, soy ______. ______ se postuló a %(role)s y nos dio tu nombre. Son tres preguntas y diez "
    "minutos. ¿En qué trabajaron juntos y durante cuánto tiempo?"
)

REFERENCE_ENDING = _(
    "Lo que diga es una opinión más: contrastala con la entrevista y la muestra, y no decidas solo "
    "por esta llamada."
)

DECISION = _(
    "Copiá tus números sin ver los de la otra persona. Fila sin mirar queda vacía: no es un 1. "
    "Los números no se suman ni hacen un orden entre personas: marcan de qué hay que conversar."
)

OUTCOMES = (
    _("Avanza"),
    _("No avanza"),
    _("Falta una evidencia. Cuál, quién la busca y para cuándo: ____________"),
)

DECISION_NOTE = _(
    "Escribí hechos de este proceso y del puesto. Nada de impresiones, parecidos con el equipo ni "
    "datos que no se preguntan."
)
