using Tallygate.PromQL;
using Tallygate.Server.Configuration;
using Tallygate.Testing;

namespace Tallygate.Tests.Server;

/// <summary>Configuration and rule files: what they become, and what is said of wrong ones.</summary>
public sealed class ConfigFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-config-").FullName;
    private readonly Engine _engine = new(new EngineOptions(), TimeProvider.System);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Groups_have_a_time_to_live_by_rule_and_by_default()
    {
        var path = Write("gateway.yml", """
            gateway:
              ttl: 30d
              groups:
                - {match: '{job=~"nightly.*",dc!="eu"}', ttl: 2d}
                - {match: '{job="kept"}', ttl: 0s}
            """);
        Assert.True(ConfigFile.TryLoad(path, _engine, out var config, out var errors), string.Join("\n", errors));
        Assert.Equal(TimeSpan.FromDays(30), config.Gateway.TimeToLive);
        Assert.Equal([TimeSpan.FromDays(2), TimeSpan.Zero], config.Gateway.Groups.Select(g => g.TimeToLive));
        Assert.True(config.Gateway.Groups[0].Picks(Tallygate.Model.Labels.Of("dc", "us", "job", "nightly-1")));
        Assert.False(config.Gateway.Groups[0].Picks(Tallygate.Model.Labels.Of("dc", "eu", "job", "nightly-1")));

        path = Write("gateway.yml", """
            gateway:
              groups:
                - {ttl: 2d}
                - {match: '{job="kept"}'}
                - {match: '{job=', ttl: 1d}
                - {match: 'a{job="kept"}', ttl: 1d}
                - {match: '{job="kept"}', ttl: soon}
                - {match: '{job="kept"}', ttl: 1d, matchers: x}
            """);
        Assert.False(ConfigFile.TryLoad(path, _engine, out _, out errors));
        Assert.Equal([3, 4, 5, 6, 7, 8], errors.Select(e => e.Line));
    }

    [Fact]
    public void Exemplars_and_protocols_are_read()
    {
        var path = Write("exemplars.yml", """
            global: {scrape_native_histograms: true}
            storage: {exemplars: {max_exemplars: 7}, tsdb: {out_of_order_time_window: 30m, retention: {time: 1d}}}
            scrape_configs:
              - {job_name: a}
              - {job_name: b, scrape_native_histograms: false, always_scrape_classic_histograms: true}
              - {job_name: c, scrape_protocols: [PrometheusText0.0.4]}
            """);
        Assert.True(ConfigFile.TryLoad(path, _engine, out var config, out var errors), string.Join("\n", errors));
        Assert.Equal(7, config.MaxExemplars);
        Assert.Equal(TimeSpan.FromMinutes(30), config.OutOfOrderWindow);
        Assert.Contains("exemplars.yml:2: storage.tsdb.retention is not supported yet and is ignored", Assert.Single(config.Warnings), StringComparison.Ordinal);
        Assert.Equal(["PrometheusProto", "OpenMetricsText1.0.0", "PrometheusText0.0.4"], config.Scrapes.Select(static s => s.Protocols[0]));
        Assert.Equal([(true, false), (false, true), (true, false)], config.Scrapes.Select(static s => (s.NativeHistograms, s.AlwaysClassicHistograms)));
        Assert.Equal(100_000, LoadedConfig.Empty.MaxExemplars);

        path = Write("exemplars.yml", """
            global: {scrape_protocols: [x]}
            storage: {exemplars: {max: 7}}
            scrape_configs:
              - {job_name: a, scrape_protocols: [PrometheusProto, PrometheusProto]}
              - {job_name: b, fallback_scrape_protocol: y}
            """);
        Assert.False(ConfigFile.TryLoad(path, _engine, out _, out errors));
        Assert.Equal([1, 2, 4, 5], errors.Select(static e => e.Line).Order());
    }

    [Fact]
    public void A_whole_configuration_is_read()
    {
        Write("rules/a.yml", "groups: [{name: g, rules: [{record: r, expr: up}]}]\n");
        Write("rules/b.yml", "groups: [{name: g, interval: 5s, rules: [{alert: A, expr: up == 0, for: 1m, labels: {x: y}}]}]\n");
        var path = Write("prometheus.yml", """
            global: {scrape_interval: 20s, evaluation_interval: 30s, external_labels: {dc: eu}}
            rule_files: ["rules/*.yml"]
            scrape_configs:
              - job_name: node
                scrape_interval: 5s
                honor_labels: true
                params: {module: [a, b]}
                basic_auth: {username: me, password: hunter2}
                static_configs:
                  - targets: ["host:9100"]
                    labels: {rack: r1}
                relabel_configs:
                  - {source_labels: [__address__], regex: "(.*):9100", target_label: instance}
            """);
        Assert.True(ConfigFile.TryLoad(path, _engine, out var config, out var errors), string.Join("\n", errors));
        var scrape = Assert.Single(config.Scrapes);
        Assert.Equal(TimeSpan.FromSeconds(5), scrape.Interval);
        Assert.Equal(TimeSpan.FromSeconds(5), scrape.Timeout);
        Assert.True(scrape.HonorLabels);
        Assert.Equal(["a", "b"], scrape.Params.Select(p => p.Value));
        Assert.Equal("host:9100", scrape.StaticTargets[0].Addresses[0]);
        Assert.Equal([TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5)], config.RuleGroups.Select(g => g.Interval));
        Assert.Contains("password: <secret>}", config.Yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", config.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_come_at_once_each_with_its_place()
    {
        Write("bad.yml", "groups:\n- name: g\n  rules:\n  - record: r\n    expr: sum(\n    annotation: {}\n");
        var path = Write("prometheus.yml", """
            global:
              scrape_interval: 10x
              nope: 1
            rule_files: [bad.yml]
            scrape_configs:
              - job_name: a
                static_configs: 7
              - job_name: a
                file_sd_configs: []
            """);
        Assert.False(ConfigFile.TryLoad(path, _engine, out _, out var errors));
        Assert.Equal(
            [
                $"{path}:2:20: scrape_interval: not a valid duration string: \"10x\"",
                $"{path}:3:3: field nope not found in global",
                $"{path}:7:21: static_configs must be a list",
                $"{path}:9:5: file_sd_configs is known but not supported yet",
                $"{path}:8:15: found multiple scrape configs with job name \"a\"",
                $"{_folder}/bad.yml:6:5: field annotation not found in rule",
                $"{_folder}/bad.yml:5:11: group \"g\", rule 1, \"r\": could not parse expression: 1:5: parse error: unclosed left parenthesis",
            ],
            errors.Select(e => e.ToString().Replace("unexpected end of input", "unclosed left parenthesis", StringComparison.Ordinal)));
    }

    [Fact]
    public void Broken_yaml_is_an_error_with_a_place()
    {
        Assert.False(ConfigFile.TryLoad(Write("x.yml", "global: [\n"), _engine, out _, out var errors));
        Assert.True(Assert.Single(errors).Line > 0);
        Assert.False(ConfigFile.TryLoad(Path.Combine(_folder, "missing.yml"), _engine, out _, out errors));
        Assert.Equal("no such file", Assert.Single(errors).Message);
    }

    [Fact]
    public void A_comment_that_swallows_the_rest_of_a_folded_expression_is_pointed_out()
    {
        var swallowed = Write("a.yml", "groups:\n- name: g\n  rules:\n  - record: r\n    expr: >\n      # the sum\n      sum(up)\n");
        Assert.Contains("expr: |", Assert.Single(RuleFile.Read(swallowed, new GlobalSettings(), _engine).Warnings), StringComparison.Ordinal);
        var indented = Write("b.yml", "groups:\n- name: g\n  rules:\n  - record: r\n    expr: >\n      # the sum\n        sum(up)\n");
        Assert.Empty(RuleFile.Read(indented, new GlobalSettings(), _engine).Warnings);
    }

    [Fact]
    public void The_corpus_of_rule_files_is_judged_as_it_says()
    {
        if (Corpora.PathOf("rules/expectations.jsonl") is not { } expectations)
        {
            Assert.Skip("the corpora are not beside the checkout");
            return;
        }

        var wrong = new List<string>();
        foreach (var line in File.ReadLines(expectations).Where(l => l.Contains("\"command\": \"check\"", StringComparison.Ordinal)))
        {
            using var json = System.Text.Json.JsonDocument.Parse(line);
            var item = json.RootElement;
            if (item.TryGetProperty("needs", out _))
            {
                continue;
            }

            var file = item.GetProperty("file").GetString()!;
            var rules = RuleFile.Read(Corpora.PathOf("rules/" + file)!, new GlobalSettings(), _engine);
            var text = string.Join("\n", rules.Errors);
            if (rules.Errors.Count == 0 != (item.GetProperty("outcome").GetString() == "ok")
                || (item.TryGetProperty("error_contains", out var part) && !text.Contains(part.GetString()!, StringComparison.Ordinal))
                || (item.TryGetProperty("rules", out var count) && count.GetInt32() != rules.Groups.Sum(g => g.Rules.Count)))
            {
                wrong.Add($"{file}: {text}");
            }
        }

        Assert.Empty(wrong);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
