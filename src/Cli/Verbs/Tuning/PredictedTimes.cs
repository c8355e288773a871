using CogVideoX.Emulator;
using CogVideoX.Gpu;
using CogVideoX.Kernels.Gpu;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Tuning;

namespace CogVideoX.Cli.Verbs.Tuning;

/// <summary>
/// Times of a card that isn't there, from counts of some CTAs of each launch. Whether a form is right is seen in the emulator at a shape
/// cut down to a few tiles, once for each kernel.
/// </summary>
internal sealed class PredictedTimes : IFormTimes
{
    private const int Ctas = 3; // not two: those of a convolution would be corners of frames, whose windows read less

    private readonly CardRates rates;
    private readonly DType type;
    private readonly FormBench emulated;
    private readonly Dictionary<(TiledOperation Operation, TileChoice Form, int Width), double> errors = [];

    /// <param name="rates">The card.</param>
    /// <param name="type">Of operands.</param>
    /// <param name="cancellation">Ends what runs.</param>
    public PredictedTimes(CardRates rates, DType type, CancellationToken cancellation)
    {
        (this.rates, this.type) = (rates, type);
        Kernels.Devices.Device emulator = GpuDevices.Find("emulator").Open();
        emulator.Cancellation = cancellation;
        emulated = new FormBench(emulator, type);
        Card = new TunedCard(rates.Title, rates.Architecture, "none", IsPredicted: true);
    }

    /// <inheritdoc/>
    public string Title => $"{rates.Title}, which isn't here: predicted from counts in the emulator, not measured";

    /// <inheritdoc/>
    public TunedCard Card { get; }

    /// <inheritdoc/>
    public TileCard TileCard => new(rates.Multiprocessors, rates.Architecture);

    /// <inheritdoc/>
    public double? Peak => rates.PeakFlops;

    /// <inheritdoc/>
    public double ErrorOf(TiledBench bench, TileChoice form)
    {
        (TiledBench small, TileChoice cut) = bench.Cut(form);
        int width = bench.Problem.Operation == TiledOperation.Attention ? bench.Problem.Sizes[^1] : 0;
        if (!errors.TryGetValue((bench.Problem.Operation, cut, width), out double error))
            errors.Add((bench.Problem.Operation, cut, width), error = emulated.ErrorOf(small, cut));
        return error;
    }

    /// <inheritdoc/>
    public double[] Seconds(TiledBench bench, IReadOnlyList<TileChoice> forms, CancellationToken cancellation) =>
        [.. forms.Select(form => Seconds(bench, form, cancellation))];

    /// <inheritdoc/>
    public void Dispose() => emulated.Dispose();

    private double Seconds(TiledBench bench, TileChoice form, CancellationToken cancellation)
    {
        var profile = new ProfilingDevice(rates, Ctas);
        using var ops = new Ops(profile, type) { Cancellation = cancellation };
        using MemoryScope scope = ops.Scope();
        ((ITunedDevice)profile).Tiles = new TileTable([(bench.ShapeIn(type), form)]);
        Tensor[] inputs = [.. bench.Operands.Select(operand => ops.Memory.Empty(operand.Shape, type))];
        bench.Run(ops, inputs);
        long bytes = ops.Memory.LiveBytes;
        return profile.Launches.Sum(launch =>
            PredictedTime.Of(TimeBounds.Of(launch.Report, rates, bytes), launch.Report.Ctas, launch.Residents));
    }
}
