"""What people type, paste and scan, and what would be more than a name if anybody let it."""

from __future__ import annotations

MARKUP = (
    "[red]Rita[/]",
    "[/]",
    "[@click=app.quit]Quit[/]",
    "[link=https://example.com]L[/link]",
    "[bold reverse]",
    "\\[b]",
    "[[]]",
    "[$x 50%]",
)
CONTROLS = (
    "\x1b[2J\x1b[31mEsc",
    "\x1b]0;title\x07",
    "\x9b31mC1",
    "Nu\x00ll",
    "Bell\x07",
    "Back\x08\x08space",
    "\x7fdel",
    "new\nline",
    "car\r\nriage",
    "ta\tb",
    "v\x0bt\x0cf",
    "line\u2028para\u2029nel\x85",
)
DIRECTIONS = ("\u202egnp.exe", "\u2066iso\u2069late", "\u200fRTL \u200eLTR", "\u061cALM", "\u202a\u202b\u202c\u202d")
UNSEEN = (
    "zero\u200bwidth",
    "\ufeffBOM",
    "soft\u00adhyphen",
    "word\u2060joiner",
    "\U000e0041\U000e007ftags",
    "\u3164filler",
    "nb\u00a0sp\u3000wide",
)
SCRIPTS = (
    "Z̡̢̛̗̘̙̜̝̞̟̠̖̗̘̙a̵̴̶̷̸lgo",
    "👩\u200d👩\u200d👧\u200d👦 family",
    "🏴\U000e0067\U000e0062\U000e007f flag",
    "1\ufe0f\u20e3 key",
    "محمد علي",
    "עברית",
    "李小龍",
    "ﷺﷺﷺ",
    "ไทยที่นี่",
    "می\u200cخواهم",
    "İıſẞŒ",
    "ＦＵＬＬ",
    "\ue000private",
)
FORMATS = ("{0} {user} {0.__class__}", "%s %d %n %(x)s", "${PATH} $(id) `id` ;rm -rf /", "\\n \\x1b \\u202e", "C:\\nul|con")
QUOTES = (
    "O'Brien",
    '"quoted"',
    "«l'été»",
    "'; DROP TABLE users;--",
    "' OR 1=1 --",
    "100% _a_ *?",
    "<b>&amp;</b>",
    "null",
    "None",
    "NaN",
    "-1",
    "=1+1",
)
LONG = ("x" * 500, "very long name " * 20, "李" * 150)
NAUGHTY: tuple[str, ...] = (*MARKUP, *CONTROLS, *DIRECTIONS, *UNSEEN, *SCRIPTS, *FORMATS, *QUOTES, *LONG)
