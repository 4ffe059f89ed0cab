using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallygate.Model;
using Tallygate.Rules;
using Tallygate.Rules.Alerting;
using Tallygate.Server.Http;

namespace Tallygate.Server.PrometheusApi;

/// <summary><c>rules</c> and <c>alerts</c>. Thread-safe.</summary>
internal sealed class RuleEndpoints
{
    private readonly RuleManager _rules;

    public RuleEndpoints(RuleManager rules) => _rules = rules;

    /// <summary><c>/api/v1/rules</c></summary>
    public Task<ApiAnswer> RulesAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var type = parameters["type"].ToLowerInvariant();
        if (type is not ("" or "alert" or "record"))
        {
            throw new ApiException(ApiError.Parameter("type", $"not supported value {GoQuote.Quote(parameters["type"])}"));
        }

        var exclude = parameters["exclude_alerts"].ToLowerInvariant();
        if (exclude is not ("" or "true" or "false" or "1" or "0"))
        {
            throw new ApiException(ApiError.Parameter("exclude_alerts", "converting exclude_alerts to boolean"));
        }

        var limit = parameters.Limit("group_limit");
        var token = parameters["group_next_token"];
        if (token.Length > 0 && limit == 0)
        {
            throw new ApiException(ApiError.BadData("group_limit needs to be set in case group_next_token is set"));
        }

        var names = parameters.All("rule_name[]").ToHashSet();
        var groupNames = parameters.All("rule_group[]").ToHashSet();
        var files = parameters.All("file[]").ToHashSet();
        var groups = new List<(RuleGroupStatus Group, IReadOnlyList<RuleStatus> Rules)>();
        var started = token.Length == 0;
        var nextToken = "";
        foreach (var group in _rules.Groups.Select(g => g.Status))
        {
            started |= token == Token(group);
            if (!started || !Wanted(files, group.Definition.File) || !Wanted(groupNames, group.Definition.Name))
            {
                continue;
            }

            var rules = group.Rules.Where(r =>
                (type.Length == 0 || (type == "alert") == r.State.HasValue) && Wanted(names, r.Definition.Name)).ToList();
            if (rules.Count == 0 && (type.Length > 0 || names.Count > 0))
            {
                continue;
            }

            if (limit > 0 && groups.Count == limit)
            {
                nextToken = Token(group);
                break;
            }

            groups.Add((group, rules));
        }

        if (!started)
        {
            throw new ApiException(ApiError.BadData($"invalid group_next_token '{token}'. were rule groups changed?"));
        }

        var withAlerts = exclude is not ("true" or "1");
        return Task.FromResult(ApiAnswer.Of(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("groups"u8);
            foreach (var (group, rules) in groups)
            {
                Group(json, group, rules, withAlerts);
            }

            json.WriteEndArray();
            if (nextToken.Length > 0)
            {
                json.WriteString("groupNextToken"u8, nextToken);
            }

            json.WriteEndObject();
        }));
    }

    /// <summary><c>/api/v1/alerts</c></summary>
    public Task<ApiAnswer> AlertsAsync(HttpContext context, ApiParameters parameters, RequestPath path) => Task.FromResult(ApiAnswer.Of(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("alerts"u8);
        foreach (var alert in _rules.Groups.SelectMany(g => g.Status.Rules).SelectMany(r => r.Alerts))
        {
            Alert(json, alert);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }));

    private static bool Wanted(HashSet<string> wanted, string value) => wanted.Count == 0 || wanted.Contains(value);

    private static string Token(RuleGroupStatus group) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(group.Definition.File + ";" + group.Definition.Name)));

    private static void Group(Utf8JsonWriter json, RuleGroupStatus group, IReadOnlyList<RuleStatus> rules, bool withAlerts)
    {
        var definition = group.Definition;
        json.WriteStartObject();
        json.WriteString("name"u8, definition.Name);
        json.WriteString("file"u8, definition.File);
        json.WriteStartArray("rules"u8);
        foreach (var rule in rules)
        {
            Rule(json, rule, withAlerts);
        }

        json.WriteEndArray();
        json.WritePropertyName("interval"u8);
        JsonNumbers.Seconds(json, definition.Interval);
        json.WriteNumber("limit"u8, definition.Limit);
        json.WritePropertyName("evaluationTime"u8);
        JsonNumbers.Seconds(json, group.Statistics.LastDuration);
        json.WriteString("lastEvaluation"u8, group.Statistics.LastEvaluation is { } last ? Rfc3339.FromMs(last) : Rfc3339.Never);
        json.WriteEndObject();
    }

    private static void Rule(Utf8JsonWriter json, RuleStatus rule, bool withAlerts)
    {
        var definition = rule.Definition;
        json.WriteStartObject();
        if (rule.State is { } state)
        {
            json.WriteString("state"u8, Word(state));
        }

        json.WriteString("name"u8, definition.Name);
        json.WriteString("query"u8, rule.Query);
        if (rule.State.HasValue)
        {
            json.WritePropertyName("duration"u8);
            JsonNumbers.Seconds(json, definition.For);
            json.WritePropertyName("keepFiringFor"u8);
            JsonNumbers.Seconds(json, definition.KeepFiringFor);
        }

        if (rule.State.HasValue || rule.Labels.Count > 0)
        {
            json.WritePropertyName("labels"u8);
            LabelJson.Write(json, rule.Labels);
        }

        if (rule.State.HasValue)
        {
            json.WritePropertyName("annotations"u8);
            LabelJson.Write(json, definition.Annotations);
            json.WriteStartArray("alerts"u8);
            foreach (var alert in withAlerts ? rule.Alerts : [])
            {
                Alert(json, alert);
            }

            json.WriteEndArray();
        }

        var evaluation = rule.Evaluation;
        json.WriteString("health"u8, evaluation.Health switch { RuleHealth.Good => "ok", RuleHealth.Bad => "err", _ => "unknown" });
        if (!string.IsNullOrEmpty(evaluation.LastError))
        {
            json.WriteString("lastError"u8, evaluation.LastError);
        }

        json.WritePropertyName("evaluationTime"u8);
        JsonNumbers.Seconds(json, evaluation.EvaluationTime);
        json.WriteString("lastEvaluation"u8, evaluation.LastEvaluation is { } time ? Rfc3339.FromMs(time) : Rfc3339.Never);
        json.WriteString("type"u8, rule.State.HasValue ? "alerting" : "recording");
        json.WriteEndObject();
    }

    private static void Alert(Utf8JsonWriter json, AlertStatus alert)
    {
        json.WriteStartObject();
        json.WritePropertyName("labels"u8);
        LabelJson.Write(json, alert.Labels);
        json.WritePropertyName("annotations"u8);
        LabelJson.Write(json, alert.Annotations);
        json.WriteString("state"u8, Word(alert.State));
        json.WriteString("activeAt"u8, Rfc3339.FromMs(alert.ActiveAt));
        if (alert.KeepFiringSince is { } since)
        {
            json.WriteString("keepFiringSince"u8, Rfc3339.FromMs(since));
        }

        json.WriteString("value"u8, FloatText.Format(alert.Value, FloatForm.Exponent));
        json.WriteEndObject();
    }

    private static string Word(AlertState state) => state switch
    {
        AlertState.Firing => "firing",
        AlertState.Pending => "pending",
        AlertState.Inactive => "inactive",
        _ => "unknown",
    };
}
