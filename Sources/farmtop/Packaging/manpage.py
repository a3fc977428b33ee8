#!/usr/bin/env python3
"""Writes farmtop(1) from the program's own description of its arguments.

    farmtop --experimental-dump-help | manpage.py VERSION > farmtop.1

Standard library only.
"""
import json, re, sys

COMMON = {"config", "data-dir", "listen", "json", "help", "version"}

INTRODUCTION = r""".TH FARMTOP 1 "" "farmtop @VERSION@" "User Commands"
.SH NAME
farmtop \- watch 3D printers from the terminal
.SH SYNOPSIS
.B farmtop
.RI [ command ]
.RI [ options ]
.SH DESCRIPTION
"""
ENDING = r""".SH ENVIRONMENT
.TP
.B FARMTOP_CONFIG
The configuration file, as \-\-config.
.TP
.B FARMTOP_DATA_DIR
The data folder, as \-\-data\-dir.
.TP
.B FARMTOP_LISTEN
Where the API listens, as \-\-listen.
.TP
.B XDG_CONFIG_HOME\fR, \fBXDG_DATA_HOME\fR, \fBXDG_STATE_HOME
Move the folders below.
.SH FILES
.TP
.I ~/.config/farmtop/config.toml
The configuration; no file is needed.
.TP
.I ~/.config/farmtop/themes/*.toml
Themes of your own.
.TP
.I ~/.local/share/farmtop
The data folder: database, pictures, control socket. Only its owner may read it.
.TP
.I ~/.local/state/farmtop/farmtop.log
The log of the dashboard; \fBfarmtop serve\fR logs to standard error.
.TP
.IR /etc/farmtop/config.toml ", " /var/lib/farmtop
The service's settings and data. \fBFARMTOP_CONFIG=/etc/farmtop/config.toml farmtop client list\fR, as root, asks that farm.
.TP
.I /usr/share/farmtop
Every key of the configuration with its default, themes to copy, and rules for Prometheus.
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
It failed; of \fBdoctor\fR: something wants attention.
.TP
.B 2
Wrong usage or configuration; of \fBdoctor\fR: something is broken.
.SH SIGNALS
.TP
.B SIGTERM\fR, \fBSIGINT
Requests under way may finish, for at most 5 s; then it ends.
.TP
.B SIGHUP
\fBfarmtop serve\fR opens its log again and reads the TLS files again.
"""


def text(words):
    """Roff of plain text: no line may look like a request, and hyphens stay what they are on the command line."""
    words = words.replace("\\", r"\e").replace("-", r"\-")
    return "\n".join(r"\&" + line if line[:1] in (".", "'") else line for line in words.splitlines())


def name(names):
    ordered = sorted(names, key=lambda n: n["kind"] != "short")
    return ", ".join(("-" if n["kind"] == "short" else "--") + n["name"] for n in ordered)


def entry(argument):
    head = argument["valueName"].upper() if argument["kind"] == "positional" else name(argument["names"])
    line = r"\fB" + text(head) + r"\fR"
    if argument["kind"] == "option":
        line += r" \fI" + text(argument["valueName"].upper()) + r"\fR"
    words = argument.get("abstract", "")
    if argument.get("defaultValue") and argument["kind"] != "flag":
        words += f" Default: {argument['defaultValue']}."
    return f".TP\n{line}\n{text(words)}\n"


def synopsis(command, path):
    words = [r"\fB" + text(" ".join(path)) + r"\fR"]
    for argument in command.get("arguments", []):
        if argument["kind"] == "positional":
            word = text(argument["valueName"].upper()) + ("..." if argument["isRepeating"] else "")
            words.append(rf"[\fI{word}\fR]" if argument["isOptional"] else rf"\fI{word}\fR")
    return " ".join(words)


def own(command):
    return [a for a in command.get("arguments", []) if a.get("shouldDisplay")
            and not (a["kind"] != "positional" and COMMON & {n["name"] for n in a["names"]})]


def visit(command, path, out):
    children = [c for c in command.get("subcommands", []) if c["commandName"] != "help" and c.get("shouldDisplay", True)]
    if not children or own(command):
        out.append(f".SS \"{' '.join(path)}\"\n{synopsis(command, path)}\n.PP\n{text(command['abstract'])}\n")
        if command.get("discussion"):
            out.append(f".PP\n{text(command['discussion'])}\n")
        out += [entry(argument) for argument in own(command)]
    for child in children:
        visit(child, path + [child["commandName"]], out)


def main():
    root = json.load(sys.stdin)["command"]
    out = [INTRODUCTION.replace("@VERSION@", sys.argv[1]), text(root["abstract"]) + "\n.PP\n", text(root["discussion"]) + "\n"]
    dashboard = next(c for c in root["subcommands"] if c["commandName"] == "dashboard")
    out.append(".SH OPTIONS\nThese hold for every command.\n")
    out += [entry(a) for a in dashboard["arguments"]
            if a["kind"] != "positional" and COMMON & {n["name"] for n in a["names"]}]
    out.append(".SH COMMANDS\n")
    for command in root["subcommands"]:
        if command["commandName"] != "help":
            visit(command, [command["commandName"]], out)
    page = "".join(out) + ENDING
    sys.stdout.write(re.sub(r"\n{2,}", "\n", page))


main()
