using Tallygate.Model.RegularExpressions;

namespace Tallygate.Tests.Model.RegularExpressions;

public class Re2PatternExpandTests
{
    [Theory]
    [InlineData("(.*)", "a", "$1", "a")]
    [InlineData("(.*)", "a", "x$1y", "x")]
    [InlineData("(.*)", "a", "x${1}y", "xay")]
    [InlineData("(.*)", "a", "$$1 $ ${ ${1 $", "$1 $ ${ ${1 $")]
    [InlineData("(a)(b)?", "a", "$2-$1-$7", "-a-")]
    [InlineData("(?<x>a)", "a", "${x}$nope", "a")]
    [InlineData("a", "a", "", "")]
    public void Groups_fill_the_template_as_in_Go(string pattern, string text, string template, string expected)
    {
        Assert.True(Re2Pattern.Anchored(pattern).TryExpand(text, template, out var expanded));
        Assert.Equal(expected, expanded);
    }

    [Fact]
    public void What_does_not_match_whole_is_not_expanded() => Assert.False(Re2Pattern.Anchored("a").TryExpand("ab", "$0", out _));
}
