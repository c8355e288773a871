using System.Globalization;
using CogVideoX.Models.Weights;

namespace CogVideoX.Pipelines;

/// <summary>An adapter to run a checkpoint with (LoRA, arXiv 2106.09685).</summary>
/// <param name="Path">
/// A <c>.safetensors</c> file in the layout of diffusers or PEFT, or the folder that has it: its <c>adapter_config.json</c> or
/// <c>adapter.json</c> is read too.
/// </param>
/// <param name="Scale">How much of it: 1 is what it was trained for, 0 nothing.</param>
public sealed record Lora(string Path, double Scale = 1)
{
    /// <summary>The file that has its weights, as far as there is one.</summary>
    internal string File => Directory.Exists(Path) ? LoraFile.FindInFolder(Path) ?? Path : Path;

    /// <summary>
    /// Reads <c>FILE</c> or <c>FILE:SCALE</c>. What follows the last colon is the scale if it is a number, else a part of the name; a
    /// file whose name ends in a colon and a number is named with a scale behind it.
    /// </summary>
    public static Lora Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.LastIndexOf(':');
        return colon > 0 && double.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double scale)
            ? new Lora(text[..colon], scale)
            : new Lora(text);
    }

    /// <summary>The inverse of <see cref="Parse"/>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Path}:{Scale}");
}
