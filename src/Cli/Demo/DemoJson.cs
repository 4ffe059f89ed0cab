using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Tallygate.Cli.Demo;

/// <summary>The result as JSON: <c>truth</c>, <c>runs</c>, and <c>methods[]</c> with <c>name</c>, <c>expr</c>, <c>value</c>, <c>error</c>.</summary>
internal static class DemoJson
{
    /// <summary>The indented JSON text, with a newline at its end.</summary>
    public static string Render(DemoResult result)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("truth", result.Truth);
            json.WriteNumber("runs", result.Runs);
            json.WriteStartArray("methods");
            foreach (var method in result.Methods)
            {
                json.WriteStartObject();
                json.WriteString("name", method.Name);
                json.WriteString("expr", method.Expr);
                json.WriteNumber("value", method.Value);
                json.WriteNumber("error", method.Error);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
