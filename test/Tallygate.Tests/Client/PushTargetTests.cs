using Tallygate.Client;
using Tallygate.Gateway;
using Tallygate.Model;

namespace Tallygate.Tests.Client;

/// <summary>Any label value reaches the server as it was.</summary>
public sealed class PushTargetTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("with space and % and + and ?#&;")]
    [InlineData("@base64")]
    [InlineData("Zürich ☃")]
    [InlineData("a\\b\"c")]
    public void The_gateway_reads_the_value_that_was_given(string value)
    {
        Assert.True(PushTarget.TryCreate("http://h:1/prefix/", "j " + value, [new("shard", value)], out var target, out _));
        Assert.Equal("http://h:1/prefix", target.Server);
        Assert.Equal("http://h:1/prefix" + target.Path, new Uri(target.Server + target.Path).AbsoluteUri);
        Assert.True(GroupingPath.TryParse(target.Path.AsSpan("/metrics".Length), out var labels, out _));
        Assert.Equal("j " + value, labels.Get("job"));
        Assert.Equal(value, labels.Get("shard"));
    }

    [Theory]
    [InlineData("localhost:9091", "j", "a", "is not the address of a server")]
    [InlineData("ftp://h", "j", "a", "is not the address of a server")]
    [InlineData("http://user:secret@h", "j", "a", "no password in it")]
    [InlineData("http://h", "", "a", "needs a job")]
    [InlineData("http://h", "j", "job", "given by --job")]
    [InlineData("http://h", "j", "1a", "is no label name")]
    [InlineData("http://h", "j", "__a", "is no label name")]
    public void What_cannot_be_is_refused_with_the_reason(string server, string job, string label, string says)
    {
        Assert.False(PushTarget.TryCreate(server, job, [new(label, "v")], out _, out var error));
        Assert.Contains(says, error, StringComparison.Ordinal);
    }
}
