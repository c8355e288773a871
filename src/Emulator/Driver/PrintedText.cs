using System.Runtime.InteropServices;
using System.Text;

namespace CogVideoX.Emulator.Driver;

/// <summary>What the launch has printed so far.</summary>
internal sealed class PrintedText
{
    /// <summary>The device's own buffer has as many (CUDA programming guide, limitations of printf).</summary>
    public const int MostBytes = 1 << 20;

    private readonly List<byte> bytes = [];

    /// <summary>Calls whose text had no room.</summary>
    public long Dropped { get; private set; }

    /// <summary>Lines in order; the last one may lack its end.</summary>
    public IReadOnlyList<string> Lines => bytes.Count == 0 ? [] : Encoding.UTF8.GetString(WithoutLastEnd()).Split('\n');

    /// <summary>One call's text, a character a byte; null for more than there is ever room for.</summary>
    public void Add(string? text)
    {
        if (text is null || bytes.Count + text.Length > MostBytes)
            Dropped++;
        else
            bytes.AddRange(Encoding.Latin1.GetBytes(text));
    }

    private ReadOnlySpan<byte> WithoutLastEnd()
    {
        ReadOnlySpan<byte> all = CollectionsMarshal.AsSpan(bytes);
        return all[^1] == (byte)'\n' ? all[..^1] : all;
    }
}
