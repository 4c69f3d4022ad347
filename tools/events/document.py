"""Writes the tables of events in docs/JOURNAL_FORMAT.md."""
from table import TableError

PATH = "docs/JOURNAL_FORMAT.md"
OPENING = "<!-- generated: event types -->\n"
CLOSING = "<!-- end -->"
ROLES = {"input": "Input.", "derived": "Derived.", "both": "Input or derived."}


def meaning(doc):
    return " ".join(" ".join(doc).split()).replace("|", "\\|")


def kind(field):
    if not field.words:
        return field.kind
    return ", ".join("%d %s" % numbered for numbered in enumerate(field.words))


def section(event):
    text = "\n### %d %s\n\n" % (event.number, event.name)
    if event.doc:
        text += meaning(event.doc) + "\n\n"
    text += "%s Version %d, fixed part ends at %d.\n" % (
        ROLES[event.role], event.version, event.size)
    rows = [
        "| %d | %d | `%s` | %s | %s |\n" % (
            field.offset, field.size, field.name, kind(field), meaning(field.doc))
        for field in event.fields]
    rows += ["| | | `%s` | text | %s |\n" % (part.name, meaning(part.doc)) for part in event.texts]
    if rows:
        text += "\n| offset | size | field | kind | meaning |\n|---:|---:|---|---|---|\n"
    return text + "".join(rows).replace("|  |\n", "| |\n")


def updated(tables, text):
    """The document with its section of event types made anew."""
    before, opening, rest = text.partition(OPENING)
    _, closing, after = rest.partition(CLOSING)
    if not opening or not closing:
        raise TableError("%s: the section 'event types' is missing" % PATH)
    return before + opening + "".join(map(section, tables.events)) + "\n" + closing + after
