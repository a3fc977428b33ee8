#!/usr/bin/env python3
"""Measures a dashboard through a pseudo terminal: what its operator would feel.

    Tests/Bench/terminal_latency.py [--rows 40 --columns 120] [--keys jk] [--check] -- PROGRAM ARGUMENT...

Starts the program, waits until its screen has settled, then measures
  startup        program start to the last byte of the first settled frame, ms
  key            key pressed to first byte of the answer, ms: median, p99
  bytes          per key that changed something; and per changed cell, counted by a small model of the screen
  idle           bytes a second, and CPU of the whole process, per cent of one core
  resize         new size to the first byte of the answer, ms
With --check the exit code is 1 where a bar of the project is missed. An idle figure means something only while
nothing prints. Needs Python 3.8 and nothing else.
"""

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import termios
import time
import unicodedata

BARS = {"startup_ms": 50, "key_median_ms": 0.4, "key_p99_ms": 5, "bytes_per_cell": 5, "resize_ms": 20,
        "idle_bytes_per_s": 0, "idle_cpu_percent": 0.5}


class Screen:
    """Just enough of a terminal to count cells: text, moves, erasing, repeating. Colours belong to the cell."""

    SEQUENCE = re.compile(r"\x1b\[([?>=]?)([0-9;:]*)([ -/]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()].|\x1b[ -~]")

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cells = [[(" ", "")] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.style = ""
        self.last = " "

    def feed(self, text):
        position = 0
        while position < len(text):
            if text[position] == "\x1b":
                match = self.SEQUENCE.match(text, position)
                if match is None:
                    return
                position = match.end()
                if match.group(4):
                    self.control(match.group(1), match.group(2), match.group(4))
                continue
            self.character(text[position])
            position += 1

    def character(self, c):
        if c == "\r":
            self.column = 0
        elif c == "\n":
            self.row = min(self.rows - 1, self.row + 1)
        elif c == "\b":
            self.column = max(0, self.column - 1)
        elif c >= " " and not unicodedata.combining(c):
            width = 2 if unicodedata.east_asian_width(c) in "WF" else 1
            if self.column + width > self.columns:
                self.column, self.row = 0, min(self.rows - 1, self.row + 1)
            for offset in range(width):
                self.cells[self.row][self.column + offset] = (c if offset == 0 else "", self.style)
            self.column += width
            self.last = c

    def control(self, private, parameters, final):
        if private:
            return
        numbers = [int(n) if n.isdigit() else 0 for n in parameters.split(";")]
        first = max(1, numbers[0])
        if final in "Hf":
            self.row = min(self.rows, first) - 1
            self.column = min(self.columns, max(1, numbers[1] if len(numbers) > 1 else 1)) - 1
        elif final == "A":
            self.row = max(0, self.row - first)
        elif final == "B":
            self.row = min(self.rows - 1, self.row + first)
        elif final == "C":
            self.column = min(self.columns - 1, self.column + first)
        elif final == "D":
            self.column = max(0, self.column - first)
        elif final == "G":
            self.column = min(self.columns, first) - 1
        elif final == "d":
            self.row = min(self.rows, first) - 1
        elif final == "b":
            for _ in range(first):
                self.character(self.last)
        elif final == "X":
            self.erase(self.row, self.column, min(self.columns, self.column + first))
        elif final == "K":
            start, end = [(self.column, self.columns), (0, self.column + 1), (0, self.columns)][numbers[0] % 3]
            self.erase(self.row, start, min(end, self.columns))
        elif final == "J":
            self.erase(self.row, self.column if numbers[0] == 0 else 0, self.columns)
            for row in range(self.row + 1 if numbers[0] == 0 else 0, self.rows):
                self.erase(row, 0, self.columns)
        elif final == "m":
            self.style = "" if parameters in ("", "0") else self.style + ";" + parameters

    def erase(self, row, start, end):
        for column in range(start, end):
            self.cells[row][column] = (" ", self.style)

    def difference(self, before):
        return sum(a != b for new, old in zip(self.cells, before) for a, b in zip(new, old))


class Program:
    def __init__(self, arguments, rows, columns):
        self.start = time.perf_counter()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ["TERM"] = "xterm-256color"
            os.execvp(arguments[0], arguments)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, quiet, limit=10.0):
        """Bytes until nothing has come for `quiet` seconds; when the first and the last came."""
        received, first, last = b"", None, None
        deadline = time.perf_counter() + limit
        while time.perf_counter() < deadline:
            wait = quiet if last is not None else min(limit, deadline - time.perf_counter())
            if not select.select([self.terminal], [], [], max(0, wait))[0]:
                break
            try:
                chunk = os.read(self.terminal, 1 << 16)
            except OSError:
                break
            if not chunk:
                break
            last = time.perf_counter()
            first = first or last
            received += chunk
        return received, first, last

    def press(self, key):
        sent = time.perf_counter()
        os.write(self.terminal, key.encode())
        return sent

    def resize(self, rows, columns):
        sent = time.perf_counter()
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        return sent

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        for sign in (signal.SIGTERM, signal.SIGKILL):
            os.kill(self.pid, sign)
            for _ in range(200):
                self.read(0.01, 0.01)
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    return


def measure_keys(program, screen, keys, count, result):
    times, sizes, per_cell = [], [], []
    for index in range(count):
        before = [list(row) for row in screen.cells]
        sent = program.press(keys[index % len(keys)])
        received, first, _ = program.read(0.03, 0.3)
        screen.feed(received.decode(errors="replace"))
        if first is None:
            continue
        times.append((first - sent) * 1000)
        sizes.append(len(received))
        changed = screen.difference(before)
        if changed > 0:
            per_cell.append((len(received), changed))
    if not times:
        return
    times.sort()
    result["keys_answered"] = f"{len(times)} of {count}"
    result["key_median_ms"] = statistics.median(times)
    result["key_p99_ms"] = times[min(len(times) - 1, int(len(times) * 0.99))]
    result["bytes_per_key"] = statistics.mean(sizes)
    if per_cell:
        result["bytes_per_cell"] = sum(size for size, _ in per_cell) / sum(cells for _, cells in per_cell)


def measure(options):
    result = {}
    program = Program(options.program, options.rows, options.columns)
    try:
        received, _, last = program.read(options.settle)
        if last is None or b"\x1b[" not in received:
            sys.exit(f"{options.program[0]} drew nothing: {received[-400:].decode(errors='replace')}")
        result["startup_ms"] = (last - program.start) * 1000
        result["first_frame_bytes"] = len(received)
        screen = Screen(options.rows, options.columns)
        screen.feed(received.decode(errors="replace"))
        measure_keys(program, screen, options.keys, options.count, result)

        cpu, started = program.cpu_seconds(), time.perf_counter()
        received, _, _ = program.read(options.idle, options.idle)
        seconds = time.perf_counter() - started
        result["idle_bytes_per_s"] = len(received) / seconds
        result["idle_cpu_percent"] = 100 * (program.cpu_seconds() - cpu) / seconds

        times = []
        for rows, columns in [(24, 80), (48, 160), (10, 40), (options.rows, options.columns)] * 3:
            sent = program.resize(rows, columns)
            _, first, _ = program.read(0.1, 1)
            if first is not None:
                times.append((first - sent) * 1000)
        if times:
            result["resize_ms"] = max(times)
    finally:
        program.end()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--columns", type=int, default=120)
    parser.add_argument("--keys", default="jjjjkkkk", help="pressed in turn")
    parser.add_argument("--count", type=int, default=100, help="of key presses")
    parser.add_argument("--idle", type=float, default=5.0, help="seconds to watch an idle screen")
    parser.add_argument("--settle", type=float, default=0.3, help="seconds of silence that end the first frame")
    parser.add_argument("--check", action="store_true", help="fail where a bar is missed")
    parser.add_argument("program", nargs="+")
    options = parser.parse_args()
    result = measure(options)
    missed = 0
    for name, value in result.items():
        bar = BARS.get(name)
        verdict = "" if bar is None else f"   bar {bar}: {'ok' if value <= bar else 'MISSED'}"
        missed += verdict.endswith("MISSED")
        print(f"{name:20} {value if isinstance(value, str) else round(value, 3)}{verdict}")
    sys.exit(1 if options.check and missed else 0)


if __name__ == "__main__":
    main()
