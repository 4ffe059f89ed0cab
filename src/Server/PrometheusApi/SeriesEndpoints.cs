using Microsoft.AspNetCore.Http;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;
using Tallygate.Server.Http;
using Tallygate.Storage;

namespace Tallygate.Server.PrometheusApi;

/// <summary><c>series</c>, <c>labels</c> and <c>label/&lt;name&gt;/values</c>: what there is, without samples. Thread-safe.</summary>
internal sealed class SeriesEndpoints
{
    private const string ValuesPrefix = "/api/v1/label/";
    private const string ValuesSuffix = "/values";

    private readonly IQueryableStorage _storage;
    private readonly QueryThreads _threads;

    public SeriesEndpoints(IQueryableStorage storage, QueryThreads threads)
    {
        _storage = storage;
        _threads = threads;
    }

    /// <summary><c>/api/v1/series</c></summary>
    public Task<ApiAnswer> SeriesAsync(HttpContext context, ApiParameters parameters, RequestPath path) =>
        _threads.RunAsync(() => Series(context, parameters));

    private ApiAnswer Series(HttpContext context, ApiParameters parameters)
    {
        var sets = Matchers(parameters);
        if (sets.Count == 0)
        {
            throw new ApiException(ApiError.BadData("no match[] parameter provided"));
        }

        var limit = parameters.Limit();
        var (start, end) = Range(parameters);
        using var querier = _storage.Querier(start, end);
        var hints = new SelectHints(start, end, Function: "series");
        var found = new SortedSet<Labels>();
        var warnings = new List<string>();
        foreach (var matchers in sets)
        {
            var series = querier.Select(sorted: sets.Count > 1, hints, matchers);
            while (series.MoveNext())
            {
                context.RequestAborted.ThrowIfCancellationRequested();
                found.Add(series.Current.Labels);
                if (limit > 0 && found.Count > limit)
                {
                    break;
                }
            }

            warnings.AddRange(series.Warnings);
        }

        var cut = limit > 0 && found.Count > limit;
        var shown = cut ? found.Take(limit) : found;
        var answer = ApiAnswer.Of(json =>
        {
            json.WriteStartArray();
            foreach (var labels in shown)
            {
                LabelJson.Write(json, labels);
            }

            json.WriteEndArray();
        });
        return answer with { Warnings = Warned(warnings, cut) };
    }

    /// <summary><c>/api/v1/labels</c></summary>
    public Task<ApiAnswer> LabelsAsync(HttpContext context, ApiParameters parameters, RequestPath path) =>
        NamesAsync(parameters, static (querier, matchers, limit) => querier.LabelNames(matchers, limit));

    /// <summary><c>/api/v1/label/&lt;name&gt;/values</c></summary>
    public Task<ApiAnswer> LabelValuesAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var text = path.Text;
        if (!text.EndsWith(ValuesSuffix, StringComparison.Ordinal) || text.Length <= ValuesPrefix.Length + ValuesSuffix.Length)
        {
            throw new ApiException(ApiError.NotFound("404 page not found"));
        }

        var name = NameEscaping.UnescapeValues(text[ValuesPrefix.Length..^ValuesSuffix.Length]);
        if (!NameValidation.IsUtf8Name(name))
        {
            throw new ApiException(ApiError.BadData($"invalid label name: {GoQuote.Quote(name)}"));
        }

        return NamesAsync(parameters, (querier, matchers, limit) => querier.LabelValues(name, matchers, limit));
    }

    /// <summary>The selectors of <c>match[]</c>.</summary>
    internal static List<IReadOnlyList<LabelMatcher>> Matchers(ApiParameters parameters)
    {
        var sets = new List<IReadOnlyList<LabelMatcher>>();
        foreach (var text in parameters.All("match[]"))
        {
            if (!Parser.TryParseMatchers(text, out var matchers, out var errors))
            {
                throw new ApiException(ApiError.Parameter("match[]", errors[0].ToString()));
            }

            if (matchers.All(m => m.MatchesEmpty))
            {
                throw new ApiException(ApiError.Parameter("match[]", "match[] must contain at least one non-empty matcher"));
            }

            sets.Add(matchers);
        }

        return sets;
    }

    // Without conditions the index knows the names: sooner than a thread is woken.
    private Task<ApiAnswer> NamesAsync(ApiParameters parameters, Func<IQuerier, IReadOnlyList<LabelMatcher>, int, IReadOnlyList<string>> read) =>
        parameters.All("match[]").Count > 0 ? _threads.RunAsync(() => Names(parameters, read)) : Task.FromResult(Names(parameters, read));

    private ApiAnswer Names(ApiParameters parameters, Func<IQuerier, IReadOnlyList<LabelMatcher>, int, IReadOnlyList<string>> read)
    {
        var sets = Matchers(parameters);
        var limit = parameters.Limit();
        var (start, end) = Range(parameters);
        using var querier = _storage.Querier(start, end);
        var more = limit == 0 ? 0 : limit + 1;
        IReadOnlyList<string> names = sets.Count switch
        {
            0 => read(querier, [], more),
            1 => read(querier, sets[0], more),
            _ => [.. sets.SelectMany(s => read(querier, s, more)).Distinct().Order(Utf8Order.Instance)],
        };
        var cut = limit > 0 && names.Count > limit;
        return ApiAnswer.Texts(cut ? names.Take(limit) : names) with { Warnings = Warned([], cut) };
    }

    private static List<string> Warned(List<string> warnings, bool cut)
    {
        if (cut)
        {
            warnings.Add("results truncated due to limit");
        }

        return warnings;
    }

    private static (long Start, long End) Range(ApiParameters parameters)
    {
        var start = parameters.Time("start", ApiParameters.MinTime);
        var end = parameters.Time("end", ApiParameters.MaxTime);
        return end >= start ? (start, end) : throw new ApiException(ApiError.BadData("invalid parameter \"end\": end timestamp must not be before start time"));
    }
}
