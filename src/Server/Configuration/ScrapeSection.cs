using Tallygate.Scrape;
using Tallygate.Scrape.Relabeling;
using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>Reads <c>scrape_configs</c>.</summary>
internal sealed class ScrapeSection
{
    private readonly YamlFile _file;
    private readonly GlobalSettings _global;
    private readonly List<YamlNode> _secrets;

    /// <param name="secrets">Gets the nodes that must not be shown.</param>
    public ScrapeSection(YamlFile file, GlobalSettings global, List<YamlNode> secrets)
    {
        _file = file;
        _global = global;
        _secrets = secrets;
    }

    public IReadOnlyList<ScrapeDefinition> Read(IEnumerable<YamlNode> items)
    {
        var definitions = new List<ScrapeDefinition>();
        var names = new HashSet<string>();
        foreach (var item in items)
        {
            var map = YamlMap.Of(_file, item, "scrape_config");
            var definition = Read(map);
            if (definition.JobName.Length > 0 && !names.Add(definition.JobName))
            {
                _file.Fail(map.Get("job_name")!, $"found multiple scrape configs with job name \"{definition.JobName}\"");
            }

            // One job at a time: two jobs of one name are told apart by their place, which only this reader knows.
            foreach (var problem in ScrapeCheck.Problems([definition]))
            {
                _file.Fail(map.Get(problem.Field) ?? map.Place(problem.Field), $"scrape config \"{problem.JobName}\": {problem.Message}");
            }

            definitions.Add(definition);
        }

        return definitions;
    }

    private ScrapeDefinition Read(YamlMap map)
    {
        var interval = map.Duration("scrape_interval") ?? _global.ScrapeInterval;
        var ownTimeout = map.Duration("scrape_timeout");
        var native = map.Bool("scrape_native_histograms") ?? _global.ScrapeNativeHistograms;
        var protocols = map.Has("scrape_protocols") ? map.Texts("scrape_protocols")
            : _global.ScrapeProtocols ?? (native ? ScrapeProtocols.ProtobufFirst : ScrapeProtocols.Default);

        var definition = new ScrapeDefinition
        {
            JobName = map.Text("job_name") ?? "",
            Interval = interval,
            Timeout = ownTimeout ?? (_global.ScrapeTimeout < interval ? _global.ScrapeTimeout : interval),
            Scheme = map.Text("scheme") ?? "http",
            MetricsPath = map.Text("metrics_path") ?? "/metrics",
            Params = Params(map),
            HonorLabels = map.Bool("honor_labels") ?? false,
            HonorTimestamps = map.Bool("honor_timestamps") ?? true,
            TrackTimestampsStaleness = map.Bool("track_timestamps_staleness") ?? false,
            EnableCompression = map.Bool("enable_compression") ?? true,
            SampleLimit = (int)Math.Clamp(map.Whole("sample_limit") ?? 0, 0, int.MaxValue),
            BodySizeLimit = map.Size("body_size_limit") ?? 0,
            Protocols = protocols,
            NativeHistograms = native,
            AlwaysClassicHistograms = map.Bool("always_scrape_classic_histograms") ?? _global.AlwaysScrapeClassicHistograms,
            FallbackProtocol = map.Text("fallback_scrape_protocol"),
            Authorization = Authorization(map),
            StaticTargets = [.. map.Items("static_configs").Select(StaticTargets)],
            RelabelConfigs = [.. map.Items("relabel_configs").Select(Relabeling)],
            MetricRelabelConfigs = [.. map.Items("metric_relabel_configs").Select(Relabeling)],
        };

        // Settings of the transport that change nothing in what is scraped here.
        _ = map.Bool("enable_http2");
        _ = map.Bool("follow_redirects");
        map.NotYet("file_sd_configs", "http_sd_configs", "dns_sd_configs", "tls_config", "oauth2", "proxy_url", "proxy_from_environment", "no_proxy",
            "http_headers", "label_limit", "label_name_length_limit", "label_value_length_limit", "target_limit", "keep_dropped_targets",
            "native_histogram_bucket_limit", "native_histogram_min_bucket_factor",
            "convert_classic_histograms_to_nhcb", "extra_scrape_metrics", "metric_name_validation_scheme", "metric_name_escaping_scheme",
            "scrape_failure_log_file");
        foreach (var (name, _) in map.Node.Children)
        {
            if (name is YamlScalarNode { Value: { } key } && key.EndsWith("_sd_configs", StringComparison.Ordinal)
                && key is not ("file_sd_configs" or "http_sd_configs" or "dns_sd_configs"))
            {
                map.NotYet(key);
            }
        }

        map.End();
        return definition;
    }

    private static List<KeyValuePair<string, string>> Params(YamlMap map)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        var section = map.Map("params", "params");
        foreach (var name in section.Node.Children.Keys)
        {
            if (name is YamlScalarNode { Value: { } key })
            {
                pairs.AddRange(section.Texts(key).Select(v => KeyValuePair.Create(key, v)));
            }
        }

        section.End();
        return pairs;
    }

    private ScrapeAuthorization? Authorization(YamlMap map)
    {
        ScrapeAuthorization? found = null;
        if (map.Has("basic_auth"))
        {
            var basic = map.Map("basic_auth", "basic_auth");
            found = ScrapeAuthorization.Basic(basic.Text("username") ?? "", Secret(basic, "password", "password_file"));
            basic.NotYet("username_file");
            basic.End();
        }

        if (map.Has("authorization"))
        {
            if (found is not null)
            {
                _file.Fail(map.Place("authorization"), "at most one of basic_auth and authorization must be configured");
            }

            var section = map.Map("authorization", "authorization");
            found = new ScrapeAuthorization(section.Text("type") ?? "Bearer", Secret(section, "credentials", "credentials_file"));
            section.End();
        }

        map.NotYet("bearer_token", "bearer_token_file");
        return found;
    }

    private string Secret(YamlMap map, string key, string fileKey)
    {
        if (map.Get(key) is { } node)
        {
            _secrets.Add(node);
        }

        if (map.Text(fileKey) is not { } name)
        {
            return map.Text(key) ?? "";
        }

        var path = Path.Combine(Path.GetDirectoryName(_file.Name) ?? "", name);
        if (File.Exists(path))
        {
            return File.ReadAllText(path).Trim();
        }

        _file.Fail(map.Get(fileKey)!, $"{fileKey}: no such file {path}");
        return "";
    }

    private StaticTargets StaticTargets(YamlNode node)
    {
        var map = YamlMap.Of(_file, node, "static_config");
        var targets = map.Texts("targets");
        var labels = LabelSection.Read(map, "labels");
        map.End();
        return new StaticTargets(targets, labels);
    }

    private RelabelConfig Relabeling(YamlNode node)
    {
        var map = YamlMap.Of(_file, node, "relabel_config");
        var action = RelabelAction.Replace;
        if (map.Text("action") is { } word && !Enum.TryParse(word, ignoreCase: true, out action))
        {
            _file.Fail(map.Get("action")!, $"unknown relabel action \"{word}\"");
        }

        var config = new RelabelConfig
        {
            Action = action,
            SourceLabels = map.Texts("source_labels"),
            Separator = map.Text("separator") ?? ";",
            Regex = map.Text("regex") ?? RelabelConfig.DefaultRegex,
            Modulus = (ulong)Math.Max(0, map.Whole("modulus") ?? 0),
            TargetLabel = map.Text("target_label") ?? "",
            Replacement = map.Text("replacement") ?? RelabelConfig.DefaultReplacement,
        };
        map.End();
        return config;
    }
}
