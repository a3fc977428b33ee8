#!/usr/bin/env python3
"""Runs real OAuth clients against a serving farmtop: Authlib and requests-oauthlib for every grant that they know, plain
requests for the device grant, which they do not. The operator's part is done by the program's own command line.

    python3 Tests/Bench/oauth_clients.py [--farmtop .build/debug/farmtop]

It makes a virtual environment in a temporary folder, installs the libraries there, starts `farmtop serve` with a data
folder of its own on a free loopback port, and removes all of it at the end. Exit code 1 when a check fails.
"""
import argparse, json, os, re, secrets, shutil, signal, socket, subprocess, sys, tempfile, time
from urllib.parse import parse_qs, urlsplit

LIBRARIES = ["authlib", "requests", "requests-oauthlib"]


def in_virtual_environment():
    """Starts this script again where the libraries are."""
    folder = tempfile.mkdtemp(prefix="farmtop-oauth-")
    python = os.path.join(folder, "bin", "python")
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *LIBRARIES], check=True)
        return subprocess.run([python, __file__, "--inside", *sys.argv[1:]]).returncode
    finally:
        shutil.rmtree(folder)


class Farm:
    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.folder = tempfile.mkdtemp(prefix="farmtop-data-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"

    def start(self):
        with open(self.folder + ".log", "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--data-dir", self.folder, "--listen", f"127.0.0.1:{self.port}"], stderr=log)
        for _ in range(1000):
            try:
                if requests.get(self.base + "/hc/", timeout=5).text == "ok":
                    return
            except requests.ConnectionError:
                time.sleep(0.02)
        sys.exit("the farm did not start: see " + self.folder + ".log")

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()

    def remove(self):
        shutil.rmtree(self.folder)
        os.remove(self.folder + ".log")

    def run(self, *words, succeeds=True):
        """The command line; its JSON, or what it said to standard error."""
        done = subprocess.run(
            [self.program, *words, "--data-dir", self.folder, "--json"], capture_output=True, text=True)
        if (done.returncode == 0) != succeeds:
            raise AssertionError(f"farmtop {' '.join(words)}: {done.returncode} {done.stderr}")
        return json.loads(done.stdout) if succeeds else done.stderr

    def add(self, name, grants, *options):
        return self.run("client", "add", name, "--grants", grants, *options)

    @property
    def token_url(self):
        return self.base + "/o/token/"


def api(farm, token):
    return requests.get(farm.base + "/api/v1/printers/", headers={"Authorization": "Bearer " + token}).status_code


def refused(body, error):
    """Whether a library, or a reply, says that the server refused with this error."""
    try:
        reply = body()
    except Exception as caught:
        assert error in f"{getattr(caught, 'error', '')} {caught}", repr(caught)
        return
    assert reply.json()["error"] == error, reply.text


class Browser:
    """As much of a browser as the consent page needs: cookies, and the refresh that the page asks for."""

    def __init__(self, farm, address):
        self.farm, self.session = farm, requests.Session()
        reply = self.session.get(address, allow_redirects=False)
        assert reply.status_code == 200, reply.text
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        self.code = re.search(r'class="code"[^>]*>([A-Z-]+)<', reply.text)[1]
        self.next = re.search(r'http-equiv="refresh" content="\d+;url=([^"]+)"', reply.text)[1]

    def go_on(self):
        reply = self.session.get(self.farm.base + self.next, allow_redirects=False)
        assert reply.status_code == 303, f"{reply.status_code} {reply.text}"
        return reply.headers["Location"]

    def approved(self):
        waiting = self.farm.run("consent", "list")
        assert len(waiting) == 1 and self.code not in json.dumps(waiting), waiting
        self.farm.run("consent", "approve", self.code.lower().replace("-", " "))
        location = self.go_on()
        assert parse_qs(urlsplit(location).query)["iss"] == [self.farm.base]
        return location


def authlib_client_credentials(farm):
    client = farm.add("machine", "client_credentials")
    for method in ["client_secret_basic", "client_secret_post"]:
        session = AuthlibSession(client["client_id"], client["client_secret"], token_endpoint_auth_method=method)
        token = session.fetch_token(farm.token_url, grant_type="client_credentials", scope="read")
        assert token["scope"] == "read" and token["token_type"] == "Bearer" and "refresh_token" not in token
        assert session.get(farm.base + "/api/v1/printers/").status_code == 200
        about = session.introspect_token(farm.base + "/o/introspect/", token=token["access_token"]).json()
        assert about["active"] and about["client_id"] == client["client_id"]
        assert session.revoke_token(farm.base + "/o/revoke_token/", token=token["access_token"]).status_code == 200
        assert api(farm, token["access_token"]) == 401
    wrong = AuthlibSession(client["client_id"], "wrong")
    refused(lambda: wrong.fetch_token(farm.token_url, grant_type="client_credentials"), "invalid_client")


def requests_oauthlib_client_credentials(farm):
    client = farm.add("machine", "client_credentials")
    session = OAuthlibSession(client=BackendApplicationClient(client["client_id"], scope=["read", "write"]))
    token = session.fetch_token(farm.token_url, client_secret=client["client_secret"])
    assert sorted(token["scope"]) == ["read", "write"], token
    made = session.post(farm.base + "/api/v1/printers/", json={"name": "made by requests-oauthlib"})
    assert made.status_code == 201, made.text


def authlib_authorization_code(farm):
    redirect = "http://127.0.0.1/callback"
    client = farm.add("phone", "authorization_code refresh_token", "--redirect-uri", redirect)
    assert client["client_secret"] is None
    used = redirect.replace("127.0.0.1", f"127.0.0.1:{secrets.randbelow(10000) + 40000}")
    verifier = secrets.token_urlsafe(48)
    session = AuthlibSession(
        client["client_id"], redirect_uri=used, scope="read write", code_challenge_method="S256",
        token_endpoint_auth_method="none")
    address, state = session.create_authorization_url(farm.base + "/o/authorize/", code_verifier=verifier)
    location = Browser(farm, address).approved()
    assert location.startswith(used + "?")
    token = session.fetch_token(
        farm.token_url, authorization_response=location, state=state, code_verifier=verifier)
    assert token["expires_in"] == 3600 and api(farm, token["access_token"]) == 200
    # The same code again ends what it gave.
    refused(
        lambda: session.fetch_token(
            farm.token_url, authorization_response=location, state=state, code_verifier=verifier), "invalid_grant")
    assert api(farm, token["access_token"]) == 401


def authlib_refresh(farm):
    client = farm.add(
        "web", "authorization_code refresh_token", "--confidential", "--redirect-uri", "https://app.example/cb?x=1")
    verifier = secrets.token_urlsafe(48)
    session = AuthlibSession(
        client["client_id"], client["client_secret"], redirect_uri="https://app.example/cb?x=1", scope="read write",
        code_challenge_method="S256")
    address, state = session.create_authorization_url(farm.base + "/o/authorize/", code_verifier=verifier)
    location = Browser(farm, address).approved()
    assert location.startswith("https://app.example/cb?x=1&code=")
    first = dict(
        session.fetch_token(farm.token_url, authorization_response=location, state=state, code_verifier=verifier))
    second = dict(session.refresh_token(farm.token_url, refresh_token=first["refresh_token"], scope="read"))
    assert second["scope"] == "read" and second["refresh_token"] != first["refresh_token"]
    third = dict(session.refresh_token(farm.token_url, refresh_token=second["refresh_token"]))
    assert third["scope"] == "read write" and api(farm, third["access_token"]) == 200
    # What is stored survives the loss of the process; a token that was used before then ends all of them.
    farm.end(signal.SIGKILL)
    farm.start()
    assert api(farm, third["access_token"]) == 200
    refused(lambda: session.refresh_token(farm.token_url, refresh_token=first["refresh_token"]), "invalid_grant")
    refused(lambda: session.refresh_token(farm.token_url, refresh_token=third["refresh_token"]), "invalid_grant")
    farm.end(signal.SIGKILL)
    farm.start()
    assert [api(farm, token["access_token"]) for token in (first, second, third)] == [401] * 3
    refused(lambda: session.refresh_token(farm.token_url, refresh_token=third["refresh_token"]), "invalid_grant")


def requests_oauthlib_authorization_code(farm):
    redirect = "http://127.0.0.1/callback"
    client = farm.add("desktop", "authorization_code refresh_token", "--redirect-uri", redirect)
    session = OAuthlibSession(client["client_id"], redirect_uri=redirect, scope=["read"], pkce="S256")
    address, _ = session.authorization_url(farm.base + "/o/authorize/")
    location = Browser(farm, address).approved()
    token = session.fetch_token(farm.token_url, authorization_response=location, include_client_id=True)
    assert list(token["scope"]) == ["read"] and api(farm, token["access_token"]) == 200
    assert session.post(farm.base + "/api/v1/printers/", json={"name": "x"}).status_code == 403
    new = session.refresh_token(
        farm.token_url, refresh_token=token["refresh_token"], client_id=client["client_id"])
    assert new["refresh_token"] != token["refresh_token"] and api(farm, new["access_token"]) == 200
    # The operator ends all of it.
    numbers = [row["id"] for row in farm.run("token", "list", "--client", client["client_id"])]
    assert len(numbers) == 3, numbers  # two access tokens, one refresh token
    farm.run("token", "revoke", "--client", client["client_id"])
    assert api(farm, new["access_token"]) == 401


def denied_and_wrong_codes(farm):
    client = farm.add("stranger", "authorization_code", "--redirect-uri", "http://127.0.0.1/cb")
    session = OAuthlibSession(client["client_id"], redirect_uri="http://127.0.0.1/cb", scope=["read"], pkce="S256")
    address, state = session.authorization_url(farm.base + "/o/authorize/")
    browser = Browser(farm, address)
    assert "No app that waits shows this code" in farm.run("consent", "approve", "BBBBB-BBBBB", succeeds=False)
    farm.run("consent", "deny", str(farm.run("consent", "list")[0]["id"]))
    answer = parse_qs(urlsplit(browser.go_on()).query)
    assert answer["error"] == ["access_denied"] and answer["state"] == [state] and "code" not in answer
    bad = requests.get(address.replace("127.0.0.1%2Fcb", "127.0.0.1%2Felsewhere"), allow_redirects=False)
    assert bad.status_code == 400 and "Location" not in bad.headers and "not registered" in bad.text


def device(farm):
    client = farm.add("print server", "device_code refresh_token")
    about = requests.get(farm.base + "/.well-known/oauth-authorization-server").json()
    started = requests.post(
        about["device_authorization_endpoint"], data={"client_id": client["client_id"], "scope": "read"}).json()
    assert started["interval"] == 5 and requests.get(started["verification_uri"]).status_code == 200

    def ask():
        return requests.post(
            about["token_endpoint"], data={
                "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": client["client_id"],
                "device_code": started["device_code"]})

    refused(ask, "authorization_pending")
    refused(ask, "slow_down")
    farm.run("consent", "approve", started["user_code"])
    token = ask().json()
    assert token["scope"] == "read" and api(farm, token["access_token"]) == 200
    refused(ask, "invalid_grant")
    assert api(farm, token["access_token"]) == 401


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--farmtop", default=".build/debug/farmtop")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    farm = Farm(parser.parse_args().farmtop)
    farm.start()
    failures = 0
    try:
        for check in [
            authlib_client_credentials, requests_oauthlib_client_credentials, authlib_authorization_code,
            authlib_refresh, requests_oauthlib_authorization_code, denied_and_wrong_codes, device]:
            try:
                check(farm)
                print(f"ok      {check.__name__}", flush=True)
            except Exception as error:
                failures += 1
                print(f"FAILED  {check.__name__}: {error!r}", flush=True)
    finally:
        farm.end()
        farm.remove()
    return 1 if failures else 0


if __name__ == "__main__":
    if "--inside" not in sys.argv:
        sys.exit(in_virtual_environment())
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # both libraries refuse http otherwise
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    import requests
    from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
    from oauthlib.oauth2 import BackendApplicationClient
    from requests_oauthlib import OAuth2Session as OAuthlibSession
    sys.exit(main())
