"""Drawn prints that are as they should be though they are full of holes, folds and curves, and looms of wires."""
import math

import cv2
import numpy as np

from strands import fixed_point, polyline


def shaded(random, heights, colour, strength):
    """(h, w) heights in pixels -> (h, w, 3) float32: a surface of one colour under a lamp, dull or glossy."""
    down, across = np.gradient(heights * strength)
    normal = np.stack([-across, -down, np.ones_like(heights)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    lamp = np.float32([random.gauss(0, 0.6), random.uniform(-1, 0.2), random.uniform(0.4, 1)])
    lamp /= np.linalg.norm(lamp)
    facing = np.clip(normal @ lamp, 0, 1)
    gloss = random.choice([0, 0, 60, 160]) * facing[..., None] ** random.uniform(8, 40)
    return colour * (random.uniform(0.15, 0.5) + 0.9 * facing[..., None]) + gloss


def outline(random, h, w):
    """(h, w) uint8 mask: the silhouette of a vase, a figure, a disc or a lump."""
    rows, columns = np.mgrid[-1:1:h * 1j, -1:1:w * 1j].astype(np.float32)
    kind = random.random()
    if kind < 0.35:  # turned: a width at each height
        steps = np.linspace(-1, 1, h)
        half = 0.6 + sum(random.uniform(0, 0.25) * np.sin(steps * random.uniform(0.5, 5) + random.uniform(0, 6)) for _ in range(3))
        inside = np.abs(columns) < np.clip(half, 0.15, 0.98)[:, None]
    elif kind < 0.7:
        power = random.choice([1.2, 2, 2, 4])
        inside = np.abs(rows)**power + np.abs(columns)**power < 0.95
    else:
        angle, far = np.arctan2(rows, columns), np.hypot(rows, columns)
        edge = 0.7 + sum(random.uniform(0, 0.14) * np.cos(lobes * angle + random.uniform(0, 6)) for lobes in (2, 3, 5, 7))
        inside = far < edge
    return inside.astype(np.uint8)


def cells(random, h, w, mask):
    """(h, w) 0...1: the walls of a Voronoi lattice."""
    plane = cv2.Subdiv2D((0, 0, w + 1, h + 1))
    for _ in range(random.randrange(10, 90)):
        plane.insert((random.uniform(0, w), random.uniform(0, h)))
    walls, thickness = np.zeros((h, w), np.uint8), max(1, int(min(h, w) * random.uniform(0.015, 0.06)))
    for facet in plane.getVoronoiFacetList([])[0]:
        cv2.polylines(walls, [fixed_point(np.clip(facet, -4 * max(h, w), 4 * max(h, w)))], True, 255, thickness, cv2.LINE_AA, 3)
    edge = mask - cv2.erode(mask, np.ones((thickness + 1, thickness + 1), np.uint8))
    return np.maximum(walls / np.float32(255), edge) * mask


def bumps(random, h, w):
    """(h, w) float32: folds, hair, scales or an even swell."""
    noise = np.random.default_rng(random.randrange(2**31))
    kind, side = random.random(), min(h, w)
    if kind < 0.5:
        out = np.zeros((h, w), np.float32)
        for grain in (0.12, 0.05, 0.02):
            stretch = random.choice([1, 1, 4])
            part = cv2.GaussianBlur(noise.standard_normal((h, w), np.float32), (0, 0), grain * side + 0.5, sigmaY=grain * side * stretch + 0.5)
            out += random.uniform(0, 1) * grain * part / max(1e-6, part.std())
        return out * side
    rows, columns = np.mgrid[0:h, 0:w].astype(np.float32) / side
    if kind < 0.8:  # petals or a twist about a middle
        angle, far = np.arctan2(rows - h / side / 2, columns - w / side / 2), np.hypot(rows - h / side / 2, columns - w / side / 2)
        lobes, swirl = random.randrange(3, 24), random.uniform(-12, 12)
        return (np.abs(np.sin(angle * lobes / 2 + swirl * far)) * random.uniform(0.05, 0.4) + random.uniform(0, 0.05) * np.sin(far * random.uniform(20, 90))) * side * 0.3
    step = random.uniform(0.04, 0.2)  # a sheet of honeycomb, scales or knurls
    out = np.sin(2 * math.pi * rows / step) * np.sin(2 * math.pi * (columns + 0.5 * rows * random.choice([0, 0, 1])) / step)
    return out * step * side * random.uniform(0.1, 0.4)


def wheel(random, h, w):
    """(h, w) uint8 mask: a gear, a spinner or a fan guard: a disc with even holes."""
    mask, middle, radius = np.zeros((h, w), np.uint8), (w // 2, h // 2), min(h, w) // 2 - 1
    cv2.circle(mask, middle, int(radius * random.uniform(0.7, 1)), 1, -1)
    spokes, at = random.randrange(3, 12), random.uniform(0, 6)
    for index in range(spokes):
        angle = at + 2 * math.pi * index / spokes
        point = (int(middle[0] + radius * 0.55 * math.cos(angle)), int(middle[1] + radius * 0.55 * math.sin(angle)))
        cv2.circle(mask, point, max(1, int(radius * random.uniform(0.08, 0.11) * 10 / spokes)), 0, -1)
    cv2.circle(mask, middle, max(1, int(radius * random.uniform(0.05, 0.25))), 0, -1)
    for index in range(random.choice([0, 12, 20, 32])):
        angle = index * 2 * math.pi / 20
        cv2.circle(mask, (int(middle[0] + radius * 0.92 * math.cos(angle)), int(middle[1] + radius * 0.92 * math.sin(angle))), max(1, radius // 14), 1, -1)
    return mask


def ornament(random, picture, x, y, size, colour):
    """A print that stands at (x, y): a figure, a flower, a lattice, a wheel. Drawn over `picture`, uint8 or float32."""
    w, h = int(size * random.uniform(0.5, 1.1)), int(size * random.uniform(0.5, 1.3))
    x0, y0 = int(x - w / 2), int(y - h)
    cx0, cy0, cx1, cy1 = max(0, x0), max(0, y0), min(picture.shape[1], x0 + w), min(picture.shape[0], y0 + h)
    if min(w, h) < 12 or cx1 - cx0 < 6 or cy1 - cy0 < 6:
        return
    mask = wheel(random, h, w) if random.random() < 0.2 else outline(random, h, w)
    swell = cv2.distanceTransform(mask, cv2.DIST_L2, 3) ** random.uniform(0.5, 0.9)
    heights = swell + bumps(random, h, w)
    cover = mask.astype(np.float32)
    if random.random() < 0.4:
        walls = cells(random, h, w, mask)
        heights = heights + cv2.GaussianBlur(walls, (0, 0), 1.5) * size * 0.04
        surface = shaded(random, heights, colour, random.uniform(0.4, 1.5))
        inside = surface * random.uniform(0.1, 0.6) if random.random() < 0.6 else None
        if inside is None:
            cover = walls
        else:
            surface = inside * (1 - walls[..., None]) + surface * walls[..., None]
    else:
        surface = shaded(random, heights, colour, random.uniform(0.3, 1.5))
    if random.random() < 0.4:  # layer lines
        surface = surface * (1 - random.uniform(0.05, 0.3) * (np.sin(np.arange(h) * 2 * math.pi / random.uniform(2, 7)) > 0)[:, None, None])
    part = np.s_[cy0 - y0:cy1 - y0, cx0 - x0:cx1 - x0]
    below, alpha = picture[cy0:cy1, cx0:cx1], cover[part][..., None]
    below[:] = np.clip(surface[part] * alpha + below * (1 - alpha), 0, 255)


WIRES = [(200, 30, 30), (25, 25, 25), (235, 235, 235), (40, 70, 200), (230, 200, 40), (40, 150, 60), (130, 130, 130), (240, 130, 30)]


def loom(random, picture):
    """Wires from a plug to a print head or a board: smooth, side by side, some in a sleeve."""
    side = picture.shape[0]
    start = np.array([random.uniform(0.05, 0.95), random.uniform(0, 0.8)]) * side
    reach = side * random.uniform(0.1, 0.5)
    end = start + reach * np.array([random.gauss(0, 0.8), random.gauss(0, 0.8)])
    bend = [start + reach * np.array([random.gauss(0, 0.5), random.uniform(-1.2, 0.3)]),
            end + reach * np.array([random.gauss(0, 0.5), random.uniform(-1.2, 0.3)])]
    along, thickness = np.linspace(0, 1, 30)[:, None], random.choice([1, 2, 2, 3, 4])
    spread = thickness * random.uniform(0.5, 3)
    for _ in range(random.randrange(2, 15)):
        a, b, c, d = (point + np.array([random.gauss(0, spread * k), random.gauss(0, spread * k)])
                      for point, k in ((start, 1), (bend[0], 3), (bend[1], 3), (end, 1)))
        path = (1 - along)**3 * a + 3 * along * (1 - along)**2 * b + 3 * along**2 * (1 - along) * c + along**3 * d
        colour = np.float32(random.choice(WIRES)) * random.uniform(0.5, 1.1)
        polyline(picture, path, colour * 0.4, thickness + 2)
        polyline(picture, path, colour, thickness)
    for point in (start, end):
        if random.random() < 0.6:  # the plug
            half = np.array([random.uniform(1, 4), random.uniform(1, 4)]) * thickness + 3
            colour = random.choice([(235, 235, 230), (30, 30, 30), (180, 40, 40)])
            cv2.rectangle(picture, *(tuple(int(v) for v in corner) for corner in (point - half, point + half)), colour, -1, cv2.LINE_AA)
