using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tallygate.Server.Http;

/// <summary>Short answers in the form of Go's HTTP server, which the originals run on.</summary>
internal static class Answers
{
    /// <summary>An error as <c>http.Error</c> writes it: the text and a newline.</summary>
    public static Task ErrorAsync(HttpContext context, int status, string text)
    {
        context.Response.Headers["X-Content-Type-Options"] = "nosniff";
        return TextAsync(context, status, text + "\n");
    }

    /// <summary>A plain text, exactly as given.</summary>
    public static Task TextAsync(HttpContext context, int status, string text, string contentType = "text/plain; charset=utf-8")
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        var length = Encoding.UTF8.GetByteCount(text);
        response.ContentLength = length;
        Encoding.UTF8.GetBytes(text, response.BodyWriter.GetSpan(Math.Max(1, length)));
        response.BodyWriter.Advance(length);
        return response.BodyWriter.FlushAsync().AsTask();
    }

    /// <summary>A status without a body.</summary>
    public static Task Empty(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        if (status is not 204)
        {
            context.Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    /// <summary>404 as Go's router writes it; Grafana looks for its words.</summary>
    public static Task NotFoundAsync(HttpContext context) => ErrorAsync(context, 404, "404 page not found");

    /// <summary>405 with the methods that are allowed.</summary>
    public static Task MethodNotAllowedAsync(HttpContext context, string allow)
    {
        context.Response.Headers.Allow = allow;
        return ErrorAsync(context, 405, "Method Not Allowed");
    }

    /// <summary>A redirect that keeps the method and the body (307, 308) or, for GET, may not (301, 302).</summary>
    public static Task RedirectAsync(HttpContext context, int status, string location)
    {
        context.Response.Headers.Location = location;
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            return Empty(context, status);
        }

        var reason = status switch { 301 => "Moved Permanently", 302 => "Found", 307 => "Temporary Redirect", _ => "Permanent Redirect" };
        return TextAsync(context, status, $"<a href=\"{System.Net.WebUtility.HtmlEncode(location)}\">{reason}</a>.\n\n", "text/html; charset=utf-8");
    }

    /// <summary>An error that goes away by itself after <paramref name="seconds"/>.</summary>
    public static Task RetryLaterAsync(HttpContext context, int status, string text, int seconds)
    {
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return ErrorAsync(context, status, text);
    }
}
