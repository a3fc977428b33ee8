"""Pictures and raw heads -> boxes, the score p of a picture, and statistics over scores. As the detector computes them."""
import cv2
import numpy as np
import torch

from network import MASKS, VALUES, anchors_of

CONFIDENCE, OVERLAP = 0.08, 0.45  # boxes above the one, until non-maximum suppression at the other
WARNING = 0.38  # p of a single frame that the decision takes note of


def read_input(path, size, resize=cv2.INTER_LINEAR):
    """(size, size, 3) uint8 RGB: stretched without keeping proportions, half-pixel bilinear."""
    return cv2.resize(cv2.cvtColor(cv2.imread(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), (size, size),
                      interpolation=resize)


def tensor_of(pictures):
    """uint8 (batch, height, width, 3) -> float32 (batch, 3, height, width), 0...1."""
    planes = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 255
    return planes.contiguous(memory_format=torch.channels_last)


def decode(heads):
    """Raw heads -> (batch, boxes, 5) float32: centre x, y, width, height (fractions), objectness logit."""
    found = []
    for number, raw in enumerate(heads):
        anchors = anchors_of(number).view(1, 3, 1, 1, 2)
        batch, _, height, width = raw.shape
        raw = raw.float().view(batch, 3, VALUES, height, width).permute(0, 1, 3, 4, 2)
        place = torch.stack([(raw[..., 0].sigmoid() + torch.arange(width)) / width,
                             (raw[..., 1].sigmoid() + torch.arange(height).view(-1, 1)) / height], -1)
        boxes = torch.cat([place, raw[..., 2:4].clamp(max=8).exp() * anchors, raw[..., 4:5]], -1)
        found.append(boxes.reshape(batch, -1, 5))
    return torch.cat(found, 1)


def anchors_of_rows(size):
    """Of each row that `decode` gives for pictures of `size` pixels, the number of its anchor."""
    return np.concatenate([np.repeat(mask, (size // stride) ** 2) for mask, stride in zip(MASKS, (32, 16))])


@torch.no_grad()
def boxes_of(network, pictures, batch=16):
    """uint8 pictures of one size -> [(boxes, 5)] as `decode` gives them."""
    network.eval()
    found = []
    for start in range(0, len(pictures), batch):
        found += list(decode(network(tensor_of(np.stack(pictures[start:start + batch])))).numpy())
    return found


def suppressed(boxes, scale=1.0, bias=0.0):
    """Boxes of one picture -> those left, most confident first; the last column is now a confidence.

    The objectness logit is calibrated to `scale` x itself + `bias`.
    """
    boxes = boxes.copy()
    boxes[:, 4] = 1 / (1 + np.exp(-(scale * boxes[:, 4] + bias)))
    boxes = boxes[boxes[:, 4] > CONFIDENCE]
    boxes = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    corners = np.concatenate([boxes[:, :2] - boxes[:, 2:4] / 2, boxes[:, :2] + boxes[:, 2:4] / 2], 1)
    area, kept, left = boxes[:, 2] * boxes[:, 3], [], np.arange(len(boxes))
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        sides = np.minimum(corners[best, 2:], corners[left, 2:]) - np.maximum(corners[best, :2], corners[left, :2])
        shared = np.prod(np.clip(sides, 0, None), 1)
        left = left[shared <= OVERLAP * (area[best] + area[left] - shared)]
    return boxes[kept]


def p_of(boxes, scale=1.0, bias=0.0):
    """The score of a picture: the sum of the confidences that are left."""
    return float(suppressed(boxes, scale, bias)[:, 4].sum())


def auc(failing, clean):
    """The chance that a failing picture scores above a clean one; ties count half."""
    failing, clean = np.asarray(failing)[:, None], np.asarray(clean)[None]
    return float((failing > clean).mean() + 0.5 * (failing == clean).mean())


def bootstrap(statistic, *groups, rounds=1000, seed=0):
    """2.5 % and 97.5 % of `statistic` over resampled groups."""
    random = np.random.default_rng(seed)
    values = [statistic(*(random.choice(group, len(group)) for group in groups)) for _ in range(rounds)]
    return tuple(float(value) for value in np.quantile(values, [0.025, 0.975]))
