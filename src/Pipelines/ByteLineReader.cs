using System.Buffers;

namespace CogVideoX.Pipelines;

/// <summary>Splits a stream into lines of bytes: waits for no more than a line's end, keeps no more of a line than a limit.</summary>
internal sealed class ByteLineReader(Stream stream, int longest)
{
    private readonly byte[] chunk = new byte[16384];
    private readonly ArrayBufferWriter<byte> line = new();
    private int at, filled;
    private bool isAtEnd;

    /// <summary>The line without LF or CR LF.</summary>
    public ReadOnlySpan<byte> Line => line.WrittenSpan is [.. var text, (byte)'\r'] ? text : line.WrittenSpan;

    /// <summary>Whether the line is longer than the limit; then <see cref="Line"/> is only its beginning.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Reads a line; false behind the last.</summary>
    public bool Next()
    {
        line.ResetWrittenCount();
        IsCut = false;
        for (bool hasBegun = false; ; hasBegun = true)
        {
            if (at == filled && !Fill())
                return hasBegun;
            ReadOnlySpan<byte> rest = chunk.AsSpan(at, filled - at);
            int length = rest.IndexOf((byte)'\n');
            Keep(length < 0 ? rest : rest[..length]);
            at += length < 0 ? rest.Length : length + 1;
            if (length >= 0)
                return true;
        }
    }

    // At the end it isn't asked again: a terminal would begin anew.
    private bool Fill()
    {
        if (isAtEnd)
            return false;
        (at, filled) = (0, stream.Read(chunk));
        isAtEnd = filled == 0;
        return !isAtEnd;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        int room = longest - line.WrittenCount;
        IsCut |= bytes.Length > room;
        line.Write(bytes[..Math.Min(bytes.Length, room)]);
    }
}
