using System.Buffers.Binary;
using System.Text.Json;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>One tensor <c>frames</c> F32 [F,3,H,W], unrounded. Settings and frame rate in the header's <c>__metadata__</c>.</summary>
internal sealed class SafetensorsFormat : VideoFormat
{
    public const string SettingsKey = "cogvideox";
    public const string MetadataKey = "__metadata__";
    private const int HeaderDepth = 8;
    private const ulong LongestHeader = 100_000_000;        // the limit of the format's own library

    public override string Extension => ".safetensors";

    public override string Description => "frames F32 [F,3,H,W] in [0,1]";

    internal override VideoSink CreateSink(OutputTarget target, VideoShape shape, GenerationMetadata? metadata) =>
        new SafetensorsSink(target, shape, metadata);

    internal override string? ReadMetadata(string path)
    {
        using var input = new BinaryReader(File.OpenRead(path));
        byte[] prefix = input.ReadBytes(8);
        ulong length = prefix.Length == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(prefix) : ulong.MaxValue;
        if (length > Math.Min(LongestHeader, (ulong)input.BaseStream.Length))
            throw new FormatException("it is not a safetensors file");
        using JsonDocument header = ParseHeader(input.ReadBytes((int)length));
        JsonElement? settings = Member(header.RootElement, MetadataKey) is { } about ? Member(about, SettingsKey) : null;
        return settings is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
    }

    private static JsonDocument ParseHeader(byte[] header)
    {
        try
        {
            return StrictJson.Parse(header, HeaderDepth);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"its safetensors header {exception.Message}", exception);
        }
    }

    private static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) ? value : null;
}
