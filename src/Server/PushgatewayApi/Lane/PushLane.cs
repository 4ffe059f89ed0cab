using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.PushLog;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.PushgatewayApi.Lane;

/// <summary>
/// A way of their own for the plainest pushes, on a connection's bytes: they come most often, and the server at large would spend more on each
/// than judging, storing and syncing it costs. A connection stays here as long as it sends nothing else. The first request of another kind
/// (another path or method, a header that is not known, a body that is not well formed, anything incomplete) is left unread, and the
/// connection belongs to the server at large from then on; so nothing is ever refused here that it would not refuse. Thread-safe.
/// </summary>
internal sealed class PushLane
{
    private const int Strangers = 8;

    private readonly PushGateway _gateway;
    private readonly PushEndpoints _endpoints;
    private readonly RequestCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LaneAnswers _answers;
    private readonly LanePaths _paths = new();
    private readonly byte[] _prefix;

    /// <param name="prefix">What stands before <c>/metrics</c> in the paths: empty, or <c>/prefix</c>.</param>
    public PushLane(PushGateway gateway, PushEndpoints endpoints, RequestCounters counters, string prefix, TimeProvider time, ILogger logger)
    {
        _gateway = gateway;
        _endpoints = endpoints;
        _counters = counters;
        _time = time;
        _logger = logger;
        _answers = new LaneAnswers(time);
        _prefix = Encoding.ASCII.GetBytes(prefix + "/metrics/job");
    }

    /// <summary>Serves a connection.</summary>
    /// <param name="next">The server at large.</param>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var input = connection.Transport.Input;
        var output = new LaneOutput(connection);
        var head = new LaneHead(_prefix);
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        var client = new PushClient("", "");
        byte[] clientHeaders = [];
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        try
        {
            using var wake = closing.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), input);
            while (true)
            {
                var read = await input.ReadAsync().ConfigureAwait(false);
                if (read.Buffer.IsEmpty && (read.IsCompleted || closing.IsCancellationRequested))
                {
                    return;
                }

                var seen = 0L;
                var isPush = head.TryRead(read.Buffer.FirstSpan);
                var length = isPush ? head.Length + head.ContentLength : 0;
                while (read.Buffer.Length < length && !read.IsCompleted && !read.IsCanceled)
                {
                    seen = read.Buffer.Length;
                    input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    read = await input.ReadAsync().ConfigureAwait(false);
                }

                if (isPush && !ReferenceEquals(clientHeaders, head.Headers))
                {
                    client = _endpoints.ClientOf(address, head.UserAgent);
                    clientHeaders = head.Headers;
                }

                var started = _time.GetTimestamp();
                if (!isPush || read.Buffer.Length < length || !TryPush(head, read.Buffer.Slice(0, length), client, out var pushed))
                {
                    // All of it is still there for the server at large.
                    input.AdvanceTo(read.Buffer.Start, read.Buffer.GetPosition(seen));
                    break;
                }

                input.AdvanceTo(read.Buffer.GetPosition(length));
                var outcome = await pushed.ConfigureAwait(false);
                _counters.Count(outcome.Status, "push", head.Method);
                _counters.Push(head.Method, head.Size, _time.GetElapsedTime(started));
                if (!outcome.IsSuccess)
                {
                    // This may be the thread that writes all pushes, which must not wait for whoever reads the log.
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    Log.PushRefused(_logger, head.Method.ToUpperInvariant(), head.PathText, client.Address, outcome.Error ?? "");
                }

                if (!await output.SendAsync(_answers.To(outcome)).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client went away; nobody waits for an answer.
            return;
        }

        // Where a push was answered before, this may be the thread that answers all pushes.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await next(connection).ConfigureAwait(false);
    }

    /// <summary>Gives the push to the gateway; false, and nothing happened, where it is not for this lane.</summary>
    private bool TryPush(LaneHead head, ReadOnlySequence<byte> request, PushClient client, out ValueTask<PushOutcome> pushed)
    {
        if (request.IsSingleSegment)
        {
            return TryPush(head, request.FirstSpan, client, out pushed);
        }

        var whole = ArrayPool<byte>.Shared.Rent((int)request.Length);
        try
        {
            request.CopyTo(whole);
            return TryPush(head, whole.AsSpan(0, (int)request.Length), client, out pushed);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private bool TryPush(LaneHead head, ReadOnlySpan<byte> request, PushClient client, out ValueTask<PushOutcome> pushed)
    {
        var path = request[head.Path];
        var body = request[head.Length..];
        var known = _paths.Find(path);
        if (known?.Form is { } form && known.IsOf(head.ContentType) && form.TryRead(body, out var values))
        {
            pushed = _gateway.PushAsync(form, head.Verb, values, client);
            return true;
        }

        pushed = default;
        var contentType = head.ContentType.IsEmpty ? null : Encoding.ASCII.GetString(head.ContentType);
        if (!_endpoints.TryRead(Encoding.ASCII.GetString(path[(_prefix.Length - "/job".Length)..]), head.Verb, contentType, body, out var push, out var isText))
        {
            return false;
        }

        // The form is learned at the second sight: many groups are pushed once.
        var strangers = (known?.Strangers ?? 0) + (known?.Form is null ? 0 : 1);
        var learned = isText && known is not null && strangers < Strangers ? _gateway.FormOf(push, body) : null;
        if (strangers <= Strangers)
        {
            _paths.Keep(new LanePath(path.ToArray(), head.ContentType.ToArray(), learned) { Strangers = strangers });
        }

        pushed = new ValueTask<PushOutcome>(_gateway.PushAsync(push with { Client = client }));
        return true;
    }
}
