using System.Globalization;
using System.IO.Enumeration;

namespace Tallygate.Server.Telemetry;

/// <summary>What <c>/proc/self/stat</c> says (proc(5)): one short read, where the runtime's own Process type reads a file for each thread.</summary>
internal readonly record struct ProcessStat(int Threads, double CpuSeconds, double VirtualBytes, double ResidentBytes)
{
    private const double TicksPerSecond = 100;

    /// <summary>Reads it; all zero where there is no such file.</summary>
    public static ProcessStat Read()
    {
        const string file = "/proc/self/stat";
        if (!File.Exists(file))
        {
            return default;
        }

        // The second field is the program's name in parentheses and may hold blanks: count from its end. Field 14 is utime.
        var text = File.ReadAllText(file);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        double Field(int number) => double.Parse(fields[number - 3], CultureInfo.InvariantCulture);
        return new ProcessStat((int)Field(20), (Field(14) + Field(15)) / TicksPerSecond, Field(23), Field(24) * Environment.SystemPageSize);
    }

    /// <summary>How many file descriptors are open, the one that counts them among them.</summary>
    public static int OpenFiles()
    {
        const string folder = "/proc/self/fd";
        return Directory.Exists(folder)
            ? new FileSystemEnumerable<bool>(folder, static (ref FileSystemEntry _) => true, new EnumerationOptions { AttributesToSkip = 0 }).Count()
            : 0;
    }
}
