using System.Text;
using System.Text.Unicode;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Pipelines.Media;

/// <summary>Files that settings are looked for in: nobody knows what they are.</summary>
internal static class SettingsFile
{
    /// <summary>No settings are longer: a file that says so is damaged, or meant to fill the memory.</summary>
    public const int MostBytes = 1 << 24;

    /// <exception cref="FormatException">The file is empty, or a pipe or device.</exception>
    // A link has a length of its own.
    public static FileStream Open(string path) => new FileInfo(RealPath.Of(path)).Length > 0
        ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete)
        : throw new FormatException("it is empty");         // opening a named pipe, whose length is 0, would wait for a writer

    /// <summary>Reads so many bytes; all of them are there, or it is an error.</summary>
    /// <exception cref="FormatException">There aren't so many, or too many for settings.</exception>
    public static byte[] Read(Stream input, long length)
    {
        if (length > MostBytes)
            throw new FormatException($"it is said to hold {length} bytes of settings; {MostBytes} are the most");
        var bytes = new byte[CheckedLength(input, length)];
        input.ReadExactly(bytes);
        return bytes;
    }

    /// <exception cref="FormatException">It isn't UTF-8.</exception>
    public static string Text(ReadOnlySpan<byte> utf8) => Utf8.IsValid(utf8)
        ? Encoding.UTF8.GetString(utf8)
        : throw new FormatException("the settings in it aren't UTF-8 text");

    private static int CheckedLength(Stream input, long length) => length >= 0 && length <= input.Length - input.Position
        ? (int)length
        : throw new FormatException("it is cut off");
}
