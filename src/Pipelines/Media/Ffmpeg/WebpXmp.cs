using System.Buffers.Binary;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace CogVideoX.Pipelines.Media;

/// <summary>The XMP chunk of WebP files (RFC 9649, 2.7): our settings are its <c>dc:description</c>.</summary>
internal static class WebpXmp
{
    private const byte XmpFlag = 0x04, AnimationFlag = 0x02;
    private const int SizeAt = 4, FileHeader = 12, ChunkHeader = 8, ExtendedLength = 10;
    private static readonly XNamespace Meta = "adobe:ns:meta/";
    private static readonly XNamespace Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private static readonly XNamespace DublinCore = "http://purl.org/dc/elements/1.1/";

    /// <summary>Adds the chunk to a whole WebP file.</summary>
    public static void Append(string path, string text, VideoShape shape)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var start = new byte[FileHeader + ChunkHeader + ExtendedLength];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !IsWebp(start))
            throw new IOException("ffmpeg left something else than a WebP file");
        if (start.AsSpan(FileHeader).StartsWith("VP8X"u8))
        {
            file.Position = FileHeader + ChunkHeader;
            file.WriteByte((byte)(start[FileHeader + ChunkHeader] | XmpFlag));
        }
        else
        {
            InsertExtendedHeader(file, shape);
        }
        file.Position = file.Length;
        file.Write(Chunk("XMP "u8, Encoding.UTF8.GetBytes(Packet(text))));
        file.Position = SizeAt;
        file.Write(LittleEndian(checked((int)(file.Length - SizeAt - sizeof(int)))));
    }

    /// <summary>What <see cref="Append"/> wrote, or null.</summary>
    /// <exception cref="FormatException">It isn't a WebP file, or is damaged.</exception>
    public static string? Read(string path)
    {
        using var file = SettingsFile.Open(path);
        Span<byte> start = stackalloc byte[FileHeader];
        if (file.ReadAtLeast(start, FileHeader, throwOnEndOfStream: false) < FileHeader || !IsWebp(start))
            throw new FormatException("it is not a WebP file");
        Span<byte> head = stackalloc byte[ChunkHeader];
        while (file.Length - file.Position >= ChunkHeader)
        {
            file.ReadExactly(head);
            long length = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (length > file.Length - file.Position)
                throw new FormatException("the WebP file is cut off");
            if (head.StartsWith("XMP "u8))
                return Description(SettingsFile.Read(file, length));
            file.Position += length + length % 2;
        }
        return null;
    }

    public static bool IsWebp(ReadOnlySpan<byte> start) =>
        start.Length >= FileHeader && start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBP"u8);

    /// <summary>Whether it says that it has several frames.</summary>
    public static bool IsAnimated(ReadOnlySpan<byte> start) => IsWebp(start) && start.Length > FileHeader + ChunkHeader
        && start[FileHeader..].StartsWith("VP8X"u8) && (start[FileHeader + ChunkHeader] & AnimationFlag) != 0;

    // A single frame comes in the simple layout, which has no place for XMP.
    private static void InsertExtendedHeader(FileStream file, VideoShape shape)
    {
        file.Position = FileHeader;
        var picture = new byte[file.Length - FileHeader];
        file.ReadExactly(picture);
        file.Position = FileHeader;
        file.Write(ExtendedHeader(shape));
        file.Write(picture);
    }

    private static byte[] ExtendedHeader(VideoShape shape)
    {
        var data = new byte[ExtendedLength];        // flags, 3 reserved, then width - 1 and height - 1 in 3 bytes each
        LittleEndian(shape.Width - 1).AsSpan(0, 3).CopyTo(data.AsSpan(4));
        LittleEndian(shape.Height - 1).AsSpan(0, 3).CopyTo(data.AsSpan(7));
        data[0] = XmpFlag;
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

    // Read as a stream: a tree of elements a hundred thousand deep would end the process when it is walked.
    private static string? Description(byte[] packet)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(packet), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return reader.ReadToFollowing("description", DublinCore.NamespaceName) && reader.ReadToFollowing("li", Rdf.NamespaceName)
                ? reader.ReadElementContentAsString()
                : null;
        }
        catch (XmlException e)
        {
            throw new FormatException(
                $"its XMP chunk is damaged: line {e.LineNumber}, column {e.LinePosition} isn't the XML that is expected there", e);
        }
    }
}
