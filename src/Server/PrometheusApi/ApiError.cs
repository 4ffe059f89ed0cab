namespace Tallygate.Server.PrometheusApi;

/// <summary>Why the API has no answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">The API's word for it.</param>
/// <param name="Message">The text.</param>
internal sealed record ApiError(int Status, string Type, string Message)
{
    public static ApiError BadData(string message) => new(400, "bad_data", message);

    /// <summary>A parameter that cannot be used.</summary>
    public static ApiError Parameter(string name, string why) => BadData($"invalid parameter \"{name}\": {why}");

    public static ApiError Execution(string message) => new(422, "execution", message);

    public static ApiError Canceled(string message) => new(499, "canceled", message);

    public static ApiError Timeout(string message) => new(503, "timeout", message);

    public static ApiError Internal(string message) => new(500, "internal", message);

    public static ApiError Unavailable(string message) => new(503, "unavailable", message);

    public static ApiError NotFound(string message) => new(404, "not_found", message);
}
