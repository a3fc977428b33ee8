#!/usr/bin/env python3
"""Kills a serving farmtop with SIGKILL at random moments and checks that nothing it acknowledged is lost.

    kill_durability.py [--farmtop PATH] [--kills N] [--seed S]

Threads start and finish prints over HTTP all the time and note every answer. After each kill the farm is started again
and asked for every print that was answered: it must be there, in the state that was answered last, and at most one
print a printer may be open. At the end SQLite's integrity_check must say ok. Standard library only.
"""
import argparse, http.client, json, os, random, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, threading, time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Farm:
    def __init__(self, program, folder, port):
        self.program, self.folder, self.port, self.process = program, folder, port, None

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "serve", "--data-dir", self.folder, "--listen", f"127.0.0.1:{self.port}"],
            stderr=open(os.path.join(self.folder + ".log"), "ab"))
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if self.call("GET", "/hc/")[0] == 200:
                    return
            except OSError:
                time.sleep(0.01)
        sys.exit("the farm did not start: see " + self.folder + ".log")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def call(self, method, path, body=None, token=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": "Bearer " + token} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else text
        finally:
            connection.close()


def drive(farm, token, printer, acknowledged, stop):
    """One app: starts a print, finishes it, and so on, until the connection breaks or it is told to stop."""
    number = 0
    while not stop.is_set():
        try:
            number += 1
            status, answer = farm.call(
                "POST", f"/api/v1/printers/{printer}/start_print/", {"filename": f"part {number}.gcode"}, token)
            if status != 200:
                continue
            print_id = answer["printer"]["current_print"]["id"]
            acknowledged[print_id] = "open"
            result = random.choice(["success", "cancelled"])
            # What is sent may be carried out although the answer never comes.
            acknowledged[print_id] = ("open", result)
            status, _ = farm.call("POST", f"/api/v1/printers/{printer}/finish_print/", {"status": result}, token)
            if status == 200:
                acknowledged[print_id] = result
        except (OSError, http.client.HTTPException):
            return


def state_of(answer):
    return "cancelled" if answer["cancelled_at"] else "success" if answer["finished_at"] else "open"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--farmtop", default=".build/release/farmtop")
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    random.seed(options.seed)
    folder = tempfile.mkdtemp(prefix="farmtop-kill-")
    farm = Farm(options.farmtop, folder, free_port())
    farm.start()
    made = subprocess.run(
        [options.farmtop, "client", "add", "harness", "--json", "--data-dir", folder], capture_output=True, check=True)
    client = json.loads(made.stdout)
    connection = http.client.HTTPConnection("127.0.0.1", farm.port)
    connection.request(
        "POST", "/o/token/", "grant_type=client_credentials&client_id=%s&client_secret=%s"
        % (client["client_id"], client["client_secret"]), {"Content-Type": "application/x-www-form-urlencoded"})
    token = json.loads(connection.getresponse().read())["access_token"]
    printers = [farm.call("POST", "/api/v1/printers/", {"name": f"p{n}"}, token)[1]["id"] for n in range(4)]
    acknowledged, checked = {}, set()
    for kill in range(options.kills):
        stop = threading.Event()
        apps = [threading.Thread(target=drive, args=(farm, token, p, acknowledged, stop)) for p in printers]
        for app in apps:
            app.start()
        time.sleep(random.uniform(0.02, 0.5))
        farm.kill()
        stop.set()
        for app in apps:
            app.join()
        farm.start()
        opened = {}
        for print_id, expected in sorted(acknowledged.items()):
            if print_id in checked:
                continue
            status, answer = farm.call("GET", f"/api/v1/prints/{print_id}/", token=token)
            if status != 200:
                sys.exit(f"kill {kill + 1}: print {print_id} was acknowledged ({expected}) and is lost ({status})")
            found = state_of(answer)
            if found != expected and not (isinstance(expected, tuple) and found in expected):
                sys.exit(f"kill {kill + 1}: print {print_id} was acknowledged as {expected} and is {found}")
            if found == "open":
                printer = answer["printer"]["id"]
                if printer in opened:
                    sys.exit(f"kill {kill + 1}: printer {printer} has two open prints")
                opened[printer] = print_id
            acknowledged[print_id] = found
            # One left open is finished by the next start: no longer what was answered.
            checked.add(print_id)
    farm.process.send_signal(signal.SIGTERM)
    farm.process.wait()
    database = sqlite3.connect(os.path.join(folder, "farmtop.db"))
    verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        sys.exit("integrity_check: " + verdict)
    shutil.rmtree(folder)
    os.remove(folder + ".log")
    print(f"{options.kills} kills, {len(acknowledged)} acknowledged prints, none lost; integrity_check ok")


main()
