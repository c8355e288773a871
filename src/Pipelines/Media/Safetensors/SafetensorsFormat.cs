using System.Buffers.Binary;
using System.Text.Json;

namespace CogVideoX.Pipelines.Media;

/// <summary>One tensor <c>frames</c> F32 [F,3,H,W], unrounded. Settings and frame rate in the header's <c>__metadata__</c>.</summary>
internal sealed class SafetensorsFormat : VideoFormat
{
    public const string SettingsKey = "cogvideox";
    public const string MetadataKey = "__metadata__";
    private const ulong LongestHeader = 100_000_000;        // the limit of the format's own library
    private const int LengthBytes = 8;

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
            return Find(header);
        }
        catch (JsonException e)
        {
            throw new FormatException($"its safetensors header is damaged: after {e.BytePositionInLine ?? 0} bytes it is no JSON that can be read", e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("its safetensors header is damaged: it holds half a character", e);
        }
    }

    // Read to the end, so that what is damaged further on is found too.
    private static string? Find(ReadOnlySpan<byte> header)
    {
        var json = new Utf8JsonReader(header);
        string? settings = null;
        while (json.Read())
        {
            if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(MetadataKey))
                settings = FindIn(ref json);
        }
        return settings;
    }

    private static string? FindIn(ref Utf8JsonReader json)
    {
        json.Read();
        string? settings = null;
        for (int depth = json.CurrentDepth; json.Read() && json.CurrentDepth > depth;)
        {
            bool isOurs = json.CurrentDepth == depth + 1 && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(SettingsKey);
            if (isOurs && json.Read() && json.TokenType == JsonTokenType.String)
                settings = json.GetString();
        }
        return settings;
    }
}
