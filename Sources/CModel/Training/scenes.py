"""Drawn printers without a failure, and drawn things that look like strands but are none.

Scenes are RGB, uint8. They need not look real: they bring bare and over-exposed beds, gantries, cables, print on the
plate, tags, clutter and small parts, so that neither of these is taken for a failure, in any arrangement.
"""
import math

import cv2
import numpy as np

from ornaments import loom, ornament
from strands import filament_colour, polyline, smooth_noise

SIDE = 448  # pixels of a scene
WORDS = ["CREALITY", "Ender", "PRUSA", "PLA PETG ABS TPU", "Creator 3", "CAUTION HOT", "ANYCUBIC", "0 10 20 30 40 50",
         "Textured PEI", "Bambu", "QIDI", "X Y", "230C / 60C", "12:45:03", "Layer 12/140", "MK4", "ELEGOO", "!"]


def grey(random, low, high):
    value = random.uniform(low, high)
    return np.array([value * random.uniform(0.9, 1.1) for _ in range(3)], np.float32)


def box(picture, x0, y0, x1, y1, colour, thickness=-1):
    colour = [float(value) for value in np.clip(colour, 0, 255)]
    cv2.rectangle(picture, (int(x0), int(y0)), (int(x1), int(y1)), colour, thickness, cv2.LINE_AA)


def bench(random):
    """The room behind: a gradient, boxes and screens, more or less out of focus."""
    picture = np.empty((SIDE, SIDE, 3), np.float32)
    ramp = np.linspace(0, 1, SIDE)[:, None, None]
    picture[:] = grey(random, 5, 200) * (1 - ramp) + grey(random, 5, 120) * ramp
    for _ in range(random.choice([0, 3, 12, 30])):
        x, y = random.uniform(-50, SIDE), random.uniform(-50, SIDE)
        w, h = random.uniform(8, 160), random.uniform(8, 160)
        colour = filament_colour(random) * random.uniform(0.2, 1)
        box(picture, x, y, x + w, y + h, colour)
        if random.random() < 0.3:  # rows of text, books or keys
            for line in np.arange(y + 3, y + h - 3, random.uniform(4, 14)):
                box(picture, x + 3, line, x + w * random.uniform(0.4, 0.95), line + 2, colour * random.uniform(0.3, 2))
    blur = random.choice([0, 1, 3, 6])
    return cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture


def plate(random):
    """The print bed from above, flat: colour, grain, grid, lettering, skirt and purge line. (300, 300, 3) float32."""
    side = 300
    kind = random.random()
    if kind < 0.45:
        colour = grey(random, 8, 60)
    elif kind < 0.6:
        colour = np.float32([20, 90, 190]) * random.uniform(0.5, 1.3)
    elif kind < 0.72:
        colour = np.float32([170, 130, 60]) * random.uniform(0.5, 1.2)
    else:
        colour = grey(random, 90, 235) if random.random() < 0.6 else filament_colour(random)
    flat = np.empty((side, side, 3), np.float32)
    flat[:] = colour
    noise = np.random.default_rng(random.randrange(2**31))
    grain = noise.standard_normal((side, side, 1)).astype(np.float32)
    flat += random.choice([0, 4, 12, 25]) * (grain if random.random() < 0.6 else cv2.GaussianBlur(grain, (0, 0), 2)[..., None] * 4)
    ink = colour + random.choice([-1, 1]) * random.uniform(20, 190)
    if random.random() < 0.3:
        step = random.uniform(18, 70)
        for at in np.arange(random.uniform(0, step), side, step):
            box(flat, at, 0, at, side, ink, 1)
            box(flat, 0, at, side, at, ink, 1)
    for _ in range(random.choice([0, 1, 2, 4])):
        at = (random.randrange(0, 200), random.randrange(30, side))
        letters = np.zeros((side, side), np.uint8)
        cv2.putText(letters, random.choice(WORDS), at, random.choice([0, 2, 3, 4, 6]), random.uniform(0.4, 2.4), 255,
                    random.choice([1, 1, 2, 4]), cv2.LINE_AA)
        flat += (ink - flat) * (letters[..., None] / np.float32(255))
    filament = filament_colour(random)
    if random.random() < 0.35:
        purge_lines(random, flat, filament)
    if random.random() < 0.4:
        skirt(random, flat, filament)
    if random.random() < 0.15:  # glue, dust, scratches
        for _ in range(random.randrange(3, 40)):
            start = np.array([random.uniform(0, side), random.uniform(0, side)])
            end = start + [random.gauss(0, 15), random.gauss(0, 15)]
            polyline(flat, [start, end], colour + random.uniform(-40, 60), 1)
    return flat


def purge_lines(random, picture, colour):
    side = picture.shape[0]
    edge, length = random.uniform(0.02, 0.12) * side, random.uniform(0.25, 0.9) * side
    upright, thickness = random.random() < 0.5, random.choice([1, 1, 2, 3])
    for index in range(random.choice([1, 1, 2, 3])):
        at = edge + index * random.uniform(3, 8)
        path = np.array([[at, 0.05 * side], [at, 0.05 * side + length]])
        polyline(picture, path if upright else path[:, ::-1], colour, thickness)


def skirt(random, picture, colour):
    """Loops about a first layer, or a brim."""
    side = picture.shape[0]
    centre = np.array([random.uniform(0.3, 0.7), random.uniform(0.3, 0.7)]) * side
    half = np.array([random.uniform(0.08, 0.35), random.uniform(0.08, 0.35)]) * side
    power, gap = random.choice([2, 2, 4, 8]), random.uniform(2, 7)
    angle = np.linspace(0, 2 * math.pi, 80)
    around = np.stack([np.sign(np.cos(angle)) * np.abs(np.cos(angle))**(2 / power),
                       np.sign(np.sin(angle)) * np.abs(np.sin(angle))**(2 / power)], 1)
    thickness = random.choice([1, 1, 2])
    for loop in range(random.choice([1, 2, 3, 8])):
        polyline(picture, centre + around * (half + loop * gap), colour, thickness)
    if random.random() < 0.4:
        infill(random, picture, *(centre - half * 0.7), *(centre + half * 0.7), colour)


def infill(random, picture, x0, y0, x1, y1, colour):
    """A rectangle of straight, regular lines: infill, a first layer, supports, a vent."""
    x0, y0, x1, y1 = (int(value) for value in (x0, y0, x1, y1))
    view = picture[max(0, y0):max(0, y1), max(0, x0):max(0, x1)]
    if min(view.shape[:2]) < 6:
        return
    if random.random() < 0.7:
        view[:] = np.clip(colour * random.uniform(0.3, 0.8), 0, 255)
    gap, first = random.uniform(4, 14), random.choice([0, math.pi / 4, math.pi / 2, random.uniform(0, 3.14)])
    middle, reach = np.array(view.shape[1::-1]) / 2, max(view.shape[:2])
    thickness = max(1, int(gap * random.uniform(0.1, 0.5)))
    for angle in [first] if random.random() < 0.5 else [first, first + math.pi / 2]:
        along = np.array([math.cos(angle), math.sin(angle)])
        for offset in np.arange(-reach, reach, gap):
            centre = middle + np.array([-along[1], along[0]]) * offset
            polyline(view, [centre - along * reach, centre + along * reach], colour, thickness)
    if random.random() < 0.6:
        cv2.rectangle(view, (0, 0), (view.shape[1] - 1, view.shape[0] - 1), np.minimum(255, colour * 1.1).tolist(), 2)


def part(random, picture, x, y, size, colour):
    """One printed part that stands at (x, y): a block, a cylinder, a lattice or a tree support, with layer lines."""
    if random.random() < 0.4:
        return ornament(random, picture, x, y, size, colour)
    w, h = size * random.uniform(0.3, 1.2), size * random.uniform(0.2, 1.3)
    kind = random.random()
    x0, y0, x1, y1 = int(x - w / 2), int(y - h), int(x + w / 2), int(y)
    if kind < 0.15:
        infill(random, picture, x0, y0, x1, y1, colour)
        return
    if kind < 0.25:  # tree supports or legs
        for _ in range(random.randrange(2, 7)):
            top = [x + random.gauss(0, w / 3), y - h]
            bend = [(top[0] + x) / 2 + random.gauss(0, w / 6), y - h * 0.5]
            polyline(picture, [[x + random.gauss(0, w / 6), y], bend, top], colour, max(2, int(size / 14)))
        return
    cx0, cy0, cx1, cy1 = max(0, x0), max(0, y0), min(picture.shape[1], x1), min(picture.shape[0], y1)
    if cx1 - cx0 < 3 or cy1 - cy0 < 3:
        return
    rows, columns = np.mgrid[cy0:cy1, cx0:cx1].astype(np.float32)
    across = (columns - x) / (w / 2)
    shade = 1 - random.uniform(0, 0.6) * (across**2 if kind < 0.55 else np.abs(across - random.uniform(-1, 1)) / 2)
    shade *= 1 - random.uniform(0, 0.25) * (np.sin(rows * 2 * math.pi / random.uniform(2, 8)) > 0.3)
    picture[cy0:cy1, cx0:cx1] = np.clip(colour * shade[..., None], 0, 255)
    lid = (int(x), y0), (int(w / 2), max(1, int(w * random.uniform(0.05, 0.2))))
    cv2.ellipse(picture, *lid, 0, 0, 360, np.minimum(255, colour * 1.15 + 10).tolist(), -1, cv2.LINE_AA)
    for _ in range(random.choice([0, 0, 1, 3])):  # holes, logos
        at = (random.randrange(cx0, cx1), random.randrange(cy0, cy1))
        cv2.circle(picture, at, random.randrange(1, max(2, int(w / 8) + 1)), (colour * 0.3).tolist(), -1, cv2.LINE_AA)


def cable(random, picture, count=None):
    """Smooth, thick, evenly bent: cables, a filament on its way, a tube."""
    side = picture.shape[0]
    along = np.linspace(0, 1, 40)[:, None]
    a, d = (np.array([random.uniform(-0.2, 1.2), random.uniform(-0.2, 0.9)]) * side for _ in range(2))
    b, c = (np.array([random.uniform(-0.2, 1.2), random.uniform(-0.3, 1)]) * side for _ in range(2))
    path = (1 - along)**3 * a + 3 * along * (1 - along)**2 * b + 3 * along**2 * (1 - along) * c + along**3 * d
    for _ in range(count or random.choice([1, 1, 2, 5])):
        colour, thickness = filament_colour(random) * random.uniform(0.3, 1), random.choice([3, 3, 4, 5, 7, 10])
        shift = np.array([random.gauss(0, 6), random.gauss(0, 6)])
        polyline(picture, path + shift, colour * 0.45, thickness + 2)
        polyline(picture, path + shift, colour, thickness)
        if thickness > 3:
            polyline(picture, path + shift - thickness / 4, colour + 60, 1)


def gantry(random, picture, horizon):
    """Rails, belts, a print head with its fan, LEDs."""
    for _ in range(random.choice([1, 2, 3])):
        y, thick = random.uniform(0, horizon * 1.05), random.uniform(4, 40)
        rows = np.linspace(-1, 1, max(2, int(thick)))[:, None, None]
        metal = grey(random, 20, 230) * (1 - random.uniform(0.2, 0.9) * np.abs(rows - random.uniform(-0.5, 0.5)))
        top = int(max(0, min(SIDE - len(rows), y)))
        picture[top:top + len(rows)] = np.clip(metal, 0, 255)
    for _ in range(random.choice([0, 1, 2, 2])):
        x, thick = random.choice([random.uniform(0, 0.25), random.uniform(0.75, 1)]) * SIDE, random.uniform(4, 40)
        box(picture, x, 0, x + thick, random.uniform(0.4, 1) * SIDE, grey(random, 5, 200))
    x, w, h = random.uniform(0.1, 0.9) * SIDE, random.uniform(30, 150), random.uniform(40, 200)
    y1 = horizon + random.uniform(-80, 30)
    colour = grey(random, 5, 60) if random.random() < 0.6 else filament_colour(random)
    box(picture, x - w / 2, y1 - h, x + w / 2, y1, colour)
    centre, radius = (int(x), int(y1 - h * random.uniform(0.3, 0.7))), int(w * random.uniform(0.2, 0.45))
    cv2.circle(picture, centre, radius, (colour * 0.4).tolist(), -1, cv2.LINE_AA)
    for blade in range(random.choice([0, 5, 7, 9])):
        angle = blade * 0.9 + random.uniform(0, 0.1)
        tip = np.array(centre) + radius * 0.9 * np.array([math.cos(angle), math.sin(angle)])
        polyline(picture, [centre, tip], colour * 0.7 + 20, max(1, radius // 6))
    tip = np.array([[x - 6, y1], [x + 6, y1], [x, y1 + 16]], np.int32)
    cv2.fillPoly(picture, [tip], grey(random, 60, 220).tolist(), cv2.LINE_AA)
    if random.random() < 0.25:
        for led in np.arange(0, SIDE, random.uniform(12, 40)):
            cv2.circle(picture, (int(led), int(y1 - h)), random.randrange(2, 6), (255, 255, 250), -1, cv2.LINE_AA)


def label(random, picture):
    """A tag, a sticker, a display or a square code."""
    x, y, w = random.uniform(0, 0.9) * SIDE, random.uniform(0, 0.9) * SIDE, random.uniform(14, 90)
    paper, ink = grey(random, 140, 255), grey(random, 0, 90)
    if random.random() < 0.3:
        paper, ink = grey(random, 0, 70), filament_colour(random)
    box(picture, x, y, x + w, y + w, paper)
    if random.random() < 0.4:
        cells = random.choice([5, 6, 8, 21])
        for row in range(cells):
            for column in range(cells):
                if random.random() < 0.5:
                    at = x + column * w / cells, y + row * w / cells
                    box(picture, *at, at[0] + w / cells - 1, at[1] + w / cells - 1, ink)
    else:
        for line in np.arange(y + 4, y + w - 4, random.uniform(4, 12)):
            box(picture, x + 3, line, x + w * random.uniform(0.3, 0.95), line + 1, ink)


def spool(random, picture):
    """A spool: rings of filament, wound in order."""
    centre = (int(random.uniform(0, SIDE)), int(random.uniform(0, 0.7 * SIDE)))
    radius, squash, colour = random.uniform(25, 110), random.uniform(0.3, 1), filament_colour(random)
    cv2.ellipse(picture, centre, (int(radius * 1.15), int(radius * 1.15 * squash)), 0, 0, 360,
                grey(random, 5, 200).tolist(), -1, cv2.LINE_AA)
    for ring in np.arange(radius * 0.35, radius, random.uniform(2, 5)):
        cv2.ellipse(picture, centre, (int(ring), int(ring * squash)), 0, 0, 360,
                    (colour * random.uniform(0.7, 1)).tolist(), random.choice([1, 2]), cv2.LINE_AA)


def bloom(random, picture, strength=None):
    """Over-exposure: what is bright turns white and spills over its edges."""
    strength = strength or random.uniform(0.4, 1.5)
    picture = picture.astype(np.float32)
    bright = np.clip(picture - random.uniform(120, 200), 0, 255)
    picture += strength * cv2.GaussianBlur(bright, (0, 0), random.uniform(3, 14)) * 2
    return np.clip(picture, 0, 255)


def scene(random):
    """A drawn printer without failure.

    Returns the picture (SIDE, SIDE, 3) uint8 and places where a failure may lie, [(x, y, scale)] in pixels of it: on
    the plate, on parts and along the back rim; `scale` is the plate's apparent size there, 1 at the front.
    """
    picture = bench(random)
    horizon = random.uniform(0.25, 0.75) * SIDE
    front = horizon + random.uniform(0.06, 0.75) * SIDE
    middle, back_half, front_half = (random.uniform(lo, hi) * SIDE for lo, hi in ((0.35, 0.65), (0.22, 0.6), (0.35, 1)))
    front_half = max(front_half, back_half)
    skew = random.gauss(0, 30)
    corners = np.float32([[middle - back_half, horizon + skew], [middle + back_half, horizon - skew],
                          [middle + front_half, front - skew / 2], [middle - front_half, front + skew / 2]])
    gantry_behind = random.random() < 0.6
    if gantry_behind:
        gantry(random, picture, horizon)
    flat = plate(random)
    grid = cv2.getPerspectiveTransform(np.float32([[0, 0], [300, 0], [300, 300], [0, 300]]), corners)
    laid = cv2.warpPerspective(flat, grid, (SIDE, SIDE), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.ones((300, 300), np.float32), grid, (SIDE, SIDE))[..., None]
    if random.random() < 0.4:  # a lamp's reflection
        rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
        distance = np.hypot((columns - random.uniform(0, SIDE)) / 1.5, rows - random.uniform(horizon, front))
        laid += (random.uniform(20, 220) * np.exp(-(distance / random.uniform(20, 160))**2))[..., None]
    picture = picture * (1 - mask) + laid * mask
    rim = corners[[3, 2]] if front < SIDE else corners[[0, 1]]
    polyline(picture, rim, grey(random, 0, 255), random.choice([1, 2, 5, 12]))

    def on_plate(fore):
        """Pixels of a spot; `fore` 0 at the back, 1 at the front."""
        point = np.float32([[[random.uniform(20, 280), 300 * fore]]])
        x, y = cv2.perspectiveTransform(point, grid)[0, 0]
        return float(x), float(y)

    places, colour = [], filament_colour(random)
    many = random.choice([0, 0, 1, 1, 2, 4, 14])
    for fore in sorted(random.uniform(0.1, 0.9) for _ in range(many)):
        x, y = on_plate(fore)
        scale = (back_half + (front_half - back_half) * fore) / front_half
        size = SIDE * scale * (random.uniform(0.03, 0.1) if many > 4 else random.uniform(0.06, 0.35))
        part(random, picture, x, y, size, colour if random.random() < 0.85 else filament_colour(random))
        places.append((x, y - size * random.uniform(0, 0.5), scale))
    for fore in (0.02, 0.05, random.uniform(0, 0.4), random.uniform(0.2, 1), random.uniform(0.2, 1)):
        places.append((*on_plate(fore), (back_half + (front_half - back_half) * fore) / front_half))
    if not gantry_behind and random.random() < 0.7:
        gantry(random, picture, horizon)
    for draw, chance in ((clutter, 0.3), (cable, 0.5), (loom, 0.4), (loom, 0.2), (label, 0.35), (spool, 0.12), (label, 0.2)):
        if random.random() < chance:
            draw(random, picture)
    if random.random() < 0.2:
        picture = bloom(random, picture)
    visible = [place for place in places if 0 < place[0] < SIDE and 0 < place[1] < SIDE]
    return np.clip(picture, 0, 255).astype(np.uint8), visible or [(SIDE / 2, SIDE / 2, 1)]


def clutter(random, picture):
    """Many small things in a heap or in rows: tools, parts, components of a circuit board, lettering."""
    side = picture.shape[0]
    centre = np.array([random.uniform(0.1, 0.9), random.uniform(0.1, 0.9)]) * side
    spread = np.array([random.uniform(0.05, 0.3), random.uniform(0.05, 0.3)]) * side
    colours = [filament_colour(random) * random.uniform(0.3, 1) for _ in range(random.choice([1, 2, 4, 8]))]
    if random.random() < 0.4:  # what they lie on
        box(picture, *(centre - 1.5 * spread), *(centre + 1.5 * spread), random.choice(colours) * 0.5)
    upright = random.random() < 0.4
    for _ in range(random.randrange(8, 60)):
        x, y = centre + spread * [random.gauss(0, 0.7), random.gauss(0, 0.7)]
        w, h = side * random.uniform(0.004, 0.05), side * random.uniform(0.004, 0.05)
        colour, kind = random.choice(colours), random.random()
        if kind < 0.5 or upright:
            box(picture, x, y, x + w, y + h, colour)
        elif kind < 0.7:
            cv2.ellipse(picture, (int(x), int(y)), (int(w) + 1, int(h) + 1), random.uniform(0, 180), 0, 360,
                        colour.tolist(), -1, cv2.LINE_AA)
        elif kind < 0.9:  # a screwdriver, a pen
            angle = random.uniform(0, math.pi)
            end = np.array([x, y]) + np.array([math.cos(angle), math.sin(angle)]) * side * random.uniform(0.03, 0.15)
            polyline(picture, [[x, y], end], colour, max(2, int(w * 0.5)))
        elif picture.dtype == np.uint8:
            cv2.putText(picture, random.choice(WORDS), (int(x), int(y)), 0, random.uniform(0.2, 0.6),
                        colour.tolist(), 1, cv2.LINE_AA)


def harmless(random, picture):
    """Draw one or two things over `picture` (square, uint8) that are no failure."""
    side = picture.shape[0]
    for _ in range(random.choice([1, 1, 2])):
        kind, colour = random.random(), filament_colour(random)
        if kind < 0.2:
            cable(random, picture)
        elif kind < 0.34:
            loom(random, picture)
        elif kind < 0.5:
            ornament(random, picture, random.uniform(0.05, 0.95) * side, random.uniform(0.3, 1) * side,
                     side * math.exp(random.uniform(math.log(0.1), math.log(0.8))), colour)
        elif kind < 0.58:
            purge_lines(random, picture, colour)
        elif kind < 0.68:
            skirt(random, picture, colour)
        elif kind < 0.78:
            clutter(random, picture)
        elif kind < 0.9:
            x, y, w, h = (random.uniform(lo, hi) * side for lo, hi in ((0, 0.7), (0.2, 0.7), (0.08, 0.4), (0.08, 0.4)))
            infill(random, picture, x, y, min(side, x + w), min(side, y + h), colour)
        else:
            waves = smooth_noise(random, 30, 0.98) * side * 0.01  # an edge of a cloth, a bag, a leaf
            path = np.stack([np.linspace(-5, side + 5, 30), random.uniform(0, 1) * side + waves], 1)
            polyline(picture, path, colour, random.choice([1, 2, 6]))
    return picture
