using BenchmarkDotNet.Attributes;
using Tallygate.Model;

namespace Tallygate.Benchmarks.Exposition;

/// <summary>One float to text and back, beside the platform's own.</summary>
[MemoryDiagnoser]
public class FloatTextBenchmarks
{
    private readonly byte[] _buffer = new byte[FloatText.MaxLength];
    private readonly byte[] _text = "1.7953532028694396e+09"u8.ToArray();

    [Params(63, 182.4537, 1.7953532028694396e+09)]
    public double Value { get; set; }

    [Benchmark]
    public bool Format() => FloatText.TryFormat(Value, FloatForm.Exposition, _buffer, out _);

    [Benchmark]
    public bool PlatformFormat() => Value.TryFormat(_buffer, out _);

    [Benchmark]
    public bool Parse() => FloatText.TryParse(_text, out _);

    [Benchmark]
    public bool PlatformParse() => double.TryParse(_text, out _);
}
