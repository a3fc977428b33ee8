"""How well `BedCheck` tells a clear bed from one with something on it: real pairs of one camera, and composed ones.

    Tests/Bench/bed/pairs.py DATA SEQUENCES

DATA and SEQUENCES are folders of photos with a manifest.json and an index.json, as MEASURED.md describes their sources; they
are not in this repository, as most have no licence for it. Needs Python with numpy and Pillow, and swiftc.
"""
import io, json, os, pathlib, random, subprocess, sys, tempfile
import numpy as np
from PIL import Image, ImageFilter

root = pathlib.Path(__file__).resolve().parents[3]
data, sequences = (pathlib.Path(p) for p in sys.argv[1:3])
rng = random.Random(27)


def compile_tool(folder):
    """The module's sources and main.swift as one program, without their imports of one another."""
    files = []
    for path in [*(root / "Sources/BedCheck").glob("*.swift"), root / "Sources/Farm/Bed/BedState.swift",
                 root / "Sources/Farm/Bed/BedPicture.swift", root / "Sources/Farm/Detection.swift",
                 root / "Sources/Farm/Pixels.swift", root / "Tests/Bench/bed/main.swift"]:
        lines = [l for l in path.read_text().splitlines() if l not in ("import Farm", "public import Farm")]
        out = folder / path.name
        out.write_text("\n".join(lines) + "\n")
        files.append(str(out))
    subprocess.run(["swiftc", "-O", "-swift-version", "6", "-o", str(folder / "bed"), *files], check=True)
    return folder / "bed"


def luma(image):
    """As `BedPicture.init(_: Pixels)`: the longer side 160, averaged over areas."""
    image = image.convert("RGB")
    longest = max(image.size)
    size = tuple((s * 160 + longest // 2) // longest for s in image.size)
    small = np.asarray(image.resize(size, Image.BOX), dtype=np.float32)
    return np.clip(small @ np.array([77, 150, 29], np.float32) / 256, 0, 255).astype(np.uint8)


def record(kept, new):
    kept = [luma(k) for k in kept]
    new = luma(new)
    h, w = new.shape
    return bytes([w, h, len(kept)]) + b"".join(k.tobytes() for k in kept) + new.tobytes()


def judge(tool, pairs):
    """pairs: [(kept images, new image)] -> [(state, doubt, boxes)]"""
    text = subprocess.run([tool], input=b"".join(record(*p) for p in pairs), stdout=subprocess.PIPE, check=True).stdout
    return [line.split(" ", 2) for line in text.decode().splitlines()]


def count(name, results):
    n = len(results)
    states = [r[0] for r in results]
    doubts = {}
    for r in results:
        if r[0] == "cannot_tell":
            doubts[r[1]] = doubts.get(r[1], 0) + 1
    print(f"{name:58} n {n:4}  clear {states.count('clear') / n:6.1%}  occupied {states.count('occupied') / n:6.1%}  "
          f"cannot tell {states.count('cannot_tell') / n:6.1%}  {doubts}", flush=True)


# MARK: Composing

def jpeg(image, quality):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")


def lit(image, gain=1.0, offset=0.0, gamma=1.0, slope=0.0, noise=0.0, quality=85):
    a = np.asarray(image, dtype=np.float32) / 255
    a = a ** gamma * gain + offset / 255
    ramp = np.linspace(-slope / 2, slope / 2, a.shape[1], dtype=np.float32)[None, :, None] / 255
    a = a + ramp
    if noise:
        a = a + np.random.default_rng(rng.randrange(1 << 30)).normal(0, noise / 255, a.shape).astype(np.float32)
    return jpeg(Image.fromarray((np.clip(a, 0, 1) * 255).astype(np.uint8)), quality)


def aside(image, dx, dy, degrees=0.0, zoom=1.0):
    """Shifted by parts of the width, turned and enlarged; the rim is cut off by both pictures of a pair."""
    w, h = image.size
    turned = image.rotate(degrees, Image.BICUBIC) if degrees else image
    m = 0.08
    box = ((m + dx) * w, m * h + dy * w, (1 - m + dx) * w, (1 - m) * h + dy * w)
    if zoom != 1:
        cx, cy = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        bw, bh = (box[2] - box[0]) / zoom / 2, (box[3] - box[1]) / zoom / 2
        box = (cx - bw, cy - bh, cx + bw, cy + bh)
    size = (round(w * (1 - 2 * m)), round(h * (1 - 2 * m)))
    return turned.resize(size, Image.BICUBIC, box=box)


def pasted(image, things, width):
    """A cut-out of that part of the picture's width, somewhere in its lower two thirds, blended at its rim."""
    w, h = image.size
    thing = rng.choice(things)
    tw = max(3, round(width * w))
    th = max(3, round(tw * thing.size[1] / thing.size[0]))
    if th > h // 2:
        tw, th = max(3, tw * (h // 2) // th), h // 2
    thing = thing.resize((tw, th), Image.LANCZOS)
    mask = Image.new("L", (tw, th), 0)
    y, x = np.mgrid[0:th, 0:tw]
    r = np.hypot((x + 0.5) / tw * 2 - 1, (y + 0.5) / th * 2 - 1)
    mask = Image.fromarray((np.clip((1 - r) * 6, 0, 1) * 255).astype(np.uint8))
    at = (rng.randrange(max(1, w // 8), max(w // 8 + 1, w - w // 8 - tw)), rng.randrange(h // 3, max(h // 3 + 1, h - h // 12 - th)))
    out = image.copy()
    out.paste(thing, at, mask)
    return out


def photos():
    """One of each group of near-duplicates, of the sets that are for judging: (name, picture, entry)."""
    out, seen = [], set()
    for entry in json.load(open(data / "manifest.json")):
        if entry["split"] not in ("dev", "val") or entry["cluster"] in seen:
            continue
        seen.add(entry["cluster"])
        out.append((data / entry["file"], entry))
    rng.shuffle(out)
    return out


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    tool = compile_tool(folder)
    chosen = photos()
    negatives = [p for p in chosen if p[1]["label"] == "negative"]
    positives = [p for p in chosen if p[1]["label"] in ("spaghetti", "spaghetti_or_stringing") and p[1].get("boxes")]
    things = []
    for path, entry in positives[:120]:
        image = Image.open(path).convert("RGB")
        for box in entry["boxes"][:1]:
            x, y, w, h = box["xywh"]
            W, H = image.size
            cut = image.crop((int((x - w / 2) * W), int((y - h / 2) * H), int((x + w / 2) * W), int((y + h / 2) * H)))
            if min(cut.size) >= 24:
                things.append(cut)
    scenes = [Image.open(p).convert("RGB") for p, _ in negatives[:160]]
    scenes = [s for s in scenes if max(s.size) >= 200 and 0.45 < s.size[1] / s.size[0] < 2]
    print(f"{len(scenes)} scenes, {len(things)} things")

    changes = {
        "the same picture, another JPEG": lambda s: lit(aside(s, 0, 0), quality=60),
        "noise of 8 levels": lambda s: lit(aside(s, 0, 0), noise=8),
        "light x 0.5": lambda s: lit(aside(s, 0, 0), gain=0.5),
        "light x 1.4": lambda s: lit(aside(s, 0, 0), gain=1.4),
        "gamma 1.6": lambda s: lit(aside(s, 0, 0), gamma=1.6),
        "a lamp aside: 60 levels across": lambda s: lit(aside(s, 0, 0), slope=60),
        "1 % aside": lambda s: lit(aside(s, 0.01, -0.01)),
        "3 % aside": lambda s: lit(aside(s, 0.03, 0.02)),
        "turned by 1 degree": lambda s: lit(aside(s, 0, 0, degrees=1)),
        "light x 0.7, lamp, noise, 2 % aside": lambda s: lit(aside(s, -0.02, 0.01), gain=0.7, slope=40, noise=5),
        "8 % aside": lambda s: lit(aside(s, 0.075, 0.0)),
        "light x 0.15": lambda s: lit(aside(s, 0, 0), gain=0.15),
    }
    print("\nComposed, nothing new on the bed")
    for name, change in changes.items():
        count(name, judge(tool, [([aside(s, 0, 0)], change(s)) for s in scenes]))
    print("\nComposed, another scene")
    count("another picture altogether", judge(tool, [
        ([aside(s, 0, 0).resize((640, 480))], aside(t, 0, 0).resize((640, 480))) for s, t in zip(scenes, scenes[1:])]))
    print("\nComposed, a cut-out of loose strands on the bed")
    for width in (0.03, 0.05, 0.08, 0.12, 0.2, 0.35):
        count(f"{width:.0%} of the width, same light",
              judge(tool, [([aside(s, 0, 0)], lit(pasted(aside(s, 0, 0), things, width))) for s in scenes]))
    for width in (0.05, 0.08, 0.12, 0.2):
        count(f"{width:.0%} of the width, light x 0.7, lamp, noise, 2 % aside", judge(tool, [
            ([aside(s, 0, 0)], lit(pasted(aside(s, -0.02, 0.01), things, width), gain=0.7, slope=40, noise=5))
            for s in scenes]))

    print("\nReal, one camera at different moments")
    def frame(name, n):
        return Image.open(sequences / name / f"{n:03d}.jpg").convert("RGB")
    idle = [frame("carriage_camera_idle", n) for n in range(1, 21)]
    count("idle bed with crumbs, every pair without the head", judge(tool, [
        ([idle[a]], idle[b]) for a in range(2, 18) for b in range(2, 18) if a != b]))
    count("the same, head or carriage in the new picture", judge(tool, [
        ([idle[a]], idle[b]) for a in range(2, 18) for b in (0, 19)]))
    box = [frame("box_clock", n) for n in range(1, 121)]
    empty = int(os.environ.get("BOX_EMPTY", "2"))
    part = int(os.environ.get("BOX_PART", "2"))
    count("box_clock, empty bed against empty bed", judge(tool, [
        ([box[a]], box[b]) for a in range(empty) for b in range(empty) if a != b]))
    count("box_clock, a box on the bed", judge(tool, [([box[0]], b) for b in box[part:]]))
    # The clock, which the camera writes into the picture, cut off.
    cut = [b.crop((0, b.size[1] // 10, b.size[0], b.size[1])) for b in box]
    count("box_clock without its clock, empty against empty", judge(tool, [
        ([cut[a]], cut[b]) for a in range(empty) for b in range(empty) if a != b]))
    count("box_clock without its clock, a box on the bed", judge(tool, [([cut[0]], b) for b in cut[part:]]))
    figure = frame("dev_figure_side", 1)
    count("chamber camera, a figure on the bed (8 % of the width)", judge(tool, [([figure], frame("dev_small_side", 10))]))
    count("chamber camera, the figure gone", judge(tool, [([frame("dev_small_side", 10)], figure)]))


main()
