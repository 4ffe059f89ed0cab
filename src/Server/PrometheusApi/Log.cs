using Microsoft.Extensions.Logging;

namespace Tallygate.Server.PrometheusApi;

/// <summary>What this part of the server logs.</summary>
internal static partial class Log
{
    [LoggerMessage(6150, LogLevel.Error, "a query could not be written to the query log; queries go on, and it is tried again with the next")]
    public static partial void QueryNotLogged(ILogger logger, string file, Exception problem);
}
