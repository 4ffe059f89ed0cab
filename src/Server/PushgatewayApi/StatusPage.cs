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
        page.Append(StatusPageParts.Foot(BuildInfo.Version));
        return page.ToString();
    }

    private static void Card(StringBuilder page, string what, string value) =>
        page.Append("<div class=card><b>").Append(value).Append("</b><span>").Append(what).Append("</span></div>");

    private static void Groups(StringBuilder page, GroupsView view)
    {
        page.Append("<section><h2>Groups</h2>");
        if (view.Count == 0)
        {
            page.Append(StatusPageParts.NoGroups).Append("</section>");
            return;
        }

        page.Append("<table><thead><tr><th>group<th>last push<th class=n>families<th class=n>metrics</thead><tbody>");
        foreach (var group in view.Sorted().Take(MostGroups))
        {
            Group(page, group);
        }

        page.Append("</tbody></table>");
        if (view.Count > MostGroups)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=dim>… and {view.Count - MostGroups:N0} more; all of them are at <a href=api/v1/metrics>api/v1/metrics</a>.</p>");
        }

        page.Append("</section>");
    }

    private static void Group(StringBuilder page, MetricGroup group)
    {
        page.Append("<tr><td>");
        Badge(page, "job", group.Key.Get("job"), "job");
        foreach (ref readonly var label in group.Key.AsSpan())
        {
            if (label.Name != "job")
            {
                Badge(page, NameValidation.IsLegacyLabelName(label.Name) ? label.Name : GoQuote.Quote(label.Name), label.Value, "");
            }
        }

        if (!group.LastPushSuccessful)
        {
            page.Append("<span class=failed>last push failed</span>");
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

        page.Append(CultureInfo.InvariantCulture, $"<td class=n>{group.Families.Count}<td class=n>{group.Families.Sum(f => f.Family.Metrics.Count)}</tr>");
    }

    private static void Badge(StringBuilder page, string name, string value, string kind) => page.Append("<span class='badge ").Append(kind).Append("'>")
        .Append(System.Net.WebUtility.HtmlEncode(name)).Append("<i>=</i>").Append(System.Net.WebUtility.HtmlEncode(value)).Append("</span>");
}
