"""Fits the table of likelihoods beside the model from the scores in left_out.csv (see nests.py), its half `fit` alone.

    likelihoods.py --model ../Model/farmtop-spaghetti --scores left_out.csv --out ../Model/farmtop-spaghetti.likelihoods

Cameras. A clean photo tells what one camera shows at one moment, not how it flickers; so the kinds of cameras have shapes that
are set (a share of pictures with nothing, the rest 0.08 plus a gamma), and the photos say how often each kind is met: maximum
likelihood by expectation maximisation, sources weighed alike, with a little of each kind beforehand. To each kind comes a small share of what all clean photos
score, so that no single picture is impossible.

Nests. The same for the strengths of nests: what a picture of a nest of one strength scores is set (log-normal, hidden now and then),
how often each strength is met comes from the failures pasted at 4 to 35 % of the width and as they are.
"""
import argparse
import csv
import hashlib

import numpy as np
from scipy import stats

EDGES = [0, .02, .05, .08, .10, .13, .16, .20, .24, .28, .32, .36, .40, .45, .50, .56, .63, .70, .78, .87, .97, 1.10, 1.30, 1.60]
STILL = [("still", .05), ("marked", .1), ("speckled", .15), ("patterned", .2), ("striking", .27)]  # one thing that always scores
KINDS = [("silent", .003), ("quiet", .012), ("calm", .035), ("restless", .07), ("flickering", .11), ("noisy", .16),
         ("infrared", .21), ("loud", .27)]  # and their mean scores
STRENGTHS = [("faint", .13), ("weak", .22), ("moderate", .34), ("clear", .5), ("strong", .75), ("glaring", 1.1)]
# Widths of the pasted failures, and how often: a watched nest is found small.
COLUMNS = {"p_6": 1, "p_8": 2, "p_11": 3, "p_15": 3, "p_22": 1.5, "p_35": 1, "p": 1}
TAIL = 0.02  # of all clean photos, in each kind of camera
HIDDEN = 0.15  # pictures in which the head hides a nest
SPREAD = 0.4  # standard deviation of the logarithm of a nest's score
# Set on simulated cameras of other seeds than those of the report; units are in LikelihoodTable.swift.
SETTINGS = {"start": 0.01, "hazard": 0.02, "tempering": 0.19, "tempering_of_growth": 0.5, "news": 0.23, "changed": 0.1,
            "changes": 0.0005, "returns": 0.2, "drifts": 0.15, "grows": 6, "fades": 3.5, "restless": 6, "calms": 90}


def histogram(cdf):
    """Shares by range, of a distribution over scores that is never below 0; below 0.08 nothing is detected."""
    upper = np.array(EDGES[1:] + [np.inf])
    values = np.diff(np.concatenate([[0], [cdf(edge) if edge < np.inf else 1 for edge in upper]]))
    below = EDGES.index(.08)
    values[0] += values[1:below].sum()
    values[1:below] = 0
    return values


def camera(mean):
    """The share of pictures with nothing falls with the mean, as on the recordings of real cameras."""
    nothing = np.exp(-mean / .15)
    over = max(mean / (1 - nothing) - .08, .02)
    shares = (1 - nothing) * histogram(lambda x: stats.gamma.cdf(x - .08, 1.1, scale=over / 1.1))
    shares[0] += nothing
    return shares


def shown(strength):
    shares = (1 - HIDDEN) * histogram(lambda x: stats.lognorm.cdf(x, SPREAD, scale=strength) if x > 0 else 0)
    shares[0] += HIDDEN
    return shares


def mixed(rows):
    """Means of several pictures fall between the ranges of single ones: a little of every range to its neighbours."""
    spread = np.array(rows)
    moved = .9 * spread
    moved[:, 1:] += .05 * spread[:, :-1]
    moved[:, :-1] += .05 * spread[:, 1:]
    moved[:, 0] += .05 * spread[:, 0]
    moved[:, -1] += .05 * spread[:, -1]
    return moved


def frequencies(shapes, scores, weights, before=.03, rounds=500):
    """How often each shape is met: expectation maximisation, with so large a share of each beforehand."""
    likely = np.array([[shape[np.searchsorted(EDGES, score, "right") - 1] for shape in shapes] for score in scores])
    priors = np.full(len(shapes), 1 / len(shapes))
    for _ in range(rounds):
        chances = likely * priors
        chances /= chances.sum(1, keepdims=True)
        priors = (weights[:, None] * chances).sum(0) / weights.sum()
        priors = (priors + before) / (1 + before * len(shapes))
    return priors


def sources_alike(rows):
    counts = {}
    for row in rows:
        counts[row["source"]] = counts.get(row["source"], 0) + 1
    return np.array([1 / counts[row["source"]] for row in rows])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True, help="path without .cfg and .weights")
    parser.add_argument("--scores", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    with open(options.scores) as file:
        rows = [row for row in csv.DictReader(file) if row["half"] == "fit"]
    clean = [row for row in rows if row["label"] == "clean"]
    failing = [row for row in rows if row["label"] == "failing"]

    scores, weights = np.array([float(row["p"]) for row in clean]), sources_alike(clean)
    pool = np.array([weights[np.searchsorted(EDGES, scores, "right") - 1 == index].sum() for index in range(len(EDGES))])
    pool /= pool.sum()
    cameras = mixed([(1 - TAIL) * shape + TAIL * pool for shape in
                     [*(camera(mean) for _, mean in KINDS), *(shown(level) for _, level in STILL)]])
    met = frequencies(cameras, scores, weights)

    nests = mixed([shown(strength) for _, strength in STRENGTHS])
    scores = np.array([float(row[column]) for column in COLUMNS for row in failing])
    weights = np.concatenate([share * sources_alike(failing) for share in COLUMNS.values()])
    seen = scores >= .08  # what the network does not see at all cannot be waited for
    strengths = frequencies(nests, scores[seen], weights[seen])

    digest = hashlib.sha256()
    for ending in (".cfg", ".weights"):
        with open(options.model + ending, "rb") as file:
            digest.update(file.read())
    numbers = lambda values: " ".join(f"{value:.5f}" for value in values)
    with open(options.out, "w") as out:
        out.write("farmtop likelihoods 1\n# By Training/likelihoods.py; see there and in the model card.\n")
        out.write(f"digest {digest.hexdigest()}\n")
        for key, value in SETTINGS.items():
            out.write(f"{key} {value}\n")
        out.write("# a name, how often it is met, and the share of pictures in each range of scores\n")
        for (name, _), prior, shares in zip(KINDS + STILL, met, cameras):
            out.write(f"camera {name} {prior:.4f} {numbers(shares)}\n")
        for (name, _), prior, shares in zip(STRENGTHS, strengths, nests):
            out.write(f"nest {name} {prior:.4f} {numbers(shares)}\n")


if __name__ == "__main__":
    main()
