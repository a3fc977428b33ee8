"""Samples for webcams: failures of 4 to 15 % of the width in wide views, the same views with harmless things pasted alike, and
crops of both as a region would give them. A kind of sample for a failure has a clean twin made by the same steps.
"""
import math

import cv2
import numpy as np

import samples  # which imports this file, too
import scenes
import strands
from augment import blend, clipped, feather, match_light, view
from ornaments import loom, shaded

NEST, CLEAN_SHARE = 256, 0.5  # pixels of a drawn nest; of far samples without a failure
LEAST_CONTRAST = 14  # levels between a failure and what it covers; below it says nothing


def solid_nest(random):
    """RGBA: strands in three dimensions that curl, lie on one another and shade one another."""
    height, cover = np.zeros((NEST, NEST), np.float32), np.zeros((NEST, NEST), np.uint8)
    colour = strands.filament_colour(random)
    half = np.array([random.uniform(0.3, 0.46), random.uniform(0.18, 0.46)]) * NEST
    thick = max(2, int(NEST * math.exp(random.uniform(math.log(0.012), math.log(0.04)))))
    for index in range(int(math.exp(random.uniform(math.log(3), math.log(50))))):
        steps, kind = random.randrange(30, 100), random.random()
        path = strands.wandering(random, steps, random.uniform(0.5, 2.4)) if kind < 0.6 else strands.coil(random, steps)
        path = path * half * random.uniform(0.4, 1) + NEST / 2
        layer = np.zeros((NEST, NEST), np.uint8)
        cv2.polylines(layer, [strands.fixed_point(path)], False, 255, thick, cv2.LINE_AA, strands.FRACTION_BITS)
        round_ = np.sqrt(cv2.distanceTransform((layer > 127).astype(np.uint8), cv2.DIST_L2, 3) * thick)
        lift = index * thick * random.uniform(0.05, 0.3)
        height = np.where(layer > 127, np.maximum(height, round_ + lift), height)
        cover = np.maximum(cover, layer)
    surface = shaded(random, height, colour, random.uniform(0.5, 1.3))
    deep = cv2.GaussianBlur(height, (0, 0), 2 * thick) - height  # what lies under others is darker
    surface = surface * np.clip(1 - 0.7 * np.clip(deep / (2 * thick), 0, 1), 0, 1)[..., None]
    picture = np.dstack([np.clip(surface, 0, 255), cover]).astype(np.uint8)
    return strands.cut_to_contents(picture)


def jointed(random):
    """RGBA: a jointed figure, as it should be: links, each over the next, along a bent spine; scales, spikes."""
    picture = np.zeros((NEST, NEST, 4), np.uint8)
    along = np.linspace(0, 1, random.randrange(8, 30))
    bend, turns = random.uniform(0.05, 0.3), random.uniform(0.3, 2)
    spine = np.stack([0.1 + 0.8 * along, 0.5 + bend * np.sin(along * turns * 2 * math.pi + random.uniform(0, 6))], 1) * NEST
    colour, widest = strands.filament_colour(random), NEST * random.uniform(0.05, 0.16)
    for index, (x, y) in enumerate(spine):
        size = widest * (0.35 + 0.65 * math.sin(math.pi * min(1, (index + 1) / len(spine))) ** 0.5)
        shade = colour * random.uniform(0.75, 1.05)
        for scale, factor in ((1, 0.35), (0.86, 0.8), (0.5, 1.1)):
            axes = (max(1, int(size * scale * 0.8)), max(1, int(size * scale)))
            value = [*np.clip(shade * factor, 0, 255).tolist(), 255]
            cv2.ellipse(picture, (int(x), int(y)), axes, 0, 0, 360, value, -1, cv2.LINE_AA)
        if random.random() < 0.5:
            tip = (int(x), int(y - size * 1.5))
            cv2.line(picture, (int(x), int(y - size)), tip, [*np.clip(shade, 0, 255).tolist(), 255], max(1, int(size / 4)), cv2.LINE_AA)
    return strands.cut_to_contents(picture)


def moving(random, picture):
    """A carriage, cables or a loom, blurred by their motion, drawn over the picture."""
    side = picture.shape[0]
    layer = picture.copy()
    if random.random() < 0.5:
        x, w, h = random.uniform(0, side), side * random.uniform(0.1, 0.35), side * random.uniform(0.15, 0.6)
        scenes.box(layer, x - w / 2, 0, x + w / 2, h, scenes.grey(random, 10, 120))
        cv2.circle(layer, (int(x), int(h * 0.6)), int(w * 0.3), (20, 20, 20), -1, cv2.LINE_AA)
    for _ in range(random.choice([0, 1, 2])):
        random.choice([scenes.cable, loom])(random, layer)
    length = max(3, int(side * random.uniform(0.02, 0.12)))
    kernel = np.full((1, length), 1 / length, np.float32)
    changed = (np.abs(layer.astype(np.int16) - picture).max(2) > 3).astype(np.float32)
    blurred, cover = (cv2.filter2D(part, -1, kernel) for part in (layer.astype(np.float32), changed))
    cover = np.clip(cover * 1.5, 0, 1)[..., None]
    picture[:] = (blurred * cover + picture * (1 - cover)).astype(np.uint8)


TINTS = [(1, 0.75, 0.45), (0.45, 0.65, 1.2), (0.9, 0.6, 1.1), (0.7, 1, 0.75)]  # lamps of chambers


def chamber(random, picture):
    """A chamber camera's colours, infrared or a burnt-out bed."""
    kind, picture = random.random(), picture.astype(np.float32)
    if kind < 0.4:
        picture *= np.float32(random.choice(TINTS)) * random.uniform(0.5, 1.1)
    elif kind < 0.75:
        picture = np.repeat(picture.mean(2, keepdims=True), 3, 2)
        rows, columns = np.ogrid[-1:1:picture.shape[0] * 1j, -1:1:picture.shape[1] * 1j]
        spot = np.exp(-((rows - random.uniform(-0.5, 0.5))**2 + (columns - random.uniform(-0.5, 0.5))**2) / random.uniform(0.2, 1.5))
        picture *= (0.4 + random.uniform(0.6, 1.6) * spot)[..., None]
    else:
        picture *= random.uniform(1.4, 2.2)
    return np.clip(picture, 0, 255).astype(np.uint8)


class Far:
    """Kinds of samples, on top of those of a `Sampler`."""

    def __init__(self, sampler, random, nests=900, figures=300):
        self.sampler = sampler
        self.nests = [nest for nest in (solid_nest(random) for _ in range(nests)) if nest is not None]
        self.figures = [figure for figure in (jointed(random) for _ in range(figures)) if figure is not None]

    def wide(self, random, size):
        """A clean printer, seen from farther away than in `Sampler.background`; never mirrored into a kaleidoscope."""
        bank, photos, kind = self.sampler.bank, self.sampler.photos, random.random()
        if 0.35 <= kind < 0.65:
            index = photos.pick(random, photos.wide)
            places = [(x, y, 1.0) for x, y in photos.spots[index]]
            return samples.view_places(random, photos.pictures[index], places, size, random.uniform(0.9, 1.4))
        picture, places = random.choice(bank.scenes)
        places = [(x / picture.shape[0], y / picture.shape[0], 1.0) for x, y, _ in places]
        picture, spots = samples.view_places(random, picture, places, size, random.uniform(0.95, 1.3))
        if kind < 0.35:
            return picture, spots
        side = int(size * random.uniform(0.4, 0.95))  # a clean photo, shrunk, before the drawn room
        index = photos.pick(random, photos.clean)
        patch, _ = view(random, photos.pictures[index], photos.boxes[index][:0], side, random.uniform(1, 1.3), fills=True)
        x, y = random.randrange(0, size - side + 1), random.randrange(0, size - side + 1)
        blend(picture, match_light(random, patch, picture), x, y, feather(random, side, side))
        return picture, [((x + side * random.uniform(0.2, 0.8)) / size, (y + side * random.uniform(0.4, 0.95)) / size, 1.0)]

    def thing(self, random, failing):
        """RGBA of a failure or of something harmless, drawn flat, drawn in depth or cut out of a photo."""
        bank, kind = self.sampler.bank, random.random()
        if kind < 0.45:  # a cut-out; its edge fades alike for both
            patch = self.sampler.cut_out(random, failing)
            h, w = patch.shape[:2]
            rows, columns = np.ogrid[-1:1:h * 1j, -1:1:w * 1j]
            alpha = np.clip((1.05 - np.abs(rows)**2.5 - np.abs(columns)**2.5) / random.uniform(0.2, 0.6), 0, 1) * 255
            return np.dstack([patch, alpha.astype(np.uint8)])
        if failing:
            return random.choice(self.nests if kind < 0.7 else bank.nests)
        if kind < 0.7:
            return random.choice(self.figures)
        if kind < 0.85:
            return random.choice(bank.bare_walls)
        canvas = np.zeros((NEST, NEST, 3), np.uint8)
        scenes.part(random, canvas, NEST / 2, NEST * 0.9, NEST * 0.7, np.maximum(30, strands.filament_colour(random)))
        drawn = strands.cut_to_contents(np.dstack([canvas, (canvas.max(2) > 0).astype(np.uint8) * 255]))
        return random.choice(self.figures) if drawn is None else drawn

    def far(self, random, size, failing=None):
        failing = random.random() >= CLEAN_SHARE if failing is None else failing
        picture, spots = self.wide(random, size)
        if random.random() < 0.25:
            scenes.harmless(random, picture)
        rows = []
        for place in range(random.choice([1, 1, 2, 3])):  # the first is a failure, if there is one
            x, y, _ = random.choice(spots) if spots and random.random() < 0.6 else (random.uniform(0.1, 0.9), random.uniform(0.3, 0.95), 1)
            is_failure = failing and (place == 0 or random.random() < 0.2)
            share = math.exp(random.uniform(math.log(0.04), math.log(0.15)))
            before = picture.copy()
            row = samples.lay(random, picture, self.thing(random, is_failure), x, y, size * share, float(is_failure), 0.018)
            if is_failure:
                x0, y0, x1, y1 = (int(value * size) for value in row[:4])
                changed = np.abs(before[y0:y1, x0:x1].astype(np.int16) - picture[y0:y1, x0:x1])
                rows.append(row if changed.size and changed.mean() > LEAST_CONTRAST else [*row[:4], 0])
        if random.random() < 0.2:
            before = picture.copy()
            moving(random, picture)
            for row in rows:  # hidden: says nothing
                x0, y0, x1, y1 = (int(value * size) for value in row[:4])
                if np.abs(before[y0:y1, x0:x1].astype(np.int16) - picture[y0:y1, x0:x1]).mean() > 12:
                    row[4] = 0
        if random.random() < 0.3:
            picture = chamber(random, picture)
        return picture, np.array(rows, np.float32) if rows else samples.NOTHING, None

    def region(self, random, size):
        """A crop of a far sample, as a person's box of the bed would give it."""
        share = random.uniform(0.4, 0.8)
        whole = int(size / share)
        picture, boxes, _ = self.far(random, whole)
        if len(boxes):
            x, y = ((boxes[0, axis] + boxes[0, axis + 2]) / 2 * whole for axis in (0, 1))
        else:
            x, y = random.uniform(0, whole), random.uniform(0, whole)
        left, top = (int(min(whole - size, max(0, at - size * random.uniform(0.2, 0.8)))) for at in (x, y))
        out = boxes.copy()
        out[:, :4] = (boxes[:, :4] * whole - [left, top, left, top]) / size
        return np.ascontiguousarray(picture[top:top + size, left:left + size]), clipped(out), None
