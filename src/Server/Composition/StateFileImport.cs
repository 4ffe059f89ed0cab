using Microsoft.Extensions.Logging;
using Tallygate.Gateway.Persistence;
using Tallygate.PushLog;
using Tallygate.Server.Configuration;

namespace Tallygate.Server.Composition;

/// <summary>What becomes of <c>--persistence.file</c>: at the first start on an empty push log its groups are brought in, once.</summary>
internal static class StateFileImport
{
    /// <exception cref="StartException">The file cannot be read. Whoever does not want it moves it away.</exception>
    public static async Task RunAsync(string file, IPushLog log, ILogger logger)
    {
        if (log.Head != LogPosition.None)
        {
            Log.StateFileLeft(logger, file);
            return;
        }

        if (!File.Exists(file) && !Directory.Exists(file))
        {
            Log.StateFileMissing(logger, file);
            return;
        }

        try
        {
            var result = await StateImport.RunAsync(log, file, await File.ReadAllBytesAsync(file));
            foreach (var note in result.Notes)
            {
                Log.StateFileNote(logger, file, note);
            }

            Log.StateFileImported(logger, file, result.Groups, result.Families);
        }
        catch (Exception problem) when (problem is StateFileException or UnauthorizedAccessException or IOException)
        {
            throw new StartException($"--persistence.file: {problem.Message}; nothing was imported. Move the file away to start without it", problem);
        }
    }
}
