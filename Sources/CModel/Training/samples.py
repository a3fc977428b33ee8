"""Training samples, each a function of the seed and its number alone, and batches of them from worker processes."""
import math
import multiprocessing
import os
import random as pseudo

import cv2
import numpy as np

import far as webcams
import scenes
import strands
from augment import blend, camera, clipped, feather, light, match_light, other_hue, view
from photos import STRINGING_WEIGHT

NOTHING = np.zeros((0, 5), np.float32)
FAILURE, CLEAN, UNKNOWN = 1, 0, -1  # of the whole picture


def between(random, low, high):
    """A factor, evenly spread over its logarithm."""
    return math.exp(random.uniform(math.log(low), math.log(high)))


class Bank:
    """What is drawn once before training: scenes, nests, strings and their harmless twins."""

    def __init__(self, seed, scenes_count=1800, nests_count=1800, strings_count=1000):
        random = pseudo.Random(seed)
        self.scenes = [scenes.scene(random) for _ in range(scenes_count)]
        self.nests = [strands.nest(random) for _ in range(nests_count)]
        self.strings = [strands.strings(random) for _ in range(strings_count)]
        self.bare_walls = [strands.strings(random, strung=False)[0] for _ in range(strings_count // 3)]


class Sampler:
    """Photos and a bank -> (picture, boxes, label of the picture)."""

    def __init__(self, photos, bank, seed, far=0):
        """`far`: the share of samples for webcams, of far.py, in per cent of the others."""
        self.photos, self.bank, self.seed = photos, bank, seed
        self.kinds = [(self.failing, 16), (self.shrunk, 8), (self.cut_outs, 10), (self.mosaic, 5), (self.drawn, 14),
                      (self.strung, 13), (self.clean, 28), (self.collage, 6)]
        if far:
            kinds = webcams.Far(self, pseudo.Random(seed + 1))
            self.kinds += [(kinds.far, 0.75 * far), (kinds.region, 0.25 * far)]

    def __call__(self, number, size):
        random = pseudo.Random(self.seed * 1_000_003 + number)
        kinds, shares = zip(*self.kinds)
        picture, boxes, label = random.choices(kinds, shares)[0](random, size)
        if label is None:
            label = FAILURE if (boxes[:, 4] > 0).any() else UNKNOWN if len(boxes) else CLEAN
        return camera(random, light(random, picture)), boxes.astype(np.float32), label

    # Backgrounds.

    def background(self, random, size, drawn=0.3):
        """A clean print, photographed or drawn; boxes that say nothing; places for a failure (fractions, scale)."""
        kind = random.random()
        if kind < drawn:
            picture, places = random.choice(self.bank.scenes)
            zoom = between(random, 0.95, 1.5)
            places = [(x / picture.shape[0], y / picture.shape[0], scale) for x, y, scale in places]
            out, spots = view_places(random, picture, places, size, between(random, 0.95, 1.5))
            boxes = NOTHING
        elif kind < drawn + 0.35 * (1 - drawn):
            index = self.photos.pick(random, self.photos.wide)
            places = [(x, y, 1.0) for x, y in self.photos.spots[index]]
            out, spots = view_places(random, self.photos.pictures[index], places, size, between(random, 0.8, 1.5))
            boxes = NOTHING
            if random.random() < 0.5:  # a part where the failure was
                x, y, _ = random.choice(spots) if spots else (random.random(), random.random(), 1)
                scenes.part(random, out, x * size, y * size, size * between(random, 0.1, 0.5),
                            strands.filament_colour(random))
        else:
            index = self.photos.pick(random, self.photos.clean)
            out, boxes = view(random, self.photos.pictures[index], self.photos.boxes[index], size,
                              between(random, 0.9, 1.9), fills=True)
            spots = []
        spots = spots or [(random.uniform(0.1, 0.9), min(0.95, max(0.1, random.gauss(0.58, 0.22))), 1.0)]
        return out, boxes, spots

    # Kinds of samples.

    def failing(self, random, size):
        index = self.photos.pick(random, self.photos.failing)
        picture, boxes = view(random, self.photos.pictures[index], self.photos.boxes[index], size,
                              between(random, 0.75, 2.0))
        return picture, boxes, None

    def shrunk(self, random, size):
        """A whole failing photo, small, upon a clean one."""
        picture, around, _ = self.background(random, size)
        factor = between(random, 0.22, 0.8)
        side = int(size * factor)
        index = self.photos.pick(random, self.photos.failing)
        patch, boxes = view(random, self.photos.pictures[index], self.photos.boxes[index], side,
                            between(random, 1, 1.4))
        x, y = random.randrange(0, size - side), random.randrange(0, size - side)
        blend(picture, match_light(random, patch, picture), x, y, feather(random, side, side))
        boxes = boxes.copy()
        boxes[:, :4] = boxes[:, :4] * side / size + np.array([x, y, x, y]) / size
        return picture, np.concatenate([boxes, around]), None

    def cut_out(self, random, failing):
        """Pixels within a failure's box, or a piece of a clean photo."""
        while True:
            index = self.photos.pick(random, self.photos.failing if failing else self.photos.clean)
            picture, boxes = self.photos.pictures[index], self.photos.boxes[index]
            if failing:
                x0, y0, x1, y1, _ = random.choice(boxes)
            else:
                w, h = random.uniform(0.15, 0.7), random.uniform(0.15, 0.7)
                x0, y0 = random.uniform(0, 1 - w), random.uniform(0, 1 - h)
                x1, y1 = x0 + w, y0 + h
            x0, y0, x1, y1 = (int(value * picture.shape[0]) for value in (x0, y0, x1, y1))
            if min(x1 - x0, y1 - y0) >= 30:
                return picture[y0:y1, x0:x1]

    def paste_cut_out(self, random, picture, spots, failing):
        """Returns its box."""
        size = picture.shape[0]
        patch = self.cut_out(random, failing)
        x, y, scale = random.choice(spots)
        long_side = size * between(random, 0.06, 0.5) * (0.4 + 0.6 * scale)
        shape = math.sqrt(patch.shape[1] / patch.shape[0]) * math.exp(random.uniform(-0.2, 0.2))
        w, h = (int(min(0.8 * size, max(10, side))) for side in (long_side * shape, long_side / shape))
        patch = cv2.resize(patch, (w, h), interpolation=cv2.INTER_AREA)
        if random.random() < 0.5:
            patch = np.ascontiguousarray(patch[:, ::-1])
        if random.random() < 0.4:
            patch = other_hue(random, patch)
        x, y = int(x * size - w / 2), int(y * size - h * random.uniform(0.5, 1))
        x, y = min(size - w, max(0, x)), min(size - h, max(0, y))
        kind = random.choice(["oval", "oval", "soft"])
        blend(picture, match_light(random, patch, picture[y:y + h, x:x + w]), x, y, feather(random, h, w, kind))
        inset = 0.06 if kind == "oval" else 0.03
        return [(x + w * inset) / size, (y + h * inset) / size, (x + w * (1 - inset)) / size,
                (y + h * (1 - inset)) / size, 1]

    def cut_outs(self, random, size):
        picture, around, spots = self.background(random, size)
        if random.random() < 0.15:
            scenes.harmless(random, picture)
        rows = [self.paste_cut_out(random, picture, spots, True) for _ in range(random.choice([1, 1, 1, 2, 3]))]
        if random.random() < 0.3:  # something harmless, perhaps in front of it
            front = self.paste_cut_out(random, picture, spots, False)
            rows = [row for row in rows if covered(row, front) < 0.3]
        return picture, np.concatenate([np.array(rows, np.float32).reshape(-1, 5), around]), None

    def mosaic(self, random, size):
        """Four photos about a point."""
        picture, rows = np.empty((size, size, 3), np.uint8), [NOTHING]
        x, y = (int(size * random.uniform(0.3, 0.7)) for _ in range(2))
        for x0, y0, x1, y1 in ((0, 0, x, y), (x, 0, size, y), (0, y, x, size), (x, y, size, size)):
            choice = self.photos.failing if random.random() < 0.4 else self.photos.clean
            index, side = self.photos.pick(random, choice), max(x1 - x0, y1 - y0)
            tile, boxes = view(random, self.photos.pictures[index], self.photos.boxes[index], side,
                               between(random, 1, 1.5))
            w, h = x1 - x0, y1 - y0
            left, top = (side - w) // 2, (side - h) // 2
            picture[y0:y1, x0:x1] = tile[top:top + h, left:left + w]
            within = boxes.copy()
            within[:, [0, 2]] = (boxes[:, [0, 2]] * side - left) / w
            within[:, [1, 3]] = (boxes[:, [1, 3]] * side - top) / h
            within = clipped(within)
            within[:, [0, 2]] = (within[:, [0, 2]] * w + x0) / size
            within[:, [1, 3]] = (within[:, [1, 3]] * h + y0) / size
            rows.append(within)
        return picture, np.concatenate(rows), None

    def drawn(self, random, size):
        """Drawn nests on a clean print: small and far away as often as large and near, some before a glaring rim."""
        picture, around, spots = self.background(random, size, drawn=0.45)
        if random.random() < 0.2:
            scenes.harmless(random, picture)
        rows = []
        for _ in range(random.choice([1, 1, 2])):
            drawing = random.choice(self.bank.nests)
            x, y, scale = random.choice(spots)
            long_side = size * between(random, 0.08, 0.6) * (0.4 + 0.6 * scale)
            rows.append(lay(random, picture, drawing, x, y, long_side, 1))
        if random.random() < 0.15:
            picture = scenes.bloom(random, picture).astype(np.uint8)
        return picture, np.concatenate([np.array(rows, np.float32), around]), None

    def strung(self, random, size):
        """Fine strings, photographed or drawn."""
        if random.random() < 0.35:
            index = self.photos.pick(random, self.photos.strung)
            picture, boxes = view(random, self.photos.pictures[index], self.photos.boxes[index], size,
                                  between(random, 0.6, 1.6))
            return picture, boxes, None
        picture, around, spots = self.background(random, size, drawn=0.45)
        drawing, inside = random.choice(self.bank.strings)
        x, y, scale = random.choice(spots)
        row = lay(random, picture, drawing, x, y, size * between(random, 0.25, 0.9) * (0.5 + 0.5 * scale), STRINGING_WEIGHT)
        w, h = row[2] - row[0], row[3] - row[1]
        row = [row[0] + inside[0] * w, row[1] + inside[1] * h, row[0] + inside[2] * w, row[1] + inside[3] * h,
               STRINGING_WEIGHT]
        return picture, np.concatenate([clipped(np.array([row], np.float32)), around]), None

    def collage(self, random, size):
        """Many clean pictures, small, side by side: clutter."""
        count = random.choice([2, 3, 3, 4])
        side = -(-size // count)
        picture = np.empty((side * count, side * count, 3), np.uint8)
        for y in range(0, side * count, side):
            for x in range(0, side * count, side):
                picture[y:y + side, x:x + side] = self.background(random, side)[0]
        return np.ascontiguousarray(picture[:size, :size]), NOTHING, CLEAN

    def clean(self, random, size):
        picture, around, spots = self.background(random, size, drawn=0.25)
        kind = random.random()
        if kind < 0.42:
            scenes.harmless(random, picture)
        elif kind < 0.58:  # pasted like a failure, so that a paste's edge is no sign of one
            for _ in range(random.choice([1, 2])):
                self.paste_cut_out(random, picture, spots, False)
        elif kind < 0.67:
            side = int(size * random.uniform(0.25, 0.8))
            index = self.photos.pick(random, self.photos.clean)
            patch, _ = view(random, self.photos.pictures[index], NOTHING, side, between(random, 1, 1.4))
            x, y = random.randrange(0, size - side), random.randrange(0, size - side)
            blend(picture, match_light(random, patch, picture), x, y, feather(random, side, side))
        elif kind < 0.78:
            x, y, scale = random.choice(spots)
            lay(random, picture, random.choice(self.bank.bare_walls), x, y, size * between(random, 0.15, 0.8) * scale, 0)
        return picture, around, None


def view_places(random, picture, places, size, zoom):
    """`view` that follows places [(x, y, scale)] (fractions); those outside are dropped."""
    marks = np.array([[x - 0.02, y - 0.02, x + 0.02, y + 0.02, place + 1] for place, (x, y, _) in enumerate(places)],
                     np.float32)
    out, marks = view(random, picture, marks, size, zoom, fills=True)
    return out, [((x0 + x1) / 2, (y0 + y1) / 2, places[int(number) - 1][2]) for x0, y0, x1, y1, number in marks if number]


def lay(random, picture, drawing, x, y, long_side, weight, least=0.025):
    """Lay an RGBA drawing at (x, y) (fractions), its longer side `long_side` pixels; returns its box."""
    size = picture.shape[0]
    factor = min(long_side / max(drawing.shape[:2]), 0.95 * size / max(drawing.shape[:2]))
    drawing = cv2.resize(drawing, None, fx=factor, fy=factor,
                         interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    if random.random() < 0.5:
        drawing = drawing[:, ::-1]
    h, w = drawing.shape[:2]
    x0 = min(size - w, max(0, int(x * size - w / 2)))
    y0 = min(size - h, max(0, int(y * size - h * random.uniform(0.6, 1))))
    colour, alpha = drawing[..., :3], drawing[..., 3].astype(np.float32) / 255
    below = picture[y0:y0 + h, x0:x0 + w]
    if random.random() < 0.5:
        colour = match_light(random, colour, below)
    if random.random() < 0.5:  # its shadow
        shadow = cv2.GaussianBlur(alpha, (0, 0), 2) * random.uniform(0.2, 0.5)
        below[:] = (below * (1 - shadow[..., None])).astype(np.uint8)
    blend(picture, colour, x0, y0, alpha * random.choice([1, 1, random.uniform(0.6, 1)]))
    if min(w, h) < least * size or (weight == 1 and (alpha > 0.25).mean() < 0.05):
        weight = 0
    return [x0 / size, y0 / size, (x0 + w) / size, (y0 + h) / size, weight]


def covered(row, front):
    """The share of a box that another one covers."""
    w = min(row[2], front[2]) - max(row[0], front[0])
    h = min(row[3], front[3]) - max(row[1], front[1])
    return max(0, w) * max(0, h) / max(1e-9, (row[2] - row[0]) * (row[3] - row[1]))


class Batches:
    """Batches from `workers` processes, in an order that does not depend on their speed.

    Iterating gives (pictures (batch, size, size, 3) uint8, boxes of each, labels (batch,)).
    """

    def __init__(self, sampler, batch, sizes, first_step=0, workers=2):
        """`sizes`: pixels of each step's pictures."""
        context = multiprocessing.get_context("fork")
        self.steps = range(first_step, len(sizes))
        self.queues = [context.Queue(2) for _ in range(workers)]
        self.processes = []
        for worker in range(workers):
            arguments = (sampler, batch, sizes, [s for s in self.steps if s % workers == worker], self.queues[worker])
            self.processes.append(context.Process(target=produce, args=arguments, daemon=True))
            self.processes[-1].start()

    def __iter__(self):
        for step in self.steps:
            yield self.queues[step % len(self.queues)].get()


def produce(sampler, batch, sizes, steps, queue):
    cv2.setNumThreads(0)
    os.nice(1)
    for step in steps:
        made = [sampler(step * batch + index, sizes[step]) for index in range(batch)]
        pictures, boxes, labels = zip(*made)
        queue.put((np.stack(pictures), list(boxes), np.array(labels)))
