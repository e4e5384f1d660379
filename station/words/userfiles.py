"""What is said of user files: why a file or a row of it cannot be used, and what to do about it.

The rooms say these in English, with what they speak of put in. Here each is known again by its form, so that it can be said in a
person's language, with a remedy for somebody at a screen.
"""

from __future__ import annotations

import re

from station.words.catalogue import N_, Catalogue

FIELDS: dict[str, str] = {
    "name": N_("Name"),
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "email": N_("E-mail"),
    "group": N_("Group"),
    "directory": N_("Name in the directory"),
    "anonymous": N_("Anonymous (0 or 1)"),
    "send_email": N_("Mail the code (0 or 1)"),
    "wpco": N_("WPCO (0 or 1)"),
    "policy": N_("Policy"),
    "mode": N_("Mode"),
    "custom1": N_("First field of your own"),
    "custom2": N_("Second field of your own"),
    "custom3": N_("Third field of your own"),
    "language": N_("Language"),
}
"""What a column may hold, by the wire's USER_FIELDS."""

_AS_CSV = N_("Save the users as CSV UTF-8 or as XLSX, then choose the file again.")
_AGAIN = N_("Open it in a spreadsheet program, save it again without a password, then choose it again.")
_SMALLER = N_("Save the users alone as CSV UTF-8, then choose that file.")
_COLUMNS = N_("Say which column holds what.")
_CELL = N_("Correct this cell in the file.")

SENTENCES: dict[str, str] = {
    # the file
    N_("The file is empty."): N_("Choose a file with one user in each row."),
    N_("The file is {kind}."): _AS_CSV,
    N_("The file is no workbook, but {kind}."): _AS_CSV,
    N_("The file is neither text nor a workbook."): _AS_CSV,
    N_("The file could not be read: it is too large, or damaged."): _SMALLER,
    N_("Line {line} of the file is not {encoding}."): N_(
        "The file is damaged there, or of another encoding: save it again as CSV UTF-8."
    ),
    N_("Line {line} of the file is longer than {most} letters."): _AS_CSV,
    N_("The workbook is too large when it is unpacked."): _SMALLER,
    N_("The sheet has more than {most} rows."): _SMALLER,
    N_("Row {row}, column {column} holds a formula that was never calculated."): _AGAIN,
    N_("The workbook cannot be read ({why})."): _AGAIN,
    N_("The workbook has no sheet {sheet}."): _AGAIN,
    N_("From line {line} on the file cannot be read."): N_("Look there for a quotation mark that is out of place or never closed."),
    N_("Nothing names the columns: line {line} is no header row that is known, and the file is not in TinyMDM's order."): _COLUMNS,
    N_("A column's name on line {line} is misspelt."): _COLUMNS,
    N_("The file has no column {column}."): _COLUMNS,
    N_("Two columns are the same."): _COLUMNS,
    N_("No column holds the users' names."): _COLUMNS,
    # how it was read
    N_("The file is not UTF-8 (line {line}); it was read as Windows-1252. Look whether names with accents are right."): "",
    N_("The file has no byte order mark; it was read as UTF-16 ({order}-endian)."): "",
    N_("The sheet {sheet} was read; there are {others} more."): "",
    # a row
    N_("a user needs a name"): N_("Give the user a name, or leave the row out."),
    N_("is a spreadsheet's error, not a name"): N_("Correct the formula in this cell."),
    N_("is no e-mail address"): N_("Write one address, such as anna@example.org."),
    N_("is no mode; it may be {modes}"): _CELL,
    N_("is no policy name: letters, digits and . _ ~ - only"): _CELL,
    N_("an anonymous user needs a directory name"): N_("Give the name in the directory, or take the 1 of anonymous away."),
    N_("an e-mail is to be sent, and there is no address"): N_("Give the address, or take the 1 away."),
    N_("is no language tag, such as en or fr-CA"): _CELL,
    N_("holds control characters"): N_("Type this cell anew: what it holds cannot be seen."),
    N_("is longer than {most} characters"): N_("Shorten it."),
    N_("is on line {line} already"): N_("One of the two rows is too many."),
    N_("there are {count} columns only"): N_("Look for a delimiter too many in this row."),
    N_("is no flag; it may be 0 or 1"): _CELL,
    N_("the row's mode is {mode}"): N_("Let mode and WPCO say the same."),
    N_("cannot be read as CSV ({why})"): N_("Look there for a quotation mark that is out of place or never closed."),
    N_("is no {encoding}"): N_("Save the file again as CSV UTF-8."),
    N_("is no known column"): _COLUMNS,
    N_("is not known; is it {field}?"): _COLUMNS,
    N_("is {field} as well as column {column}"): _COLUMNS,
    N_("is missing"): _COLUMNS,
}
"""Everything that is said of a file or a row, and what to do."""

KINDS: dict[str, str] = {
    one: one
    for one in (
        N_("an old Excel file (XLS), or a workbook with a password"),
        N_("a PDF file"),
        N_("a picture"),
        N_("a compressed file"),
        N_("an RTF file"),
        N_("an OpenDocument file"),
        N_("a ZIP archive of something else"),
    )
}
"""What a file may be instead, as `kind` in SENTENCES."""

_PLACE = re.compile(r"\{(\w+)\}")


def _form(sentence: str) -> re.Pattern[str]:
    parts = _PLACE.split(sentence)
    return re.compile("".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+?)" for at, part in enumerate(parts)), re.DOTALL)


# the longer one first: "is no {encoding}" would be known in others
_FORMS = [(_form(sentence), sentence) for sentence in sorted(SENTENCES, key=lambda one: len(_PLACE.sub("", one)), reverse=True)]


def known(sentence: str) -> tuple[str, dict[str, str]] | None:
    """The form that an English sentence has, and what it speaks of; None where it has none of these."""
    for form, ident in _FORMS:
        if found := form.fullmatch(sentence):
            return ident, found.groupdict()
    return None


def told(t: Catalogue, sentence: str) -> str:
    """The sentence in the catalogue's language; one that is not known is said as it came."""
    found = known(sentence)
    if found is None:
        return sentence
    ident, args = found
    if args.get("kind") in KINDS:
        args["kind"] = t(args["kind"])
    if args.get("field") in FIELDS:
        args["field"] = t(FIELDS[args["field"]])
    return t(ident, **args)


def remedy(t: Catalogue, sentence: str, otherwise: str = "") -> str:
    """What to do about it; `otherwise` where that is not known."""
    found = known(sentence)
    return t(SENTENCES[found[0]]) if found and SENTENCES[found[0]] else otherwise
