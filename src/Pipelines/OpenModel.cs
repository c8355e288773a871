using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>A checkpoint on a device, which one run at a time uses: what pipelines, encoders and decoders own.</summary>
internal sealed class OpenModel : IDisposable
{
    private readonly ExclusiveUse use;

    private OpenModel(Type owner, LoadedModel checkpoint, ComputeOptions compute, Ops ops, DeviceSpec? device)
    {
        Checkpoint = checkpoint;
        Compute = compute;
        Ops = ops;
        Device = device;
        Parts = new ModelParts(checkpoint, ops, compute.PartTypesFor(ops));
        use = new ExclusiveUse(owner, () =>
        {
            ops.Dispose();
            checkpoint.Dispose();
        });
    }

    public LoadedModel Checkpoint { get; }

    public ModelFolder Folder => Checkpoint.Folder;

    /// <summary>Where and how it computes, as it was asked for.</summary>
    public ComputeOptions Compute { get; }

    public Ops Ops { get; }

    /// <summary>When runs look for numbers that aren't finite.</summary>
    public FiniteChecks CheckFinite => Compute.CheckFinite;

    /// <summary>Kept between runs.</summary>
    public ModelParts Parts { get; }

    /// <inheritdoc cref="GenerationSummary.CpuCompute"/>
    public ComputeType? CpuCompute => ComputeOptions.TypeOf(Ops.Products);

    /// <summary>Operations for a plan.</summary>
    /// <param name="device">This device, or one that needn't be there; null for this machine's CPU.</param>
    public Ops Planning(DeviceSpec? device) => device is null ? Ops.Planning(products: Compute.Products) : Ops.Planning(device);

    /// <summary>The models for a plan.</summary>
    public ModelParts PlannedParts(Ops planning) => new(Checkpoint, planning, Compute.PartTypesFor(planning), isPlan: true);

    /// <summary>With its memory as it was before; null for this machine's CPU.</summary>
    public DeviceSpec? Device { get; }

    /// <summary>What a plan may take.</summary>
    public long MemoryBytes => Device?.MemoryBytes ?? SystemMemory.FreeBytes();

    /// <param name="owner">The class that users see, for errors.</param>
    /// <inheritdoc cref="LoadedModel.Open(string, ComputeOptions, LoraOptions, out Ops, out DeviceSpec?, PartSources?)"/>
    public static OpenModel Open(
        Type owner, string modelFolder, ComputeOptions compute, LoraOptions? loras = null, PartSources? parts = null)
    {
        ArgumentNullException.ThrowIfNull(compute);
        var checkpoint = LoadedModel.Open(
            modelFolder, compute, loras ?? LoraOptions.None, out Ops ops, out DeviceSpec? device, parts);
        return new OpenModel(owner, checkpoint, compute, ops, device);
    }

    /// <summary>The same, of random weights.</summary>
    /// <inheritdoc cref="LoadedModel.OpenRandom"/>
    /// <param name="owner">The class that users see, for errors.</param>
    /// <param name="preset"/> <param name="layers"/> <param name="compute"/>
    public static OpenModel OpenRandom(Type owner, string preset, int? layers, ComputeOptions compute)
    {
        var checkpoint = LoadedModel.OpenRandom(preset, layers, compute, out Ops ops, out DeviceSpec? device);
        return new OpenModel(owner, checkpoint, compute, ops, device);
    }

    /// <inheritdoc cref="ExclusiveUse.Check"/>
    public void Check() => use.Check();

    /// <summary>Waits for its turn, and runs.</summary>
    /// <param name="firstStage">Where a run is said to stand that is cancelled while it waits.</param>
    /// <inheritdoc cref="ExclusiveUse.Run"/>
    /// <param name="work"/> <param name="cancellation"/>
    /// <exception cref="CancelledException">Cancelled, while it waited or while it ran.</exception>
    public T Run<T>(string firstStage, Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        try
        {
            return use.Run(work, cancellation);
        }
        catch (OperationCanceledException exception) when (exception is not CancelledException)
        {
            throw new CancelledException(firstStage, finishedSteps: 0, savedLatents: null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => use.Dispose();
}
