using Tallygate.Gateway;
using Tallygate.Gateway.Sampling;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Server.Composition;

/// <summary>The in-process sampling: on or off, and with the interval of the configuration that holds. Stepped by one thread at a time.</summary>
internal sealed class Sampling
{
    private readonly PushGateway _gateway;
    private readonly Func<IReadOnlyList<MetricFamily>> _own;
    private readonly IAppendableStorage _storage;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private GatewaySampler? _sampler;
    private SamplerOptions _options = new();

    public Sampling(PushGateway gateway, Func<IReadOnlyList<MetricFamily>> own, IAppendableStorage storage, TimeProvider time)
    {
        _gateway = gateway;
        _own = own;
        _storage = storage;
        _time = time;
    }

    /// <summary>What samples now; null where nothing does.</summary>
    public (GatewaySampler Sampler, SamplerOptions Options)? Current
    {
        get
        {
            lock (_lock)
            {
                return _sampler is null ? null : (_sampler, _options);
            }
        }
    }

    /// <summary>Switches the sampling to other options, or off. The same options change nothing.</summary>
    /// <param name="options">Null: off. The series end then, and whoever samples them instead goes on with them.</param>
    /// <param name="now">Unix milliseconds.</param>
    public void Apply(SamplerOptions? options, long now)
    {
        lock (_lock)
        {
            if (_sampler is not null && options == _options)
            {
                return;
            }

            _sampler?.Retire(now);
            _options = options ?? new SamplerOptions();
            _sampler = options is null ? null : new GatewaySampler(() => _gateway.Groups, _own, _storage, options, _time);
        }
    }

    /// <summary>Takes the sample that is due.</summary>
    public long Step(long now)
    {
        lock (_lock)
        {
            return _sampler?.Step(now) ?? long.MaxValue;
        }
    }
}
