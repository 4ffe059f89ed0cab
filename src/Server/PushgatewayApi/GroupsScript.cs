namespace Tallygate.Server.PushgatewayApi;

/// <summary>What makes the table of groups answer: opening a group, filtering, and deleting after a question.</summary>
internal static class GroupsScript
{
    /// <summary>The script, as the page's last element.</summary>
    public const string Text = """
        <script>
        {
          const rows = () => [...document.querySelectorAll('tr.group')];
          const make = (tag, text, cls) => { const e = document.createElement(tag); if (text) e.textContent = text; if (cls) e.className = cls; return e; };
          const key = l => JSON.stringify(Object.entries(l).sort());
          let all;
          const load = async () => new Map((await (await fetch('api/v1/metrics')).json()).data.map(g => [key(g.labels), g]));
          const labelsOf = row => Object.fromEntries([...row.querySelectorAll('.badge')].map(b => [b.dataset.n, b.dataset.v]));
          const value = m => m.value !== undefined ? m.value : 'count ' + m.count + ', sum ' + m.sum
            + (m.quantiles ? Object.entries(m.quantiles).map(([q, v]) => '\n' + q + ' quantile: ' + v).join('') : '')
            + (Array.isArray(m.buckets) ? m.buckets.map(b => '\n' + '([(['[b[0]] + b[1] + ', ' + b[2] + ']))]'[b[0]] + ': ' + b[3]).join('')
              : m.buckets ? Object.entries(m.buckets).sort((a, b) => Number(a[0].replace('Inf', 'Infinity')) - Number(b[0].replace('Inf', 'Infinity'))).map(([b, c]) => '\n\u2264 ' + b + ': ' + c).join('') : '');

          function show(target, group) {
            if (!group) { target.append(make('p', 'The group is no longer there.', 'dim')); return; }
            for (const [name, family] of Object.entries(group)) {
              if (!family || !family.metrics) continue;
              const box = make('div', '', 'family');
              box.append(make('b', name), make('span', family.type.toLowerCase()), make('span', family.help || ''));
              const t = make('table'), b = make('tbody');
              for (const m of family.metrics) {
                const own = Object.entries(m.labels).filter(([k]) => !(k in group.labels) && !(k === 'instance' && m.labels[k] === ''));
                const tr = make('tr');
                tr.append(make('td', own.map(([k, v]) => k + '=' + JSON.stringify(v)).join(', ') || '\u00a0', 'mono'), make('td', value(m), 'n mono'));
                b.append(tr);
              }
              t.append(b); box.append(t); target.append(box);
            }
          }

          async function toggle(row) {
            const button = row.querySelector('.open');
            if (button.getAttribute('aria-expanded') === 'true') { row.nextElementSibling.remove(); button.setAttribute('aria-expanded', 'false'); return; }
            button.setAttribute('aria-expanded', 'true');
            const inside = make('tr'), cell = make('td', 'loading\u2026', 'inside');
            cell.colSpan = 5; inside.append(cell); row.after(inside);
            try { all ??= load(); const groups = await all; cell.replaceChildren(); show(cell, groups.get(key(labelsOf(row)))); }
            catch (e) { all = undefined; cell.replaceChildren(make('p', String(e), 'error')); }
          }

          const filter = document.getElementById('filter');
          if (filter) filter.oninput = () => {
            for (const row of rows()) {
              row.hidden = !row.cells[0].textContent.includes(filter.value);
              if (row.nextElementSibling && !row.nextElementSibling.classList.contains('group')) row.nextElementSibling.hidden = row.hidden;
            }
          };

          const dialog = document.getElementById('sure');
          let act;
          function ask(question, what, then) {
            document.getElementById('what').textContent = question;
            document.getElementById('which').replaceChildren(...what);
            document.getElementById('why').textContent = '';
            act = then; dialog.showModal();
          }
          async function send(method, path) {
            const answer = await fetch(path, { method });
            if (!answer.ok) throw new Error(answer.status + ' ' + (await answer.text()).trim());
          }
          if (dialog) {
            document.getElementById('no').onclick = () => dialog.close();
            document.getElementById('yes').onclick = async e => {
              e.target.disabled = true;
              try { await act(); dialog.close(); } catch (problem) { document.getElementById('why').textContent = problem.message; }
              e.target.disabled = false;
            };
          }

          document.addEventListener('click', e => {
            const button = e.target.closest('button.open, button.delete');
            if (!button) return;
            const row = button.closest('tr.group');
            if (button.classList.contains('open')) { toggle(row); return; }
            if (!row) { ask('Delete all ' + Number(button.dataset.wipe).toLocaleString() + ' groups?', [], async () => { await send('PUT', 'api/v1/admin/wipe'); location.reload(); }); return; }
            ask('Delete this group?', [...row.querySelectorAll('.badge')].map(b => b.cloneNode(true)), async () => {
              await send('DELETE', row.dataset.path);
              if (row.nextElementSibling && !row.nextElementSibling.classList.contains('group')) row.nextElementSibling.remove();
              row.remove();
              if (!rows().length) location.reload();
            });
          });
        }
        </script>
        </html>
        """;
}
