using System.Globalization;
using CogVideoX.Models.Weights;

namespace CogVideoX.Pipelines;

/// <summary>An adapter to run a checkpoint with (LoRA, arXiv 2106.09685).</summary>
/// <param name="Path">
/// A file in the layout of diffusers, PEFT, kohya, VideoX-Fun, ComfyUI or SAT, or the folder that has it: its <c>adapter_config.json</c>
/// or <c>adapter.json</c> is read too.
/// </param>
/// <param name="Scale">How much of it: 1 is what it was trained for, 0 nothing.</param>
public sealed record Lora(string Path, double Scale = 1)
{
    private const string AlphaName = "alpha=";

    /// <summary>
    /// Alpha of all its layers, from -1e6 to 1e6: for files that need a factor which they don't hold. It counts whatever the file says;
    /// null where the file decides.
    /// </summary>
    public double? Alpha { get; init; }

    /// <summary>The file that has its weights, as far as there is one.</summary>
    internal string File => Directory.Exists(Path) ? LoraFile.FindInFolder(Path) ?? Path : Path;

    /// <summary>
    /// Reads <c>FILE</c>, <c>FILE:SCALE</c>, <c>FILE:alpha=A</c> or <c>FILE:SCALE:alpha=A</c>. What follows a colon is the scale if it is
    /// a number, else a part of the name; a file whose name ends in a colon and a number is named with a scale behind it.
    /// </summary>
    public static Lora Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        double? alpha = Last(text, AlphaName, out string before);
        double? scale = Last(before, "", out string path);
        return new Lora(path, scale ?? 1) { Alpha = alpha };
    }

    /// <summary>The inverse of <see cref="Parse"/>.</summary>
    public override string ToString() => Alpha is { } alpha
        ? string.Create(CultureInfo.InvariantCulture, $"{Path}:{Scale}:{AlphaName}{alpha}")
        : string.Create(CultureInfo.InvariantCulture, $"{Path}:{Scale}");

    // The number behind the last colon and a name, and what is before it; without one, null and all of the text.
    private static double? Last(string text, string name, out string before)
    {
        int colon = text.LastIndexOf(':');
        before = text;
        if (colon <= 0 || !text.AsSpan(colon + 1).StartsWith(name, StringComparison.Ordinal))
            return null;
        ReadOnlySpan<char> value = text.AsSpan(colon + 1 + name.Length);
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return null;
        before = text[..colon];
        return number;
    }
}
