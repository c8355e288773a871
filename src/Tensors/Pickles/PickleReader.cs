using System.Buffers.Binary;
using System.Text.Unicode;

namespace CogVideoX.Tensors.Pickles;

/// <summary>
/// Goes through bytes of a mapped file; what isn't there is an error. Like everything here it tells what is wrong in a
/// <see cref="FormatException"/>, as a sentence or several that follow the file's name.
/// </summary>
/// <param name="start">The first byte.</param>
/// <param name="length">How many there are.</param>
internal sealed unsafe class PickleReader(byte* start, long length)
{
    private const int LongestLine = 256, LongestText = 16 << 20;
    private const long MostTexts = 64 << 20; // together

    private long texts; // bytes of those that were read

    /// <summary>Bytes that were read.</summary>
    public long Position { get; private set; }

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <exception cref="FormatException">They aren't there.</exception>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > length - Position)
            throw new FormatException($"it is cut short: its pickle needs {count} bytes behind byte {Position}. Download it again.");
        var taken = new ReadOnlySpan<byte>(start + Position, count);
        Position += count;
        return taken;
    }

    /// <summary>Goes over bytes without looking at them.</summary>
    /// <returns>Where they begin.</returns>
    /// <exception cref="FormatException">They aren't there.</exception>
    public long Skip(long count)
    {
        if (count > length - Position)
            throw new FormatException($"it is cut short: a storage of {count} bytes lacks its end. Download it again.");
        long begin = Position;
        Position += count;
        return begin;
    }

    /// <summary>Text with its length before it.</summary>
    /// <exception cref="FormatException">It isn't there whole, absurdly long, or no UTF-8.</exception>
    public string Text()
    {
        uint bytes = UInt32();
        if (bytes > LongestText)
            throw new FormatException($"a text is said to have {bytes} bytes; {LongestText} are read at most. Download it again.");
        ReadOnlySpan<byte> text = Take((int)bytes);
        texts += bytes;
        if (texts > MostTexts)
            throw new FormatException($"its texts have more than {MostTexts} bytes together. Download it again.");
        return Utf8.IsValid(text)
            ? System.Text.Encoding.UTF8.GetString(text)
            : throw new FormatException("a text isn't UTF-8. Download it again.");
    }

    /// <summary>Text that a line break ends.</summary>
    /// <exception cref="FormatException">It doesn't end, or is no ASCII.</exception>
    public string Line()
    {
        int most = (int)Math.Min(LongestLine, length - Position);
        int end = new ReadOnlySpan<byte>(start + Position, most).IndexOf((byte)'\n');
        if (end < 0)
            throw new FormatException("the name of a global doesn't end. Download it again.");
        ReadOnlySpan<byte> line = Take(end + 1)[..end];
        return System.Text.Ascii.IsValid(line)
            ? System.Text.Encoding.ASCII.GetString(line)
            : throw new FormatException("the name of a global isn't ASCII. Download it again.");
    }
}
