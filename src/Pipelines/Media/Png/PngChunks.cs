using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace CogVideoX.Pipelines.Media;

/// <summary>The chunks that PNG files are made of.</summary>
internal static class PngChunks
{
    private const string SettingsKeyword = "cogvideox";
    private const int LengthAndType = 8, CrcBytes = 4;

    /// <summary>Of every PNG file's beginning.</summary>
    public static int SignatureBytes => Signature.Length;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Signature and IHDR of an 8-bit RGB image.</summary>
    public static void WriteHeader(Stream output, int width, int height)
    {
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;      // bits a channel
        header[9] = 2;      // RGB
        WriteHeader(output, header);
    }

    /// <summary>Signature and IHDR of any image.</summary>
    public static void WriteHeader(Stream output, ReadOnlySpan<byte> header)
    {
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
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(first);
        crc.Append(second);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.GetCurrentHashAsUInt32());
        output.Write(number);
    }

    /// <summary>Whether a PNG file is an animation, which it says before its pixels.</summary>
    public static bool IsAnimated(Stream file)
    {
        const int MostChunks = 10_000;
        Span<byte> head = stackalloc byte[LengthAndType];
        file.Position = Signature.Length;
        for (int i = 0; i < MostChunks && file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length; i++)
        {
            ReadOnlySpan<byte> type = head[sizeof(uint)..];
            if (type.SequenceEqual("acTL"u8))
                return true;
            if (type.SequenceEqual("IDAT"u8))
                return false;
            file.Position += BinaryPrimitives.ReadUInt32BigEndian(head) + CrcBytes;
        }
        return false;
    }

    public static bool IsPng(ReadOnlySpan<byte> start) => start.StartsWith(Signature);

    /// <summary>The settings that <see cref="WriteMetadata"/> wrote, or null.</summary>
    /// <exception cref="FormatException">It isn't a PNG file, or is damaged.</exception>
    public static string? ReadSettings(string path)
    {
        using var input = SettingsFile.Open(path);
        Span<byte> start = stackalloc byte[Signature.Length];
        if (input.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !IsPng(start))
            throw new FormatException("it is not a PNG file");
        Span<byte> head = stackalloc byte[LengthAndType];
        while (input.Length - input.Position >= LengthAndType + CrcBytes)
        {
            input.ReadExactly(head);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
            long next = input.Position + length + CrcBytes;
            if (next > input.Length)
                throw new FormatException("the PNG file is cut off");
            if (head[sizeof(uint)..].SequenceEqual("iTXt"u8) && ReadSettings(input, length) is { } settings)
                return settings;
            input.Position = next;
        }
        return null;
    }

    private static string? ReadSettings(Stream input, uint length)
    {
        byte[] prefix = TextPrefix(SettingsKeyword);
        if (length < prefix.Length || !SettingsFile.Read(input, prefix.Length).AsSpan().SequenceEqual(prefix))
            return null;
        return SettingsFile.Text(SettingsFile.Read(input, length - prefix.Length));
    }

    private static void WriteText(Stream output, string keyword, string text) =>
        Write(output, "iTXt"u8, TextPrefix(keyword), Encoding.UTF8.GetBytes(text));

    // What stands before an iTXt's text: keyword 0, not compressed, method, no language 0, no translated keyword 0.
    private static byte[] TextPrefix(string keyword) => [.. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0];
}
