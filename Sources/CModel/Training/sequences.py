"""A frozen test set: nests that grow before a camera, and clean hours of cameras, judged as farmtop would judge them.

    sequences.py --data DATA --recordings RECORDINGS --farmtop farmtop [--model CFG …] [--failing 120] [--clean 40] [--out FILE.jsonl]

Cameras are clean left-out photos (half `check` of nests.py; sources alike, none chosen by a network) and the clean recordings that are not of
`dev`, with wobble, noise, lamps, a moving head, infrared, dusk and glare. A failing print: 24 clean pictures, then a left-out failure grows
from half its width to all of it within 18 pictures; its last width is 5 to 10 % of the picture's. 36 pictures follow the onset. A clean print is
an hour. One picture each 10 s, every print before a new camera. The seed and the number of a print say all of it: the first
prints of a larger set are those of a smaller one. Pictures go to a temporary folder and are removed; with --keep they stay in a folder, and a
print that is there is not drawn again. Likelihoods beside each model judge.
"""
import argparse
import contextlib
import json
import math
import os
import random
import subprocess
import sys
import tempfile

import cv2
import numpy as np

from nests import left_out

SEED = 2711
BEFORE, AFTER, GROWS, HOUR = 24, 36, 18, 360  # pictures
WIDTHS = (0.05, 0.10)
CANVAS = (640, 480)
RECORDINGS = ("carriage_camera_blue", "carriage_camera_blue_2", "carriage_camera_idle", "box_clock")


def read(path, size=CANVAS):
    picture = cv2.imread(path)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if size else picture


def cut_out(picture, entry):
    boxes = [box["xywh"] for box in entry.get("boxes") or []] or [[0.5, 0.5, 0.8, 0.8]]
    x0, y0 = (max(0, min(b[i] - b[i + 2] / 2 for b in boxes)) for i in (0, 1))
    x1, y1 = (min(1, max(b[i] + b[i + 2] / 2 for b in boxes)) for i in (0, 1))
    h, w = picture.shape[:2]
    return picture[int(y0 * h):int(y1 * h), int(x0 * w):int(x1 * w)]


class Camera:
    """Pictures of one camera, one after the other."""

    def __init__(self, rng, pictures):
        self.rng, self.noise = rng, np.random.default_rng(rng.randrange(2**31))
        self.pictures, self.at = pictures, rng.randrange(len(pictures))
        self.mode = rng.choices(["colour", "grey", "dark", "glare"], [6, 2, 1, 1])[0]
        self.grain, self.quality = rng.uniform(1, 6), rng.randrange(60, 93)
        self.shake, self.lamp = rng.choice([0.2, 0.5, 1.5]), rng.choice([0.01, 0.03, 0.08])
        self.head = (rng.uniform(60, 150), rng.uniform(0.25, 0.6), rng.uniform(15, 90)) if rng.random() < 0.5 else None
        self.shift, self.light, self.head_x = np.zeros(2), 0.0, rng.random()

    def picture(self, nest=None, width=0.0, place=(0.5, 0.5)):
        rng = self.rng
        out = self.pictures[self.at % len(self.pictures)].copy()
        self.at += 1
        if nest is not None:
            paste(out, nest, width, place)
        if self.head:  # a blurred carriage, somewhere along its rail
            self.head_x = min(1, max(0, self.head_x + rng.gauss(0, 0.25)))
            wide, low, grey = self.head
            layer = np.zeros(out.shape[:2], np.float32)
            x = int(self.head_x * CANVAS[0])
            cv2.rectangle(layer, (int(x - wide / 2), 0), (int(x + wide / 2), int(low * CANVAS[1])), 1, -1)
            layer = cv2.blur(layer, (rng.choice([3, 9, 25, 45]), 3))[..., None]
            out = (out * (1 - layer) + grey * layer).astype(np.uint8)
        self.shift = 0.9 * self.shift + self.noise.normal(0, self.shake, 2)
        out = cv2.warpAffine(out, np.float32([[1, 0, self.shift[0]], [0, 1, self.shift[1]]]), CANVAS, borderMode=cv2.BORDER_REFLECT_101)
        if self.mode == "grey":
            out = np.repeat(cv2.cvtColor(out, cv2.COLOR_BGR2GRAY)[..., None], 3, 2)
        self.light = 0.95 * self.light + rng.gauss(0, self.lamp)
        gain = math.exp(self.light) * {"dark": 0.35, "glare": 1.7}.get(self.mode, 1)
        out = out * gain + self.noise.normal(0, self.grain, (*out.shape[:2], 1))
        return np.clip(out, 0, 255).astype(np.uint8)


def paste(picture, nest, width, place):
    w = max(4, int(CANVAS[0] * width))
    h = max(4, min(int(w * nest.shape[0] / nest.shape[1]), w * 3 // 2))
    small = cv2.resize(nest, (w, h), interpolation=cv2.INTER_AREA).astype(np.float32)
    rows, columns = np.ogrid[-1:1:h * 1j, -1:1:w * 1j]
    alpha = np.clip((1.05 - rows**2 - columns**2) / 0.35, 0, 1).astype(np.float32)[..., None]
    x, y = int(place[0] * CANVAS[0] - w / 2), int(place[1] * CANVAS[1] - h / 2)
    below = picture[y:y + h, x:x + w]
    small *= np.clip(((below.mean() + 12) / (small.mean() + 12)) ** 0.5, 0.4, 1.6)
    below[:] = np.clip(small * alpha + below * (1 - alpha), 0, 255)


class Prints:
    """Failing and clean prints by number."""

    def __init__(self, data, recordings):
        self.data, self.recordings = data, recordings
        entries, rng = left_out(data), random.Random(22)
        check = [entry for entry in entries if rng.choice(("fit", "check")) == "check"]  # as in nests.py
        self.by_source = {}
        for entry in check:
            self.by_source.setdefault((entry["label"] == "negative", entry["source"]), []).append(entry)

    def pick(self, rng, clean):
        source = rng.choice(sorted(source for is_clean, source in self.by_source if is_clean == clean))
        return rng.choice(self.by_source[clean, source])

    def frames(self, number, failing):
        """Yields the pictures of a print; returns facts first."""
        rng = random.Random(SEED * 1_000_003 + 2 * number + failing)
        if number % 8 == 7:
            folder = os.path.join(self.recordings, RECORDINGS[number // 8 % len(RECORDINGS)])
            names = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".jpg")]
            camera = Camera(rng, [read(name) for name in names + names[-2:0:-1]])  # there and back
        else:
            entry = self.pick(rng, True)
            camera = Camera(rng, [read(os.path.join(self.data, entry["file"]))])
        if not failing:
            yield {"name": f"clean {number}", "onset": None, "width": None, "mode": camera.mode}
            yield from ((camera.picture(), camera.quality) for _ in range(HOUR))
            return
        entry = self.pick(rng, False)
        nest = cut_out(read(os.path.join(self.data, entry["file"]), None), entry)
        width, place = rng.uniform(*WIDTHS), (rng.uniform(0.25, 0.75), rng.uniform(0.45, 0.8))
        yield {"name": f"failing {number}", "onset": BEFORE + 1, "width": width, "mode": camera.mode}
        for index in range(BEFORE + AFTER):
            grown = 0 if index < BEFORE else 0.5 + 0.5 * min(1, (index - BEFORE) / GROWS)
            yield camera.picture(nest if grown else None, width * grown, place), camera.quality


def drawn(prints, number, failing, folder):
    """Facts of a print, and the paths of its pictures, which are drawn into the folder unless they are there."""
    facts_path = f"{folder}/facts.json"
    if os.path.exists(facts_path):
        with open(facts_path) as file:
            facts = json.load(file)
        return facts, [f"{folder}/{index:03}.jpg" for index in range(BEFORE + AFTER if failing else HOUR)]
    os.makedirs(folder, exist_ok=True)
    frames, paths = prints.frames(number, failing), []
    facts = next(frames)
    for index, (picture, quality) in enumerate(frames):
        paths.append(f"{folder}/{index:03}.jpg")
        cv2.imwrite(paths[-1], picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    with open(facts_path, "w") as file:
        json.dump(facts, file)
    return facts, paths


def detect(program, model, paths, precision=None):
    """Sum of confidences of each file."""
    found = {}
    command = [program, "detect", "--json", *(["--model", model] if model else []),
               *(["--precision", precision] if precision else [])]
    lines = subprocess.run([*command, *paths], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    for row in map(json.loads, lines):
        found[row["file"]] = sum(detection["confidence"] for detection in row["detections"])
    return [found[path] for path in paths]


def judged(program, model, prints):
    """Adds to each print the frames that raise the alert."""
    lines = "\n".join(json.dumps({"name": print_["name"], "interval_s": 10, "p": print_["p"]}) for print_ in prints)
    command = [program, "eval", "--scores", "-", "--json", *(["--model", model] if model else [])]
    answer = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout.decode()
    return [json.loads(line) for line in answer.splitlines()]


def summary(prints):
    failing = [print_ for print_ in prints if print_["onset"]]
    hours = sum(len(print_["p"]) if not print_["onset"] else BEFORE for print_ in prints) / HOUR
    early = lambda print_: print_["alert"] and print_["onset"] and print_["alert"] < print_["onset"]
    false = sum(bool(print_["alert"]) for print_ in prints if not print_["onset"]) + sum(map(bool, map(early, prints)))
    parts = []
    for low, high in ((0.05, 0.10), (0.05, 0.065), (0.065, 0.08), (0.08, 0.10)):
        of = [print_ for print_ in failing if low <= print_["width"] < high]
        found = sum(bool(print_["alert"] and not early(print_)) for print_ in of)
        parts.append(f"{low:.3f}-{high:.3f}: {found} of {len(of)}")
    waits = sorted(print_["alert"] - print_["onset"] + 1 for print_ in failing if print_["alert"] and not early(print_))
    wait = f"; median wait {waits[len(waits) // 2]} pictures" if waits else ""
    last = [np.mean(print_["p"][-GROWS:]) for print_ in failing] or [0]
    clean = np.concatenate([print_["p"] if not print_["onset"] else print_["p"][:BEFORE] for print_ in prints])
    return (f"found {'; '.join(parts)}{wait} | false alerts {false} in {hours:.1f} clean h | mean p grown {np.mean(last):.3f}, "
            f"clean {clean.mean():.3f}, clean >= .38 {(clean >= 0.38).mean():.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--recordings", required=True)
    parser.add_argument("--farmtop", default="farmtop")
    parser.add_argument("--model", action="append", help="a cfg; may be given again; default: the built-in network")
    parser.add_argument("--failing", type=int, default=120)
    parser.add_argument("--clean", type=int, default=40, help="hours")
    parser.add_argument("--precision", help="as farmtop detect has it")
    parser.add_argument("--sheet", help="write pictures of some failing prints here and stop")
    parser.add_argument("--keep", help="a folder for the pictures")
    parser.add_argument("--draw-only", action="store_true", help="draw into --keep and stop")
    parser.add_argument("--out", help="write the scores here, JSON lines")
    options = parser.parse_args()
    prints, models = Prints(options.data, options.recordings), options.model or [None]
    if options.sheet:
        tiles = []
        for number in range(24):
            frames = prints.frames(number, True)
            next(frames)
            tiles.append(cv2.resize(list(frames)[-1][0], (320, 240), interpolation=cv2.INTER_AREA))
        cv2.imwrite(options.sheet, np.vstack([np.hstack(tiles[row:row + 6]) for row in range(0, 24, 6)]))
        return
    rows = {model: [] for model in models}
    wanted = [(number, True) for number in range(options.failing)] + [(number, False) for number in range(options.clean)]
    for number, failing in wanted:
        with contextlib.ExitStack() as stack:
            name = f"{'failing' if failing else 'clean'}_{number:03}"
            folder = os.path.join(options.keep, name) if options.keep else stack.enter_context(tempfile.TemporaryDirectory())
            facts, paths = drawn(prints, number, failing, folder)
            if options.draw_only:
                continue
            for model in models:
                rows[model].append(facts | {"p": [round(p, 4) for p in detect(options.farmtop, model, paths, options.precision)]})
        print(facts["name"], *(f"{np.mean(rows[model][-1]['p'][-GROWS:]):.3f}" for model in models), file=sys.stderr, flush=True)
        if options.out:
            with open(options.out, "a") as out:
                for model in models:
                    out.write(json.dumps({"model": model} | rows[model][-1]) + "\n")
    for model in [] if options.draw_only else models:
        answers = judged(options.farmtop, model, rows[model])
        for print_, answer in zip(rows[model], answers):
            print_["alert"] = answer["alert_at"]
        print(model or "built in", summary(rows[model]))


if __name__ == "__main__":
    main()
