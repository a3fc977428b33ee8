"""Left-out failures at all sizes: scores that the likelihoods and the simulated prints are made of.

    nests.py --data DATA --farmtop farmtop [--model OTHER.cfg] [--precision int8] --out left_out.csv

Each failure is cut out (its boxes, else the middle of the photo), shrunk and pasted with a soft edge onto a clean left-out
photo, and scored by the program, at each of `WIDTHS`. Clean photos are scored as they are. A row a photo: near-duplicates
count once. `half` divides failures and clean photos: `fit` for the likelihoods, `check` for the simulated prints. The pictures
go to a temporary folder and are removed; only names and scores stay.
"""
import argparse
import csv
import json
import os
import random
import subprocess
import tempfile

from PIL import Image, ImageDraw, ImageFilter

PERMISSIVE = ("prottos", "p3rc1va1")
WIDTHS = (0.04, 0.06, 0.08, 0.11, 0.15, 0.22, 0.35)  # of the pasted failure, in shares of the picture's width
CANVAS = (640, 480)


def left_out(data):
    """One photo of each near-duplicate group of train and val, from sources that training did not use."""
    with open(os.path.join(data, "manifest.json")) as file:
        entries = json.load(file)
    first = {}
    for entry in entries:
        if entry["split"] in ("train", "val") and entry["source"] not in PERMISSIVE:
            if entry["label"] in ("spaghetti", "spaghetti_or_stringing", "negative"):
                first.setdefault((entry["source"], entry["label"], entry.get("cluster", entry["file"])), entry)
    return list(first.values())


def nest_of(picture, entry):
    """The failure, cut out with a margin."""
    boxes = [box["xywh"] for box in entry.get("boxes") or []]
    if boxes:
        x0, y0 = min(b[0] - b[2] / 2 for b in boxes), min(b[1] - b[3] / 2 for b in boxes)
        x1, y1 = max(b[0] + b[2] / 2 for b in boxes), max(b[1] + b[3] / 2 for b in boxes)
    else:
        x0, y0, x1, y1 = 0.1, 0.1, 0.9, 0.9
    w, h = picture.size
    return picture.crop((int(max(0, x0) * w), int(max(0, y0) * h), int(min(1, x1) * w), int(min(1, y1) * h)))


def pasted(scene, nest, width, place):
    """The scene with the nest at so large a share of its width."""
    w = max(4, int(CANVAS[0] * width))
    h = max(4, min(int(w * nest.height / nest.width), CANVAS[1] * 2 // 3))
    mask = Image.new("L", (w, h), 0)
    ImageDraw.Draw(mask).ellipse((w * 0.04, h * 0.04, w * 0.96, h * 0.96), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(max(1, w * 0.04)))
    out = scene.copy()
    at = int(place[0] * CANVAS[0] - w / 2), int(place[1] * CANVAS[1] - h / 2)
    out.paste(nest.resize((w, h), Image.LANCZOS), at, mask)
    return out


def scores(program, paths, model=None, precision=None):
    """p_sum of each file."""
    found, options = {}, ["--model", model] if model else []
    options += ["--precision", precision] if precision else []
    for start in range(0, len(paths), 500):
        lines = subprocess.run([program, "detect", "--json", *options, *paths[start:start + 500]], stdout=subprocess.PIPE, check=True)
        for line in lines.stdout.decode().splitlines():
            row = json.loads(line)
            found[row["file"]] = sum(detection["confidence"] for detection in row["detections"])
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--farmtop", default="farmtop")
    parser.add_argument("--model", help="a cfg; default: the built-in network")
    parser.add_argument("--precision", help="as farmtop detect has it")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    entries = left_out(options.data)
    rng = random.Random(22)
    halves = {id(entry): rng.choice(("fit", "check")) for entry in entries}
    path = lambda entry: os.path.join(options.data, entry["file"])
    as_they_are = scores(options.farmtop, [path(entry) for entry in entries], options.model, options.precision)
    # Nests go onto scenes of the same half, quiet ones: what they score is the nest's.
    scenes = {half: [entry for entry in entries if entry["label"] == "negative" and halves[id(entry)] == half
                     and as_they_are[path(entry)] < 0.1] for half in ("fit", "check")}
    with tempfile.TemporaryDirectory() as folder, open(options.out, "w", newline="") as out:
        files = {}
        for number, entry in enumerate(entries):
            if entry["label"] == "negative":
                continue
            scene = Image.open(path(rng.choice(scenes[halves[id(entry)]]))).convert("RGB").resize(CANVAS, Image.LANCZOS)
            nest = nest_of(Image.open(path(entry)).convert("RGB"), entry)
            place = rng.uniform(0.3, 0.7), rng.uniform(0.45, 0.75)
            files[number] = [f"{folder}/{number}_{width}.jpg" for width in WIDTHS]
            for name, width in zip(files[number], WIDTHS):
                pasted(scene, nest, width, place).save(name, quality=88)
        shrunk = scores(options.farmtop, [name for names in files.values() for name in names], options.model, options.precision)
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["file", "source", "label", "half", "p", *(f"p_{round(width * 100)}" for width in WIDTHS)])
        for number, entry in enumerate(entries):
            values = [as_they_are[path(entry)], *(shrunk[name] for name in files.get(number, []))]
            rows.writerow([os.path.basename(entry["file"]), entry["source"],
                           "clean" if entry["label"] == "negative" else "failing", halves[id(entry)],
                           *(f"{value:.3f}" for value in values), *[""] * (8 - len(values))])


if __name__ == "__main__":
    main()
