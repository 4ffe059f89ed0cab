using System.Collections.Frozen;
using Tallygate.Model;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// The families that Pushgateway 1.11 exposes of its own. A push may add to them, with the same type; all other own families give way to a
/// push of their name.
/// </summary>
public static class ReservedFamilies
{
    private const string RequestsHelp = "Total HTTP requests processed by the Pushgateway, excluding scrapes.";
    private const string PushSizeHelp = "HTTP request size for pushes to the Pushgateway.";
    private const string PushDurationHelp = "HTTP request duration for pushes to the Pushgateway.";

    private static readonly FrozenDictionary<string, Entry> Families = Table().ToFrozenDictionary();

    /// <summary>Whether the name is reserved.</summary>
    public static bool Contains(string name) => Families.ContainsKey(name);

    /// <summary>The type of a reserved family.</summary>
    /// <param name="help">The help text that a push must repeat; null where the push's own is ignored.</param>
    internal static bool TryGet(string name, out MetricType type, out string? help)
    {
        var found = Families.TryGetValue(name, out var entry);
        (type, help) = entry;
        return found;
    }

    private static Dictionary<string, Entry> Table()
    {
        var table = new Dictionary<string, Entry>
        {
            ["go_gc_duration_seconds"] = new(MetricType.Summary),
            ["pushgateway_http_requests_total"] = new(MetricType.Counter, RequestsHelp),
            ["pushgateway_http_push_size_bytes"] = new(MetricType.Summary, PushSizeHelp),
            ["pushgateway_http_push_duration_seconds"] = new(MetricType.Summary, PushDurationHelp),
        };
        string[] counters =
        [
            "go_memstats_alloc_bytes_total", "go_memstats_frees_total", "go_memstats_mallocs_total", "process_cpu_seconds_total",
            "process_network_receive_bytes_total", "process_network_transmit_bytes_total",
        ];
        string[] gauges =
        [
            "go_gc_gogc_percent", "go_gc_gomemlimit_bytes", "go_goroutines", "go_info", "go_memstats_alloc_bytes",
            "go_memstats_buck_hash_sys_bytes", "go_memstats_gc_sys_bytes", "go_memstats_heap_alloc_bytes", "go_memstats_heap_idle_bytes",
            "go_memstats_heap_inuse_bytes", "go_memstats_heap_objects", "go_memstats_heap_released_bytes", "go_memstats_heap_sys_bytes",
            "go_memstats_last_gc_time_seconds", "go_memstats_mcache_inuse_bytes", "go_memstats_mcache_sys_bytes",
            "go_memstats_mspan_inuse_bytes", "go_memstats_mspan_sys_bytes", "go_memstats_next_gc_bytes", "go_memstats_other_sys_bytes",
            "go_memstats_stack_inuse_bytes", "go_memstats_stack_sys_bytes", "go_memstats_sys_bytes", "go_sched_gomaxprocs_threads",
            "go_threads", "process_max_fds", "process_open_fds", "process_resident_memory_bytes", "process_start_time_seconds",
            "process_virtual_memory_bytes", "process_virtual_memory_max_bytes", "pushgateway_build_info",
        ];
        Array.ForEach(counters, name => table.Add(name, new Entry(MetricType.Counter)));
        Array.ForEach(gauges, name => table.Add(name, new Entry(MetricType.Gauge)));
        return table;
    }

    private readonly record struct Entry(MetricType Type, string? Help = null);
}
