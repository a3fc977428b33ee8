"""The training photos: which may be used, what is in them, and their pixels.

A box is a row x0, y0, x1, y1 (fractions of the picture) and a weight: 1 a failure, 0 a region that says nothing, and
between them a weak positive.
"""
import csv
import json
import os
from collections import Counter

import cv2
import numpy as np

PERMISSIVE = ("prottos", "p3rc1va1")  # CC BY 4.0; public domain
SIDE = 512  # pixels of a cached photo
STRINGING_WEIGHT = 0.7
STRANDS, SURFACE, STRINGING, UNSURE = "strands", "surface", "stringing", "unsure"
FAILURES = {"spaghetti", "fail"}
UNCLEAR = {"stringing", "under_extrusion", "over_extrusion"}


def manifest(data):
    with open(os.path.join(data, "manifest.json")) as file:
        return json.load(file)


def reviews():
    """Picture name -> (verdict, whether it is a wide view of a printer whose boxes hold all of the failure).

    A photo that is not listed is `strands`, not wide.
    """
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "review.csv")) as file:
        return {row["picture"]: (row["verdict"], row["wide"] == "yes") for row in csv.DictReader(file)}


def boxes_of(entry, verdict=STRANDS):
    """(n, 5) float32, see above. Warping and gantries are background."""
    rows = []
    for box in entry.get("boxes") or []:
        if verdict == SURFACE or box["cls"] not in FAILURES | UNCLEAR:
            continue
        weight = 1.0 if verdict == STRANDS else STRINGING_WEIGHT if verdict == STRINGING else 0.0
        x, y, w, h = box["xywh"]
        rows.append([x - w / 2, y - h / 2, x + w / 2, y + h / 2, 0.0 if box["cls"] in UNCLEAR else weight])
    return np.clip(np.array(rows, np.float32).reshape(-1, 5), 0, 1)


def emptied(picture, boxes, margin=0.03, side=128):
    """The picture with its boxes filled from what is around them: the printer without the failure, blurred there."""
    mask = np.zeros((side, side), np.uint8)
    for x0, y0, x1, y1 in boxes[:, :4]:
        corners = [int(side * value) for value in (x0 - margin, y0 - margin, x1 + margin, y1 + margin)]
        cv2.rectangle(mask, tuple(corners[:2]), tuple(corners[2:]), 255, -1)
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    filled = cv2.resize(cv2.inpaint(small, mask, 4, cv2.INPAINT_TELEA), picture.shape[1::-1])
    cover = cv2.GaussianBlur(cv2.resize(mask, picture.shape[1::-1]), (0, 0), 3)[..., None] / np.float32(255)
    return (filled * cover + picture * (1 - cover)).astype(np.uint8)


class Photos:
    """Train-split photos in memory, sorted into failures, strings and clean prints, with sampling weights.

    `wide` are views of printers whose failure was painted over, and `spots` where it was: (x, y) fractions.
    A near-duplicate group weighs the square root of its size.
    """

    def __init__(self, data, sources=PERMISSIVE):
        verdicts = reviews()
        entries = [entry for entry in manifest(data) if entry["split"] == "train" and entry["source"] in sources]
        self.pictures, self.boxes, self.weights, self.spots = [], [], [], {}
        self.failing, self.strung, self.clean, self.wide = [], [], [], []
        groups = Counter((entry["source"], entry["cluster"]) for entry in entries)
        for entry in entries:
            name = os.path.splitext(os.path.basename(entry["file"]))[0]
            verdict, wide = verdicts.get(name, (STRANDS, False))
            weight = groups[entry["source"], entry["cluster"]] ** -0.5 * (3 if entry["source"] == "p3rc1va1" else 1)
            picture = cv2.cvtColor(cv2.imread(os.path.join(data, entry["file"])), cv2.COLOR_BGR2RGB)
            picture = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
            if wide:
                boxes = boxes_of(entry)
                index = self.add(self.wide, emptied(picture, boxes), boxes[:0], weight)
                self.spots[index] = [((x0 + x1) / 2, y1) for x0, _, x1, y1, _ in boxes]
            boxes = boxes_of(entry, verdict)
            if entry["label"] in ("negative", "other_defect") or verdict == SURFACE:
                self.add(self.clean, picture, boxes, weight * (0.6 if verdict == SURFACE else 1))
            elif verdict != UNSURE and len(boxes):
                self.add(self.strung if verdict == STRINGING else self.failing, picture, boxes, weight)

    def add(self, kind, *row):
        for values, value in zip((self.pictures, self.boxes, self.weights), row):
            values.append(value)
        kind.append(len(self.pictures) - 1)
        return kind[-1]

    def pick(self, random, indices):
        return random.choices(indices, [self.weights[index] for index in indices])[0]

    def __str__(self):
        counts = (self.failing, "failing"), (self.strung, "strung"), (self.clean, "clean"), (self.wide, "emptied")
        return ", ".join(f"{len(kind)} {name}" for kind, name in counts) + " photos"
