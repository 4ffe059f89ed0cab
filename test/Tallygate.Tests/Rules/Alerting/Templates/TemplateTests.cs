using CsCheck;
using Tallygate.Rules.Alerting;

namespace Tallygate.Tests.Rules.Alerting.Templates;

public class TemplateTests
{
    /// <summary>Pieces of templates, so that random texts are often nearly right.</summary>
    private static readonly string[] Pieces =
    [
        "{{", "}}", "{{-", "-}}", " ", " ", " ", "\n", "(", ")", "|", ":=", "=", ",", ".", "$", "$x", "$labels", "$value", ".Labels", ".job", "\"a\"",
        "`%d`", "'c'", "1", "-2.5", "1e300", "0x1f", "nil", "true", "if", "else", "end", "range", "with", "define", "template", "block",
        "break", "continue", "query", "first", "value", "label", "printf", "print", "index", "slice", "len", "eq", "lt", "and", "or", "not", "html",
        "js", "urlquery", "humanize", "humanizeDuration", "toTime", "toDuration", "match", "reReplaceAll", "title", "args", "tmpl", "stripDomain",
        "\"metric\"", "\"%*.*f %[2]x %q\"", "\"2006 .000\"", ".Format", "/*", "*/", "{{end}}", "{{else}}", "{{range $i, $e := query \"metric\"}}",
        "{{define \"a\"}}", "{{template \"a\" .}}", "é", "\ud800", "\0",
    ];

    private static readonly Gen<string> AnyPiece = Gen.Int[0, Pieces.Length - 1].Select(static i => Pieces[i]);

    private static readonly Gen<string> AnyTemplate =
        Gen.OneOf(AnyPiece, AnyPiece, Gen.String[0, 4]).Array[0, 24].Select(string.Concat);

    private static readonly Gen<string> AnyAction =
        AnyPiece.Array[1, 6].Select(static words => "{{ " + string.Join(' ', words) + " }}");

    [Fact]
    public void Every_template_gives_what_Prometheus_gives()
    {
        var wrong = TemplateGoldens.All
            .Select(static g => (g.Template, g.Text, Ours: TemplateBench.Problem(g.Template) ?? TemplateBench.Expand(g.Template)))
            .Where(static g => g.Ours != g.Text)
            .Select(static g => $"{g.Template}\n  wanted {g.Text}\n  got    {g.Ours}");
        Assert.True(!wrong.Any(), string.Join("\n", wrong));
    }

    [Fact]
    public void Every_wrong_template_is_refused_in_the_words_of_Prometheus()
    {
        var wrong = ParseGoldens.All
            .Select(static g => (g.Template, g.Problem, Ours: TemplateBench.Problem(g.Template)?.Replace("template: __alert_X:", "")))
            .Where(static g => g.Ours != g.Problem)
            .Select(static g => $"{g.Template}\n  wanted {g.Problem}\n  got    {g.Ours}");
        Assert.True(!wrong.Any(), string.Join("\n", wrong));
    }

    [Theory]
    [InlineData("{{ externalURL }} {{ $externalURL }} {{ .ExternalURL }}", "http://ex.org:9090/pre http://ex.org:9090/pre http://ex.org:9090/pre")]
    [InlineData("{{ pathPrefix }}", "/pre")]
    [InlineData("{{ now }} {{ (toTime now).Unix }}", "60 60")]
    [InlineData("{{ toDuration 3725.5 }} {{ toDuration 0.0015 }} {{ toDuration 0 }} {{ (toDuration 90).Minutes }}", "1h2m5.5s 1.5ms 0s 1.5")]
    [InlineData("{{ (toTime 60).Sub (toTime 0) }} {{ ((toTime 0).Add (toDuration 5)).Second }}", "1m0s 5")]
    [InlineData("{{ urlQueryEscape \"a b/é\" }}", "a+b%2F%C3%A9")]
    [InlineData("{{ define \"t\" }}<{{ . }}>{{ end }}{{ tmpl \"t\" 5 }}", "<5>")]
    [InlineData("{{ parseDuration \"-1m\" }}", "-60")]
    [InlineData("{{ range 3 }}{{ . }}{{ end }} {{ range $i := 2 }}{{ $i }}{{ end }}{{ range 0 }}x{{ else }}none{{ end }}", "012 01none")]
    [InlineData("{{ with 0 }}a{{ else with 5 }}{{ . }}{{ end }}", "5")]
    [InlineData("{{ range $i, $e := query \"metric\" }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ range 3 }}{{ if eq . 1 }}{{ break }}{{ end }}{{ . }}{{ end }}{{ end }}", "0")]
    [InlineData("{{ $i := 0 }}{{ range $i = 3 }}{{ end }}{{ $i }}", "2")]
    [InlineData("{{ title \"foo-bar it's a.b x_y\" }}", "Foo-Bar It's A.b X_y")]
    public void What_later_versions_added(string template, string text) => Assert.Equal(text, TemplateBench.Expand(template));

    [Theory]
    [InlineData("{{ define \"t\" }}{{ template \"t\" . }}{{ end }}{{ template \"t\" . }}", "exceeded maximum template depth")]
    [InlineData("{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}", "too many steps")]
    [InlineData("{{ $x := \"ab\" }}{{ range 1000 }}{{ $x = print $x $x }}{{ end }}", "too long")]
    [InlineData("{{ range 1000 }}{{ printf \"%1000000d\" 1 }}{{ end }}", "too long")]
    public void Expansion_has_bounds(string template, string how)
    {
        var text = TemplateBench.Expand(template);
        Assert.StartsWith("<error expanding template: ", text);
        Assert.Contains(how, text);
    }

    [Fact]
    public void Depth_has_bounds()
    {
        const int Deep = 200_000;
        Assert.Contains("max expression depth", TemplateBench.Problem($"{{{{ {new string('(', Deep)}1{new string(')', Deep)} }}}}"));
        Assert.Contains("max expression depth", TemplateBench.Problem(string.Concat(Enumerable.Repeat("{{ if 1 }}", Deep))));
    }

    [Fact]
    public void A_text_that_is_no_template_says_so_when_it_is_expanded_all_the_same() => Assert.Equal(
        "<error expanding template: error parsing template __alert_X: template: __alert_X:1: function \"nope\" not defined>",
        new TemplateText("X", "{{ nope }}").Expand(TemplateBench.Context, out _));

    [Fact]
    public void Text_without_actions_stands_for_itself() => Gen.String.Sample(static text =>
        text.Contains("{{", StringComparison.Ordinal) || TemplateBench.Expand(text) == text);

    [Fact]
    public void No_text_breaks_more_than_itself() => Gen.OneOf(AnyTemplate, AnyAction).Sample(
        static source =>
        {
            var text = new TemplateText("X", source);
            var expanded = text.Expand(TemplateBench.Context, out var problem);
            return problem is null == !expanded.StartsWith("<error expanding template: ", StringComparison.Ordinal)
                && text.Problem?.StartsWith("template: __alert_X:", StringComparison.Ordinal) != false;
        },
        iter: 20_000);
}
