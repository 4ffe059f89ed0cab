#!/usr/bin/env python3
"""Queries side by side: Tallygate against Debian's prometheus, loaded with the same samples, in one run on one machine.

    bench/queries.py                              all figures, with their bars: about fifteen minutes
    bench/queries.py --only mix --reps 3          a short look
    bench/queries.py --only window,ends,memory --json figures.json

Needs prometheus (apt-get install prometheus), curl, the published program (dotnet publish src/Cli -c Release -o artifacts/publish) and the
folder of shared measurements (--shared; ../shared/bench beside the checkout), whose gen.py, load.py and bench.py make, load and ask.

  mix      27 queries over 14.4 million samples (10,000 series, 6 h at 15 s) by remote write: CPU of both, and values at 1e-9
  window   sum_over_time(m[1d]) at a step of 1 m over 7 d of 50 series at 15 s, from blocks
  ends     how long after its timeout a heavy query is answered, and how long after its asker left the server still works on it
  memory   a query over the limit of samples is refused with 422; memory before, at its height, and after

CPU is the servers' own (user and system); queries that take less than some clock ticks are asked many times over.
"""
import argparse, http.client, importlib.util, json, math, os, random, shutil, signal, socket, statistics, subprocess, sys, time
import urllib.error, urllib.parse, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = ["mix", "window", "ends", "memory"]
PORTS = {"prom": 19090, "ours": 19091}

# The servers' CPU is told in ticks of a hundredth of a second: a query is asked until it has come to some of them.
LEAST_CPU, MOST_ASKED = 0.4, 3000

# Differences to Prometheus 2.42 that Prometheus 3 has too, by query.
NAMED = {
    "R06": "Prometheus 3 windows are open on the left: subquery steps on the edge; [1h1ms:1m] is asked instead for the comparison",
    "R09": "Prometheus 3 keeps another of equal elements: topk replaces the heap's top in place, 2.42 took it out and put the new one in",
}


class Server:
    def __init__(self, name, command, log):
        self.name, self.url = name, f"http://127.0.0.1:{PORTS[name]}"
        self.process = subprocess.Popen(command, stdout=open(log, "ab"), stderr=subprocess.STDOUT)
        self.pid = self.process.pid
        for _ in range(6000):
            if self.process.poll() is not None:
                sys.exit(f"{name} ended: see {log}")
            try:
                if self.get("/api/v1/query?query=1")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)
        sys.exit(f"{name} does not answer: see {log}")

    def get(self, path, timeout=300):
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def cpu(self):
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def running(self):
        """Nanoseconds that the threads of now have run: finer than clock ticks."""
        total = 0
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            try:
                total += int(open(f"/proc/{self.pid}/task/{thread}/schedstat").read().split()[0])
            except OSError:
                pass
        return total

    def mib(self, field="VmRSS"):
        for line in open(f"/proc/{self.pid}/status"):
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
        return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def start(name, args, folder, *flags):
    os.makedirs(folder, exist_ok=True)
    if name == "prom":
        config = os.path.join(folder, "prometheus.yml")
        open(config, "w").write("global:\n  scrape_interval: 15s\n")
        return Server(name, ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/data", "--storage.tsdb.retention.time=10y",
                             "--web.enable-remote-write-receiver", f"--web.listen-address=127.0.0.1:{PORTS[name]}", "--log.level=warn"], folder + "/log")
    return Server(name, [args.tallygate, "serve", f"--storage.path={folder}/data", "--storage.tsdb.retention.time=10y", "--no-gateway.sampling",
                         "--web.enable-remote-write-receiver", f"--web.listen-address=127.0.0.1:{PORTS[name]}", "--log.level=warn", *flags], folder + "/log")


def both(args, part):
    return [start(name, args, os.path.join(args.work, part, name)) for name in ("prom", "ours")]


def settle(server):
    """Waits until a server does nothing by itself any more: blocks are cut in the background."""
    quiet = 0
    while quiet < 3:
        before = server.cpu()
        time.sleep(2)
        quiet = quiet + 1 if server.cpu() - before < 0.1 else 0


def range_path(query, start, end, step, **more):
    return "/api/v1/query_range?" + urllib.parse.urlencode(dict(query=query, start=start, end=end, step=step, **more))


def ask_often(server, path, count):
    connection = http.client.HTTPConnection("127.0.0.1", PORTS[server.name])
    def once():
        connection.request("GET", path, headers={"Accept-Encoding": "identity"})
        connection.getresponse().read()
    for _ in range(5):
        once()
    before, asked = server.cpu(), 0
    while asked < count or (server.cpu() - before < LEAST_CPU and asked < MOST_ASKED):
        once()
        asked += 1
    return (server.cpu() - before) / asked * 1000


def mix(args):
    data = os.path.join(args.work, "d10k")
    if not os.path.exists(data + "/manifest.json"):
        subprocess.run([sys.executable, args.shared + "/gen.py", "--out", data], check=True, stdout=subprocess.DEVNULL)
    servers = both(args, "mix")
    figures = {}
    for server in servers:
        loaded = subprocess.run([sys.executable, args.shared + "/load.py", "--data", data, "--url", server.url + "/api/v1/write", "--pid", str(server.pid)],
                                check=True, capture_output=True, text=True).stdout
        figures["load " + server.name] = json.loads(loaded)
        print(f"loaded {server.name}: {loaded.strip()}", flush=True)
    for server in servers:
        settle(server)
    out = os.path.join(args.work, "mix.json")
    targets = [part for server in servers for part in ("--target", f"{server.name}={server.url},pid={server.pid}")]
    subprocess.run([sys.executable, args.shared + "/bench.py", "--data", data, *targets, "--reps", str(args.reps), "--compare", "--json", out], check=True)
    spec = importlib.util.spec_from_file_location("shared_bench", args.shared + "/bench.py")
    shared = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shared)
    manifest = json.load(open(data + "/manifest.json"))
    queries = {query[0]: query for query in shared.Q}
    rows, bad = json.load(open(out))["rows"], []
    plain = type("Plain", (), {"nocache": False})
    for row in rows:
        cpu = {server.name: row[server.name]["cpu_ms"] for server in servers}
        if min(cpu.values()) < 60:
            path = shared.path_for(queries[row["id"]], manifest, plain)
            cpu = {server.name: ask_often(server, path, 150 if max(cpu.values()) < 60 else 30) for server in servers}
        row["cpu"], row["ratio"] = cpu, cpu["ours"] / max(cpu["prom"], 0.01)
    print("\nCPU in ms, by what share of Prometheus's it is")
    for row in sorted(rows, key=lambda row: -row["ratio"]):
        said = "; ".join(row.get("compare", []))
        named = NAMED.get(row["id"], "")
        fine = said == "equal" or (said.startswith("rel ") and float(said[4:]) <= 1e-9)
        print(f"  {row['id']}  {row['ratio']:.3f}  {row['cpu']['prom']:9.2f} {row['cpu']['ours']:9.2f}  {said if fine or not named else said + ': ' + named}")
        if not fine and not named:
            bad.append(row["id"])
    mean = math.exp(statistics.mean(math.log(max(row["ratio"], 1e-3)) for row in rows))
    slower = [row["id"] for row in rows if row["ratio"] > 1]
    print(f"geometric mean {mean:.3f} (bar 0.25); slower than Prometheus: {slower or 'none'} (bar none); unexplained values: {bad or 'none'}")
    edge = servers[0].get(range_path(queries["R06"][2], manifest["start"] + 3600, manifest["end"] - 60, 60))[1]
    ours = servers[1].get(range_path(queries["R06"][2].replace("[1h:", "[1h1ms:"), manifest["start"] + 3600, manifest["end"] - 60, 60))[1]
    print(f"R06 with its edge: {shared.same(shared.norm(edge), shared.norm(ours))}")
    figures["mix"] = dict(mean=mean, slower=slower, unexplained=bad, rows=[dict(id=row["id"], ratio=row["ratio"], cpu=row["cpu"]) for row in rows])
    for server in servers:
        server.stop()
    return figures


def window(args):
    """Fifty series of eight days, so that the first step of seven days has its window."""
    end = int(time.time()) // 86400 * 86400
    begin = end - 8 * 86400
    folder = os.path.join(args.work, "window")
    blocks = os.path.join(folder, "blocks")
    if not os.path.exists(blocks):
        os.makedirs(folder, exist_ok=True)
        text, chance = os.path.join(folder, "om.txt"), random.Random(7)
        with open(text, "w") as file:
            file.write("# TYPE m gauge\n")
            for series in range(50):
                value = 50.0
                for at in range(begin + 1, end, 15):
                    value = round(value + chance.uniform(-1, 1), 3)
                    file.write(f'm{{series="{series:02d}"}} {value} {at}\n')
            file.write("# EOF\n")
        subprocess.run([args.tallygate, "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=24h", text, blocks], check=True, stdout=subprocess.DEVNULL)
        os.remove(text)
        os.makedirs(folder + "/ours/data")
        shutil.copytree(blocks, folder + "/prom/data")
        shutil.copytree(blocks, folder + "/ours/data/samples")
    servers = both(args, "window")
    for server in servers:
        settle(server)
    path = range_path("sum_over_time(m[1d])", end - 7 * 86400 + 60, end, 60)
    answers, cpu = {}, {}
    for server in servers:
        answers[server.name] = server.get(path)[1]
        used = []
        for _ in range(3):
            before = server.cpu()
            server.get(path)
            used.append((server.cpu() - before) * 1000)
        cpu[server.name] = statistics.median(used)
    worst = 0.0
    prom, ours = ({json.dumps(one["metric"]): one["values"] for one in json.loads(answers[name])["data"]["result"]} for name in ("prom", "ours"))
    same = prom.keys() == ours.keys() and all(len(prom[key]) == len(ours[key]) for key in prom)
    for key in prom if same else []:
        for (_, left), (_, right) in zip(prom[key], ours[key]):
            worst = max(worst, abs(float(left) - float(right)) / max(abs(float(left)), 1e-300))
    ratio = cpu["ours"] / cpu["prom"]
    points = sum(len(values) for values in ours.values())
    print(f"sum_over_time(m[1d]), {points} points: CPU {cpu['prom']:.0f} ms and {cpu['ours']:.0f} ms: {ratio:.4f} (bar 0.05); worst difference {worst if same else 'labels or points'}")
    for server in servers:
        server.stop()
    return {"window": dict(cpu=cpu, ratio=ratio, worst=worst, same=same)}


HEAVY = {
    "windows": "sum(stddev_over_time({__name__=~\".+\"}[1h]))",
    "rates": "sum by (instance) (rate({__name__=~\".+_total|.+_bucket\"}[5m]))",
    "matches": "http_requests_total * on (instance, job, code, handler, method) group_left () http_requests_total",
    "subquery": "sum(quantile_over_time(0.9, http_requests_total[6h:5s]))",
    "sorted": "topk(1000, {__name__=~\".+\"})",
    "answer": "{__name__=~\".+\"}",
}


def ends(args):
    """How long after the end of its time a query is answered, and its thread works on after its asker has left."""
    server = start("ours", args, os.path.join(args.work, "mix", "ours"), "--query.max-samples=120000000")
    manifest = json.load(open(os.path.join(args.work, "d10k", "manifest.json")))
    figures = {}
    for name, query in HEAVY.items():
        path = range_path(query, manifest["start"], manifest["end"] - 30, 4)
        late = []
        for timeout in (0.3, 0.7, 1.1):
            began = time.perf_counter()
            status, body = server.get(path + f"&timeout={timeout * 1000:.0f}ms")
            late.append((time.perf_counter() - began - timeout) * 1000 if status == 503 else None)
            if status not in (200, 503):
                print(f"  {name}: {status} {body[:200]}")
            del body
        left = []
        for stay in (0.3, 0.7, 1.1):
            connection = socket.create_connection(("127.0.0.1", PORTS["ours"]))
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(stay)
            connection.close()
            gone, last, seen = time.perf_counter(), time.perf_counter(), server.running()
            while time.perf_counter() - last < 0.3 and time.perf_counter() - gone < 10:
                time.sleep(0.004)
                now = server.running()
                # Housekeeping takes less than half of a processor.
                if now - seen > 2_000_000:
                    last = time.perf_counter()
                seen = now
            left.append((last - gone) * 1000)
        answered = [value for value in late if value is not None]
        figures[name] = dict(late_ms=late, left_ms=left)
        print(f"  {name:9s} answered {max(answered):6.0f} ms after its timeout at most" if answered else f"  {name:9s} was answered in time",
              f"; worked on for {max(left):6.0f} ms after its asker left at most", flush=True)
    print("(bar 100 ms)")
    server.stop()
    return {"ends": figures}


def memory(args):
    server = start("ours", args, os.path.join(args.work, "mix", "ours"))
    manifest = json.load(open(os.path.join(args.work, "d10k", "manifest.json")))
    settle(server)
    figures = dict(before=server.mib())
    path = range_path("{__name__=~\".+\"} + 0", manifest["start"], manifest["end"] - 30, 2)
    status, body = server.get(path)
    figures.update(status=status, body=body.decode()[:200], peak=server.mib("VmHWM"))
    for after in (1, 5, 10):
        time.sleep(after)
        figures[f"after {after} s more"] = server.mib()
    print("  " + ", ".join(f"{key} {value:.0f} MiB" if isinstance(value, float) else f"{key} {value}" for key, value in figures.items()))
    server.stop()
    return {"memory": figures}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, by commas; ends and memory use what mix has loaded")
    parser.add_argument("--reps", type=int, default=9)
    parser.add_argument("--shared", default=os.path.join(HERE, "..", "..", "shared", "bench"))
    parser.add_argument("--tallygate", default=os.path.join(HERE, "..", "artifacts", "publish", "tallygate"))
    parser.add_argument("--work", default="/tmp/tallygate-queries", help="folder for data; what lies there from an earlier run is made anew, but for the samples")
    parser.add_argument("--json", default="")
    args = parser.parse_args()
    parts = args.only.split(",")
    if "mix" in parts:
        shutil.rmtree(os.path.join(args.work, "mix"), ignore_errors=True)
    os.makedirs(args.work, exist_ok=True)
    figures = {}
    for part in PARTS:
        if part in parts:
            print(f"== {part}", flush=True)
            figures.update(globals()[part](args))
    if args.json:
        json.dump(figures, open(args.json, "w"), indent=1)


if __name__ == "__main__":
    main()
