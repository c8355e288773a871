using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;

namespace CogVideoX.Kernels;

/// <summary>y = epilogue(x · Wᵀ), W as Hugging Face stores it.</summary>
/// <param name="x">[rows, inputs]</param>
/// <param name="weight">[outputs, inputs]</param>
/// <param name="y">[rows, outputs]; overlaps nothing else</param>
internal readonly unsafe partial struct Linear(
    Elements x, Elements weight, Elements y, long rows, int outputs, int inputs, LinearEpilogue epilogue) : IOperation
{
    private readonly Elements x = x;
    private readonly Elements weight = weight;
    private readonly Elements y = y;
    private readonly long rows = rows;
    private readonly int outputs = outputs;
    private readonly int inputs = inputs;
    private readonly LinearEpilogue epilogue = epilogue;

    /// <summary>Where its weights are kept packed, on the CPU; null where they are packed anew. They mustn't change then.</summary>
    public KeptPanels* Kept { get; init; }

    /// <inheritdoc/>
    public static string Name => "linear";

    /// <inheritdoc/>
    public double Flops => (2.0 * inputs + EpilogueFlops) * rows * outputs;

    // An activation counts as one, as it does in published model sizes.
    private int EpilogueFlops =>
        (epilogue.Bias.IsNull ? 0 : 1)
        + (epilogue.Activation == LinearActivation.None ? 0 : 1)
        + (epilogue.Factor.IsNull ? 0 : 1)
        + (epilogue.Gate.IsNull ? 0 : 1)
        + (epilogue.Residual.IsNull ? 0 : 1);
}
