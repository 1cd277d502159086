#!/usr/bin/python3
"""Options against help and manual: each option of a verb's table is named in its help text, in both languages, and in its manual
page; a help text names no option that is not there; each verb has its page.

    docs.py SOURCE_FOLDER
"""
import os
import re
import sys

FOUND = []
COMMON = {"json", "quiet", "verbose", "lang", "config", "color", "help", "version"}


def read(top, file):
    path = os.path.join(top, file)
    if not os.path.isfile(path):
        return None
    with open(path, encoding="utf-8") as opened:
        return opened.read()


def fault(text):
    FOUND.append(text)


def options_of(top, source):
    """Names of the options of a verb's table, those of its subcommands' tables, and those of the groups that they name."""
    groups = dict(re.findall(r"#define (OPTIONS_[A-Z]+)((?:.*\\\n)*.*\n)", read(top, "cmd/opt_groups.h")))
    for _ in range(2):  # a group may name another
        source = re.sub(r"\bOPTIONS_[A-Z]+\b", lambda found: groups.get(found.group(0), ""), source)
    return set(re.findall(r'\{\s*"([a-z][a-z0-9-]*)",\s*OPT_', source))


def help_of(top, lang, verb):
    text = read(top, f"po/{lang}/cmd-{verb}.po") or read(top, f"po/{lang}/cmd.po") or ""
    found = re.search(rf'^msgid "cmd\.{verb}\.help"\nmsgstr ((?:"(?:[^"\\]|\\.)*"\n?)+)', text, re.M)
    if not found:
        found = re.search(rf'^msgid "cmd\.{verb}\.help"\nmsgstr ((?:"(?:[^"\\]|\\.)*"\n?)+)', read(top, f"po/{lang}/cmd.po"), re.M)
    return found.group(1) if found else None


def named_in(text):
    return set(re.findall(r"--([a-z][a-z0-9-]*)", text.replace("\\-", "-")))


def man_options(text):
    """Options of a manual page, written with roff escapes or as mdoc's .Fl."""
    plain = text.replace("\\-", "-")
    return set(re.findall(r"--([a-z][a-z0-9-]*)", plain)) | set(re.findall(r"\.?\bFl -([a-z][a-z0-9-]*)", plain))


def check_verb(top, verb):
    source = read(top, f"cmd/cmd_{verb}.c")
    if source is None:
        return fault(f"cmd/cmd_{verb}.c is missing -> one file a verb")
    options = options_of(top, source)
    everywhere = options | COMMON | {"output"}
    for lang in ("en", "fr"):
        text = help_of(top, lang, verb)
        if text is None:
            fault(f"po/{lang}: cmd.{verb}.help is missing")
            continue
        short = {"output"} if re.search(r"(^|[ \[(\"n])-o\b", text) else set()
        for option in sorted(options - named_in(text) - short):
            fault(f"po/{lang}: cmd.{verb}.help does not name --{option}")
        for option in sorted(named_in(text) - everywhere):
            fault(f"po/{lang}: cmd.{verb}.help names --{option}, which the verb does not take")
    page = read(top, f"man/paraphe-{verb}.1")
    if page is None:
        return fault(f"man/paraphe-{verb}.1 is missing")
    short = {"output"} if re.search(r"-o\b|Fl o\b", page.replace("\\-", "-")) else set()
    for option in sorted(options - man_options(page) - short):
        fault(f"man/paraphe-{verb}.1 does not name --{option}")
    return None


def main():
    top = os.path.abspath(sys.argv[1])
    table = read(top, "cmd/cmd_table.h")
    rows = re.search(r"#define VERB_TABLE\(VERB\)(.*?)\n\n", table, re.S).group(1)
    verbs = re.findall(r"VERB\(([a-z]+),", rows)
    for verb in verbs:
        check_verb(top, verb)
    main_page = read(top, "man/paraphe.1") or ""
    for verb in verbs:
        if not re.search(rf"\b{verb}\b", main_page):
            fault(f"man/paraphe.1 does not name {verb}")
    print("\n".join(FOUND))
    print(f"{len(verbs)} verbs looked at, {len(FOUND)} faults")
    return 1 if FOUND or not verbs else 0


if __name__ == "__main__":
    sys.exit(main())
