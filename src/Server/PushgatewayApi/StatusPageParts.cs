using System.Net;

namespace Tallygate.Server.PushgatewayApi;

/// <summary>The parts of the page that do not change.</summary>
internal static class StatusPageParts
{
    /// <summary>The page's query form, and the script that asks the API and shows the answer as a table.</summary>
    public const string QueryForm = """
        <section>
        <h2>Ask</h2>
        <form id=f><input id=q name=query spellcheck=false autocomplete=off placeholder="a PromQL query: count_over_time(push_time_seconds:pushed[1d])" aria-label="PromQL query"><button>Run</button></form>
        <div id=r class=result></div>
        </section>
        <script>
        const f = document.getElementById('f'), q = document.getElementById('q'), r = document.getElementById('r');
        const put = (tag, text, cls) => { const e = document.createElement(tag); e.textContent = text; if (cls) e.className = cls; return e; };
        const labels = m => { const n = m.__name__ || ''; const l = Object.entries(m).filter(([k]) => k !== '__name__').map(([k, v]) => (/^[a-z_]\w*$/i.test(k) ? k : JSON.stringify(k)) + '=' + JSON.stringify(v)).join(', '); return !/^[a-z_:][\w:]*$/i.test(n) && n ? '{' + JSON.stringify(n) + (l && ', ') + l + '}' : l ? n + '{' + l + '}' : n || '{}'; };
        async function run(query) {
          r.replaceChildren(put('p', 'running…', 'dim'));
          let a;
          try { a = await (await fetch('api/v1/query', { method: 'POST', body: new URLSearchParams({ query }) })).json(); }
          catch (e) { a = { status: 'error', error: String(e) }; }
          r.replaceChildren();
          if (a.status !== 'success') { r.append(put('p', a.error, 'error')); return; }
          for (const w of [...(a.warnings || []), ...(a.infos || [])]) r.append(put('p', w, 'warn'));
          const { resultType: type, result } = a.data;
          const rows = type === 'scalar' || type === 'string' ? [[type, result[1]]]
            : result.map(s => [labels(s.metric), s.histogram ? 'histogram: count ' + s.histogram[1].count + ', sum ' + s.histogram[1].sum
                : type === 'matrix' ? (s.values || []).map(v => v[1] + ' @' + v[0]).join('\n') : s.value[1]]);
          if (!rows.length) { r.append(put('p', 'empty result', 'dim')); return; }
          const t = put('table', ''); const b = put('tbody', '');
          for (const [k, v] of rows.slice(0, 1000)) { const tr = put('tr', ''); tr.append(put('td', k, 'mono'), put('td', v, 'n mono')); b.append(tr); }
          t.append(b); r.append(t);
          if (rows.length > 1000) r.append(put('p', '… and ' + (rows.length - 1000) + ' more', 'dim'));
        }
        f.onsubmit = e => { e.preventDefault(); history.replaceState(null, '', '?query=' + encodeURIComponent(q.value)); run(q.value); };
        const asked = new URLSearchParams(location.search).get('query');
        if (asked) { q.value = asked; run(asked); }
        </script>
        """;

    /// <summary>Asks before groups are deleted.</summary>
    public const string DeleteDialog = """
        <dialog id=sure aria-labelledby=what>
        <h3 id=what>Delete this group?</h3>
        <p id=which></p>
        <p class=dim>It leaves <code>/metrics</code> at once. What was pushed stays counted: its <code>:pushed</code> series and the totals keep it.</p>
        <p id=why class=error></p>
        <div class=answers><button id=no class=plain autofocus>Keep</button><button id=yes class=bad>Delete</button></div>
        </dialog>
        """;

    /// <summary>What stands in place of the table while nothing was pushed.</summary>
    public const string NoGroups = """
        <p class=dim>Nothing was pushed yet. Try it:</p>
        <pre id=try>echo "records_processed 42" | curl --data-binary @- http://localhost:9091/metrics/job/myjob</pre>
        <script>document.getElementById('try').textContent = 'echo "records_processed 42" | curl --data-binary @- ' + new URL('metrics/job/myjob', location.href.split('?')[0]);</script>
        """;

    /// <summary>Everything before the first card.</summary>
    public static string Head(string title) => $$"""
        <!doctype html>
        <html lang=en>
        <meta charset=utf-8>
        <meta name=viewport content="width=device-width, initial-scale=1">
        <meta name=robots content=noindex>
        <title>{{WebUtility.HtmlEncode(title)}}</title>
        <link rel=icon href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><path d='M2 3v10M5 3v10M8 3v10M11 3v10M1 12 14 4' stroke='%230f766e' stroke-width='1.6' fill='none'/></svg>">
        <style>
        :root { --bg: #f7f7f5; --fg: #1c1f23; --dim: #6b7280; --line: #e2e2dd; --card: #fff; --accent: #0f766e; --soft: #e6f2f0; --bad: #b42318; }
        @media (prefers-color-scheme: dark) { :root { --bg: #15181b; --fg: #e6e8ea; --dim: #9099a3; --line: #2c3136; --card: #1d2125; --accent: #5eead4; --soft: #17302d; --bad: #f97066; } }
        * { box-sizing: border-box }
        body { margin: 0; background: var(--bg); color: var(--fg); font: 15px/1.5 system-ui, sans-serif; }
        header { display: flex; align-items: baseline; gap: 1.5rem; padding: 1rem 2rem; border-bottom: 1px solid var(--line); background: var(--card); flex-wrap: wrap; }
        header h1 { font-size: 1.15rem; margin: 0; letter-spacing: -.01em; display: flex; gap: .55rem; align-items: center; }
        header svg { width: 1.3rem; height: 1.3rem; stroke: var(--accent); }
        header nav { display: flex; gap: 1.1rem; flex-wrap: wrap; }
        a { color: var(--accent); text-decoration: none } a:hover { text-decoration: underline }
        main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 2rem 3rem; }
        h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .08em; color: var(--dim); margin: 2rem 0 .6rem; font-weight: 600; }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .8rem; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem; display: flex; flex-direction: column; }
        .card b { font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums } .card span { color: var(--dim); font-size: .85rem }
        form { display: flex; gap: .5rem }
        input { flex: 1; font: .92rem/1.6 ui-monospace, monospace; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); color: inherit; min-width: 0 }
        input:focus { outline: 2px solid var(--accent); outline-offset: -1px }
        button { font: inherit; font-weight: 600; padding: .55rem 1.2rem; border: 0; border-radius: .5rem; background: var(--accent); color: var(--card); cursor: pointer }
        table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden }
        th { text-align: left; font-weight: 600; font-size: .8rem; color: var(--dim) } th, td { padding: .5rem .9rem; border-bottom: 1px solid var(--line); vertical-align: top }
        tr:last-child td { border-bottom: 0 } .n { text-align: right; font-variant-numeric: tabular-nums } td.n { white-space: pre-line }
        .mono, pre { font: .86rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
        pre { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem; overflow-x: auto }
        .badge { display: inline-block; margin: 0 .35rem .15rem 0; padding: 0 .5rem; border-radius: .35rem; border: 1px solid var(--line); font: .84rem/1.6 ui-monospace, monospace; overflow-wrap: anywhere } .badge i { color: var(--dim); font-style: normal }
        .job { background: var(--soft); border-color: transparent; font-weight: 600 } .failed { background: var(--bad); color: var(--card); border-radius: .35rem; padding: .1rem .5rem; font-size: .8rem; font-weight: 600 }
        .gone { border: 1px dashed var(--line); color: var(--dim); border-radius: .35rem; padding: 0 .5rem; font-size: .8rem }
        .title { display: flex; align-items: center; gap: .8rem; margin: 2rem 0 .6rem; flex-wrap: wrap } .title h2 { margin: 0; flex: 1 } .title input { flex: 0 1 16rem; padding: .3rem .7rem; font-size: .85rem }
        .wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .6rem; background: var(--card) } .wide table { border: 0 }
        button.delete { background: none; border: 1px solid var(--line); color: var(--bad); font-size: .82rem; padding: .15rem .7rem; border-radius: .4rem } button.delete:hover { border-color: var(--bad) }
        button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px } button:disabled { opacity: .5; cursor: default }
        button.open { background: none; padding: 0; width: 1.2rem; color: var(--dim); border-radius: .2rem } button.open::before { content: '▸' } button.open[aria-expanded=true]::before { content: '▾' }
        td.inside { padding: .2rem .9rem 1rem 2.1rem; background: var(--bg) } .family { margin-top: .8rem } .family b { font: 600 .88rem ui-monospace, monospace } .family span { color: var(--dim); font-size: .82rem; margin-left: .6rem }
        .family table { border: 0; background: none } .family td { padding: .15rem .4rem; border: 0; font-size: .84rem }
        .facts th { width: 1%; white-space: nowrap; font: .86rem/1.5 ui-monospace, monospace; color: var(--dim) } .facts td { font: .86rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere } .facts th, .facts td { padding: .25rem .9rem; border-bottom-style: dotted } .set td { color: var(--accent); font-weight: 600 }
        summary { cursor: pointer; color: var(--dim); margin-bottom: .6rem; font-size: .9rem }
        dialog { border: 1px solid var(--line); border-radius: .8rem; background: var(--card); color: var(--fg); max-width: 32rem; width: calc(100vw - 2rem); padding: 1.2rem 1.4rem } dialog::backdrop { background: rgb(0 0 0 / .45) } dialog h3 { margin: 0 0 .6rem; font-size: 1.05rem } dialog p { margin: .5rem 0 }
        .answers { display: flex; justify-content: flex-end; gap: .6rem; margin-top: 1rem } button.plain { background: none; color: var(--fg); border: 1px solid var(--line) } button.bad { background: var(--bad) } code { font: .88em ui-monospace, monospace }
        tr.group td { vertical-align: middle }
        @media (max-width: 40rem) { .cards { grid-template-columns: 1fr 1fr; } header { gap: .6rem 1.5rem } header, main { padding-left: 1rem; padding-right: 1rem } .groups th:nth-child(3), .groups td:nth-child(3), .groups th:nth-child(4), .groups td:nth-child(4) { display: none } th, td { padding: .45rem .6rem } }
        .dim { color: var(--dim) } .error { color: var(--bad); font: .9rem ui-monospace, monospace; white-space: pre-wrap } .warn { color: var(--dim); font-size: .88rem } .result { margin-top: .8rem }
        footer { color: var(--dim); font-size: .85rem; margin-top: 2.5rem }
        </style>
        <header>
        <h1><svg viewBox="0 0 16 16" fill=none stroke-width=1.6><path d="M2 3v10M5 3v10M8 3v10M11 3v10M1 12 14 4"/></svg>{{WebUtility.HtmlEncode(title)}}</h1>
        <nav><a href=metrics>Metrics</a><a href=api/v1/targets>Targets</a><a href=api/v1/rules>Rules</a><a href=api/v1/alerts>Alerts</a><a href=api/v1/status/config>Configuration</a><a href=api/v1/status/flags>Flags</a></nav>
        </header>
        <main>
        <section class=cards>
        """;

    /// <summary>Everything behind the table of groups.</summary>
    public static string Foot(string version) => $$"""
        <footer>tallygate {{WebUtility.HtmlEncode(version)}}</footer>
        </main>
        <script>
        for (const t of document.querySelectorAll('time')) {
          const s = Date.now() / 1000 - t.dataset.t; t.title = t.textContent;
          t.textContent = s < 0 ? t.title : s < 60 ? Math.floor(s) + ' s ago' : s < 3600 ? Math.floor(s / 60) + ' min ago' : s < 172800 ? Math.floor(s / 3600) + ' h ago' : Math.floor(s / 86400) + ' days ago';
        }
        </script>
        """;
}
