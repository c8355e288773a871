namespace CogVideoX.Pipelines;

/// <summary>What a stage will take, from a dry run of it.</summary>
/// <param name="Stage">Its name (<see cref="GenerationStage"/>).</param>
/// <param name="WeightBytes">Weights that it reads.</param>
/// <param name="ActivationBytes">The most memory that its tensors will take at once.</param>
/// <param name="Flops">Floating-point operations, all steps together.</param>
/// <param name="Tokens">How many tokens look at each other in its attention; 0 where there is none.</param>
/// <param name="ResultBytes">What it hands out beside its tensors: frames, or the finished video.</param>
/// <param name="ResidentBytes">Weights, of whichever part, that the device's own memory holds meanwhile; 0 where they are mapped.</param>
/// <param name="StreamedBytes">
/// Weights that come to the device layer by layer each time its model runs: once in encoding, at each evaluation in sampling; 0 where none
/// do.
/// </param>
public sealed record StagePlan(
    string Stage, long WeightBytes, long ActivationBytes, long Flops, int Tokens, long ResultBytes = 0, long ResidentBytes = 0,
    long StreamedBytes = 0)
{
    /// <summary>The most memory that the stage holds at once; mapped weights come and go beside it.</summary>
    public long PeakBytes => ActivationBytes + ResultBytes + ResidentBytes;
}
