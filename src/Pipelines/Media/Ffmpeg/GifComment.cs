using System.Text;

namespace CogVideoX.Pipelines.Media;

/// <summary>The comment extension of GIF files (GIF89a specification, section 24).</summary>
internal static class GifComment
{
    private const byte Extension = 0x21, Comment = 0xFE, Image = 0x2C, Trailer = 0x3B;
    private const int LargestBlock = 255;

    /// <summary>Puts a comment in front of the file's end.</summary>
    /// <param name="path">A whole GIF file.</param> <param name="text">ASCII</param>
    public static void Append(string path, string text)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != Trailer)
            throw new IOException("ffmpeg left a GIF file without an end");
        file.Seek(-1, SeekOrigin.End);
        file.Write([Extension, Comment]);
        foreach (byte[] block in Encoding.ASCII.GetBytes(text).Chunk(LargestBlock))
        {
            file.WriteByte((byte)block.Length);
            file.Write(block);
        }
        file.Write([0, Trailer]);
    }

    /// <summary>The last comment of the file, or null.</summary>
    /// <exception cref="FormatException">It isn't a GIF file, or is damaged.</exception>
    public static string? Read(string path)
    {
        using var input = new BinaryReader(new BufferedStream(SettingsFile.Open(path)));
        try
        {
            if (Encoding.ASCII.GetString(input.ReadBytes(6)) is not ("GIF87a" or "GIF89a"))
                throw new FormatException("it is not a GIF file");
            Skip(input, 4);
            SkipColourTable(input, skipAfterFlags: 2);
            return ReadBlocks(input);
        }
        catch (EndOfStreamException e)
        {
            throw new FormatException("the GIF file is cut off", e);
        }
    }

    private static string? ReadBlocks(BinaryReader input)
    {
        string? comment = null;
        while (true)
        {
            switch (input.ReadByte())
            {
                case Extension:
                    if (input.ReadByte() == Comment)
                        comment = ReadSubBlocks(input);
                    else
                        SkipSubBlocks(input);
                    break;
                case Image:
                    Skip(input, 8);
                    SkipColourTable(input, skipAfterFlags: 0);
                    Skip(input, 1);             // code size
                    SkipSubBlocks(input);
                    break;
                case Trailer:
                    return comment;
                default:
                    throw new FormatException("the GIF file is damaged");
            }
        }
    }

    private static void SkipColourTable(BinaryReader input, int skipAfterFlags)
    {
        byte flags = input.ReadByte();
        int entries = (flags & 0x80) != 0 ? 2 << (flags & 7) : 0;
        Skip(input, skipAfterFlags + 3 * entries);
    }

    private static string ReadSubBlocks(BinaryReader input)
    {
        var text = new StringBuilder();
        for (int length = input.ReadByte(); length > 0; length = input.ReadByte())
        {
            if (text.Length > SettingsFile.MostBytes)
                throw new FormatException("its comment is longer than settings can be");
            text.Append(Encoding.ASCII.GetString(input.ReadBytes(length)));
        }
        return text.ToString();
    }

    private static void SkipSubBlocks(BinaryReader input)
    {
        for (int length = input.ReadByte(); length > 0; length = input.ReadByte())
            Skip(input, length);
    }

    private static void Skip(BinaryReader input, int bytes) => input.BaseStream.Seek(bytes, SeekOrigin.Current);
}
