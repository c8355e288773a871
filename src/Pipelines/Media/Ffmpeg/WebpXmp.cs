using System.Buffers.Binary;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace CogVideoX.Pipelines.Media;

/// <summary>The XMP chunk of WebP files (RFC 9649, 2.7): our settings are its <c>dc:description</c>.</summary>
internal static class WebpXmp
{
    private const byte XmpFlag = 0x04;
    private const int FileHeader = 12, ChunkHeader = 8, ExtendedLength = 10;
    private static readonly XNamespace Meta = "adobe:ns:meta/";
    private static readonly XNamespace Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private static readonly XNamespace DublinCore = "http://purl.org/dc/elements/1.1/";

    /// <summary>Adds the chunk to a whole WebP file.</summary>
    public static void Append(string path, string text, VideoShape shape)
    {
        byte[] file = File.ReadAllBytes(path);
        if (!IsWebp(file))
            throw new IOException("ffmpeg left something else than a WebP file");
        var chunks = file.AsSpan(FileHeader);
        // A single frame comes in the simple layout, which has no place for XMP: give it the header that has.
        byte[] extended = chunks.StartsWith("VP8X"u8) ? chunks[..(ChunkHeader + ExtendedLength)].ToArray() : ExtendedHeader(shape);
        var rest = chunks.StartsWith("VP8X"u8) ? chunks[extended.Length..] : chunks;
        extended[ChunkHeader] |= XmpFlag;
        byte[] xmp = Chunk("XMP "u8, Encoding.UTF8.GetBytes(Packet(text)));
        using var output = File.Create(path);
        output.Write("RIFF"u8);
        output.Write(LittleEndian(4 + extended.Length + rest.Length + xmp.Length));
        output.Write("WEBP"u8);
        output.Write(extended);
        output.Write(rest);
        output.Write(xmp);
    }

    /// <summary>What <see cref="Append"/> wrote, or null.</summary>
    /// <exception cref="FormatException">It isn't a WebP file, or is damaged.</exception>
    public static string? Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        if (!IsWebp(file))
            throw new FormatException("it is not a WebP file");
        for (long at = FileHeader; at + ChunkHeader <= file.Length;)
        {
            var chunk = file[(int)at..];
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (length > chunk.Length - ChunkHeader)
                throw new FormatException("the WebP file is cut off");
            if (chunk.StartsWith("XMP "u8))
                return Description(chunk.Slice(ChunkHeader, (int)length));
            at += ChunkHeader + length + length % 2;
        }
        return null;
    }

    private static bool IsWebp(ReadOnlySpan<byte> file) =>
        file.Length > FileHeader && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8);

    private static byte[] ExtendedHeader(VideoShape shape)
    {
        var data = new byte[ExtendedLength];        // flags, 3 reserved, then width - 1 and height - 1 in 3 bytes each
        LittleEndian(shape.Width - 1).AsSpan(0, 3).CopyTo(data.AsSpan(4));
        LittleEndian(shape.Height - 1).AsSpan(0, 3).CopyTo(data.AsSpan(7));
        return Chunk("VP8X"u8, data);
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data) =>
        [.. type, .. LittleEndian(data.Length), .. data, .. new byte[data.Length % 2]];

    private static byte[] LittleEndian(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }

    private static string Packet(string text) =>
        new XElement(Meta + "xmpmeta", new XAttribute(XNamespace.Xmlns + "x", Meta),
            new XElement(Rdf + "RDF", new XAttribute(XNamespace.Xmlns + "rdf", Rdf),
                new XElement(Rdf + "Description", new XAttribute(Rdf + "about", ""), new XAttribute(XNamespace.Xmlns + "dc", DublinCore),
                    new XElement(DublinCore + "description",
                        new XElement(Rdf + "Alt",
                            new XElement(Rdf + "li", new XAttribute(XNamespace.Xml + "lang", "x-default"), text))))))
        .ToString(SaveOptions.DisableFormatting);

    private static string? Description(ReadOnlySpan<byte> packet)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit };
            using var reader = XmlReader.Create(new MemoryStream(packet.ToArray()), settings);
            return XDocument.Load(reader).Descendants(DublinCore + "description").FirstOrDefault()?.Value;
        }
        catch (XmlException e)
        {
            throw new FormatException($"its XMP chunk is damaged ({e.Message})", e);
        }
    }
}
