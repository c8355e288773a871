using CogVideoX.Tensors.Files;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>All layouts that are known.</summary>
internal static class WeightLayouts
{
    // Each sees what the one before it made: prefixes are taken off before names are looked at.
    private static readonly IWeightLayout[] All =
    [
        new WrapperLayout(),
        new PrefixLayout(),
        new SatTransformerLayout(),
        new SatVaeLayout(),
        new GgufT5Layout(),
        new ScaledFloat8Layout(),
        new BlocksInSafetensorsLayout(),
    ];

    /// <summary>The file under the names that models ask for, which owns it from here on; the file itself where it has them.</summary>
    /// <exception cref="WeightException">It is of a known layout, and something in it can't be; the file is closed.</exception>
    public static ITensorFile Translate(ITensorFile file) => Translate(file, []);

    /// <summary>The same, and what the layouts are called.</summary>
    /// <param name="file">As it is stored.</param>
    /// <param name="names">Gets the name of each that it has.</param>
    /// <inheritdoc cref="Translate(ITensorFile)"/>
    public static ITensorFile Translate(ITensorFile file, ICollection<string> names)
    {
        ITensorFile result = file;
        try
        {
            foreach (IWeightLayout layout in All)
            {
                if (layout.Translate(result) is not { } seen)
                    continue;
                result = seen;
                names.Add(layout.Name);
            }
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
