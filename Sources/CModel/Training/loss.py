"""What training minimises: objectness of every anchor, overlap of the boxes, and the highest objectness of the picture."""
import math

import torch
from torch.nn import functional as F

from network import VALUES, anchors_of

SHAPE_OVERLAP = 0.4  # an anchor serves a box whose shape overlaps its own by this much
FREE_OVERLAP = 0.5  # a prediction that overlaps a failure by this much is not punished
INSIDE_WEIGHT = 0.3  # of "nothing here" within a failure's box
BOX_WEIGHT, PICTURE_WEIGHT = 1.5, 0.5


def padded(boxes):
    """Boxes of a batch [(n, 5)] -> (batch, most, 4) corners and (batch, most) weights, -1 where there is no box."""
    most = max(1, max(len(rows) for rows in boxes))
    corners = torch.zeros(len(boxes), most, 4)
    weights = torch.full((len(boxes), most), -1.0)
    for index, rows in enumerate(boxes):
        if len(rows):
            corners[index, :len(rows)] = torch.from_numpy(rows[:, :4])
            weights[index, :len(rows)] = torch.from_numpy(rows[:, 4])
    return corners, weights


def overlap(a, b):
    """Intersection over union of corner boxes (..., 4)."""
    sides = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(0)
    shared = sides.prod(-1)
    union = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - shared
    return shared / union.clamp(1e-9)


def box_loss(found, wanted):
    """1 - CIoU (Zheng et al. 2020) of corner boxes (n, 4)."""
    plain = overlap(found, wanted)
    hull = torch.maximum(found[:, 2:], wanted[:, 2:]) - torch.minimum(found[:, :2], wanted[:, :2])
    between_centres = ((found[:, :2] + found[:, 2:]) - (wanted[:, :2] + wanted[:, 2:])).square().sum(1) / 4
    slope = [torch.atan2(box[:, 2] - box[:, 0], (box[:, 3] - box[:, 1]).clamp(1e-6)) for box in (found, wanted)]
    shape = 4 / math.pi**2 * (slope[0] - slope[1]).square()
    with torch.no_grad():
        trade = shape / (1 - plain + shape + 1e-9)
    return 1 - plain + between_centres / (hull.square().sum(1) + 1e-9) + trade * shape


def corners_of(values, anchors, columns, rows, width, height):
    """Raw x, y, w, h (..., 4) of cells -> corner boxes as fractions of the picture."""
    x, y = (values[..., 0].sigmoid() + columns) / width, (values[..., 1].sigmoid() + rows) / height
    half = values[..., 2:4].clamp(-4, 4).exp() * anchors / 2
    return torch.stack([x - half[..., 0], y - half[..., 1], x + half[..., 0], y + half[..., 1]], -1)


def loss(heads, boxes, labels):
    """Heads as the network gives them, boxes and labels as `Batches` gives them -> loss, its parts as floats."""
    corners, weights = padded(boxes)
    batch = len(boxes)
    failure, silent = weights > 0, weights == 0
    owner, place = failure.nonzero(as_tuple=True)
    wanted, worth = corners[owner, place], weights[owner, place]
    centre, sides = (wanted[:, :2] + wanted[:, 2:]) / 2, (wanted[:, 2:] - wanted[:, :2]).clamp(1e-3)
    anchors = torch.cat([anchors_of(head) for head in range(len(heads))])
    shared = torch.minimum(sides[:, None], anchors).prod(-1)
    likeness = shared / (sides.prod(-1)[:, None] + anchors.prod(-1) - shared)
    serves = likeness > SHAPE_OVERLAP
    if len(serves):
        serves[torch.arange(len(serves)), likeness.argmax(1)] = True

    objectness, box, served, logits = 0.0, 0.0, 0.0, []
    for number, raw in enumerate(heads):
        own = anchors_of(number)
        height, width = raw.shape[2:]
        raw = raw.float().view(batch, len(own), VALUES, height, width).permute(0, 1, 3, 4, 2)  # (b, a, y, x, value)
        logit = raw[..., 4]
        logits.append(logit.flatten(1))
        rows, columns = torch.arange(height).view(-1, 1), torch.arange(width).view(1, -1)
        with torch.no_grad():
            cell = torch.stack(torch.broadcast_tensors((columns + 0.5) / width, (rows + 0.5) / height), -1)
            inside = ((cell[None, :, :, None] > corners[:, None, None, :, :2])
                      & (cell[None, :, :, None] < corners[:, None, None, :, 2:])).all(-1)  # (b, y, x, box)
            cost = torch.ones(batch, height, width)
            cost[(inside & failure[:, None, None]).any(-1)] = INSIDE_WEIGHT
            cost[(inside & silent[:, None, None]).any(-1)] = 0
            cost = cost[:, None].repeat(1, len(own), 1, 1)
            found = corners_of(raw, own.view(-1, 1, 1, 2), columns, rows, width, height)
            near = overlap(found[..., None, :], corners[:, None, None, None])
            cost[near.masked_fill(~failure[:, None, None, None], 0).amax(-1) > FREE_OVERLAP] = 0
            cost *= logit.sigmoid().sqrt()
        target = torch.zeros_like(logit)
        pair, anchor = serves[:, 3 * number:3 * number + 3].nonzero(as_tuple=True)
        if len(pair):
            column = (centre[pair, 0] * width).long().clamp(0, width - 1)
            row = (centre[pair, 1] * height).long().clamp(0, height - 1)
            target[owner[pair], anchor, row, column] = 1
            cost[owner[pair], anchor, row, column] = worth[pair]
            guess = corners_of(raw[owner[pair], anchor, row, column], own[anchor], column, row, width, height)
            box = box + (box_loss(guess, wanted[pair]) * worth[pair]).sum()
            served += float(worth[pair].sum())
        objectness = objectness + (F.binary_cross_entropy_with_logits(logit, target, reduction="none") * cost).sum()

    labels = torch.from_numpy(labels)
    known = labels >= 0
    highest = torch.cat(logits, 1).amax(1)[known]
    picture = F.binary_cross_entropy_with_logits(highest, labels[known].float()) if known.any() else highest.sum()
    objectness, box = objectness / (served + batch), box / (served + batch)
    total = objectness + BOX_WEIGHT * box + PICTURE_WEIGHT * picture
    return total, [float(part) for part in (objectness.detach(), torch.as_tensor(box).detach(), picture.detach())]
