using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Tallygate.Server.Http;

/// <summary>
/// What a connection sends, as the HTTP server is to see it: a request line that it would refuse is shown written anew, all else as it came.
/// One reader, as with any pipe.
/// </summary>
internal sealed class TargetRewriter(PipeReader input) : PipeReader
{
    private const int LongestHead = 64 * 1024;

    private readonly RequestFraming _framing = new();
    private ReadOnlySequence<byte> _shown;

    // A head written anew, as far as it is not consumed.
    private ReadOnlyMemory<byte> _head;
    private bool _showsHead;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (!_head.IsEmpty)
            {
                return ShowHead();
            }

            var read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (!Take(read))
            {
                return Show(read);
            }
        }
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        while (_head.IsEmpty)
        {
            if (!input.TryRead(out var read))
            {
                result = default;
                return false;
            }

            if (!Take(read))
            {
                result = Show(read);
                return true;
            }
        }

        result = ShowHead();
        return true;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var taken = _shown.Slice(_shown.Start, consumed);
        _framing.Consume(taken);
        if (_showsHead)
        {
            _head = _head[(int)taken.Length..];
            _showsHead = false;
        }
        else
        {
            input.AdvanceTo(consumed, examined);
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => input.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => input.Complete(exception);

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => input.CompleteAsync(exception);

    private ReadResult ShowHead()
    {
        _showsHead = true;
        _shown = new ReadOnlySequence<byte>(_head);
        return new ReadResult(_shown, isCanceled: false, isCompleted: false);
    }

    private ReadResult Show(in ReadResult read)
    {
        _shown = read.Buffer;
        return read;
    }

    /// <summary>
    /// Takes the head of a request that the server would refuse off the input, or leaves it there until it is whole; false where the server is
    /// to see what was read as it is.
    /// </summary>
    private bool Take(in ReadResult read)
    {
        if (!_framing.IsAtStart || !RawTargets.IsRefused(LineOf(read.Buffer)))
        {
            return false;
        }

        if (HeadOf(read.Buffer) is not { } head)
        {
            if (read.IsCompleted || read.IsCanceled || read.Buffer.Length >= LongestHead)
            {
                return false;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            return true;
        }

        if (RawTargets.Rewrite(head) is not { } rewritten)
        {
            return false;
        }

        _head = rewritten;
        input.AdvanceTo(read.Buffer.GetPosition(head.Length));
        return true;
    }

    /// <summary>The first line, as far as it is there.</summary>
    private static ReadOnlySpan<byte> LineOf(in ReadOnlySequence<byte> buffer)
    {
        var bytes = buffer.FirstSpan;
        if (!buffer.IsSingleSegment && bytes.IndexOf((byte)'\n') < 0)
        {
            bytes = buffer.Slice(0, Math.Min(buffer.Length, LongestHead)).ToArray();
        }

        var end = bytes.IndexOf((byte)'\n');
        return end < 0 ? bytes : bytes[..end];
    }

    private static byte[]? HeadOf(in ReadOnlySequence<byte> buffer)
    {
        var bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.Slice(0, Math.Min(buffer.Length, LongestHead)).ToArray();
        var end = bytes.IndexOf("\r\n\r\n"u8);
        return end < 0 ? null : bytes[..(end + 4)].ToArray();
    }
}
