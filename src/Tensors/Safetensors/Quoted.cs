using System.Text;

namespace CogVideoX.Tensors.Safetensors;

/// <summary>Text of unknown files in messages: a name may be megabytes long, or hold codes that move a terminal's cursor.</summary>
internal static class Quoted
{
    private const int MaxLength = 120;

    public static string Name(string text)
    {
        var result = new StringBuilder("'");
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
            result.Append(char.IsControl(c) ? '?' : c);
        return result.Append(text.Length > MaxLength ? "…'" : "'").ToString();
    }

    public static string Json(ReadOnlySpan<byte> utf8) => Name(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 4 * MaxLength)]));
}
