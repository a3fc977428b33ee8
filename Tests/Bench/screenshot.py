#!/usr/bin/env python3
"""Makes a picture of a terminal screen: what tmux captured, cell by cell, as SVG.

    tmux capture-pane -e -p | Tests/Bench/screenshot.py [--title TEXT] > screen.svg
    Tests/Bench/screenshot.py --demo Sources/farmtop/farmtop.docc/Screens --program .build/release/farmtop

The second form plays `farmtop demo` in a tmux of its own and writes the pictures of the README: what was on the
screen, nothing drawn by hand. Text is set in whatever monospaced font the reader has, one run of equal cells at a
time, with its width given, so that columns stay true; blocks, halves, quadrants, sextants and lines are rectangles, so
that no font is needed for them. Needs Python 3.8; the second form needs tmux.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from xml.sax.saxutils import escape

# Halves, thirds and quarters of a cell are whole pixels.
CELL_WIDTH, CELL_HEIGHT, FONT_SIZE, BASELINE = 8, 18, 13.2, 13
GROUND, INK = "#14161b", "#d6d9de"
BASIC = ["#14161b", "#e06c75", "#98c379", "#d9b35c", "#61afef", "#c678dd", "#56b6c2", "#d6d9de",
         "#6b7280", "#ff7b85", "#b5e08f", "#f0cd78", "#82c4ff", "#dc9bf0", "#76d4e0", "#ffffff"]


def palette(index):
    """xterm's palette; the first 16 are the terminal owner's choice."""
    if index < 16:
        return BASIC[index]
    if index < 232:
        levels = (0, 95, 135, 175, 215, 255)
        index -= 16
        return "#%02x%02x%02x" % (levels[index // 36], levels[index // 6 % 6], levels[index % 6])
    grey = 8 + 10 * (index - 232)
    return "#%02x%02x%02x" % (grey, grey, grey)


class Style:
    def __init__(self):
        self.reset()

    def reset(self):
        self.ink = self.ground = None
        self.bold = self.dim = self.italic = self.underline = self.reverse = False

    def apply(self, parameters):
        """One SGR sequence (ECMA-48 §8.3.117, and xterm's 38 and 48)."""
        codes = [int(code or 0) for code in re.split("[;:]", parameters)]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in (38, 48) and len(codes) >= 2:
                kind = codes.pop(0)
                color = palette(codes.pop(0)) if kind == 5 else "#%02x%02x%02x" % tuple(codes.pop(0) for _ in range(3))
                if code == 38:
                    self.ink = color
                else:
                    self.ground = color
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self.ink = palette(code - 30 if code < 90 else code - 82)
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self.ground = palette(code - 40 if code < 100 else code - 92)
            elif code == 39:
                self.ink = None
            elif code == 49:
                self.ground = None
            elif code in (1, 2, 3, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse"}[code], True)
            elif code == 22:
                self.bold = self.dim = False
            elif code in (23, 24, 27):
                setattr(self, {23: "italic", 24: "underline", 27: "reverse"}[code], False)

    def look(self):
        """Ink, ground (None: the screen's own), and what else the text has."""
        ink, ground = self.ink or INK, self.ground
        if self.reverse:
            ink, ground = ground or GROUND, ink
        return ink, ground, self.bold, self.dim, self.italic, self.underline


def cells(line, style):
    """The cells of a captured line: (text, columns, look). A style holds on into the next line."""
    found = []
    for match in re.finditer(r"\x1b\[([0-9;:]*)m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|(.)", line):
        if match.group(1) is not None:
            style.apply(match.group(1))
        elif match.group(2) is not None:
            character = match.group(2)
            if unicodedata.combining(character) and found:
                text, columns, look = found[-1]
                found[-1] = (text + character, columns, look)
            else:
                wide = unicodedata.east_asian_width(character) in "WF"
                found.append((character, 2 if wide else 1, style.look()))
    return found


def sextant(code):
    """Bits of U+1FB00…1FB3B: the patterns of six parts in order, without empty, full, left and right half."""
    bits = code - 0x1FB00 + 1
    return bits + (bits >= 0x15) + (bits >= 0x2A - 1)


QUADRANTS = {0x2596: 4, 0x2597: 8, 0x2598: 1, 0x2599: 13, 0x259A: 9, 0x259B: 7, 0x259C: 11, 0x259D: 2, 0x259E: 6,
             0x259F: 14}
# up, right, down, left: 1 light, 2 heavy
LINES = {"─": "0101", "│": "1010", "┌": "0110", "┐": "0011", "└": "1100", "┘": "1001", "├": "1110", "┤": "1011",
         "┬": "0111", "┴": "1101", "┼": "1111", "━": "0202", "┃": "2020", "┏": "0220", "┓": "0022", "┗": "2200",
         "┛": "2002"}


def shape(character):
    """Rectangles (x, y, width, height) in parts of the cell, 0 to 1; None for text."""
    code = ord(character[0])
    if 0x2581 <= code <= 0x2588:
        part = (code - 0x2580) / 8
        return [(0, 1 - part, 1, part)]
    if 0x2589 <= code <= 0x258F:
        return [(0, 0, (0x2590 - code) / 8, 1)]
    if code == 0x2580:
        return [(0, 0, 1, 0.5)]
    if code == 0x2590:
        return [(0.5, 0, 0.5, 1)]
    if code in QUADRANTS:
        return [(i % 2 / 2, i // 2 / 2, 0.5, 0.5) for i in range(4) if QUADRANTS[code] >> i & 1]
    if 0x1FB00 <= code <= 0x1FB3B:
        bits = sextant(code)
        return [(i % 2 / 2, i // 2 / 3, 0.5, 1 / 3) for i in range(6) if bits >> i & 1]
    if character in LINES:
        parts = []
        for weight, (x, y, dx, dy) in zip(LINES[character], [(0.5, 0, 0, 0.5), (0.5, 0.5, 0.5, 0), (0.5, 0.5, 0, 0.5),
                                                             (0, 0.5, 0.5, 0)]):
            if weight != "0":
                w, h = int(weight) / CELL_WIDTH, int(weight) / CELL_HEIGHT
                parts.append((x - w / 2, y - h / 2, dx + w, dy + h))
        return parts
    if character == "╌":
        return [(0.05, 0.5, 0.35, 1 / CELL_HEIGHT), (0.55, 0.5, 0.35, 1 / CELL_HEIGHT)]
    return None


def words(inks):
    """Runs of text without the gaps in them: how wide a row of spaces is drawn is every renderer's own affair."""
    for line, column, text, span, look in inks:
        if len(text) != span:  # wide or combined characters: columns and characters are not one to one
            yield line, column, text.rstrip(), span - (len(text) - len(text.rstrip())), look
            continue
        for match in re.finditer(r"\S+(?: \S+)*", text):
            yield line, column + match.start(), match.group(), len(match.group()), look


def number(value):
    return ("%.2f" % value).rstrip("0").rstrip(".")


def draw(screen, title):
    style = Style()
    rows = [cells(line, style) for line in screen.rstrip("\n").split("\n")]
    columns = max(sum(cell[1] for cell in row) for row in rows)
    width, height = columns * CELL_WIDTH + 16, len(rows) * CELL_HEIGHT + 16
    rectangles, texts = {}, []

    def fill(color, opacity, x, y, w, h):
        rectangles.setdefault((color, opacity), []).append((y, h, x, w))

    def path(parts):
        """What lies side by side is one rectangle."""
        merged = []
        for y, h, x, w in sorted(parts):
            if merged and merged[-1][:2] == (y, h) and abs(merged[-1][2] + merged[-1][3] - x) < 0.01:
                merged[-1] = (y, h, merged[-1][2], x + w - merged[-1][2])
            else:
                merged.append((y, h, x, w))
        return "".join(f"M{number(x)} {number(y)}h{number(w)}v{number(h)}h{number(-w)}z" for y, h, x, w in merged)

    # Grounds first: ink goes over them.
    inks = []
    for line, row in enumerate(rows):
        column = 0
        for text, span, look in row:
            if look[1]:
                fill(look[1], 1, 8 + column * CELL_WIDTH, 8 + line * CELL_HEIGHT, span * CELL_WIDTH, CELL_HEIGHT)
            column += span
    grounds = [(color, path(parts)) for (color, _), parts in rectangles.items()]
    rectangles.clear()
    for line, row in enumerate(rows):
        column, run = 0, None  # run: column, text, columns, look
        for text, span, look in row + [(" ", 1, None)]:
            parts = shape(text) if look else None
            isText = look is not None and parts is None and not (text == " " and not look[5])
            joins = run and look is not None and run[3] == look and parts is None and column == run[0] + run[2]
            if run and not joins:
                inks.append((line, *run))
                run = None
            if parts:
                for x, y, w, h in parts:
                    fill(look[0], 0.6 if look[3] else 1, 8 + (column + x) * CELL_WIDTH, 8 + (line + y) * CELL_HEIGHT,
                         w * CELL_WIDTH, h * CELL_HEIGHT)
            elif run:
                run = (run[0], run[1] + text, run[2] + span, look)
            elif isText:
                run = (column, text, span, look)
            column += span
    for line, column, text, span, look in words(inks):
        attributes = f'fill="{look[0]}"' + (' font-weight="bold"' if look[2] else "") + (
            ' opacity=".6"' if look[3] else "") + (' font-style="italic"' if look[4] else "") + (
            ' text-decoration="underline"' if look[5] else "")
        texts.append(f'<text x="{8 + column * CELL_WIDTH}" y="{8 + line * CELL_HEIGHT + BASELINE}" '
                     f'textLength="{span * CELL_WIDTH}" {attributes}>{escape(text)}</text>')
    shapes = "".join(f'<path fill="{color}" d="{parts}"/>' for color, parts in grounds)
    shapes += "".join(f'<path fill="{color}"{"" if opacity == 1 else f" opacity={chr(34)}{opacity}{chr(34)}"} d="'
                     + path(parts) + '"/>' for (color, opacity), parts in rectangles.items())
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img"><title>{escape(title)}</title><rect width="{width}" height="{height}" rx="6" fill="{GROUND}"/>'
            f'<g shape-rendering="crispEdges">{shapes}</g><g font-family="\'DejaVu Sans Mono\',Menlo,Consolas,monospace" '
            f'font-size="{FONT_SIZE}" xml:space="preserve" lengthAdjust="spacingAndGlyphs">{"".join(texts)}</g></svg>\n')


class Terminal:
    """A tmux of its own with one program in it."""

    def __init__(self, command, columns, rows):
        self.socket = f"farmtop-screens-{os.getpid()}"
        self.folder = tempfile.mkdtemp()
        environment = f"env -u TMUX LANG=C.UTF-8 HOME={self.folder}"
        self.tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), f"{environment} {command}")

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-L", self.socket, "-f", "/dev/null", "-u", *arguments], check=True,
                              capture_output=True, text=True).stdout

    def press(self, *keys):
        for key in keys:
            self.tmux("send-keys", key)
            time.sleep(0.6)

    def screen(self):
        return self.tmux("capture-pane", "-e", "-p")

    def wait(self, pattern, seconds):
        deadline = time.time() + seconds
        while time.time() < deadline:
            if re.search(pattern, self.tmux("capture-pane", "-p")):
                return
            time.sleep(0.5)
        sys.exit(f"{pattern!r} did not come:\n{self.tmux('capture-pane', '-p')}")


def client(terminal):
    """The id of the selected client, as it stands on the screen."""
    return re.search(r"│ id +(\w+)", terminal.tmux("capture-pane", "-p")).group(1)


def call(terminal, path, **form):
    """What an app asks of the farm on the screen."""
    address = re.search(r"issuer (\S+)", terminal.tmux("capture-pane", "-p")).group(1)
    try:
        urllib.request.urlopen(f"http://{address}{path}", urllib.parse.urlencode(form).encode()).read()
    except urllib.error.HTTPError as error:
        print(f"{path} answers {error.code}")


def play(program, folder, seconds):
    os.makedirs(folder, exist_ok=True)
    terminal = Terminal(f"{program} demo --printers 10 --interval 0.6", 120, 36)

    def keep(name, title):
        path = os.path.join(folder, f"{name}.svg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(draw(terminal.screen(), title))
        print(f"{path}  {os.path.getsize(path) / 1024:.0f} KiB")

    try:
        terminal.wait("ALERT|FAILING", seconds)
        time.sleep(12)
        terminal.press("g")
        keep("farm", "The farm: the worst printer first, with its picture and the failure probability")
        terminal.press("Enter")
        time.sleep(2)
        keep("detail", "A printer: the picture with what was found in it, the failure probability, why, what happened")
        terminal.press("Escape")
        terminal.wait("FARM", 10)
        terminal.press("3")
        for name in ("orca-lab", "phone-sam", "print-server"):
            terminal.press("c")
            terminal.press(*name, "Tab", "Tab", *(["Right", "Right"] if name == "print-server" else []), "Enter")
            terminal.wait("shown this once|has no secret", 10)
            terminal.press("Escape")
            terminal.wait("OAUTH +\\d", 10)
        # The newest is the last: a device that asks for access, and an app with an old secret.
        terminal.press("G")
        time.sleep(1)
        call(terminal, "/o/device_authorization/", client_id=client(terminal), scope="read")
        terminal.press("k", "k")
        time.sleep(1)
        for _ in range(3):
            call(terminal, "/o/token/", client_id=client(terminal), client_secret="old", grant_type="client_credentials")
        terminal.press("Space")
        time.sleep(2)
        keep("oauth", "OAuth: clients, their tokens, and how often each was refused")
    finally:
        terminal.tmux("kill-server")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--title", default="farmtop")
    parser.add_argument("--demo", metavar="FOLDER", help="play the demo and write its pictures there")
    parser.add_argument("--program", default=".build/release/farmtop")
    parser.add_argument("--seconds", type=float, default=400, help="how long to wait for the demo's first alert")
    options = parser.parse_args()
    if options.demo:
        play(options.program, options.demo, options.seconds)
    else:
        sys.stdout.write(draw(sys.stdin.read(), options.title))


if __name__ == "__main__":
    main()
