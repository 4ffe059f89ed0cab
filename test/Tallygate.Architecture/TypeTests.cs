using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tallygate.Architecture;

/// <summary>Rules about the rooms' types, read from the built assemblies.</summary>
public sealed class TypeTests
{
    /// <summary>Every interface of the house and why it is one: a port, or two production implementations.</summary>
    private static readonly Dictionary<string, string> Interfaces = new()
    {
        ["IQueryableStorage"] = "port",
        ["IStorageSnapshot"] = "port",
        ["IQuerier"] = "port",
        ["ISeriesSet"] = "port",
        ["ISeries"] = "port",
        ["ISampleCursor"] = "port",
        ["IAppendableStorage"] = "port",
        ["IAppender"] = "port",
        ["IExemplarAppender"] = "port",
        ["IMetadataAppender"] = "port",
        ["IPushLog"] = "port",
    };

    public static readonly Assembly[] Rooms =
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "Tallygate.*.dll")
            .Where(f => !Path.GetFileName(f).StartsWith("Tallygate.Architecture", StringComparison.Ordinal))
            .Append(Path.Combine(AppContext.BaseDirectory, "tallygate.dll"))
            .Select(Assembly.LoadFrom),
    ];

    [Fact]
    public void Every_room_was_looked_at() =>
        Assert.Equal(Directory.EnumerateDirectories(Checkout.Src).Count(), Rooms.Length);

    [Fact]
    public void Classes_are_sealed_static_or_abstract() => Assert.Empty(
        from type in Types()
        where type.IsClass && !type.IsSealed && !type.IsAbstract && !Types().Any(t => t.BaseType == type || t.BaseType?.IsGenericType == true && t.BaseType.GetGenericTypeDefinition() == type)
        select type.FullName);

    [Fact]
    public void Interfaces_are_ports_or_have_two_implementations() => Assert.Empty(
        from type in Types()
        where type.IsInterface && !Interfaces.ContainsKey(type.Name) && Types().Count(t => !t.IsInterface && t.GetInterfaces().Any(i => Same(i, type))) < 2
        select $"{type.FullName} is an interface with fewer than two implementations and no listed port");

    [Fact]
    public void Namespaces_start_with_their_room() => Assert.Empty(
        from room in Rooms
        where room.GetName().Name != "tallygate"
        from type in room.GetTypes()
        where type.Namespace is { } space && !Hidden(type) && space != room.GetName().Name && !space.StartsWith(room.GetName().Name + ".", StringComparison.Ordinal)
        select type.FullName);

    [Fact]
    public void Room_readmes_and_the_architecture_page_name_only_types_that_exist()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "test"), "*.cs", SearchOption.AllDirectories).Select(f => Path.GetFileNameWithoutExtension(f)!);
        var types = Types().Select(t => t.Name.Split('`')[0]).Concat(tests).ToHashSet();
        var pages = Directory.EnumerateFiles(Checkout.Src, "README.md", SearchOption.AllDirectories).Append(Path.Combine(Checkout.Root, "ARCHITECTURE.md"));
        Assert.Empty(
            from page in pages
            from System.Text.RegularExpressions.Match word in System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(page), @"`([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)`")
            let name = word.Groups[1].Value
            where !types.Contains(name) && !Outside.Contains(name)
            select $"{Path.GetRelativePath(Checkout.Root, page)} names {name}, which does not exist");
    }

    /// <summary>Words in back ticks that are the platform's types or rooms' names, not ours.</summary>
    private static readonly HashSet<string> Outside =
        ["TimeProvider", "PromQL", "PushLog", "HttpClient", "ILogger", "RandomAccess", "BitOperations", "IOException", "ArgumentException", "ValueTask", "IBufferWriter", "Utf8JsonWriter", "CheckMetrics"];

    private static IEnumerable<Type> Types() => Rooms.SelectMany(r => r.GetTypes()).Where(t => !Hidden(t));

    private static bool Same(Type a, Type b) => (a.IsGenericType ? a.GetGenericTypeDefinition() : a) == (b.IsGenericType ? b.GetGenericTypeDefinition() : b);

    private static bool Hidden(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal) || type.IsDefined(typeof(CompilerGeneratedAttribute), false)
        || type.DeclaringType is { } outer && Hidden(outer) || type.FullName!.StartsWith("System.", StringComparison.Ordinal)
        || type.FullName.StartsWith("Microsoft.", StringComparison.Ordinal) || type.Name == "Program";
}
