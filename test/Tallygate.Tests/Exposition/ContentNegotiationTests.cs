using Tallygate.Exposition;

namespace Tallygate.Tests.Exposition;

public sealed class ContentNegotiationTests
{
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    private const string OpenMetrics001 = "application/openmetrics-text; version=0.0.1; charset=utf-8; escaping=underscores";
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
        Assert.Equal(contentType, ContentNegotiation.OfScrape(accept, openMetrics: false).ContentType);

    [Theory]
    [InlineData("application/openmetrics-text", OpenMetrics001)]
    [InlineData("application/openmetrics-text;version=0.0.1;q=0.8,text/plain;q=0.5", OpenMetrics001)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=values", "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=values")]
    [InlineData("application/openmetrics-text;version=2.0.0", Text + "; escaping=underscores")]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.5", Text + "; escaping=underscores")]
    public void OpenMetrics_is_there_where_it_is_switched_on(string? accept, string contentType) =>
        Assert.Equal(contentType, ContentNegotiation.OfScrape(accept, openMetrics: true).ContentType);

    [Theory]
    [InlineData("text", "text")]
    [InlineData("compact-text", "compact-text")]
    [InlineData("nonsense", null)]
    public void P151_protobuf_comes_as_text_too(string encoding, string? given) => Assert.Equal(
        (given is null ? Text : $"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding={given}") + "; escaping=underscores",
        ContentNegotiation.OfScrape("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=" + encoding, openMetrics: false)
            .ContentType);

    [Theory]
    [InlineData(null, ContentCoding.Identity)]
    [InlineData("", ContentCoding.Identity)]
    [InlineData("gzip", ContentCoding.Gzip)]
    [InlineData("zstd", ContentCoding.Zstd)]
    [InlineData("gzip, zstd", ContentCoding.Gzip)]
    [InlineData("zstd, gzip", ContentCoding.Gzip)]
    [InlineData("zstd, gzip;q=0.9", ContentCoding.Zstd)]
    [InlineData("deflate, gzip;q=1.0, *;q=0.5", ContentCoding.Gzip)]
    [InlineData("gzip;q=0", ContentCoding.Identity)]
    [InlineData("gzip;q=0, zstd;q=0", ContentCoding.Identity)]
    [InlineData("gzip;q=0.5, identity;q=0.1", ContentCoding.Gzip)]
    [InlineData("gzip;q=0.1, identity;q=0.5", ContentCoding.Identity)]
    [InlineData("gzip;q=0.5, identity;q=0.5", ContentCoding.Identity)]
    [InlineData("*", ContentCoding.Identity)]
    [InlineData("deflate", ContentCoding.Identity)]
    [InlineData("br", ContentCoding.Identity)]
    [InlineData("GZIP", ContentCoding.Identity)]
    [InlineData("gzip;level=9", ContentCoding.Identity)]
    [InlineData("gzip;q=x, zstd", ContentCoding.Identity)]
    public void The_coding_goes_by_weight(string? acceptEncoding, ContentCoding coding) =>
        Assert.Equal(coding, ContentNegotiation.CodingOf(acceptEncoding));

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
    [InlineData("application/openmetrics-text", ExpositionFormat.OpenMetrics)]
    [InlineData("Application/OpenMetrics-Text; version=1.0.0; charset=utf-8", ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics", ExpositionFormat.Text)]
    public void A_push_has_the_form_that_its_header_says_exactly(string? contentType, ExpositionFormat format) =>
        Assert.Equal(format, ContentNegotiation.OfPush(contentType, openMetrics: true));

    [Fact]
    public void A_push_in_openmetrics_is_text_where_that_is_switched_off() =>
        Assert.Equal(ExpositionFormat.Text, ContentNegotiation.OfPush("application/openmetrics-text", openMetrics: false));
}
