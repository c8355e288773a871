using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>PNG files of kinds that our encoder doesn't write.</summary>
internal static class MadePng
{
    public const byte Grey = 0, Rgb = 2, Palette = 3, Rgba = 6;

    /// <param name="width">Pixels.</param> <param name="height">Pixels.</param> <param name="bits">A channel.</param>
    /// <param name="colour">Colour type.</param> <param name="rows">Samples, row after row, without filter bytes.</param>
    /// <param name="extra">Chunks before the pixels.</param>
    public static byte[] Make(int width, int height, byte bits, byte colour, byte[] rows, params (string Type, byte[] Data)[] extra)
    {
        var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bits, colour);
        Write(file, "IHDR", header);
        foreach ((string type, byte[] data) in extra)
            Write(file, type, data);
        Write(file, "IDAT", Compressed(rows, height));
        Write(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>An animation.</summary>
    /// <param name="width">Pixels.</param> <param name="height">Pixels.</param>
    /// <param name="colour">Colour type, of 8 bits a channel.</param> <param name="count">Of frames, as acTL says it.</param>
    /// <param name="chunks">Those behind acTL, in order.</param>
    public static byte[] Animation(int width, int height, byte colour, int count, params (string Type, byte[] Data)[] chunks)
    {
        var file = new MemoryStream();
        file.Write(Make(width, height, 8, colour, []).AsSpan(0, 33)); // signature and IHDR
        Write(file, "acTL", [.. Number(count), .. Number(0)]);
        foreach ((string type, byte[] data) in chunks)
            Write(file, type, data);
        Write(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>Says how the pixels behind it are shown.</summary>
    public static (string Type, byte[] Data) Control(
        int sequence, int left, int top, int width, int height, (int, int) delay = default, byte dispose = 0, byte blend = 0)
    {
        byte[] numbers = [.. new[] { sequence, width, height, left, top }.SelectMany(Number)];
        byte[] rate = [.. new[] { delay.Item1, delay.Item2 }.SelectMany(number => Number(number)[2..])];
        return ("fcTL", [.. numbers, .. rate, dispose, blend]);
    }

    /// <summary>Pixels of the first frame.</summary>
    public static (string Type, byte[] Data) First(byte[] rows, int height) => ("IDAT", Compressed(rows, height));

    /// <summary>Pixels of another.</summary>
    public static (string Type, byte[] Data) Later(int sequence, byte[] rows, int height) =>
        ("fdAT", [.. Number(sequence), .. Compressed(rows, height)]);

    private static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Compressed(byte[] rows, int height)
    {
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (byte[] row in rows.Chunk(Math.Max(1, rows.Length / height)))
            {
                zlib.WriteByte(0);
                zlib.Write(row);
            }
        }
        return compressed.ToArray();
    }

    private static void Write(Stream file, string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(body));
        file.Write(number);
    }
}
