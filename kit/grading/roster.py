"""The class list: whose a submission is, and who is missing. Matched exactly, never by likeness."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath

from attrs import define, field, frozen

from kit.course.messages import KitError, message
from kit.grading import tables
from kit.grading.times import LateRule, read_due

# Headings in small letters, as lists in six languages and the exports of school systems have them.
#: What a learner types or a system knows; the first that is there is the code.
CODES = (
    "code", "class code", "sis login id", "sis user id", "id number", "username", "id",
    "email address", "email",
    # Moodle's grading worksheet, Blackboard, Gradescope, Schoology, Brightspace, GitHub Classroom
    "identifier", "student id", "sid", "unique user id", "user unique id", "orgdefinedid",
    "github_username", "e-mail",
    "login", "student number", "upn",  # ILIAS, PowerSchool, SIMS
    "klassencode", "kürzel", "benutzername", "anmeldename", "id-nummer", "matrikelnummer",
    "e-mail-adresse", "kennung", "schülercode",
    "identificador", "identificativo", "número de identificação (id)",
    "nom d'utilisateur", "identifiant", "numéro d'identification", "adresse de courriel",
    "código", "nombre de usuario", "número de id", "dirección de correo", "correo electrónico",
    "usuario", "matrícula", "codice", "nome utente", "codice identificativo", "indirizzo email",
    "matricola", "nome de utilizador", "nome de usuário", "número de identificação",
    "endereço de email", "endereço de e-mail",
)  # fmt: skip
NAMES = (
    "student", "full name", "student name", "surname forename", "vollständiger name", "nom complet",
    "élève", "nombre completo", "nome completo", "learner", "pupil", "pupil name",
    "schüler", "schülerin", "schüler/in", "schüler:in", "schüler*in", "schülername",
    "vor- und nachname", "nom prénom", "étudiant", "alumno", "alumna", "alumno/a", "estudiante",
    "alunno", "alunna", "studente", "nominativo", "cognome nome", "aluno", "aluna", "aluno/a",
    "estudante", "nome do aluno",
)  # fmt: skip
#: A whole name; beside a column for first names the last, beside one for last names the first.
SHORT = ("name", "nom", "nombre", "nome")
FIRST = (
    "first name", "firstname", "forename", "given name", "preferred name", "vorname", "rufname",
    "prénom",
)  # fmt: skip
LAST = (
    "last name", "surname", "lastname", "family name", "nachname", "familienname",
    "nom de famille", "apellido", "apellidos", "apellido(s)", "cognome", "apelido", "sobrenome",
)  # fmt: skip
GROUP = (
    "group", "gruppe", "groupe", "grupo", "gruppo", "groups", "gruppen", "groupes", "grupos",
    "gruppi",
)  # fmt: skip
DUE, EXCUSED, COUNTS = ("due", "extension"), ("excused", "exempt"), ("counts", "attempt")
RULES = ("first", "last", "best", "before due")  #: what may stand under ``counts``
#: Rows of Canvas's own export, and of Google Classroom's.
_NO_LEARNER = ("points possible", "student test", "date", "points")
_NOTHING = (
    "", "0", "-", "–", "n", "n/a", "no", "false", "nein", "falsch", "non", "faux", "falso", "não",
)  # fmt: skip
_EXERCISE = re.compile(r"\d{1,3}|[a-z]+-\w{1,3}")  #: what names one, among words of a reason
#: What stands between two codes or names, and in headings such as 'Nachname, Vorname'.
BETWEEN = re.compile(r"\s*[,;/&+]\s*|\s+(?:and|und|et|y|e)\s+")
#: How Moodle's worksheets call a number (``hiddenuser`` of its language packs).
_PARTICIPANT = re.compile(r"(?:participante?|partecipante|teilnehmer/in) ?(\d+)")
_Form = Callable[[str], str]  #: of a word: as it is, folded, …
_SHORTEST = 3  #: characters of a code that the name of a folder or a file is believed to be
#: What a system or a person puts round a learner's name in the name of a file or a folder.
_ROUND = re.compile(
    r" [-–] |[-_(). ]|\b(?:copy of|kopie von|copie de|c[oó]pia (?:de|di))\b", re.IGNORECASE
)
#: Soft hyphens, marks of direction, joiners and the like.
_UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LOOSE, _TWO_OR_CODE = (" ", "."), re.compile(r"[ \d]")
_MOST_SIGNS = 10  #: of these in one name that are looked at
_DASHES = re.compile("[‐‑‒–—−]")  #: what a telephone makes of a hyphen
_NO_LETTER = re.compile(r"[\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_APOSTROPHES = re.compile("[‘’‛ʼʹ´′`＇]")  #: and of an apostrophe


@frozen
class Pupil:
    """One row of the class list."""

    name: str
    code: str  #: the first of its codes
    codes: tuple[str, ...]
    cells: dict[str, str]  #: the row as it is, by heading in small letters
    first: str = ""  #: the first name, where the list has it apart
    last: str = ""
    due: LateRule | None = None  #: until when this one has, where that is not as for all
    excused: str = ""  #: the exercises that need not be handed in, or a word for all of them
    counts: str = ""  #: which of several attempts counts, where that is not as for all

    @property
    def label(self) -> str:
        """The name, and the code where it is another."""
        if not self.name or self.code in ("", self.name):
            return self.name or self.code
        return f"{self.name} ({self.code})"

    @property
    def spellings(self) -> list[str]:
        """The name as it may be written: 'First Last', 'Last, First', and Canvas's 'lastfirst'."""
        first, last = self.first, self.last
        if not first:
            last, _, first = (part.strip() for part in self.name.partition(","))
        if not first:  # who has two last names has them both first or both last
            words = self.name.split()
            turned = [[*words[n:], *words[:n]] for n in range(1, len(words))]
            return [self.name, *map(" ".join, turned)]
        # 'King, Martin Luther, Jr.'
        given, _, suffix = first.partition(",")
        return [self.name, f"{first} {last}", f"{last} {first}", f"{given} {last} {suffix}"]

    def is_excused(self, sheet: str) -> bool:
        """Whether an exercise need not be handed in."""
        text = self.excused.casefold()
        if text in _NOTHING:
            return False
        named = [word for word in re.split(r"[\s,;:/&+]+", text) if _EXERCISE.fullmatch(word)]
        number = sheet.rpartition("-")[2]
        return not named or any(sheet == one or number == one.zfill(len(number)) for one in named)


@define
class Roster:
    """A class list that submissions can be matched to."""

    pupils: tuple[Pupil, ...] = ()  #: none where there is no list
    #: By a form of a word and the word in it, whom it stands for; None where that is two.
    _words: dict[tuple[_Form, str], Pupil | None] = field(factory=dict)
    _known: set[str] = field(factory=set)  #: the letters of each such word
    _groups: dict[str, list[Pupil]] = field(factory=dict)
    headings: tuple[str, ...] = ()  #: of the list, as they are
    doubles: list[str] = field(factory=list)  #: what stands for two rows of the list

    def match(self, given: str) -> Pupil | None:
        """Return the pupil whom a typed code or name means, or None.

        First as it is written, then with capitals, commas and spaces set aside, then as a
        spreadsheet makes 7 of 007; what fits two rows of the list fits none.
        """
        for form in (as_it_is, _fold, _as_rewritten):
            if (form, form(given)) in self._words:
                return self._words[form, form(given)]
        return None

    def enter(self, word: str, pupil: Pupil, *forms: _Form) -> None:
        """Let each form of a word stand for a pupil; what stands for two stands for nobody."""
        self._known.add(_letters(word))
        for form in forms:
            place = (form, form(word))
            if self._words.get(place, pupil) is not pupil:
                self._words[place] = None
            elif place[1]:
                self._words[place] = pupil

    def sent(self, number: str, name: str, participant: str = "") -> Pupil | None:
        """Return the pupil that an LMS names as the sender: by its number, else by name.

        Args:
            number: Canvas's number of a person.
            name: as the LMS writes it.
            participant: Moodle's number in this assignment, which its grading worksheet has too.

        """
        for sign in re.finditer("-", name):
            if self.group(name[: sign.start()]):  # Moodle once put it before the name
                name = name[sign.end() :]
                break
        by_name = self.match(name) or self._words.get((_letters, _letters(name)))
        if participant and (pupil := self.match(f"participant {participant}")):
            return pupil
        if number and self.is_canvas:  # in another list 'id' is a number of the school's own
            for pupil in self.pupils:
                if pupil.cells.get("id") == number:
                    return pupil if by_name in (None, pupil) else None
        return by_name

    def group(self, name: str) -> list[Pupil]:
        """Return the pupils of a group that an LMS names as the sender; none where it is none."""
        return self._groups.get(_letters(name), [])

    def in_path(self, path: str) -> Pupil | None:
        """Return the pupil after whom a file or a folder is named; None where that is not one.

        Of a name and a part of it, such as ``ada_c`` and ``ada``, the whole counts.
        """
        found: dict[str, Pupil] = {}
        place = PurePosixPath(path.replace("\\", "/"))
        for part in (place.stem, *place.parts):
            for piece in sorted(set(_pieces(part)), key=len, reverse=True):
                letters = _letters(piece)
                if letters not in self._known and not letters.isdigit():
                    continue  # most are nobody's
                is_part = any(piece in longer for longer in found)
                pupil = self.match(piece) or self._words.get((_letters, letters))
                if pupil and not is_part:
                    found[piece] = pupil
        pupils = {id(pupil): pupil for pupil in found.values()}
        return pupils.popitem()[1] if len(pupils) == 1 else None

    @property
    def is_canvas(self) -> bool:
        """Whether it is a table that Canvas exports, with Canvas's own numbers."""
        cells = self.pupils[0].cells
        return "sis user id" in cells or "sis login id" in cells

    @property
    def has_names(self) -> bool:
        """Whether it names people, and not codes alone."""
        return any(pupil.name for pupil in self.pupils)


def load(path: Path) -> Roster:
    """Read a class list: a column ``code`` or ``name``, or what a school system exports.

    Raises:
        KitError: when there is none, or it has no column that names a learner, or what is under
            ``due`` or ``counts`` cannot be understood.

    """
    if not path.is_file():
        raise KitError(message("error.no_file", path=path))
    pupils: dict[tuple[str, ...], Pupil] = {}
    for row in tables.read(path, set(), "grade.no_roster", has_names=True):
        pupil = _pupil({heading(name): cell.strip() for name, cell in row.items()})
        if pupil.name or pupil.code:
            pupils.setdefault(tuple(pupil.cells.values()), pupil)  # a row that is there twice
    if not pupils:
        raise KitError(message("grade.no_roster", path=path))
    roster = Roster(tuple(pupils.values()), headings=tuple(tables.heading(path)))
    named: Counter[str] = Counter()
    for pupil in roster.pupils:
        named.update({_fold(word) for word in (*pupil.codes, pupil.name) if word})
        groups = _first_of(pupil.cells, GROUP)
        for group in {*map(_letters, (groups, *groups.split(",")))} - {""}:  # one may be in several
            roster._groups.setdefault(group, []).append(pupil)
        for word in pupil.codes:
            roster.enter(word, pupil, as_it_is, _fold, _as_rewritten)
            if match := _PARTICIPANT.fullmatch(_fold(word)):
                roster.enter(f"participant {match[1]}", pupil, _fold)
        for name in pupil.spellings:
            roster.enter(name, pupil, _fold, _letters)
    roster.doubles += [word for word, times in named.items() if times > 1]
    return roster


@lru_cache(maxsize=1024)  # asked of each pupil anew
def heading(cell: str) -> str:
    """Return a column's heading in small letters, without the [type] that Brightspace adds.

    Neither a colon nor the star of a field that has to be filled in belongs to it, nor an accent,
    which capitals often lack.
    """
    text = _ACCENTS.sub("", unicodedata.normalize("NFD", _plainly(cell)))
    return re.sub(r"[\[<].*[\]>]$", "", text).strip(" :*\xa0")


def _pieces(part: str) -> Iterator[str]:
    """Yield all that stands between two of the signs that may be round a name in a file's name.

    Before it may be the assignment's, as in GitHub Classroom, behind it a computer's, as in
    OneDrive; and a user's name may have such a sign itself. Beside a blank or a dot it has to be a
    name of two words, or a code with a number: 'Max Mustermann' is not Max.
    """
    signs = [*_ROUND.finditer(part)][:_MOST_SIGNS]
    begins = [(0, False), *((sign.end(), sign[0] in _LOOSE) for sign in signs)]
    ends = [*((sign.start(), sign[0] in _LOOSE) for sign in signs), (len(part), False)]
    for begin, is_loose in begins:
        for end, is_loose_too in ends:
            piece = part[begin:end].strip()
            if len(piece) < _SHORTEST:
                continue
            if not (is_loose or is_loose_too) or _TWO_OR_CODE.search(piece):
                yield from (piece, piece.replace("_", " "))


def is_called(pupil: Pupil, name: str) -> bool:
    """Whether ``name`` is one of the ways in which a pupil's name may be written."""
    return _letters(name) in map(_letters, pupil.spellings)


def _pupil(cells: dict[str, str]) -> Pupil:
    name, short = _first_of(cells, NAMES) or _whole_name(cells), _first_of(cells, SHORT)
    first, last = _first_of(cells, FIRST), _first_of(cells, LAST)
    if first and not last:
        last = short
    elif last and not first:
        first = short
    elif not name:
        name = short
    name = name or f"{first} {last}".strip()
    if _fold(name) in _NO_LEARNER:
        return Pupil("", "", (), cells)
    due, codes = _first_of(cells, DUE), []
    for name_of_column in map(heading, CODES):
        if code := _plain(cells.get(name_of_column, "")):
            codes.append(code)
    return Pupil(
        name,
        "".join(codes[:1]),
        tuple(codes),
        cells,
        first,
        last,
        due=read_due(due) if due else None,
        excused=_first_of(cells, EXCUSED),
        counts=_counts(_first_of(cells, COUNTS)),
    )


def _whole_name(cells: Mapping[str, str]) -> str:
    """Return the cell under a heading that names both names, as 'Nachname, Vorname'; else ''."""
    for name, cell in cells.items():
        parts = BETWEEN.split(name)
        if len(parts) > 1 and all(
            _first_of({part: part}, (*FIRST, *LAST, *SHORT)) for part in parts
        ):
            return cell
    return ""


def _counts(cell: str) -> str:
    rule = " ".join(cell.casefold().split()).replace("last before due", "before due")
    if rule and rule not in RULES:
        raise KitError(message("grade.bad_counts", text=cell, known=", ".join(RULES)))
    return rule


def _plain(code: str) -> str:
    """Return a code without what is put round it: '#' in Brightspace, ="…" or ' in spreadsheets."""
    match = re.fullmatch('="(.*)"', code)
    return (match[1] if match else code).lstrip("#'").strip()


def _first_of(cells: dict[str, str], headings: Iterable[str]) -> str:
    """Return the first cell under one of these headings that is not empty; else ''."""
    for name in map(heading, headings):
        if cells.get(name):
            return cells[name]
    return ""


def as_it_is(text: str) -> str:
    """Return a code or a name as it was typed, in one form."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _plainly(text: str) -> str:
    """Return a text in small letters, with plain hyphens, and nothing that cannot be seen."""
    if text.isascii():  # most are, and a class's are compared a great many times
        return text.lower().replace("`", "'")
    text = _APOSTROPHES.sub("'", text)  # before one of them is taken apart into a blank and a sign
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).casefold()
    for turkish in ("i\u0307", "\u0131"):  # i with a dot that small letters keep, and without
        text = text.replace(turkish, "i")
    return _UNSEEN.sub("", text)


def _fold(text: str) -> str:
    return " ".join(_plainly(text).replace(",", " ").split())


def _as_rewritten(code: str) -> str:
    """Return a code as it is left by spreadsheets and by hasty typing: without spaces, 007 as 7."""
    text = "".join(_plainly(code).split())
    if number := re.fullmatch(r"(\d{1,80})(?:\.0+)?", text):  # some write 7.0
        return str(int(number[1]))
    return text


def _letters(text: str) -> str:
    """Return a name's letters and digits alone, as Canvas puts it into a file's name."""
    return _NO_LETTER.sub("", _plainly(text))
