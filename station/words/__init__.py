"""What is said to people, in their language: gettext catalogues, one `.po` file for each language beside this one.

The sentences in the code are English and are the keys. `N_` marks those that stand in a table; `words(language)` gives the
catalogue that says them:

    t = words("fr")
    t("Take the phone to tray {tray}.", tray=3)
    t.plural("{count} phone", "{count} phones", 5)

A language is added by adding its file: copy `fr.po`, name it by the language's code (ISO 639, as `de` or `pt_BR`), translate.
What a file lacks is said in English.
"""

from __future__ import annotations

from station.words.catalogue import N_, Catalogue, languages, words

__all__ = ["N_", "Catalogue", "languages", "words"]
