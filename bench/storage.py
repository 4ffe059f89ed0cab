#!/usr/bin/env python3
"""Storage side by side: Tallygate against Debian's prometheus, loaded by remote write, in one run on one machine.

    bench/storage.py                         all figures of issue 5, with the ratios beside their bars: about half an hour
    bench/storage.py --only load,restart     some of them
    bench/storage.py --only day --hours 6    what queries and pushes feel of compaction, on less data

Needs prometheus (apt-get install prometheus), the published program (dotnet publish src/Cli -c Release -o artifacts/publish) and the generators
of ../shared/bench. Data is made once and kept in --data. CPU is what the server's threads used, from the scheduler.
"""
import argparse, http.client, json, os, shutil, statistics, struct, subprocess, sys, tempfile, threading, time, glob

from pushes import Server, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = ["load", "restart", "memory", "day"]
OURS, PEER = "Tallygate", "Prometheus"
HEADERS = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0"}


class Bench:
    def __init__(self, args):
        self.args, self.servers = args, []
        self.tools = os.path.join(HERE, "..", "..", "shared", "bench")

    def data(self, name, *options):
        """A set of remote-write bodies, made when it is not there."""
        path = os.path.join(self.args.data, name)
        if not os.path.exists(os.path.join(path, "manifest.json")):
            print(f"making {name} ...", flush=True)
            subprocess.run([sys.executable, os.path.join(self.tools, "gen.py"), "--out", path, *options], check=True, stdout=subprocess.DEVNULL)
        return path

    def start(self, name, folder=None):
        port, folder = free_port(), folder or tempfile.mkdtemp(prefix="tallygate-storage-", dir=self.args.data)
        if name == OURS:
            command = [self.args.tallygate, "serve", f"--storage.path={folder}/data", "--web.enable-remote-write-receiver",
                       "--storage.tsdb.retention.time=10y", "--log.level=error", "--no-gateway.sampling"]
        else:
            open(f"{folder}/prometheus.yml", "w").write("global: {scrape_interval: 15s}\n")
            command = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", "--log.level=error",
                       "--storage.tsdb.retention.time=10y", "--web.enable-remote-write-receiver"]
        server = Server(name, command + [f"--web.listen-address=127.0.0.1:{port}"], port)
        server.folder = folder
        self.servers.append(server)
        return server

    def end(self, server, keep=False):
        server.stop()
        self.servers.remove(server)
        if not keep:
            shutil.rmtree(server.folder, ignore_errors=True)

    def stop_all(self):
        for server in list(self.servers):
            self.end(server)


def bodies(path, first=0, last=1 << 30):
    """The bodies of some steps, in order: (step, samples, body)."""
    with open(os.path.join(path, "rw.bin"), "rb", buffering=1 << 20) as file:
        step = -1
        while head := file.read(10):
            length, samples, shard = struct.unpack("<IIH", head)
            step += shard == 0
            if step >= last:
                return
            if step < first:
                file.seek(length, 1)
                continue
            yield step, samples, file.read(length)


def write(connection, body):
    connection.request("POST", "/api/v1/write", body, HEADERS)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status // 100 != 2:
        sys.exit(f"remote write: {answer.status} {text[:200]}")


def load(server, path, first=0, last=1 << 30):
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    before, began, samples = server.cpu(), time.monotonic(), 0
    for _, count, body in bodies(path, first, last):
        write(connection, body)
        samples += count
    return {"samples": samples, "seconds": time.monotonic() - began, "cpu_us_per_sample": (server.cpu() - before) / samples * 1e6}


def blocks(server):
    """The blocks of a server: (samples, bytes)."""
    samples = size = 0
    for meta in glob.glob(f"{server.folder}/data/**/meta.json", recursive=True):
        folder = os.path.dirname(meta)
        if ".tmp" in folder or not os.path.exists(f"{folder}/index"):
            continue
        samples += json.load(open(meta))["stats"]["numSamples"]
        size += sum(os.path.getsize(f) for f in glob.glob(f"{folder}/**", recursive=True) if os.path.isfile(f))
    return samples, size


def wal_bytes(server):
    names = ("wal", "wbl", "chunks_head") if server.name == PEER else ("wal",)
    return sum(os.path.getsize(f) for n in names for f in glob.glob(f"{server.folder}/data/**/{n}/**", recursive=True) if os.path.isfile(f))


def query(server, text):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("POST", "/api/v1/query", text, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    data = json.loads(answer.read())
    connection.close()
    return data


def verdict(text, ours, peer, bar):
    print(f"  {text}: {ours / peer:.3f} of the peer's (bar ≤ {bar:.3f}: {'met' if ours / peer <= bar else 'MISSED'})", flush=True)


def verdict_alone(text, value, bar):
    print(f"  {text}: {value:.2f} (bar ≤ {bar}: {'met' if value <= bar else 'MISSED'})", flush=True)


def loading(bench):
    path, figures = bench.data("d10k"), {}
    print(f"\n10,000 series, 6 h, by remote write\n{'':14}{'CPU us/sample':>15}{'samples/s':>12}{'RSS MiB':>9}{'bytes/sample in blocks':>24}")
    for name in (OURS, PEER):
        server = bench.start(name)
        figure = load(server, path)
        deadline = time.monotonic() + 150
        while blocks(server)[0] < 0.5 * figure["samples"] and time.monotonic() < deadline:
            time.sleep(2)
        time.sleep(5)
        samples, size = blocks(server)
        figure.update(rss=server.rss(), block_samples=samples, bytes_per_sample=size / max(1, samples))
        print(f"{name:14}{figure['cpu_us_per_sample']:>15.2f}{figure['samples'] / figure['seconds']:>12.0f}{figure['rss']:>9.0f}"
              f"{figure['bytes_per_sample']:>24.3f}   ({samples} samples)", flush=True)
        server, figure["ready"], _ = killed(bench, server)
        print(f"{name:14}ready {figure['ready']:.3f} s after kill -9", flush=True)
        figures[name] = figure
        bench.end(server)
    verdict("ready after kill -9", figures[OURS]["ready"], figures[PEER]["ready"], 0.1)
    verdict_alone("CPU us per sample", figures[OURS]["cpu_us_per_sample"], 1.5)
    verdict("bytes per sample in blocks", figures[OURS]["bytes_per_sample"], figures[PEER]["bytes_per_sample"], 1)
    return figures


def killed(bench, server, times=5):
    """Kills a server and starts it again, some times: seconds until a query is answered, CPU seconds by then, medians."""
    ready, cpu = [], []
    for _ in range(times):
        bench.end(server, keep=True)
        began = time.monotonic()
        server = bench.start(server.name, server.folder)
        query(server, "query=1")
        ready.append(time.monotonic() - began)
        cpu.append(server.cpu())
    return server, statistics.median(ready), statistics.median(cpu)


def restart(bench):
    path, figures = bench.data("d10k"), {}
    print(f"\nready after kill -9, 10,000 series, 2.5 h in the head\n{'':14}{'ready s':>9}{'CPU s':>9}{'WAL bytes/sample':>18}")
    for name in (OURS, PEER):
        server = bench.start(name)
        samples = load(server, path, last=600)["samples"]
        wal = wal_bytes(server) / samples
        server, ready, cpu = killed(bench, server)
        figures[name] = {"ready": ready, "wal": wal}
        print(f"{name:14}{ready:>9.3f}{cpu:>9.2f}{wal:>18.2f}", flush=True)
        bench.end(server)
    verdict("ready", figures[OURS]["ready"], figures[PEER]["ready"], 0.1)
    verdict_alone("WAL bytes per sample", figures[OURS]["wal"], 4)
    return figures


def memory(bench):
    path, figures = bench.data("d200k", "--scale", "20", "--steps", "40"), {}
    print("\nmemory with 200,000 series")
    for name in (OURS, PEER):
        server = bench.start(name)
        load(server, path)
        time.sleep(5)
        figures[name] = server.rss()
        print(f"{name:14}{figures[name]:>9.0f} MiB", flush=True)
        bench.end(server)
    verdict("RSS", figures[OURS], figures[PEER], 1 / 3)
    return figures


QUERIES = ["query=up", "query=sum(rate(http_requests_total%5B5m%5D))", "query=cpu_usage_ratio%7Bcpu=%223%22%7D",
           "query=topk(5,memory_bytes)", "query=sum_over_time(records_processed%5B1h%5D)"]


def asked(server, seconds, at, stop=None):
    """Latencies of instant queries, ms, asked one after the other."""
    found, until, number = [], time.monotonic() + seconds, 0
    while time.monotonic() < until and not (stop and stop.is_set()):
        began = time.monotonic()
        query(server, f"{QUERIES[number % len(QUERIES)]}&time={at()}")
        found.append((time.monotonic() - began) * 1e3)
        number += 1
        time.sleep(0.01)
    return found


def p99(values):
    return sorted(values)[int(len(values) * 0.99)]


def day(bench):
    """A day is loaded; then samples come in at 50,000 a second, queries are asked, and the head is cut and compacted meanwhile."""
    steps = bench.args.hours * 240
    path = bench.data(f"d10k-{bench.args.hours}h", "--steps", str(steps))
    manifest, paced = json.load(open(os.path.join(path, "manifest.json"))), 600
    server = bench.start(OURS)
    load(server, path, last=steps - paced)
    time.sleep(15)
    reached = [manifest["start"] + (steps - paced) * 15]
    idle = asked(server, 15, lambda: reached[0])
    stop, latencies, before = threading.Event(), [], blocks(server)
    asking = threading.Thread(target=lambda: latencies.extend(asked(server, 3600, lambda: reached[0], stop)))
    asking.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    stall, began, samples = 0.0, time.monotonic(), 0
    for step, count, body in bodies(path, steps - paced):
        due = began + samples / 50_000
        time.sleep(max(0, due - time.monotonic()))
        asked_at = time.monotonic()
        write(connection, body)
        stall = max(stall, time.monotonic() - asked_at)
        samples += count
        reached[0] = manifest["start"] + step * 15
    rate = samples / (time.monotonic() - began)
    stop.set()
    asking.join()
    print(f"\n{bench.args.hours} h of 10,000 series, then {rate:.0f} samples a second; blocks grew from {before[0]} to {blocks(server)[0]} samples\n"
          f"  instant queries, ms: idle p50 {statistics.median(idle):.2f} p99 {p99(idle):.2f}; "
          f"under load p50 {statistics.median(latencies):.2f} p99 {p99(latencies):.2f} max {max(latencies):.0f}")
    verdict_alone("p99, times the idle one", p99(latencies) / p99(idle), 3)
    verdict_alone("longest wait of a write, s", stall, 1)
    bench.end(server)
    return {"idle": idle, "load": latencies, "stall_s": stall, "samples_per_s": rate}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tallygate", default=os.path.join(HERE, "..", "artifacts", "publish", "tallygate"))
    parser.add_argument("--data", default=os.path.join(tempfile.gettempdir(), "tallygate-bench-data"), help="where the data sets are kept")
    parser.add_argument("--only", default=",".join(PARTS), help="which parts to run, of " + ", ".join(PARTS))
    parser.add_argument("--hours", type=int, default=24, help="how much data the part day loads")
    parser.add_argument("--json", help="write all figures to this file")
    args = parser.parse_args()
    if not shutil.which("prometheus"):
        sys.exit("prometheus is missing: apt-get install prometheus")
    if not os.path.exists(args.tallygate):
        sys.exit(f"{args.tallygate} is missing: dotnet publish src/Cli -c Release -o artifacts/publish")
    os.makedirs(args.data, exist_ok=True)
    bench = Bench(args)
    try:
        parts = {"load": loading, "restart": restart, "memory": memory, "day": day}
        figures = {part: parts[part](bench) for part in args.only.split(",")}
        if args.json:
            json.dump(figures, open(args.json, "w"), indent=1)
    finally:
        bench.stop_all()


if __name__ == "__main__":
    main()
