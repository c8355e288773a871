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
