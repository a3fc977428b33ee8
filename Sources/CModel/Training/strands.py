"""Drawn failures: nests of loose filament, and fine strings between two walls.

Every picture is RGBA, uint8, cut to its contents: the alpha channel is what covers the background. All randomness comes
from the `random.Random` that is passed in.
"""
import math

import cv2
import numpy as np

CANVAS = 256  # pixels of the longer side of a drawn failure, at most
FRACTION_BITS = 3  # of OpenCV's drawing coordinates


def filament_colour(random):
    """(3,) float32, 0...255: often white, grey or black, as filament is, else any strong hue."""
    kind = random.random()
    if kind < 0.28:
        value = random.uniform(170, 255)
        colour = [value, value, value * random.uniform(0.82, 1)]
    elif kind < 0.42:
        colour = [random.uniform(12, 70)] * 3
    elif kind < 0.54:
        colour = [random.uniform(80, 165)] * 3
    else:
        pixel = np.uint8([[[random.randrange(180), random.randrange(110, 256), random.randrange(100, 256)]]])
        colour = cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0]
    return np.array(colour, np.float32)


def fixed_point(points):
    """(n, 2) pixels -> the integer coordinates that OpenCV's drawing takes."""
    return np.round(np.asarray(points) * 2**FRACTION_BITS).astype(np.int32).reshape(-1, 1, 2)


def polyline(picture, points, colour, thickness):
    colour = [float(value) for value in np.clip(colour, 0, 255)]
    cv2.polylines(picture, [fixed_point(points)], False, colour, thickness, cv2.LINE_AA, FRACTION_BITS)


def smooth_noise(random, count, memory):
    """(count,) a random walk that forgets: first-order autoregressive noise of unit variance."""
    state, out = random.gauss(0, 1), np.empty(count)
    push = math.sqrt(1 - memory * memory)
    for index in range(count):
        state = memory * state + push * random.gauss(0, 1)
        out[index] = state
    return out


def wandering(random, steps, curl):
    """(steps, 2) about -1...1: filament pushed into the air; `curl` 0.3 sways, 2.5 coils tightly."""
    turn = smooth_noise(random, steps, random.uniform(0.8, 0.97)) * curl * 0.22 + random.gauss(0, 0.05) * curl
    heading = random.uniform(0, 2 * math.pi) + np.cumsum(turn)
    path = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), 0)
    path -= np.linspace(0, random.uniform(0.4, 1), steps)[:, None] * (path[-1] - path[0])  # it stays near
    path -= path.mean(0)
    return path / max(1e-6, np.abs(path).max()) * random.uniform(0.5, 1)


def coil(random, steps):
    """(steps, 2): rings that slip sideways, as filament that was laid on nothing falls."""
    turns = random.uniform(0.8, 6)
    angle = random.uniform(0, 6.28) + random.choice([-1, 1]) * np.linspace(0, 2 * math.pi * turns, steps)
    radius = random.uniform(0.25, 0.75) * (1 + 0.2 * smooth_noise(random, steps, 0.97))
    drift = np.linspace(-1, 1, steps)[:, None] * [random.gauss(0, 0.25), random.gauss(0, 0.15)]
    path = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1) + drift
    path[:, 1] *= random.uniform(0.4, 1)
    return path + [random.gauss(0, 0.2), random.gauss(0, 0.15)]


def hanging(random, steps):
    """(steps, 2): from a point above, down and up again in curls."""
    x0, x1 = random.uniform(-0.9, 0.9), random.uniform(-0.9, 0.9)
    along = np.linspace(0, 1, steps)
    sag = random.uniform(0.5, 1.7) * 4 * along * (1 - along)
    wave = 0.06 * smooth_noise(random, steps, 0.95)
    return np.stack([x0 + (x1 - x0) * along + wave, -0.8 + sag + wave[::-1]], 1)


def hair(random, steps):
    """(steps, 2): a short curl that leaves the middle."""
    angle = random.uniform(0, 2 * math.pi)
    heading = angle + np.cumsum(smooth_noise(random, steps, 0.95) * random.uniform(0.02, 0.25))
    path = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), 0) / steps * random.uniform(0.4, 1.2)
    return path + np.array([math.cos(angle), math.sin(angle)]) * random.uniform(0, 0.35)


def cut_to_contents(picture):
    """The picture without its empty margin, or None where hardly anything was drawn."""
    rows, columns = np.where(picture[..., 3] > 30)
    if len(rows) < 40:
        return None
    return picture[rows.min():rows.max() + 1, columns.min():columns.max() + 1].copy()


def nest(random):
    """Loose strands, from two loops to a big nest."""
    side = CANVAS * 2
    count = int(math.exp(random.uniform(math.log(2), math.log(80))))
    kinds = random.choices([wandering, coil, hanging, hair], [5, 3, 1.5, 1.5], k=random.choice([1, 1, 2]))
    curl = math.exp(random.uniform(math.log(0.35), math.log(2.6)))
    thickness = max(1, round(side * math.exp(random.uniform(math.log(0.004), math.log(0.024)))))
    half = np.array([side * random.uniform(0.25, 0.46), side * random.uniform(0.12, 0.46)])
    light = np.array([random.choice([-1, 0, 1]), -1]) * thickness * 0.25
    shine, contrast = random.uniform(10, 100), random.uniform(0.25, 0.7)
    base = filament_colour(random)
    picture = np.zeros((side, side, 4), np.uint8)
    colour, alpha = np.empty((side, side, 3), np.uint8), np.zeros((side, side), np.uint8)
    colour[:] = np.uint8(base * contrast)
    for index in range(count):
        kind = random.choice(kinds)
        steps = random.randrange(30, 110)
        path = kind(random, steps, curl) if kind is wandering else kind(random, steps)
        path = path * half * random.uniform(0.5, 1) + side / 2
        depth = contrast + (1 - contrast) * (index + 1) / count * random.uniform(0.7, 1.1)
        polyline(colour, path, base * depth * contrast, thickness + max(2, thickness // 2))
        polyline(colour, path, base * depth, thickness)
        if thickness > 2:
            polyline(colour, path + light, base * depth + shine, max(1, thickness // 3))
        cv2.polylines(alpha, [fixed_point(path)], False, 255, thickness + 1, cv2.LINE_AA, FRACTION_BITS)
    if random.random() < 0.3:  # a blob of plastic in it
        centre = tuple(int(value) for value in side / 2 + half * [random.gauss(0, 0.3), random.uniform(0, 0.6)])
        axes = (int(half[0] * random.uniform(0.1, 0.4)), int(half[1] * random.uniform(0.1, 0.4)))
        cv2.ellipse(colour, centre, axes, random.uniform(-30, 30), 0, 360, (base * 0.8).tolist(), -1, cv2.LINE_AA)
        cv2.ellipse(alpha, centre, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    picture[..., :3], picture[..., 3] = colour, alpha
    picture = cut_to_contents(cv2.resize(picture, (CANVAS, CANVAS), interpolation=cv2.INTER_AREA))
    return nest(random) if picture is None else picture


def wall(random, picture, left, right, top, base):
    """A printed wall with its layer lines, from `top` to the bottom of the picture."""
    height = picture.shape[0]
    period, depth, round_off = random.uniform(2, 9), random.uniform(0, 0.2), random.uniform(0, 0.5)
    rows = np.arange(top, height)[:, None]
    columns = np.linspace(-1, 1, max(1, right - left))[None]
    shade = (1 - depth * (np.sin(rows * 2 * math.pi / period) > 0)) * (1 - round_off * columns**2)
    picture[top:, left:right, :3] = np.clip(base * shade[..., None], 0, 255)
    picture[top:, left:right, 3] = 255


def strings(random, strung=True, walls=None):
    """Two printed walls (unless `walls` is False) with hairs between them, or (not `strung`) with nothing or bars.

    Returns the picture and the part of it that holds the strings: left, top, right, bottom as fractions.
    """
    side = CANVAS * 2
    base = filament_colour(random)
    height = int(side * random.uniform(0.3, 1))
    picture = np.zeros((height, side, 4), np.uint8)
    left, right = int(side * random.uniform(0.06, 0.35)), int(side * random.uniform(0.6, 0.94))
    if walls is None:
        walls = random.random() < 0.6
    tops = [random.randrange(0, height // 3) for _ in range(2)]
    hairs = np.zeros((height, side, 4), np.uint8)
    hairs[..., :3] = np.uint8(np.clip(base * random.uniform(0.7, 1.2) + random.uniform(-10, 50), 0, 255))
    if strung:
        low, high = sorted(random.uniform(max(tops), height - 1) for _ in range(2))
        high = max(high, low + height * 0.15)
        for _ in range(int(math.exp(random.uniform(math.log(3), math.log(90))))):
            y0 = random.uniform(low, min(height - 1, high))
            y1 = y0 + random.gauss(0, height * random.choice([0.01, 0.04, 0.1]))
            along = np.linspace(0, 1, 24)
            path = np.stack([left + (right - left) * along, y0 + (y1 - y0) * along], 1)
            path[:, 1] += random.uniform(-0.01, 0.08) * side * 4 * along * (1 - along)
            path[:, 1] += smooth_noise(random, 24, 0.9) * random.choice([0, 1, 3])
            if random.random() < 0.3:  # broken: a whisker at one wall
                cut = random.randrange(4, 20)
                path = path[:cut] if random.random() < 0.5 else path[cut:]
                path[:, 1] += np.linspace(0, 1, len(path))**2 * random.gauss(0, 20)
            polyline(hairs, path, [*hairs[0, 0, :3], random.uniform(70, 255)], random.choice([1, 1, 2, 2, 3]))
    elif random.random() < 0.5:  # a bridge, bars or a lattice: straight and regular
        count, thick = random.randrange(1, 8), random.randrange(3, 16)
        for y in np.linspace(max(tops) + thick, height - 1 - thick, count + 2)[1:-1]:
            cv2.line(hairs, (left, int(y)), (right, int(y)), [*map(int, hairs[0, 0, :3]), 255], thick, cv2.LINE_AA)
    if walls:
        wall(random, hairs, 0 if random.random() < 0.3 else int(left * random.uniform(0.2, 0.8)), left, tops[0], base)
        wall(random, hairs, right, int(right + (side - right) * random.uniform(0.3, 1)), tops[1], base)
    if not hairs[..., 3].any():
        return strings(random, strung, True)
    small = (CANVAS, max(8, height // 2))
    return cv2.resize(hairs, small, interpolation=cv2.INTER_AREA), (left / side, max(tops) / height, right / side, 1.0)
