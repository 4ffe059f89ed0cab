#!/usr/bin/env python3
"""Pushes and scrapes side by side: Tallygate against Debian's prometheus-pushgateway, in one run on one machine.

    bench/pushes.py [--tallygate PATH] [--seconds 6] [--rounds 3] [--connections 64] [--groups 100] [--json FILE]

Needs wrk and prometheus-pushgateway (apt-get install wrk prometheus-pushgateway) and the published program
(dotnet publish src/Cli -c Release -o artifacts/publish). The servers take turns, so that a noisy machine is unfair to all alike.
"""
import argparse, json, os, re, shutil, socket, statistics, subprocess, sys, tempfile, time, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
LUA = """
local body = [[%s]]
local headers = { ["Content-Type"] = "text/plain; version=0.0.4" }
local next = math.random(0, %d)
request = function()
  next = (next + 1) %% %d
  return wrk.format("PUT", "/metrics/job/bench/instance/i" .. next, headers, body)
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


def body_of_1kb():
    lines = ["# HELP records_processed Records that the last run processed.", "# TYPE records_processed gauge"]
    lines += [f'records_processed{{kind="kind-{i:02d}",region="eu-central-1"}} {1000 + i * 37}' for i in range(14)]
    text = "\n".join(lines) + "\n"
    pad = 1024 - len(text) - len("# ") - 1
    return text + "# " + "x" * pad + "\n"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, name, command, port, env=None):
        self.name, self.port = name, port
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
        for _ in range(500):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=1).read()
                return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"{name} ended with {self.process.returncode}: {' '.join(command)}")
                time.sleep(0.02)
        sys.exit(f"{name} is not ready")

    def cpu(self):
        """Seconds of CPU that the server has used."""
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss(self):
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{self.process.pid}/status").read()).group(1)) / 1024

    def stop(self):
        self.process.kill()
        self.process.wait()


def wrk(server, connections, seconds, script):
    before = server.cpu()
    out = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", script, f"http://127.0.0.1:{server.port}"],
                         capture_output=True, text=True).stdout
    requests, micros, p50, p99, errors = map(int, re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", out).groups())
    return {"pushes_per_s": requests / micros * 1e6, "p50_ms": p50 / 1e3, "p99_ms": p99 / 1e3,
            "cpu_us_per_push": (server.cpu() - before) / max(requests, 1) * 1e6, "errors": errors}


def scrape(server, times, encoding):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/metrics", headers={"Accept-Encoding": encoding})
    size = len(urllib.request.urlopen(request).read())
    before, start = server.cpu(), time.monotonic()
    for _ in range(times):
        urllib.request.urlopen(request).read()
    return {"ms": (time.monotonic() - start) / times * 1e3, "cpu_ms": (server.cpu() - before) / times * 1e3, "bytes": size}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tallygate", default=os.path.join(HERE, "..", "artifacts", "publish", "tallygate"))
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--groups", type=int, default=100)
    parser.add_argument("--scrape-groups", type=int, default=10000)
    parser.add_argument("--json", help="write all figures to this file")
    args = parser.parse_args()
    for tool in ("wrk", "prometheus-pushgateway"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing: apt-get install wrk prometheus-pushgateway")
    if not os.path.exists(args.tallygate):
        sys.exit(f"{args.tallygate} is missing: dotnet publish src/Cli -c Release -o artifacts/publish")

    folder = tempfile.mkdtemp(prefix="tallygate-bench-")
    script = os.path.join(folder, "push.lua")
    body = body_of_1kb()
    open(script, "w").write(LUA % (body, args.groups - 1, args.groups))

    def start():
        ports = [free_port() for _ in range(3)]
        gateway = lambda port, *more: ["prometheus-pushgateway", f"--web.listen-address=127.0.0.1:{port}", "--persistence.file=", "--log.level=error", *more]
        return [
            Server("Tallygate (checked, durable)", [args.tallygate, "serve", f"--web.listen-address=127.0.0.1:{ports[0]}", f"--storage.path={tempfile.mkdtemp(dir=folder)}", "--log.level=error"], ports[0]),
            Server("Pushgateway as it comes (checked)", gateway(ports[1]), ports[1]),
            Server("Pushgateway, unchecked", gateway(ports[2], "--push.disable-consistency-check"), ports[2]),
        ]

    print(f"{len(body)} byte bodies, {args.connections} connections, {args.groups} groups, {args.rounds} rounds of {args.seconds} s each, in turns")
    servers = start()
    figures = {s.name: [] for s in servers}
    for _ in range(args.rounds):
        for server in servers:
            figures[server.name].append(wrk(server, args.connections, args.seconds, script))
    medians = {}
    print(f"\n{'':36}{'pushes/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU us/push':>13}{'RSS MiB':>9}{'errors':>8}")
    for server in servers:
        m = medians[server.name] = {k: statistics.median(r[k] for r in figures[server.name]) for k in figures[server.name][0]}
        m["rss_mib"] = server.rss()
        m["errors"] = sum(r["errors"] for r in figures[server.name])
        print(f"{server.name:36}{m['pushes_per_s']:>10.0f}{m['p50_ms']:>9.2f}{m['p99_ms']:>9.2f}{m['cpu_us_per_push']:>13.1f}{m['rss_mib']:>9.1f}{m['errors']:>8}")
    ours, checked, unchecked = (medians[s.name]["pushes_per_s"] for s in servers)
    print(f"\nTallygate : Pushgateway as it comes = {ours / checked:.1f}, : unchecked = {ours / unchecked:.2f}")
    for server in servers:
        server.stop()

    # Scrapes: fill each with many groups; the checked Pushgateway would take minutes, so only the unchecked one stands beside.
    servers = [s for s in start()]
    servers.pop(1).stop()
    open(script, "w").write(LUA % ("a_metric 1\nanother_metric{x=\"y\"} 2\n", 0, args.scrape_groups))
    scrapes = {}
    print(f"\nscrape of {args.scrape_groups} groups{'':14}{'ms':>9}{'CPU ms':>9}{'MB':>8}   (gzip:){'ms':>8}{'CPU ms':>9}{'MB':>8}")
    for server in servers:
        fill = subprocess.run(["wrk", "-t1", "-c16", "-d8s", "-s", script, f"http://127.0.0.1:{server.port}"], capture_output=True, text=True)
        del fill
        plain, packed = scrape(server, 20, "identity"), scrape(server, 20, "gzip")
        scrapes[server.name] = {"identity": plain, "gzip": packed}
        print(f"{server.name:36}{plain['ms']:>9.1f}{plain['cpu_ms']:>9.1f}{plain['bytes'] / 1e6:>8.2f}{packed['ms']:>17.1f}{packed['cpu_ms']:>9.1f}{packed['bytes'] / 1e6:>8.2f}")
        server.stop()
    if args.json:
        json.dump({"pushes": figures, "medians": medians, "scrapes": scrapes}, open(args.json, "w"), indent=1)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
