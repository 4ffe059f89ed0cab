using Microsoft.AspNetCore.Http;
using Tallygate.Gateway;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.Management;

/// <summary><c>/-/healthy</c>, <c>/-/ready</c>, <c>/-/quit</c>, <c>/-/reload</c>. Thread-safe.</summary>
internal sealed class ManagementEndpoints
{
    private readonly PushGateway _gateway;
    private readonly ServerOptions _options;
    private readonly RequestCounters _counters;
    private readonly Func<IReadOnlyList<ConfigError>> _reload;
    private readonly Action _quit;

    /// <param name="reload">Loads the configuration anew and says what is wrong with it.</param>
    /// <param name="quit">Asks the program to end.</param>
    public ManagementEndpoints(
        PushGateway gateway, ServerOptions options, RequestCounters counters, Func<IReadOnlyList<ConfigError>> reload, Action quit)
    {
        _gateway = gateway;
        _options = options;
        _counters = counters;
        _reload = reload;
        _quit = quit;
    }

    /// <summary>GET <c>/-/healthy</c></summary>
    public Task HealthyAsync(HttpContext context, RequestPath path) => CheckAsync(context, "healthy");

    /// <summary>GET <c>/-/ready</c></summary>
    public Task ReadyAsync(HttpContext context, RequestPath path) => CheckAsync(context, "ready");

    /// <summary>PUT or POST <c>/-/quit</c></summary>
    public async Task QuitAsync(HttpContext context, RequestPath path)
    {
        if (!_options.EnableLifecycle)
        {
            await Answers.TextAsync(context, 403, "Lifecycle API is not enabled.");
            return;
        }

        await Answers.TextAsync(context, 200, "Requesting termination... Goodbye!");
        _quit();
    }

    /// <summary>GET <c>/-/quit</c></summary>
    public static Task QuitByGetAsync(HttpContext context, RequestPath path) => Answers.TextAsync(context, 405, "Only POST or PUT requests allowed.");

    /// <summary>PUT or POST <c>/-/reload</c></summary>
    public Task ReloadAsync(HttpContext context, RequestPath path)
    {
        if (!_options.EnableLifecycle)
        {
            return Answers.TextAsync(context, 403, "Lifecycle API is not enabled.");
        }

        var errors = _reload();
        return errors.Count == 0
            ? Answers.Empty(context, 200)
            : Answers.ErrorAsync(context, 500, "failed to reload config: " + string.Join("\n", errors));
    }

    private Task CheckAsync(HttpContext context, string handler)
    {
        var stats = _gateway.Stats();
        var healthy = !_gateway.Completion.IsCompleted && stats.QueueLength < stats.QueueCapacity;
        _counters.Count(healthy ? 200 : 500, handler, "get");
        return healthy
            ? Answers.TextAsync(context, 200, "OK")
            : Answers.ErrorAsync(context, 500, _gateway.Completion.IsCompleted ? "the gateway takes no more pushes" : "write queue is full");
    }
}
