using System.Globalization;
using System.IO.Compression;
using System.Text;
using Tallygate.Testing;
using static Tallygate.Testing.ProtobufBody;

namespace Tallygate.Conformance.Differential;

/// <summary>Bodies of pushes: good ones over a few names, so that groups meet, and wrong ones of all sorts.</summary>
public sealed class Bodies(Random random)
{
    private static readonly string[] Values =
    [
        "0", "1", "42", "-1", "3.14", "1e6", "1e-7", "999999", "1000000", "123456.789", "1234567.891", "NaN", "+Inf", "-Inf", "1e21", "5e-324", "9007199254740993", "-0", "0.1", "1e308",
        "2.98023223876953125e-08", "infinity", "nan", "00012", ".5", "5.", "+7",
    ];

    private static readonly string[] Wrong =
    [
        "a 1", "# EOF", "a 1\r\n", "# TYPE a counter\r\na 1\r\n", "a 1 \n", "a 1 0\n", "a 1 -5\n", "a 1 1.5\n", "a 1 2 3\n", "a 0x1p-2\n", "a 1_000\n", "a 1e400\n", "a \n", "a x\n", "a\n", "1a 1\n", "<html>\n",
        "\ufeffa 1\n", "a-b 1\n", "a.b 1\n", "{\"a.b\"} 1\n", "a{x=1} 1\n", "a{x-y=\"1\"} 1\n", "a{x=\"1\" 1\n", "a{x=\"1\n", "a{x=\"\\t\"} 1\n", "a{x=\"1\",x=\"2\"} 1\n", "a{__name__=\"b\"} 1\n",
        "a{__x=\"b\"} 1\n", "# TYPE a gauge_histogram\n", "# TYPE a unknown\n", "# TYPE a info\n", "# TYPE a counter \n", "# TYPE a gauge\n# TYPE a gauge\n", "a 1\n# TYPE a gauge\n",
        "# HELP a x\n# HELP a y\n", "# HELP a x\\t\n", "# HELP a \\\"q\\\"\na 1\n", "foo_total 5 # {trace=\"x\"} 1\n", "# TYPE s summary\ns{quantile=\"x\"} 1\n", "# TYPE h histogram\nh_bucket{le=\"x\"} 1\n",
        "# TYPE h histogram\nh_count -1\n", "# TYPE h histogram\nh_bucket{le=\"1\"} 1.5\nh_count 2\n", "# TYPE h histogram\nh_bucket{le=\"1\"} -1\n", "a 1\na 2\n", "a{x=\"1\"} 1\na{x=\"1\"} 1\nb 1\nb 2\n",
        "go_goroutines 1\n", "# TYPE go_goroutines gauge\ngo_goroutines 7\n", "# TYPE go_goroutines counter\ngo_goroutines 7\n", "pushgateway_http_requests_total 1\n", "go_gc_duration_seconds_count 1\n",
        "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 3\n", "push_time_seconds 5\n", "# TYPE push_failure_time_seconds histogram\npush_failure_time_seconds_count 1\n",
        "# HELP \n", "# TYPE\n", "# TYPE a\n", "# TYPE a \n", "#\n", "# \n", "# HELP\n", "# HELP a\n", "{} 1\n", "{", "}", "\"a\" 1\n", "a{,} 1\n", "a{x=\"1\",,y=\"2\"} 1\n", "a{x} 1\n", "a{\"x\"=\"1\"} 1\n",
        "a{x=\"1\"}\n", "a{x=\"1\"}1 \n", "a  {x=\"1\"} 1\n", " a 1\n", "\ta 1\n", "a\t1\n", "a 1\n\n\n", "\0", "a\0 1\n", "a{x=\"\0\"} 1\n", "# HELP a \0\na 1\n", "a 1 99999999999999999999\n", "a 1 +5\n", "a ١\n",
        "# TYPE h histogram\nh 1\n", "# TYPE s summary\ns 1\n", "# TYPE h histogram\nh_bucket 1\n", "# TYPE h histogram\nh_bucket{le=\"1\",x=\"2\"} 3\nh_bucket{x=\"2\",le=\"+Inf\"} 4\nh_sum{x=\"2\"} 1\nh_count{x=\"2\"} 4\n",
        "s_count 1\n", "h_bucket 1\n", "h_sum 1\n", "# TYPE a untyped\na 1\n", "# TYPE A COUNTER\nA 1\n", "a{x=\"é\"} 1\n", "a{é=\"x\"} 1\n", "é 1\n", "a 1,5\n", "a 1;2\n", "a=1\n", "a: 1\n", ": 1\n", "a:b 1\n", "_ 1\n",
        "# UNIT a seconds\na 1\n", "a 1\n# EOF\n", "# comment\n#no blank\na 1\n", "a{x=\"\\\\\"} 1\n", "a{x=\"\\\"\"} 1\n", "a{x=\"\\n\"} 1\n", "a{x=\"\\\"} 1\n", "a{instance=\"mine\"} 1\n", "a{job=\"mine\",x=\"1\"} 1\n",
    ];

    /// <summary>A body that is right, though it may clash with what other groups hold.</summary>
    public byte[] GoodText()
    {
        var text = new StringBuilder();
        foreach (var name in Shuffled("a", "b", "h", "s", "c_total", "g").Take(random.Next(0, 5)))
        {
            // Mostly the same help and type everywhere, so that most pushes are taken.
            if (random.Next(3) > 0)
            {
                text.Append("# HELP ").Append(name).Append(random.Next(12) == 0 ? " Other words.\n" : " Some words.\n");
            }

            var type = random.Next(12) == 0 ? Pick("counter", "gauge", "untyped", "") : TypeOf(name);
            if (type.Length > 0)
            {
                text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            }

            foreach (var labels in LabelSets())
            {
                Samples(text, name, type, labels);
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public byte[] BadText() => Encoding.UTF8.GetBytes((random.Next(3) == 0 ? "g 1\n" : "") + Pick(Wrong));

    /// <summary>A few bytes changed, left out or put in.</summary>
    public byte[] Mutated(byte[] body)
    {
        var bytes = body.ToList();
        for (var times = random.Next(1, 3); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes.RemoveAt(at); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.Insert(at, (byte)Pick(" \n\t\"\\{}=,#1a_:.-\r".ToCharArray())); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        return [.. bytes];
    }

    public byte[] Protobuf()
    {
        var families = Shuffled("a", "b", "h", "s", "c_total", "g").Take(random.Next(0, 4)).Select(name =>
        {
            var type = Array.IndexOf(["counter", "gauge", "summary", "untyped", "histogram"], TypeOf(name) is { Length: > 0 } t ? t : "untyped");
            return Family(name, type, [.. LabelSets().Select(l => Metric(type, l))]).Text(2, "Some words.");
        }).ToArray();
        return Of(families);
    }

    public byte[] BadProtobuf()
    {
        var good = Protobuf();
        return random.Next(9) switch
        {
            0 => good[..random.Next(good.Length + 1)],
            1 => Mutated(good),
            2 => Of(Family("a", 1, Plain(3, 1))),
            3 => Of(Family("a", null, Plain(2, 1))),
            4 => Of(Family("g", 1, Plain(2, 1, ("__x", "1")))),
            5 => Of(Family("g", 1, Plain(2, 1, ("x", "1"), ("x", "2")))),
            6 => Of(Family("g", 1), Family("a", 0)),
            7 => [.. good, (byte)random.Next(1, 100)],
            _ => "a 1\nb 2\n"u8.ToArray(),
        };
    }

    public (string Kind, byte[] Body) Gzip(byte[] text)
    {
        var packed = Pack(text);
        return random.Next(8) switch
        {
            0 => ("empty", []),
            1 => ("no header", text),
            2 => ("cut off", packed[..random.Next(packed.Length)]),
            3 => ("two members", [.. packed, .. Pack("two 2\n"u8.ToArray())]),
            4 => ("trailing garbage", [.. packed, .. "garbage behind it"u8]),
            5 => ("damaged", Flip(packed)),
            _ => ("good", packed),
        };
    }

    private static byte[] Pack(byte[] text)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            gzip.Write(text);
        }

        return target.ToArray();
    }

    private byte[] Flip(byte[] packed)
    {
        if (packed.Length > 10)
        {
            packed[random.Next(10, packed.Length)] ^= (byte)random.Next(1, 256);
        }

        return packed;
    }

    private static string TypeOf(string name) => name switch
    {
        "h" => "histogram",
        "s" => "summary",
        "c_total" => "counter",
        "g" => "gauge",
        "a" => "untyped",
        _ => "",
    };

    private void Samples(StringBuilder text, string name, string type, (string Name, string Value)[] labels)
    {
        var inner = string.Join(',', labels.Select(l => $"{l.Name}=\"{l.Value}\""));
        void Line(string suffix, string extra, string value)
        {
            var all = string.Join(',', new[] { inner, extra }.Where(t => t.Length > 0));
            text.Append(name).Append(suffix).Append(all.Length > 0 ? "{" + all + "}" : "").Append(' ').Append(value).Append('\n');
        }

        switch (type)
        {
            case "histogram":
                Line("_bucket", "le=\"0.5\"", "1");
                Line("_bucket", "le=\"2.5\"", "3");
                Line("_bucket", "le=\"1000000\"", "4");
                Line("_count", "", "4");
                Line("_sum", "", Pick(Values));
                break;
            case "summary":
                Line("", "quantile=\"0.5\"", Pick(Values));
                Line("", "quantile=\"0.99\"", Pick(Values));
                Line("_sum", "", Pick(Values));
                Line("_count", "", "7");
                break;
            default:
                Line("", "", Pick(Values));
                break;
        }
    }

    private ProtobufBody Metric(int type, (string, string)[] labels)
    {
        var value = double.Parse(Pick("1", "2.5", "1e6", "-3", "0.1"), CultureInfo.InvariantCulture);
        return type switch
        {
            0 => Plain(3, value, labels),
            1 => Plain(2, value, labels),
            2 => Labelled(labels).Message(4, new ProtobufBody().Varint(1, 3).Number(2, value).Message(3, new ProtobufBody().Number(1, 0.5).Number(2, value))),
            3 => Plain(5, value, labels),
            _ => Labelled(labels).Message(7, new ProtobufBody().Varint(1, 3).Number(2, value).Message(3, new ProtobufBody().Varint(1, 2).Number(2, 0.5)).Message(3, new ProtobufBody().Varint(1, 3).Number(2, double.PositiveInfinity))),
        };
    }

    private (string Name, string Value)[][] LabelSets()
    {
        (string, string)[][] sets = [[], [("k", "1")], [("k", "2")], [("k", "1"), ("l", "\u00e9")], [("x", "9")], [("l", "1")], [("instance", "own")], [("job", "own"), ("z", "a b")], [("e", "")]];
        random.Shuffle(sets);
        return sets[..random.Next(1, 4)];
    }

    private string[] Shuffled(params string[] of)
    {
        random.Shuffle(of);
        return of;
    }

    private T Pick<T>(params ReadOnlySpan<T> of) => of[random.Next(of.Length)];
}
