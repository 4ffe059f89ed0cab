using Microsoft.AspNetCore.Http;

namespace Tallygate.Server.Http;

/// <summary>Answers one request.</summary>
internal delegate Task Responder(HttpContext context, RequestPath path);
