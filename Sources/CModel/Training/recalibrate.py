"""The calibration of a network's objectness for another input size, by left-out photos and small nests.

    recalibrate.py --data DATA --weights FOLDED.weights --size 384 [--minutes 5] [--cache FILE]

The weights stay; a larger input moves what the anchors answer to. Photos are the half `fit` of nests.py: clean ones, failures as
they are and pasted at 7 and 10 % of the width, sources alike. A random search of one scale and six biases: as many clean pictures
over `WARNING` and as high a mean as at --base-size without any change are allowed, no more, and `dev`'s bars must hold; of those
the best finds and ranks most failures. The half `check` chooses nothing. Prints each that is better than those before, as
export.py --weights takes it. --cache keeps the boxes, so that a second search begins at once.
"""
import argparse
import copy
import os
import pickle
import random
import time

import cv2
import numpy as np
import torch
from PIL import Image

from calibrate import calibrated
from evaluate import Evaluation, load
from nests import CANVAS, left_out, nest_of, pasted
from network import ANCHORS
from score import WARNING, anchors_of_rows, auc, boxes_of, p_of

WIDTHS = (0.07, 0.10)
EVERY = {0: 4, 0.07: 2, 0.10: 2}  # that failure counts in the search, which is slow
SHARES = {0: 2.0, 0.07: 2.0, 0.10: 2.0}  # what each width weighs; 0: as they are
LIKELY = -6.0  # a logit below it is no box at any calibration looked at


class Pictures:
    """Boxes of all pictures at one size, by width for failures and under None for clean ones."""

    def __init__(self, data, network, size, only_clean=False):
        entries, rng = left_out(data), random.Random(22)
        entries = [entry for entry in entries if rng.choice(("fit", "check")) == "fit"]  # as in nests.py
        clean = [entry for entry in entries if entry["label"] == "negative"]
        self.network, self.size, self.anchors = network, size, anchors_of_rows(size)
        self.groups, self.sources, self.waiting, rng = {}, {}, [], random.Random(27)
        for entry in clean if only_clean else entries:
            picture = Image.open(os.path.join(data, entry["file"])).convert("RGB")
            self.add(None if entry["label"] == "negative" else 0, entry, picture)
            if entry["label"] == "negative":
                continue
            scene = Image.open(os.path.join(data, rng.choice(clean)["file"])).convert("RGB").resize(CANVAS, Image.BOX)
            nest, place = nest_of(picture, entry), (rng.uniform(0.3, 0.7), rng.uniform(0.45, 0.75))
            for width in WIDTHS:
                self.add(width, entry, pasted(scene, nest, width, place))
        self.look()

    def add(self, width, entry, picture):
        shrunk = cv2.resize(np.asarray(picture), (self.size, self.size), interpolation=cv2.INTER_AREA)
        self.waiting.append((width, entry["source"], shrunk))
        if len(self.waiting) == 16:
            self.look()

    def look(self):
        found = boxes_of(self.network, [picture for _, _, picture in self.waiting]) if self.waiting else []
        for (width, source, _), rows in zip(self.waiting, found):
            likely = rows[:, 4] > LIKELY
            self.groups.setdefault(width, []).append((rows[likely], self.anchors[likely]))
            self.sources.setdefault(width, []).append(source)
        self.waiting = []

    def thinned(self):
        """With fewer failures."""
        thin = copy.copy(self)
        thin.groups = {width: rows[::EVERY.get(width, 1)] for width, rows in self.groups.items()}
        thin.sources = {width: names[::EVERY.get(width, 1)] for width, names in self.sources.items()}
        return thin

    def scores(self, scale=1.0, biases=np.zeros(len(ANCHORS))):
        """Width -> p of its pictures; None -> of the clean ones."""
        out = {}
        for width, pictures in self.groups.items():
            values = []
            for rows, anchors in pictures:
                rows = rows.copy()
                rows[:, 4] = scale * rows[:, 4] + biases[anchors]
                values.append(p_of(rows[rows[:, 4] > -2.45]))  # below it 0.08 is out of reach
            out[width] = np.array(values)
        return out

    def of_source(self, width):
        """Masks of the pictures of each source."""
        sources = np.array(self.sources[width])
        return [sources == source for source in sorted(set(sources))]


def clean_facts(pictures, scores):
    """Share over WARNING and mean of the clean pictures, sources alike, and all pictures alike."""
    clean = scores[None]
    parts = [clean[mask] for mask in pictures.of_source(None)]
    return np.array([np.mean([(part >= WARNING).mean() for part in parts]), np.mean([part.mean() for part in parts]),
                     (clean >= WARNING).mean(), clean.mean()])


def worth(pictures, scores):
    """What is found and how it is ranked, sources alike."""
    total = 0.0
    for width, share in SHARES.items():
        parts = [scores[width][mask] for mask in pictures.of_source(width)]
        total += share * np.mean([(part >= WARNING).mean() + 2 * auc(part, scores[None]) for part in parts])
    return total / sum(SHARES.values())


def line(pictures, scores):
    clean = clean_facts(pictures, scores)
    widths = "; ".join(f"{width or 'whole'} {auc(scores[width], scores[None]):.3f} {(scores[width] >= WARNING).mean():.2f}"
                       for width in sorted(SHARES))
    return f"{worth(pictures, scores):.4f} clean {clean[2]:.3f} mean {clean[3]:.3f} (sources alike {clean[0]:.3f} {clean[1]:.3f}) {widths}"


class Dev:
    """The pictures of `dev`: by how much a calibration misses its bars."""

    def __init__(self, data, network, size):
        self.evaluation, anchors = Evaluation(data, "dev", size, cv2.INTER_AREA), anchors_of_rows(size)
        likely = [(rows, rows[:, 4] > LIKELY) for rows in self.evaluation.boxes(network)]
        self.boxes = [(rows[mask], anchors[mask]) for rows, mask in likely]
        self.evaluation.pictures = None

    def missed(self, scale, biases):
        scores = self.evaluation.scores([calibrated(rows, anchors, scale, biases) for rows, anchors in self.boxes])
        clean = scores["clean"]
        bars = (("loose strands", 0.992), ("stringing", 0.90), ("other sources", 0.90))
        return (sum(max(0.0, bar - auc(scores[name], clean)) for name, bar in bars)
                + max(0.0, (clean >= WARNING).mean() - 0.024) + max(0.0, clean.mean() - 0.045))


def search(pictures, dev, most, seconds, rng):
    """Yields (scale, biases), each better than those before."""
    thin = pictures.thinned()
    nearest, best, ends = [(np.inf, np.array([1.2] + [-0.5] * len(ANCHORS)))], np.inf, time.monotonic() + seconds
    while time.monotonic() < ends:
        point = nearest[rng.integers(len(nearest))][1].copy()
        point[0] = np.clip(point[0] + rng.normal(0, 0.06), 0.5, 1.6)
        point[1:] += rng.normal(0, 0.25, len(ANCHORS)) * (rng.random(len(ANCHORS)) < 0.5) + rng.normal(0, 0.05)
        scores = thin.scores(point[0], point[1:])
        over = np.maximum(0, clean_facts(thin, scores) - most).sum()
        lost = 30 * over + 20 * dev.missed(point[0], point[1:]) - worth(thin, scores)
        nearest = sorted(nearest + [(lost, point)], key=lambda entry: entry[0])[:6]
        if lost < best:
            best = lost
            yield point[0], point[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights", required=True, help="folded, as they ship")
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--base-size", type=int, default=256, help="whose clean pictures are the measure")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--cache", help="a file for the boxes found, to search again")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    network = load(weights=options.weights)
    if options.cache and os.path.exists(options.cache):
        with open(options.cache, "rb") as file:
            base, pictures, dev = pickle.load(file)
    else:
        base = Pictures(options.data, network, options.base_size, only_clean=True)
        pictures, dev = Pictures(options.data, network, options.size), Dev(options.data, network, options.size)
        base.network = pictures.network = None
        if options.cache:
            with open(options.cache, "wb") as file:
                pickle.dump((base, pictures, dev), file)
    most = clean_facts(base, base.scores())
    print("clean at", options.base_size, most)
    print(options.size, "as they are", line(pictures, pictures.scores()), flush=True)
    for scale, biases in search(pictures, dev, most, 60 * options.minutes, np.random.default_rng(options.seed)):
        print(f"--scale {scale:.2f} --biases={','.join(f'{bias:.2f}' for bias in biases)} missed {dev.missed(scale, biases):.3f}",
              line(pictures, pictures.scores(scale, biases)), flush=True)


if __name__ == "__main__":
    main()
