using System.Buffers.Binary;
using System.Text;

namespace CogVideoX.Pipelines.Media;

/// <summary>The chunks that PNG files are made of.</summary>
internal static class PngChunks
{
    private const string SettingsKeyword = "cogvideox";

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Signature and IHDR of an 8-bit RGB image.</summary>
    public static void WriteHeader(Stream output, int width, int height)
    {
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;      // bits a channel
        header[9] = 2;      // RGB
        output.Write(Signature);
        Write(output, "IHDR"u8, header);
    }

    public static void WriteEnd(Stream output) => Write(output, "IEND"u8, []);

    /// <summary>The prompt for people and their viewers, and the whole settings for us.</summary>
    public static void WriteMetadata(Stream output, GenerationMetadata? metadata)
    {
        if (metadata is null)
            return;
        // PNG allows no zero byte within a text; the settings, being JSON, have it escaped.
        WriteText(output, "Description", metadata.Prompt.Replace("\0", ""));
        WriteText(output, SettingsKeyword, metadata.ToJson());
    }

    public static void Write(Stream output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data) => Write(output, type, [], data);

    /// <summary>A chunk whose data comes in two parts.</summary>
    public static void Write(Stream output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, first.Length + second.Length);
        output.Write(number);
        output.Write(type);
        output.Write(first);
        output.Write(second);
        uint crc = Crc32.Append(Crc32.Append(Crc32.Append(Crc32.Start, type), first), second);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Value(crc));
        output.Write(number);
    }

    /// <summary>The settings that <see cref="WriteMetadata"/> wrote, or null.</summary>
    public static string? ReadSettings(string path)
    {
        using var input = new BinaryReader(File.OpenRead(path));
        if (!input.ReadBytes(Signature.Length).AsSpan().SequenceEqual(Signature))
            throw new FormatException("it is not a PNG file");
        while (input.BaseStream.Length - input.BaseStream.Position >= 12)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(input.ReadBytes(4));
            byte[] type = input.ReadBytes(4);
            if (length > input.BaseStream.Length - input.BaseStream.Position - 4)
                throw new FormatException("the PNG file is cut off");
            long next = input.BaseStream.Position + length + 4;
            if (type.AsSpan().SequenceEqual("iTXt"u8) && Settings(input.ReadBytes((int)length)) is { } settings)
                return settings;
            input.BaseStream.Position = next;
        }
        return null;
    }

    private static void WriteText(Stream output, string keyword, string text) =>
        Write(output, "iTXt"u8, TextPrefix(keyword), Encoding.UTF8.GetBytes(text));

    private static string? Settings(ReadOnlySpan<byte> text)
    {
        byte[] prefix = TextPrefix(SettingsKeyword);
        return text.StartsWith(prefix) ? Encoding.UTF8.GetString(text[prefix.Length..]) : null;
    }

    // What stands before an iTXt's text: keyword 0, not compressed, method, no language 0, no translated keyword 0.
    private static byte[] TextPrefix(string keyword) => [.. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0];
}
