using System.Buffers;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Tallygate.Exposition;
using Tallygate.Exposition.Protobuf;
using Tallygate.Exposition.Text;
using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Storage;

namespace Tallygate.Tests.Gateway;

/// <summary>A push of a known form is the push that reading and preparing the whole body gives.</summary>
public sealed class PushFormTests
{
    private static readonly Labels Group = Labels.Of("job", "nightly", "instance", "host-1");

    private static readonly string[] Lines =
    [
        "# TYPE b gauge", "# HELP b some } help \" text", "# TYPE a counter", "# a comment", "", "b 1", "b{x=\"1\"} 2", "b{x=\"2\",} 3", "b{x=\"}\"} 4", "b{x=\" 7\"} 5",
        "a{x=\"1\",y=\"2\"} 6", "a 7e3", "c NaN", "c{job=\"other\"} -Inf", "c 1 2", "c  3", " c 4", "c\t5", "push_time_seconds 3", "# TYPE h histogram", "h_bucket{le=\"1\"} 3",
        "h_sum 4", "h_count 3", "d{x=\"\\\\\"} 3", "{\"e.f\"} 4", "{\"e.f\",x=\"1\"} 5", "b{x=\"9\"}1", "b{}8", "b{} 9", "g:pushed 3", "b{x=\"1\"} 0x1p-2", "b{quantile=\"1\"} 1 ",
    ];

    private static readonly string[] Values = ["0", "1", "-1", "NaN", "+Inf", "1e3", "0.1", "12345.678", "1_0", "0x1p-2", "", " 1", "1 ", "1 2", "1\r", "x", "1\t", "99999999999999999999"];

    private readonly Utf8StringPool _strings = new();
    private readonly PushGateway _gateway;

    public PushFormTests()
    {
        var storage = new InMemoryStorage();
        _gateway = new PushGateway(new InMemoryPushLog(), storage, storage, storage, new GatewayOptions(), TimeProvider.System, NullLogger<PushGateway>.Instance);
    }

    [Fact]
    public void An_ordinary_push_has_a_form_and_it_reads_the_next()
    {
        var body = "# HELP b x\n# TYPE b gauge\nb{x=\"1\"} 2\nb{x=\"2\"} 3\n\n# TYPE a counter\na 4\n"u8;
        var form = Learn(body)!;
        Assert.True(form.TryRead("# HELP b x\n# TYPE b gauge\nb{x=\"1\"} 20\nb{x=\"2\"} -3e5\n\n# TYPE a counter\na NaN\n"u8, out var values));

        // In the order of the families' names.
        Assert.Equal([double.NaN, 20, -3e5], values);
        Assert.False(form.TryRead("# HELP b x\n# TYPE b gauge\nb{x=\"1\"} 20\nb{x=\"3\"} 3\n\n# TYPE a counter\na 4\n"u8, out _));
        Assert.False(form.TryRead("# HELP b x\n# TYPE b gauge\nb{x=\"1\"} 20\nb{x=\"2\"} 3\n\n# TYPE a counter\na 4"u8, out _));
        Assert.False(form.TryRead("# HELP b x\n# TYPE b gauge\nb{x=\"1\"} 20\nb{x=\"2\"} 3\n\n# TYPE a counter\na 4 1000\n"u8, out _));
    }

    [Fact]
    public void Whatever_a_form_reads_is_what_the_reader_reads()
    {
        var learned = 0;
        var read = 0;
        Gen.Select(
            Gen.Int[0, Lines.Length - 1].Select(i => Lines[i]).List[1, 8],
            Gen.Int[0, Values.Length - 1].Select(i => Values[i]).List[8],
            Gen.Select(Gen.Int[0, 200], Gen.Byte, Gen.Int[0, 6])).Sample(
            (lines, values, change) =>
            {
                var body = Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));
                if (Learn(body) is not { } form)
                {
                    return;
                }

                Interlocked.Increment(ref learned);
                foreach (var next in new[] { body, WithValues(lines, values), Changed(body, change), Changed(WithValues(lines, values), change) })
                {
                    if (form.TryRead(next, out var numbers))
                    {
                        Interlocked.Increment(ref read);
                        var expected = Prepared(next);
                        Assert.Null(expected.Faults);
                        var filled = form.Fill(PushVerb.Replace, numbers, 7);
                        Assert.Equal(Bytes(expected.Families), Bytes(filled.Families));
                        Assert.Equal(expected.ClockKeys, filled.ClockKeys);
                        Assert.Equal(expected.Grouping, filled.Grouping);
                    }
                    else
                    {
                        Assert.NotEqual(next, body);
                    }
                }
            },
            iter: 20_000);
        Assert.True(learned > 100, $"{learned} forms");
        Assert.True(read > learned, $"{read} bodies");
    }

    [Fact]
    public void Groups_that_push_the_same_lines_share_their_form()
    {
        var body = "a{x=\"1\"} 2\n"u8;
        Assert.True(PushTextParser.TryParse(body, PushParseOptions.Default, _strings, out var read, out _));
        var one = _gateway.FormOf(new PushRequest(PushVerb.Replace, Group, read), body)!;
        var other = _gateway.FormOf(new PushRequest(PushVerb.Replace, Labels.Of("job", "daily"), read), body)!;
        Assert.Same(one.Body, other.Body);
    }

    private PushForm? Learn(ReadOnlySpan<byte> body) =>
        PushTextParser.TryParse(body, PushParseOptions.Default, _strings, out var read, out _)
            ? _gateway.FormOf(new PushRequest(PushVerb.Replace, Group, read), body)
            : null;

    private PreparedPush Prepared(ReadOnlySpan<byte> body)
    {
        Assert.True(PushTextParser.TryParse(body, PushParseOptions.Default, _strings, out var read, out var error), error.Message);
        return PushScreening.Prepare(PushVerb.Replace, Group, read, null, 7);
    }

    private static byte[] WithValues(List<string> lines, List<string> values) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select((line, i) =>
            line.StartsWith('#') || line.Length == 0 ? line + "\n" : line[..(line.LastIndexOf(' ') + 1)] + values[i] + "\n")));

    private static byte[] Changed(byte[] body, (int At, byte Byte, int What) change)
    {
        var at = change.At % body.Length;
        var text = change.Byte % 3 == 0 ? (byte)' ' : change.Byte % 3 == 1 ? (byte)'\n' : (byte)(32 + (change.Byte % 95));
        return change.What switch
        {
            0 or 1 => [.. body.AsSpan(0, at), text, .. body.AsSpan(at)],
            2 => [.. body.AsSpan(0, at), .. body.AsSpan(at + 1)],
            _ => [.. body.AsSpan(0, at), text, .. body.AsSpan(at + 1)],
        };
    }

    private static byte[] Bytes(MetricFamily[] families)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Array.ForEach(families, family => MetricFamilyCodec.WriteDelimited(bytes, family));
        return bytes.WrittenSpan.ToArray();
    }
}
