using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>A PNG file taken apart by the letter of the specification, independently of the writer.</summary>
internal sealed class PngFile
{
    public PngFile(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        for (int at = 8; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            string type = Encoding.ASCII.GetString(file, at + 4, 4);
            Assert.Equal(BitwiseCrc(file.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)));
            Chunks.Add((type, file.AsSpan(at + 8, length).ToArray()));
            at += length + 12;
        }
        Assert.Equal("IHDR", Chunks[0].Type);
        Assert.Equal("IEND", Chunks[^1].Type);
    }

    public List<(string Type, byte[] Data)> Chunks { get; } = [];

    public int Width => BinaryPrimitives.ReadInt32BigEndian(Chunks[0].Data);

    public int Height => BinaryPrimitives.ReadInt32BigEndian(Chunks[0].Data.AsSpan(4));

    public IEnumerable<byte[]> Of(string type) => Chunks.Where(chunk => chunk.Type == type).Select(chunk => chunk.Data);

    /// <summary>Each IDAT or fdAT as [H,W,3].</summary>
    public IEnumerable<byte[]> Images() => Chunks
        .Where(chunk => chunk.Type is "IDAT" or "fdAT")
        .Select(chunk => Unfilter(chunk.Type == "IDAT" ? chunk.Data : chunk.Data[4..]));

    private byte[] Unfilter(byte[] compressed)
    {
        int row = 3 * Width;
        using var zlib = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress);
        var filtered = new MemoryStream();
        zlib.CopyTo(filtered);
        Assert.Equal(Height * (row + 1), filtered.Length);
        byte[] source = filtered.ToArray();
        var pixels = new byte[Height * row];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < row; x++)
            {
                int left = x < 3 ? 0 : pixels[y * row + x - 3];
                int above = y == 0 ? 0 : pixels[(y - 1) * row + x];
                int corner = x < 3 || y == 0 ? 0 : pixels[(y - 1) * row + x - 3];
                int predicted = source[y * (row + 1)] switch
                {
                    0 => 0,
                    1 => left,
                    2 => above,
                    3 => (left + above) / 2,
                    4 => Paeth(left, above, corner),
                    _ => throw new InvalidDataException("no such filter"),
                };
                pixels[y * row + x] = (byte)(source[y * (row + 1) + 1 + x] + predicted);
            }
        }
        return pixels;
    }

    private static int Paeth(int a, int b, int c)
    {
        int p = a + b - c;
        int pa = Math.Abs(p - a), pb = Math.Abs(p - b), pc = Math.Abs(p - c);
        return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    }

    private static uint BitwiseCrc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return ~crc;
    }
}
