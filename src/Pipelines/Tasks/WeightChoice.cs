namespace CogVideoX.Pipelines;

/// <summary>Where the weights of a run lie, on a device with a memory of its own: what was asked for, or the first way that fits.</summary>
internal static class WeightChoice
{
    private const string MadeUpStay = "Made-up weights are nowhere but on the device, and can't come there layer by layer.";

    private const string Float8Stay = "Weights of 8-bit floats are made on their way to the device, and can't come there layer by layer.";

    private const string MergedStay = $"Merged weights are nowhere but on the device ({nameof(LoraOptions)}.{nameof(LoraOptions.Merge)}); "
        + "with LoRAs beside them, layers can come one after the other.";

    /// <summary>Plans a run. A picture that is decoded as a whole goes before parts that stay.</summary>
    /// <param name="model">What of it can come layer by layer depends on how it is stored there.</param>
    /// <param name="asked">Where weights are to lie.</param>
    /// <param name="tiling">Whether tiles were asked for.</param>
    /// <param name="plan">Plans the run for a way, or refuses it.</param>
    /// <exception cref="RequestException">No way fits, or the one that was asked for can't be.</exception>
    public static GenerationPlan First(
        LoadedModel model, WeightPlacement asked, TilingMode? tiling, Func<WeightWay, GenerationPlan> plan)
    {
        bool isFloat8 = model.WeightDtype == WeightType.Fp8;
        string? stays = model.IsMadeUp ? MadeUpStay : isFloat8 ? Float8Stay : model.Loras.Merges ? MergedStay : null;
        if (asked == WeightPlacement.Layers && stays is not null)
            throw new RequestException(nameof(ComputeOptions.Weights), $"layers can't be: {stays}");
        GenerationPlan? fitting = null;
        RequestException? tooLarge = null;
        IReadOnlyList<WeightWay> ways = WeightWay.Of(
            asked, textEncoderStreams: !model.IsMadeUp && !isFloat8, transformerStreams: stays is null);
        foreach (WeightWay way in ways.TakeWhile(way => fitting is null || !way.Streams))
        {
            try
            {
                GenerationPlan found = plan(way);
                if (found.Settings.VaeTiling == TilingMode.Off || tiling == TilingMode.On)
                    return found;
                fitting ??= found;
            }
            catch (RequestException exception) when (exception.IsOfMemory)
            {
                tooLarge = exception; // that of the last, which needs the least
            }
        }
        return fitting ?? throw Refusal(asked, stays, tooLarge!);
    }

    private static RequestException Refusal(WeightPlacement asked, string? stays, RequestException tooLarge)
    {
        if (asked is WeightPlacement.Resident or WeightPlacement.Components)
        {
            return new RequestException(
                nameof(ComputeOptions.Weights),
                $"{asked.ToString().ToLowerInvariant()} can't be: {tooLarge.Problem} Weights that are left to auto take less where they "
                + "have to.",
                tooLarge);
        }
        return stays is null ? tooLarge : new RequestException(tooLarge.Property, $"{tooLarge.Problem} {stays}", tooLarge);
    }
}
