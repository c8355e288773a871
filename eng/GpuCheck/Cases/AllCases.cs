namespace CogVideoX.GpuCheck.Cases;

/// <summary>Every operation; a test holds that none is missing.</summary>
internal static class AllCases
{
    /// <summary>The cases of one size, the dearest kinds first.</summary>
    public static IReadOnlyList<OperationCase> Of(CaseSizes sizes) =>
    [
        .. Products.Of(sizes), .. Attentions.Of(sizes), .. Convolutions.Of(sizes), .. Norms.Of(sizes), .. Elementwise.Of(sizes),
        .. Movements.Of(sizes),
    ];
}
