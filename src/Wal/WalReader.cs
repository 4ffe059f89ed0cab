using System.Buffers;
using System.Diagnostics;

namespace Tallygate.Wal;

/// <summary>
/// Reads durable records in order, beside a writer. Get one from <see cref="WalWriter.ReadAfter"/>. Not thread-safe.
/// </summary>
public sealed class WalReader : IDisposable
{
    private readonly IWalFileSystem _files;
    private readonly Queue<(WalSegment Segment, long Start, long End, long Next)> _segments = new();
    private readonly long _after;
    private readonly long _last;
    private IWalFile? _file;
    private SegmentScanner? _scanner;
    private BatchHeader _batch;
    private byte[] _body = [];
    private int _bodyLength;
    private int _frame;
    private int _payloadStart;
    private int _payloadLength;
    private long _next;

    internal WalReader(IWalFileSystem files, List<WalSegment> segments, long after, long last)
    {
        _files = files;
        _after = after;
        _last = last;
        foreach (var segment in segments)
        {
            if (segment.LastSequence > after && segment.LastSequence >= segment.Header.BaseSequence)
            {
                var (first, offset) = segment.Index.Find(after + 1) ?? (segment.Header.BaseSequence, SegmentHeader.Length);
                _segments.Enqueue((segment, offset, segment.End, first));
            }
        }
    }

    /// <summary>The current record's sequence.</summary>
    public long Sequence { get; private set; }

    /// <summary>The current record's type.</summary>
    public byte Type { get; private set; }

    /// <summary>The current record's payload, valid until the next call of <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Payload => _payloadLength == 0 ? [] : _body.AsSpan(_payloadStart, _payloadLength);

    /// <summary>The segment that the current record stands in.</summary>
    public string Path { get; private set; } = "";

    /// <summary>Where in that segment its batch begins.</summary>
    public long BatchOffset { get; private set; }

    /// <summary>Whether the current record is the last of those that were appended together with it.</summary>
    public bool EndsBatch => _frame >= _bodyLength;

    /// <summary>Goes to the next record; false at the end.</summary>
    /// <exception cref="WalCorruptionException">A record that was durable cannot be read any more.</exception>
    /// <exception cref="IOException">The segment cannot be read, or it was dropped meanwhile.</exception>
    public bool Read()
    {
        while (true)
        {
            if (_frame >= _bodyLength && !ReadBatch())
            {
                return false;
            }

            var rest = _body.AsSpan(_frame, _bodyLength - _frame);
            if (!RecordFrame.TryPeek(rest, out var frame))
            {
                throw new UnreachableException("a checked batch does not consist of frames");
            }

            _payloadStart = _frame + RecordFrame.HeaderLength;
            _payloadLength = frame.PayloadLength;
            _frame += frame.FrameLength;
            if (frame.Sequence > _last)
            {
                return false;
            }

            if (frame.Sequence > _after)
            {
                Sequence = frame.Sequence;
                Type = frame.Type;
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scanner?.Dispose();
        _scanner = null;
        _file?.Dispose();
        _file = null;
        if (_body.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_body);
            _body = [];
            _bodyLength = 0;
            _payloadLength = 0;
        }
    }

    private bool ReadBatch()
    {
        while (_next <= _last)
        {
            if (_scanner is null && !OpenNext())
            {
                return false;
            }

            BatchOffset = _scanner!.Offset;
            switch (_scanner.Read(_next, out _batch, out var body, out var reason))
            {
                case ScanResult.Damaged:
                    throw new WalCorruptionException(Path, BatchOffset, reason);
                case ScanResult.Batch when !_batch.IsSeal:
                    _next = _batch.LastSequence + 1;
                    Take(body);
                    return true;
                case ScanResult.End:
                    _scanner.Dispose();
                    _scanner = null;
                    _file!.Dispose();
                    _file = null;
                    break;
            }
        }

        return false;
    }

    private bool OpenNext()
    {
        if (!_segments.TryDequeue(out var next))
        {
            return false;
        }

        Path = next.Segment.Path;
        _file = _files.Open(Path, writable: false);
        _scanner = new SegmentScanner(_file, next.Segment.Header.Salt, next.Start, next.End);
        _next = next.Next;
        return true;
    }

    private void Take(ReadOnlySpan<byte> body)
    {
        if (_body.Length < body.Length)
        {
            if (_body.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_body);
            }

            _body = ArrayPool<byte>.Shared.Rent(body.Length);
        }

        body.CopyTo(_body);
        _bodyLength = body.Length;
        _frame = 0;
    }
}
