using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tallygate.Gateway;

namespace Tallygate.Server.Http;

/// <summary>
/// Finds the endpoint of a request by its raw path, as the Pushgateway's router does: redirects before routing where the path is not clean,
/// 405 with the allowed methods, redirects to the right case or slash where nothing else fits. Immutable; thread-safe.
/// </summary>
internal sealed class Dispatcher
{
    private readonly string _prefix;
    private readonly Dictionary<string, Resource> _exact = [];
    private readonly Dictionary<string, string> _canonical = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Prefix, Resource Resource)> _below = [];

    /// <param name="prefix">What all paths start with: empty, or <c>/prefix</c>.</param>
    public Dispatcher(string prefix) => _prefix = prefix;

    /// <summary>Puts a resource at a path, or at all longer paths below one that ends with a slash and a star.</summary>
    public void Add(string path, Resource resource)
    {
        if (path.EndsWith("/*", StringComparison.Ordinal))
        {
            _below.Add((path[..^1], resource));
            return;
        }

        _exact[path] = resource;
        _canonical[path] = path;
    }

    /// <summary>Answers the request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var escaped = RequestTarget.PathOf(target);
        var clean = RequestTarget.Clean(escaped);
        if (!ReferenceEquals(clean, escaped))
        {
            return Answers.RedirectAsync(context, 307, clean + context.Request.QueryString.Value);
        }

        var path = escaped;
        if (escaped.Contains('%', StringComparison.Ordinal) && !PercentText.TryDecode(escaped, out path))
        {
            return Answers.TextAsync(context, 400, "400 Bad Request");
        }

        if (_prefix.Length > 0)
        {
            if (path == _prefix)
            {
                return Answers.RedirectAsync(context, 307, _prefix + "/" + context.Request.QueryString.Value);
            }

            if (!path.StartsWith(_prefix, StringComparison.Ordinal) || path[_prefix.Length] != '/')
            {
                return path == "/-/quit" && context.Request.Method == "GET" ? DispatchAsync(context, new RequestPath(escaped, path)) : Answers.NotFoundAsync(context);
            }

            path = path[_prefix.Length..];
            escaped = escaped[_prefix.Length..];
        }

        return DispatchAsync(context, new RequestPath(escaped, path));
    }

    private Task DispatchAsync(HttpContext context, RequestPath path)
    {
        var resource = Find(path.Text);
        if (resource is null)
        {
            return RightCase(path.Text) is { } right
                ? Answers.RedirectAsync(
                    context, context.Request.Method is "GET" or "HEAD" ? 301 : 307, _prefix + Escape(right) + context.Request.QueryString.Value)
                : Answers.NotFoundAsync(context);
        }

        var method = context.Request.Method;
        if (resource.For(method) is { } endpoint)
        {
            return endpoint(context, path);
        }

        if (method == "OPTIONS")
        {
            context.Response.Headers.Allow = resource.Allow;
            return Answers.Empty(context, 200);
        }

        return Answers.MethodNotAllowedAsync(context, resource.Allow);
    }

    private Resource? Find(string path)
    {
        // Pushes come first in the list, since they come most often.
        foreach (var (prefix, resource) in _below)
        {
            if (path.Length > prefix.Length && path.StartsWith(prefix, StringComparison.Ordinal))
            {
                return resource;
            }
        }

        return _exact.GetValueOrDefault(path);
    }

    private string? RightCase(string path)
    {
        var other = path.Length > 1 && path[^1] == '/' ? path[..^1] : path + "/";
        if (_canonical.TryGetValue(path, out var exact) || _canonical.TryGetValue(other, out exact))
        {
            return exact;
        }

        foreach (var (prefix, _) in _below)
        {
            if (path.Length > prefix.Length && path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return prefix + path[prefix.Length..];
            }

            // "/metrics/job/" names no job: the router sends it to "/metrics/job", where nothing is.
            if (path == prefix)
            {
                return null;
            }
        }

        return null;
    }

    private static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
