using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.Server.PrometheusApi;

/// <summary>
/// Floats at their times as JSON, <c>[1700000000.5,"0.25"]</c>, put together in a buffer of its own: nothing in them needs escaping, and a
/// JSON writer's care for each token would cost more than the numbers. To be disposed of; not thread-safe.
/// </summary>
internal sealed class PointText : IDisposable
{
    private const int MostBytes = FloatText.MaxLength + 48;

    private byte[] _text = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private int _length;

    /// <summary>Writes one point as a value.</summary>
    public void Write(Utf8JsonWriter json, long time, double value)
    {
        _length = 0;
        Append(time, value);
        json.WriteRawValue(_text.AsSpan(0, _length), skipInputValidation: true);
    }

    /// <summary>Writes a run of points as values of an array, which must be open.</summary>
    public void Write(Utf8JsonWriter json, IReadOnlyList<FPoint> points, int from, int count)
    {
        _length = 0;
        switch (points)
        {
            case FPoint[] array:
                Append(array.AsSpan(from, count));
                break;
            case List<FPoint> list:
                Append(CollectionsMarshal.AsSpan(list).Slice(from, count));
                break;
            default:
                Append(points.Skip(from).Take(count).ToArray());
                break;
        }

        // The writer takes it for one value, and puts the comma before it.
        json.WriteRawValue(_text.AsSpan(0, _length), skipInputValidation: true);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_text);

    private void Append(ReadOnlySpan<FPoint> points)
    {
        for (var i = 0; i < points.Length; i++)
        {
            if (i > 0)
            {
                _text[_length++] = (byte)',';
            }

            Append(points[i].Time, points[i].Value);
        }
    }

    private void Append(long time, double value)
    {
        if (_text.Length - _length < MostBytes)
        {
            Grow();
        }

        var text = _text.AsSpan(_length);
        text[0] = (byte)'[';
        var at = 1 + JsonNumbers.Format(time, text[1..]);
        text[at++] = (byte)',';
        text[at++] = (byte)'"';
        FloatText.TryFormat(value, FloatForm.Api, text[at..], out var written);
        at += written;
        text[at++] = (byte)'"';
        text[at++] = (byte)']';
        _length += at;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_text.Length * 2);
        _text.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_text);
        _text = larger;
    }
}
