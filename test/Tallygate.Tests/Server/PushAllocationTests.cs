using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Server.Composition;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;
using Tallygate.Server.PushgatewayApi;
using Tallygate.Server.Telemetry;
using Tallygate.Tests.Exposition;

namespace Tallygate.Tests.Server;

/// <summary>
/// What a whole push allocates, from the body's bytes to the answer, on every thread that has a hand in it: nothing else may run meanwhile.
/// </summary>
[CollectionDefinition(nameof(PushAllocationTests), DisableParallelization = true)]
[Collection(nameof(PushAllocationTests))]
public sealed class PushAllocationTests(ITestOutputHelper output)
{
    private const int Pushes = 50;

    [Theory]
    [InlineData(false, 6_500)]
    [InlineData(true, 12_500)]
    public async Task A_push_stays_within_its_budget(bool ordinary, long budget)
    {
        var folder = Directory.CreateTempSubdirectory("tallygate-test-").FullName;
        try
        {
            var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(2) };
            await using var server = TallygateServer.Create(new ServerOptions { StoragePath = folder }, new ServerSetup { Time = time });
            await server.OpenAsync();
            var endpoints = new PushEndpoints(server.Gateway, new ServerOptions(), new RequestCounters(time), time, NullLogger.Instance);
            var dispatcher = new Dispatcher("");
            dispatcher.Add("/metrics/job/*", new Resource { Put = endpoints.ReplaceAsync });
            var body = ordinary ? PushBody.Utf8 : "records_processed 42\n"u8.ToArray();
            var least = long.MaxValue;
            for (var round = 0; round < 8; round++)
            {
                // What stands in for the sockets is made before.
                var contexts = Enumerable.Range(0, Pushes).Select(_ => Request("/metrics/job/nightly/instance/host-1", body)).ToArray();
                var before = GC.GetTotalAllocatedBytes(precise: true);
                foreach (var context in contexts)
                {
                    await dispatcher.HandleAsync(context);
                }

                least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / Pushes);
                Assert.All(contexts, context => Assert.Equal(200, context.Response.StatusCode));
            }

            output.WriteLine($"{least} bytes per push of {body.Length} bytes");
            Assert.InRange(least, 1, budget);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DefaultHttpContext Request(string target, byte[] body)
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = "PUT", RawTarget = target, Path = target, Protocol = "HTTP/1.1" });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature { StatusCode = 0 });
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IRequestBodyPipeFeature>(new Body(PipeReader.Create(new ReadOnlySequence<byte>(body))));
        var context = new DefaultHttpContext(features);
        context.Request.ContentLength = body.Length;
        return context;
    }

    private sealed class Body(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }
}
