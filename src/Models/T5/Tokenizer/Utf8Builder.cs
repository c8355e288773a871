using System.Buffers;

namespace CogVideoX.Models.T5;

// Bytes that grow at the end, in a pooled array: tokenizing prompt after prompt leaves no garbage of the text's size.
internal sealed class Utf8Builder(int capacity) : IDisposable
{
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int length;

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > buffer.Length - length)
            Grow(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    public void Append(byte value)
    {
        if (length == buffer.Length)
            Grow(1);
        buffer[length++] = value;
    }

    public void TrimEnd(ReadOnlySpan<byte> suffix)
    {
        while (Written.EndsWith(suffix))
            length -= suffix.Length;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        length = 0;
    }

    private void Grow(int more)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(length + more), (int)Math.Min(2L * buffer.Length, Array.MaxLength)));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
