namespace Tallygate.Server.Http;

/// <summary>What stands at one path: an endpoint for each method. HEAD goes to GET; the server leaves the body out.</summary>
internal sealed class Resource
{
    public Responder? Get { get; init; }

    public Responder? Post { get; init; }

    public Responder? Put { get; init; }

    public Responder? Delete { get; init; }

    /// <summary>Answers OPTIONS; where it is null the answer is 200 with the allowed methods.</summary>
    public Responder? Options { get; init; }

    /// <summary>The methods for the header <c>Allow</c>, as the Pushgateway's router lists them.</summary>
    public string Allow { get => field ??= ListMethods(); }

    /// <summary>The endpoint for the method; null where the method is not allowed.</summary>
    public Responder? For(string method) => method switch
    {
        "GET" or "HEAD" => Get,
        "POST" => Post,
        "PUT" => Put,
        "DELETE" => Delete,
        "OPTIONS" => Options,
        _ => null,
    };

    private string ListMethods()
    {
        var methods = new List<string>();
        Add(Delete, "DELETE");
        Add(Get, "GET");
        methods.Add("OPTIONS");
        Add(Post, "POST");
        Add(Put, "PUT");
        return string.Join(", ", methods);

        void Add(Responder? endpoint, string method)
        {
            if (endpoint is not null)
            {
                methods.Add(method);
            }
        }
    }
}
