"""Reads the tables of events and enumerations; docs/HACKING.md explains their form."""
import re

SIZES = {
    "u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8, "f64": 8, "price": 8, "quantity": 8, "money": 16, "measure": 16,
    "time": 8, "order": 8, "strategy": 2, "account": 2, "hex64": 8, "hex128": 16,
}
TYPES = {
    "u8": "UInt8", "u16": "UInt16", "u32": "UInt32", "u64": "UInt64", "i64": "Int64",
    "f64": "Double", "price": "Price", "quantity": "Quantity", "money": "Money", "measure": "Measure",
    "time": "Timestamp", "order": "OrderID", "strategy": "StrategyID",
    "account": "AccountID", "hex64": "UInt64",
    "hex128": "IntentID",
}
ROLES = ["input", "derived", "both"]
FIRST_PAYLOAD_BYTE = 20
SMALLEST_RECORD = 24


class TableError(Exception):
    """What is wrong with a table, and where."""


class Case:
    def __init__(self, number, word, swift, doc, heading):
        self.number, self.word, self.swift = number, word, swift
        self.doc, self.heading = doc, heading


class Enumeration:
    """An enumeration of one byte: numbers from 1 without gaps, each with a word."""

    def __init__(self, name, zero, doc, place):
        self.name, self.zero, self.doc, self.place = name, zero, doc, place
        self.cases = []

    def words(self, zero=None):
        """The words by their numbers, with the one that a reader shows for 0."""
        return [zero or self.zero] + [case.word for case in self.cases]

    def check(self):
        numbers = [case.number for case in self.cases]
        if numbers != list(range(1, len(numbers) + 1)):
            raise TableError("%s: %s must be numbered from 1 without gaps" % (self.place, self.name))
        if len({case.word for case in self.cases}) != len(numbers):
            raise TableError("%s: %s has a word twice" % (self.place, self.name))


class Field:
    """A part of an event's fixed bytes."""

    def __init__(self, offset, name, kind, options, doc):
        self.offset, self.name, self.kind, self.doc = offset, name, kind, doc
        self.swift = options.get("named", name)
        self.given_type = options.get("as")
        self.zero = options.get("zero")
        self.is_computed = "computed" in options or "checked" in options
        self.is_checked = "checked" in options
        self.is_optional = kind.endswith("?")
        self.enumeration = None
        found = re.fullmatch(r"bool\((\w+),(\w+)\)", kind)
        self.answers = list(found.groups()) if found else None

    def resolve(self, enumerations, place):
        name = self.kind.rstrip("?")
        if self.kind in SIZES or self.answers:
            return
        if name not in enumerations:
            raise TableError("%s: %s is no kind and no enumeration" % (place, self.kind))
        self.enumeration = enumerations[name]

    @property
    def size(self):
        return SIZES.get(self.kind, 1)

    @property
    def end(self):
        return self.offset + self.size

    @property
    def type(self):
        if self.given_type:
            return self.given_type
        return "Bool" if self.answers else TYPES.get(self.kind, self.kind)

    @property
    def words(self):
        """The words of a byte that stands for one; None for a number."""
        if self.answers:
            return self.answers
        return self.enumeration.words(self.zero) if self.enumeration else None


class Text:
    type = "String"

    def __init__(self, name, options, doc):
        self.name, self.swift, self.doc = name, options.get("named", name), doc


class Instrument:
    """The instrument of the record's envelope, as a property of the event."""

    name = swift = "instrument"
    type = "InstrumentID"

    def __init__(self, doc):
        self.doc = doc


class Group:
    """Fields and texts that are one value in Swift."""

    def __init__(self, name, type, arguments, doc):
        self.name = self.swift = name
        self.type, self.doc = type, doc
        # (label or "_", the member's name), in the order of the type's initialiser.
        self.arguments = arguments

    def path(self, member):
        for label, name in self.arguments:
            if name == member:
                return "%s.%s" % (self.swift, name if label == "_" else label)
        return None


class Event:
    def __init__(self, number, name, role, options, doc, place):
        self.number, self.name, self.role, self.doc, self.place = number, name, role, doc, place
        self.is_inlined = "inlined" in options
        self.version = int(options.get("version", 1))
        self.members, self.groups = [], []
        self.parameters, self.scaled, self.conforms = None, None, None

    @property
    def case(self):
        return self.name[0].lower() + self.name[1:]

    @property
    def fields(self):
        """In the order of their bytes, which is the order of their JSON keys."""
        fields = [member for member in self.members if isinstance(member, Field)]
        return sorted(fields, key=lambda field: field.offset)

    @property
    def texts(self):
        return [member for member in self.members if isinstance(member, Text)]

    @property
    def size(self):
        """The end of the fixed part, a multiple of 8."""
        end = max([SMALLEST_RECORD] + [field.end for field in self.fields])
        return (end + 7) & ~7

    @property
    def properties(self):
        """What the Swift type stores, in the order of the table."""
        grouped = {name for group in self.groups for _, name in group.arguments}
        stored = []
        for member in self.members:
            is_computed = isinstance(member, Field) and member.is_computed
            if member.name not in grouped and not is_computed:
                stored.append(member)
        return stored

    def group_of(self, name):
        for group in self.groups:
            if group.path(name):
                return group
        return None

    def expression(self, member):
        """How the event's own code names a member."""
        group = self.group_of(member.name)
        return group.path(member.name) if group else member.swift

    def check(self):
        end = FIRST_PAYLOAD_BYTE
        for field in self.fields:
            if field.offset < end:
                raise TableError("%s: %s overlaps what lies before it" % (self.place, field.name))
            if field.offset % 8 and field.size == 8:
                raise TableError("%s: %s is not at a multiple of 8" % (self.place, field.name))
            end = field.end
        names = [member.name for member in self.fields + self.texts]
        if len(set(names)) != len(names):
            raise TableError("%s: %s has a name twice" % (self.place, self.name))
        quantities = [field for field in self.fields if field.kind == "quantity"]
        if len(quantities) > 2 and not self.scaled:
            raise TableError("%s: say which two quantities are 'scaled'" % self.place)
        stored = {member.swift for member in self.properties}
        for _, name, _ in self.parameters or []:
            if name not in stored:
                raise TableError("%s: init names %s, which is not stored" % (self.place, name))


class Tables:
    """Everything that the folder's files declare; `files` keeps what each Swift file gets, `sources`
    the table that it comes from."""

    def __init__(self):
        self.files, self.sources, self.enumerations, self.events = {}, {}, {}, []

    def check(self):
        for enumeration in self.enumerations.values():
            enumeration.check()
        self.events.sort(key=lambda event: event.number)
        numbers = [event.number for event in self.events]
        if numbers[:1] != [1] or len(set(numbers)) != len(numbers):
            raise TableError("events must be numbered from 1, each once")
        for event in self.events:
            for field in event.fields:
                field.resolve(self.enumerations, event.place)
            event.check()


def options(words, place):
    """`named x as Y computed` as a dictionary."""
    result, at = {}, 0
    while at < len(words):
        if words[at] in ("named", "as", "zero", "version"):
            if at + 1 == len(words):
                raise TableError("%s: '%s' names nothing" % (place, words[at]))
            result[words[at]] = words[at + 1]
            at += 2
        elif words[at] in ("computed", "checked", "inlined"):
            result[words[at]] = True
            at += 1
        else:
            raise TableError("%s: '%s' is not known here" % (place, words[at]))
    return result


def arguments(text):
    """`_ a, b: c, d` as (label, name) pairs."""
    result = []
    for part in text.split(","):
        part = part.strip()
        if part.startswith("_ "):
            result.append(("_", part[2:].strip()))
        elif ":" in part:
            result.append(tuple(word.strip() for word in part.split(":")))
        else:
            result.append((part, part))
    return result


def parameters(text):
    """`_ a, b = .none` as (label, name, default) triples."""
    result = []
    for part in text.split(","):
        name, _, default = (word.strip() for word in part.partition("="))
        label = name
        if name.startswith("_ "):
            label, name = "_", name[2:].strip()
        result.append((label, name, default or None))
    return result


class Reader:
    """One pass over the lines of one file."""

    def __init__(self, tables, path):
        self.tables, self.path = tables, path
        self.items, self.block, self.doc, self.heading = None, None, [], None

    def read(self, lines):
        for number, line in enumerate(lines, 1):
            place = "%s:%d" % (self.path, number)
            text = line.strip()
            if not text:
                continue
            if text.startswith("|"):
                self.doc.append(text[1:].strip())
            elif text.startswith("#"):
                self.heading = text[1:].strip() if line[0] == " " else None
            elif line[0] == " ":
                self.inside(text, place)
            else:
                self.begin(text, place)

    def take_doc(self):
        doc, self.doc = self.doc, []
        return doc

    def begin(self, text, place):
        words = text.split()
        if words[0] == "swift" and len(words) == 2:
            self.items = self.tables.files.setdefault(words[1], [])
            self.tables.sources[words[1]] = self.path
            return
        if self.items is None:
            raise TableError("%s: begin with 'swift PATH', the file that is generated" % place)
        if words[0] == "enumeration" and len(words) >= 2:
            zero = options(words[2:], place).get("zero", "unknown")
            self.block = Enumeration(words[1], zero, self.take_doc(), place)
            self.tables.enumerations[words[1]] = self.block
        elif words[0] == "event" and len(words) >= 4 and words[3] in ROLES:
            self.block = Event(
                int(words[1]), words[2], words[3], options(words[4:], place), self.take_doc(),
                place)
            self.tables.events.append(self.block)
        else:
            raise TableError("%s: neither an enumeration nor an event with a role" % place)
        self.items.append(self.block)

    def inside(self, text, place):
        if isinstance(self.block, Enumeration):
            self.case(text.split(), place)
        elif isinstance(self.block, Event):
            self.member(text, place)
        else:
            raise TableError("%s: belongs to nothing" % place)

    def case(self, words, place):
        if not words[0].isdigit() or len(words) < 2:
            raise TableError("%s: a case is its number and its word" % place)
        swift = options(words[2:], place).get("named", words[1])
        self.block.cases.append(
            Case(int(words[0]), words[1], swift, self.take_doc(), self.heading))
        self.heading = None

    def member(self, text, place):
        event, words = self.block, text.split()
        if words[0] == "init":
            event.parameters = (event.parameters or []) + parameters(text[4:].strip(" ,"))
        elif words[0] == "scaled":
            event.scaled = [name.strip() for name in text[6:].split(",")]
        elif words[0] == "conforms":
            event.conforms = words[1]
        elif words[0] == "instrument":
            event.members.append(Instrument(self.take_doc()))
        elif words[0] == "text":
            event.members.append(Text(words[1], options(words[2:], place), self.take_doc()))
        elif words[0] == "group":
            found = re.fullmatch(r"group (\w+) (\w+)\((.*)\)", text)
            if not found:
                raise TableError("%s: a group is NAME TYPE(MEMBERS)" % place)
            name, type, members = found.groups()
            group = Group(name, type, arguments(members), self.take_doc())
            event.groups.append(group)
            event.members.append(group)
        elif words[0].isdigit() and len(words) >= 3:
            event.members.append(
                Field(int(words[0]), words[1], words[2], options(words[3:], place),
                      self.take_doc()))
        else:
            raise TableError("%s: a field is its offset, name and kind" % place)


def read(paths):
    """The tables of these files, checked."""
    tables = Tables()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            Reader(tables, path).read(file.read().split("\n"))
    tables.check()
    return tables
