using System.Text;
using Tallygate.Model;

namespace Tallygate.Client.Execution;

/// <summary>The metrics about a command, in the text format.</summary>
internal static class ExecutionMetrics
{
    /// <summary>How the names of all of them begin.</summary>
    public const string Prefix = "tallygate_exec_";

    /// <summary>What is known when it starts.</summary>
    public static string AtStart(double startSeconds)
    {
        var text = new StringBuilder();
        Gauge(text, "tallygate_exec_start_time_seconds", "When the command last started.", startSeconds);
        return text.ToString();
    }

    /// <summary>What is known at its end. A run that failed says nothing about the last success, so that the group keeps it.</summary>
    public static string AtEnd(CommandEnd end, bool metricsRefused)
    {
        var text = new StringBuilder(AtStart(end.StartSeconds));
        Gauge(text, "tallygate_exec_end_time_seconds", "When the command last ended.", end.EndSeconds);
        Gauge(text, "tallygate_exec_duration_seconds", "How long the command took.", end.DurationSeconds);
        Gauge(text, "tallygate_exec_exit_code", "The command's exit code; 128 and the signal's number where a signal ended it.", end.ExitCode);
        if (end.Failure is null)
        {
            if (end.Use.MaxMemoryBytes > 0)
            {
                Gauge(text, "tallygate_exec_max_memory_bytes", "The most memory that a process of the command held.", end.Use.MaxMemoryBytes);
            }

            Header(text, "tallygate_exec_cpu_seconds", "The processor time that the command used.");
            Sample(text, "tallygate_exec_cpu_seconds{mode=\"system\"}", end.Use.SystemSeconds);
            Sample(text, "tallygate_exec_cpu_seconds{mode=\"user\"}", end.Use.UserSeconds);
        }

        Gauge(text, "tallygate_exec_metrics_refused", "Whether what the command wrote to its metrics file could not be taken.", metricsRefused ? 1 : 0);
        if (end.ExitCode == 0)
        {
            Gauge(text, "tallygate_exec_last_success_time_seconds", "When the command last ended well.", end.EndSeconds);
        }

        return text.ToString();
    }

    private static void Gauge(StringBuilder text, string name, string help, double value)
    {
        Header(text, name, help);
        Sample(text, name, value);
    }

    private static void Header(StringBuilder text, string name, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(" gauge\n");

    private static void Sample(StringBuilder text, string series, double value)
    {
        text.Append(series).Append(' ');
        FloatText.Append(text, value, FloatForm.Exposition);
        text.Append('\n');
    }
}
