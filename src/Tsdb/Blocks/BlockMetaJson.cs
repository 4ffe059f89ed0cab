using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Blocks;

/// <summary>
/// Writes and reads <c>meta.json</c>. Under the key <c>tallygate</c>, which other programs pass over, stand the checksums of the
/// block's files, and of this file itself with the digits of its own checksum as zeros. See docs/formats/block.md.
/// </summary>
internal static class BlockMetaJson
{
    private const int Version = 1;
    private const int SealVersion = 1;
    private static ReadOnlySpan<byte> NoCrc => "00000000"u8;

    private static readonly JsonWriterOptions _indented = new()
    {
        Indented = true,
        IndentCharacter = '\t',
        IndentSize = 1,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(BlockMeta meta)
    {
        var target = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(target, _indented))
        {
            json.WriteStartObject();
            json.WriteString("ulid"u8, meta.Ulid);
            json.WriteNumber("minTime"u8, meta.MinTime);
            json.WriteNumber("maxTime"u8, meta.MaxTime);
            WriteStats(json, meta.Stats);
            WriteCompaction(json, meta);
            json.WriteNumber("version"u8, Version);
            if (meta.Seal is not null)
            {
                WriteSeal(json, meta.Seal);
            }

            json.WriteEndObject();
        }

        var bytes = target.WrittenSpan.ToArray();
        if (meta.Seal is not null)
        {
            Stamp(bytes);
        }

        return bytes;
    }

    /// <exception cref="TsdbCorruptionException">It is no meta.json, or not the one that was written.</exception>
    public static BlockMeta Read(string path, byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (Number(root, "version") is var version && version != Version)
            {
                throw new TsdbCorruptionException(path, 0, $"it has version {version}; this program reads version {Version}");
            }

            return ReadMeta(path, bytes, root);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new TsdbCorruptionException(path, (e as JsonException)?.BytePositionInLine ?? 0, $"it is no description of a block: {e.Message}");
        }
    }

    private static BlockMeta ReadMeta(string path, byte[] bytes, JsonElement root)
    {
        var stats = root.TryGetProperty("stats", out var told) ? told : default;
        var compaction = root.TryGetProperty("compaction", out var found) ? found : default;
        var meta = new BlockMeta
        {
            Ulid = root.GetProperty("ulid").GetString() ?? "",
            MinTime = Number(root, "minTime"),
            MaxTime = Number(root, "maxTime"),
            Stats = new BlockStats(
                Number(stats, "numSamples"),
                Number(stats, "numFloatSamples"),
                Number(stats, "numHistogramSamples"),
                Number(stats, "numSeries"),
                Number(stats, "numChunks"),
                Number(stats, "numTombstones")),
            Level = (int)Number(compaction, "level"),
            Sources = [.. Items(compaction, "sources").Select(static s => s.GetString() ?? "")],
            Parents =
            [
                .. Items(compaction, "parents").Select(static p => new BlockParent(
                    p.GetProperty("ulid").GetString() ?? "", Number(p, "minTime"), Number(p, "maxTime"))),
            ],
            Deletable = Flag(compaction, "deletable"),
            Failed = Flag(compaction, "failed"),
            Hints = [.. Items(compaction, "hints").Select(static h => h.GetString() ?? "")],
            Seal = root.TryGetProperty("tallygate", out var seal) ? ReadSeal(path, bytes, seal) : NoSeal(path, root),
        };
        return meta.MinTime <= meta.MaxTime ? meta : throw new TsdbCorruptionException(path, 0, "the block ends before it begins");
    }

    private static void WriteStats(Utf8JsonWriter json, BlockStats stats)
    {
        json.WriteStartObject("stats"u8);
        json.WriteNumber("numSamples"u8, stats.Samples);
        json.WriteNumber("numFloatSamples"u8, stats.FloatSamples);
        json.WriteNumber("numHistogramSamples"u8, stats.HistogramSamples);
        json.WriteNumber("numSeries"u8, stats.Series);
        json.WriteNumber("numChunks"u8, stats.Chunks);
        json.WriteNumber("numTombstones"u8, stats.Tombstones);
        json.WriteEndObject();
    }

    private static void WriteCompaction(Utf8JsonWriter json, BlockMeta meta)
    {
        json.WriteStartObject("compaction"u8);
        json.WriteNumber("level"u8, meta.Level);
        Texts(json, "sources"u8, meta.Sources);
        if (meta.Deletable)
        {
            json.WriteBoolean("deletable"u8, true);
        }

        if (meta.Parents.Count > 0)
        {
            json.WriteStartArray("parents"u8);
            foreach (var parent in meta.Parents)
            {
                json.WriteStartObject();
                json.WriteString("ulid"u8, parent.Ulid);
                json.WriteNumber("minTime"u8, parent.MinTime);
                json.WriteNumber("maxTime"u8, parent.MaxTime);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (meta.Failed)
        {
            json.WriteBoolean("failed"u8, true);
        }

        if (meta.Hints.Count > 0)
        {
            Texts(json, "hints"u8, meta.Hints);
        }

        json.WriteEndObject();
    }

    private static void WriteSeal(Utf8JsonWriter json, BlockSeal seal)
    {
        json.WriteStartObject("tallygate"u8);
        json.WriteNumber("version"u8, SealVersion);
        json.WriteString("crc"u8, NoCrc);
        json.WriteStartObject("files"u8);
        foreach (var (name, length, crc) in seal.Files)
        {
            json.WriteStartObject(name);
            json.WriteNumber("length"u8, length);
            json.WriteString("crc"u8, Hex(crc));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (seal.Head is { } head)
        {
            json.WriteStartObject("head"u8);
            json.WriteNumber("maxTime"u8, head.MaxTime);
            json.WriteNumber("source"u8, head.Source);
            json.WriteNumber("log"u8, head.Log);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static BlockSeal ReadSeal(string path, byte[] bytes, JsonElement seal)
    {
        var told = seal.GetProperty("crc").GetString();
        var at = PlaceOfCrc(bytes);
        var plain = bytes.ToArray();
        NoCrc.CopyTo(plain.AsSpan(at));
        if (told != Hex(CrcOf(plain)))
        {
            throw new TsdbCorruptionException(path, at, "its checksum is wrong");
        }

        // Whatever comes later: where the checksum stands and what it covers stays, so that damage is told from a newer version.
        if (Number(seal, "version") is var version && version != SealVersion)
        {
            throw version > SealVersion
                ? new NewerVersionException(path, (int)Math.Min(version, int.MaxValue), SealVersion)
                : new TsdbCorruptionException(path, at, $"its checksums have version {version}, which there never was");
        }

        var files = new List<(string, long, uint)>();
        foreach (var file in seal.GetProperty("files").EnumerateObject())
        {
            var crc = uint.Parse(file.Value.GetProperty("crc").GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            files.Add((file.Name, Number(file.Value, "length"), crc));
        }

        HeadMark? mark = seal.TryGetProperty("head", out var head)
            ? new HeadMark(Number(head, "maxTime"), Number(head, "source"), Number(head, "log"))
            : null;
        return new BlockSeal(files, mark);
    }

    // A block of another program's. One of ours whose key was damaged must not be taken for one: its checksums would not be looked at.
    private static BlockSeal? NoSeal(string path, JsonElement root)
    {
        foreach (var property in root.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Object
                && property.Value.TryGetProperty("crc", out _) && property.Value.TryGetProperty("files", out _))
            {
                throw new TsdbCorruptionException(path, 0, $"the name of its checksums is damaged: {property.Name}");
            }
        }

        return null;
    }

    private static void Stamp(Span<byte> bytes)
    {
        var crc = Hex(CrcOf(bytes));
        System.Text.Encoding.ASCII.GetBytes(crc, bytes[PlaceOfCrc(bytes)..]);
    }

    // The key stands once before the checksums of the files, which come behind it.
    private static int PlaceOfCrc(ReadOnlySpan<byte> bytes)
    {
        var from = bytes.IndexOf("\"tallygate\""u8);
        var key = from < 0 ? -1 : bytes[from..].IndexOf("\"crc\": \""u8);
        return key < 0 || from + key + 8 + NoCrc.Length > bytes.Length
            ? throw new FormatException("the checksum is missing")
            : from + key + 8;
    }

    private static uint CrcOf(ReadOnlySpan<byte> bytes) => Crc32C.Finish(Crc32C.Append(Crc32C.Start, bytes));

    private static string Hex(uint crc) => crc.ToString("x8", CultureInfo.InvariantCulture);

    private static void Texts(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static long Number(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value.GetInt64() : 0;

    private static bool Flag(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.GetBoolean();

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : default;
}
