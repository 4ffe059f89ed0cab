using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Tallygate.Model;
using Tallygate.Scrape.Relabeling;

namespace Tallygate.Tests.Scrape.Relabeling;

public class RelabelerTests
{
    private static readonly Labels Abc = Labels.Of("a", "foo", "b", "bar", "c", "baz");

    private static Labels? Run(Labels labels, params RelabelConfig[] configs)
    {
        Assert.True(Relabeler.TryCreate(configs, out var relabeler, out _, out var problem), problem);
        var builder = new LabelsBuilder(labels);
        return relabeler.Apply(builder) ? builder.ToLabels() : null;
    }

    private static string Refusal(RelabelConfig config)
    {
        Assert.False(Relabeler.TryCreate([new RelabelConfig { TargetLabel = "x" }, config], out _, out var step, out var problem));
        Assert.Equal(1, step);
        return problem;
    }

    [Fact]
    public void Replace_sets_the_target_where_the_whole_source_matches()
    {
        var replace = new RelabelConfig { SourceLabels = ["a"], Regex = "f(.*)", TargetLabel = "d", Replacement = "ch${1}-ch${1}" };
        Assert.Equal(Abc.With("d", "choo-choo"), Run(Abc, replace));
        Assert.Equal(Abc, Run(Abc, replace with { Regex = "o" }));
    }

    [Fact]
    public void Replace_joins_several_sources_with_the_separator() => Assert.Equal(
        Abc.With("d", "bar-foo"),
        Run(Abc, new RelabelConfig { SourceLabels = ["a", "b"], Regex = "(.*);(.*)", TargetLabel = "d", Replacement = "$2-$1" }));

    [Fact]
    public void Replace_with_nothing_takes_the_label_away() => Assert.Equal(
        Abc.Without("a"), Run(Abc, new RelabelConfig { SourceLabels = ["b"], TargetLabel = "a", Replacement = "" }));

    [Fact]
    public void Replace_may_name_its_target_by_a_group() => Assert.Equal(
        Abc.With("foo", "x"), Run(Abc, new RelabelConfig { SourceLabels = ["a"], TargetLabel = "${1}", Replacement = "x" }));

    [Fact]
    public void Replace_without_a_source_works_on_the_empty_text() =>
        Assert.Equal(Abc.With("d", "x"), Run(Abc, new RelabelConfig { TargetLabel = "d", Replacement = "x" }));

    [Fact]
    public void Keep_and_drop_are_each_others_opposite()
    {
        var keep = new RelabelConfig { Action = RelabelAction.Keep, SourceLabels = ["a"], Regex = "fo+" };
        Assert.Equal(Abc, Run(Abc, keep));
        Assert.Null(Run(Abc, keep with { Regex = "fo" }));
        Assert.Null(Run(Abc, keep with { Action = RelabelAction.Drop }));
        Assert.Equal(Abc, Run(Abc, keep with { Action = RelabelAction.Drop, Regex = "fo" }));
    }

    [Fact]
    public void Keepequal_and_dropequal_compare_with_the_target()
    {
        var labels = Labels.Of("__port1", "1", "__port2", "1", "__port3", "2");
        var keep = new RelabelConfig { Action = RelabelAction.KeepEqual, SourceLabels = ["__port1"], TargetLabel = "__port2" };
        Assert.NotNull(Run(labels, keep));
        Assert.Null(Run(labels, keep with { TargetLabel = "__port3" }));
        Assert.Null(Run(labels, keep with { Action = RelabelAction.DropEqual }));
        Assert.NotNull(Run(labels, keep with { Action = RelabelAction.DropEqual, TargetLabel = "__port3" }));
    }

    [Fact]
    public void Labelmap_copies_by_name_and_does_not_map_its_own_results() => Assert.Equal(
        Labels.Of("meta_meta_x", "1", "meta_x", "1"),
        Run(Labels.Of("meta_meta_x", "1"), new RelabelConfig { Action = RelabelAction.LabelMap, Regex = "meta_(.*)" }));

    [Fact]
    public void Labeldrop_and_labelkeep_look_at_names()
    {
        Assert.Equal(
            Labels.Of("c", "baz"), Run(Abc, new RelabelConfig { Action = RelabelAction.LabelDrop, Regex = "a|b" }));
        Assert.Equal(
            Labels.Of("a", "foo", "b", "bar"), Run(Abc, new RelabelConfig { Action = RelabelAction.LabelKeep, Regex = "a|b" }));
    }

    [Fact]
    public void Cases_change() => Assert.Equal(
        Labels.Of("a", "fOo", "l", "foo", "u", "FOO"),
        Run(
            Labels.Of("a", "fOo"),
            new RelabelConfig { Action = RelabelAction.Lowercase, SourceLabels = ["a"], TargetLabel = "l" },
            new RelabelConfig { Action = RelabelAction.Uppercase, SourceLabels = ["a"], TargetLabel = "u" }));

    [Theory]
    [InlineData("baz", 1000UL, 976UL)]
    public void Hashmod_gives_what_Prometheus_gives(string source, ulong modulus, ulong expected) =>
        Assert.Equal(expected, RelabelStep.HashMod(source, modulus));

    [Fact]
    public void Hashmod_is_the_tail_of_the_MD5_as_a_big_number() => Gen.Select(Gen.String, Gen.ULong[1, ulong.MaxValue]).Sample((text, modulus) =>
    {
#pragma warning disable CA5351
        var md5 = MD5.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5351
        var tail = BigInteger.Zero;
        foreach (var octet in md5[8..])
        {
            tail = (tail * 256) + octet;
        }

        Assert.Equal((ulong)(tail % modulus), RelabelStep.HashMod(text, modulus));
    });

    [Fact]
    public void Hashmod_spreads_targets_over_all_shards_and_always_the_same_way()
    {
        var config = new RelabelConfig { Action = RelabelAction.HashMod, SourceLabels = ["__address__"], TargetLabel = "shard", Modulus = 7 };
        Gen.String[Gen.Char.AlphaNumeric, 1, 20].Sample(address =>
        {
            var shard = Run(Labels.Of("__address__", address), config)!.Get("shard");
            Assert.InRange(int.Parse(shard), 0, 6);
            Assert.Equal(shard, Run(Labels.Of("__address__", address, "other", "x"), config)!.Get("shard"));
        });
    }

    [Fact]
    public void Faulty_steps_are_refused_in_the_words_of_Prometheus()
    {
        Assert.Equal(
            "relabel configuration for hashmod requires non-zero modulus",
            Refusal(new RelabelConfig { Action = RelabelAction.HashMod, TargetLabel = "x" }));
        Assert.Equal("relabel configuration for replace action requires 'target_label' value", Refusal(new RelabelConfig()));
        Assert.Equal(
            "'replacement' can not be set for lowercase action",
            Refusal(new RelabelConfig { Action = RelabelAction.Lowercase, TargetLabel = "x", Replacement = "y" }));
        Assert.Equal(
            "labeldrop action requires only 'regex', and no other fields",
            Refusal(new RelabelConfig { Action = RelabelAction.LabelDrop, SourceLabels = ["x"] }));
        Assert.Equal(
            "dropequal action requires only 'source_labels' and `target_label`, and no other fields",
            Refusal(new RelabelConfig { Action = RelabelAction.DropEqual, SourceLabels = ["x"], TargetLabel = "y", Regex = "z" }));
        Assert.NotEmpty(Refusal(new RelabelConfig { TargetLabel = "x", Regex = "(" }));
    }
}
