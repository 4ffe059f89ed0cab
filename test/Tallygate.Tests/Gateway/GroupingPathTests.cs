using System.Text.Json;
using Tallygate.Gateway;
using Tallygate.Model;
using Tallygate.Testing;

namespace Tallygate.Tests.Gateway;

public sealed class GroupingPathTests
{
    [Theory]
    [InlineData("P20", "/job/j1", "{job=\"j1\"}")]
    [InlineData("P21", "/job/a/x/1/b/c", "{b=\"c\", job=\"a\", x=\"1\"}")]
    [InlineData("P22", "/job/a/x/1/x/2", "{job=\"a\", x=\"2\"}")]
    [InlineData("P23", "/job/a/job/b", "{job=\"a\"}")]
    [InlineData("P23", "/job/a/job@base64/Yg", "{job=\"a\"}")]
    [InlineData("P25", "/job/a/", "{job=\"a\"}")]
    [InlineData("P26", "/job/a/b/", "{b=\"\", job=\"a\"}")]
    [InlineData("P27", "/job/a/x@base64/=", "{job=\"a\", x=\"\"}")]
    [InlineData("P27", "/job/a/x@base64/==", "{job=\"a\", x=\"\"}")]
    [InlineData("P27", "/job/a/x@base64/", "{job=\"a\", x=\"\"}")]
    [InlineData("P31", "/job@base64/YQ", "{job=\"a\"}")]
    [InlineData("P31", "/job@base64/YQ=", "{job=\"a\"}")]
    [InlineData("P31", "/job@base64/YQ==", "{job=\"a\"}")]
    [InlineData("P33", "/job@base64/YR", "{job=\"a\"}")]
    [InlineData("P33", "/job@base64/YQ%0A", "{job=\"a\"}")]
    [InlineData("P35", "/job/a/x%40base64/YQ", "{job=\"a\", x=\"a\"}")]
    [InlineData("P37", "/job/a/_x/1", "{_x=\"1\", job=\"a\"}")]
    [InlineData("P38", "/job/a/le/1/quantile/2/instance/3", "{instance=\"3\", job=\"a\", le=\"1\", quantile=\"2\"}")]
    [InlineData("P39", "/job/a%20b", "{job=\"a b\"}")]
    [InlineData("P39", "/job/%CE%A0", "{job=\"Π\"}")]
    [InlineData("P39", "/job/a%00%0A", "{job=\"a\\x00\\n\"}")]
    [InlineData("P40", "/job/my+job", "{job=\"my+job\"}")]
    [InlineData("P42", "/job/a/x/%2Fvar%2Ffoo", "{job=\"a\", var=\"foo\", x=\"\"}")]
    [InlineData("P48", "/job/%FF", "{job=\"\\xff\"}")]
    [InlineData("P48", "/job@base64/_w", "{job=\"\\xff\"}")]
    [InlineData("P314", "/job/a/U__label_2e_name2/b", "{U__label_2e_name2=\"b\", job=\"a\"}")]
    public void A_good_path_names_a_group(string row, string path, string grouping)
    {
        Assert.True(GroupingPath.TryParse(path, out var labels, out var error), row + ": " + error.Text);
        Assert.Equal(grouping, labels.ToString());
    }

    [Theory]
    [InlineData("P315", "/job/a/U__label_2e_name2/b", "{job=\"a\", \"label.name2\"=\"b\"}")]
    [InlineData("P315", "/job/a/U__label_2e_name2@base64/Yg", "{job=\"a\", \"label.name2\"=\"b\"}")]
    [InlineData("P231", "/job/a/U___55_____x/b", "{U__x=\"b\", job=\"a\"}")]
    [InlineData("P231", "/job/a/U__wrong_x_/b", "{U__wrong_x_=\"b\", job=\"a\"}")]
    [InlineData("P232", "/job/a/foo.bar/baz", "{\"foo.bar\"=\"baz\", job=\"a\"}")]
    [InlineData("P232", "/job/a/%CE%A0@base64/Yg", "{job=\"a\", \"Π\"=\"b\"}")]
    [InlineData("P232", "/job/U__a_2e_b", "{job=\"U__a_2e_b\"}")]
    [InlineData("P232", "/job/a/U______x/1", "{__x=\"1\", job=\"a\"}")]
    [InlineData("P23", "/job/a/U__job/b", "{job=\"a\"}")]
    public void With_utf8_names_labels_have_any_name(string row, string path, string grouping)
    {
        Assert.True(GroupingPath.TryParse(path, out var labels, out var error, utf8Names: true), row + ": " + error.Text);
        Assert.Equal(grouping, labels.ToString());
    }

    [Theory]
    [InlineData("P37", "/job/a/__x/1", "improper label name \"__x\"")]
    [InlineData("P35", "/job/a/@base64/YQ", "improper label name \"\"")]
    [InlineData("P36", "/job/a/%FF/YQ", "improper label name \"\\xff\"")]
    public void With_utf8_names_reserved_and_broken_ones_are_refused_all_the_same(string row, string path, string text)
    {
        Assert.False(GroupingPath.TryParse(path, out _, out var error, utf8Names: true), row);
        Assert.Equal((400, text), (error.Status, error.Text));
    }

    [Theory]
    [InlineData("P24", "/job/a/b", 400, "odd number of components in label string \"/b\"")]
    [InlineData("P24", "/job/a/b/c/", 400, "odd number of components in label string \"/b/c/\"")]
    [InlineData("P24", "/job/a/b/c/d", 400, "odd number of components in label string \"/b/c/d\"")]
    [InlineData("P29", "/job@base64/=", 400, "job name is required")]
    [InlineData("P30", "/job@base64/", 404, "404 page not found")]
    [InlineData("P16", "/job", 404, "404 page not found")]
    [InlineData("P16", "/jobs/x", 404, "404 page not found")]
    [InlineData("P16", "/instance/b/job/a", 404, "404 page not found")]
    [InlineData("P31", "/job/a/x@base64/a+b", 400, "invalid base64 encoding for label x=\"a+b\": illegal base64 data at input byte 1")]
    [InlineData("P31", "/job/a/x@base64/a%2Bb", 400, "invalid base64 encoding for label x=\"a+b\": illegal base64 data at input byte 1")]
    [InlineData("P32", "/job/a/x@base64/Y=Q", 400, "invalid base64 encoding for label x=\"Y=Q\": illegal base64 data at input byte 1")]
    [InlineData("P34", "/job@base64/!!", 400, "invalid base64 encoding in job name \"\": illegal base64 data at input byte 0")]
    [InlineData("P34", "/job@base64/YWJj!", 400, "invalid base64 encoding in job name \"abc\": illegal base64 data at input byte 4")]
    [InlineData("P35", "/job/a/x@BASE64/YQ", 400, "improper label name \"x@BASE64\"")]
    [InlineData("P35", "/job/a/x@base64@base64/YQ", 400, "improper label name \"x@base64\"")]
    [InlineData("P35", "/job/a/@base64/YQ", 400, "improper label name \"\"")]
    [InlineData("P36", "/job/a/x-y/1", 400, "improper label name \"x-y\"")]
    [InlineData("P36", "/job/a/1x/1", 400, "improper label name \"1x\"")]
    [InlineData("P36", "/job/a/x%20/1", 400, "improper label name \"x \"")]
    [InlineData("P36", "/job/a/a:b/1", 400, "improper label name \"a:b\"")]
    [InlineData("P37", "/job/a/__x/1", 400, "improper label name \"__x\"")]
    [InlineData("P41", "/job/a%2Fb", 400, "odd number of components in label string \"/b\"")]
    [InlineData("P42", "/job/a/x/%2Fvar", 400, "odd number of components in label string \"/x//var\"")]
    [InlineData("P43", "/job/c%", 400, "400 Bad Request")]
    [InlineData("P60", "/job@base64/=/x-y/1", 400, "improper label name \"x-y\"")]
    [InlineData("P60", "/job@base64/!/x-y/1", 400, "invalid base64 encoding in job name \"\": illegal base64 data at input byte 0")]
    public void A_bad_path_is_refused_with_the_exact_text(string row, string path, int status, string text)
    {
        Assert.False(GroupingPath.TryParse(path, out _, out var error), row);
        Assert.Equal((status, text), (error.Status, error.Text));
    }

    [Fact]
    public void Every_path_of_the_corpus_names_its_group()
    {
        if (Corpora.PathOf("push/push-cases.jsonl") is not { } file)
        {
            Assert.Skip("the corpus push/ is missing");
            return;
        }

        var cases = 0;
        foreach (var line in File.ReadLines(file))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.GetProperty("kind").GetString() != "path" || root.TryGetProperty("needs", out _))
            {
                continue;
            }

            cases++;
            var parsed = GroupingPath.TryParse(root.GetProperty("path").GetString().AsSpan("/metrics".Length), out var labels, out _);
            Assert.Equal(root.GetProperty("outcome").GetString() == "ok", parsed);
            if (parsed)
            {
                var expected = root.GetProperty("grouping").EnumerateObject().Select(p => new Label(p.Name, p.Value.GetString()!)).ToArray();
                Assert.Equal(Labels.From(expected), labels);
            }
        }

        Assert.True(cases >= 10);
    }
}
