using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>The least video of each format that settings are read from: the lengths and checksums around them fit.</summary>
internal static class Containers
{
    /// <summary>Ending of a format to the file that holds these settings.</summary>
    public static IReadOnlyDictionary<string, Func<byte[], byte[]>> All { get; } = new Dictionary<string, Func<byte[], byte[]>>
    {
        [".png"] = Png,
        [".gif"] = Gif,
        [".webp"] = Webp,
        [".safetensors"] = Safetensors,
        [".y4m.json"] = json => json,
    };

    private static byte[] Png(byte[] json) =>
    [
        0x89, .. "PNG\r\n"u8, 0x1a, (byte)'\n',
        .. PngChunk([.. "IHDR"u8, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]),
        .. PngChunk([.. "iTXtcogvideox"u8, 0, 0, 0, 0, 0, .. json]),
        .. PngChunk([.. "IEND"u8]),
    ];

    private static byte[] PngChunk(byte[] typeAndData)
    {
        byte[] length = new byte[4], check = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, typeAndData.Length - 4);
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc32(typeAndData));
        return [.. length, .. typeAndData, .. check];
    }

    private static uint Crc32(byte[] bytes)
    {
        uint crc = ~0u;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB8_8320);
        }
        return ~crc;
    }

    private static byte[] Gif(byte[] json) =>
        [
            .. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, 0x21, 0xfe,
            .. json.Chunk(255).SelectMany(block => block.Prepend((byte)block.Length)), 0, 0x3b,
        ];

    private static byte[] Webp(byte[] json)
    {
        string text = Encoding.UTF8.GetString(json).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
        byte[] packet = Encoding.UTF8.GetBytes($"""
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about=""
            xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>
            <rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:description>
            </rdf:Description></rdf:RDF></x:xmpmeta>
            """);
        byte[] chunks =
            [.. "VP8X"u8, .. LittleEndian(10), 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. "XMP "u8, .. LittleEndian(packet.Length), .. packet];
        return [.. "RIFF"u8, .. LittleEndian(4 + chunks.Length), .. "WEBP"u8, .. chunks];
    }

    private static byte[] Safetensors(byte[] json)
    {
        var header = new JsonObject
        {
            ["__metadata__"] = new JsonObject { ["cogvideox"] = Encoding.UTF8.GetString(json) },
            ["frames"] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray(1, 3, 1, 1),
                ["data_offsets"] = new JsonArray(0, 12),
            },
        };
        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString());
        return [.. LittleEndian(text.Length), 0, 0, 0, 0, .. text, .. new byte[12]];
    }

    private static byte[] LittleEndian(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }
}
