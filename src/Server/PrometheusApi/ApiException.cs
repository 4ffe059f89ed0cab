namespace Tallygate.Server.PrometheusApi;

/// <summary>Carries an <see cref="ApiError"/> from where a request is read to where it is answered; it never leaves this folder.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(ApiError error)
        : base(error.Message) => Error = error;

    public ApiError Error { get; }
}
