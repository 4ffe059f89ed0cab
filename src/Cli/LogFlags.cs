using System.Globalization;
using Tallygate.Gateway.Reading;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;
using Tallygate.PushLog;
using Tallygate.Server.TallygateApi;

namespace Tallygate.Cli;

/// <summary>What the commands about the push log are told: which log, which entries, how they are written.</summary>
internal sealed class LogFlags
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    private LogFlags()
    {
    }

    public bool Follow { get; private set; }

    public List<string> Match { get; } = [];

    public string? this[string name] => _given.GetValueOrDefault(name);

    public string Folder => this["storage.path"] ?? "./data";

    public PushEntryForm Form { get; private set; }

    public LogFilter Filter { get; private set; } = new();

    /// <summary>Reads the flags; what is wrong is said.</summary>
    /// <param name="known">The flags with a value that the command has.</param>
    public static LogFlags? Read(IReadOnlyList<string> arguments, PushEntryForm usual, out string? problem, params string[] known)
    {
        var flags = new LogFlags();
        problem = null;
        for (var i = 0; i < arguments.Count && problem is null; i++)
        {
            var argument = arguments[i] is "-n" ? "--lines" : arguments[i];
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = !argument.StartsWith("--", StringComparison.Ordinal) ? "" : equals < 0 ? argument[2..] : argument[2..equals];
            if (argument is "-f" or "--follow" && known.Contains("lines"))
            {
                flags.Follow = true;
            }
            else if (!known.Contains(name))
            {
                problem = name.Length == 0 ? $"unexpected {argument}, try --help" : $"unknown long flag '--{name}', try --help";
            }
            else if (equals < 0 && i + 1 == arguments.Count)
            {
                problem = $"expected argument for flag '--{name}', try --help";
            }
            else
            {
                var value = equals < 0 ? arguments[++i] : argument[(equals + 1)..];
                if (name == "match")
                {
                    flags.Match.Add(value);
                }
                else
                {
                    flags._given[name] = value;
                }
            }
        }

        problem ??= flags.Understand(usual);
        return problem is null ? flags : null;
    }

    /// <summary>The same as a query of <c>/api/v1/pushes</c>.</summary>
    public string Query(string order, int limit, string extra = "")
    {
        var query = $"?order={order}&limit={limit.ToString(CultureInfo.InvariantCulture)}&format={Form.ToString().ToLowerInvariant()}{extra}";
        query += string.Concat(Match.Select(m => "&match[]=" + Uri.EscapeDataString(m)));
        foreach (var name in (string[])["start", "end", "time", "outcome"])
        {
            query += this[name] is { } value ? $"&{name}={Uri.EscapeDataString(value)}" : "";
        }

        return query;
    }

    private string? Understand(PushEntryForm usual)
    {
        Form = usual;
        if (this["format"] is { } format)
        {
            if (!Enum.TryParse<PushEntryForm>(format, ignoreCase: true, out var form) || char.IsDigit(format[0]))
            {
                return "--format is text, ndjson or csv";
            }

            Form = form;
        }

        var selectors = new List<IReadOnlyList<LabelMatcher>>();
        foreach (var text in Match)
        {
            if (!Parser.TryParseMatchers(text, out var matchers, out var errors))
            {
                return $"--match: {errors[0]}";
            }

            selectors.Add(matchers);
        }

        var (from, to) = (long.MinValue, long.MaxValue);
        if ((this["start"] is { } start && !TryMs(start, out from)) || (this["end"] is { } end && !TryMs(end, out to)))
        {
            return "--start and --end are Unix seconds or RFC 3339 times";
        }

        if (this["time"] is not (null or "received" or "stamp") || this["outcome"] is not (null or "accepted" or "refused"))
        {
            return "--time is received or stamp, --outcome is accepted or refused";
        }

        Filter = new LogFilter
        {
            Selectors = selectors,
            FromMs = from,
            ToMs = to,
            ByStamp = this["time"] == "stamp",
            Verdict = this["outcome"] switch { "accepted" => PushVerdict.Accepted, "refused" => PushVerdict.Rejected, _ => null },
        };
        return null;
    }

    private static bool TryMs(string text, out long ms)
    {
        var valid = ClientFlags.TryTime(text, out var nanoseconds);
        ms = nanoseconds / 1_000_000;
        return valid;
    }
}
