using CsCheck;
using Tallygate.Model;

namespace Tallygate.Tests.Model;

public sealed class NameEscapingTests
{
    [Theory]
    [InlineData("", "", "", "")]
    [InlineData("plain_name:total", "plain_name:total", "plain_name:total", "plain_name:total")]
    [InlineData("http.status:sum", "http_status:sum", "http_dot_status:sum", "U__http_2e_status:sum")]
    [InlineData("label with_blank", "label_with_blank", "label__with__blank", "U__label_20_with__blank")]
    [InlineData("1st", "_st", "__st", "U___31_st")]
    [InlineData("label with 😱", "label_with__", "label__with____", "U__label_20_with_20__1f631_")]
    [InlineData("花火", "__", "____", "U___82b1__706b_")]
    [InlineData("a\n", "a_", "a__", "U__a_a_")]
    public void Each_scheme_writes_names_as_upstream(string name, string underscores, string dots, string values)
    {
        Assert.Equal(name, NameEscaping.Escape(name, EscapingScheme.AllowUtf8, isLabel: false));
        Assert.Equal(underscores, NameEscaping.Escape(name, EscapingScheme.Underscores, isLabel: false));
        Assert.Equal(dots, NameEscaping.Escape(name, EscapingScheme.Dots, isLabel: false));
        Assert.Equal(values, NameEscaping.Escape(name, EscapingScheme.Values, isLabel: false));
    }

    [Fact]
    public void A_byte_that_is_no_utf8_counts_as_one_unknown_character()
    {
        Assert.Equal("x_", NameEscaping.Escape("x\udcff", EscapingScheme.Underscores, isLabel: false));
        Assert.Equal("U__x_fffd_", NameEscaping.Escape("x\udcff", EscapingScheme.Values, isLabel: false));
    }

    [Fact]
    public void Labels_have_no_colons()
    {
        Assert.Equal("a_b", NameEscaping.Escape("a:b", EscapingScheme.Underscores, isLabel: true));
        Assert.Equal("U__a_3a_b", NameEscaping.Escape("a:b", EscapingScheme.Values, isLabel: true));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("U__", "")]
    [InlineData("no_prefix", "no_prefix")]
    [InlineData("U__dotted_2e_label_2e_name", "dotted.label.name")]
    [InlineData("U__upper_2E_", "upper.")]
    [InlineData("U__a__b", "a_b")]
    [InlineData("U___55_____x", "U__x")]
    [InlineData("U___10ffff_", "\U0010ffff")]
    [InlineData("U__open_2e", "U__open_2e")]
    [InlineData("U__open_", "U__open_")]
    [InlineData("U__no_xyz_", "U__no_xyz_")]
    [InlineData("U__long_0000002e_", "U__long_0000002e_")]
    [InlineData("U__surrogate_d900_", "U__surrogate_d900_")]
    [InlineData("U__beyond_110000_", "U__beyond_110000_")]
    public void P231_values_are_reversed_or_left_alone(string escaped, string name) => Assert.Equal(name, NameEscaping.UnescapeValues(escaped));

    [Fact]
    public void Every_name_survives_values_and_every_scheme_gives_a_name_of_the_old_pattern() =>
        Gen.Select(Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, Gen.OneOf("_:.-U \n\"\\é日".ToCharArray())), 1, 12], Gen.Bool).Sample((name, isLabel) =>
        {
            for (var scheme = EscapingScheme.Underscores; scheme <= EscapingScheme.Values; scheme++)
            {
                Assert.True(NameValidation.IsLegacyName(NameEscaping.Escape(name, scheme, isLabel), isLabel));
            }

            var escaped = NameEscaping.Escape(name, EscapingScheme.Values, isLabel);
            if (escaped != name)
            {
                Assert.Equal(name, NameEscaping.UnescapeValues(escaped));
            }
        });

    [Fact]
    public void Schemes_have_the_words_of_the_headers()
    {
        foreach (var scheme in Enum.GetValues<EscapingScheme>())
        {
            Assert.True(NameEscaping.TryParse(NameEscaping.NameOf(scheme), out var parsed));
            Assert.Equal(scheme, parsed);
        }

        Assert.False(NameEscaping.TryParse("nonsense", out _));
    }

    [Fact]
    public void Escaping_into_a_buffer_allocates_nothing()
    {
        var buffer = new byte[NameEscaping.MaxLength(32)];
        Assert.Equal(0, Tallygate.Testing.Allocations.Least(() => NameEscaping.Escape("dotted.label.name", EscapingScheme.Values, isLabel: true, buffer)));
    }
}
