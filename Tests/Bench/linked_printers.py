#!/usr/bin/env python3
"""What links to machines cost, and whether machines that hang slow the others down.

    linked_printers.py [--farmtop PATH] [--links 25,50,100,200] [--seconds 60] [--pushes 4] [--hung 20] [--only links|hung]

Fake Moonrakers in this process push temperatures `--pushes` times a second each; `farmtop serve` follows them.

    links     for each number of links: processor time of a link in percent of a core and memory of a link, both above those of a
              farm without links (goals: 0.05 % and 150 KB)
    hung      25 machines that answer, alone and then beside `--hung` that take the connection and never answer, each with a
              camera that hangs too: the time of an answer of the API and the age of the readings, in both runs

Figures are of a release build; a debug build only shows that this runs. Standard library only. Ports are free ones of the
loopback.
"""
import argparse, asyncio, base64, hashlib, json, os, re, shutil, signal, struct, subprocess, tempfile, time, urllib.request

STATUS = {
    "webhooks": {"state": "ready", "state_message": "Printer is ready"},
    "print_stats": {"filename": "cube.gcode", "state": "printing", "print_duration": 12.0, "filament_used": 1.5,
                    "message": "", "info": {"total_layer": 60, "current_layer": 7}},
    "virtual_sdcard": {"progress": 0.25}, "display_status": {"progress": 0.25, "message": None},
    "pause_resume": {"is_paused": False}, "extruder": {"temperature": 204.5, "target": 205.0},
    "heater_bed": {"temperature": 59.5, "target": 60.0},
}
ANSWERS = {
    "server.info": {"klippy_connected": True, "klippy_state": "ready", "moonraker_version": "v0.9.3"},
    "server.connection.identify": {"connection_id": 1}, "server.history.list": {"count": 0, "jobs": []},
    "server.files.metadata": {"estimated_time": 3600, "layer_count": 60, "filament_type": "PETG"},
    "printer.info": {"app": "Klipper", "state": "ready", "state_message": "", "hostname": "fake",
                     "software_version": "v0.12.0"},
    "printer.objects.list": {"objects": list(STATUS)},
    "printer.objects.subscribe": {"eventtime": 1.0, "status": STATUS},
    "printer.objects.query": {"eventtime": 1.0, "status": STATUS},
}


def frame(text):
    """A text message of a websocket server (RFC 6455 5.2): one frame, not masked."""
    data = text.encode()
    size = bytes([len(data)]) if len(data) < 126 else b"\x7e" + struct.pack(">H", len(data))
    return b"\x81" + size + data


async def message(reader):
    """One text message of a client; None at the end. Answers to pings are not asked for here."""
    while True:
        first, second = await reader.readexactly(2)
        length = second & 127
        if length == 126:
            length, = struct.unpack(">H", await reader.readexactly(2))
        elif length == 127:
            length, = struct.unpack(">Q", await reader.readexactly(8))
        mask = await reader.readexactly(4)
        data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(await reader.readexactly(length)))
        if first & 15 == 8:
            return None, None
        if first & 15 == 9:
            return "ping", data
        if first & 15 == 1:
            return "text", data.decode()


class Moonraker:
    def __init__(self, pushes):
        self.pushes = pushes
        self.readings = 0

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                fields = {name.lower(): value.strip() for name, _, value in
                          (line.partition(":") for line in head.split("\r\n")[1:])}
                if "sec-websocket-key" in fields:
                    return await self.talk(reader, writer, fields["sec-websocket-key"])
                path = head.split(" ")[1]
                body = json.dumps({"result": [] if path.startswith("/server/files") else {"webcams": []}}).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                             + str(len(body)).encode() + b"\r\n\r\n" + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def talk(self, reader, writer, key):
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        pushing = None
        try:
            while True:
                kind, text = await message(reader)
                if kind is None:
                    return
                if kind == "ping":
                    writer.write(b"\x8a" + bytes([len(text)]) + text)
                    continue
                call = json.loads(text)
                if "method" not in call:
                    continue
                result = ANSWERS.get(call["method"], "ok")
                writer.write(frame(json.dumps({"jsonrpc": "2.0", "id": call.get("id"), "result": result})))
                if call["method"] == "printer.objects.subscribe" and pushing is None:
                    pushing = asyncio.create_task(self.push(writer))
        finally:
            if pushing:
                pushing.cancel()

    async def push(self, writer):
        while self.pushes:
            await asyncio.sleep(1 / self.pushes)
            self.readings += 1
            change = {"extruder": {"temperature": 204 + self.readings % 10 / 10},
                      "print_stats": {"print_duration": 12 + self.readings / self.pushes}}
            writer.write(frame(json.dumps(
                {"jsonrpc": "2.0", "method": "notify_status_update", "params": [change, float(self.readings)]})))
            await writer.drain()


class Hung:
    """Takes connections, reads, and says nothing."""

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        try:
            while await reader.read(65536):
                pass
        except (asyncio.CancelledError, ConnectionError):
            pass


class Farm:
    """`farmtop serve` on a folder of its own."""

    def __init__(self, farmtop, port):
        self.farmtop, self.port = farmtop, port
        self.folder = tempfile.mkdtemp(prefix="farmtop-links-")
        self.environment = dict(os.environ, HOME=self.folder, XDG_CONFIG_HOME=self.folder + "/config")

    def start(self):
        self.log = open(self.folder + "/serve.log", "w")
        self.process = subprocess.Popen(
            [self.farmtop, "serve", "--data-dir", self.folder + "/data", "--listen", f"127.0.0.1:{self.port}"],
            env=self.environment, stdout=self.log, stderr=self.log)

    async def run(self, *arguments):
        process = await asyncio.create_subprocess_exec(
            self.farmtop, *arguments, "--data-dir", self.folder + "/data", env=self.environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        output, _ = await process.communicate()
        if process.returncode:
            raise SystemExit(f"farmtop {' '.join(arguments)}: {output.decode()}")

    async def action(self, action):
        """A FarmAction over the control socket: a machine that hangs cannot be connected by the command, which tries it."""
        reader, writer = await asyncio.open_unix_connection(self.folder + "/data/control.sock")
        body = json.dumps(action).encode()
        writer.write(b"POST /control/actions/ HTTP/1.1\r\nHost: farmtop\r\nConnection: close\r\n"
                     b"Content-Type: application/json\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
        answer = await reader.read()
        writer.close()
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            raise SystemExit(f"{action}: {answer.decode()}")
        return answer

    async def metrics(self):
        def fetch():
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as answer:
                return answer.read().decode()
        started = time.monotonic()
        text = await asyncio.to_thread(fetch)
        values = dict(re.findall(r"^(\S+) (\S+)$", text, re.M))
        return {name: float(value) for name, value in values.items()}, time.monotonic() - started

    async def until(self, what, holds):
        end = time.monotonic() + 300
        while time.monotonic() < end:
            try:
                if holds((await self.metrics())[0]):
                    return
            except OSError:
                pass
            await asyncio.sleep(0.5)
        raise SystemExit(f"{what} did not come; see {self.folder}/serve.log")

    def processor(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{self.process.pid}/status").read())[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def link(port):
    base = {"scheme": "http", "host": "127.0.0.1", "explicitPort": port, "path": ""}
    return {"address": {"kind": "moonraker", "base": base}}


async def connect(farm, machines, first=0):
    for number, machine in enumerate(machines, first):
        name = f"printer-{number:03}"
        await farm.run("printer", "add", name)
        await farm.action({"machine": {"_0": {"connect": {
            "_0": number + 1, "_1": link(machine.port), "_2": {"none": {}}}}}})


async def measured(farm, seconds):
    began, before = time.monotonic(), farm.processor()
    await asyncio.sleep(seconds)
    return (farm.processor() - before) / (time.monotonic() - began) * 100, farm.memory()


async def links(options):
    base = None
    print(f"{'links':>5}  {'% of a core':>11}  {'% a link':>8}  {'MB':>7}  {'KB a link':>9}  pushes/s")
    for count in [0] + options.links:
        farm = Farm(options.farmtop, options.port)
        farm.start()
        try:
            await farm.until("the API", lambda _: True)
            machines = [Moonraker(options.pushes) for _ in range(count)]
            for machine in machines:
                await machine.start()
            await connect(farm, machines)
            await farm.until("every link", lambda values: values.get('farmtop_links{link_state="works"}') == count)
            await asyncio.sleep(min(10, options.seconds))
            pushed = sum(machine.readings for machine in machines)
            share, memory = await measured(farm, options.seconds)
            pushed = (sum(machine.readings for machine in machines) - pushed) / options.seconds
            base = base or (share, memory)
            per = (f"{(share - base[0]) / count:8.4f}", f"{(memory - base[1]) / count:9.0f}") if count else (" " * 8, " " * 9)
            print(f"{count:5}  {share:11.2f}  {per[0]}  {memory / 1024:7.1f}  {per[1]}  {pushed:.0f}", flush=True)
            for machine in machines:
                machine.server.close()
        finally:
            farm.stop()


async def watched(farm, seconds):
    """Times of the API's answers, and the greatest age of a reading meanwhile."""
    times, ages = [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        values, took = await farm.metrics()
        times.append(took)
        ages.append(values["farmtop_reading_age_seconds_max"])
        await asyncio.sleep(0.1)
    times.sort()
    return (f"answers: median {times[len(times) // 2] * 1e3:.1f} ms, 99 % within {times[int(len(times) * .99)] * 1e3:.1f} ms; "
            f"oldest reading {max(ages):.2f} s")


async def hung(options):
    farm = Farm(options.farmtop, options.port)
    farm.start()
    try:
        await farm.until("the API", lambda _: True)
        machines = [Moonraker(options.pushes) for _ in range(25)]
        for machine in machines:
            await machine.start()
        await connect(farm, machines)
        await farm.until("every link", lambda values: values['farmtop_links{link_state="works"}'] == 25)
        print("25 alone:          ", await watched(farm, options.seconds), flush=True)
        stuck = [Hung() for _ in range(min(25, options.hung))]
        for machine in stuck:
            await machine.start()
        await connect(farm, stuck, first=25)
        for number, machine in enumerate(stuck, 1):
            camera = {"name": "camera", "source": {"snapshot": {"_0": {
                "scheme": "http", "host": "127.0.0.1", "explicitPort": machine.port, "path": "/snap"}}},
                "orientation": {"flipHorizontal": False, "flipVertical": False, "rotation": 0},
                "intervalSeconds": 1, "isPrimary": True}
            # Of a printer that prints, so that it is read.
            await farm.action({"machine": {"_0": {"putCamera": {
                "_0": number, "_2": camera, "_3": {"none": {}}}}}})
        await farm.until("cameras that fail", lambda values: values["farmtop_failing_cameras"] >= len(stuck))
        print(f"25 beside {len(stuck)} hung:", await watched(farm, options.seconds), flush=True)
    finally:
        farm.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--farmtop", default=".build/release/farmtop")
    parser.add_argument("--links", default="25,50,100,200", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--seconds", default=60, type=float)
    parser.add_argument("--pushes", default=4, type=float)
    parser.add_argument("--hung", default=20, type=int)
    parser.add_argument("--port", default=46310, type=int)
    parser.add_argument("--only", choices=["links", "hung"])
    options = parser.parse_args()
    options.farmtop = os.path.abspath(options.farmtop)
    if options.only != "hung":
        asyncio.run(links(options))
    if options.only != "links":
        asyncio.run(hung(options))


main()
