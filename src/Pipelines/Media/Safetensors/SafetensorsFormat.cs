using System.Buffers.Binary;
using System.Text.Json;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>One tensor <c>frames</c> F32 [F,3,H,W], unrounded. Settings and frame rate in the header's <c>__metadata__</c>.</summary>
internal sealed class SafetensorsFormat : VideoFormat
{
    public const string SettingsKey = "cogvideox";
    public const string MetadataKey = "__metadata__";
    private const ulong LongestHeader = 100_000_000;        // the limit of the format's own library
    private const int LengthBytes = 8, HeaderDepth = 8;

    public override string Extension => ".safetensors";

    public override string Description => "frames F32 [F,3,H,W] in [0,1]";

    internal override VideoSink CreateSink(OutputTarget target, VideoShape shape, VideoOptions options) =>
        new SafetensorsSink(target, shape, options);

    // No magic number: a length, and JSON.
    internal override bool Recognises(ReadOnlySpan<byte> start) =>
        start.Length > LengthBytes && start[LengthBytes] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) <= LongestHeader;

    internal override string? ReadMetadata(string path)
    {
        using var input = SettingsFile.Open(path);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(SettingsFile.Read(input, LengthBytes));
        byte[] header = SettingsFile.Read(input, (long)Math.Min(length, long.MaxValue));
        try
        {
            using var json = StrictJson.Parse(header, HeaderDepth);
            var settings = Member(json.RootElement, MetadataKey) is { } about ? Member(about, SettingsKey) : null;
            return settings is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (FormatException e)
        {
            throw new FormatException($"its safetensors header {e.Message}", e);
        }
    }

    private static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : null;
}
