using System.IO.Compression;

namespace CogVideoX.Pipelines.Media;

/// <summary>Turns frames into the compressed image data of PNG files. Keeps its buffers from frame to frame.</summary>
internal sealed class PngEncoder(int width, int height)
{
    // Measured on 17 frames of 512×512 against level 9 without the strategy: natural pictures 8 % and soft gradients 2 % smaller, flat
    // shapes 10 % larger, in a third to a fifth of the time. Level 6 takes half of that and is larger than 9 by up to 11 %.
    private static readonly ZLibCompressionOptions Compression =
        new() { CompressionLevel = 7, CompressionStrategy = ZLibCompressionStrategy.Filtered };

    private readonly int rowBytes = 3 * width;
    private readonly PngFilter filter = new(3 * width);
    private readonly byte[] rgb = new byte[3 * width * height];
    private readonly byte[] filtered = new byte[1 + 3 * width];
    private readonly byte[] zeros = new byte[3 * width];
    private readonly MemoryStream compressed = new();

    /// <summary>What IDAT or fdAT holds, of the frame that was compressed last.</summary>
    public ReadOnlySpan<byte> Image => compressed.GetBuffer().AsSpan(0, (int)compressed.Length);

    /// <param name="frame">[H,W,3] in [0,1]</param>
    public void Take(ReadOnlySpan<float> frame) => Rgb24.FromUnit(frame, rgb);

    public void Compress()
    {
        compressed.SetLength(0);
        using var zlib = new ZLibStream(compressed, Compression, leaveOpen: true);
        ReadOnlySpan<byte> above = zeros;
        for (int y = 0; y < height; y++)
        {
            var row = rgb.AsSpan(y * rowBytes, rowBytes);
            filter.Apply(row, above, filtered);
            zlib.Write(filtered);
            above = row;
        }
    }
}
