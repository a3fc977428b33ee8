#!/usr/bin/env python3
"""Property-based tests of a serving farmtop against its own description. One command, from the root of the checkout:

    swift build -c release && python3 Tests/Bench/openapi_properties.py

    openapi_properties.py [--farmtop PATH] [--seconds S] [--examples N] [--seed S] [--venv DIR]

Starts a farm in a temporary folder with a printer, prints, frames and a real token, and lets schemathesis (installed
from PyPI into a virtual environment of its own) make requests from /openapi.json: valid ones, invalid ones, and
sequences. Fails on any 5xx, on any answer that the description does not have, on any body that its schema does not
allow, on refused valid and accepted invalid data. At most S seconds a phase and N requests an operation. The event
stream, which does not end, is left out here and has tests of its own.
"""
import argparse, http.client, json, os, pathlib, shutil, signal, socket, subprocess, sys, tempfile, time, venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEFT_OUT = ["/api/v1/events/stream"]
# No schema can say whether bytes are a picture.
CONFIGURATION = """
[auth.openapi.apiKey]
api_key = "%s"

[[operations]]
include-path = "/api/v1/printers/{id}/predict/"
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", "4xx"]
phases.stateful.enabled = false

# Nor which apps are registered, and with which addresses to return to.
[[operations]]
include-path = "/o/authorize/"
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", "4xx"]
"""
# A printer that was just made is found, and yet finish_print is 404 while nothing is printing.
UNKNOWABLE = "ensure_resource_availability"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def call(port, method, path, body=None, token=None, kind="application/json"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Authorization": "Bearer " + token} if token else {}
    if body is not None:
        headers["Content-Type"] = kind
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else text


def wait_for(port):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if call(port, "GET", "/hc/")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    sys.exit("the farm did not start")


def furnish(port, token):
    """A printer with a picture, a running print and a history, so that operations have something to find."""
    jpeg = (ROOT / "Tests/ImagingTests/Golden/baseline-420.jpg").read_bytes()
    form = b'--b\r\nContent-Disposition: form-data; name="img"; filename="a.jpg"\r\n\r\n' + jpeg + b"\r\n--b--\r\n"
    for name in ["mk3", "mk4"]:
        printer = call(port, "POST", "/api/v1/printers/", json.dumps({"name": name}), token)[1]["id"]
        for _ in range(3):
            call(port, "POST", f"/api/v1/printers/{printer}/start_print/", '{"filename": "a.gcode"}', token)
            status = call(
                port, "POST", f"/api/v1/printers/{printer}/predict/", form, token, "multipart/form-data; boundary=b")[0]
            if status != 200:
                sys.exit(f"a good frame was answered with {status}")


def schemathesis(folder):
    program = folder / "bin" / "schemathesis"
    if not program.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", "schemathesis>=4,<5"], check=True)
    return program


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--farmtop", default=".build/release/farmtop")
    options.add_argument("--seconds", type=int, default=180)
    options.add_argument("--examples", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--venv", type=pathlib.Path)
    options = options.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="farmtop-properties-"))
    program = schemathesis(options.venv or work / "venv")
    port = free_port()
    log = open(work / "farm.log", "wb")
    farm = subprocess.Popen(
        [options.farmtop, "serve", "--data-dir", work / "data", "--listen", f"127.0.0.1:{port}"], stderr=log)
    try:
        wait_for(port)
        made = json.loads(subprocess.run(
            [options.farmtop, "client", "add", "properties", "--json", "--data-dir", work / "data"],
            capture_output=True, check=True).stdout)
        token = call(
            port, "POST", "/o/token/", "grant_type=client_credentials&client_id=%s&client_secret=%s"
            % (made["client_id"], made["client_secret"]), kind="application/x-www-form-urlencoded")[1]["access_token"]
        furnish(port, token)
        (work / "schemathesis.toml").write_text(CONFIGURATION % token)
        command = [
            program, "--config-file", work / "schemathesis.toml", "run", f"http://127.0.0.1:{port}/openapi.json",
            "--checks", "all", "--exclude-checks", UNKNOWABLE,
            "--phases", "examples,coverage,fuzzing,stateful", "--max-time", options.seconds,
            "--max-examples", options.examples, "--seed", options.seed, "--continue-on-failure", "--no-color",
            "--request-timeout", 20, "--suppress-health-check", "all", "--warnings", "off",
        ]
        for path in LEFT_OUT:
            command += ["--exclude-path", path]
        result = subprocess.run([str(part) for part in command], timeout=6 * options.seconds + 120, cwd=work)
        alive = call(port, "GET", "/hc/")[0] == 200 and farm.poll() is None
        metrics = call(port, "GET", "/metrics")[1].decode()
        requests = [line.split()[1] for line in metrics.splitlines() if line.startswith("farmtop_requests_total ")][0]
        print(f"{requests} requests; the farm " + ("still serves" if alive else "is gone"))
        failed = result.returncode != 0 or not alive
    finally:
        farm.send_signal(signal.SIGTERM)
        farm.wait()
    complaints = [line for line in (work / "farm.log").read_text(errors="replace").splitlines() if " error " in line]
    print("\n".join(complaints[:20]))
    shutil.rmtree(work)
    sys.exit(1 if failed or complaints else 0)


main()
