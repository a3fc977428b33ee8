#!/usr/bin/env python3
"""Keeps `farmtop serve` under load with simulated printers, and says how it bears that.

    soak.py --photo JPEG [--farmtop PATH] [--minutes 30] [--printers 200] [--rate FRAMES_PER_S] [--only WORD,...]
             [--side PIXELS]

    soak      every printer sends the photo in turn, ends its print after 50 frames and starts the next one, while one client
              lists the printers ten times a second and another reads the event stream: no answer but 200, memory within
              5 MB after the first third of the time, no descriptor left over. Without --rate: half of what the detector does
    overload  three times what the detector can do, for 20 s: nothing but 200 and 503 with Retry-After; afterwards a frame is
              answered 200 at once
    idle      1,000 connections from five loopback addresses, half of them silent, half sending a byte of a request every other
              second, while one client lists the printers: all its answers are 200
    screen    a frame a second from every printer, or --rate, for 20 s, while a dashboard of 120x40 is attached: what it takes of
              one core, and writes. Done only when named in --only. With --side 64 the bundled network looks at 64x64 pixels, so
              that two cores do 200 frames/s

The exit code is 1 where one of that does not hold. Use a release build. Standard library only.
"""
import argparse, asyncio, os, re, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.parse

from terminal_latency import Program

failures = []


def check(holds, what):
    print(("ok    " if holds else "FAIL  ") + what, flush=True)
    if not holds:
        failures.append(what)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def latencies(values):
    return (f"median {percentile(values, 0.5) * 1e3:.1f} ms, 99 % within {percentile(values, 0.99) * 1e3:.1f} ms, "
            f"longest {max(values, default=0) * 1e3:.0f} ms")


class Connection:
    """HTTP/1.1, one request after the other, opened again when the server has closed it."""

    def __init__(self, port, token=None):
        self.port, self.token, self.writer = port, token, None

    async def call(self, method, path, body=b"", kind="application/json"):
        """Status, head, body. A request that was sent is never sent twice."""
        if self.writer is None or self.writer.is_closing() or self.reader.at_eof():
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"{method} {path} HTTP/1.1\r\nHost: farm\r\nContent-Length: {len(body)}\r\n"
        if body:
            head += f"Content-Type: {kind}\r\n"
        if self.token:
            head += f"Authorization: Bearer {self.token}\r\n"
        self.writer.write(head.encode() + b"\r\n" + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(re.search(r"content-length: (\d+)", answer).group(1)) if "content-length" in answer else 0
        text = await self.reader.readexactly(length)
        if "connection: close" in answer:
            self.close()
        return int(answer[9:12]), answer, text

    def close(self):
        if self.writer:
            self.writer.close()
            self.writer = None


class Farm:
    def __init__(self, program, photo, side=None):
        self.folder = tempfile.mkdtemp(prefix="farmtop-soak-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.program = program
        if side:
            own = os.path.dirname(os.path.abspath(__file__)) + "/../../Sources/CModel/Model/farmtop-spaghetti"
            cfg = re.sub(r"(?m)^(width|height)=.*", rf"\1={side}", open(own + ".cfg").read())
            os.makedirs(self.folder + "/.config/farmtop")
            for name, text in [(self.folder + "/small.cfg", cfg),
                               (self.folder + "/.config/farmtop/config.toml", f'[detector]\nmodel = "{self.folder}/small.cfg"\n')]:
                with open(name, "w") as file:
                    file.write(text)
            shutil.copy(own + ".weights", self.folder + "/small.weights")
        self.environment = {"HOME": self.folder, "PATH": "/usr/bin:/bin"}
        self.log = open(self.folder + "/log", "wb")
        self.process = subprocess.Popen(
            [program, "serve", "--data-dir", self.folder + "/farm", "--listen", f"127.0.0.1:{self.port}"],
            env=self.environment, stderr=self.log)
        boundary = "soak"
        self.frame = (f'--{boundary}\r\nContent-Disposition: form-data; name="img"; filename="a.jpg"\r\n'
                      "Content-Type: image/jpeg\r\n\r\n").encode() + photo + f"\r\n--{boundary}--\r\n".encode()
        self.kind = f"multipart/form-data; boundary={boundary}"

    async def open(self, printers):
        connection = Connection(self.port)
        for _ in range(200):
            try:
                if b"farmtop_detector_ready 1" in (await connection.call("GET", "/metrics"))[2]:
                    break
            except OSError:
                pass
            await asyncio.sleep(0.05)
        made = subprocess.run([self.program, "client", "add", "soak", "--json", "--data-dir", self.folder + "/farm"],
                              env=self.environment, capture_output=True, text=True, check=True).stdout
        form = urllib.parse.urlencode({
            "grant_type": "client_credentials", **dict(re.findall(r'"(client_id|client_secret)": "([^"]+)"', made))})
        answer = await connection.call("POST", "/o/token/", form.encode(), "application/x-www-form-urlencoded")
        self.token = re.search(rb'"access_token":"([^"]+)"', answer[2]).group(1).decode()
        connection.token = self.token
        for number in range(printers):
            await connection.call("POST", "/api/v1/printers/", b'{"name": "printer %d"}' % number)
            await connection.call("POST", f"/api/v1/printers/{number + 1}/start_print/", b'{"filename": "a.gcode"}')
        connection.close()

    def connection(self):
        return Connection(self.port, self.token)

    async def predict(self, connection, printer):
        return await connection.call("POST", f"/api/v1/printers/{printer}/predict/", self.frame, self.kind)

    def resident(self):
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{self.process.pid}/status").read()).group(1)) / 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait()
        self.log.close()
        text = open(self.folder + "/log").read()
        faults = [line for line in text.splitlines() if re.search(r" (error|warning) ", line)]
        check(status == 0 and "Stopped." in text, "it ends in good order")
        check(not faults, f"nothing is wrong in its log {faults[:3] if faults else ''}")
        shutil.rmtree(self.folder)


async def capacity(farm, printers):
    """Frames a second when eight printers wait for nothing else."""
    end = time.monotonic() + 4
    count = 0

    async def send(printer):
        nonlocal count
        connection = farm.connection()
        while time.monotonic() < end:
            await farm.predict(connection, printer)
            count += 1
        connection.close()

    await asyncio.gather(*(send(printer) for printer in range(1, min(8, printers) + 1)))
    return count / 4


async def list_printers(farm, times, end, faults):
    connection = farm.connection()
    while time.monotonic() < end:
        start = time.monotonic()
        status, _, _ = await connection.call("GET", "/api/v1/printers/")
        times.append(time.monotonic() - start)
        if status != 200:
            faults.append(status)
        await asyncio.sleep(0.1)
    connection.close()


async def soak(farm, options, rate):
    before = farm.descriptors()
    begin = time.monotonic()
    end = begin + options.minutes * 60
    frames, lists, faults, memory, descriptors = [], [], [], [], []

    async def printer(number):
        connection = farm.connection()
        period = options.printers / rate
        due = begin + period * number / options.printers
        sent = number % 50
        while due < end:
            await asyncio.sleep(due - time.monotonic())
            start = time.monotonic()
            status, _, text = await farm.predict(connection, number)
            frames.append(time.monotonic() - start)
            if status != 200:
                faults.append((status, text[:80]))
            due = max(due + period, time.monotonic())
            sent += 1
            if sent % 50 == 0:
                for call, body in [("finish_print", b"{}"), ("start_print", b'{"filename": "b.gcode"}')]:
                    status, _, text = await connection.call("POST", f"/api/v1/printers/{number}/{call}/", body)
                    if status != 200:
                        faults.append((status, text[:80]))
        connection.close()

    async def stream():
        reader, writer = await asyncio.open_connection("127.0.0.1", farm.port)
        writer.write(f"GET /api/v1/events/stream HTTP/1.1\r\nHost: farm\r\nAuthorization: Bearer {farm.token}\r\n\r\n".encode())
        read = 0
        while time.monotonic() < end:
            try:
                read += len(await asyncio.wait_for(reader.read(65536), 1))
            except TimeoutError:
                pass
        writer.close()
        return read

    async def watch():
        step = max(2, options.minutes * 60 / 120)
        while time.monotonic() < end:
            await asyncio.sleep(step)
            # Once the printers leave, so does what their connections take.
            if time.monotonic() > end:
                return
            memory.append(farm.resident())
            descriptors.append(farm.descriptors())
            if len(memory) % 10 == 0:
                print(f"      {(time.monotonic() - begin) / 60:5.1f} min: {memory[-1]:.1f} MB, {descriptors[-1]} descriptors, "
                      f"{len(frames)} frames", flush=True)

    results = await asyncio.gather(
        stream(), watch(), list_printers(farm, lists, end, faults), *(printer(n + 1) for n in range(options.printers)))
    await asyncio.sleep(1)
    calm = memory[len(memory) // 3:]
    quarter = max(1, len(calm) // 4)
    first, last = (percentile(part, 0.5) for part in (calm[:quarter], calm[-quarter:]))
    print(f"soak: {options.printers} printers, {options.minutes:g} min, {len(frames)} frames ({len(frames) / options.minutes / 60:.0f}/s), "
          f"{results[0] / 1e6:.1f} MB of events")
    check(not faults, f"every answer is 200 {faults[:3] if faults else ''}")
    check(abs(last - first) <= 5 and max(calm) - min(calm) <= 10,
          f"memory after the first third: {first:.1f} MB, at the end {last:.1f} MB; between {min(calm):.1f} and {max(calm):.1f}")
    check(farm.descriptors() <= before + 4, f"descriptors: {before} before, {max(descriptors)} meanwhile, {farm.descriptors()} after")
    print(f"      predict: {latencies(frames)}")
    print(f"      list of {options.printers}: {latencies(lists)}")


async def overload(farm, options, rate):
    seconds = 20
    answers, unexpected, lists, faults = {200: 0, 503: 0}, [], [], []
    end = time.monotonic() + seconds
    free = [farm.connection() for _ in range(240)]
    tasks = set()

    async def send(connection, printer):
        try:
            status, head, text = await farm.predict(connection, printer)
            if status in answers:
                answers[status] += 1
            if status not in answers or (status == 503 and "retry-after: " not in head):
                unexpected.append((status, text[:80]))
        except (OSError, asyncio.IncompleteReadError) as error:
            unexpected.append(repr(error))
            connection.close()
        free.append(connection)

    async def flood():
        sent, begin = 0, time.monotonic()
        while time.monotonic() < end:
            while sent < (time.monotonic() - begin) * rate and free:
                task = asyncio.create_task(send(free.pop(), sent % options.printers + 1))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                sent += 1
            await asyncio.sleep(0.005)
        return sent

    sent, _ = await asyncio.gather(flood(), list_printers(farm, lists, end, faults))
    stopped = time.monotonic()
    await asyncio.gather(*tasks)
    drained = time.monotonic() - stopped
    for connection in free:
        connection.close()
    connection = farm.connection()
    start = time.monotonic()
    status, _, _ = await farm.predict(connection, 1)
    recovery = time.monotonic() - start
    connection.close()
    print(f"overload: {sent / seconds:.0f} frames/s sent, {answers[200] / seconds:.0f}/s answered 200, {answers[503] / seconds:.0f}/s 503")
    check(not unexpected and not faults, f"nothing but 200, and 503 with Retry-After {(unexpected + faults)[:3] or ''}")
    check(answers[503] > 0 and answers[200] > 0, "it sheds, and works on")
    check(status == 200 and recovery < 1, f"what was taken is answered in {drained:.2f} s, the next frame in {recovery * 1e3:.0f} ms")
    print(f"      list of {options.printers}: {latencies(lists)}")


async def idle(farm, options):
    before = farm.descriptors()
    crowd = []
    for number in range(1000):
        reader, writer = await asyncio.open_connection("127.0.0.1", farm.port, local_addr=(f"127.0.0.{2 + number % 5}", 0))
        crowd.append(writer)
    slow = iter("GET /hc/ HTTP/1.1\r\nHost: farm\r\nX-Slow: " + "z" * 1000)
    end = time.monotonic() + 30
    lists, faults = [], []

    async def drip():
        while time.monotonic() < end:
            byte = next(slow).encode()
            for writer in crowd[::2]:
                if not writer.is_closing():
                    writer.write(byte)
            await asyncio.sleep(2)

    await asyncio.gather(drip(), list_printers(farm, lists, end, faults))
    meanwhile = farm.descriptors()
    for writer in crowd:
        writer.close()
    await asyncio.sleep(2)
    print("idle: 1,000 connections of five addresses, half silent, half a byte every other second")
    check(not faults, f"every answer to the client beside them is 200 {faults[:3] or ''}")
    check(percentile(lists, 0.99) < 0.25, f"list of {options.printers}: {latencies(lists)}")
    check(farm.descriptors() <= before + 4, f"descriptors: {before} before, {meanwhile} meanwhile, {farm.descriptors()} after")


async def screen(farm, options, rate):
    seconds, counts = 20, {"frames": 0, "bytes": 0}
    command = ["env", "-i", "TERM=xterm-256color", *(f"{name}={value}" for name, value in farm.environment.items()),
               options.farmtop, "--data-dir", farm.folder + "/farm"]
    dashboard = Program(command, 40, 120)
    end = time.monotonic() + seconds + 3

    async def printers(first):
        """A tenth of the printers, one after the other."""
        connection, due, number = farm.connection(), time.monotonic(), first
        while due < end:
            await asyncio.sleep(due - time.monotonic())
            status, _, text = await farm.predict(connection, number)
            check(status == 200, f"a frame is answered {status} {text[:80]}") if status != 200 else None
            counts["frames"] += 1
            number = number + 10 if number + 10 <= options.printers else first
            due += 10 / rate
        connection.close()

    def read():
        counts["bytes"] += len(os.read(dashboard.terminal, 1 << 16))

    asyncio.get_running_loop().add_reader(dashboard.terminal, read)
    tasks = [asyncio.create_task(printers(first)) for first in range(1, 11)]
    await asyncio.sleep(3)
    before, took, start = dict(counts), dashboard.cpu_seconds(), time.monotonic()
    await asyncio.sleep(seconds)
    took, passed = dashboard.cpu_seconds() - took, time.monotonic() - start
    frames, written = ((counts[name] - before[name]) / passed for name in ("frames", "bytes"))
    asyncio.get_running_loop().remove_reader(dashboard.terminal)
    await asyncio.gather(*tasks)
    dashboard.end()
    share = 100 * took / passed
    check(share <= 3, f"screen: {options.printers} printers, {frames:.0f} frames/s: the dashboard takes {share:.1f} % of a core and "
          f"writes {written / 1e3:.1f} kB/s")


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photo", required=True)
    parser.add_argument("--farmtop", default=".build/release/farmtop")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--printers", type=int, default=200)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--only", default="soak,overload,idle")
    parser.add_argument("--side", type=int)
    options = parser.parse_args()
    farm = Farm(options.farmtop, open(options.photo, "rb").read(), options.side)
    try:
        await farm.open(options.printers)
        able = await capacity(farm, options.printers)
        print(f"The detector does {able:.0f} frames/s beside this script.", flush=True)
        words = options.only.split(",")
        if "soak" in words:
            await soak(farm, options, options.rate or able / 2)
        if "screen" in words:
            await screen(farm, options, options.rate or options.printers)
        if "overload" in words:
            able = await capacity(farm, options.printers)  # once more: the machine may have been busy
            await overload(farm, options, able * 3)
        if "idle" in words:
            await idle(farm, options)
    finally:
        farm.end()
    return 1 if failures else 0


sys.exit(asyncio.run(main()))
