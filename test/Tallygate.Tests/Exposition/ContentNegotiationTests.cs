using Tallygate.Exposition;

namespace Tallygate.Tests.Exposition;

public sealed class ContentNegotiationTests
{
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    private const string Text = "text/plain; version=0.0.4; charset=utf-8";

    [Theory]
    [InlineData(null, Text + "; escaping=underscores")]
    [InlineData("", Text + "; escaping=underscores")]
    [InlineData("*/*", Text + "; escaping=underscores")]
    [InlineData("application/json", Text + "; escaping=underscores")]
    [InlineData("text/plain;version=1.0.0", Text + "; escaping=underscores")]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", Text + "; escaping=underscores")]
    [InlineData("application/vnd.google.protobuf", Text + "; escaping=underscores")]
    [InlineData(Protobuf, Protobuf + "; escaping=underscores")]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;q=0.3", Protobuf + "; escaping=underscores")]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.3,text/plain;q=0.7", Text + "; escaping=underscores")]
    [InlineData("text/plain;version=0.0.4;escaping=allow-utf-8;q=0.6", Text + "; escaping=allow-utf-8")]
    [InlineData("text/plain;version=0.0.4;escaping=nonsense", Text + "; escaping=underscores")]
    [InlineData("application/openmetrics-text;escaping=dots,*/*;q=0.1", Text + "; escaping=dots")]
    public void A_scraper_gets_what_it_asks_for_or_text(string? accept, string contentType) =>
        Assert.Equal(contentType, ContentNegotiation.OfScrape(accept).ContentType);

    [Theory]
    [InlineData(null, false)]
    [InlineData("gzip", true)]
    [InlineData("deflate, gzip;q=1.0, *;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip;q=0.5, identity;q=0.1", true)]
    [InlineData("gzip;q=0.1, identity;q=0.5", false)]
    [InlineData("*", false)]
    [InlineData("deflate", false)]
    [InlineData("zstd", false)]
    [InlineData("br", false)]
    [InlineData("GZIP", false)]
    public void Gzip_goes_by_quality(string? acceptEncoding, bool gzip) =>
        Assert.Equal(gzip, ContentNegotiation.UseGzip(acceptEncoding));

    [Theory]
    [InlineData(null, ExpositionFormat.Text)]
    [InlineData("text/plain", ExpositionFormat.Text)]
    [InlineData("application/json", ExpositionFormat.Text)]
    [InlineData("application/vnd.google.protobuf", ExpositionFormat.Text)]
    [InlineData(Protobuf, ExpositionFormat.ProtobufDelimited)]
    [InlineData("APPLICATION/vnd.google.Protobuf; Encoding=\"delimited\"; PROTO=io.prometheus.client.MetricFamily; x=y;", ExpositionFormat.ProtobufDelimited)]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=Delimited", ExpositionFormat.Text)]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text", ExpositionFormat.Text)]
    [InlineData(Protobuf + "; encoding=delimited", ExpositionFormat.Text)]
    [InlineData(Protobuf + "; nonsense", ExpositionFormat.Text)]
    public void A_push_is_protobuf_only_where_it_says_exactly_that(string? contentType, ExpositionFormat format) =>
        Assert.Equal(format, ContentNegotiation.OfPush(contentType));
}
