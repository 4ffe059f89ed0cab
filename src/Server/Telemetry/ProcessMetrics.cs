using System.Globalization;
using Tallygate.Model;

namespace Tallygate.Server.Telemetry;

/// <summary>What the operating system and the runtime say of this process, under the names of the Go client where the concept exists.</summary>
internal static class ProcessMetrics
{
    // Limits hold for the life of the process.
    private static readonly double? MaxFiles = Limit("Max open files");
    private static readonly double? MaxMemory = Limit("Max address space");

    public static IEnumerable<MetricFamily> Collect(DateTimeOffset started)
    {
        var memory = GC.GetGCMemoryInfo();
        yield return Families.Gauge("go_goroutines", "Number of goroutines that currently exist.", ThreadPool.ThreadCount);
        yield return Families.Of("go_info", "Information about the Go environment.", MetricType.Gauge, (Labels.Of("version", BuildInfo.Runtime), 1));
        yield return Families.Gauge("go_memstats_alloc_bytes", "Number of bytes allocated in heap and currently in use. Equals to /memory/classes/heap/objects:bytes.", GC.GetTotalMemory(false));
        yield return Families.Counter("go_memstats_alloc_bytes_total", "Total number of bytes allocated in heap until now, even if released already. Equals to /gc/heap/allocs:bytes.", GC.GetTotalAllocatedBytes());
        yield return Families.Gauge("go_memstats_heap_inuse_bytes", "Number of heap bytes that are in use. Equals to /memory/classes/heap/objects:bytes + /memory/classes/heap/unused:bytes", memory.HeapSizeBytes);
        yield return Families.Gauge("go_memstats_sys_bytes", "Number of bytes obtained from system. Equals to /memory/classes/total:byte.", memory.TotalCommittedBytes);
        yield return Families.Gauge("go_sched_gomaxprocs_threads", "The current runtime.GOMAXPROCS setting, or the number of operating system threads that can execute user-level Go code simultaneously. Sourced from /sched/gomaxprocs:threads.", Environment.ProcessorCount);
        yield return Families.Counter("tallygate_gc_collections_total", "Garbage collections since the start.", GC.CollectionCount(0));
        yield return Families.Counter("tallygate_gc_pause_seconds_total", "Seconds that garbage collections stopped the program.", GC.GetTotalPauseDuration().TotalSeconds);

        var stat = ProcessStat.Read();
        yield return Families.Gauge("go_threads", "Number of OS threads created.", stat.Threads);
        yield return Families.Counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", stat.CpuSeconds);
        yield return Families.Gauge("process_resident_memory_bytes", "Resident memory size in bytes.", stat.ResidentBytes);
        yield return Families.Gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", stat.VirtualBytes);
        yield return Families.Gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", (started - DateTimeOffset.UnixEpoch).Ticks / 100_000 / 100.0);
        yield return Families.Gauge("process_open_fds", "Number of open file descriptors.", ProcessStat.OpenFiles());
        if (MaxFiles is { } files)
        {
            yield return Families.Gauge("process_max_fds", "Maximum number of open file descriptors.", files);
        }

        if (MaxMemory is { } space)
        {
            yield return Families.Gauge("process_virtual_memory_max_bytes", "Maximum amount of virtual memory available in bytes.", space);
        }
    }

    private static double? Limit(string name)
    {
        const string limits = "/proc/self/limits";
        if (!File.Exists(limits))
        {
            return null;
        }

        var line = File.ReadLines(limits).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        var soft = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return soft is null ? null : soft == "unlimited" ? ulong.MaxValue : double.Parse(soft, CultureInfo.InvariantCulture);
    }
}
