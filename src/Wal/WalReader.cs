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
    private string _path = "";
    private IWalFile? _file;
    private SegmentScanner? _scanner;
    private BatchHeader _batch;
    private byte[] _body = [];
    private int _bodyLength;
    private int _frame;
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

    private int _payloadStart;
    private int _payloadLength;

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
                throw new System.Diagnostics.UnreachableException("a checked batch does not consist of frames");
            }

            _payloadStart = _frame + RecordFrame.HeaderLength;
            _payloadLength = frame.PayloadLength;
            _frame += frame.FrameLength;
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
            System.Buffers.ArrayPool<byte>.Shared.Return(_body);
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

            var offset = _scanner!.Offset;
            switch (_scanner.Read(_next, out _batch, out var body, out var reason))
            {
                case ScanResult.Damaged:
                    throw new WalCorruptionException(_path, offset, reason);
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

        _path = next.Segment.Path;
        _file = _files.Open(_path, writable: false);
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
                System.Buffers.ArrayPool<byte>.Shared.Return(_body);
            }

            _body = System.Buffers.ArrayPool<byte>.Shared.Rent(body.Length);
        }

        body.CopyTo(_body);
        _bodyLength = body.Length;
        _frame = 0;
    }
}
