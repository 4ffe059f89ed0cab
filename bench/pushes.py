#!/usr/bin/env python3
"""Pushes, scrapes and memory side by side: Tallygate against Debian's prometheus-pushgateway, in one run on one machine.

    bench/pushes.py                                  all figures, with the ratios beside their bars: about ten minutes
    bench/pushes.py --only pushes --groups 100 --connections 64 --rounds 1 --seconds 4
    bench/pushes.py --only scrapes,memory,readers --json figures.json

Needs wrk, curl and prometheus-pushgateway (apt-get install wrk curl prometheus-pushgateway; chromium and prometheus for all readers) and the
published program (dotnet publish src/Cli -c Release -o artifacts/publish). The servers take turns, so that a noisy machine is unfair to all
alike; each figure is the median of the rounds. CPU is what the server's threads used, from the scheduler, so a busy machine hardly moves it.
"""
import argparse, glob, gzip, http.client, json, os, random, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
OURS, CHECKED, UNCHECKED = "Tallygate (checked, durable)", "Pushgateway as it comes (checked)", "Pushgateway, unchecked"
PARTS = ["pushes", "paced", "scrapes", "memory", "readers"]

# The bars of issue 3: times the pushes per second of the Pushgateway as it comes, by groups; and of the unchecked one, by connections.
BARS_CHECKED = {100: 80, 1000: 800, 20000: 5000}
BARS_UNCHECKED = {64: 2.0, 256: 2.5}

LUA = """
local body = [[%s]]
local groups = %d
local headers = { ["Content-Type"] = "text/plain; version=0.0.4" }
local threads = 0
function setup(thread) thread:set("from", threads); threads = threads + 1 end
local requests = {}
function init(args)
  at = math.floor(groups / 2) * from
  for i = 0, groups - 1 do requests[i] = wrk.format("PUT", "/metrics/job/bench/instance/i" .. i, headers, body) end
end
request = function()
  at = (at + 1) %% groups
  return requests[at]
end
%s
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


def body_of_ten_series(seed):
    """What a batch job might push: five families of two series each."""
    lines = []
    for i, name in enumerate(("records_processed", "records_failed", "bytes_read", "duration_seconds", "last_success_timestamp_seconds")):
        lines += [f"# HELP backup_{name} What the last run did.", f"# TYPE backup_{name} gauge"]
        lines += [f'backup_{name}{{stage="{stage}"}} {seed * 7 + i * 1000 + len(stage)}.{seed % 97:02d}' for stage in ("extract", "load")]
    return "\n".join(lines) + "\n"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, name, command, port):
        self.name, self.port, self.command = name, port, command
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=5).read()
                return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"{name} ended with {self.process.returncode}: {' '.join(command)}")
                time.sleep(0.002)
        sys.exit(f"{name} is not ready")

    def cpu(self):
        """Seconds of CPU that the server's threads have used, to the nanosecond where the kernel says so."""
        total = 0
        for path in glob.glob(f"/proc/{self.process.pid}/task/*/schedstat"):
            try:
                total += int(open(path).read().split()[0])
            except OSError:
                pass
        if total:
            return total / 1e9
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss(self):
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{self.process.pid}/status").read()).group(1)) / 1024

    def stop(self, gently=False):
        self.process.send_signal(signal.SIGTERM if gently else signal.SIGKILL)
        self.process.wait()


class Bench:
    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        self.servers = []

    def tallygate(self):
        port = free_port()
        return self.started(Server(OURS, [
            self.args.tallygate, "serve", f"--web.listen-address=127.0.0.1:{port}", f"--storage.path={tempfile.mkdtemp(dir=self.folder)}",
            "--log.level=error"], port))

    def pushgateway(self, checked, persistence=""):
        port = free_port()
        return self.started(Server(CHECKED if checked else UNCHECKED, [
            "prometheus-pushgateway", f"--web.listen-address=127.0.0.1:{port}", f"--persistence.file={persistence}", "--log.level=error",
            *([] if checked else ["--push.disable-consistency-check"])], port))

    def checked_with(self, groups, body):
        """A checked Pushgateway that holds many groups: filled unchecked into a persistence file, then started again checked."""
        if groups <= 200:
            server = self.pushgateway(True)
            fill(server, groups, lambda i: body)
            return server
        path = os.path.join(self.folder, f"persistence-{groups}")
        server = self.pushgateway(False, path)
        fill(server, groups, lambda i: body)
        time.sleep(0.5)
        server.stop(gently=True)
        self.servers.remove(server)
        return self.pushgateway(True, path)

    def started(self, server):
        self.servers.append(server)
        return server

    def stop_all(self):
        for server in self.servers:
            server.stop()
        self.servers = []

    def wrk(self, server, connections, groups, body, delay=None, seconds=None):
        script = os.path.join(self.folder, "push.lua")
        open(script, "w").write(LUA % (body, groups, f"function delay() return {delay} end" if delay else ""))
        before = server.cpu()
        command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds or self.args.seconds}s", "--timeout", "30s", "-s", script, f"http://127.0.0.1:{server.port}"]
        out = subprocess.run(command, capture_output=True, text=True).stdout
        requests, micros, p50, p99, errors = map(int, re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", out).groups())
        return {"pushes_per_s": requests / micros * 1e6, "p50_ms": p50 / 1e3, "p99_ms": p99 / 1e3,
                "cpu_us_per_push": (server.cpu() - before) / max(requests, 1) * 1e6, "errors": errors}


def fill(server, groups, body):
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    for i in groups if not isinstance(groups, int) else range(groups):
        connection.request("PUT", f"/metrics/job/bench/instance/i{i}", body(i).encode())
        answer = connection.getresponse()
        answer.read()
        if answer.status >= 300:
            sys.exit(f"{server.name} answers {answer.status}")
    connection.close()


def scrape(server, encoding):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/metrics", headers={"Accept-Encoding": encoding})
    before, start = server.cpu(), time.monotonic()
    body = urllib.request.urlopen(request).read()
    elapsed = time.monotonic() - start
    time.sleep(0.02)
    return {"ms": elapsed * 1e3, "cpu_ms": (server.cpu() - before) * 1e3, "bytes": len(body)}


def median(rows):
    return {k: statistics.median(r[k] for r in rows) for k in rows[0]}


def bar(value, bar, least=True):
    if bar is None:
        return f"{value:.2f}" if value < 100 else f"{value:.0f}"
    good = value >= bar if least else value <= bar
    return f"{value:.2f} (bar {'≥' if least else '≤'} {bar}: {'met' if good else 'MISSED'})"


HEAD = f"{'':36}{'pushes/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU us/push':>13}{'RSS MiB':>9}{'errors':>8}"


def line(server, m):
    return (f"{server.name:36}{m['pushes_per_s']:>10.1f}{m['p50_ms']:>9.2f}{m['p99_ms']:>9.2f}{m['cpu_us_per_push']:>13.1f}"
            f"{server.rss():>9.1f}{m['errors']:>8.0f}")


def pushes(bench, args):
    figures, body = [], body_of_1kb()
    for groups in args.groups:
        servers = [bench.tallygate(), bench.checked_with(groups, body), bench.pushgateway(False)]
        for server in (servers[0], servers[2]):
            fill(server, groups, lambda i: body)
        for connections in args.connections:
            rows = {s.name: [] for s in servers}
            for _ in range(args.rounds):
                for server in servers:
                    # The checked one with very many groups takes seconds for each push.
                    seconds = max(args.seconds, 15) if groups > 10_000 and server.name == CHECKED else args.seconds
                    rows[server.name].append(bench.wrk(server, connections, groups, body, seconds=seconds))
            medians = {name: median(r) for name, r in rows.items()}
            print(f"\n{groups} groups, {connections} connections\n{HEAD}")
            for server in servers:
                print(line(server, medians[server.name]))
            ours, checked, unchecked = (medians[s.name] for s in servers)
            print(f"  times the checked one: {bar(ours['pushes_per_s'] / checked['pushes_per_s'], BARS_CHECKED.get(groups) if connections == 64 else None)}")
            if groups == args.groups[0]:
                print(f"  times the unchecked one: {bar(ours['pushes_per_s'] / unchecked['pushes_per_s'], BARS_UNCHECKED.get(connections))}; "
                      f"CPU per push: {bar(ours['cpu_us_per_push'] / unchecked['cpu_us_per_push'], 0.333, least=False)}; "
                      f"p99: {bar(ours['p99_ms'] / unchecked['p99_ms'], 1.0, least=False)}")
            figures.append({"groups": groups, "connections": connections, "rounds": rows, "medians": medians})
        bench.stop_all()
    return figures


def paced(bench, args):
    """Latency at the same load for all: 64 connections that rest 10 ms after each answer, some 6,000 pushes a second."""
    body, groups = body_of_1kb(), 100
    servers = [bench.tallygate(), bench.pushgateway(False)]
    rows = {s.name: [] for s in servers}
    for _ in range(args.rounds):
        for server in servers:
            rows[server.name].append(bench.wrk(server, 64, groups, body, delay=10))
    medians = {name: median(r) for name, r in rows.items()}
    print(f"\nthe same load for both: 64 connections, each resting 10 ms after an answer\n{HEAD}")
    for server in servers:
        print(line(server, medians[server.name]))
    ours, other = (medians[s.name] for s in servers)
    print(f"  p99: {bar(ours['p99_ms'] / other['p99_ms'], 1.0, least=False)}")
    bench.stop_all()
    return {"rounds": rows, "medians": medians}


def filled(bench, args, server):
    fill(server, args.scrape_groups, body_of_ten_series)
    scrape(server, "gzip"), scrape(server, "identity")
    return server


def scrapes(bench, args):
    servers = [filled(bench, args, bench.tallygate()), filled(bench, args, bench.pushgateway(False))]
    series, few = args.scrape_groups * 10, max(1, args.scrape_groups // 100)
    rows = {(s.name, e): [] for s in servers for e in ("identity", "gzip")}
    for number in range(args.scrape_rounds):
        for encoding in ("identity", "gzip"):
            changed = random.Random(number).sample(range(args.scrape_groups), few)
            for server in servers:
                fill(server, changed, lambda i: body_of_ten_series(i + 100_000 * (number + 1)))
                time.sleep(0.05)
                rows[server.name, encoding].append(scrape(server, encoding))
    print(f"\nscrape of {series} pushed series, {few} of {args.scrape_groups} groups pushed since the last one")
    print(f"{'':36}{'ms':>9}{'CPU ms':>9}{'MB':>8}   (gzip:){'ms':>8}{'CPU ms':>9}{'MB':>8}{'RSS MiB':>9}")
    medians = {f"{name} {encoding}": median(r) for (name, encoding), r in rows.items()}
    for server in servers:
        plain, packed = medians[f"{server.name} identity"], medians[f"{server.name} gzip"]
        print(f"{server.name:36}{plain['ms']:>9.1f}{plain['cpu_ms']:>9.1f}{plain['bytes'] / 1e6:>8.2f}"
              f"{packed['ms']:>17.1f}{packed['cpu_ms']:>9.1f}{packed['bytes'] / 1e6:>8.2f}{server.rss():>9.1f}")
    for encoding in ("gzip", "identity"):
        ratio = medians[f"{OURS} {encoding}"]["cpu_ms"] / medians[f"{UNCHECKED} {encoding}"]["cpu_ms"]
        print(f"  CPU per scrape, {encoding}: {bar(ratio, 0.1, least=False)}")
    bench.stop_all()
    return medians


def memory(bench, args):
    """Idle, and with all series after a few scrapes."""
    figures = {}
    print(f"\n{'memory, RSS MiB':36}{'idle':>9}{f'{args.scrape_groups * 10} series':>16}")
    for server in (bench.tallygate(), bench.pushgateway(True), bench.pushgateway(False)):
        time.sleep(args.settle)
        idle, full = server.rss(), None
        if server.name != CHECKED:
            filled(bench, args, server)
            for number in range(3):
                fill(server, range(args.scrape_groups // 100), lambda i: body_of_ten_series(i + number))
                scrape(server, "gzip")
            time.sleep(args.settle)
            full = server.rss()
        figures[server.name] = {"idle": idle, "full": full}
        print(f"{server.name:36}{idle:>9.1f}" + (f"{full:>16.1f}" if full else f"{'':>16}"))
    print(f"  idle MiB: {bar(figures[OURS]['idle'], 40, least=False)}; with series: "
          f"{bar(figures[OURS]['full'] / figures[UNCHECKED]['full'], 1.0, least=False)}")
    bench.stop_all()
    return figures


def readers(bench, args):
    """Who reads the packed page whole: what each of them gets is compared with the page as it is."""
    server = filled(bench, args, bench.tallygate())
    url = f"http://127.0.0.1:{server.port}/metrics"
    lines = lambda text: {l for l in text.splitlines() if l.startswith(("backup_", "# TYPE backup_"))}
    whole = lines(urllib.request.urlopen(url).read().decode())
    packed = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    verdicts = {
        "curl --compressed": lines(subprocess.run(["curl", "-s", "--compressed", url], capture_output=True, text=True).stdout) == whole,
        "Python gzip": lines(gzip.decompress(urllib.request.urlopen(packed).read()).decode()) == whole,
    }
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium:
        command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tempfile.mkdtemp(dir=bench.folder)}", "--dump-dom", url]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=300).stdout
        verdicts["Chromium"] = lines(re.sub(r"<[^>]*>", "", shown).replace("&quot;", '"')) == whole
    if shutil.which("prometheus"):
        verdicts["Go (a Prometheus that scrapes)"] = scraped_samples(bench, server) == len([l for l in whole if l[0] != "#"])
    print(f"\nreaders of the packed page, {len(whole)} lines")
    for reader, good in verdicts.items():
        print(f"  {reader}: {'reads it whole' if good else 'DIFFERS'}")
    bench.stop_all()
    return verdicts


def scraped_samples(bench, server):
    """How many pushed series a Prometheus has after one scrape."""
    port, folder = free_port(), tempfile.mkdtemp(dir=bench.folder)
    config = os.path.join(folder, "prometheus.yml")
    open(config, "w").write(f"scrape_configs: [{{job_name: x, honor_labels: true, scrape_interval: 5s, static_configs: [{{targets: ['127.0.0.1:{server.port}']}}]}}]")
    reader = subprocess.Popen(["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        query = f"http://127.0.0.1:{port}/api/v1/query?query=count(%7B__name__%3D~%22backup_.%2B%22%7D)"
        for _ in range(60):
            time.sleep(1)
            try:
                found = json.load(urllib.request.urlopen(query))["data"]["result"]
            except OSError:
                continue
            if found:
                return int(found[0]["value"][1])
        return 0
    finally:
        reader.kill()
        reader.wait()


def numbers(text):
    return [int(n) for n in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tallygate", default=os.path.join(HERE, "..", "artifacts", "publish", "tallygate"))
    parser.add_argument("--only", default=",".join(PARTS), help="which parts to run, of " + ", ".join(PARTS))
    parser.add_argument("--seconds", type=int, default=5, help="how long each round of pushes lasts")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=numbers, default=[64, 256])
    parser.add_argument("--groups", type=numbers, default=[100, 1000, 20000])
    parser.add_argument("--scrape-groups", type=int, default=10000, help="groups of ten series each, for scrapes and memory")
    parser.add_argument("--scrape-rounds", type=int, default=9)
    parser.add_argument("--settle", type=float, default=5, help="seconds of rest before memory is read")
    parser.add_argument("--json", help="write all figures to this file")
    args = parser.parse_args()
    for tool in ("wrk", "curl", "prometheus-pushgateway"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing: apt-get install wrk curl prometheus-pushgateway")
    if not os.path.exists(args.tallygate):
        sys.exit(f"{args.tallygate} is missing: dotnet publish src/Cli -c Release -o artifacts/publish")

    folder = tempfile.mkdtemp(prefix="tallygate-bench-")
    bench = Bench(args, folder)
    try:
        figures = {part: {"pushes": pushes, "paced": paced, "scrapes": scrapes, "memory": memory, "readers": readers}[part](bench, args)
                   for part in args.only.split(",")}
        if args.json:
            json.dump(figures, open(args.json, "w"), indent=1)
    finally:
        bench.stop_all()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
