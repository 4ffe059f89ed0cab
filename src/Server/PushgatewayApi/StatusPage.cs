using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tallygate.Gateway;
using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.PushgatewayApi;

/// <summary>The page at <c>/</c>: the groups, what was pushed last, and a place to ask a query. One self-contained document. Thread-safe.</summary>
internal sealed class StatusPage
{
    // A browser does not like longer tables, and nobody reads them.
    private const int MostGroups = 500;

    // So many are seen at a glance.
    private const int FewGroups = 12;

    private readonly PushGateway _gateway;
    private readonly RequestCounters _counters;
    private readonly ServerOptions _options;
    private readonly DateTimeOffset _started;

    public StatusPage(PushGateway gateway, RequestCounters counters, ServerOptions options, DateTimeOffset started)
    {
        _gateway = gateway;
        _counters = counters;
        _options = options;
        _started = started;
    }

    /// <summary>Shows the page.</summary>
    public Task ShowAsync(HttpContext context, RequestPath path)
    {
        _counters.Count(200, "status", "get");
        return Answers.TextAsync(context, 200, Render(), "text/html; charset=utf-8");
    }

    private string Render()
    {
        var view = _gateway.Groups;
        var stats = _gateway.Stats();
        var page = new StringBuilder(16 * 1024);
        page.Append(StatusPageParts.Head(_options.PageTitle));
        Card(page, "groups", view.Count.ToString("N0", CultureInfo.InvariantCulture));
        Card(page, "pushes since the start", (stats.ReplacesAccepted + stats.MergesAccepted).ToString("N0", CultureInfo.InvariantCulture));
        Card(page, "entries in the push log", stats.Position.ToString("N0", CultureInfo.InvariantCulture));
        Card(page, "running since (UTC)", _started.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        page.Append("</section>");
        page.Append(StatusPageParts.QueryForm);
        Groups(page, view);
        Builds(page);
        Flags(page);
        page.Append(StatusPageParts.Foot(BuildInfo.Version)).Append(GroupsScript.Text);
        return page.ToString();
    }

    private static void Card(StringBuilder page, string what, string value) =>
        page.Append("<div class=card><b>").Append(value).Append("</b><span>").Append(what).Append("</span></div>");

    private void Groups(StringBuilder page, GroupsView view)
    {
        page.Append("<section><div class=title><h2>Groups</h2>");
        if (view.Count == 0)
        {
            page.Append("</div>").Append(StatusPageParts.NoGroups).Append("</section>");
            return;
        }

        if (view.Count > FewGroups)
        {
            page.Append("<input id=filter type=search placeholder=\"filter by label\" aria-label=\"Filter the groups\" autocomplete=off spellcheck=false>");
        }

        if (_options.EnableAdminApi)
        {
            page.Append(CultureInfo.InvariantCulture, $"<button class=delete data-wipe={view.Count}>Delete all {view.Count:N0} groups</button>");
        }

        page.Append("</div><div class=wide><table class=groups><thead><tr><th>group<th>last push<th class=n>families<th class=n>metrics<th></thead><tbody>");
        foreach (var group in view.Sorted().Take(MostGroups))
        {
            Group(page, group);
        }

        page.Append("</tbody></table></div>");
        if (view.Count > MostGroups)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=dim>… and {view.Count - MostGroups:N0} more; all of them are at <a href=api/v1/metrics>api/v1/metrics</a>.</p>");
        }

        page.Append(StatusPageParts.DeleteDialog).Append("</section>");
    }

    private static void Builds(StringBuilder page)
    {
        page.Append("<section><h2>Build information</h2><div class=wide><table class=facts><tbody>");
        Fact(page, "version", BuildInfo.Version);
        Fact(page, "revision", BuildInfo.Revision.Length == 0 ? "unknown" : BuildInfo.Revision);
        Fact(page, "runtime", BuildInfo.Runtime);
        Fact(page, "speaks as Pushgateway", BuildInfo.PushgatewayVersion);
        Fact(page, "speaks as Prometheus", BuildInfo.PrometheusVersion);
        page.Append("</tbody></table></div></section>");
    }

    private void Flags(StringBuilder page)
    {
        page.Append("<section><h2>Command-line flags</h2><details><summary>what this server was started with</summary><div class=wide><table class=facts><tbody>");
        var defaults = FlagTable.Describe(new ServerOptions());
        foreach (var (name, value) in FlagTable.Describe(_options))
        {
            Fact(page, name, value, value != defaults[name]);
        }

        page.Append("</tbody></table></div></details></section>");
    }

    private static void Fact(StringBuilder page, string name, string value, bool marked = false) => page.Append(marked ? "<tr class=set><th>" : "<tr><th>")
        .Append(System.Net.WebUtility.HtmlEncode(name)).Append("<td>").Append(System.Net.WebUtility.HtmlEncode(value)).Append("</tr>");

    private static void Group(StringBuilder page, MetricGroup group)
    {
        page.Append("<tr class=group data-path=\"metrics").Append(GroupingPath.Of(group.Key)).Append("\"><td><button class=open aria-expanded=false aria-label=\"Show the metrics\"></button>");
        Badge(page, "job", "job", group.Key.Get("job"), "job");
        foreach (ref readonly var label in group.Key.AsSpan())
        {
            if (label.Name != "job")
            {
                Badge(page, label.Name, NameValidation.IsLegacyLabelName(label.Name) ? label.Name : GoQuote.Quote(label.Name), label.Value, "");
            }
        }

        if (!group.LastPushSuccessful)
        {
            page.Append("<span class=failed>last push failed</span>");
        }

        if (group.ExpiredUnixNano > 0)
        {
            page.Append("<span class=gone>expired</span>");
        }

        var pushed = group.PushTime.Family.Metrics[0].Value;
        page.Append("<td>");
        if (pushed > 0)
        {
            var text = DateTimeOffset.UnixEpoch.AddSeconds(pushed).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            page.Append(CultureInfo.InvariantCulture, $"<time data-t={pushed:F3}>{text} UTC</time>");
        }
        else
        {
            page.Append("<span class=dim>never</span>");
        }

        page.Append(CultureInfo.InvariantCulture, $"<td class=n>{group.Families.Count}<td class=n>{group.Families.Sum(f => f.Family.Metrics.Count)}<td class=n><button class=delete>Delete</button></tr>");
    }

    private static void Badge(StringBuilder page, string label, string name, string value, string kind) => page.Append("<span class='badge ").Append(kind)
        .Append("' data-n=\"").Append(System.Net.WebUtility.HtmlEncode(label)).Append("\" data-v=\"").Append(System.Net.WebUtility.HtmlEncode(value)).Append("\">")
        .Append(System.Net.WebUtility.HtmlEncode(name)).Append("<i>=</i>").Append(System.Net.WebUtility.HtmlEncode(value)).Append("</span>");
}
