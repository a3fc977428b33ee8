"""Changes of a training picture: the view, pasting, light and camera. Pictures are RGB uint8, boxes as in photos.py."""
import math

import cv2
import numpy as np


def clipped(boxes, least_visible=0.3):
    """Boxes cut to the picture. A failure that is mostly outside says nothing, unless what is left is large."""
    if not len(boxes):
        return boxes
    area = np.prod(boxes[:, 2:4] - boxes[:, :2], 1)
    out = boxes.copy()
    out[:, :4] = np.clip(out[:, :4], 0, 1)
    sides = out[:, 2:4] - out[:, :2]
    left = np.prod(sides, 1)
    out[(left < least_visible * area) & (left < 0.12), 4] = 0
    out[sides.min(1) < 0.018, 4] = 0
    return out[sides.min(1) > 0.006]


def view(random, picture, boxes, size, zoom, fills=False):
    """The picture as another camera sees it: `size` pixels, `zoom` times as large, stretched, turned, mirrored.

    Half of the time it is shrunk by areas first, half by bilinear sampling alone, which aliases as the detector's
    resizing does. `fills`: what lies outside the picture is mirrored; else it is a plain colour.
    """
    scale = size / picture.shape[0] * zoom
    if scale < 0.9 and random.random() < 0.5:
        side = max(8, int(picture.shape[0] * scale))
        picture = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
        scale = size / side * zoom
    side = picture.shape[0]
    stretch = math.exp(random.uniform(-0.25, 0.25))
    turn = math.radians(random.gauss(0, 7)) if random.random() < 0.5 else 0.0
    mirror = -1 if random.random() < 0.5 else 1
    cos, sin = math.cos(turn), math.sin(turn)
    matrix = scale * np.array([[cos * stretch * mirror, -sin / stretch], [sin * mirror * stretch, cos / stretch]])
    room = abs(zoom - 1) / 2 + 0.06
    target = size * np.array([0.5 + random.uniform(-room, room), 0.5 + random.uniform(-room, room)])
    offset = target - matrix @ [side / 2, side / 2]
    border = cv2.BORDER_REFLECT_101 if fills else cv2.BORDER_CONSTANT
    shade = random.choice([0, 0, 40, 114, 220])
    out = cv2.warpAffine(picture, np.hstack([matrix, offset[:, None]]), (size, size), flags=cv2.INTER_LINEAR,
                         borderMode=border, borderValue=(shade, shade, shade))
    if len(boxes):
        corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2) * side @ matrix.T + offset
        corners = np.sort(corners, 1) / size  # halfway between the turned box's outer and inner extent
        extent = [(corners[:, 0] + corners[:, 1]) / 2, (corners[:, 2] + corners[:, 3]) / 2, boxes[:, 4:]]
        boxes = clipped(np.concatenate(extent, 1).astype(np.float32))
    return out, boxes


def blend(picture, patch, x, y, alpha):
    """Lay `patch` (h, w, 3) over `picture` at (x, y) with `alpha` (h, w) 0...1; what sticks out is cut off."""
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = max(0, x), max(0, y), min(width, x + patch.shape[1]), min(height, y + patch.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = np.s_[y0 - y:y1 - y, x0 - x:x1 - x]
    cover = alpha[part][..., None].astype(np.float32)
    below = picture[y0:y1, x0:x1]
    below[:] = np.clip(patch[part] * cover + below * (1 - cover), 0, 255).astype(np.uint8)


def feather(random, height, width, kind=None):
    """(height, width) 0...1: how a pasted cut-out fades into what is around it."""
    kind = kind or random.choice(["oval", "oval", "soft", "hard"])
    rows, columns = np.ogrid[-1:1:height * 1j, -1:1:width * 1j]
    if kind == "oval":
        power = random.choice([2, 3, 4])
        return np.clip((1.1 - np.abs(rows)**power - np.abs(columns)**power) / random.uniform(0.2, 0.7), 0, 1)
    edge = 0.25 if kind == "soft" else 1e-3
    return np.clip((1 - np.maximum(np.abs(rows), np.abs(columns))) / edge, 0, 1)


def match_light(random, patch, picture):
    """The patch, drawn towards the brightness of where it goes."""
    ratio = ((float(picture.mean()) + 12) / (float(patch.mean()) + 12)) ** random.uniform(0, 0.8)
    return np.clip(patch * min(1.6, max(0.35, ratio)), 0, 255).astype(np.uint8)


def other_hue(random, picture):
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(np.int16) + random.randrange(180)) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def light(random, picture):
    """Hue, infrared grey, gamma, contrast, tint, low light, over-exposure, lamps: float32, not yet clipped."""
    side = picture.shape[0]
    kind = random.random()
    if kind < 0.2:
        picture = other_hue(random, picture)
    elif kind < 0.35:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if random.random() < 0.6 else picture[..., random.randrange(3)]
        picture = np.repeat(grey[..., None], 3, 2)
    picture = picture.astype(np.float32)
    if random.random() < 0.8:
        picture = 255 * (picture / 255) ** math.exp(random.gauss(0, 0.35))
        picture = (picture - 127) * math.exp(random.gauss(0, 0.25)) + 127 + random.gauss(0, 18)
    if random.random() < 0.35:
        picture *= np.exp(np.float32([random.gauss(0, 0.13) for _ in range(3)]))
    kind = random.random()
    if kind < 0.14:
        picture *= random.uniform(0.2, 0.65)
    elif kind < 0.24:
        glare = cv2.GaussianBlur(np.clip(picture - random.uniform(110, 190), 0, 255), (0, 0), random.uniform(2, 10))
        picture += random.uniform(0.6, 3) * glare
    if random.random() < 0.15:
        rows, columns = np.ogrid[0:1:side * 1j, 0:1:side * 1j]
        distance = np.hypot(columns - random.random(), rows - random.random()).astype(np.float32)
        picture *= (1 + random.uniform(-0.7, 0.8) * (distance - 0.4))[..., None]
    return picture


def camera(random, picture):
    """Noise, blur, sharpening, a poor sensor, JPEG, bars: float32 in, uint8 out."""
    side = picture.shape[0]
    if random.random() < 0.3:
        noise = np.random.default_rng(random.randrange(2**31))
        shape = (side, side, random.choice([1, 3]))
        picture = picture + noise.standard_normal(shape, np.float32) * random.uniform(2, 15)
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    kind = random.random()
    if kind < 0.15:
        picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.5))
    elif kind < 0.22:
        length = random.choice([3, 5, 7])
        kernel = np.full((1, length), 1 / length, np.float32)
        picture = cv2.filter2D(picture, -1, kernel if random.random() < 0.7 else kernel.T)
    elif kind < 0.34:
        factor = random.uniform(0.4, 0.8)
        small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        picture = cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR)
    elif kind < 0.43:
        picture = cv2.addWeighted(picture, 1.8, cv2.GaussianBlur(picture, (0, 0), 1.2), -0.8, 0)
    if random.random() < 0.35:
        data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, random.randrange(12, 81)])[1]
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if random.random() < 0.06:
        bar = int(side * random.uniform(0.05, 0.2))
        picture[:bar] = picture[-bar:] = 0
    return picture
