using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tallygate.Gateway.Reading;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;
using Tallygate.PushLog;
using Tallygate.Server.Http;
using Tallygate.Server.PrometheusApi;

namespace Tallygate.Server.TallygateApi;

/// <summary><c>pushes</c>: the push log, by matchers and times, page by page or as a stream. Thread-safe.</summary>
internal sealed class PushesEndpoint(LogReader log, ApiFront front)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 10_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Answers in the format that is asked for.</summary>
    public async Task AnswerAsync(HttpContext context, RequestPath path)
    {
        var format = context.Request.Query["format"] is [{ Length: > 0 } asked, ..] ? asked : FormatOf(context.Request.Headers.Accept.ToString());
        if (format == "json")
        {
            await front.Serve(PageAsync)(context, path);
            return;
        }

        front.Cors(context);
        try
        {
            await StreamAsync(context, await ApiParameters.ReadAsync(context), FormOf(format));
        }
        catch (ApiException refused)
        {
            await ApiFront.RefuseAsync(context, refused.Error);
        }
    }

    private async Task<ApiAnswer> PageAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var question = Question.Read(parameters);
        var page = await ReadAsync(question, question.Limit ?? DefaultLimit, context.RequestAborted);
        return ApiAnswer.Of(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("entries"u8);
            foreach (var entry in page.Entries)
            {
                PushEntryJson.Write(json, entry);
            }

            json.WriteEndArray();
            if (page.HasMore)
            {
                json.WriteNumber("next"u8, page.At.Value);
            }

            json.WriteNumber("head"u8, page.Head.Value);
            json.WriteEndObject();
        });
    }

    /// <summary>With a limit one page, whose headers say where the next begins; without one all that there is.</summary>
    private async Task StreamAsync(HttpContext context, ApiParameters parameters, PushEntryForm form)
    {
        var question = Question.Read(parameters);
        var page = await ReadAsync(question, question.Limit ?? MaxLimit, context.RequestAborted);
        var headers = context.Response.Headers;
        headers["Tallygate-Log-At"] = page.At.ToString();
        headers["Tallygate-Log-Head"] = page.Head.ToString();
        context.Response.ContentType = PushEntryWriter.ContentType(form);
        var target = Compression.Open(context);
        var writer = new PushEntryWriter(target, form);
        while (true)
        {
            foreach (var entry in page.Entries)
            {
                writer.Write(entry);
                if (target.CanGetUnflushedBytes && target.UnflushedBytes > 64 * 1024)
                {
                    await target.FlushAsync(context.RequestAborted);
                }
            }

            if (question.Limit is not null || !page.HasMore)
            {
                break;
            }

            await target.FlushAsync(context.RequestAborted);
            page = await log.ReadAsync(question.Filter, page.At, question.NewestFirst, MaxLimit, context.RequestAborted);
        }

        await target.CompleteAsync();
    }

    private async Task<LogPage> ReadAsync(Question question, int limit, CancellationToken cancellationToken)
    {
        if (question.Wait is { } wait && log.Head <= (question.From ?? LogPosition.None))
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            over.CancelAfter(wait);
            try
            {
                await log.WaitAsync(question.From ?? LogPosition.None, over.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Nothing came: the page is empty.
            }
        }

        return await log.ReadAsync(question.Filter, question.From, question.NewestFirst, limit, cancellationToken);
    }

    private static string FormatOf(string accept) =>
        accept.StartsWith("application/x-ndjson", StringComparison.Ordinal) ? "ndjson" : accept.StartsWith("text/csv", StringComparison.Ordinal) ? "csv" : "json";

    private static PushEntryForm FormOf(string format) => format switch
    {
        "ndjson" => PushEntryForm.Ndjson,
        "csv" => PushEntryForm.Csv,
        "text" => PushEntryForm.Text,
        _ => throw new ApiException(ApiError.Parameter("format", $"expected json, ndjson, csv or text, got {GoQuote.Quote(format)}")),
    };

    /// <summary>What is asked.</summary>
    private sealed record Question(LogFilter Filter, LogPosition? From, bool NewestFirst, int? Limit, TimeSpan? Wait)
    {
        public static Question Read(ApiParameters parameters)
        {
            var byStamp = One(parameters, "time", "received", "received", "stamp") == "stamp";
            var newestFirst = One(parameters, "order", "newest", "newest", "oldest") == "newest";
            var limit = parameters.Limit();
            if (limit > MaxLimit)
            {
                throw new ApiException(ApiError.Parameter("limit", $"must not be greater than {MaxLimit}"));
            }

            var filter = new LogFilter
            {
                Selectors = [.. parameters.All("match[]").Select(Selector)],
                FromMs = parameters.Time("start", ApiParameters.MinTime),
                ToMs = parameters.Time("end", ApiParameters.MaxTime),
                ByStamp = byStamp,
                Verdict = One(parameters, "outcome", "", "", "accepted", "refused") switch
                {
                    "accepted" => PushVerdict.Accepted,
                    "refused" => PushVerdict.Rejected,
                    _ => null,
                },
            };
            var wait = newestFirst ? null : parameters.Duration("wait");
            return new Question(filter, Position(parameters), newestFirst, limit == 0 ? null : limit, wait > LongestWait ? LongestWait : wait);
        }

        private static IReadOnlyList<LabelMatcher> Selector(string text) => Parser.TryParseMatchers(text, out var matchers, out var errors)
            ? matchers
            : throw new ApiException(ApiError.Parameter("match[]", errors[0].ToString()));

        private static LogPosition? Position(ApiParameters parameters)
        {
            var text = parameters["from"];
            return text.Length == 0 ? null
                : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? new LogPosition(position)
                : throw new ApiException(ApiError.Parameter("from", $"cannot parse {GoQuote.Quote(text)} to a position"));
        }

        private static string One(ApiParameters parameters, string name, string otherwise, params string[] known)
        {
            var text = parameters[name];
            return text.Length == 0 ? otherwise
                : known.Contains(text) ? text
                : throw new ApiException(ApiError.Parameter(name, $"expected {string.Join(" or ", known.Where(k => k.Length > 0))}, got {GoQuote.Quote(text)}"));
        }
    }
}
