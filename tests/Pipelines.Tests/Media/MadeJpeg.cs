namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>JPEG files of kinds that no encoder at hand writes: 8×8 pixels of one colour, with any number of channels.</summary>
internal static class MadeJpeg
{
    private const int BitsOfSize = 4, BytesOfLength = 2;

    /// <param name="channels">The value of each: grey; or cyan, magenta, yellow, black as Adobe stores them, 255 for none.</param>
    /// <param name="height">What the header says.</param> <param name="width">What the header says.</param>
    public static byte[] Make(byte[] channels, ushort height = 8, ushort width = 8)
    {
        var file = new List<byte> { 0xFF, 0xD8 };
        if (channels.Length == 4)
            Segment(file, 0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]);
        Segment(file, 0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        Segment(
            file, 0xC0,
            [
                8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)channels.Length,
                .. channels.SelectMany((_, i) => new byte[] { (byte)(i + 1), 0x11, 0 }),
            ]);
        // DC: sizes 0 to 11 as codes of four bits. AC: the end of the block, as the code 0.
        Segment(file, 0xC4, [0, 0, 0, 0, 12, .. new byte[12], .. Enumerable.Range(0, 12).Select(size => (byte)size)]);
        Segment(file, 0xC4, [0x10, 1, .. new byte[15], 0]);
        Segment(
            file, 0xDA, [(byte)channels.Length, .. channels.SelectMany((_, i) => new byte[] { (byte)(i + 1), 0 }), 0, 63, 0]);
        file.AddRange(Scan(channels));
        return [.. file, 0xFF, 0xD9];
    }

    private static IEnumerable<byte> Scan(byte[] channels)
    {
        string bits = string.Concat(channels.Select(Block));
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        foreach (char[] chunk in bits.Chunk(8))
        {
            byte value = Convert.ToByte(new string(chunk), 2);
            yield return value;
            if (value == 0xFF)
                yield return 0;
        }
    }

    // The mean, eight times as large; below 0 as its one's complement (ITU-T T.81, F.1.2.1).
    private static string Block(byte value)
    {
        int mean = 8 * (value - 128), size = 0;
        while (Math.Abs(mean) >> size != 0)
            size++;
        int code = mean < 0 ? mean + (1 << size) - 1 : mean;
        string number = size == 0 ? "" : Convert.ToString(code, 2).PadLeft(size, '0');
        return Convert.ToString(size, 2).PadLeft(BitsOfSize, '0') + number + "0";
    }

    private static void Segment(List<byte> file, byte marker, byte[] data)
    {
        int length = data.Length + BytesOfLength;
        file.AddRange([0xFF, marker, (byte)(length >> 8), (byte)length, .. data]);
    }
}
