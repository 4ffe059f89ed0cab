using System.Text.RegularExpressions;

namespace Tallygate.Architecture;

/// <summary>Rules about the text of the rooms' sources.</summary>
public sealed partial class SourceTests
{
    private const int Wall = 500;

    [Fact]
    public void No_file_is_longer_than_the_wall() => Assert.Empty(
        from source in Checkout.Sources()
        let lines = source.Text.AsSpan().Count('\n')
        where lines > Wall && !source.Text.StartsWith("// A table:", StringComparison.Ordinal)
        select $"{source.Path} has {lines} lines; {Wall} is the wall");

    [Fact]
    public void Partial_stands_only_where_a_source_generator_needs_it() => Assert.Empty(
        from source in Checkout.Sources()
        where PartialType().IsMatch(source.Text) && !Generator().IsMatch(source.Text)
        select $"{source.Path} is partial without a source generator");

    [Fact]
    public void Wall_clock_is_read_through_TimeProvider_only() => Assert.Empty(
        from source in Checkout.Sources()
        where WallClock().IsMatch(source.Text)
        select $"{source.Path} reads the wall clock; use TimeProvider");

    [Fact]
    public void Only_the_program_talks_to_the_console() => Assert.Empty(
        from source in Checkout.Sources()
        where !source.Path.StartsWith("Cli/", StringComparison.Ordinal) && ConsoleUse().IsMatch(source.Text)
        select $"{source.Path} uses the console");

    [Fact]
    public void Holes_are_not_left_open() => Assert.Empty(
        from source in Checkout.Sources()
        where Hole().IsMatch(source.Text)
        select $"{source.Path} admits a hole (not implemented, to do, fix me)");

    [Fact]
    public void Files_are_touched_only_by_the_rooms_that_own_some() => Assert.Empty(
        from source in Checkout.Sources()
        where FileUse().IsMatch(source.Text)
        let room = source.Path.Split('/')[0]
        where room is not ("Wal" or "Client" or "PushLog" or "Tsdb" or "Server" or "Cli")
        select $"{source.Path} touches files");

    [Fact]
    public void Warnings_are_silenced_only_with_a_reason() => Assert.Empty(
        from source in Checkout.Sources()
        from Match pragma in Pragma().Matches(source.Text)
        where !pragma.Value.Contains("//", StringComparison.Ordinal)
        select $"{source.Path}: {pragma.Value.Trim()} states no reason");

    [GeneratedRegex(@"\bpartial\s+(class|struct|record|interface)\b")]
    private static partial Regex PartialType();

    [GeneratedRegex(@"\[(LoggerMessage|LibraryImport|GeneratedRegex)")]
    private static partial Regex Generator();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b|\bStopwatch\.StartNew\b|Environment\.TickCount")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"\bConsole\.\w")]
    private static partial Regex ConsoleUse();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\b(File|Directory)\.(Open|Read|Write|Append|Create|Delete|Move|Enumerate|Exists)\w*\(|\bRandomAccess\.|new FileStream\(")]
    private static partial Regex FileUse();

    [GeneratedRegex(@"#pragma warning disable[^\n]*")]
    private static partial Regex Pragma();
}
