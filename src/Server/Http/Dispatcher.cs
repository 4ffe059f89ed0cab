using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tallygate.Gateway;
using Tallygate.Model;

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
    private readonly Dictionary<string, Resource> _unprefixed = [];
    private (string Prefix, Responder Options)? _api;

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

    /// <summary>Puts a resource at a path that has no prefix, whatever the others have.</summary>
    public void AddUnprefixed(string path, Resource resource) => _unprefixed[path] = resource;

    /// <summary>Says where the APIs lie: below it nobody looks at packed bodies, and any path answers OPTIONS.</summary>
    /// <param name="prefix">With a slash at the end.</param>
    public void AddApi(string prefix, Responder options) => _api = (prefix, options);

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
        if (escaped.Contains('%', StringComparison.Ordinal))
        {
            if (!PercentText.TryDecode(escaped, out path))
            {
                return Answers.TextAsync(context, 400, "400 Bad Request");
            }

            // The way to the endpoint may be escaped as well: written anew, the path begins as it is routed.
            escaped = Escape(path);
        }

        if (_prefix.Length > 0)
        {
            if (path == _prefix)
            {
                return Answers.RedirectAsync(context, 307, _prefix + "/" + context.Request.QueryString.Value);
            }

            if (!path.StartsWith(_prefix, StringComparison.Ordinal) || path[_prefix.Length] != '/')
            {
                return _unprefixed.TryGetValue(path, out var resource)
                    ? AnswerAsync(context, new RequestPath(escaped, path), resource)
                    : Answers.NotFoundAsync(context);
            }

            path = path[_prefix.Length..];
            escaped = escaped[_prefix.Length..];
        }

        return DispatchAsync(context, new RequestPath(escaped, path));
    }

    private async Task UnpackAndDispatchAsync(HttpContext context, RequestPath path)
    {
        if (await BodyReader.LookAtGzipAsync(context) is { Length: > 0 } error)
        {
            await Answers.ErrorAsync(context, 400, error);
            return;
        }

        await DispatchAsync(context, path, unpacked: true);
    }

    private Task DispatchAsync(HttpContext context, RequestPath path, bool unpacked = false)
    {
        if (!unpacked && BodyReader.IsGzip(context) && !IsApi(path.Text))
        {
            return UnpackAndDispatchAsync(context, path);
        }

        if (Find(path.Text) is { } resource)
        {
            return AnswerAsync(context, path, resource);
        }

        var method = context.Request.Method;
        if (RightPath(path.Text, method) is { } right)
        {
            return Answers.RedirectAsync(context, method is "GET" or "HEAD" ? 301 : 307, _prefix + Escape(right) + context.Request.QueryString.Value);
        }

        if (_api is var (api, options) && (IsApi(path.Text) || path.Text + "/" == api))
        {
            return path.Text.Length < api.Length
                ? Answers.RedirectAsync(context, 307, _prefix + api + context.Request.QueryString.Value)
                : method == "OPTIONS" ? options(context, path) : Answers.NotFoundAsync(context);
        }

        return Answers.NotFoundAsync(context);
    }

    private static Task AnswerAsync(HttpContext context, RequestPath path, Resource resource)
    {
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

    private bool IsApi(string path) => _api is { } api && path.StartsWith(api.Prefix, StringComparison.Ordinal);

    /// <summary>The path in the right case, with or without a slash at its end, where that is one that takes the method; else null.</summary>
    private string? RightPath(string path, string method)
    {
        var other = path.Length > 1 && path[^1] == '/' ? path[..^1] : path + "/";
        if ((_canonical.TryGetValue(path, out var exact) || _canonical.TryGetValue(other, out exact)) && _exact[exact].For(method) is not null)
        {
            return exact;
        }

        foreach (var (prefix, resource) in _below)
        {
            if (path.Length > prefix.Length && path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && resource.For(method) is not null)
            {
                return prefix + path[prefix.Length..];
            }
        }

        return null;
    }

    private static string Escape(string path)
    {
        var escaped = new StringBuilder(path.Length);
        foreach (var b in ByteText.Encode(path))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || "-_.~$&+,/:;=@".Contains((char)b, StringComparison.Ordinal))
            {
                escaped.Append((char)b);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return escaped.ToString();
    }
}
