using Tallygate.Model;

namespace Tallygate.Tests.Model;

public sealed class LabelsTests
{
    [Fact]
    public void Sorts_by_name_and_is_equal_by_content()
    {
        var a = Labels.Of("job", "j", "a", "1");
        var b = Labels.Of("a", "1", "job", "j");
        Assert.Equal(a, b);
        Assert.Equal(a.Hash(), b.Hash());
        Assert.Equal("""{a="1", job="j"}""", a.ToString());
    }

    [Fact]
    public void A_prefix_comes_first_and_values_count_before_later_names()
    {
        Assert.True(Labels.Of("a", "1").CompareTo(Labels.Of("a", "1", "b", "0")) < 0);
        Assert.True(Labels.Of("a", "2").CompareTo(Labels.Of("a", "1", "b", "0")) > 0);
        Assert.True(Labels.Of("b", "0").CompareTo(Labels.Of("a", "9")) > 0);
    }

    [Fact]
    public void Order_is_that_of_the_utf8_bytes()
    {
        // U+1F600 is F0 9F .. in UTF-8 and a surrogate pair in UTF-16; U+FFFD is EF BF BD.
        Assert.True(Utf8Order.CompareOrdinal("\U0001F600", "\uFFFD") > 0);
        Assert.True(Utf8Order.CompareOrdinal("a", "ab") < 0);
    }

    [Fact]
    public void With_replaces_or_inserts_in_order()
    {
        var labels = Labels.Of("b", "1");
        Assert.Equal(Labels.Of("a", "0", "b", "1"), labels.With("a", "0"));
        Assert.Equal(Labels.Of("b", "2"), labels.With("b", "2"));
        Assert.Equal(Labels.Of("b", "1", "c", ""), labels.With("c", ""));
        Assert.Equal(labels, labels.With("c", "").WithoutEmpty());
    }

    [Fact]
    public void A_name_twice_is_refused() => Assert.Throws<ArgumentException>(() => Labels.Of("a", "1", "a", "2"));

    [Fact]
    public void Quotes_as_Go_does() => Assert.Equal("\"a\\\"\\n\\x01ä\\u200b\"", GoQuote.Quote("a\"\n\u0001ä\u200b"));
}
