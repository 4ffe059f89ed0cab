#!/usr/bin/env bash
# Runs every test. `./test.sh` takes at most 20 minutes on two cores; `./test.sh --soak` runs the full counts.
# Ends with the line "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")"

soak=
for argument in "$@"; do
  case $argument in
    --soak) soak=1 ;;
    -h|--help)
      echo "usage: ./test.sh [--soak]"
      echo "  --soak   the full counts of every promise (200 rounds of kill -9, …) instead of reduced ones"
      exit 0 ;;
    *) echo "test.sh: unknown argument $argument; see ./test.sh --help" >&2; exit 2 ;;
  esac
done
export TALLYGATE_SOAK=$soak
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# The peers that the tests measure against come from Debian.
missing=
for package in prometheus prometheus-pushgateway python3-prometheus-client curl gcc zlib1g-dev; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  echo "== installing what the tests need:$missing"
  sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  # The packages' services must not start: the Pushgateway's would take port 9091.
  policy=/usr/sbin/policy-rc.d ours=
  if [ ! -e "$policy" ]; then
    ours=1
    printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null && $sudo chmod +x "$policy"
    trap '$sudo rm -f "$policy"' EXIT
  fi
  $sudo apt-get update -qq >/dev/null
  # shellcheck disable=SC2086
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/tmp/tallygate-apt.log 2>&1 \
    || { echo "apt-get could not install$missing; see /tmp/tallygate-apt.log"; tail -5 /tmp/tallygate-apt.log; }
  [ -z "$ours" ] || { trap - EXIT; $sudo rm -f "$policy"; }
fi

passed=0 failed=0 skipped=0
log=$(mktemp)

fail() { echo "FAILED: $1"; failed=$((failed + 1)); }

# Runs one test program and adds up its closing line.
run() {
  echo "== $1"
  dotnet "test/$1/bin/Release/net10.0/$1.dll" -noColor "${@:2}" 2>&1 | tee "$log"
  local closing
  closing=$(grep -aE 'Total: [0-9]+, Errors: ' "$log" | tail -1)
  if [ -z "$closing" ]; then fail "$1 printed no summary"; return; fi
  local total errors fails skips
  total=$(sed -E 's/.*Total: ([0-9]+).*/\1/' <<<"$closing"); errors=$(sed -E 's/.*Errors: ([0-9]+).*/\1/' <<<"$closing")
  fails=$(sed -E 's/.*Failed: ([0-9]+).*/\1/' <<<"$closing"); skips=$(sed -E 's/.*Skipped: ([0-9]+).*/\1/' <<<"$closing")
  [ "$total" -gt 0 ] || fail "$1 ran no test"
  passed=$((passed + total - fails - skips)); failed=$((failed + fails + errors)); skipped=$((skipped + skips))
}

# Release builds do without the analyzers; this one is where they count.
export RunAnalyzers=true
echo "== build"
if dotnet build Tallygate.slnx -c Release -v quiet --nologo >"$log" 2>&1; then
  run Tallygate.Architecture
  run Tallygate.Tests
  echo "== publish"
  if dotnet publish src/Cli -c Release -o artifacts/publish -v quiet --nologo >"$log" 2>&1; then
    export TALLYGATE_BIN=$PWD/artifacts/publish/tallygate
    run Tallygate.Conformance
  else
    grep -E 'error|warning' "$log" | sort -u | head -20; fail "dotnet publish src/Cli"
  fi
else
  grep -E 'error|warning' "$log" | sort -u | head -40; fail "dotnet build"
fi
rm -f "$log"

if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
